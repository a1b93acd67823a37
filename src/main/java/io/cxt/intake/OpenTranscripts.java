package io.cxt.intake;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The transcripts of one source that are in flight, and those that ended without an outcome. */
final class OpenTranscripts {
    private static final int MOST_NAMED = 10;

    private final Set<TranscriptInFlight> inFlight = new HashSet<>();
    private final List<String> leftOut = new ArrayList<>();
    private final ByteBudget.Share memory;
    private long leftOutCount;
    private @Nullable Runnable whenEmpty;

    /** @param memory that their source takes while it is read */
    OpenTranscripts(ByteBudget.Share memory) {
        this.memory = memory;
    }

    synchronized void begin(TranscriptInFlight transcript) {
        inFlight.add(transcript);
    }

    void end(TranscriptInFlight transcript) {
        Runnable then = null;
        synchronized (this) {
            inFlight.remove(transcript);
            if (inFlight.isEmpty()) {
                notifyAll();
                then = whenEmpty;
                whenEmpty = null;
            }
        }
        if (then != null) {
            then.run();
        }
    }

    /**
     * Runs something once nothing is in flight, where a transcript waits for its contact: that takes long.
     *
     * @return false when none waits, and nothing will be run
     */
    synchronized boolean afterWaiting(Runnable then) {
        if (inFlight.stream().noneMatch(TranscriptInFlight::waits)) {
            return false;
        }
        whenEmpty = then;
        memory.giveBack();
        return true;
    }

    /** A transcript ended undecided, or without all of its copies. */
    synchronized void leftOut(TranscriptInFlight transcript) {
        leftOutCount++;
        if (leftOut.size() < MOST_NAMED) {
            leftOut.add(transcript.inWords());
        }
    }

    /** The transcripts that ended undecided, the first ten by position and id. */
    synchronized Optional<String> leftOut() {
        return leftOutCount == 0
                ? Optional.empty()
                : Optional.of(leftOutCount + " of its transcripts: " + String.join(", ", leftOut)
                        + (leftOutCount > MOST_NAMED ? " and others" : ""));
    }

    /** Waits until nothing is in flight, taps included. */
    synchronized void await() throws InterruptedException {
        while (!inFlight.isEmpty()) {
            wait();
        }
    }

    /** Ends all of them, as no thread will: what they hold is given back and nobody waits for them. */
    void abandon() {
        List<TranscriptInFlight> left;
        synchronized (this) {
            left = List.copyOf(inFlight);
        }
        left.forEach(TranscriptInFlight::abandon);
    }
}
