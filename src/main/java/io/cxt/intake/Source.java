package io.cxt.intake;

import io.cxt.files.Gunzip;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.ReadingOptions;
import java.io.IOException;
import java.time.Duration;

/** What holds transcripts: a file, a message, a body; it came through a door. */
public interface Source {
    /** How it came: {@code file}, {@code sftp}, {@code jms}, {@code body}. */
    String door();

    /** Its name at its door, as the ledger keeps it: {@link io.cxt.text.SafeName#kept}. The same when it comes again after it was broken off. */
    String name();

    /** Its size as it came, packed or not. */
    long bytes();

    /** True when it is unpacked while it is read. */
    default boolean packed() {
        return Gunzip.isPacked(name());
    }

    /** Begins to read its transcripts. */
    EntryReader open(ReadingOptions options) throws IOException;

    /** SHA-256 of its bytes as they are read, in hex, once it is open; null where nobody puts dead letters again. */
    default String contentHash() throws IOException {
        return null;
    }

    /** What else its audit event says of it, made safe; null for nothing. */
    default String detail() {
        return null;
    }

    /** True when it stays where CXT finds it; false when its sender or a broker keeps it and counts how often it came. */
    default boolean triesAreCounted() {
        return true;
    }

    /** True when it may have been read before, by us or others, where this ledger does not see it. */
    default boolean cameBefore() {
        return false;
    }

    /** True when it has the same name when it comes again; false when it is over for good, and its sender told. */
    default boolean comesAgain() {
        return true;
    }

    /** Whose it is and what lets CXT read it, when it may not; null when it cannot say. */
    default String mayNotBeRead() {
        return null;
    }

    /** True when other instances may find it too: the ledger says whose turn it is. */
    default boolean shared() {
        return false;
    }

    /** True when another ledger reads what it lies in: it is not read on here. */
    default boolean othersHaveIt() {
        return false;
    }

    /** False when another instance was done with it before this one could take it up. */
    default boolean there() {
        return true;
    }

    /**
     * When it was last seen at its door, in milliseconds since 1970: when another instance was done with it after
     * that, it is gone. For a source that cannot say whether it is still {@link #there()}.
     */
    default long seenAt() {
        return Long.MAX_VALUE;
    }

    /** It stays at its door for so long before it is read again. */
    default void holdBack(Duration wait) {}

    /**
     * All of its bytes, where nobody else keeps them once it is done with: when the rest of it is not read, they are its
     * dead letter. Null for a file, which goes to {@code .failed}.
     */
    default byte[] whole() {
        return null;
    }

    /** True when it stays at its door whatever became of it: none of its own is a place for what is done. */
    default boolean stays() {
        return false;
    }

    /** How the ledger knows it again once it is decided, so that it is not read twice; null when it goes away then. */
    default String keptAs() {
        return null;
    }

    /** True when it gets a report even when all went well. */
    default boolean alwaysReported() {
        return true;
    }

    /** Told of each of its transcripts when nothing more will become of it. */
    default void over(TranscriptInFlight passage) {}
}
