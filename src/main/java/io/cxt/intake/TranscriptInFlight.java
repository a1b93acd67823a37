package io.cxt.intake;

import io.cxt.archive.Refusal;
import io.cxt.intake.SourceReading.Outcome;
import io.cxt.text.SafeName;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Origin;
import io.cxt.transcript.Part;
import io.cxt.transcript.Transcript;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One transcript on its way from its source to its end. It is over when the last of those who hold it lets go: the
 * way itself, and each tap from the moment it opens.
 */
public final class TranscriptInFlight {
    private final SourceReading reading;
    private final Entry entry;
    private final Origin origin;
    private final Transcript transcript;
    private final Runnable whenOver;
    private final CompletableFuture<Void> decided = new CompletableFuture<>();
    private final CompletableFuture<Void> earlier;
    private final AtomicInteger holders = new AtomicInteger(1);
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger partsDue = new AtomicInteger();
    private final AtomicInteger partsSent = new AtomicInteger();
    private final AtomicInteger copiesDue = new AtomicInteger();
    private final List<String> conversationIds = new CopyOnWriteArrayList<>();
    private final Set<Integer> handedOn = ConcurrentHashMap.newKeySet();
    private volatile Refusal refusal;
    private volatile Outcome outcome;
    private volatile Entry prepared;
    private volatile boolean begunOtherwise;
    private volatile boolean cutAgain;
    private volatile int lastCut;
    private volatile int sentBeforeCut;
    private volatile boolean tapRefused;

    TranscriptInFlight(SourceReading reading, Entry entry, Transcript transcript, Runnable whenOver) {
        this.reading = reading;
        this.entry = entry;
        this.origin = new Origin(reading.id(), reading.name(), entry.index(), entry.line());
        this.transcript = transcript;
        this.whenOver = whenOver;
        this.earlier = queuesUp() ? reading.behind(transcript.interactionId(), decided) : null;
    }

    public SourceReading reading() {
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

    /** Its interaction id; null when it has none that a record can be kept under. */
    public String usableId() {
        String id = transcript == null ? null : transcript.interactionId();
        return id == null || id.isBlank() || id.length() > Transcript.MAX_ID ? null : id;
    }

    /** True until something was decided against it: its other parts are not sent then. */
    public boolean open() {
        return refusal == null && outcome != Outcome.EXCLUDED && reading.brokenOff() == null && !begunOtherwise;
    }

    /** What its parts are made of. */
    public Entry prepared() {
        return prepared;
    }

    public void prepared(Entry mapped) {
        prepared = mapped;
    }

    /** True when parts of it went out that were cut otherwise, and it has to be cut again. */
    public boolean begunOtherwise() {
        return begunOtherwise;
    }

    /** @return false when it was cut again before, and still does not fit to what went out */
    public boolean foundBegun() {
        begunOtherwise = !cutAgain;
        return begunOtherwise;
    }

    public void cutAgain() {
        begunOtherwise = false;
        cutAgain = true;
        handedOn.clear();
        partsDue.addAndGet(-lastCut);
        partsSent.set(sentBeforeCut);
    }

    /** Why it did not go out; null when it did, or may still. */
    public Refusal refusal() {
        return refusal;
    }

    public void refuse(Refusal why) {
        refusal = why;
    }

    /** It goes out in so many parts, each of which is to be decided. */
    public void cut(int parts) {
        lastCut = parts;
        sentBeforeCut = partsSent.get();
        partsDue.addAndGet(parts);
    }

    /** @return false when it was handed on before, as it is cut now */
    public boolean handOn(Part part) {
        return handedOn.add(part.part());
    }

    /**
     * A part has gone out, or had before. A duplicate is one whose every part is.
     *
     * @param conversationId what CXone calls it; null when that is not known
     */
    public void sent(Outcome sentOrDuplicate, String conversationId) {
        if (conversationId != null && !conversationIds.contains(conversationId)) {
            conversationIds.add(conversationId);
        }
        partsSent.incrementAndGet();
        if (outcome != Outcome.SENT) {
            outcome = sentOrDuplicate;
        }
    }

    public void ended(Outcome against) {
        outcome = against;
    }

    /** True when some of it has gone out. */
    public boolean begunToGoOut() {
        return partsSent.get() > 0;
    }

    /** A copy is to be made: by the next tap that opens. */
    public void copyDue() {
        copiesDue.incrementAndGet();
    }

    /** A tap opens, and lets go when its exchange is over. The only place where a passage is held. */
    public void tapOpens() {
        copiesDue.updateAndGet(due -> Math.max(0, due - 1));
        holders.incrementAndGet();
    }

    /** It cannot be decided now. Where a pool took no more work, a tap may be open that never begins. */
    public void holdUp(Throwable why, String inWords) {
        tapRefused |= why instanceof RejectedExecutionException;
        reading.holdUp(inWords);
    }

    /** What became of it; null while it is not decided. */
    public Outcome outcome() {
        return outcome;
    }

    /** What CXone calls its parts, in their order. */
    public List<String> conversationIds() {
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
    void wayIsOver() {
        letOthersGoOn();
        if (tapRefused) {
            abandon(); // the reading was broken off and stays: there is nothing to wait for
        } else {
            letGo();
        }
    }

    private void letOthersGoOn() {
        if (queuesUp()) {
            reading.decided(transcript.interactionId(), decided);
        }
    }

    public void letGo() {
        if (holders.decrementAndGet() == 0) {
            abandon();
        }
    }

    /** It is over, whoever may hold it. */
    void abandon() {
        if (!over.compareAndSet(false, true)) {
            return;
        }
        letOthersGoOn();
        if (decided()) {
            reading.count(outcome, this);
        }
        if (!decided() || copiesDue.get() > 0) {
            reading.leftOut(this);
        }
        reading.source().over(this);
        whenOver.run();
        reading.end(this);
    }

    /** True when all of it was decided. */
    private boolean decided() {
        return outcome != null && (refusal != null || outcome == Outcome.EXCLUDED || partsSent.get() >= partsDue.get());
    }

    /** Its place and, where it has one, its interaction id, made safe for logs. */
    String inWords() {
        return SafeName.log(origin.position())
                + (queuesUp() ? " (" + SafeName.log(transcript.interactionId()) + ")" : "");
    }

    /** Leaves the transcript out: toString ends up in exception messages and logs. */
    @Override
    public String toString() {
        return "Passage[" + SafeName.log(origin.position()) + "]";
    }
}
