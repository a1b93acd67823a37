package io.cxt.intake;

import io.cxt.archive.Refusal;
import io.cxt.intake.SourceReading.Outcome;
import io.cxt.pace.ContactBucket;
import io.cxt.text.SafeName;
import io.cxt.transcript.ChatMessage;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Origin;
import io.cxt.transcript.Part;
import io.cxt.transcript.ReadingOptions;
import io.cxt.transcript.Transcript;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One transcript between its reading and its outcome, copies included. It is final once its last holder has released
 * it: the route, and each tap from the moment it opens.
 *
 * <p>Long because every step and every tap asks it, and it alone knows when all of them are done.
 */
public final class TranscriptInFlight {
    private final SourceReading reading;
    private final Origin origin;
    private final long place;
    private final @Nullable String interactionId;
    private final @Nullable String hinted;
    private final boolean wholeSource;
    private final ByteBudget.Share share;
    private final WaitingTranscripts waiting;
    private final CompletableFuture<Void> decided = new CompletableFuture<>();
    private final @Nullable CompletableFuture<Void> earlier;
    private final AtomicInteger holders = new AtomicInteger(1);
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger partsDue = new AtomicInteger();
    private final AtomicInteger partsSent = new AtomicInteger();
    private final AtomicInteger copiesDue = new AtomicInteger();
    private final List<String> conversationIds = new CopyOnWriteArrayList<>();
    private final Set<Integer> handedOn = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Entry entry;
    private volatile @Nullable Transcript transcript;
    private volatile @Nullable ContactBucket contact;
    private volatile @Nullable ShelvedContent shelf;
    private volatile @Nullable Long waitsUntil;
    private volatile @Nullable String lastConversation;
    private volatile @Nullable Refusal refusal;
    private volatile @Nullable Outcome outcome;
    private volatile @Nullable Entry prepared;
    private volatile boolean hasWaited;
    private volatile boolean begunOtherwise;
    private volatile boolean cutAgain;
    private volatile int lastCut;
    private volatile int sentBeforeCut;
    private volatile boolean tapRefused;

    TranscriptInFlight(
            SourceReading reading,
            Origin origin,
            Entry entry,
            @Nullable Transcript transcript,
            ByteBudget.Share share,
            WaitingTranscripts waiting) {
        this.reading = reading;
        this.entry = entry;
        this.origin = origin;
        this.place = entry.index();
        this.transcript = transcript;
        this.wholeSource =
                entry.raw() != null && entry.raw() == reading.source().whole();
        this.share = share;
        this.waiting = waiting;
        this.interactionId = transcript == null ? null : transcript.interactionId();
        this.hinted = entry.hint().interactionId();
        this.earlier = interactionId == null ? null : reading.behind(interactionId, decided);
    }

    public SourceReading reading() {
        return reading;
    }

    /** What was read. Not to be asked for while it waits. */
    public Entry entry() {
        return Objects.requireNonNull(entry, "it waits for its contact");
    }

    public Origin origin() {
        return origin;
    }

    /** What is left of it takes the place of what was read. @param judged its transcript, in order; null for none */
    public void redacted(Entry left, @Nullable Transcript judged) {
        entry = left;
        transcript = judged;
    }

    /** True when it is all of its source, which is kept as a whole. */
    public boolean wholeSource() {
        return wholeSource;
    }

    /** Which one of its source it is, from 1; a dead letter comes from another place. */
    long place() {
        return place;
    }

    /** The transcript, in order where {@code transcript.order} asks for it; null when it could not be read. */
    public @Nullable Transcript parsed() {
        return transcript;
    }

    /** Its interaction id, or what may be that of one that was refused; null when it has none that a record can be kept under. */
    public @Nullable String usableId() {
        String id = interactionId == null ? hinted : interactionId;
        return id == null || id.isBlank() || id.length() > Transcript.MAX_ID ? null : id;
    }

    /** True until something stops it: its other parts are not sent then. */
    public boolean open() {
        return refusal == null
                && outcome != Outcome.EXCLUDED
                && reading.brokenOff() == null
                && !begunOtherwise
                && waitsUntil == null;
    }

    /** What its parts are made of; null before it is prepared. */
    public @Nullable Entry prepared() {
        return prepared;
    }

    /** How many messages it has; 0 before it is prepared. */
    public int messages() {
        Entry mapped = prepared;
        return mapped == null ? 0 : mapped.transcript().messages().size();
    }

    /** When its last message was written; null before it is prepared, and when a time cannot be read. */
    public @Nullable Instant endedAt() {
        Entry mapped = prepared;
        Instant last = null;
        for (ChatMessage message :
                mapped == null ? List.<ChatMessage>of() : mapped.transcript().messages()) {
            Instant written = message.timestamp().instant();
            if (written == null) {
                return null;
            }
            last = last == null || written.isAfter(last) ? written : last;
        }
        return last;
    }

    public void prepared(Entry mapped) {
        prepared = mapped;
    }

    /** True when parts of it went out that were cut differently, so that it has to be cut again. */
    public boolean begunOtherwise() {
        return begunOtherwise;
    }

    /** @return false when it was cut again before and still does not match what went out */
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

    /** Why it was not sent; null when it was, or may still be. */
    public @Nullable Refusal refusal() {
        return refusal;
    }

    public void refuse(Refusal why) {
        refusal = why;
    }

    /** It is sent in so many parts, each of which gets an outcome. */
    public void cut(int parts) {
        lastCut = parts;
        sentBeforeCut = partsSent.get();
        partsDue.addAndGet(parts);
    }

    /** How many parts were handed on and need not be again. */
    public int partsHandedOn() {
        return handedOn.size();
    }

    /** True once it has waited for its contact. */
    public boolean hasWaited() {
        return hasWaited;
    }

    /** The calls that its contact takes; null when the ledger must be asked. */
    public @Nullable ContactBucket contact() {
        return contact;
    }

    public void contact(@Nullable ContactBucket newContact) {
        contact = newContact;
    }

    /**
     * A part cannot be sent before a time, as {@link System#nanoTime}: once its route has ended, the transcript waits
     * without a thread and goes on with this part.
     */
    public void waitFor(Part part, long until) {
        handedOn.remove(part.part());
        waitsUntil = until;
    }

    /** True when it waits for its contact, or will once its route has ended. */
    public boolean waits() {
        return waitsUntil != null;
    }

    /** It has a place among those that wait, until it is over. */
    void takesPlace() {
        hasWaited = true;
    }

    /** Its interaction id as a value in the log. */
    String idForLog() {
        return SafeName.value(Objects.requireNonNullElse(interactionId, origin.position()));
    }

    /** Keeps its content in a file and forgets it. */
    void shelve(Path file) throws IOException {
        shelf = ShelvedContent.write(file, entry(), Objects.requireNonNull(transcript, "what is sent could be read"));
        entry = null;
        transcript = null;
        prepared = null;
        share.giveBack();
    }

    /** Takes its content back. */
    void unshelve(ReadingOptions options) throws IOException, InterruptedException {
        share.takeAgain();
        entry = Objects.requireNonNull(shelf, "it has waited").take(origin, options);
        transcript = entry().transcript();
        shelf = null;
        waitsUntil = null;
    }

    /** @return false when this part was handed on before */
    public boolean handOn(Part part) {
        return handedOn.add(part.part());
    }

    /**
     * A part was sent, now or before. A transcript is a duplicate when all of its parts are.
     *
     * @param conversationId of CXone; null when that is not known
     */
    public void sent(Outcome sentOrDuplicate, @Nullable String conversationId) {
        lastConversation = conversationId == null ? lastConversation : conversationId;
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

    /** True when a part of it was sent. */
    public boolean begunToGoOut() {
        return partsSent.get() > 0;
    }

    /** A copy is due: the next tap that opens makes it. */
    public void copyDue() {
        copiesDue.incrementAndGet();
    }

    /** A tap opens; it releases the transcript when its exchange ends. */
    public void tapOpens() {
        copiesDue.updateAndGet(due -> Math.max(0, due - 1));
        holders.incrementAndGet();
    }

    /** It cannot be decided now. Where a pool takes no more work, an open tap may never begin. */
    public void holdUp(Throwable why, String inWords) {
        tapRefused |= why instanceof RejectedExecutionException;
        reading.holdUp(inWords);
    }

    /** Its outcome; null while it is not decided. */
    public @Nullable Outcome outcome() {
        return outcome;
    }

    /** CXone's id of the part that was sent last; null for none. */
    public @Nullable String lastConversation() {
        return lastConversation;
    }

    /** CXone's ids of its parts, in their order. */
    public List<String> conversationIds() {
        return conversationIds;
    }

    /** Waits for an earlier transcript of the same interaction in the same source. */
    public void awaitTurn() {
        if (earlier != null) {
            earlier.join();
        }
    }

    /** Its route ended; taps may still be at work. */
    public void routeEnded() {
        Long until = waitsUntil;
        boolean waits = false;
        try {
            waits = until != null && refusal == null && reading.brokenOff() == null && waiting.add(this, until);
        } finally {
            if (!waits) {
                ended();
            }
        }
    }

    private void ended() {
        releaseLater();
        if (tapRefused) {
            abandon(); // its source stays: there is nothing to wait for
        } else {
            release();
        }
    }

    private void releaseLater() { // transcripts of the same interaction
        String id = interactionId;
        if (id != null) {
            reading.decided(id, decided);
        }
    }

    public void release() {
        if (holders.decrementAndGet() == 0) {
            abandon();
        }
    }

    /** Makes it final, even while others hold it. */
    void abandon() {
        if (!over.compareAndSet(false, true)) {
            return;
        }
        releaseLater();
        boolean complete = refusal != null || outcome == Outcome.EXCLUDED || partsSent.get() >= partsDue.get();
        Outcome last = complete ? outcome : null;
        if (last != null) {
            reading.count(last, this);
        }
        if (last == null || copiesDue.get() > 0) {
            reading.transcripts().leftOut(this);
        }
        reading.source().over(this);
        ShelvedContent left = shelf;
        if (left != null) {
            left.delete();
        }
        share.giveBack();
        if (hasWaited) {
            waiting.over();
        }
        reading.transcripts().end(this);
    }

    /** Its position and, where it has one, its interaction id, made safe for logs. */
    String inWords() {
        String id = interactionId;
        return SafeName.log(origin.position()) + (id == null ? "" : " (" + SafeName.log(id) + ")");
    }

    /** Leaves the transcript out: toString ends up in exception messages and logs. */
    @Override
    public String toString() {
        return "TranscriptInFlight[" + SafeName.log(origin.position()) + "]";
    }
}
