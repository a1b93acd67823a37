package io.cxt.ledger;

import io.cxt.db.LedgerReader;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Lists of the ledger, a page at a time: sources, parts that were not sent, and dead letters. */
public final class LedgerLists {
    private final LedgerReader reader;

    LedgerLists(LedgerReader reader) {
        this.reader = reader;
    }

    /** Sources that are read now, or cannot be decided, the oldest first. Without bodies of other routes, as in the status. */
    public List<RecordedSource> open(int most) {
        return reader.list(
                "SELECT " + RecordedSource.COLUMNS
                        + " FROM intake WHERE closed_at IS NULL AND door <> 'body' ORDER BY opened_at LIMIT ?",
                RecordedSource::read,
                most);
    }

    /** A source reading by its id. */
    public Optional<RecordedSource> source(String reading) {
        return reader.one(
                "SELECT " + RecordedSource.COLUMNS + " FROM intake WHERE id = ?", RecordedSource::read, reading);
    }

    /** The pickups of which there are sources, each found in one step of an index that begins with them. */
    private static final String EACH_PICKUP = "WITH RECURSIVE doors(name) AS (SELECT min(door) FROM intake"
            + " UNION ALL SELECT (SELECT min(door) FROM intake WHERE door > doors.name) FROM doors"
            + " WHERE doors.name IS NOT NULL) ";

    /** The readings of a source, the newest first. */
    public List<RecordedSource> named(Set<String> spellings, int most) {
        List<RecordedSource> found = new ArrayList<>();
        for (String name : spellings) {
            found.addAll(reader.list(
                    EACH_PICKUP + "SELECT " + RecordedSource.COLUMNS
                            + " FROM doors JOIN intake ON intake.door = doors.name AND intake.source = ?"
                            + " ORDER BY opened_at DESC LIMIT ?",
                    RecordedSource::read,
                    name,
                    most));
        }
        return found;
    }

    /** The readings of a source that were open at a time. */
    public List<RecordedSource> openAt(String source, Instant time) {
        return reader.list(
                EACH_PICKUP + "SELECT " + RecordedSource.COLUMNS
                        + " FROM doors JOIN intake ON intake.door = doors.name AND intake.source = ?"
                        + " WHERE opened_at <= ? AND (closed_at IS NULL OR closed_at >= ?)",
                RecordedSource::read,
                source,
                time.toEpochMilli(),
                time.toEpochMilli());
    }

    /** The same for letters and parts: a transcript without an id is known by its position. */
    private static final String LETTER_ID = "COALESCE(interaction_id, source || '#' || source_index)";

    /** Each half ends early, so that no page costs more than the first. */
    private static final String OF_CUSTOMER = "SELECT id FROM (SELECT DISTINCT interaction_id AS id FROM delivery"
            + " WHERE customer = ? AND interaction_id > ? ORDER BY id LIMIT " + Letters.MOST_NAMES + ") parts"
            + " UNION SELECT id FROM (SELECT DISTINCT " + LETTER_ID + " AS id FROM letter WHERE customer = ? AND "
            + LETTER_ID + " > ? ORDER BY id LIMIT " + Letters.MOST_NAMES + ") letters ORDER BY id LIMIT "
            + Letters.MOST_NAMES;

    /**
     * A customer's interactions by id, some at a time; in place of a missing id the position.
     *
     * @param customer as {@link LedgerView#customer}
     * @param after only those behind this one; empty for the first page
     */
    public List<String> ofCustomer(String customer, String after) {
        return reader.list(OF_CUSTOMER, row -> row.getString(1), customer, after, customer, after);
    }

    /** How many parts have a call without an answer. */
    public long sending() {
        return reader.number("SELECT count(*) FROM delivery WHERE state = 'SENDING'");
    }

    /** How many parts were not sent for one reason. */
    public record NotSent(DeliveryState state, @Nullable String reason, long parts) {}

    /** Parts that were not sent, by reason, the most first. Parts that are sent later are among them. */
    public List<NotSent> notSent() {
        return reader.list(
                "SELECT state, reason, count(*) FROM delivery WHERE state IN ('REJECTED', 'FAILED', 'CONFLICT', 'IN_DOUBT')"
                        + " GROUP BY state, reason ORDER BY 3 DESC, 1, 2",
                row -> new NotSent(DeliveryState.valueOf(row.getString(1)), row.getString(2), row.getLong(3)));
    }

    /**
     * Parts in a state, by id.
     *
     * @param reason null for each
     * @param afterId only parts behind this one; empty, with 0, for the first page
     */
    public List<RecordedDelivery> inState(
            DeliveryState state, @Nullable String reason, String afterId, int afterPart, int most) {
        List<Object> values = new ArrayList<>(List.of(state.name(), afterId, afterPart));
        StringBuilder sql = new StringBuilder("SELECT ").append(RecordedDelivery.COLUMNS);
        sql.append(" FROM delivery WHERE state = ? AND (interaction_id, part) > (?, ?)");
        if (reason != null) {
            sql.append(" AND reason = ?");
            values.add(reason);
        }
        values.add(most);
        return reader.list(
                sql.append(" ORDER BY interaction_id, part LIMIT ?").toString(),
                RecordedDelivery::read,
                values.toArray());
    }

    /**
     * A dead letter in a list.
     *
     * @param open false for one that is no dead letter any more
     * @param job the last job that it was in; null when it was in none
     * @param result what became of it there, or {@link JobLetter#WAITING} or {@link JobLetter#TAKEN}
     */
    public record Listed(
            RecordedLetter letter,
            boolean open,
            @Nullable Long job,
            @Nullable String result) {
        /** True while a job has it that has not ended. */
        public boolean inJob() {
            return JobLetter.WAITING.equals(result) || JobLetter.TAKEN.equals(result);
        }

        private static Listed read(ResultSet row) throws SQLException {
            long job = row.getLong("job");
            return new Listed(
                    RecordedLetter.read(row),
                    row.getString("state").equals("OPEN"),
                    row.wasNull() ? null : (Long) job,
                    row.getString("job_state"));
        }
    }

    private static final String LISTED =
            "SELECT " + RecordedLetter.COLUMNS + ", state, job, job_state FROM letter WHERE ";

    /**
     * The dead letters that match, the newest first.
     *
     * @param before only letters older than this one, by its id; null for the first page
     */
    public List<Listed> letters(LetterQuery query, @Nullable String before, int most) {
        List<Object> values = new ArrayList<>();
        StringBuilder sql = new StringBuilder(LISTED);
        if (before == null) {
            sql.append("1 = 1");
        } else {
            sql.append("id < ?");
            values.add(before);
        }
        query.addTo(sql, values);
        values.add(most);
        return reader.list(sql.append(" ORDER BY id DESC LIMIT ?").toString(), Listed::read, values.toArray());
    }

    /** How many dead letters match. */
    public long count(LetterQuery query) {
        List<Object> values = new ArrayList<>();
        StringBuilder sql = new StringBuilder("SELECT count(*) FROM letter WHERE 1 = 1");
        query.addTo(sql, values);
        return reader.number(sql.toString(), values.toArray());
    }

    /** How many dead letters have a reason. */
    public record OfReason(String reason, long letters) {}

    /** The reasons of dead letters, the most frequent first. */
    public List<OfReason> reasons() {
        return reader.list(
                "SELECT reason, count(*) FROM letter WHERE state = 'OPEN' GROUP BY reason ORDER BY 2 DESC, 1",
                row -> new OfReason(row.getString(1), row.getLong(2)));
    }

    /** The letters of an interaction that are dead letters still; of a transcript without an id by its position. */
    public List<RecordedLetter> open(String interactionId) {
        return reader.list(
                LISTED + Erasures.OF_IT + " AND state = 'OPEN' ORDER BY id",
                RecordedLetter::read,
                Erasures.ofIt(interactionId));
    }

    /** A letter by its id, also one that is no dead letter any more. */
    public Optional<Listed> letter(String id) {
        return reader.one(LISTED + "id = ?", Listed::read, id);
    }
}
