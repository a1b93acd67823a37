package io.cxt.pace;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;

/**
 * How long to wait where nobody says so: doubles with each time in a row, give or take half.
 *
 * @param longest none is longer
 * @param part of it that is waited for, from 0.5 to 1
 */
record Backoff(Duration first, Duration longest, DoubleSupplier part) {
    private static final int MOST_DOUBLINGS = 20;

    Backoff(Duration first, Duration longest) {
        this(first, longest, () -> ThreadLocalRandom.current().nextDouble(0.5, 1.0));
    }

    /** The same with none longer than this. */
    Backoff atMost(Duration most) {
        return new Backoff(first, longest.compareTo(most) < 0 ? longest : most, part);
    }

    long nanos(int inARow) {
        long doubled = first.toNanos() << Math.min(Math.max(inARow - 1, 0), MOST_DOUBLINGS);
        return (long) (Math.min(doubled, longest.toNanos()) * part.getAsDouble());
    }
}
