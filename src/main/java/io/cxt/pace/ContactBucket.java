package io.cxt.pace;

import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What a contact still takes: a burst of calls, and so many a minute after it. Times are nanoseconds, as
 * {@link System#nanoTime}. Used by the thread that has the transcript.
 *
 * <p>One call of the burst is left unused: calls reach CXone closer together, now and then, than they left.
 */
public final class ContactBucket {
    private static final double NANOS_A_MINUTE = 60e9;
    /** Earlier calls count as if they were from then. */
    private static final long OLDEST_NANOS = TimeUnit.DAYS.toNanos(1);

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

    /** When so many calls, of the burst at most, may leave one after the other without a wait. */
    public long ready(int calls) {
        return fullAt + calls * spacing - burst;
    }
}
