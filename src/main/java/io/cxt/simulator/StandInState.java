package io.cxt.simulator;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;

/** The state that the handlers of one stand-in share, whatever its contract. */
public final class StandInState {

    public final StandInSettings settings;
    public final LongAdder signIns = new LongAdder();
    public final LongAdder signInsRefused = new LongAdder();
    public final LongAdder posts = new LongAdder();
    public final LongAdder unanswered = new LongAdder();
    public final LongAdder rateLimited = new LongAdder();
    public final LongAdder duringRetryAfter = new LongAdder();
    public final Tally<Integer> refused = new Tally<>();
    public final Tally<String> faults = new Tally<>();
    public final Tokens tokens = new Tokens();

    /** Faults for the next posts, first in first out. */
    public final Queue<Fault> script = new ConcurrentLinkedQueue<>();

    public final Queue<Fault> signInScript = new ConcurrentLinkedQueue<>();
    final GivenRetryAfter retryAfter;
    private volatile Traffic traffic;
    private volatile RateLimit rateLimit;

    public StandInState(StandInSettings settings) {
        this.settings = settings;
        this.retryAfter = new GivenRetryAfter(settings.nanoTime);
        this.traffic = settings.traffic;
        this.rateLimit = limit(traffic);
    }

    public Traffic traffic() {
        return traffic;
    }

    /** A new rate starts with a full bucket; any other change keeps the bucket. */
    public synchronized void change(UnaryOperator<Traffic> change) {
        Traffic next = change.apply(traffic);
        if (!rateLimit.sameAs(next.ratePerSecond(), next.burst())) {
            rateLimit = limit(next);
        }
        traffic = next;
    }

    private RateLimit limit(Traffic next) {
        return new RateLimit(next.ratePerSecond(), next.burst(), nanoTime());
    }

    RateLimit rateLimit() {
        return rateLimit;
    }

    /** The time of the limits. */
    public long nanoTime() {
        return settings.nanoTime.getAsLong();
    }
}
