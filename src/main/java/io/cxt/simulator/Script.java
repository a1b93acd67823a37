package io.cxt.simulator;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Faults for the next calls, first in first out. */
final class Script {

    private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();

    void add(List<Fault> more) {
        faults.addAll(more);
    }

    /** The next one, or null. */
    Fault next() {
        return faults.poll();
    }

    int size() {
        return faults.size();
    }
}
