package io.cxt.simulator;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.function.ToLongFunction;

/** The latest calls; a new one replaces the oldest. */
public final class Journal<C> {

    private final Deque<C> calls = new ArrayDeque<>();
    private final int size;
    private final ToLongFunction<C> number;

    /**
     * @param size how many calls it keeps; 0 for none
     * @param number a call's place in the order of arrival
     */
    public Journal(int size, ToLongFunction<C> number) {
        this.size = size;
        this.number = number;
    }

    /** False when a call need not be made up, because none is kept. */
    public boolean keeps() {
        return size > 0;
    }

    public void add(C call) {
        synchronized (calls) {
            if (calls.size() == size) {
                calls.removeFirst();
            }
            calls.addLast(call);
        }
    }

    /** In the order of arrival. */
    public List<C> calls() {
        synchronized (calls) {
            return calls.stream().sorted(Comparator.comparingLong(number)).toList();
        }
    }
}
