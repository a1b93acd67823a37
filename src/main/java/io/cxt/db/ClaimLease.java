package io.cxt.db;

import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long other instances respect the claims of this one after its last sign of life, and whether a claim has expired.
 * Uses two clocks: one runs on while a process is frozen, the other is right again after its machine was suspended.
 */
public final class ClaimLease {
    private final Duration length;
    private final Clock clock;
    private volatile Moment renewed;
    private volatile @Nullable Moment lapsed;

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

    /** When a claim that is made or renewed now expires; in milliseconds since 1970. */
    public long until() {
        return clock.millis() + length.toMillis();
    }

    /** Begins to renew; to be run once the renewal is on the disk. */
    public Runnable renewing() {
        Moment begun = now();
        return () -> {
            if (renewed.endsBefore(begun, length)) {
                lapsed = begun; // earlier claims may have been taken over
            }
            renewed = begun;
        };
    }

    /** A claim made now. */
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
