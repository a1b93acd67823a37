package io.cxt.steps;

import io.cxt.archive.Report;
import io.cxt.ledger.BusyException;
import io.cxt.ledger.Intakes;
import io.cxt.ledger.LedgerException;
import io.cxt.mapping.ChangedFileException;
import io.cxt.pace.LaneClosedException;
import io.cxt.transcript.Transcript;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes a source up, hands on its transcripts one at a time, and lets it go when each of them is decided. */
public final class Intake {
    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);
    /** How often a source is read again after a fault of our own before it is given up. */
    private static final int MOST_TRIES = 5;
    /** What a source has in memory beside what is on its way: no more, unless one transcript is larger. */
    private static final long MOST_AHEAD = 1024 * 1024;
    /** How long a source is left alone that another instance has in hand. */
    private static final Duration TURN_OF_OTHERS = Duration.ofSeconds(2);

    private final Intakes intakes;
    private final Path reports;
    private final Entries.Needs needs;
    private final Backlog backlog;
    private final Clock clock;
    private final ByteBudget readings = ByteBudget.ofHeap();
    private final Map<String, Integer> tries = new ConcurrentHashMap<>();
    private volatile boolean stopping;

    Intake(Intakes intakes, Path reports, Entries.Needs needs, Backlog backlog, Clock clock) {
        this.intakes = intakes;
        this.reports = reports;
        this.needs = needs;
        this.backlog = backlog;
        this.clock = clock;
    }

    /** No source is read on; those being read stay where they are. */
    void stop() {
        stopping = true;
    }

    /** Takes a source up, until its exchange is over. */
    Reading open(Source source, Exchange exchange) throws SourceStaysException {
        try {
            if (source.shared()) {
                take(source, exchange);
            }
            makeRoom(source, exchange);
            String id = intakes.open(source.door(), source.name(), source.bytes(), source.detail());
            Reading reading = new Reading(id, source, new Report(reports, source.name()), clock.millis());
            backlog.opened(reading);
            whenOver(exchange, () -> {
                backlog.closed(reading); // for a reading that never came to close
                reading.report().discard();
            });
            LOG.info("reading source={} door={} bytes={}", source.name(), source.door(), source.bytes());
            return reading;
        } catch (LedgerException e) {
            source.holdBack(Duration.ofSeconds(5));
            throw new SourceStaysException(e.getMessage());
        }
    }

    /** Waits while the sources that are being read fill their share of the memory: many files may hold large ones. */
    private void makeRoom(Source source, Exchange exchange) throws SourceStaysException {
        long bytes = source.name().endsWith(".gz") ? MOST_AHEAD : Math.min(source.bytes(), MOST_AHEAD);
        try {
            readings.take(bytes);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SourceStaysException(STOPPING);
        }
        whenOver(exchange, () -> readings.giveBack(bytes));
    }

    private static void whenOver(Exchange exchange, Runnable what) {
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
            source.holdBack(TURN_OF_OTHERS);
            throw new SourceStaysException("another instance reads it");
        }
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public int getOrder() {
                return LOWEST;
            }

            @Override
            public void onDone(Exchange done) {
                intakes.letGo(source.door(), source.name());
            }
        });
        if (!source.there() || intakes.closedSince(source.door(), source.name(), source.seenAt())) {
            source.holdBack(TURN_OF_OTHERS);
            throw new SourceStaysException("another instance was done with it first");
        }
    }

    /** The transcripts of a source, one at a time; ends early when the source has to stay. */
    public Iterator<Passage> entries(@Variable(Variables.READING) Reading reading) {
        return new Entries(reading, needs, () -> stopping, fault -> breakOff(reading, fault));
    }

    static final String STOPPING = "CXT is stopping";

    /**
     * Begins with a transcript when its turn has come: it is over when the exchange is and every tap has let go.
     *
     * @return the transcript; null when it could not be read
     */
    public Transcript begin(@Variable(Variables.PASSAGE) Passage passage, Exchange exchange) {
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onFailure(Exchange failed) {
                breakOff(passage.reading(), failed.getException());
            }

            @Override
            public void onDone(Exchange done) {
                super.onDone(done);
                passage.decided();
                passage.letGo();
            }
        });
        passage.awaitTurn();
        return passage.transcript();
    }

    /** Something went wrong that no rule knows of: the source stays, and is read again. */
    public void unforeseen(Exchange exchange) {
        Throwable fault = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        Reading reading = exchange.getVariable(Variables.READING, Reading.class);
        if (reading != null) {
            breakOff(reading, fault);
            reading.source().holdBack(waitAfter(triesOf(reading)));
        } else {
            LOG.error("a source cannot be taken up reason=\"{}\"", inWords(fault));
        }
    }

    private void breakOff(Reading reading, Throwable fault) {
        if (fault instanceof LaneClosedException
                || fault instanceof BusyException
                || fault instanceof SourceStaysException
                || fault instanceof RejectedExecutionException) {
            reading.holdUp(stopping ? STOPPING : fault.getMessage());
            return;
        }
        if (fault instanceof ChangedFileException) {
            if (reading.holdUp(fault.getMessage()) && !stopping) {
                FileMoves.warnChanged(reading, fault.getMessage());
            }
            return;
        }
        String why = fault instanceof LedgerException ? fault.getMessage() : inWords(fault);
        if (fault instanceof LedgerException ? reading.holdUp(why) : reading.breakOff(why)) {
            if (!(fault instanceof LedgerException) && reading.source().triesAreCounted()) {
                tries.merge(key(reading), 1, Integer::sum);
            }
            LOG.error("broken off source={} door={} reason=\"{}\"", reading.name(), reading.door(), why);
            LOG.debug("where it was broken off", fault);
        }
    }

    /** The kind and place of a fault. Its message may hold what a customer typed and is left out, unless it is ours. */
    private static String inWords(Throwable fault) {
        if (fault == null) {
            return "unknown";
        }
        if (fault instanceof NoTranscriptException ours) {
            return ours.getMessage();
        }
        StackTraceElement[] trace = fault.getStackTrace();
        return fault.getClass().getName() + (trace.length == 0 ? "" : " at " + trace[0]);
    }

    /**
     * Waits for everything of a source that is on its way.
     *
     * @return true when each of its transcripts is decided, false when it has to be given up undecided
     * @throws SourceStaysException when it was broken off and stays
     */
    boolean finish(Reading reading) throws SourceStaysException, InterruptedException {
        reading.await();
        String brokenOff = reading.brokenOff();
        if (brokenOff != null && triesOf(reading) < MOST_TRIES) {
            reading.source().holdBack(waitAfter(triesOf(reading)));
            throw new SourceStaysException(brokenOff);
        }
        return brokenOff == null;
    }

    /**
     * Lets a source go that {@link #finish} is done with: writes its report, and closes it in the ledger.
     *
     * @param report what the report is named after
     * @param place where the source goes, for the report; null when it is not kept
     */
    void close(Reading reading, String report, String place) throws IOException {
        if (reading.source().alwaysReported() || reading.refusedSome()) {
            boolean toAct = reading.refusedSome() || reading.brokenOff() != null;
            reading.report().write(report, toAct, reading.times(clock.instant(), place), reading.counts());
        }
        intakes.close(reading.id(), reading.name(), reading.count(), reading.countsInWords());
        tries.remove(key(reading));
        backlog.finished(reading);
        if (reading.brokenOff() == null) {
            LOG.info("done source={} door={} {}", reading.name(), reading.door(), reading.countsInWords());
        } else {
            LOG.error(
                    "given up source={} door={} reason=\"{}\" next=\"see reports/, mend the cause and move the file from .failed"
                            + " back; what was sent is not sent again\"",
                    reading.name(),
                    reading.door(),
                    reading.brokenOff());
        }
    }

    private static String key(Reading reading) {
        return reading.door() + ":" + reading.name();
    }

    private int triesOf(Reading reading) {
        return tries.getOrDefault(key(reading), 0);
    }

    private static Duration waitAfter(int tries) {
        return Duration.ofSeconds(1L << Math.min(tries, 5));
    }
}
