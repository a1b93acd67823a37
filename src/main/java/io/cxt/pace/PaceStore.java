package io.cxt.pace;

import java.time.Duration;
import java.util.function.Consumer;

/** Where the pace is stored, and by which clock. One change at a time. */
public interface PaceStore extends AutoCloseable {
    /** What the pace becomes. */
    interface Change {
        /** @param now on the store's clock */
        Pace of(Pace pace, long now);
    }

    /**
     * A change that was made.
     *
     * @param now on the store's clock
     * @param toOurs from there to {@link System#nanoTime()}
     */
    record Kept(Pace before, Pace after, long now, long toOurs) {}

    /**
     * Changes the pace.
     *
     * @throws RuntimeException when the store cannot be reached; nobody gets a permit then
     */
    Kept change(Change change);

    /**
     * From now on the operator allows so many; what CXone has shown of its own limit still holds.
     *
     * @param callsPerSecond 0 to find out
     */
    void limit(double callsPerSecond);

    /** The time for which permits are taken at once; zero for one permit. */
    Duration ahead();

    @Override
    void close();

    /** {@link #own(double, Duration, Consumer)} that begins without a pause and reports none. */
    static PaceStore own(double callsPerSecond) {
        return own(callsPerSecond, Duration.ZERO, pause -> {});
    }

    /**
     * Keeps it in this process, by {@link System#nanoTime()}.
     *
     * @param callsPerSecond what the operator allows; 0 to find out
     * @param left what is left of a pause that began before this process did; zero for none
     * @param pauses told of each pause that begins, and how long it is; must not wait
     */
    static PaceStore own(double callsPerSecond, Duration left, Consumer<Duration> pauses) {
        return new PaceStore() {
            private Pace pace =
                    Pace.from(callsPerSecond, System.nanoTime()).pausedFrom(System.nanoTime(), left.toNanos());

            @Override
            public synchronized Kept change(Change change) {
                long now = System.nanoTime();
                Pace before = pace;
                pace = change.of(before, now);
                if (pace.pausedUntil() - before.pausedUntil() > 0) {
                    pauses.accept(Duration.ofNanos(pace.pausedUntil() - now));
                }
                return new Kept(before, pace, now, 0);
            }

            @Override
            public synchronized void limit(double limit) {
                pace = pace.at(limit, System.nanoTime());
            }

            @Override
            public Duration ahead() {
                return Duration.ZERO;
            }

            @Override
            public void close() {}
        };
    }
}
