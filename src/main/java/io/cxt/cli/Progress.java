package io.cxt.cli;

import ch.qos.logback.classic.Level;
import io.cxt.intake.Backlog;
import io.cxt.runtime.CxtComponents;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.slf4j.LoggerFactory;

/** Shows the progress of a run: a bar on a terminal, a line every ten seconds elsewhere. */
final class Progress {
    private static final Duration REDRAW = Duration.ofMillis(250);
    private static final Duration LINE_EVERY = Duration.ofSeconds(10);
    private static final int BAR = 30;
    private static final int LONGEST_PAUSE = 60;
    /** The highest share shown while something is left. */
    private static final double MOST_UNFINISHED = 0.99;

    private final Backlog backlog;
    private final CxtComponents components;
    private final boolean terminal;
    private final PrintStream out;
    private final Duration every;
    private final long start = System.nanoTime();
    private long last = start;
    private boolean told;

    Progress(CxtComponents components, boolean terminal, Duration every, PrintStream out) {
        this.components = components;
        this.every = every;
        this.out = out;
        this.backlog = components.backlog();
        this.terminal = terminal;
    }

    /** Starts. On a terminal the bar replaces the line for each transcript. */
    static Progress start(CxtComponents components) {
        boolean terminal = System.console() != null && !"dumb".equals(System.getenv("TERM"));
        if (terminal && LoggerFactory.getLogger("io.cxt") instanceof ch.qos.logback.classic.Logger logger) {
            logger.setLevel(Level.WARN);
        }
        return new Progress(components, terminal, terminal ? REDRAW : LINE_EVERY, System.err);
    }

    /** Draws again when it is due. */
    void show() {
        long now = System.nanoTime();
        if (now - last < every.toNanos()) {
            return;
        }
        last = now;
        told = true;
        double share = share();
        double left = (now - start) / 1e9 / share * (1 - share);
        tell(share, (share > 0.01 ? ", about %s left".formatted(words(left)) : "") + waits());
    }

    private void tell(double share, String more) {
        long now = System.nanoTime();
        double seconds = (now - start) / 1e9;
        long done = done();
        double rate = done / seconds;
        if (terminal) {
            int filled = (int) (share * BAR);
            out.printf(
                    Locale.ROOT,
                    "\r\033[K[%s%s] %3.0f %%  %s done, %.0f/s%s",
                    "#".repeat(filled),
                    ".".repeat(BAR - filled),
                    share * 100,
                    done,
                    rate,
                    more);
            out.flush();
        } else {
            out.printf(Locale.ROOT, "progress done=%s rate=%.0f/s share=%.0f%%%s%n", done, rate, share * 100, more);
        }
    }

    private String waits() {
        return components.lane().stopReason().isPresent()
                ? ", calls are stopped at the moment: trying again"
                : components.paused().map(Progress::shortened).orElse("");
    }

    private static String shortened(String pause) {
        return ", paused " + (pause.length() > LONGEST_PAUSE ? pause.substring(0, LONGEST_PAUSE) + "…" : pause);
    }

    private long done() {
        return backlog.counts().entrySet().stream()
                .filter(count -> !count.getKey().equals("read"))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /**
     * The share of the work that is done: the bytes read, less the transcripts in flight. Packed files make it an estimate.
     */
    private double share() {
        double total = backlog.bytesOfClosed() + components.unpackedBytesWaiting();
        double decided = done() / (double) Math.max(1, backlog.counts().getOrDefault("read", 0L));
        return Math.min(1, decided * backlog.bytesRead() / Math.max(1, total));
    }

    private static String words(double seconds) {
        long whole = Math.round(seconds);
        return whole < 90 ? whole + " s" : whole < 5400 ? whole / 60 + " min" : whole / 3600 + " h";
    }

    /**
     * Clears the bar; elsewhere than on a terminal it prints the last line.
     *
     * @param drained true when nothing is left to do
     */
    void end(boolean drained) {
        if (terminal) {
            out.print("\r\033[K");
            out.flush();
        } else if (told) {
            tell(drained ? 1 : Math.min(MOST_UNFINISHED, share()), "");
        }
    }
}
