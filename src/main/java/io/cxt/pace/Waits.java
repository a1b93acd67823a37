package io.cxt.pace;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to wait where nobody says so: doubles with each time in a row, give or take half.
 *
 * @param longest none is longer
 */
record Waits(Duration first, Duration longest) {
    private static final int MOST_DOUBLINGS = 20;

    /** The same with none longer than this. */
    Waits atMost(Duration most) {
        return new Waits(first, longest.compareTo(most) < 0 ? longest : most);
    }

    long nanos(int inARow) {
        long doubled = first.toNanos() << Math.min(Math.max(inARow - 1, 0), MOST_DOUBLINGS);
        return (long) (Math.min(doubled, longest.toNanos())
                * ThreadLocalRandom.current().nextDouble(0.5, 1.0));
    }
}
