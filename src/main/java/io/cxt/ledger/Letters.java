package io.cxt.ledger;

import io.cxt.db.GroupCommit;
import io.cxt.db.LedgerReader;
import io.cxt.db.Staged;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code letter}: which dead letters there are, and whose {@code data.dir} has the file of each. A letter that is
 * replayed keeps its row, whatever becomes of it.
 */
public final class Letters {
    /** Names in one question; shorter lists are padded, so that the statement is always the same. */
    public static final int MOST_NAMES = 500;

    private static final String INSERT = "INSERT INTO letter (state, " + RecordedLetter.COLUMNS
            + ") SELECT 'OPEN', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ? WHERE 1 = 1 ON CONFLICT ";
    private static final String CHANGE = " DO UPDATE SET state = 'OPEN', instance = excluded.instance,"
            + " name = excluded.name, outcome = excluded.outcome, reason = excluded.reason,"
            + " detail = excluded.detail, interaction_id = excluded.interaction_id,"
            + " http_status = excluded.http_status, attempts = excluded.attempts,"
            + " decided_at = excluded.decided_at, customer = COALESCE(excluded.customer, letter.customer)";
    private static final String AGAIN = INSERT + "(id)" + CHANGE
            + ", former = CASE WHEN letter.job_state = 'TAKEN' AND letter.name <> excluded.name THEN letter.name"
            + " ELSE letter.former END";
    private static final String BY_FILE = INSERT + "(instance, name) WHERE state = 'OPEN'" + CHANGE
            + ", source = excluded.source, source_index = excluded.source_index, source_line = excluded.source_line";

    private static final String TWIN =
            "DELETE FROM letter WHERE instance = ? AND name = ? AND state = 'OPEN' AND id <> ?";

    /** Such a one in a job is counted there. */
    private static final String TWIN_IN_JOB =
            "UPDATE job SET left_alone = left_alone + 1 WHERE id IN (SELECT job FROM letter"
                    + " WHERE instance = ? AND name = ? AND state = 'OPEN' AND id <> ? AND job_state IN ('WAITING', 'TAKEN'))";

    private static final String KNOWN = "SELECT name FROM letter WHERE instance = ? AND state = 'OPEN' AND name IN (?"
            + ", ?".repeat(MOST_NAMES - 1) + ")";

    private static final String SETTLED = "UPDATE letter SET state = 'SETTLED' WHERE id = ? AND state = 'REPLAYED'";

    private final GroupCommit commits;
    private final LedgerReader reader;
    private final String instance;
    private final Clock clock;
    private volatile boolean unknownDoubts;

    Letters(GroupCommit commits, LedgerReader reader, String instance, Clock clock) {
        this.commits = commits;
        this.reader = reader;
        this.instance = instance;
        this.clock = clock;
    }

    /** The instance whose letters these are. */
    public String instance() {
        return instance;
    }

    /** An id that no other letter has, greater than those of earlier milliseconds. */
    public String newId() {
        byte[] random = new byte[5];
        ThreadLocalRandom.current().nextBytes(random);
        return "%012x".formatted(clock.millis()) + HexFormat.of().formatHex(random);
    }

    /**
     * Notes a letter whose file is on the disk. A letter with the same file becomes this one. Does not wait for the disk; the
     * close of its intake does.
     *
     * @param again true when it has been a letter before, and keeps its row
     */
    public void note(RecordedLetter letter, boolean again) {
        @Nullable
        Object[] values = {
            letter.id(),
            letter.instance(),
            letter.name(),
            letter.outcome(),
            letter.reason(),
            letter.detail(),
            letter.interactionId(),
            letter.source(),
            letter.sourceIndex(),
            letter.sourceLine(),
            letter.httpStatus(),
            letter.attempts(),
            letter.decidedAt().toEpochMilli(),
            letter.customer()
        };
        commits.note(Staged.queueing(session -> {
            if (again) {
                session.queue(letter.id(), TWIN_IN_JOB, instance, letter.name(), letter.id());
                session.queue(letter.id(), TWIN, instance, letter.name(), letter.id());
            }
            session.queue(letter.id(), again ? AGAIN : BY_FILE, values);
        }));
    }

    /** Of some letters of this instance, at most {@link #MOST_NAMES}, the names of those that the table has. */
    public Set<String> known(List<String> names) {
        List<Object> values = new ArrayList<>(List.of(instance));
        values.addAll(names);
        values.addAll(Collections.nCopies(MOST_NAMES - names.size(), names.get(0)));
        return Set.copyOf(reader.list(KNOWN, row -> row.getString(1), values.toArray()));
    }

    /** Open letters of this instance by name, those behind one. */
    public List<RecordedLetter> open(String after) {
        return reader.list(
                "SELECT " + RecordedLetter.COLUMNS + " FROM letter WHERE instance = ? AND state = 'OPEN' AND name > ?"
                        + " ORDER BY name LIMIT " + MOST_NAMES,
                RecordedLetter::read,
                instance,
                after);
    }

    /** Letters whose files a person has removed. */
    public void gone(List<RecordedLetter> letters) {
        commits.call(Staged.queueing(session -> letters.forEach(letter -> session.queue(
                letter.id(), "UPDATE letter SET state = 'GONE' WHERE id = ? AND state = 'OPEN'", letter.id()))));
    }

    /** To be written with the end of a replayed letter's reading: it is settled, unless it is a letter again. */
    public Staged<Void> settling(String id) {
        return Staged.queueing(session -> session.queue(id, SETTLED, id));
    }

    /**
     * A file that is no letter any more.
     *
     * @param id of the letter that it was
     * @param free false when it is another letter's by now
     */
    public record Former(String id, String name, boolean free) {}

    /** Files of this instance that are left of letters; at most {@link #MOST_NAMES}. */
    public List<Former> former() {
        return reader.list(
                "SELECT id, former, EXISTS (SELECT 1 FROM letter other WHERE other.instance = letter.instance"
                        + " AND other.name = letter.former AND other.state = 'OPEN') FROM letter"
                        + " WHERE instance = ? AND former IS NOT NULL ORDER BY id LIMIT " + MOST_NAMES,
                row -> new Former(row.getString(1), row.getString(2), !row.getBoolean(3)),
                instance);
    }

    /** The name of the file that is left of a letter; null for none. */
    public @Nullable String former(String id) {
        return reader.one("SELECT former FROM letter WHERE id = ? AND former IS NOT NULL", row -> row.getString(1), id)
                .orElse(null);
    }

    /** Such a file is removed. Does not wait for the disk. */
    public void removed(String id, String former) {
        commits.note(Staged.queueing(session ->
                session.queue(id, "UPDATE letter SET former = NULL WHERE id = ? AND former = ?", id, former)));
    }

    /**
     * Looks whether there are letters in doubt whose doubt the ledger does not know, as after they were copied back beside a
     * restored ledger. While there are none, {@link #onlyLetterDoubts} asks nothing.
     */
    public void lookForUnknownDoubts() {
        unknownDoubts = reader.any(LedgerView.EACH_TARGET
                + "SELECT 1 FROM letter WHERE letter.state = 'OPEN' AND outcome = 'in-doubt' AND letter.interaction_id IS NOT NULL"
                + " AND NOT EXISTS (SELECT 1 FROM targets JOIN delivery ON delivery.target = targets.target"
                + " AND delivery.interaction_id = letter.interaction_id AND part > 0"
                + " AND (delivery.state = 'IN_DOUBT' OR doubted = 1)) LIMIT 1");
    }

    /** True when a letter that lies there says that CXone may have an interaction, of which the ledger has no row. */
    boolean onlyLetterDoubts(String interactionId) {
        return unknownDoubts
                && reader.any(
                        "SELECT 1 FROM letter WHERE interaction_id = ? AND state = 'OPEN' AND outcome = 'in-doubt' LIMIT 1",
                        interactionId);
    }

    /** Waits until what was noted is on the disk. */
    public void flush() {
        commits.call(none -> null);
    }

    /**
     * The letter that a file in the inbox is; null when no person put it there.
     *
     * @param doubted true when its name says that CXone may have it, and the ledger did not know that
     */
    public @Nullable ReplayedLetter replayed(String file, String hash, boolean doubted) {
        return reader.one(
                        "SELECT id_prefix, letter.id, letter.interaction_id, letter.source, source_index, source_line,"
                                + " customer FROM replay"
                                + " LEFT JOIN letter ON letter.id = replay.letter WHERE replay.source = ? AND hash = ?",
                        row -> new ReplayedLetter(
                                row.getString(1),
                                row.getString(2),
                                row.getString(3),
                                row.getString(4),
                                row.getLong(5),
                                row.getLong(6),
                                row.getString(7),
                                doubted),
                        file,
                        hash)
                .orElse(null);
    }
}
