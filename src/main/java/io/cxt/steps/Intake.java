package io.cxt.steps;

import io.cxt.archive.DurableFiles;
import io.cxt.archive.Report;
import io.cxt.archive.SafeName;
import io.cxt.ledger.BusyException;
import io.cxt.ledger.Intakes;
import io.cxt.ledger.LedgerException;
import io.cxt.pace.LaneClosedException;
import io.cxt.transcript.TranscriptSettings;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes a source up, hands on its transcripts one at a time, and lets it go when each of them is decided. */
public final class Intake {
    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);
    /** How often a source is read again after a fault of our own before it goes to {@code .failed}. */
    private static final int MOST_TRIES = 5;

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmssSSS'Z'").withZone(ZoneOffset.UTC);

    private final Intakes intakes;
    private final IntakeSettings settings;
    private final TranscriptSettings transcripts;
    private final SettledFiles files;
    private final ByteBudget budget;
    private final Backlog backlog;
    private final Clock clock;
    private final Map<Path, Integer> tries = new ConcurrentHashMap<>();
    private volatile boolean stopping;

    Intake(
            Intakes intakes,
            IntakeSettings settings,
            TranscriptSettings transcripts,
            SettledFiles files,
            ByteBudget budget,
            Backlog backlog,
            Clock clock) {
        this.intakes = intakes;
        this.settings = settings;
        this.transcripts = transcripts;
        this.files = files;
        this.budget = budget;
        this.backlog = backlog;
        this.clock = clock;
    }

    /** No source is read on; those being read stay where they are. */
    void stop() {
        stopping = true;
    }

    /** Takes a file up, until its exchange is over. */
    public Reading open(@Body File file, Exchange exchange) throws SourceStaysException {
        Path path = file.toPath();
        String source = SafeName.log(file.getName());
        try {
            String id = intakes.open("file", source, file.length());
            Reading reading = new Reading(id, source, path, new Report(settings.reports(), source), clock.millis());
            backlog.opened(reading);
            exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
                @Override
                public void onDone(Exchange done) {
                    backlog.closed(reading); // for a reading that never came to close
                }
            });
            LOG.info("reading file={} bytes={}", source, file.length());
            return reading;
        } catch (LedgerException e) {
            files.holdBack(path, Duration.ofSeconds(5));
            throw new SourceStaysException(e.getMessage());
        }
    }

    /** The transcripts of a source, one at a time; ends early when the source has to stay. */
    public Iterator<Passage> entries(@Variable(Variables.READING) Reading reading) {
        return new Entries(reading, transcripts, budget, backlog, () -> stopping, fault -> breakOff(reading, fault));
    }

    static final String STOPPING = "CXT is stopping";

    /**
     * Begins with a transcript when its turn has come: it is over when the exchange is and every tap has let go.
     */
    public void begin(@Variable(Variables.PASSAGE) Passage passage, Exchange exchange) {
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
    }

    /** Something went wrong that no rule knows of: the source stays, and is read again. */
    public void unforeseen(Exchange exchange) {
        Throwable fault = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        Reading reading = exchange.getVariable(Variables.READING, Reading.class);
        if (reading != null) {
            breakOff(reading, fault);
            files.holdBack(reading.file(), waitAfter(tries.getOrDefault(reading.file(), 0)));
        } else {
            LOG.error("a source cannot be taken up reason=\"{}\"", inWords(fault));
        }
    }

    private void breakOff(Reading reading, Throwable fault) {
        if (fault instanceof LaneClosedException
                || fault instanceof BusyException
                || fault instanceof RejectedExecutionException) {
            reading.breakOff(stopping ? STOPPING : fault.getMessage());
            return;
        }
        String why = fault instanceof LedgerException ? fault.getMessage() : inWords(fault);
        if (reading.breakOff(why)) {
            if (!(fault instanceof LedgerException)) {
                tries.merge(reading.file(), 1, Integer::sum);
            }
            LOG.error("broken off file={} reason=\"{}\"", reading.source(), why);
            LOG.debug("where it was broken off", fault);
        }
    }

    /** The kind and place of a fault. Its message may hold what a customer typed and is left out. */
    private static String inWords(Throwable fault) {
        if (fault == null) {
            return "unknown";
        }
        StackTraceElement[] trace = fault.getStackTrace();
        return fault.getClass().getName() + (trace.length == 0 ? "" : " at " + trace[0]);
    }

    /**
     * Lets a source go: waits for everything on its way, writes the report, and closes it in the ledger.
     *
     * @return where the file goes, as an absolute path
     * @throws SourceStaysException when it was broken off and stays
     */
    public String close(@Variable(Variables.READING) Reading reading)
            throws SourceStaysException, IOException, InterruptedException {
        try (Report report = reading.report()) {
            reading.await();
            String brokenOff = reading.brokenOff();
            boolean givenUp = brokenOff != null && tries.getOrDefault(reading.file(), 0) >= MOST_TRIES;
            if (brokenOff != null && !givenUp) {
                files.holdBack(reading.file(), waitAfter(tries.getOrDefault(reading.file(), 0)));
                throw new SourceStaysException(brokenOff);
            }
            Path to = freeName(reading.file(), givenUp ? ".failed" : ".done");
            report.write(reading.file().getFileName().toString(), times(reading, to, brokenOff), reading.counts());
            intakes.close(reading.id(), reading.source(), reading.count(), counts(reading));
            tries.remove(reading.file());
            backlog.finished(reading);
            if (givenUp) {
                LOG.error(
                        "given up file={} reason=\"{}\" next=\"see reports/, mend the cause and move the file from"
                                + " inbox/.failed to inbox; what was sent is not sent again\"",
                        reading.source(),
                        brokenOff);
            } else {
                LOG.info("done file={} {}", reading.source(), counts(reading));
            }
            return to.toString();
        }
    }

    private static Duration waitAfter(int tries) {
        return Duration.ofSeconds(1L << Math.min(tries, 5));
    }

    private static String counts(Reading reading) {
        List<String> words = new ArrayList<>();
        reading.counts().forEach((outcome, count) -> words.add(outcome + "=" + count));
        return String.join(" ", words);
    }

    private Map<String, String> times(Reading reading, Path movedTo, String brokenOff) {
        Map<String, String> times = new LinkedHashMap<>();
        times.put("begunAt", Instant.ofEpochMilli(reading.startedAt()).toString());
        times.put("endedAt", clock.instant().toString());
        times.put("file", settings.dataFolder().relativize(movedTo).toString());
        if (brokenOff != null) {
            times.put("undecided", brokenOff);
        }
        return times;
    }

    /** A name in the folder beside the file that nothing has yet: the file's own, or one with the time in it. */
    private Path freeName(Path file, String folder) throws IOException {
        Path target = file.resolveSibling(folder);
        DurableFiles.createFolder(target);
        String name = file.getFileName().toString();
        Path free = target.resolve(name);
        for (int i = 0; Files.exists(free); i++) {
            int dot = name.indexOf('.', 1);
            String stem = name.substring(0, Math.min(dot, 150));
            String stamp = STAMP.format(clock.instant()) + (i == 0 ? "" : "-" + i);
            free = target.resolve(stem + "-" + stamp + name.substring(dot));
        }
        return free;
    }
}
