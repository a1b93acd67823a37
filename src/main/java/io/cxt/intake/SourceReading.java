package io.cxt.intake;

import io.cxt.archive.Report;
import io.cxt.ledger.Deliveries;
import io.cxt.ledger.Delivery;
import io.cxt.ledger.ReplayedLetter;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Origin;
import io.cxt.transcript.Part;
import io.cxt.transcript.Reason;
import java.time.Instant;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One pass over a source: its counts, its transcripts in flight, and why it was interrupted. Used by many threads.
 *
 * <p>Long because all that is known of a source while it is read is here.
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
        EXCLUDED,
        NOT_SELECTED;

        private static final Set<Outcome> RARE = EnumSet.of(QUEUED, EXCLUDED, NOT_SELECTED);
        private static final Set<Outcome> WELL = EnumSet.of(SENT, DUPLICATE, QUEUED, EXCLUDED, NOT_SELECTED);

        /** True for an outcome that reports leave out when its count is zero. */
        boolean rare() {
            return RARE.contains(this);
        }

        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private final String id;
    private final Source source;
    private final Report report;
    private final long startedAt;
    private final @Nullable Reason perhapsSent;
    private final OutcomeSets tally = new OutcomeSets();
    private final NoteCounts notes = new NoteCounts();
    private final OpenTranscripts transcripts;
    private final AtomicLong bytes = new AtomicLong();
    private final Map<String, CompletableFuture<Void>> lastOfId = new ConcurrentHashMap<>();
    private final AtomicReference<Interruption> interruption = new AtomicReference<>();
    private volatile @Nullable Interruption exceeded;
    private volatile String idPrefix = "";
    private volatile @Nullable ReplayedLetter replayed;
    private volatile Selection selection = Selection.ALL;
    private volatile boolean sourceNeeded;
    private volatile boolean ended;

    /** @param perhapsSent why it may have been sent where this ledger does not see it; null when nothing says so */
    SourceReading(
            String id,
            Source source,
            Report report,
            long startedAt,
            @Nullable Reason perhapsSent,
            ByteBudget.Share memory) {
        transcripts = new OpenTranscripts(memory);
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

    /**
     * Looks one of its parts up, as one that CXone may have where this source, or the dead letter that it is, says so.
     *
     * @param ended when the chat ended, or null when not known; asked only where there was another ledger
     */
    public Delivery lookUp(Part part, Supplier<@Nullable Instant> ended, Deliveries deliveries) {
        ReplayedLetter letter = replayed;
        return letter != null && letter.unknownDoubt()
                ? deliveries.lookUpReplayed(part)
                : deliveries.lookUp(part, perhapsSent, ended);
    }

    /** The source's pickup: {@code file}, {@code sftp}, {@code jms}, {@code body}. */
    public String pickup() {
        return source.pickup();
    }

    public Source source() {
        return source;
    }

    public Report report() {
        return report;
    }

    /** When it began, in milliseconds since 1970. */
    public long startedAt() {
        return startedAt;
    }

    void count(Outcome outcome, TranscriptInFlight transcript) {
        tally.count(outcome, transcript.place());
    }

    long count() {
        return tally.read();
    }

    /** What was noted of its transcripts so far. */
    NoteCounts notes() {
        return notes;
    }

    /** Counts what was noted of a transcript. */
    public void noted(List<String> what) {
        notes.add(what);
    }

    /** The outcomes of this reading so far. */
    public OutcomeSets tally() {
        return tally;
    }

    /** True when some of its transcripts were not sent. */
    boolean rejectedSome() {
        return tally.read() > Outcome.WELL.stream().mapToLong(tally::of).sum();
    }

    /** What is put before each of its interaction ids; empty for nothing. */
    public String idPrefix() {
        return idPrefix;
    }

    void prefixIds(String prefix) {
        idPrefix = prefix;
    }

    /** Which of its transcripts are brought in. */
    Selection selection() {
        return selection;
    }

    void select(Selection which) {
        selection = which;
    }

    /** Something of it was set aside and is kept nowhere else: the source must not be deleted. */
    public void needsSource() {
        sourceNeeded = true;
    }

    /** True when the source holds what is kept nowhere else: what was not selected, or set aside without its content. */
    public boolean sourceNeeded() {
        return sourceNeeded;
    }

    /** A transcript was read that is not brought in: the ledger does not know it, so that a later reading may send it. */
    void notSelected(Entry entry) {
        needsSource();
        tally.read(entry.index());
        tally.count(Outcome.NOT_SELECTED, entry.index());
    }

    /** All that is to be read of it has been read. */
    void reachedEnd() {
        ended = true;
    }

    /** True once all was read; a source that no step reads, or not to its end, is not decided. */
    boolean ended() {
        return ended;
    }

    void replays(@Nullable ReplayedLetter letter) {
        replayed = letter;
    }

    /** The dead letter that it is; null when it is none, or one without a row. */
    public @Nullable ReplayedLetter replayed() {
        return replayed;
    }

    /** The dead letter that one of its transcripts keeps being; null for none. A packed letter is settled as a whole. */
    public @Nullable ReplayedLetter before(Entry entry) {
        return entry.index() == 1 && !source.packed() ? replayed : null;
    }

    /**
     * Where one of its transcripts came from. A dead letter comes from where it came first: a packed one is a whole message,
     * another one is one transcript, and what a person adds to it comes from there.
     */
    Origin origin(Entry entry) {
        ReplayedLetter letter = replayed;
        if (letter == null || letter.source() == null || entry.index() != 1 && !source.packed()) {
            return new Origin(id, name(), entry.index(), entry.line());
        }
        return source.packed()
                ? new Origin(id, letter.source(), entry.index(), entry.line())
                : new Origin(id, letter.source(), letter.index(), letter.line() + entry.line() - 1);
    }

    /** A bound is exceeded: the rest is not read, and the source goes where a person finds it. */
    void exceeds(String why) {
        exceeded = new Interruption.BoundExceeded(why);
    }

    /** The bound that it exceeds; null for none. */
    @Nullable
    Interruption exceeded() {
        return exceeded;
    }

    void advanced(long more) {
        bytes.addAndGet(more);
    }

    /** Bytes of the (unpacked) source read so far. */
    public long bytes() {
        return bytes.get();
    }

    /**
     * Queues up behind an earlier transcript of the same interaction, so that the first in the source is the first to
     * be sent. Called in the order of the source.
     *
     * @param done completed when the transcript is decided
     * @return what to wait for; null when there is nothing
     */
    @Nullable
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
     * @param place null when the source is not kept
     */
    Map<String, String> times(Instant end, @Nullable String place) {
        Map<String, String> times = new LinkedHashMap<>();
        times.put("begunAt", Instant.ofEpochMilli(startedAt).toString());
        times.put("endedAt", end.toString());
        if (place != null) {
            times.put("file", place);
        }
        String selected = selection.inWords();
        if (selected != null) {
            times.put("selection", selected);
        }
        String why = brokenOff();
        if (why != null) {
            times.put("undecided", why);
        }
        return times;
    }

    /** Interrupts it after a fault: the source stays and is read again. @return false when it was interrupted before */
    public boolean breakOff(String why) {
        return interrupt(new Interruption.Fault(why));
    }

    /** Interrupts it without a fault. @return false when it was interrupted before */
    boolean holdUp(String why) {
        return interrupt(new Interruption.HeldUp(why));
    }

    /** The first interruption counts, and more than one that lets the reading go on. */
    boolean interrupt(Interruption by) {
        Interruption before = interruption.get();
        return (before == null || goesOn(before) && !goesOn(by)) && interruption.compareAndSet(before, by);
    }

    /** True while nothing ends it. */
    boolean goesOn() {
        return goesOn(interruption.get());
    }

    private static boolean goesOn(@Nullable Interruption by) {
        return by == null || by instanceof Interruption.OneStays;
    }

    /** Another instance has the source, whatever interrupted this reading before. */
    void takenOver(String why) {
        interruption.updateAndGet(before -> new Interruption.TakenOver(before == null ? why : before.why()));
    }

    public boolean takenOver() {
        return interruption() instanceof Interruption.TakenOver;
    }

    /** True when it was interrupted without a fault. */
    boolean heldUp() {
        return takenOver() || interruption() instanceof Interruption.HeldUp;
    }

    /** What interrupted it; null when nothing did. */
    @Nullable
    Interruption interruption() {
        return interruption.get();
    }

    /** Why it was interrupted; null when it was not. */
    public @Nullable String brokenOff() {
        Interruption by = interruption.get();
        return by == null ? null : by.why();
    }

    void begin(TranscriptInFlight transcript) {
        tally.read(transcript.place());
        transcripts.begin(transcript);
    }

    /** Its transcripts that are in flight. */
    OpenTranscripts transcripts() {
        return transcripts;
    }
}
