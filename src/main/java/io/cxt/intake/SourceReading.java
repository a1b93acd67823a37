package io.cxt.intake;

import io.cxt.archive.Report;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/**
 * One source while it is read: what was counted, what is still on its way, and whether it had to be broken off.
 *
 * <p>Long because all its threads meet here, under one lock.
 */
public final class SourceReading {
    /** What can become of a transcript, as counted in reports; the words are in reports, never rename one. */
    public enum Outcome {
        SENT,
        DUPLICATE,
        REJECTED,
        FAILED,
        CONFLICT,
        IN_DOUBT,
        QUEUED,
        EXCLUDED;

        private static final Set<Outcome> RARE = EnumSet.of(QUEUED, EXCLUDED);
        private static final Set<Outcome> WELL = EnumSet.of(SENT, DUPLICATE, QUEUED, EXCLUDED);

        /** True for one that is not counted where there are none. */
        boolean rare() {
            return RARE.contains(this);
        }

        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private static final int MOST_NAMED = 10;

    private final String id;
    private final Source source;
    private final Report report;
    private final long startedAt;
    private final boolean perhapsSent;
    private final OutcomeSets tally = new OutcomeSets();
    private final AtomicLong bytes = new AtomicLong();
    private final Map<String, CompletableFuture<Void>> lastOfId = new ConcurrentHashMap<>();
    private final AtomicReference<String> brokenOff = new AtomicReference<>();
    private final Set<TranscriptInFlight> onTheWay = new HashSet<>();
    private final List<String> leftOut = new ArrayList<>();
    private long leftOutCount;
    private volatile boolean heldUp;
    private volatile boolean takenOver;
    private volatile String unread;
    private volatile String idPrefix = "";

    /** @param perhapsSent true when it was read before where this ledger does not see it */
    SourceReading(String id, Source source, Report report, long startedAt, boolean perhapsSent) {
        this.perhapsSent = perhapsSent;
        this.id = id;
        this.source = source;
        this.report = report;
        this.startedAt = startedAt;
    }

    /** The ledger's id of this reading. */
    public String id() {
        return id;
    }

    /** The source's name, as the ledger keeps it; not fit for a log line. */
    public String name() {
        return source.name();
    }

    /** True when CXone may have what the ledger knows nothing of. */
    public boolean perhapsSent() {
        return perhapsSent;
    }

    /** How the source came: {@code file}, {@code sftp}, {@code jms}, {@code body}. */
    public String door() {
        return source.door();
    }

    public Source source() {
        return source;
    }

    public Report report() {
        return report;
    }

    public long startedAt() {
        return startedAt;
    }

    void count(Outcome outcome, TranscriptInFlight passage) {
        tally.count(outcome, passage.entry().index());
    }

    long count() {
        return tally.read();
    }

    /** What was counted of it this time. */
    public OutcomeSets tally() {
        return tally;
    }

    /** True when some of it did not go out. */
    boolean refusedSome() {
        return tally.read() > Outcome.WELL.stream().mapToLong(tally::of).sum();
    }

    /** What is put before each of its interaction ids; empty for nothing. */
    public String idPrefix() {
        return idPrefix;
    }

    void prefixIds(String prefix) {
        idPrefix = prefix;
    }

    /** A bound is met: what follows is not read, and the source goes where a person finds it. */
    void endUnread(String why) {
        unread = why;
    }

    public String unread() {
        return unread;
    }

    void advanced(long more) {
        bytes.addAndGet(more);
    }

    /** Bytes of the (unpacked) source read so far. */
    long bytes() {
        return bytes.get();
    }

    /**
     * Queues up behind an earlier transcript of the same interaction, so that the first in the source is the first to
     * be sent. Called in the order of the source.
     *
     * @param done completed when the transcript is decided
     * @return what to wait for; null when there is nothing
     */
    CompletableFuture<Void> behind(String interactionId, CompletableFuture<Void> done) {
        return lastOfId.put(interactionId, done);
    }

    void decided(String interactionId, CompletableFuture<Void> done) {
        lastOfId.remove(interactionId, done);
        done.complete(null);
    }

    /** What was read, and how many of it had each outcome. */
    public Map<String, Long> counts() {
        return tally.counts();
    }

    /** The same for the log: {@code read=3 sent=3 …}. */
    public String countsInWords() {
        return counts().entrySet().stream()
                .map(count -> count.getKey() + "=" + count.getValue())
                .collect(Collectors.joining(" "));
    }

    /**
     * When it began and ended, where the source went, and why it could not be decided, for the report.
     *
     * @param place null when it is not kept
     */
    Map<String, String> times(Instant end, String place) {
        Map<String, String> times = new LinkedHashMap<>();
        times.put("begunAt", Instant.ofEpochMilli(startedAt).toString());
        times.put("endedAt", end.toString());
        if (place != null) {
            times.put("file", place);
        }
        if (brokenOff() != null) {
            times.put("undecided", brokenOff());
        }
        return times;
    }

    /** The source will stay where it is and be read again. The first reason counts; true for whoever gives it. */
    public boolean breakOff(String why) {
        return brokenOff.compareAndSet(null, why);
    }

    /** What breaks it off is no fault: it goes on by itself when a person has acted, or another instance is done. */
    boolean holdUp(String why) {
        boolean first = breakOff(why);
        if (first) {
            heldUp = true;
        }
        return first;
    }

    public void takenOver(String why) {
        holdUp(why);
        takenOver = true;
    }

    public boolean takenOver() {
        return takenOver; // by another instance
    }

    /** True when it was broken off without a fault. */
    public boolean heldUp() {
        return heldUp;
    }

    /** Why it was broken off; null when it was not. */
    public String brokenOff() {
        return brokenOff.get();
    }

    synchronized void begin(TranscriptInFlight passage) {
        tally.read(passage.entry().index());
        onTheWay.add(passage);
    }

    synchronized void end(TranscriptInFlight passage) {
        onTheWay.remove(passage);
        notifyAll();
    }

    /** A transcript is over and nobody decided it, or not all of it. */
    synchronized void leftOut(TranscriptInFlight passage) {
        leftOutCount++;
        if (leftOut.size() < MOST_NAMED) {
            leftOut.add(passage.inWords());
        }
    }

    /** The transcripts that are over and undecided, the first of them by place and id; null when there are none. */
    synchronized String leftOut() {
        return leftOutCount == 0
                ? null
                : leftOutCount + " of its transcripts: " + String.join(", ", leftOut)
                        + (leftOutCount > MOST_NAMED ? " and others" : "");
    }

    /** Waits until nothing of this source is on its way any more, taps included. */
    synchronized void await() throws InterruptedException {
        while (!onTheWay.isEmpty()) {
            wait();
        }
    }

    /** Nothing of it will come to an end any more: what it holds is given back, and nobody waits for it. */
    void abandon() {
        List<TranscriptInFlight> left;
        synchronized (this) {
            left = List.copyOf(onTheWay);
        }
        left.forEach(TranscriptInFlight::abandon);
    }
}
