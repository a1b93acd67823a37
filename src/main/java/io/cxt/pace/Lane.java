package io.cxt.pace;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The one way to the tenant, shared by everything that calls it.
 *
 * <p>Calls leave evenly spaced, never a second's worth at once. One pause holds all of them; after it they start
 * softly. A stop holds all of them but a probe now and then, which ends the stop when it passes. Time is monotonic.
 */
public final class Lane implements AutoCloseable {
    /** Spacing of the first calls after a pause; each next one follows a fifth sooner. */
    private static final long SOFT_START_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    /** A little slower than asked, so that timers that fire unevenly never put one call too many into a second. */
    private static final double SAFETY = 1.005;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final long spacingNanos;
    private final Duration firstPause;
    private final Duration longestPause;
    private final boolean endWhenStopped;

    private long nextSlot = System.nanoTime();
    private long softSpacing;
    private long pausedUntil = System.nanoTime();
    private long probeAt;
    private int pausesInARow;
    private int stopsInARow;
    private String stopReason;
    private boolean closed;

    /**
     * A lane that is open.
     *
     * @param callsPerSecond most calls a second; 0 for no limit
     * @param firstPause the pause after a refusal that names none; doubles while they go on
     * @param longestPause no pause is longer
     * @param endWhenStopped true to give up waiting at a stop (a run that ends), false to probe until it passes
     */
    public Lane(int callsPerSecond, Duration firstPause, Duration longestPause, boolean endWhenStopped) {
        this.spacingNanos =
                callsPerSecond == 0 ? 0 : (long) (TimeUnit.SECONDS.toNanos(1) / (double) callsPerSecond * SAFETY);
        this.firstPause = firstPause;
        this.longestPause = longestPause;
        this.endWhenStopped = endWhenStopped;
    }

    /**
     * Waits for this call's turn.
     *
     * @return when the call was let through, on {@link System#nanoTime()}
     * @throws LaneClosedException when there will be no turn
     */
    public long pass() throws LaneClosedException, InterruptedException {
        lock.lockInterruptibly();
        try {
            boolean waited = false;
            while (true) {
                long now = System.nanoTime();
                if (closed) {
                    throw new LaneClosedException("CXT is stopping");
                }
                if (stopReason != null && endWhenStopped) {
                    throw new LaneClosedException(stopReason);
                }
                long wait = Math.max(pausedUntil - now, nextSlot - now);
                if (stopReason != null) {
                    wait = Math.max(wait, probeAt - now);
                }
                if (wait <= 0) {
                    take(now, waited || lock.hasWaiters(changed) ? now + wait : now);
                    return now;
                }
                waited = true;
                changed.awaitNanos(wait);
            }
        } finally {
            lock.unlock();
        }
    }

    /** @param due when this call might have left: before now only where it was waited for */
    private void take(long now, long due) {
        long spacing = Math.max(spacingNanos, softSpacing);
        softSpacing = softSpacing * 4 / 5;
        // A slot that was missed by a timer's delay is made up for; one that nobody wanted is gone.
        nextSlot = Math.max(due, now - spacing / 2) + spacing;
        if (stopReason != null) {
            probeAt = now + pauseNanos(++stopsInARow);
        }
    }

    /**
     * Holds every call: CXone said that there were too many.
     *
     * @param asked how long CXone asks for; null when it does not say
     * @param passedAt when the refused call was let through; one from before the last pause says nothing new, so that
     *     without a time it makes the pause no longer
     * @return how long the lane is now paused for
     */
    public Duration pause(Duration asked, long passedAt) {
        lock.lock();
        try {
            long now = System.nanoTime();
            boolean news = passedAt - pausedUntil >= 0;
            if (news) {
                pausesInARow++;
            }
            long nanos = asked == null ? pauseNanos(pausesInARow) : Math.min(asked.toNanos(), longestPause.toNanos());
            if ((news || asked != null) && now + nanos - pausedUntil > 0) {
                pausedUntil = now + nanos;
            }
            softSpacing = SOFT_START_NANOS;
            changed.signalAll();
            return Duration.ofNanos(Math.max(0, pausedUntil - now));
        } finally {
            lock.unlock();
        }
    }

    /** Holds every call but a probe now and then: a person must act. */
    public void stop(String reason) {
        lock.lock();
        try {
            if (stopReason == null) {
                stopsInARow = 1;
                probeAt = System.nanoTime() + pauseNanos(stopsInARow);
            }
            stopReason = reason;
            softSpacing = SOFT_START_NANOS;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** A call has passed: whatever held the lane is over. */
    public void passed() {
        lock.lock();
        try {
            pausesInARow = 0;
            if (stopReason != null) {
                stopReason = null;
                stopsInARow = 0;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private long pauseNanos(int inARow) {
        long longest = longestPause.toNanos();
        long doubled = firstPause.toNanos() << Math.min(Math.max(inARow - 1, 0), 20);
        double jitter = ThreadLocalRandom.current().nextDouble(0.5, 1.0);
        return (long) (Math.min(doubled, longest) * jitter);
    }

    /** How long the lane is still paused for; zero when it is not. */
    public Duration pausedFor() {
        lock.lock();
        try {
            return Duration.ofNanos(Math.max(0, pausedUntil - System.nanoTime()));
        } finally {
            lock.unlock();
        }
    }

    /** Why the lane is stopped and what to do; empty when it is not. */
    public Optional<String> stopReason() {
        lock.lock();
        try {
            return Optional.ofNullable(stopReason);
        } finally {
            lock.unlock();
        }
    }

    /** Lets nobody through any more; whoever waits is told so. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
