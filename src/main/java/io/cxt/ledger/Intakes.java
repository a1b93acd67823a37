package io.cxt.ledger;

import io.cxt.ledger.AuditEvent.Type;
import io.cxt.settings.HaltAt;
import java.time.Clock;
import java.util.UUID;

/** The readings of sources: which were begun, and which came to their end. */
public final class Intakes {
    private static final long CLOCKS_AGREE_TO_MS = 1000;

    private final Holds holds;
    private final GroupCommit commits;
    private final Reader reader;
    private final AuditChain chain;
    private final Clock clock;

    Intakes(GroupCommit commits, Reader reader, AuditChain chain, Holds holds, Clock clock) {
        this.holds = holds;
        this.commits = commits;
        this.reader = reader;
        this.chain = chain;
        this.clock = clock;
    }

    /**
     * Takes a source that other instances could read as well, before it is opened.
     *
     * @return false when another instance has it
     */
    public boolean take(String door, String source) {
        return holds.take(door, source);
    }

    /**
     * True when another instance came to the end of such a source at or after a time. Clocks are taken to agree to a
     * second; a source of the same name that comes so soon after is seen again later.
     */
    public boolean closedSince(String door, String source, long millis) {
        if (!holds.needed() || millis == Long.MAX_VALUE) {
            return false;
        }
        return reader.one(
                        "SELECT 1 FROM intake WHERE door = ? AND source = ? AND closed_at >= ? LIMIT 1",
                        row -> row.getInt(1),
                        door,
                        source,
                        millis - CLOCKS_AGREE_TO_MS)
                != null;
    }

    /** Lets other instances have it again. */
    public void letGo(String door, String source) {
        holds.letGo(door, source);
    }

    /** Begins to read a source of which nothing else is to be said. */
    public String open(String door, String source, long bytes) {
        return open(door, source, bytes, null);
    }

    /**
     * Begins to read a source, or goes on with a reading that was broken off.
     *
     * @param door how it came: {@code file}, {@code sftp}, {@code jms}
     * @param source its name there, made safe for logs
     * @param detail what else is said of it, made safe for logs; null for nothing
     * @return the reading's id
     */
    public String open(String door, String source, long bytes, String detail) {
        String broken = reader.one(
                "SELECT id FROM intake WHERE door = ? AND source = ? AND closed_at IS NULL ORDER BY opened_at LIMIT 1",
                row -> row.getString(1),
                door,
                source);
        String id = broken != null ? broken : UUID.randomUUID().toString();
        commits.call(session -> {
            if (broken == null) {
                session.update(
                        "INSERT INTO intake (id, door, source, bytes, opened_at) VALUES (?, ?, ?, ?, ?)",
                        id,
                        door,
                        source,
                        bytes,
                        clock.millis());
            }
            chain.append(
                    session,
                    AuditEvent.of(Type.INTAKE_OPENED)
                            .about(null, null, source)
                            .because(
                                    null,
                                    (broken == null ? "" : "again ") + "door=" + door + " bytes=" + bytes
                                            + (detail == null ? "" : " " + detail)));
            return null;
        });
        HaltAt.reached("opened");
        return id;
    }

    /**
     * A transcript was put on a queue, for another instance to take.
     *
     * @param detail which queue, which message
     */
    public void queued(String interactionId, String source, String detail) {
        commits.call(session -> {
            chain.append(
                    session,
                    AuditEvent.of(Type.QUEUED)
                            .about(interactionId, null, source)
                            .because(null, detail));
            return null;
        });
        HaltAt.reached("queued");
    }

    /**
     * A source cannot be decided: it stays, or goes where nobody reads it. It counts as such until it is read to its
     * end under its name. Does not wait for the disk.
     *
     * @param why in words
     * @param detail what becomes of it
     */
    public void undecided(String id, String source, String why, String detail) {
        commits.submitLasting(session -> {
            session.update(
                    "UPDATE intake SET undecided = ?, undecided_at = COALESCE(undecided_at, ?) WHERE id = ? AND closed_at IS NULL",
                    why,
                    clock.millis(),
                    id);
            chain.append(
                    session,
                    AuditEvent.of(Type.INTAKE_FAILED).about(null, null, source).because(why, detail));
            return null;
        });
    }

    /** A source has come to its end: each of its transcripts is decided and its taps are done. */
    public void close(String id, String source, long entries, String counts) {
        commits.call(session -> {
            session.update(
                    "UPDATE intake SET closed_at = ?, entries = ?, undecided = NULL, undecided_at = NULL WHERE id = ?",
                    clock.millis(),
                    entries,
                    id);
            chain.append(
                    session,
                    AuditEvent.of(Type.INTAKE_CLOSED).about(null, null, source).because(null, counts));
            return null;
        });
        HaltAt.reached("closed");
    }
}
