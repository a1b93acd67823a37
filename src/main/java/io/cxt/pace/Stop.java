package io.cxt.pace;

import java.time.Duration;

/** A person must act first. A probe now and then finds out whether they have; the wait between two doubles, to a minute. */
final class Stop {
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private final Waits waits;
    private String reason;
    private long probeAt;
    private int probes;

    Stop(Waits waits) {
        this.waits = waits.atMost(LONGEST);
    }

    /** Null when there is none. */
    String reason() {
        return reason;
    }

    /** When the next probe may go, on {@link System#nanoTime()}; there is a stop. */
    long probeAt() {
        return probeAt;
    }

    void begin(String why) {
        if (reason == null) {
            probes = 0;
            probed(System.nanoTime());
        }
        reason = why;
    }

    void probed(long now) {
        probeAt = now + waits.nanos(++probes);
    }

    /** @return false when there was none */
    boolean end() {
        boolean was = reason != null;
        reason = null;
        return was;
    }
}
