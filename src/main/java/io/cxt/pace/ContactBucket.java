package io.cxt.pace;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a contact still takes: a burst of calls, and so many a minute after it. Times are nanoseconds, as
 * {@link System#nanoTime}. Used by the thread that has the transcript.
 *
 * <p>One call of the burst is left unused: calls reach CXone closer together, now and then, than they left.
 *
 * <p>A refusal does not say whether it is about this contact or about all calls. It is about this contact when CXone
 * refuses four times as many of its calls as of others, and so is each later one.
 */
public final class ContactBucket {
    private static final double NANOS_A_MINUTE = 60e9;
    /** Earlier calls count as if they were from then. */
    private static final long OLDEST_NANOS = TimeUnit.DAYS.toNanos(1);

    private static final int LONGEST_DOUBLING = 6;
    private static final int ENOUGH_OTHERS = 20;
    private static final int TIMES_AS_MANY = 4;

    /**
     * What CXone allows each contact.
     *
     * @param burst calls at once, at least 2
     * @param perMinute calls a minute after it
     */
    public record Limit(int burst, int perMinute) {
        private long spacing() {
            return (long) Math.ceil(NANOS_A_MINUTE / perMinute);
        }
    }

    private final long spacing;
    private final long burst;
    private long fullAt;
    /** Of this contact, since the first refusal. */
    private int accepted;

    private int refused;
    /** Of all, at the first refusal. */
    private long acceptedBefore;

    private long refusedBefore;
    private int refusedInARow;
    private boolean limited;

    /** A contact that has had no call. */
    public ContactBucket(Limit limit, long now) {
        spacing = limit.spacing();
        burst = (limit.burst() - 1) * spacing;
        fullAt = now;
    }

    /** A contact that has had calls so many nanoseconds ago. */
    public static ContactBucket after(Limit limit, long now, List<Long> ages) {
        ContactBucket bucket = new ContactBucket(limit, now - OLDEST_NANOS);
        ages.stream()
                .map(age -> Math.min(OLDEST_NANOS, Math.max(0, age)))
                .sorted(Comparator.reverseOrder())
                .forEach(age -> bucket.used(now - age));
        return bucket;
    }

    /** A call leaves, or left. In the order of time. */
    public void used(long at) {
        fullAt = (at - fullAt > 0 ? at : fullAt) + spacing;
    }

    /** CXone accepted a call. */
    public void accepted() {
        accepted++;
        refusedInARow = 0;
    }

    /**
     * CXone said that there were too many calls.
     *
     * @param acceptedOfAll calls that it has accepted so far, of all contacts
     * @param refusedOfAll calls that it has refused so far as too many for all
     * @return true when it is this contact that has too many
     */
    public boolean refused(long acceptedOfAll, long refusedOfAll) {
        if (refused == 0) {
            accepted = 0;
            acceptedBefore = acceptedOfAll;
            refusedBefore = refusedOfAll;
        }
        long others = acceptedOfAll - acceptedBefore - accepted;
        long othersRefused = refusedOfAll - refusedBefore - refused;
        refused++;
        refusedInARow++;
        limited |= refused > 1
                && others >= ENOUGH_OTHERS
                && refused * (others + othersRefused) >= TIMES_AS_MANY * othersRefused * (refused + accepted);
        return limited;
    }

    /**
     * When to call again after a refusal: as CXone asks, or after the time of one call, longer with each in a row.
     *
     * @param asked null or zero when CXone does not say
     */
    public long afterRefusal(long now, @Nullable Duration asked) {
        long own = spacing << Math.min(refusedInARow - 1, LONGEST_DOUBLING);
        return now + (asked == null || asked.isZero() ? own : asked.toNanos());
    }

    /** When so many calls, of the burst at most, may leave one after the other without a wait. */
    public long ready(int calls) {
        return fullAt + calls * spacing - burst;
    }
}
