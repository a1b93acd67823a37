package io.cxt.db;

import java.time.Clock;
import java.time.Duration;

/**
 * How long other instances leave the claims of this one alone after its last sign of life, and whether that is over
 * for a claim. Looks at two clocks: one goes on while a process is frozen, the other is set right after its machine was.
 */
public final class ClaimLease {
    private final Duration length;
    private final Clock clock;
    private volatile Moment renewed;
    private volatile Moment lapsed;

    /** @param nanos of {@link System#nanoTime} */
    private record Moment(long nanos, long millis) {
        boolean isBefore(Moment other) {
            return nanos - other.nanos < 0;
        }

        boolean endsBefore(Moment other, Duration length) {
            return other.nanos - nanos >= length.toNanos() || other.millis - millis >= length.toMillis();
        }
    }

    public ClaimLease(Duration length, Clock clock) {
        this.length = length;
        this.clock = clock;
        renewed = now();
    }

    private Moment now() {
        return new Moment(System.nanoTime(), clock.millis());
    }

    /** When a claim that is made, or renewed, now may be taken over; in milliseconds since 1970. */
    public long until() {
        return clock.millis() + length.toMillis();
    }

    /** Begins to renew, or to claim. */
    public Runnable renewing() {
        Moment begun = now();
        return () -> {
            if (renewed.endsBefore(begun, length)) {
                lapsed = begun; // whatever was claimed earlier may have been taken over
            }
            renewed = begun;
        };
    }

    /** A claim that is made from now on: tells whether it is still left alone. */
    public Claim claim() {
        Moment made = now();
        return () -> {
            Moment over = lapsed;
            Moment latest = made.isBefore(renewed) ? renewed : made;
            return (over == null || over.isBefore(made)) && !latest.endsBefore(now(), length);
        };
    }

    /** A claim of this instance. */
    public interface Claim {
        /** False when other instances may have taken it over. */
        boolean holds();
    }
}
