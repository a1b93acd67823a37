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

    /** Since the schedule began. */
    String words() {
        return "%9.3f s".formatted(Duration.between(BEGIN, instant()).toNanos() / 1e9);
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
