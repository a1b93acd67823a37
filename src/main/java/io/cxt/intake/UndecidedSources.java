package io.cxt.intake;

import io.cxt.ledger.BusyException;
import io.cxt.db.LedgerException;
import io.cxt.files.ChangedFileException;
import io.cxt.files.FolderUnavailableException;
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
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sources that were broken off and are not decided since: why, how often, how long each is left alone. A source stays
 * for as long as time or a person can help; what was sent of it is not sent again. Long because each kind has its words.
 */
public final class UndecidedSources {
    private static final Logger LOG = LoggerFactory.getLogger(UndecidedSources.class);
    private static final int MOST = 10_000;
    private static final Duration HELD_UP = Duration.ofSeconds(1);
    /** What can help such a source. */
    public enum Kind {
        /** Time, or a repaired step. It is read again for as long as it takes. */
        STEP(5),
        /** A person alone: no repetition changes anything. */
        PERSON(1),
        /** Nothing: the disk does not give the file back. After the last reading it goes to {@code .failed}. */
        DAMAGED(5);

        /** So many readings show that one more would not help now. */
        private final int readings;

        Kind(int readings) {
            this.readings = readings;
        }
    }

    /**
     * One of them.
     *
     * @param why in words; never chat text or names
     * @param readings how often it was broken off for that
     */
    public record Broken(String door, String source, String why, Kind kind, int readings) {
        private boolean hopeless() {
            return readings >= kind.readings;
        }

        private Duration untilNext() {
            return UndecidedSources.wait(kind == Kind.PERSON ? Integer.MAX_VALUE : readings);
        }

        /** True when a person is to be told: the first time, then ever more rarely; once where only they can help. */
        private boolean toBeTold() {
            return kind == Kind.PERSON ? readings == 1 : Integer.bitCount(readings) == 1;
        }
    }

    private final Intakes intakes;
    private final BooleanSupplier stopping;
    private final Map<String, Broken> sources = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Broken> eldest) {
            return size() > MOST;
        }
    };

    UndecidedSources(Intakes intakes, BooleanSupplier stopping) {
        this.intakes = intakes;
        this.stopping = stopping;
    }

    /**
     * Something keeps a source from being decided.
     *
     * @param passage the transcript that it was met with, or null
     * @param where the step that failed, for the log; empty when that cannot be told
     */
    void breakOff(SourceReading reading, TranscriptInFlight passage, Throwable thrown, String where) {
        Throwable fault = FailureCauses.unwrapped(thrown);
        if (fault instanceof LaneClosedException
                || fault instanceof BusyException
                || fault instanceof SourceStaysException
                || fault instanceof ChangedFileException
                || fault instanceof RejectedExecutionException) {
            String why = stopping.getAsBoolean() ? Intake.STOPPING : String.valueOf(fault.getMessage());
            if (passage == null) {
                reading.holdUp(why);
            } else {
                passage.holdUp(fault, why);
            }
        } else if (fault instanceof LedgerException) {
            if (reading.holdUp(fault.getMessage())) {
                LOG.error(
                        "broken off source={} door={} reason=\"{}\" next=\"nothing is lost; it is read again when the"
                                + " ledger can be written\"",
                        SafeName.value(reading.name()),
                        reading.door(),
                        fault.getMessage());
            }
        } else if (reading.breakOff(FailureCauses.inWords(fault) + where)) {
            LOG.debug("where it was broken off", thrown);
            Kind kind = fault instanceof SiteStepException step ? step.kind() : Kind.STEP;
            tell(note(reading, kind), "broken off", next(fault, kind));
        }
        Errors.passOn(fault);
    }

    private static String next(Throwable fault, Kind kind) {
        if (fault instanceof FolderUnavailableException blocked) {
            return blocked.next() + "; the source stays and is read again";
        }
        return kind == Kind.PERSON
                ? "correct the routes; the source stays, and is tried each minute"
                : "it stays and is read again, for as long as it takes; look at that step and at what it calls";
    }

    /** A source cannot be opened, or not be read on. */
    void unreadable(SourceReading reading, Throwable fault) {
        String denied =
                fault instanceof AccessDeniedException ? reading.source().mayNotBeRead() : null;
        if (!(fault instanceof IOException) || fault instanceof ChangedFileException) {
            breakOff(reading, null, fault, "");
        } else if (denied != null && reading.breakOff("it may not be read: " + denied)) {
            tell(note(reading, Kind.PERSON), "may not be read", "it stays, and is tried each minute");
        } else if (reading.breakOff(FailureCauses.inWords(fault))) {
            boolean opened = !(fault instanceof FileSystemException); // which names the file that cannot be opened
            Broken now = note(reading, opened ? Kind.DAMAGED : Kind.STEP);
            tell(now, "cannot be read", "it stays and is read again; look at the disk that it lies on");
        }
    }

    /** Holds what is decided of a source against what was read of it, when nothing of it is on its way any more. */
    void addUp(SourceReading reading) {
        String leftOut = reading.leftOut();
        if (leftOut != null && reading.breakOff("left out by a step in routes/: " + leftOut)) {
            tell(
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
     * @return how long it is left alone
     */
    public Duration notFetched(String door, String source, String why, Kind kind, String next) {
        if (find(door, source) == null) { // before it counts here: the ledger may be out of order
            intakes.undecided(intakes.open(door, source, 0), source, why, "stays");
        }
        Broken now = add(door, source, why, kind);
        tell(now, "not fetched", next);
        return now.untilNext();
    }

    /** What nobody can decide any more; no later reading clears it. */
    synchronized void forGood(String door, String source, String why) {
        sources.put(key(door, source) + " " + why, new Broken(door, source, why, Kind.PERSON, 1));
    }

    /** Notes that a source was broken off once more; on record the first time, where nobody else keeps it. */
    private Broken note(SourceReading reading, Kind kind) {
        if (!reading.source().comesAgain()) {
            return new Broken(reading.door(), reading.name(), reading.brokenOff(), kind, 1);
        }
        Broken now = add(reading.door(), reading.name(), reading.brokenOff(), kind);
        if (now.readings == 1 && reading.source().triesAreCounted()) {
            intakes.undecided(reading.id(), reading.name(), now.why, "stays");
        }
        return now;
    }

    /** Another reason than the last time begins anew. */
    private synchronized Broken add(String door, String source, String why, Kind kind) {
        Broken before = sources.get(key(door, source));
        int readings = before != null && before.kind == kind && before.why.equals(why) ? before.readings + 1 : 1;
        Broken now = new Broken(door, source, why, kind, readings);
        sources.put(key(door, source), now);
        return now;
    }

    private static void tell(Broken broken, String what, String next) {
        if (broken.toBeTold()) {
            LOG.error(
                    "{} source={} door={} reason=\"{}\" readings={} next=\"{}\"",
                    what,
                    SafeName.value(broken.source),
                    broken.door,
                    broken.why,
                    broken.readings,
                    next);
        }
    }

    synchronized void decided(SourceReading reading) {
        sources.remove(key(reading.door(), reading.name()));
    }

    /** True for a source that waits no longer, because its disk does not give it back. */
    boolean givenUp(SourceReading reading) {
        Broken broken = reading.heldUp() ? null : find(reading.door(), reading.name());
        return broken != null && broken.kind == Kind.DAMAGED && broken.hopeless();
    }

    /** How long something is left alone that failed so often: 1 second, twice as long each time, at most a minute. */
    public static Duration wait(int times) {
        return times > 6 ? Duration.ofMinutes(1) : Duration.ofSeconds(1L << (times - 1));
    }

    /** How long a source that was broken off is left alone before it is read again. */
    Duration untilNext(SourceReading reading) {
        Broken broken = reading.heldUp() ? null : find(reading.door(), reading.name());
        return broken == null ? HELD_UP : broken.untilNext();
    }

    /** True for a source that another reading would not help now. */
    public boolean hopeless(String door, String source) {
        Broken broken = find(door, source);
        return broken != null && broken.hopeless();
    }

    /** All of them, at most 10,000. */
    public synchronized List<Broken> all() {
        return List.copyOf(sources.values());
    }

    private synchronized Broken find(String door, String source) {
        return sources.get(key(door, source));
    }

    private static String key(String door, String source) {
        return door + ":" + source;
    }
}
