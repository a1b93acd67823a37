package io.cxt.model;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** The time of the model: stands still but for steps. */
final class Time extends Clock {
    private static final Instant BEGIN = Instant.parse("2026-03-01T00:00:00Z");
    private static final long MICRO = 1000;

    private long nanos;

    Time() {
        begin();
    }

    void begin() {
        nanos = Duration.between(Instant.EPOCH, BEGIN).toNanos();
    }

    /** Since 1970. */
    long nanos() {
        return nanos;
    }

    /** Whole microseconds, as databases have them. */
    void pass(long some) {
        nanos += (some + MICRO - 1) / MICRO * MICRO;
    }

    /** How long ago the schedule began. */
    String words() {
        return (nanos - Duration.between(Instant.EPOCH, BEGIN).toNanos()) / MICRO / 1000 + " ms";
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochSecond(0, nanos);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
