package io.cxt.pace;

import io.cxt.pace.PaceStore.Change;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The one way to the tenant, shared by everything that calls it.
 *
 * <p>Calls leave evenly spaced, never a second's worth at once. One pause holds all of them; after it they start
 * softly. A person can hold all of them. A stop holds all of them but a probe now and then, which ends the stop when it passes. Pace and pauses are
 * those of all instances with the same {@link PaceStore}; a stop is this instance's own. Time is monotonic.
 *
 * <p>Long because all that a call, an answer or a person may say of the pace comes through it.
 */
public final class Lane implements AutoCloseable {
    /** A tenant that comes back is noticed within this time. */
    private static final Duration LONGEST_REST = Duration.ofSeconds(30);

    private final PaceStore store;
    private final Breaker breaker = new Breaker();
    private final Backoff waits;
    private final Stop stop;
    private final PermitQueue queue;

    /**
     * A lane that is open.
     *
     * @param store of the pace; closed with the lane
     * @param firstPause the pause after a refusal that names none; doubles while they go on
     * @param longestPause no pause is longer
     * @param endWhenStopped true to give up at a stop (a run that ends), false to probe until it passes
     */
    public Lane(PaceStore store, Duration firstPause, Duration longestPause, boolean endWhenStopped) {
        this.store = store;
        this.waits = new Backoff(firstPause, longestPause);
        this.stop = new Stop(waits, endWhenStopped);
        this.queue = new PermitQueue(store, stop);
    }

    /**
     * Waits until this call's permit is nearly due: what must be on record before the call can be written now. After
     * {@link #awaitPermit} the call may begin, and after {@link #leave} it may leave.
     *
     * @return when the permit is due, on {@link System#nanoTime()}
     * @throws LaneClosedException when there will be no permit
     * @throws RuntimeException when the store cannot be asked
     */
    public long pass() throws LaneClosedException, InterruptedException {
        return queue.pass();
    }

    /**
     * Waits for the very moment of a permit. When a pause began in between, waits for another one.
     *
     * @return when the permit was due
     */
    public long awaitPermit(long due) throws LaneClosedException, InterruptedException {
        return queue.await(due);
    }

    /**
     * Waits until the call before is as far away as it should be. Asked last of all, when nothing but the call is left to
     * do: calls that a stall or slow connections have held up must not leave together.
     *
     * @param permit when it was due
     * @return when the call was let through; empty when a pause began since the permit was due: it must not leave
     */
    public OptionalLong leave(long permit) throws InterruptedException {
        return queue.leave(permit);
    }

    /**
     * Waits for a permit and until a call may leave that has nothing else to wait for.
     *
     * @return when the call was let through
     */
    public long permit() throws LaneClosedException, InterruptedException {
        while (true) {
            OptionalLong at = leave(awaitPermit(pass()));
            if (at.isPresent()) {
                return at.getAsLong();
            }
        }
    }

    /**
     * Holds every call of every instance: CXone said that there were too many calls.
     *
     * @param asked how long CXone asks for; null when it does not say
     * @param passedAt when the refused call was let through
     * @return how long the lane is now paused for
     */
    public Duration pause(@Nullable Duration asked, long passedAt) {
        long age = System.nanoTime() - passedAt;
        return queue.hold((pace, now) -> pace.refused(now, asked, now - age, waits));
    }

    /**
     * Holds every call of every instance, for another reason than too many: the rate stays as it is.
     *
     * @param asked as in {@link #pause}
     * @param passedAt when the call was let through that tells of it
     * @return how long the lane is now paused for
     */
    public Duration rest(@Nullable Duration asked, long passedAt) {
        long age = System.nanoTime() - passedAt;
        return queue.hold((pace, now) -> pace.paused(now, asked, now - age, waits));
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
        return queue.hold((pace, now) -> pace.paused(now, null, now - age, waits.atMost(LONGEST_REST)));
    }

    /**
     * Holds every call but a probe now and then: a person must act.
     *
     * @param mayPass true when it may pass by itself: a run that ends makes three probes first
     */
    public void stop(String reason, boolean mayPass) {
        queue.lock.lock();
        try {
            stop.begin(reason, mayPass);
            queue.wakeAll();
        } finally {
            queue.lock.unlock();
        }
    }

    /**
     * A call has passed: whatever held the lane is over.
     *
     * @param passedAt when it was let through
     */
    public void passed(long passedAt) {
        breaker.note(false);
        long age = System.nanoTime() - passedAt;
        answered(queue.samples(passedAt), (pace, now) -> pace.passed(now - age));
    }

    /** CXone answers: whatever stopped the lane, or paused it again and again, is over. */
    public void answered() {
        answered(false, (pace, now) -> pace.answered());
    }

    private void answered(boolean counts, Change change) {
        boolean stopped;
        queue.lock.lock();
        try {
            stopped = stop.end();
            if (!queue.goOn(stopped) && !counts) {
                return;
            }
        } finally {
            queue.lock.unlock();
        }
        try {
            store.change((pace, now) -> stopped ? change.of(pace, now).softly() : change.of(pace, now));
        } catch (RuntimeException e) {
            // the next pause is longer than it had to be
        }
    }

    /**
     * Holds every call of this instance until {@link #release}: a person wants it so, and no probe leaves. A call that has its
     * permit leaves all the same, and ends.
     *
     * @param why in words; a run that ends stops with them
     */
    public void hold(String why) {
        queue.lock.lock();
        try {
            queue.holdAll(why);
        } finally {
            queue.lock.unlock();
        }
    }

    /** Ends a hold; calls start softly. */
    public void release() {
        queue.lock.lock();
        try {
            if (queue.held() == null) {
                return;
            }
            queue.holdAll(null);
        } finally {
            queue.lock.unlock();
        }
        try {
            store.change((pace, now) -> pace.softly());
        } catch (RuntimeException e) {
            // they start at their usual pace
        }
    }

    /** Why a person holds all calls; empty when nobody does. */
    public Optional<String> held() {
        queue.lock.lock();
        try {
            return Optional.ofNullable(queue.held());
        } finally {
            queue.lock.unlock();
        }
    }

    /** From now on the operator allows so many calls a second; 0 to find out. */
    public void limit(double callsPerSecond) {
        store.limit(callsPerSecond);
        try {
            queue.ask(); // who has a share of the rate need not wait for a permit of the old one
        } catch (RuntimeException e) {
            // it holds from the next permit on
        }
    }

    /** How many calls a second all instances together may make at the moment; NaN before the first call. */
    public double callsPerSecond() {
        return queue.callsPerSecond;
    }

    /** How long the lane is still paused for; zero when it is not. */
    public Duration pausedFor() {
        return queue.pausedFor();
    }

    /** Why the lane is stopped and what to do; empty when it is not. */
    public Optional<String> stopReason() {
        queue.lock.lock();
        try {
            return Optional.ofNullable(stop.reason());
        } finally {
            queue.lock.unlock();
        }
    }

    /** The same once a run that ends stops for it. */
    public Optional<String> endReason() {
        queue.lock.lock();
        try {
            return Optional.ofNullable(stop.reason())
                    .filter(reason -> stop.over())
                    .or(() -> Optional.ofNullable(queue.held()).filter(held -> stop.ends()));
        } finally {
            queue.lock.unlock();
        }
    }

    /** Lets no call through from now on; those that wait get a {@link LaneClosedException}. */
    @Override
    public void close() {
        queue.lock.lock();
        try {
            queue.close();
        } finally {
            queue.lock.unlock();
        }
        store.close();
    }

    /** Tells from the last calls whether CXone is well: at least half of them failed, and there were enough. */
    private static final class Breaker {
        private static final int LAST = 20;

        private final boolean[] failed = new boolean[LAST];
        private int next;
        private int calls;
        private int failures;

        /** @return true when CXone is not well */
        synchronized boolean note(boolean failure) {
            failures += (failure ? 1 : 0) - (failed[next] ? 1 : 0);
            failed[next] = failure;
            next = (next + 1) % LAST;
            calls = Math.min(LAST, calls + 1);
            return calls == LAST && failures >= LAST / 2;
        }
    }
}
