package io.cxt.cli;

import ch.qos.logback.classic.Level;
import io.cxt.steps.Backlog;
import io.cxt.steps.Bundle;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.slf4j.LoggerFactory;

/** Shows how far a run is: a bar on a terminal, a line now and then elsewhere. */
final class Progress {
    private static final Duration REDRAW = Duration.ofMillis(250);
    private static final Duration LINE_EVERY = Duration.ofSeconds(10);
    private static final int BAR = 30;

    private final Backlog backlog;
    private final Bundle bundle;
    private final boolean terminal;
    private final PrintStream out = System.err;
    private final long start = System.nanoTime();
    private long last = start;

    private Progress(Bundle bundle, boolean terminal) {
        this.bundle = bundle;
        this.backlog = bundle.backlog();
        this.terminal = terminal;
    }

    /** Begins. On a terminal the line for each transcript makes room for the bar. */
    static Progress start(Bundle bundle) {
        boolean terminal = System.console() != null && !"dumb".equals(System.getenv("TERM"));
        if (terminal && LoggerFactory.getLogger("io.cxt") instanceof ch.qos.logback.classic.Logger logger) {
            logger.setLevel(Level.WARN);
        }
        return new Progress(bundle, terminal);
    }

    /** Draws again when it is time to. */
    void show() {
        long now = System.nanoTime();
        if (now - last < (terminal ? REDRAW : LINE_EVERY).toNanos()) {
            return;
        }
        last = now;
        double seconds = (now - start) / 1e9;
        long done = done();
        double rate = done / seconds;
        double share = share();
        String left = share > 0.01 ? ", about %s left".formatted(words(seconds / share * (1 - share))) : "";
        String pause = backlogPause();
        if (terminal) {
            int filled = (int) (share * BAR);
            out.printf(
                    Locale.ROOT,
                    "\r\033[K[%s%s] %3.0f %%  %s done, %.0f/s%s%s",
                    "#".repeat(filled),
                    ".".repeat(BAR - filled),
                    share * 100,
                    done,
                    rate,
                    left,
                    pause);
            out.flush();
        } else {
            out.printf(
                    Locale.ROOT,
                    "progress done=%s rate=%.0f/s share=%.0f%%%s%s%n",
                    done,
                    rate,
                    share * 100,
                    left,
                    pause);
        }
    }

    private String backlogPause() {
        if (bundle.lane().stopReason().isPresent()) {
            return ", no call is let in at the moment: trying again";
        }
        Duration paused = bundle.lane().pausedFor();
        return paused.toMillis() < 500 ? "" : ", paused %s by CXone".formatted(words(paused.toMillis() / 1000.0));
    }

    private long done() {
        return backlog.counts().entrySet().stream()
                .filter(count -> !count.getKey().equals("read"))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /**
     * Of what there is to do, what is done: the share of the bytes that are read, less what is on its way. Packed files
     * make it an estimate.
     */
    private double share() {
        double total = backlog.bytesOfClosed() + bundle.unpackedBytesWaiting();
        double decided = done() / (double) Math.max(1, backlog.counts().get("read"));
        return Math.min(1, decided * backlog.bytesRead() / Math.max(1, total));
    }

    private static String words(double seconds) {
        long whole = Math.round(seconds);
        return whole < 90 ? whole + " s" : whole < 5400 ? whole / 60 + " min" : whole / 3600 + " h";
    }

    /** Leaves the line clean. */
    void end() {
        if (terminal) {
            out.print("\r\033[K");
            out.flush();
        }
    }
}
