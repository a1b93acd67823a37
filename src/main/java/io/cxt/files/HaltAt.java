package io.cxt.files;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Ends the process at a named step as a power cut would: nothing is closed, flushed or finished. For trying out what a
 * restart makes of it; {@code -Dcxt.halt-at=claimed:17} ends it when a call was claimed for the 17th time.
 *
 * <p>Off, and free of cost, unless the property is set when the process starts.
 */
public final class HaltAt {
    private static final @Nullable String STEP;
    private static final AtomicInteger LEFT;

    /** The exit code of a process that was ended here, the same as of one killed by SIGKILL. */
    public static final int EXIT = 137;

    static {
        String[] wanted = System.getProperty("cxt.halt-at", "").split(":", 2);
        STEP = wanted[0].isEmpty() ? null : wanted[0];
        LEFT = new AtomicInteger(wanted.length < 2 ? 1 : Integer.parseInt(wanted[1]));
    }

    private HaltAt() {}

    /** A step of that name was taken. */
    public static void reached(String step) {
        if (STEP != null && STEP.equals(step) && LEFT.decrementAndGet() == 0) {
            Runtime.getRuntime().halt(EXIT);
        }
    }
}
