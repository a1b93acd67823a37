package io.cxt.steps;

import io.cxt.archive.Refusal;
import io.cxt.steps.Reading.Outcome;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Origin;
import io.cxt.transcript.Transcript;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One transcript on its way from its source to its end. It is over when the last of those who hold it lets go: the
 * way itself, and each tap.
 */
public final class Passage {
    private final Reading reading;
    private final Entry entry;
    private final Origin origin;
    private final Transcript transcript;
    private final Runnable over;
    private final CompletableFuture<Void> decided = new CompletableFuture<>();
    private final CompletableFuture<Void> earlier;
    private final AtomicInteger holders = new AtomicInteger(1);
    private final List<String> conversationIds = new CopyOnWriteArrayList<>();
    private volatile Refusal refusal;
    private volatile Outcome outcome;
    private volatile Entry prepared;
    private volatile boolean begunOtherwise;
    private volatile boolean cutAgain;

    Passage(Reading reading, Entry entry, Transcript transcript, Runnable over) {
        this.reading = reading;
        this.entry = entry;
        this.origin = new Origin(reading.id(), reading.name(), entry.index(), entry.line());
        this.transcript = transcript;
        this.over = over;
        this.earlier = queuesUp() ? reading.behind(transcript.interactionId(), decided) : null;
    }

    public Reading reading() {
        return reading;
    }

    public Entry entry() {
        return entry;
    }

    public Origin origin() {
        return origin;
    }

    /** The transcript, in order where {@code transcript.order} asks for it; null when it could not be read. */
    public Transcript transcript() {
        return transcript;
    }

    /** True until something was decided against it: its other parts are not sent then. */
    public boolean open() {
        return refusal == null && reading.brokenOff() == null && !begunOtherwise;
    }

    /** What its parts are made of. */
    Entry prepared() {
        return prepared;
    }

    void prepared(Entry mapped) {
        prepared = mapped;
    }

    /** True when parts of it went out that were cut otherwise, and it has to be cut again. */
    boolean begunOtherwise() {
        return begunOtherwise;
    }

    /** @return false when it was cut again before, and still does not fit to what went out */
    boolean foundBegun() {
        begunOtherwise = !cutAgain;
        return begunOtherwise;
    }

    void cutAgain() {
        begunOtherwise = false;
        cutAgain = true;
    }

    /** Why it did not go out; null when it did, or may still. */
    public Refusal refusal() {
        return refusal;
    }

    void refuse(Refusal why) {
        refusal = why;
    }

    /**
     * A part has gone out, or had before. A duplicate is one whose every part is.
     *
     * @param conversationId what CXone calls it; null when that is not known
     */
    void sent(Outcome sentOrDuplicate, String conversationId) {
        if (conversationId != null) {
            conversationIds.add(conversationId);
        }
        if (outcome != Outcome.SENT) {
            outcome = sentOrDuplicate;
        }
    }

    void ended(Outcome against) {
        outcome = against;
    }

    /** What became of it; null while it is not decided. */
    Outcome outcome() {
        return outcome;
    }

    /** What CXone calls its parts, in their order. */
    List<String> conversationIds() {
        return conversationIds;
    }

    private boolean queuesUp() {
        return transcript != null && transcript.interactionId() != null;
    }

    /** Waits for an earlier transcript of the same interaction in the same source. */
    void awaitTurn() {
        if (earlier != null) {
            earlier.join();
        }
    }

    /** The way is at its end; taps may still be at work. */
    void decided() {
        if (queuesUp()) {
            reading.decided(transcript.interactionId(), decided);
        }
    }

    void hold() {
        holders.incrementAndGet();
    }

    void letGo() {
        if (holders.decrementAndGet() == 0) {
            if (outcome != null) {
                reading.count(outcome);
            }
            reading.source().over(this);
            over.run();
            reading.end();
        }
    }

    /** Leaves the transcript out: toString ends up in exception messages and logs. */
    @Override
    public String toString() {
        return "Passage[" + origin.position() + "]";
    }
}
