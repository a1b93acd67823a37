package io.cxt.simulator;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** Faults for the next calls, first in first out. */
final class Script {

    private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();

    void add(List<Fault> more) {
        faults.addAll(more);
    }

    /** The next one; null when there is none left. */
    @Nullable
    Fault next() {
        return faults.poll();
    }

    int size() {
        return faults.size();
    }
}
