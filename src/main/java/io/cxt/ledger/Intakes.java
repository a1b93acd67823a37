package io.cxt.ledger;

import io.cxt.audit.AuditChain;
import io.cxt.audit.AuditEvent;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.db.GroupCommit;
import io.cxt.db.LedgerReader;
import io.cxt.db.Session;
import io.cxt.files.HaltAt;
import io.cxt.ledger.DeliveryTable.Left;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The readings of sources: which were begun, and which came to their end.
 *
 * <p>Long because all that a door writes of a source is here, in one place.
 */
public final class Intakes {
    private static final long CLOCKS_AGREE_TO_MS = 1000;

    private final SourceLocks holds;
    private final GroupCommit commits;
    private final LedgerReader reader;
    private final AuditChain chain;
    private final Clock clock;
    /** Readings that go on with one that was cut off. */
    private final Set<String> goingOn = ConcurrentHashMap.newKeySet();

    Intakes(GroupCommit commits, LedgerReader reader, AuditChain chain, SourceLocks holds, Clock clock) {
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

    /** True while a source that was taken is still this instance's, by an answer of the database of a second ago. */
    public boolean keeps(String door, String source) {
        return holds.keeps(door, source, false);
    }

    /** The same by an answer of now, and no other instance has brought the reading to its end. */
    public boolean keeps(String id, String door, String source) {
        String open = "SELECT 1 FROM intake WHERE id = ? AND closed_at IS NULL";
        return !holds.needed() || holds.keeps(door, source, true) && reader.one(open, row -> row.getInt(1), id) != null;
    }

    /** True when several instances may be at work. */
    public boolean shared() {
        return holds.needed();
    }

    /** Most keys in one question; shorter lists are filled up, so that the statement is always the same. */
    private static final int MOST_KEYS = 1000;

    private static final String KEPT =
            "SELECT kept FROM intake WHERE kept IS NOT NULL AND kept IN (?" + ", ?".repeat(MOST_KEYS - 1) + ")";

    /** Those of the keys under which a source was closed that stays where it is. Asks once for each thousand. */
    public Set<String> kept(List<String> keys) {
        Set<String> kept = new HashSet<>();
        for (int from = 0; from < keys.size(); from += MOST_KEYS) {
            List<String> some = new ArrayList<>(keys.subList(from, Math.min(keys.size(), from + MOST_KEYS)));
            some.addAll(Collections.nCopies(MOST_KEYS - some.size(), some.get(0)));
            kept.addAll(reader.list(KEPT, row -> row.getString(1), some.toArray()));
        }
        return kept;
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
     * @param source its name there, as given
     * @param detail what else is said of it, made safe for logs; null for nothing
     * @return the reading's id
     */
    public String open(String door, String source, long bytes, String detail) {
        return open(door, source, source, bytes, detail);
    }

    /**
     * The same.
     *
     * @param formerly how a ledger that was written before may have the name; the reading has it as given from now on
     */
    public String open(String door, String source, String formerly, long bytes, String detail) {
        String broken = reader.one(
                "SELECT id FROM intake WHERE door = ? AND source IN (?, ?) AND closed_at IS NULL ORDER BY opened_at"
                        + " LIMIT 1",
                row -> row.getString(1),
                door,
                source,
                formerly);
        String id = broken != null ? broken : UUID.randomUUID().toString();
        if (broken != null) {
            goingOn.add(id);
        }
        commits.call(session -> {
            if (broken == null) {
                session.update(
                        "INSERT INTO intake (id, door, source, bytes, opened_at, detail) VALUES (?, ?, ?, ?, ?, ?)",
                        id,
                        door,
                        source,
                        bytes,
                        now(session),
                        detail);
            } else if (!formerly.equals(source)) {
                session.update("UPDATE intake SET source = ? WHERE id = ?", source, id);
            }
            chain.append(
                    session,
                    AuditEvent.of(Type.INTAKE_OPENED)
                            .about(null, null, source)
                            .because(
                                    null,
                                    (broken == null ? "" : ReplayedIntake.AGAIN + " ") + "door=" + door + " bytes="
                                            + bytes + (detail == null ? "" : " " + detail) + reading(id)));
            return null;
        });
        HaltAt.reached("opened");
        return id;
    }

    private long now(Session session) {
        return session.time(clock).toEpochMilli();
    }

    /** Names the row that an event tells of, behind all else. */
    private static String reading(String id) {
        return " " + ReplayedIntake.READING + id;
    }

    /** True when a reading that is open goes on with an earlier one. */
    public boolean goesOn(String id) {
        return goingOn.contains(id);
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
                    now(session),
                    id);
            chain.append(
                    session,
                    AuditEvent.of(Type.INTAKE_FAILED).about(null, null, source).because(why, detail + reading(id)));
            return null;
        });
    }

    /** A source that was broken off goes on under another name. Does not wait for the disk. */
    public void renamed(String id, String source, String to) {
        commits.submitLasting(session -> {
            session.update("UPDATE intake SET source = ? WHERE id = ? AND closed_at IS NULL", to, id);
            chain.append(
                    session,
                    AuditEvent.of(Type.INTAKE_FAILED)
                            .about(null, null, source)
                            .because(
                                    "its name has passed to another file, or to none",
                                    ReplayedIntake.GOES_ON_AS + to + reading(id)));
            return null;
        });
    }

    /** The same for a source that does not stay where it is. */
    public List<String> close(String id, String source, long entries, String counts) {
        return close(id, source, entries, counts, null);
    }

    /**
     * A source has come to its end: each of its transcripts is decided and its taps are done.
     *
     * @param kept how it is known again where it stays; null when it does not stay
     * @return interaction ids of parts that an earlier reading, which was cut off, had in hand, and that the source did not
     *     hold any more; they are decided by that
     */
    public List<String> close(String id, String source, long entries, String counts, String kept) {
        boolean goesOn = goingOn.remove(id);
        List<String> left = commits.call(session -> {
            List<String> leftBehind = goesOn ? leave(session, id) : List.of();
            session.update(
                    "UPDATE intake SET closed_at = ?, entries = ?, kept = ?, undecided = NULL, undecided_at = NULL WHERE id = ?",
                    now(session),
                    entries,
                    kept,
                    id);
            chain.append(
                    session,
                    AuditEvent.of(Type.INTAKE_CLOSED)
                            .about(null, null, source)
                            .because(
                                    null,
                                    counts + (kept == null ? "" : " kept=" + kept) + " entries=" + entries
                                            + reading(id)));
            return leftBehind;
        });
        HaltAt.reached("closed");
        return left;
    }

    private List<String> leave(Session session, String id) throws SQLException {
        List<Left> left = DeliveryTable.leave(session, id, now(session));
        for (Left part : left) {
            chain.append(session, part.event());
        }
        return left.stream().map(Left::interactionId).distinct().toList();
    }

    /** What a dead letter of this name and content has before its ids; null when a person put none such there. */
    public String replayedPrefix(String source, String hash) {
        return reader.one(
                "SELECT id_prefix FROM replay WHERE source = ? AND hash = ?", row -> row.getString(1), source, hash);
    }

    /** True while a source of the door is half read, or undecided. */
    public boolean unfinished(String door) {
        return reader.one(
                        "SELECT 1 FROM intake WHERE door = ? AND closed_at IS NULL LIMIT 1", row -> row.getInt(1), door)
                != null;
    }

    /** A reading that was cut off, by its id, and the name of its source. */
    public record CutOff(String id, String source) {}

    /** The readings of a door that were cut off, without those that are known to be undecided. */
    public List<CutOff> cutOff(String door) {
        return reader.list(
                "SELECT id, source FROM intake WHERE door = ? AND closed_at IS NULL AND undecided IS NULL",
                row -> new CutOff(row.getString(1), row.getString(2)),
                door);
    }

    /**
     * A source whose reading was cut off is not there any more.
     *
     * @return interaction ids of what the reading had in hand; null when it is closed already
     */
    public List<String> gone(CutOff reading) {
        return commits.call(session -> {
            int open = session.update(
                    "UPDATE intake SET closed_at = ? WHERE id = ? AND closed_at IS NULL", now(session), reading.id());
            if (open == 0) {
                return null;
            }
            List<String> left = leave(session, reading.id());
            chain.append(
                    session,
                    AuditEvent.of(Type.INTAKE_FAILED)
                            .about(null, null, reading.source())
                            .because(
                                    ReplayedIntake.REMOVED,
                                    reading(reading.id()).strip()));
            return left;
        });
    }
}
