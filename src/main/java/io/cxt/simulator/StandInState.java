package io.cxt.simulator;

import java.util.function.UnaryOperator;

/** The state that the handlers of one stand-in share. */
final class StandInState {

    final StandInSettings settings;
    final CallCounters tally = new CallCounters();
    final Tokens tokens = new Tokens();
    final ReceivedParts deliveries = new ReceivedParts();
    final GivenRetryAfter retryAfter = new GivenRetryAfter();
    final Script chatScript = new Script();
    final Script signInScript = new Script();
    final Journal journal;
    private volatile Traffic traffic;
    private volatile RateLimit rateLimit;

    StandInState(StandInSettings settings) {
        this.settings = settings;
        this.journal = new Journal(settings.journalSize);
        change(before -> settings.traffic);
    }

    Traffic traffic() {
        return traffic;
    }

    /** A new rate starts with a full bucket; any other change keeps the bucket. */
    synchronized void change(UnaryOperator<Traffic> change) {
        Traffic next = change.apply(traffic);
        if (rateLimit == null || !rateLimit.sameAs(next.ratePerSecond(), next.burst())) {
            rateLimit = new RateLimit(next.ratePerSecond(), next.burst(), System.nanoTime());
        }
        traffic = next;
    }

    RateLimit rateLimit() {
        return rateLimit;
    }
}
