package io.cxt.intake;

import io.cxt.db.Staged;
import io.cxt.files.TimestampedName;
import io.cxt.ledger.Intakes;
import io.cxt.ledger.ReplayedLetter;
import io.cxt.text.SafeName;
import io.cxt.transcript.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens sources, hands on their transcripts one at a time, and releases each source once all of it is decided. */
public final class Intake {
    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

    /** Why a source stays that another instance has claimed. */
    public static final String TAKEN_OVER =
            "another instance has taken the source over, as this one gave no sign of life for ledger.lease-seconds";

    static final String STOPPING = "CXT is stopping";

    private final Intakes intakes;
    private final SourceTranscripts.Needs needs;
    private final Backlog backlog;
    private final Clock clock;
    private final UndecidedSources undecided;
    private final OrphanedTranscripts orphaned;
    private final ReadingCapacity capacity;
    private final SourceOpener opener;
    private final HeldSources held;
    private final AtomicLong abandoned = new AtomicLong();
    private volatile boolean stopping;

    /** @param readers how many sources the pickup with the fewest threads reads at a time */
    public Intake(
            Intakes intakes,
            HeldSources held,
            Path reports,
            SourceTranscripts.Needs needs,
            Backlog backlog,
            int readers,
            Clock clock) {
        this.intakes = intakes;
        this.held = held;
        this.needs = needs;
        this.backlog = backlog;
        this.clock = clock;
        this.undecided = new UndecidedSources(intakes, () -> stopping);
        needs.waiting().failWith(undecided::notKept);
        this.orphaned = new OrphanedTranscripts(intakes, undecided);
        this.capacity =
                new ReadingCapacity(readers, needs.transcripts().options().maxSourceBytes());
        this.opener = new SourceOpener(intakes, held, reports, backlog, capacity, needs.selections(), clock);
    }

    /** The pickups that a person holds. */
    public HeldSources held() {
        return held;
    }

    /** Stops reading. Open sources stay where they are. */
    public void stop() {
        stopping = true;
    }

    /** Transcripts that were being sent when a process died and whose source is gone. */
    public OrphanedTranscripts orphaned() {
        return orphaned;
    }

    /** Sources that cannot be decided, and why. */
    public UndecidedSources undecided() {
        return undecided;
    }

    public ReadingCapacity capacity() {
        return capacity;
    }

    /** How many sources were abandoned since the start. */
    public long abandoned() {
        return abandoned.get();
    }

    /** Opens a source, or says why it stays. May wait for memory. */
    public Opening open(Source source) {
        return opener.open(source);
    }

    /** An undecided source continues under another name. */
    public void renamed(SourceReading reading, String to) {
        intakes.renamed(reading.id(), reading.name(), to);
    }

    /** The transcripts of a source, one at a time; ends early when the source has to stay. */
    public Iterator<TranscriptInFlight> transcripts(SourceReading reading) {
        return new SourceTranscripts(reading, needs, () -> stopping, fault -> undecided.unreadable(reading, fault));
    }

    /** A transcript failed for a reason that no rule knows: its source stays and is read again. */
    public void transcriptFailed(TranscriptInFlight transcript, Throwable fault) {
        undecided.breakOff(transcript.reading(), transcript, fault, "");
    }

    /**
     * A step failed for a reason that no rule knows: the source stays and is read again.
     *
     * @param reading null when the source was not open yet
     * @param name of the source, for the log
     * @param transcript null when the step handles the source as a whole
     * @param where the step, as a person finds it in {@code routes/}
     */
    public void stepFailed(
            @Nullable SourceReading reading,
            @Nullable TranscriptInFlight transcript,
            String name,
            Throwable fault,
            String where) {
        if (reading == null) {
            undecided.notTaken(name, fault, where);
            return;
        }
        undecided.breakOff(reading, transcript, fault, where);
        reading.source().holdBack(undecided.untilNext(reading));
    }

    /**
     * Runs something once nothing of a source is in flight, where one of its transcripts waits for its contact. No memory is
     * kept for the source meanwhile.
     *
     * @return false when none waits, and nothing will be run
     */
    public boolean afterWaiting(SourceReading reading, Runnable then) {
        Runnable elsewhere = () -> needs.waiting().threads().execute(then);
        return reading.transcripts().afterWaiting(elsewhere);
    }

    /** Waits until nothing of a source is in flight, and decides what becomes of it. */
    public Verdict finish(SourceReading reading) throws InterruptedException {
        reading.transcripts().await();
        Source source = reading.source();
        if (source.shared() && !intakes.keeps(reading.id(), source.pickup(), source.name())) {
            reading.takenOver(TAKEN_OVER);
        }
        undecided.addUp(reading);
        Interruption bound = reading.exceeded();
        if (bound != null && reading.interrupt(bound)) {
            undecided.forGood(reading.pickup(), reading.name(), bound.why());
            return new Verdict.Abandoned(bound);
        }
        Interruption cause = reading.interruption();
        if (cause == null) {
            return new Verdict.Decided();
        }
        if (undecided.isBeyondHelp(reading)) {
            return new Verdict.Abandoned(cause);
        }
        source.holdBack(undecided.untilNext(reading));
        return new Verdict.Stays(cause);
    }

    /**
     * Releases or abandons a source after {@link #finish}: writes its report and closes it in the ledger.
     *
     * @param report the report's name
     * @param place where the source goes, for the report; null when it is not kept
     */
    public void close(SourceReading reading, String report, @Nullable String place) throws IOException {
        String undecidedWhy = reading.brokenOff();
        if (reading.source().reported() && (reading.source().alwaysReported() || reading.rejectedSome())) {
            boolean toAct = reading.rejectedSome() || undecidedWhy != null;
            Instant now = clock.instant();
            IntFunction<String> names = again -> again == 0 ? report : TimestampedName.into(report, now, again - 1);
            reading.report()
                    .write(
                            names,
                            toAct,
                            reading.times(now, place),
                            reading.counts(),
                            reading.notes().byKind());
        }
        if (undecidedWhy == null) {
            release(reading);
        } else {
            abandon(reading, undecidedWhy, place);
        }
        backlog.finished(reading);
    }

    private void release(SourceReading reading) {
        List<String> orphans = intakes.close(
                reading.id(),
                reading.name(),
                reading.count(),
                reading.countsInWords(),
                reading.source().keptAs(),
                ending(reading));
        undecided.decided(reading);
        orphaned.of(reading, orphans);
        if (reading.notes().exportCut()) {
            LOG.warn(
                    "export cut source={} pickup={} reason=EXPORT-CUT next=\"{}\"",
                    SafeName.value(reading.name()),
                    reading.pickup(),
                    Reason.EXPORT_CUT.hint());
        }
        LOG.info(
                "done source={} pickup={} {}",
                SafeName.value(reading.name()),
                reading.pickup(),
                reading.countsInWords());
    }

    private @Nullable Staged<Void> ending(SourceReading reading) {
        ReplayedLetter letter = reading.replayed();
        Staged<Void> ending = reading.source().ending(reading.counts());
        return ending != null || letter == null || letter.id() == null
                ? ending
                : needs.letters().settling(letter.id());
    }

    private void abandon(SourceReading reading, String why, @Nullable String place) {
        abandoned.incrementAndGet();
        boolean stays = reading.source().stays();
        intakes.undecided(reading.id(), reading.name(), why, "given up, " + (stays ? "stays" : "moved to " + place));
        LOG.error(
                "abandoned source={} pickup={} reason=\"{}\" {}={} next=\"see reports/, fix the cause and {}; what was sent is not"
                        + " sent again\"",
                SafeName.value(reading.name()),
                reading.pickup(),
                why,
                stays ? "stays-at" : "moved-to",
                place,
                stays
                        ? reading.source().whenAbandoned()
                        : "move the file from .failed back, or replay the dead letter of a message");
    }
}
