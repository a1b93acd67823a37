package io.cxt.ledger;

import io.cxt.audit.AuditChain;
import io.cxt.audit.AuditEvent;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.db.GroupCommit;
import io.cxt.db.LedgerReader;
import io.cxt.db.Session;
import io.cxt.db.Staged;
import io.cxt.files.HaltAt;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The readings of sources: which began and which ended.
 *
 * <p>Long because everything that a pickup records of a source is here.
 */
public final class Intakes {
    private static final long CLOCKS_AGREE_TO_MS = 1000;

    private final SourceLocks locks;
    private final GroupCommit commits;
    private final LedgerReader reader;
    private final AuditChain chain;
    private final Clock clock;
    /** Readings that continue an interrupted one. */
    private final Set<String> continued = ConcurrentHashMap.newKeySet();

    Intakes(GroupCommit commits, LedgerReader reader, AuditChain chain, SourceLocks locks, Clock clock) {
        this.locks = locks;
        this.commits = commits;
        this.reader = reader;
        this.chain = chain;
        this.clock = clock;
    }

    /**
     * Locks a source that other instances could read as well, before it is opened.
     *
     * @return false when another instance has it
     */
    public boolean take(String pickup, String source) {
        return locks.take(pickup, source);
    }

    /**
     * True when another instance finished such a source at or after a time. Assumes that clocks agree to a second; a
     * source of the same name that comes so soon after is seen again later.
     */
    public boolean closedSince(String pickup, String source, long millis) {
        return locks.needed()
                && millis != Long.MAX_VALUE
                && reader.any(
                        "SELECT 1 FROM intake WHERE door = ? AND source = ? AND closed_at >= ? LIMIT 1",
                        pickup,
                        source,
                        millis - CLOCKS_AGREE_TO_MS);
    }

    /** True while a locked source is still this instance's, by an answer of the database at most a second old. */
    public boolean keeps(String pickup, String source) {
        return locks.keeps(pickup, source, false);
    }

    /** True while a locked source is this instance's now, and no other instance has finished its reading. */
    public boolean keeps(String id, String pickup, String source) {
        return !locks.needed()
                || locks.keeps(pickup, source, true)
                        && reader.any("SELECT 1 FROM intake WHERE id = ? AND closed_at IS NULL", id);
    }

    /** True when several instances may be at work. */
    public boolean shared() {
        return locks.needed();
    }

    /** Maximum keys in one question; shorter lists are padded, so that the statement is always the same. */
    private static final int MOST_KEYS = 1000;

    private static final String KEPT =
            "SELECT kept FROM intake WHERE kept IS NOT NULL AND kept IN (?" + ", ?".repeat(MOST_KEYS - 1) + ")";

    /** Of some keys, those of closed sources that stay where they are. Asks once for each thousand. */
    public Set<String> kept(List<String> keys) {
        Set<String> kept = new HashSet<>();
        for (int from = 0; from < keys.size(); from += MOST_KEYS) {
            List<String> some = new ArrayList<>(keys.subList(from, Math.min(keys.size(), from + MOST_KEYS)));
            some.addAll(Collections.nCopies(MOST_KEYS - some.size(), some.get(0)));
            kept.addAll(reader.list(KEPT, row -> row.getString(1), some.toArray()));
        }
        return kept;
    }

    /** Unlocks a source for other instances. */
    public void release(String pickup, String source) {
        locks.release(pickup, source);
    }

    /** Begins to read a source without further detail. */
    public String open(String pickup, String source, long bytes) {
        return open(pickup, source, bytes, null);
    }

    /**
     * Begins to read a source, or continues an interrupted reading.
     *
     * @param pickup how it came: {@code file}, {@code sftp}, {@code jms}
     * @param source its name there, as given
     * @param detail what else is known of it, made safe for logs; null for nothing
     * @return the reading's id
     */
    public String open(String pickup, String source, long bytes, @Nullable String detail) {
        return open(pickup, source, source, bytes, detail, null);
    }

    /**
     * As {@link #open(String, String, long, String)}.
     *
     * @param formerly the name that an earlier version may have written; replaced by the name as given
     * @param also what is written with it; null for nothing
     */
    public String open(
            String pickup,
            String source,
            String formerly,
            long bytes,
            @Nullable String detail,
            @Nullable Staged<Void> also) {
        Optional<String> interrupted = reader.one(
                "SELECT id FROM intake WHERE door = ? AND source IN (?, ?) AND closed_at IS NULL ORDER BY opened_at"
                        + " LIMIT 1",
                row -> row.getString(1),
                pickup,
                source,
                formerly);
        String id = interrupted.orElseGet(() -> UUID.randomUUID().toString());
        interrupted.ifPresent(continued::add);
        String again = interrupted.isPresent() ? ReplayedIntake.AGAIN + " " : "";
        String more = detail == null ? "" : " " + detail;
        Staged<Void> opening = session -> {
            if (interrupted.isEmpty()) {
                session.queue(
                        id,
                        "INSERT INTO intake (id, door, source, bytes, opened_at, detail) VALUES (?, ?, ?, ?, ?, ?)",
                        id,
                        pickup,
                        source,
                        bytes,
                        now(session),
                        detail);
            } else if (!formerly.equals(source)) {
                session.queue(id, "UPDATE intake SET source = ? WHERE id = ?", source, id);
            }
            GroupCommit.@Nullable Work<Void> rest = also == null ? null : also.queue(session);
            return then -> {
                append(then, Type.INTAKE_OPENED, source, null, again + "door=" + pickup + " bytes=" + bytes + more, id);
                if (rest != null) {
                    rest.run(then);
                }
                return null;
            };
        };
        commits.call(opening);
        HaltAt.reached("opened");
        return id;
    }

    /** Appends an event whose detail ends with the id of the reading. */
    private void append(Session session, Type type, String source, @Nullable String reason, String detail, String id)
            throws SQLException {
        String reading = ReplayedIntake.READING + id;
        chain.append(
                session,
                AuditEvent.of(type)
                        .about(null, null, source)
                        .because(reason, detail.isEmpty() ? reading : detail + " " + reading));
    }

    private long now(Session session) {
        return session.time(clock).toEpochMilli();
    }

    /** True when an open reading continues an interrupted one. */
    public boolean goesOn(String id) {
        return continued.contains(id);
    }

    /**
     * Records that a transcript was put on a queue for another instance.
     *
     * @param detail which queue, which message
     */
    public void queued(@Nullable String interactionId, String source, String detail) {
        commits.call(chain.appending(
                AuditEvent.of(Type.QUEUED).about(interactionId, null, source).because(null, detail)));
        HaltAt.reached("queued");
    }

    /**
     * Records that a source cannot be decided: it stays, or goes where nobody reads it. It counts as undecided until it
     * is read to its end under its name. Does not wait for the disk.
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
            append(session, Type.INTAKE_FAILED, source, why, detail, id);
            return null;
        });
    }

    /** Records that an interrupted source continues under another name. Does not wait for the disk. */
    public void renamed(String id, String source, String to) {
        commits.submitLasting(session -> {
            session.update("UPDATE intake SET source = ? WHERE id = ? AND closed_at IS NULL", to, id);
            append(
                    session,
                    Type.INTAKE_FAILED,
                    source,
                    "its name has passed to another file, or to none",
                    ReplayedIntake.GOES_ON_AS + to,
                    id);
            return null;
        });
    }

    /** Ends the reading of a source that does not stay where it is. */
    public List<String> close(String id, String source, long entries, String counts) {
        return close(id, source, entries, counts, null, null);
    }

    /**
     * Ends the reading of a source: each of its transcripts is decided and its taps are done.
     *
     * @param kept how a source that stays where it is will be recognised; null when it does not stay
     * @param also what is written with it; null for nothing
     * @return interaction ids of parts that an interrupted reading had in flight and that the source no longer contains;
     *     they are decided by that
     */
    public List<String> close(
            String id, String source, long entries, String counts, @Nullable String kept, @Nullable Staged<Void> also) {
        boolean again = continued.remove(id);
        Staged<List<String>> closing = session -> {
            session.queue(
                    id,
                    "UPDATE intake SET closed_at = ?, entries = ?, kept = ?, undecided = NULL, undecided_at = NULL WHERE id = ?",
                    now(session),
                    entries,
                    kept,
                    id);
            GroupCommit.@Nullable Work<Void> rest = also == null ? null : also.queue(session);
            return then -> {
                List<String> unfinished = again ? UnfinishedParts.decide(then, chain, id, now(then)) : List.of();
                String detail = counts + (kept == null ? "" : " kept=" + kept) + " entries=" + entries;
                append(then, Type.INTAKE_CLOSED, source, null, detail, id);
                if (rest != null) {
                    rest.run(then);
                }
                return unfinished;
            };
        };
        List<String> left = commits.call(closing);
        HaltAt.reached("closed");
        return left;
    }

    /** True while a source of the pickup is half read, or undecided. */
    public boolean unfinished(String pickup) {
        return reader.any("SELECT 1 FROM intake WHERE door = ? AND closed_at IS NULL LIMIT 1", pickup);
    }

    /** The interrupted reading of a source; empty when there is none. */
    public Optional<CutOff> cutOff(String pickup, String source) {
        return reader.one(
                "SELECT id, source FROM intake WHERE door = ? AND source = ? AND closed_at IS NULL LIMIT 1",
                row -> new CutOff(row.getString(1), row.getString(2)),
                pickup,
                source);
    }

    /** An interrupted reading and the name of its source. */
    public record CutOff(String id, String source) {}

    /** The interrupted readings of a pickup, without those that are known to be undecided. */
    public List<CutOff> cutOff(String pickup) {
        return reader.list(
                "SELECT id, source FROM intake WHERE door = ? AND closed_at IS NULL AND undecided IS NULL",
                row -> new CutOff(row.getString(1), row.getString(2)),
                pickup);
    }

    /**
     * Ends an interrupted reading whose source is not there any more.
     *
     * @return interaction ids of the parts that it had in flight; empty when it has ended already
     */
    public Optional<List<String>> gone(CutOff reading) {
        return commits.call(session -> {
            int open = session.update(
                    "UPDATE intake SET closed_at = ? WHERE id = ? AND closed_at IS NULL", now(session), reading.id());
            if (open == 0) {
                return Optional.empty();
            }
            List<String> left = UnfinishedParts.decide(session, chain, reading.id(), now(session));
            append(session, Type.INTAKE_FAILED, reading.source(), ReplayedIntake.REMOVED, "", reading.id());
            return Optional.of(left);
        });
    }
}
