package io.cxt.pace;

import io.cxt.pace.PaceStore.Change;
import io.cxt.pace.PaceStore.Kept;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The one way to the tenant, shared by everything that calls it.
 *
 * <p>Calls leave evenly spaced, never a second's worth at once. One pause holds all of them; after it they start
 * softly. A stop holds all of them but a probe now and then, which ends the stop when it passes. Pace and pauses are
 * those of all instances with the same {@link PaceStore}; a stop is this instance's own. Time is monotonic. Long because
 * turns, pauses, stops and the end are one state under one lock.
 */
public final class Lane implements AutoCloseable {
    /** A tenant that comes back is noticed within this time. */
    private static final Duration LONGEST_REST = Duration.ofSeconds(30);
    /** A turn is given so long before it is due, for what has to be written down first. */
    private static final long LEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final ReentrantLock lock = new ReentrantLock();
    /** The first in line waits here for its turn, and all others behind it without a clock. */
    private final Condition turn = lock.newCondition();

    private final Condition line = lock.newCondition();
    private final PaceStore keeper;
    private final long ahead;
    private final Breaker breaker = new Breaker();
    private final Backoff waits;
    private final Stop stop;
    private final UnusedPermits turns = new UnusedPermits();
    /** When the last call left, or leaves. */
    private final AtomicLong leaves = new AtomicLong(System.nanoTime());

    private volatile long apart;
    private volatile double callsPerSecond = Double.NaN;
    /** When the keeper was last asked. */
    private volatile long heardAt = System.nanoTime();

    private final Object hearing = new Object();
    private Thread first;
    private int waiting;
    private boolean fetching;
    private volatile long pausedUntil = System.nanoTime();
    private int pausesInARow;
    /** Calls that were let through in this time tell the tenant's limit. */
    private volatile long sampledFrom = pausedUntil;

    private volatile long sampledUntil = pausedUntil - 1;
    private boolean closed;

    /**
     * A lane that is open.
     *
     * @param keeper of the pace; closed with the lane
     * @param firstPause the pause after a refusal that names none; doubles while they go on
     * @param longestPause no pause is longer
     * @param endWhenStopped true to give up at a stop (a run that ends), false to probe until it passes
     */
    public Lane(PaceStore keeper, Duration firstPause, Duration longestPause, boolean endWhenStopped) {
        this.keeper = keeper;
        this.ahead = keeper.ahead().toNanos();
        this.waits = new Backoff(firstPause, longestPause);
        this.stop = new Stop(waits, endWhenStopped);
    }

    /**
     * Waits until this call's turn is near: what is to be on record before it can be written now. It may leave
     * {@link #awaitTurn}.
     *
     * @return when its turn is, on {@link System#nanoTime()}
     * @throws LaneClosedException when there will be no turn
     * @throws RuntimeException when the keeper cannot be asked
     */
    public long pass() throws LaneClosedException, InterruptedException {
        lock.lockInterruptibly();
        waiting++;
        try {
            while (true) {
                requireOpen();
                if (first != null && first != Thread.currentThread()) {
                    line.await();
                    continue;
                }
                first = Thread.currentThread();
                long now = System.nanoTime();
                if (pausedUntil - now <= 0) {
                    turns.dropMissed(now);
                }
                if (turns.few() && !fetching) {
                    fetch();
                } else if (turns.none()) {
                    turn.await(); // for the one who fetches
                } else if (due() - LEAD_NANOS - now > 0) {
                    turn.awaitNanos(due() - LEAD_NANOS - now);
                } else {
                    long due = Math.max(now, due());
                    take(due);
                    return due;
                }
            }
        } finally {
            waiting--;
            giveWay();
            lock.unlock();
        }
    }

    /**
     * Waits for the very moment of a turn, and until the call before it is as far away as it should be: what a stall has
     * held up must not leave at once. When a pause came in between, waits for another turn.
     *
     * @return when the call was let through
     */
    public long awaitTurn(long due) throws LaneClosedException, InterruptedException {
        long at = due;
        boolean inLine = false;
        while (true) {
            long now = System.nanoTime();
            hear(now);
            if (at - pausedUntil < 0) {
                at = pass();
                inLine = false;
            } else if (at - now <= 0 && inLine) {
                return at;
            } else if (at - now <= 0) {
                at = leaves.accumulateAndGet(now, (last, soonest) -> Math.max(last + apart - soonest, 0) + soonest);
                inLine = true;
            } else if (Thread.interrupted()) {
                throw new InterruptedException();
            } else {
                LockSupport.parkNanos(at - now);
            }
        }
    }

    /**
     * Asks the keeper when it was not heard for as long as turns are taken ahead: another instance may have met a pause
     * meanwhile. Whoever comes while it is asked waits for the answer.
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
                Kept kept = keeper.change((pace, at) -> pace);
                lock.lock();
                try {
                    adopt(kept);
                } finally {
                    lock.unlock();
                }
            } catch (RuntimeException e) {
                heardAt = System.nanoTime(); // it is away: what is known holds, and nobody new has a turn
            }
        }
    }

    private void requireOpen() throws LaneClosedException {
        if (closed) {
            throw new LaneClosedException("CXT is stopping");
        }
        if (stop.over()) {
            throw new LaneClosedException(stop.reason());
        }
    }

    private long due() {
        long due = Math.max(turns.due(), pausedUntil);
        return stop.reason() == null ? due : Math.max(due, stop.probeAt());
    }

    private void take(long now) {
        turns.take();
        if (stop.reason() != null) {
            stop.probed(now);
        }
    }

    /** The next in line comes forward. */
    private void giveWay() {
        if (first == Thread.currentThread()) {
            first = null;
            line.signal();
        }
    }

    /** Asks the keeper for more turns. Meanwhile the next in line takes those that are left. */
    private void fetch() {
        fetching = true;
        int wanted = waiting;
        giveWay();
        lock.unlock();
        Kept kept = null;
        try {
            kept = keeper.change((pace, now) -> pace.without(pace.turns(now, ahead, wanted), now));
        } finally {
            lock.lock();
            fetching = false;
            if (kept != null) {
                adopt(kept);
                apart = kept.after().rate().spacing() / 201 * 200; // a little less, to make up for what was lost
                turns.add(kept.before().turns(kept.now(), ahead, wanted).later(kept.toOurs()));
            }
            turn.signal();
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

    /**
     * Holds every call of every instance: CXone said that there were too many.
     *
     * @param asked how long CXone asks for; null when it does not say
     * @param passedAt when the refused call was let through
     * @return how long the lane is now paused for
     */
    public Duration pause(Duration asked, long passedAt) {
        long age = System.nanoTime() - passedAt;
        return hold((pace, now) -> pace.refused(now, asked, now - age, waits));
    }

    /**
     * Holds every call of every instance, for another reason than too many: the rate stays as it is.
     *
     * @param asked as in {@link #pause}
     * @param passedAt when the call was let through that tells of it
     * @return how long the lane is now paused for
     */
    public Duration rest(Duration asked, long passedAt) {
        long age = System.nanoTime() - passedAt;
        return hold((pace, now) -> pace.paused(now, asked, now - age, waits));
    }

    /**
     * A call failed, and not by its content. When half of the last ones did, every call of every instance is held for a
     * while, longer each time; then a few find out whether CXone is well again.
     *
     * @param passedAt when the call was let through
     * @return how long the lane is now paused for; zero when it is not
     */
    public Duration failed(long passedAt) {
        if (!breaker.note(true)) {
            return Duration.ZERO;
        }
        long age = System.nanoTime() - passedAt;
        return hold((pace, now) -> pace.paused(now, null, now - age, waits.atMost(LONGEST_REST)));
    }

    private Duration hold(Change change) {
        Kept kept;
        try {
            kept = keeper.change(change);
        } catch (RuntimeException e) {
            kept = PaceStore.own(0).change(change); // the others will hear of it from CXone
        }
        lock.lock();
        try {
            adopt(kept);
            turns.dropAll();
            turn.signal();
            return Duration.ofNanos(Math.max(0, kept.after().pausedUntil() - kept.now()));
        } finally {
            lock.unlock();
        }
    }

    /**
     * Holds every call but a probe now and then: a person must act.
     *
     * @param mayPass true when it may pass without anybody's doing: a run that ends makes three probes before it gives up
     */
    public void stop(String reason, boolean mayPass) {
        lock.lock();
        try {
            stop.begin(reason, mayPass);
            wakeAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * A call has passed: whatever held the lane is over.
     *
     * @param passedAt when it was let through
     */
    public void passed(long passedAt) {
        breaker.note(false);
        boolean counts = passedAt - sampledUntil <= 0 && passedAt - sampledFrom >= 0;
        long age = System.nanoTime() - passedAt;
        answered(counts, (pace, now) -> pace.passed(now - age));
    }

    /** CXone answers: whatever stopped the lane, or paused it again and again, is over. */
    public void answered() {
        answered(false, (pace, now) -> pace.answered());
    }

    private void answered(boolean counts, Change change) {
        boolean stopped;
        lock.lock();
        try {
            stopped = stop.end();
            if (!stopped && pausesInARow == 0 && !counts) {
                return;
            }
            pausesInARow = 0;
            turn.signal();
        } finally {
            lock.unlock();
        }
        try {
            keeper.change((pace, now) -> stopped ? change.of(pace, now).softly() : change.of(pace, now));
        } catch (RuntimeException e) {
            // the next pause is longer than it had to be
        }
    }

    /** How many calls a second all instances together may make at the moment; NaN before the first call. */
    public double callsPerSecond() {
        return callsPerSecond;
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
            return Optional.ofNullable(stop.reason());
        } finally {
            lock.unlock();
        }
    }

    /** The same once a run that ends gives up for it. */
    public Optional<String> endReason() {
        lock.lock();
        try {
            return stop.over() ? Optional.of(stop.reason()) : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    private void wakeAll() {
        turn.signalAll();
        line.signalAll();
    }

    /** Lets nobody through any more; whoever waits is told so. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            wakeAll();
        } finally {
            lock.unlock();
        }
        keeper.close();
    }
}
