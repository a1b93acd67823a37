package io.cxt.pace;

import io.cxt.pace.PaceStore.Change;
import io.cxt.pace.PaceStore.Kept;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Gives permits to the callers of this instance, in order, and knows the pace as the store last told it. Its lock guards
 * the stop and the hold, too.
 *
 * <p>Long because all that can keep a caller waiting is decided here, under one lock.
 */
final class PermitQueue {
    /** A permit is given this long before it is due, for what has to be written down first. */
    private static final long LEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** So much is made up for of what a call left late: timers fire late by less. */
    private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    /** Where CXone saves nothing up, no more than this part of the spacing. */
    private static final long LATE_PART = 20;

    /** A call that left. @param due when it could have */
    private record Departure(long due, long at) {}

    final ReentrantLock lock = new ReentrantLock();
    /** The first in line waits here for its permit, and all others behind it without a clock. */
    private final Condition due = lock.newCondition();

    private final Condition line = lock.newCondition();
    /** All wait here while a person holds the lane. */
    private final Condition released = lock.newCondition();

    private final PaceStore store;
    private final Stop stop;
    private final long ahead;
    private final UnusedPermits permits = new UnusedPermits();
    private final AtomicReference<Departure> last;
    private volatile long spacing;
    private volatile long madeUp;
    volatile double callsPerSecond = Double.NaN;
    /** When the store was last asked. */
    private volatile long heardAt = System.nanoTime();

    private final Object hearing = new Object();
    private @Nullable Thread first;
    private int waiting;
    private boolean fetching;
    private volatile long pausedUntil = System.nanoTime();
    private int pausesInARow;
    /** Pauses that began while the store could not be reached: it has them before the next permits. */
    private @Nullable Change untold;

    /** Calls that were let through in this time tell the tenant's limit. */
    private volatile long sampledFrom = pausedUntil;

    private volatile long sampledUntil = pausedUntil - 1;
    private boolean closed;
    private @Nullable String held;

    PermitQueue(PaceStore store, Stop stop) {
        this.store = store;
        this.stop = stop;
        this.ahead = store.ahead().toNanos();
        long now = System.nanoTime();
        this.last = new AtomicReference<>(new Departure(now, now));
    }

    /** As {@link Lane#pass()}. */
    long pass() throws LaneClosedException, InterruptedException {
        lock.lockInterruptibly();
        waiting++;
        try {
            while (true) {
                requireOpen();
                if (held != null) {
                    giveWay();
                    released.await();
                    continue;
                }
                if (first != null && first != Thread.currentThread()) {
                    line.await();
                    continue;
                }
                first = Thread.currentThread();
                long now = System.nanoTime();
                if (pausedUntil - now <= 0) {
                    permits.dropMissed(now);
                }
                if (permits.few() && !fetching) {
                    fetch();
                } else if (permits.none()) {
                    due.await(); // for the one who fetches
                } else if (due() - LEAD_NANOS - now > 0) {
                    due.awaitNanos(due() - LEAD_NANOS - now);
                } else {
                    long at = Math.max(now, due());
                    take(at);
                    return at;
                }
            }
        } finally {
            waiting--;
            giveWay();
            lock.unlock();
        }
    }

    /** As {@link Lane#awaitPermit}. */
    long await(long permit) throws LaneClosedException, InterruptedException {
        long at = permit;
        while (true) {
            long now = System.nanoTime();
            hear(now);
            if (at - pausedUntil < 0) {
                at = pass();
            } else if (at - now > 0) {
                park(at - now);
            } else {
                return at;
            }
        }
    }

    /** As {@link Lane#leave}. */
    OptionalLong leave(long permit) throws InterruptedException {
        while (true) {
            long now = System.nanoTime();
            hear(now);
            if (permit - pausedUntil < 0) {
                return OptionalLong.empty();
            }
            Departure before = Objects.requireNonNull(last.get());
            long soonest = later(before.due + spacing, before.at + spacing / 10 * 9);
            long due = later(permit, soonest);
            if (due - now > 0) {
                park(due - now);
            } else if (last.compareAndSet(before, new Departure(later(due, now - madeUp), now))) {
                return OptionalLong.of(now);
            }
        }
    }

    private static void park(long nanos) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        LockSupport.parkNanos(nanos);
    }

    private static long later(long one, long other) {
        return one - other > 0 ? one : other;
    }

    /**
     * Asks the store when it was not heard for as long as permits are taken ahead: another instance may have met a pause
     * meanwhile. Callers that arrive while it is asked wait for the answer.
     */
    private void hear(long now) {
        if (ahead == 0 || now - heardAt <= ahead) {
            return;
        }
        synchronized (hearing) {
            if (now - heardAt <= ahead) {
                return;
            }
            try {
                ask();
            } catch (RuntimeException e) {
                heardAt = System.nanoTime(); // it is unreachable: what is known holds, and nobody new gets a permit
            }
        }
    }

    /** @throws RuntimeException when the store cannot be reached */
    void ask() {
        Kept kept = store.change((pace, at) -> pace);
        lock.lock();
        try {
            adopt(kept);
        } finally {
            lock.unlock();
        }
    }

    private void requireOpen() throws LaneClosedException {
        if (closed) {
            throw new LaneClosedException("CXT is stopping");
        }
        if (held != null && stop.ends()) {
            throw new LaneClosedException(held);
        }
        String reason = stop.reason();
        if (reason != null && stop.over()) {
            throw new LaneClosedException(reason);
        }
    }

    private long due() {
        long at = Math.max(permits.due(), pausedUntil);
        return stop.reason() == null ? at : Math.max(at, stop.probeAt());
    }

    private void take(long now) {
        permits.take();
        if (stop.reason() != null) {
            stop.probed(now);
        }
    }

    private void giveWay() {
        if (first == Thread.currentThread()) {
            first = null;
            line.signal();
        }
    }

    /** Asks the store for more permits. Meanwhile the next in line takes those that are left. */
    private void fetch() {
        fetching = true;
        int wanted = waiting;
        Change late = untold;
        untold = null;
        giveWay();
        lock.unlock();
        Kept kept = null;
        try {
            if (late != null) {
                store.change(late);
            }
            kept = store.change((pace, now) -> pace.without(pace.permits(now, ahead, wanted), now));
        } finally {
            lock.lock();
            fetching = false;
            if (kept != null) {
                adopt(kept);
                spacing = kept.after().rate().spacing();
                madeUp = kept.after().rate().savesNothingUp() ? Math.min(LATE_NANOS, spacing / LATE_PART) : LATE_NANOS;
                permits.add(kept.before().permits(kept.now(), ahead, wanted).later(kept.toOurs()));
            } else if (late != null) {
                untold = untold == null ? late : both(late, untold);
            }
            due.signal();
        }
    }

    private void adopt(Kept kept) {
        heardAt = System.nanoTime();
        long until = kept.after().pausedUntil() + kept.toOurs();
        pausedUntil = until - pausedUntil > 0 ? until : pausedUntil;
        pausesInARow = kept.after().pausesInARow();
        callsPerSecond = kept.after().rate().perSecond();
        Sample sample = kept.after().rate().sample();
        sampledFrom = sample.from() + kept.toOurs();
        sampledUntil = sample.to() + kept.toOurs();
    }

    /** Makes a change that begins or lengthens a pause; returns how long the pause still is. */
    Duration hold(Change change) {
        Kept kept = null;
        try {
            kept = store.change(change);
        } catch (RuntimeException e) {
            // what is known here has to do
        }
        lock.lock();
        try {
            long left;
            if (kept == null) {
                left = holdAlone(change);
            } else {
                adopt(kept);
                left = kept.after().pausedUntil() - kept.now();
            }
            permits.dropAll();
            due.signal();
            return Duration.ofNanos(Math.max(0, left));
        } finally {
            lock.unlock();
        }
    }

    /** The pause of this instance alone, until the store can be told; returns how long it is. The caller holds the lock. */
    private long holdAlone(Change change) {
        long at = System.nanoTime();
        Pace known = new Pace(pausedUntil, pausedUntil, 0, pausesInARow, Rate.from(0, at));
        Pace after = change.of(known, at);
        pausedUntil = after.pausedUntil();
        pausesInARow = after.pausesInARow();
        untold = both(untold, (pace, now) -> change.of(pace, now - (System.nanoTime() - at)));
        return pausedUntil - at;
    }

    private static Change both(@Nullable Change first, Change then) {
        return first == null ? then : (pace, now) -> then.of(first.of(pace, now), now);
    }

    /** True when a call that was let through then tells the tenant's limit. */
    boolean samples(long passedAt) {
        return passedAt - sampledUntil <= 0 && passedAt - sampledFrom >= 0;
    }

    /** Ends a stop and a row of pauses; false when there was neither. The caller holds the lock. */
    boolean goOn(boolean stopped) {
        boolean held = stopped || pausesInARow > 0;
        if (held) {
            pausesInARow = 0;
            due.signal();
        }
        return held;
    }

    Duration pausedFor() {
        return Duration.ofNanos(Math.max(0, pausedUntil - System.nanoTime()));
    }

    /** Nobody gets a permit until it is null again. A call that has its permit leaves. The caller holds the lock. */
    void holdAll(@Nullable String why) {
        if (!Objects.equals(why, held)) {
            held = why;
            wakeAll();
        }
    }

    /** Why a person holds all calls; null when nobody does. The caller holds the lock. */
    @Nullable
    String held() {
        return held;
    }

    /** All look again at what holds. The caller holds the lock. */
    void wakeAll() {
        released.signalAll();
        due.signalAll();
        line.signalAll();
    }

    /** Nobody gets a permit from now on. The caller holds the lock. */
    void close() {
        closed = true;
        wakeAll();
    }
}
