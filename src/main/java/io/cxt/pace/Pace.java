package io.cxt.pace;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How calls to one tenant may follow each other, as all instances agree. Times are nanoseconds on the clock of its
 * {@link PaceStore}.
 *
 * @param nextAt when the first permit is due that nobody has yet
 * @param pausedUntil no permit is due before
 * @param softSpacing least time between permits after a pause; shrinks by a fifth with each
 * @param pausesInARow pauses since a call last passed
 */
record Pace(long nextAt, long pausedUntil, long softSpacing, int pausesInARow, Rate rate) {
    private static final long SOFTEST_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long LEAST_SOFT_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long LONGEST_AHEAD_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.HOURS.toNanos(1) + LONGEST_AHEAD_NANOS;
    /** How many permits are taken at once where there is no limit; also how many instances may have permits ahead of time. */
    private static final int MANY = 100;

    /** Permits that follow each other evenly. */
    record Permits(long first, long spacing, int count) {
        Permits later(long nanos) {
            return new Permits(first + nanos, spacing, count);
        }
    }

    /** A pace at which nothing has happened yet. */
    static Pace from(double callsPerSecond, long now) {
        return new Pace(now, now, 0, 0, Rate.from(callsPerSecond, now));
    }

    /**
     * The pace with this limit. Permits, pause and soft start stay as they are whatever the limit was; only where the
     * store's clock was put back, or where there was no pace yet, it begins.
     */
    Pace at(double callsPerSecond, long now) {
        if (rate.set() < 0 || putBack(now)) {
            return from(callsPerSecond, now);
        }
        return rate.set() == callsPerSecond
                ? this
                : new Pace(nextAt, pausedUntil, softSpacing, pausesInARow, rate.within(callsPerSecond));
    }

    private boolean putBack(long now) {
        long soonest = Math.max(now, pausedUntil);
        return nextAt - soonest > LONGEST_AHEAD_NANOS + MANY * rate.spacing()
                || pausedUntil - now > LONGEST_PAUSE_NANOS
                || rate.grownAt() - soonest > LONGEST_AHEAD_NANOS;
    }

    /**
     * The next permits.
     *
     * @param ahead the permits of this time, and one more; only one during a soft start
     * @param wanted the most: permits that nobody uses are lost to the other instances
     */
    Permits permits(long now, long ahead, int wanted) {
        long first = Math.max(now, Math.max(nextAt, pausedUntil));
        long spacing = rate.spacing();
        if (softSpacing > spacing) {
            return new Permits(first, softSpacing, 1);
        }
        int most = ahead == 0 ? 1 : spacing == 0 ? MANY : (int) (ahead / spacing) + 1;
        return new Permits(first, spacing, spacing == 0 ? most : Math.min(most, wanted));
    }

    /** Somebody has these permits now. */
    Pace without(Permits permits, long now) {
        boolean wanted = nextAt - now > 0 && pausedUntil - now <= 0;
        return new Pace(
                permits.first() + permits.count() * permits.spacing(),
                pausedUntil,
                softSpacing * 4 / 5,
                pausesInARow,
                rate.counted(permits.count()).grown(now, wanted));
    }

    /**
     * CXone said that there were too many. The rate falls once for all refusals in a row: one that refuses every call
     * shows nothing of the rate it allows, and the pauses, which grow, are all that it needs. Nor does one that lets the
     * same call come again at once.
     *
     * @param asked how long it asks for; null when it does not say, and zero is no time either: the pause is our own then,
     *     longer each time
     * @param passedAt when the refused call was let through; one from before the last pause says nothing new, so that
     *     without a time it makes the pause no longer
     */
    Pace refused(long now, @Nullable Duration asked, long passedAt, Backoff waits) {
        Pace paused = paused(now, asked, passedAt, waits);
        return new Pace(
                paused.nextAt,
                paused.pausedUntil,
                paused.softSpacing,
                paused.pausesInARow,
                tellsOfTheRate(asked, passedAt)
                        ? rate.cut(now, passedAt, paused.pausedUntil)
                        : rate.answered(passedAt, false));
    }

    private boolean tellsOfTheRate(@Nullable Duration asked, long passedAt) {
        return isNews(passedAt) && pausesInARow == 0 && (asked == null || !asked.isZero());
    }

    /** The pace inside a pause that began before this process did; as it is when nothing is left of one. */
    Pace pausedFrom(long now, long nanos) {
        return nanos <= 0 ? this : new Pace(now + nanos, now + nanos, softStart(), 1, rate);
    }

    /** CXone takes no calls at all. Parameters as in {@link #refused}. */
    Pace paused(long now, @Nullable Duration asked, long passedAt, Backoff waits) {
        int inARow = isNews(passedAt) ? pausesInARow + 1 : pausesInARow;
        boolean named = asked != null && !asked.isZero();
        long nanos = asked == null || asked.isZero()
                ? waits.nanos(inARow)
                : Math.min(asked.toNanos(), waits.longest().toNanos());
        long until = isNews(passedAt) || named ? Math.max(pausedUntil, now + nanos) : pausedUntil;
        // Others may hold permits behind the end of the pause: nobody is given one of those again.
        return new Pace(Math.max(nextAt, until), until, softStart(), inARow, rate);
    }

    private boolean isNews(long passedAt) {
        return passedAt - pausedUntil >= 0;
    }

    /**
     * A call has passed.
     *
     * @param passedAt when it was let through
     */
    Pace passed(long passedAt) {
        return new Pace(nextAt, pausedUntil, softSpacing, 0, rate.answered(passedAt, true));
    }

    /** CXone answers, whatever it says. */
    Pace answered() {
        return new Pace(nextAt, pausedUntil, softSpacing, 0, rate);
    }

    /** The next permits start softly. */
    Pace softly() {
        return new Pace(nextAt, pausedUntil, softStart(), pausesInARow, rate);
    }

    private long softStart() {
        return Math.min(SOFTEST_NANOS, Math.max(LEAST_SOFT_NANOS, 4 * rate.spacing()));
    }
}
