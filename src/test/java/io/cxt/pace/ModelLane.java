package io.cxt.pace;

import io.cxt.pace.PaceStore.Change;
import io.cxt.pace.PaceStore.Kept;
import java.time.Duration;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/**
 * The lane of one instance in the model of the protocol: asks the real keeper and the real pace as {@link Lane} does, one
 * turn at a time, but waits for nothing. Times are nanoseconds of the model's clock.
 */
public final class ModelLane {
    private final PaceStore keeper;
    private final LongSupplier now;
    private final Backoff waits;
    private Pace known;
    private long heardAt;
    private long leaves;

    /** @param random for the length of pauses */
    public ModelLane(PaceStore keeper, Random random, LongSupplier now) {
        this.keeper = keeper;
        this.now = now;
        waits = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5), () -> 0.5 + random.nextInt(50) / 100.0);
        leaves = now.getAsLong();
    }

    /** A pace in memory, for one instance. */
    public static PaceStore alone(double callsPerSecond, LongSupplier now) {
        Pace[] pace = {Pace.from(callsPerSecond, now.getAsLong())};
        return inMemory(pace, before -> before, now);
    }

    /** The real keeper on PostgreSQL, whose {@code clock_timestamp()} has to be the model's. */
    public static PaceStore shared(DataSource database, double callsPerSecond) {
        return new SharedPaceStore(
                database, "conversations", callsPerSecond, IllegalStateException::new, Duration.ofDays(1));
    }

    /** A pace that instances share in memory. */
    public static final class Row {
        private final Pace[] pace = {Pace.from(-1, 0)};

        /** What was once wrong: the pace begins anew with each limit that is not the one before. */
        public PaceStore wiping(double callsPerSecond, LongSupplier now) {
            return inMemory(
                    pace,
                    before ->
                            before.rate().set() == callsPerSecond ? before : Pace.from(callsPerSecond, now.getAsLong()),
                    now);
        }
    }

    private static PaceStore inMemory(Pace[] pace, UnaryOperator<Pace> at, LongSupplier now) {
        return new PaceStore() {
            @Override
            public Kept change(Change change) {
                Pace before = at.apply(pace[0]);
                pace[0] = change.of(before, now.getAsLong());
                return new Kept(before, pace[0], now.getAsLong(), 0);
            }

            @Override
            public void limit(double callsPerSecond) {
                pace[0] = pace[0].at(callsPerSecond, now.getAsLong());
            }

            @Override
            public Duration ahead() {
                return Duration.ofMillis(50);
            }

            @Override
            public void close() {}
        };
    }

    private Kept ask(Change change) {
        Kept kept = keeper.change(change);
        if (kept.now() != now.getAsLong()) {
            throw new IllegalStateException("the keeper is not on the model's clock");
        }
        known = kept.after();
        heardAt = kept.now();
        return kept;
    }

    /** Takes the next turn. */
    public long turn() {
        return ask((pace, at) -> pace.without(pace.permits(at, 0, 1), at))
                .before()
                .permits(now.getAsLong(), 0, 1)
                .first();
    }

    /** When the keeper was last heard. */
    public long heardAt() {
        return heardAt;
    }

    /** Asks what the others have met. */
    public void hear() {
        ask((pace, at) -> pace);
    }

    /** Before a call leaves: asks when the keeper was not heard as long as turns are taken ahead. */
    public void hearInTime() {
        if (known == null || now.getAsLong() - heardAt > keeper.ahead().toNanos()) {
            hear();
        }
    }

    /** No call leaves before, as far as this instance knows. */
    public long pausedUntil() {
        return known.pausedUntil();
    }

    /** When a call whose turn has come may leave: this instance's own are never closer than their spacing. */
    public long leaves() {
        leaves = Math.max(now.getAsLong(), leaves + known.rate().spacing() / 10 * 9);
        return leaves;
    }

    /**
     * CXone said that there were too many.
     *
     * @param asked null when it named no time
     * @return when the pause ends
     */
    public long refused(Duration asked, long passedAt) {
        return ask((pace, at) -> pace.refused(at, asked, passedAt, waits))
                .after()
                .pausedUntil();
    }

    /** A call has passed. */
    public void passed(long passedAt) {
        if (known.pausesInARow() > 0) {
            ask((pace, at) -> pace.passed(passedAt));
        }
    }
}
