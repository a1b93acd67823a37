package io.cxt.simulator;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** How often each of some values came up. */
public final class Tally<K extends Comparable<K>> {

    private final Map<K, LongAdder> adders = new ConcurrentHashMap<>();

    public void count(K value) {
        adders.computeIfAbsent(value, first -> new LongAdder()).increment();
    }

    /** In the order of the values. */
    public Map<K, Long> sums() {
        Map<K, Long> sums = new TreeMap<>();
        adders.forEach((key, adder) -> sums.put(key, adder.sum()));
        return sums;
    }
}
