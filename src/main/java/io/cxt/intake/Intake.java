package io.cxt.intake;

import io.cxt.archive.Report;
import io.cxt.db.LedgerException;
import io.cxt.files.TimestampedName;
import io.cxt.ledger.Intakes;
import io.cxt.settings.Errors;
import io.cxt.text.SafeName;
import io.cxt.transcript.Transcript;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a source up, hands on its transcripts one at a time, and lets it go when each of them is decided.
 *
 * <p>Long because every door comes through it.
 */
public final class Intake {
    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

    private final Intakes intakes;
    private final Path reports;
    private final SourceTranscripts.Needs needs;
    private final Backlog backlog;
    private final Clock clock;
    private final UndecidedSources undecided;
    private final OrphanedTranscripts takenAway;
    private final ReadingCapacity room;
    private final AtomicLong givenUp = new AtomicLong();
    private volatile boolean stopping;

    /** @param readers of the door that has least */
    public Intake(
            Intakes intakes, Path reports, SourceTranscripts.Needs needs, Backlog backlog, int readers, Clock clock) {
        this.intakes = intakes;
        this.reports = reports;
        this.needs = needs;
        this.backlog = backlog;
        this.clock = clock;
        this.undecided = new UndecidedSources(intakes, () -> stopping);
        this.takenAway = new OrphanedTranscripts(intakes, undecided);
        this.room = new ReadingCapacity(readers, needs.transcripts().options().maxSourceBytes());
    }

    /** No source is read on; those being read stay where they are. */
    public void stop() {
        stopping = true;
    }

    public OrphanedTranscripts takenAway() {
        return takenAway;
    }

    /** Sources that cannot be decided, and why. */
    public UndecidedSources undecided() {
        return undecided;
    }

    /** Takes a source up, until its exchange is over. */
    public SourceReading open(Source source, Exchange exchange) throws SourceStaysException {
        try {
            room.leaveOneForSmall(source, exchange);
            if (source.shared()) {
                take(source, exchange);
            }
            room.make(source, exchange);
            String id = intakes.open(
                    source.door(),
                    source.name(),
                    SafeName.keptFormerly(source.name()),
                    source.bytes(),
                    source.detail());
            boolean perhapsSent = source.cameBefore() && (source.triesAreCounted() || !intakes.goesOn(id));
            SourceReading reading =
                    new SourceReading(id, source, new Report(reports, source.name()), clock.millis(), perhapsSent);
            backlog.opened(reading);
            whenOver(exchange, () -> {
                reading.abandon();
                backlog.closed(reading); // for a reading that never came to close
                reading.report().discard();
            });
            LOG.info(
                    "reading source={} door={} bytes={}", SafeName.value(source.name()), source.door(), source.bytes());
            return reading;
        } catch (LedgerException e) {
            source.holdBack(Duration.ofSeconds(5));
            throw new SourceStaysException(e.getMessage());
        }
    }

    public ReadingCapacity room() {
        return room;
    }

    static void whenOver(Exchange exchange, Runnable what) {
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                what.run();
            }
        });
    }

    /** Takes a source that other instances may find too, until all is done with it, its move to .done included. */
    private void take(Source source, Exchange exchange) throws SourceStaysException {
        if (!intakes.take(source.door(), source.name())) {
            source.holdBack(ReadingCapacity.TURN_OF_OTHERS);
            backlog.elsewhere(source);
            throw new SourceStaysException("another instance reads it");
        }
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public int getOrder() {
                return LOWEST;
            }

            @Override
            public void onDone(Exchange done) {
                intakes.release(source.door(), source.name());
            }
        });
        if (source.othersHaveIt()) {
            source.holdBack(ReadingCapacity.TURN_OF_OTHERS);
            throw new SourceStaysException(SourceStaysException.OTHER_LEDGER);
        }
        if (!source.there() || intakes.closedSince(source.door(), source.name(), source.seenAt())) {
            source.holdBack(ReadingCapacity.TURN_OF_OTHERS);
            throw new SourceStaysException("another instance was done with it first");
        }
    }

    /** A source that stays goes on under another name. */
    public void renamed(SourceReading reading, String to) {
        intakes.renamed(reading.id(), reading.name(), to);
    }

    /** The transcripts of a source, one at a time; ends early when the source has to stay. */
    public Iterator<TranscriptInFlight> entries(@Variable(Variables.READING) SourceReading reading) {
        return new SourceTranscripts(reading, needs, () -> stopping, fault -> undecided.unreadable(reading, fault));
    }

    public static final String TAKEN_OVER =
            "another instance has taken the source over, as this one gave no sign of life for ledger.lease-seconds";

    static final String STOPPING = "CXT is stopping";

    /**
     * Begins with a transcript before any thread takes it: it is over when its exchange is and every tap has let go.
     * Called for each part of the split as it is made, so that nothing can come between.
     */
    public void passageBegins(Exchange exchange) {
        TranscriptInFlight passage = exchange.getMessage().getBody(TranscriptInFlight.class);
        exchange.setVariable(Variables.PASSAGE, passage);
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onFailure(Exchange failed) {
                undecided.breakOff(passage.reading(), passage, failed.getException(), "");
                onDone(failed);
            }

            @Override
            public void onDone(Exchange done) {
                super.onDone(done);
                passage.wayIsOver();
            }
        });
    }

    /**
     * Waits until a transcript's turn has come.
     *
     * @return the transcript; null when it could not be read
     */
    public Transcript begin(@Variable(Variables.PASSAGE) TranscriptInFlight passage) {
        passage.awaitTurn();
        return passage.transcript();
    }

    /** Something went wrong that no rule knows of: the source stays, and is read again. */
    public void unforeseen(Exchange exchange) {
        Throwable fault = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        SourceReading reading = exchange.getVariable(Variables.READING, SourceReading.class);
        if (reading == null) {
            LOG.error("a source cannot be taken up reason=\"{}\"", FailureCauses.inWords(fault));
            Errors.passOn(FailureCauses.unwrapped(fault));
            return;
        }
        undecided.breakOff(
                reading, exchange.getVariable(Variables.PASSAGE, TranscriptInFlight.class), fault, where(exchange));
        reading.source().holdBack(undecided.untilNext(reading));
    }

    /** How many sources were given up since the start. */
    public long givenUp() {
        return givenUp.get();
    }

    /** The step that failed, as a person finds it in {@code routes/}. */
    private static String where(Exchange exchange) {
        String step = exchange.getExchangeExtension().getHistoryNodeId();
        return " route=%s step=%s"
                .formatted(exchange.getProperty(Exchange.FAILURE_ROUTE_ID), step == null ? "unknown" : step);
    }

    /**
     * Waits for everything of a source that is on its way.
     *
     * @return true when each of its transcripts is decided, false when it has to be given up undecided
     * @throws SourceStaysException when it was broken off and stays
     */
    public boolean finish(SourceReading reading) throws SourceStaysException, InterruptedException {
        reading.await();
        Source source = reading.source();
        if (source.shared() && !intakes.keeps(reading.id(), source.door(), source.name())) {
            reading.takenOver(TAKEN_OVER);
        }
        undecided.addUp(reading);
        if (reading.unread() != null && reading.breakOff(reading.unread())) {
            undecided.forGood(reading.door(), reading.name(), reading.unread());
            return false;
        }
        if (reading.brokenOff() == null) {
            return true;
        }
        if (undecided.givenUp(reading)) {
            return false;
        }
        reading.source().holdBack(undecided.untilNext(reading));
        throw new SourceStaysException(reading.brokenOff());
    }

    /**
     * Lets a source go that {@link #finish} is done with: writes its report, and closes it in the ledger.
     *
     * @param report what the report is named after
     * @param place where the source goes, for the report; null when it is not kept
     */
    public void close(SourceReading reading, String report, String place) throws IOException {
        if (reading.source().alwaysReported() || reading.refusedSome()) {
            boolean toAct = reading.refusedSome() || reading.brokenOff() != null;
            Instant now = clock.instant();
            IntFunction<String> names = again -> again == 0 ? report : TimestampedName.into(report, now, again - 1);
            reading.report().write(names, toAct, reading.times(now, place), reading.counts());
        }
        if (reading.brokenOff() == null) {
            List<String> left = intakes.close(
                    reading.id(),
                    reading.name(),
                    reading.count(),
                    reading.countsInWords(),
                    reading.source().keptAs());
            undecided.decided(reading);
            takenAway.of(reading, left);
            LOG.info(
                    "done source={} door={} {}",
                    SafeName.value(reading.name()),
                    reading.door(),
                    reading.countsInWords());
        } else {
            givenUp.incrementAndGet();
            boolean stays = reading.source().stays();
            intakes.undecided(
                    reading.id(),
                    reading.name(),
                    reading.brokenOff(),
                    "given up, " + (stays ? "stays" : "moved to " + place));
            LOG.error(
                    "given up source={} door={} reason=\"{}\" {}={} next=\"see reports/, repair the cause and {}; what was sent is not"
                            + " sent again\"",
                    SafeName.value(reading.name()),
                    reading.door(),
                    reading.brokenOff(),
                    stays ? "stays-at" : "moved-to",
                    place,
                    stays
                            ? "put the file there again; as it is, the next start reads it once more"
                            : "move the file from .failed back, or replay the dead letter of a message");
        }
        backlog.finished(reading);
    }
}
