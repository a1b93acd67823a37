package io.cxt.intake;

import io.cxt.db.Staged;
import io.cxt.files.Gunzip;
import io.cxt.ledger.ReplayedLetter;
import io.cxt.pace.LaneClosedException;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.ReadingOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Holds transcripts: a file, a message or a body that a pickup found. */
public interface Source {
    /** The name of its pickup: {@code file}, {@code sftp}, {@code jms}, {@code body}. */
    String pickup();

    /** Its name at its pickup, as the ledger keeps it: {@link io.cxt.text.SafeName#kept}. The same when it is read again. */
    String name();

    /** Its size, packed or not. */
    long bytes();

    /** True when it is unpacked while it is read. */
    default boolean packed() {
        return Gunzip.isPacked(name());
    }

    /**
     * Begins to read its transcripts.
     *
     * @param letter the dead letter that it is; null when it is none
     */
    EntryReader open(@Nullable ReplayedLetter letter, ReadingOptions options) throws IOException;

    /** SHA-256 of its bytes as they are read, in hex; null where dead letters cannot be replayed. */
    default @Nullable String contentHash() throws IOException {
        return null;
    }

    /** Which of its transcripts are brought in; null for what its pickup selects. */
    default @Nullable Selection selection() {
        return null;
    }

    /** More for its audit event, made safe; null for nothing. */
    default @Nullable String detail() {
        return null;
    }

    /** True when it stays where CXT finds it; false when its sender or a broker keeps it and counts its deliveries. */
    default boolean triesAreCounted() {
        return true;
    }

    /** True when it may have been read before where this ledger does not see it. */
    default boolean cameBefore() {
        return false;
    }

    /** True when it is read again under the same name; false when its sender is told the outcome and that is the end. */
    default boolean comesAgain() {
        return true;
    }

    /** Its owner and what would let CXT read it; null when that is not known. */
    default @Nullable String mayNotBeRead() {
        return null;
    }

    /** True when other instances may find it too: the ledger says which one reads it. */
    default boolean shared() {
        return false;
    }

    /** True when another ledger now reads the folder it is in: this reading ends. */
    default boolean othersHaveIt() {
        return false;
    }

    /** False when another instance was done with it before this one could open it. */
    default boolean there() {
        return true;
    }

    /**
     * When its pickup last saw it, in milliseconds since 1970. If another instance was done with it after that, it is
     * gone. For a source that cannot say whether it is still {@link #there()}.
     */
    default long seenAt() {
        return Long.MAX_VALUE;
    }

    /** Leaves it alone for so long before it is read again. */
    default void holdBack(Duration wait) {}

    /**
     * All of its bytes where nobody else keeps them: they become its dead letter when the rest of it is not read. Null
     * for a file, which goes to {@code .failed}.
     */
    default byte @Nullable [] whole() {
        return null;
    }

    /** The ending, with its dot, of a file that holds {@link #whole()}: it says how that is read again. */
    default String wholeEnding() {
        return ".json";
    }

    /** True when it stays where it is even when it is released or abandoned. */
    default boolean stays() {
        return false;
    }

    /** How the ledger recognises it once it is decided, so that it is not read twice; null when it is moved then. */
    default @Nullable String keptAs() {
        return null;
    }

    /** True when it gets a report even when all of it was sent. */
    default boolean alwaysReported() {
        return true;
    }

    /** False when what was not sent is on record elsewhere than in a report. */
    default boolean reported() {
        return true;
    }

    /** The dead letter that it is, where its pickup knows; null when it is none. */
    default @Nullable ReplayedLetter letter() {
        return null;
    }

    /** Called once it is open, before anything of it is read. */
    default void opened(SourceReading reading) {}

    /** Why nothing more of it is to be read now: it stays. Null while it is to be read. */
    default @Nullable String interruptedBy() {
        return null;
    }

    /** True when nothing more of it is to be read at all: it is released with what was read. */
    default boolean endsEarly() {
        return false;
    }

    /** Waits until one more of its transcripts may be in flight. Each gives its place back when it is {@link #over}. */
    default void awaitPlace() throws InterruptedException {}

    /** True when it is read beside what comes in: it takes the place of no other large source. */
    default boolean besideOthers() {
        return false;
    }

    /** Waits until it may make its next call. After that the call passes the lane as all others do. */
    default void awaitTurn() throws LaneClosedException, InterruptedException {}

    /** What is written together with its opening; null for nothing. */
    default @Nullable Staged<Void> beginning() {
        return null;
    }

    /**
     * What is written together with its end, once all of it is decided; null for nothing.
     *
     * @param counts as in its report
     */
    default @Nullable Staged<Void> ending(Map<String, Long> counts) {
        return null;
    }

    /** What a person can do when it was abandoned where it lies. */
    default String whenAbandoned() {
        return "put the file there again; as it is, the next start reads it once more";
    }

    /** Called for each of its transcripts once that is final. */
    default void over(TranscriptInFlight transcript) {}
}
