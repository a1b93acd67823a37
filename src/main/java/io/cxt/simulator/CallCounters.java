package io.cxt.simulator;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** The counters; adding does not block. */
final class CallCounters {

    final LongAdder signIns = new LongAdder();
    final LongAdder signInsRefused = new LongAdder();
    final LongAdder posts = new LongAdder();
    final LongAdder unanswered = new LongAdder();
    final LongAdder rateLimited = new LongAdder();
    final LongAdder duringRetryAfter = new LongAdder();
    private final Map<Integer, LongAdder> refused = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> faults = new ConcurrentHashMap<>();

    void refused(int status) {
        refused.computeIfAbsent(status, first -> new LongAdder()).increment();
    }

    void played(Fault fault) {
        faults.computeIfAbsent(fault.toString(), first -> new LongAdder()).increment();
    }

    Counts with(ReceivedParts deliveries) {
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
