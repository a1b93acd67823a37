package io.cxt.pace;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How calls to one tenant may follow each other, as all who call it agree. Times are nanoseconds on the clock of its
 * {@link Keeper}.
 *
 * @param nextAt the first turn that nobody has yet
 * @param pausedUntil no turn comes before
 * @param softSpacing after a pause turns are at least so far apart; shrinks by a fifth with each
 * @param pausesInARow pauses since a call last passed
 */
public record Pace(long nextAt, long pausedUntil, long softSpacing, int pausesInARow) {
    private static final long SOFT_START_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** Turns that follow each other evenly. */
    record Turns(long first, long spacing, int count) {
        Turns later(long nanos) {
            return new Turns(first + nanos, spacing, count);
        }
    }

    /** A pace at which nothing has happened yet. */
    public static Pace from(long now) {
        return new Pace(now, now, 0, 0);
    }

    /**
     * The next turns.
     *
     * @param spacing between two of them at least
     * @param most so many, or one when the start is a soft one
     */
    Turns turns(long now, long spacing, int most) {
        long first = Math.max(now, Math.max(nextAt, pausedUntil));
        return softSpacing > spacing ? new Turns(first, softSpacing, 1) : new Turns(first, spacing, most);
    }

    /** Somebody has these turns now. */
    Pace without(Turns turns) {
        return new Pace(
                turns.first() + turns.count() * turns.spacing(), pausedUntil, softSpacing * 4 / 5, pausesInARow);
    }

    /**
     * CXone said that there were too many.
     *
     * @param asked how long it asks for; null when it does not say
     * @param passedAt when the refused call had its turn; one from before the last pause says nothing new, so that
     *     without a time it makes the pause no longer
     */
    Pace refused(long now, Duration asked, long passedAt, Waits waits) {
        boolean news = passedAt - pausedUntil >= 0;
        int inARow = news ? pausesInARow + 1 : pausesInARow;
        long nanos = asked == null
                ? waits.nanos(inARow)
                : Math.min(asked.toNanos(), waits.longest().toNanos());
        long until = news || asked != null ? Math.max(pausedUntil, now + nanos) : pausedUntil;
        return new Pace(Math.max(nextAt, until), until, SOFT_START_NANOS, inARow);
    }

    /** A call has passed. */
    Pace passed() {
        return new Pace(nextAt, pausedUntil, softSpacing, 0);
    }

    /** The next turns start softly. */
    Pace softly() {
        return new Pace(nextAt, pausedUntil, SOFT_START_NANOS, pausesInARow);
    }
}
