package io.cxt.simulator;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/** The latest calls; new ones replace the oldest. */
final class Journal {

    private final int size;
    private final Deque<ReceivedCall> calls = new ArrayDeque<>();

    /** @param size maximum number of calls; 0 for none */
    Journal(int size) {
        this.size = size;
    }

    boolean on() {
        return size > 0;
    }

    synchronized void add(ReceivedCall call) {
        if (calls.size() == size) {
            calls.removeFirst();
        }
        calls.addLast(call);
    }

    /** In the order of arrival. */
    synchronized List<ReceivedCall> calls() {
        return calls.stream()
                .sorted(Comparator.comparingLong(ReceivedCall::number))
                .toList();
    }
}
