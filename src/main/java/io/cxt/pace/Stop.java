package io.cxt.pace;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The lane is stopped until a person has acted. A probe now and then finds out; the wait between two doubles, up to a minute. A
 * run that ends makes no probe, or three where the stop may pass by itself, some ten seconds in all.
 */
final class Stop {
    private static final Duration LONGEST = Duration.ofMinutes(1);
    private static final Duration LONGEST_OF_FEW = Duration.ofMillis(3_300);
    private static final int FEW = 3;

    private final Backoff waits;
    private final boolean ends;
    private @Nullable String reason;
    private long probeAt;
    private int probes;
    private boolean over;

    /** @param ends true for a run that ends at a stop */
    Stop(Backoff waits, boolean ends) {
        this.waits = waits.atMost(ends ? LONGEST_OF_FEW : LONGEST);
        this.ends = ends;
    }

    /** Null when there is none. */
    @Nullable
    String reason() {
        return reason;
    }

    /** When the next probe may go, on {@link System#nanoTime()}; there is a stop. */
    long probeAt() {
        return probeAt;
    }

    /** True for a run that ends where it would have to wait for a person. */
    boolean ends() {
        return ends;
    }

    /** True when the run ends for it. */
    boolean over() {
        return over;
    }

    /** @param mayPass true when it may pass by itself */
    void begin(String why, boolean mayPass) {
        if (reason == null) {
            probes = 0;
            probed(System.nanoTime());
        }
        reason = why;
        over |= ends && probes > (mayPass ? FEW : 0);
    }

    void probed(long now) {
        probeAt = now + waits.nanos(++probes);
    }

    /** @return false when there was none */
    boolean end() {
        boolean was = reason != null;
        reason = null;
        over = false;
        return was;
    }
}
