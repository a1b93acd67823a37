package io.cxt.intake;

import io.cxt.db.LedgerException;
import io.cxt.files.ChangedFileException;
import io.cxt.files.FolderUnavailableException;
import io.cxt.ledger.BusyException;
import io.cxt.ledger.Intakes;
import io.cxt.pace.LaneClosedException;
import io.cxt.settings.Errors;
import io.cxt.text.SafeName;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sources whose reading was broken off: why, how often, and how long each is left alone. A source stays for as long as
 * time or a person can help; what was sent of it is not sent again. Long because it also says why, to log and ledger.
 */
public final class UndecidedSources {
    private static final Logger LOG = LoggerFactory.getLogger(UndecidedSources.class);
    private static final int MOST = 10_000;

    /** What can help an undecided source. */
    public enum Kind {
        /** Time, or a step that was fixed. It is read again for as long as it takes. */
        STEP(5),
        /** A person: reading it again changes nothing. */
        PERSON(1),
        /** Nothing: the disk does not return the file. After the last reading it goes to {@code .failed}. */
        DAMAGED(5);

        private final int readings; // after which another one would not help now

        Kind(int readings) {
            this.readings = readings;
        }
    }

    /**
     * An undecided source.
     *
     * @param why in words; never chat text or names
     * @param readings how often it was broken off for that reason
     */
    public record Broken(String pickup, String source, String why, Kind kind, int readings) {
        private boolean hopeless() {
            return readings >= kind.readings;
        }

        private Duration untilNext() {
            return UndecidedSources.wait(kind == Kind.PERSON ? Integer.MAX_VALUE : readings);
        }

        /** True when it is logged again: the first time, then at growing intervals; once where only a person can help. */
        private boolean isLogged() {
            return kind == Kind.PERSON ? readings == 1 : Integer.bitCount(readings) == 1;
        }
    }

    private static final String OF_DATA =
            "the others of this source are decided; this one stays, and is tried each minute. Correct the value that the database"
                    + " refuses, in the source or in the database";

    private final Intakes intakes;
    private final BooleanSupplier stopping;
    private final Map<String, Broken> sources = new LinkedHashMap<>();

    UndecidedSources(Intakes intakes, BooleanSupplier stopping) {
        this.intakes = intakes;
        this.stopping = stopping;
    }

    /**
     * Something keeps a source from being decided.
     *
     * @param transcript the transcript that failed; null when it was the source as a whole
     * @param where the step that failed, for the log; empty when it is not known
     */
    void breakOff(SourceReading reading, @Nullable TranscriptInFlight transcript, Throwable thrown, String where) {
        Throwable fault = FailureCauses.unwrapped(thrown);
        if (fault instanceof LaneClosedException
                || fault instanceof BusyException
                || fault instanceof SourceStaysException
                || fault instanceof ChangedFileException
                || fault instanceof RejectedExecutionException) {
            String why = stopping.getAsBoolean() ? Intake.STOPPING : String.valueOf(fault.getMessage());
            if (transcript == null) {
                reading.holdUp(why);
            } else {
                transcript.holdUp(fault, why);
            }
        } else if (transcript != null && fault instanceof LedgerException refused && refused.ofData()) {
            String why = "transcript %s (line %s) cannot be recorded. %s"
                    .formatted(transcript.place(), transcript.entry().line(), refused.getMessage());
            if (reading.interrupt(new Interruption.OneStays(why))) {
                log(note(reading, Kind.PERSON), "broken off", OF_DATA);
            }
        } else if (fault instanceof LedgerException) {
            if (reading.holdUp(String.valueOf(fault.getMessage()))) {
                LOG.error(
                        "broken off source={} pickup={} reason=\"{}\" next=\"nothing is lost; it is read again when the"
                                + " ledger can be written\"",
                        SafeName.value(reading.name()),
                        reading.pickup(),
                        fault.getMessage());
            }
        } else if (reading.breakOff(FailureCauses.inWords(fault) + where)) {
            LOG.debug("where it was broken off", thrown);
            Kind kind = fault instanceof SiteStepException step ? step.kind() : Kind.STEP;
            log(note(reading, kind), "broken off", next(fault, kind));
        }
        Errors.passOn(fault);
    }

    /** A transcript that has to wait for its contact cannot be kept meanwhile, or not be read again. */
    void notKept(TranscriptInFlight transcript, Throwable thrown) {
        breakOff(transcript.reading(), transcript, thrown, " while it waits for its contact");
    }

    /** A source cannot be opened at all; its sender keeps it. */
    void notTaken(String source, Throwable thrown, String where) {
        Throwable fault = FailureCauses.unwrapped(thrown);
        boolean refused = fault instanceof RefusedSourceException;
        LOG.error(
                "a source cannot be picked up source={} reason=\"{}\" next=\"{}\"",
                SafeName.value(source),
                FailureCauses.inWords(fault) + (refused ? "" : where),
                refused
                        ? "its sender has it; the same is refused again"
                        : "nothing is lost; it stays where it is and is tried again");
        Errors.passOn(fault);
    }

    private static String next(Throwable fault, Kind kind) {
        return fault instanceof FolderUnavailableException blocked
                ? blocked.next() + "; the source stays and is read again"
                : fault instanceof SiteStepException step && kind == Kind.PERSON
                        ? step.next() + "; the source stays, and is tried each minute"
                        : "it stays and is read again, for as long as it takes; look at that step and at what it calls";
    }

    /** A source cannot be opened, or not be read to its end. */
    void unreadable(SourceReading reading, Throwable fault) {
        String denied =
                fault instanceof AccessDeniedException ? reading.source().mayNotBeRead() : null;
        if (!(fault instanceof IOException)
                || fault instanceof ChangedFileException
                || fault instanceof FolderUnavailableException) {
            breakOff(reading, null, fault, "");
        } else if (denied != null && reading.breakOff("it may not be read: " + denied)) {
            log(note(reading, Kind.PERSON), "may not be read", "it stays, and is tried each minute");
        } else if (reading.breakOff(FailureCauses.inWords(fault))) {
            boolean opened = !(fault instanceof FileSystemException); // which names the file that cannot be opened
            Broken now = note(reading, opened ? Kind.DAMAGED : Kind.STEP);
            log(now, "cannot be read", "it stays and is read again; look at the disk that it lies on");
        }
    }

    /** Compares what was decided of a source with what was read of it, once nothing of it is in flight. */
    void addUp(SourceReading reading) {
        if (reading.interruption() != null) {
            return;
        }
        boolean read = reading.ended() || reading.source().endsEarly();
        if (!read && reading.breakOff("left out by a step in routes/: it was not read to its end")) {
            log(
                    note(reading, Kind.PERSON),
                    "left out",
                    "no step, or one that does not wait, hands it to direct:read-transcripts and there to each-transcript. Put"
                            + " these steps back as they ship. What is not to be read must not be dropped there. The source stays and"
                            + " is read again");
            return;
        }
        Optional<String> leftOut = reading.transcripts().leftOut();
        if (leftOut.isPresent() && reading.breakOff("left out by a step in routes/: " + leftOut.get())) {
            log(
                    note(reading, Kind.PERSON),
                    "left out",
                    "a step ends their way before they, and the copies of them, are decided. Where CXone is not to get one,"
                            + " call cxtSetAside.keptOut before that, as in docs/recipes.md. The source stays and is read again");
        }
    }

    /**
     * A file on a server cannot be fetched.
     *
     * @param kind what can help
     * @param next what a person can do
     * @return how long the file is left alone
     */
    public Duration notFetched(String pickup, String source, String why, Kind kind, String next) {
        if (find(pickup, source) == null) { // before it counts here: the ledger may fail
            intakes.undecided(intakes.open(pickup, source, 0), source, why, "stays");
        }
        Broken now = add(pickup, source, why, kind);
        log(now, "not fetched", next);
        return now.untilNext();
    }

    /** A source that nobody can decide any more; no later reading clears it. */
    synchronized void forGood(String pickup, String source, String why) {
        put(key(pickup, source) + " " + why, new Broken(pickup, source, why, Kind.PERSON, 1));
    }

    private void put(String key, Broken broken) {
        sources.put(key, broken);
        if (sources.size() > MOST) {
            sources.remove(sources.keySet().iterator().next());
        }
    }

    /** Notes that a source was broken off once more; on record the first time, unless somebody else keeps it. */
    private Broken note(SourceReading reading, Kind kind) {
        String why = String.valueOf(reading.brokenOff());
        if (!reading.source().comesAgain()) {
            return new Broken(reading.pickup(), reading.name(), why, kind, 1);
        }
        Broken now = add(reading.pickup(), reading.name(), why, kind);
        if (now.readings == 1 && reading.source().triesAreCounted()) {
            intakes.undecided(reading.id(), reading.name(), now.why, "stays");
        }
        return now;
    }

    /** Another reason than the last time starts a new count. */
    private synchronized Broken add(String pickup, String source, String why, Kind kind) {
        Broken before = sources.get(key(pickup, source));
        int readings = before != null && before.kind == kind && before.why.equals(why) ? before.readings + 1 : 1;
        Broken now = new Broken(pickup, source, why, kind, readings);
        put(key(pickup, source), now);
        return now;
    }

    private static void log(Broken broken, String what, String next) {
        if (broken.isLogged()) {
            String source = SafeName.value(broken.source);
            LOG.error(
                    "{} source={} pickup={} reason=\"{}\" readings={} next=\"{}\"",
                    what,
                    source,
                    broken.pickup,
                    broken.why,
                    broken.readings,
                    next);
        }
    }

    synchronized void decided(SourceReading reading) {
        sources.remove(key(reading.pickup(), reading.name()));
    }

    /** True for a source that its disk does not return, however often it is read. */
    boolean isBeyondHelp(SourceReading reading) {
        Broken broken = reading.heldUp() ? null : find(reading.pickup(), reading.name());
        return broken != null && broken.kind == Kind.DAMAGED && broken.hopeless();
    }

    /** How long to wait after so many failures: 1 second, doubled each time, at most a minute. */
    public static Duration wait(int times) {
        return times > 6 ? Duration.ofMinutes(1) : Duration.ofSeconds(1L << (times - 1));
    }

    /** How long a source that was broken off is left alone before it is read again. */
    Duration untilNext(SourceReading reading) {
        Broken broken = reading.heldUp() ? null : find(reading.pickup(), reading.name());
        return broken == null ? Duration.ofSeconds(1) : broken.untilNext();
    }

    /** True for a source that another reading would not help now. */
    public boolean hopeless(String pickup, String source) {
        Broken broken = find(pickup, source);
        return broken != null && broken.hopeless();
    }

    /** At most 10,000. */
    public synchronized List<Broken> all() {
        return List.copyOf(sources.values());
    }

    private synchronized @Nullable Broken find(String pickup, String source) {
        return sources.get(key(pickup, source));
    }

    private static String key(String pickup, String source) {
        return pickup + ":" + source;
    }
}
