package io.cxt.simulator;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A token bucket without a lock: it only stores when the bucket will be full again.
 *
 * <p>Times are {@link System#nanoTime}.
 */
public final class RateLimit {

    private final double perSecond;
    private final int burst;
    private final long nanosEach;
    private final AtomicLong fullAt;

    public RateLimit(double perSecond, int burst, long now) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.nanosEach = perSecond == 0 ? 0 : (long) (1e9 / perSecond);
        this.fullAt = new AtomicLong(now);
    }

    public boolean sameAs(double otherPerSecond, int otherBurst) {
        return perSecond == otherPerSecond && burst == otherBurst;
    }

    /** Nanoseconds until a call would be accepted; 0 when this one is. */
    public long take(long now) {
        if (nanosEach == 0) {
            return 0;
        }
        while (true) {
            long full = fullAt.get();
            long wait = full - now - (burst - 1) * nanosEach;
            if (wait > 0) {
                return wait;
            }
            long next = (full - now > 0 ? full : now) + nanosEach;
            if (fullAt.compareAndSet(full, next)) {
                return 0;
            }
        }
    }
}
