package io.cxt.simulator;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;

/** The state that the handlers of one stand-in share. */
final class StandInState {

    final StandInSettings settings;
    final LongAdder signIns = new LongAdder();
    final LongAdder signInsRefused = new LongAdder();
    final LongAdder posts = new LongAdder();
    final LongAdder unanswered = new LongAdder();
    final LongAdder rateLimited = new LongAdder();
    final LongAdder duringRetryAfter = new LongAdder();
    private final Map<Integer, LongAdder> refused = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> faults = new ConcurrentHashMap<>();
    final Tokens tokens = new Tokens();
    final ReceivedParts deliveries = new ReceivedParts();
    final GivenRetryAfter retryAfter = new GivenRetryAfter();
    /** Faults for the next calls, first in first out. */
    final Queue<Fault> chatScript = new ConcurrentLinkedQueue<>();

    final Queue<Fault> signInScript = new ConcurrentLinkedQueue<>();
    private final Deque<ReceivedCall> calls = new ArrayDeque<>();
    private volatile Traffic traffic;
    private volatile RateLimit rateLimit;

    StandInState(StandInSettings settings) {
        this.settings = settings;
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

    boolean keepsCalls() {
        return settings.journalSize > 0;
    }

    /** Keeps the latest calls; a new one replaces the oldest. */
    void add(ReceivedCall call) {
        synchronized (calls) {
            if (calls.size() == settings.journalSize) {
                calls.removeFirst();
            }
            calls.addLast(call);
        }
    }

    /** In the order of arrival. */
    List<ReceivedCall> calls() {
        synchronized (calls) {
            return calls.stream()
                    .sorted(Comparator.comparingLong(ReceivedCall::number))
                    .toList();
        }
    }

    void refused(int status) {
        refused.computeIfAbsent(status, first -> new LongAdder()).increment();
    }

    void played(Fault fault) {
        faults.computeIfAbsent(fault.toString(), first -> new LongAdder()).increment();
    }

    Counts counts() {
        long distinct = deliveries.distinct();
        long accepted = deliveries.accepted();
        return new Counts(
                signIns.sum(),
                signInsRefused.sum(),
                posts.sum(),
                accepted,
                distinct,
                Math.max(0, accepted - distinct),
                deliveries.changed(),
                sums(refused),
                unanswered.sum(),
                rateLimited.sum(),
                duringRetryAfter.sum(),
                sums(faults));
    }

    private static <K extends Comparable<K>> Map<K, Long> sums(Map<K, LongAdder> adders) {
        Map<K, Long> sums = new TreeMap<>();
        adders.forEach((key, adder) -> sums.put(key, adder.sum()));
        return sums;
    }
}
