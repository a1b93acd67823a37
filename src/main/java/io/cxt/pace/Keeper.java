package io.cxt.pace;

import java.time.Duration;

/** Where the pace is kept, and by whose clock. Whatever changes it does so alone. */
public interface Keeper extends AutoCloseable {
    /** What the pace becomes. */
    interface Change {
        /** @param now on the keeper's clock */
        Pace of(Pace pace, long now);
    }

    /**
     * A change that was made.
     *
     * @param now on the keeper's clock
     * @param toOurs from there to {@link System#nanoTime()}
     */
    record Kept(Pace before, Pace after, long now, long toOurs) {}

    /**
     * Changes the pace.
     *
     * @throws RuntimeException when it cannot be had at the moment; nobody has a turn then
     */
    Kept change(Change change);

    /** For how long turns are taken from it at a time; zero for one turn. */
    Duration ahead();

    @Override
    void close();

    /**
     * Keeps it in this process, by {@link System#nanoTime()}.
     *
     * @param callsPerSecond what the operator allows; 0 to find out
     */
    static Keeper own(double callsPerSecond) {
        return new Keeper() {
            private Pace pace = Pace.from(callsPerSecond, System.nanoTime());

            @Override
            public synchronized Kept change(Change change) {
                long now = System.nanoTime();
                Pace before = pace;
                pace = change.of(before, now);
                return new Kept(before, pace, now, 0);
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
