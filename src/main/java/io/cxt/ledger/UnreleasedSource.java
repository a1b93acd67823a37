package io.cxt.ledger;

import io.cxt.db.LedgerReader;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A source that was begun and not released, with what the ledger has of it: it is open, or it was lost before it was read to
 * its end. How much more it held is not known.
 *
 * @param endedAt when it was found to be gone, or its file was pruned after it was abandoned; null while it is open
 * @param undecided why it cannot be decided; null when that is not so
 * @param outcomes how many of its transcripts have each outcome, by the words of reports
 * @param unexplained how many have none: they are on their way, wait, or were being sent when it was lost
 */
public record UnreleasedSource(
        String reading,
        String pickup,
        String source,
        Instant begunAt,
        @Nullable Instant endedAt,
        @Nullable String undecided,
        Map<String, Long> outcomes,
        long unexplained) {

    /** Only a reading that was released has a number of entries. Bodies of other routes are told to their senders. */
    private static final String NOT_RELEASED = " FROM intake WHERE entries IS NULL AND door <> 'body'";

    /** Of several parts the worst counts. */
    private static final String FATES = "SELECT intake_id, interaction_id, max(CASE WHEN state = 'SENDING'"
            + " OR reason IN ('LANE-CLOSED', 'REPLAYED', 'SOURCE-CHANGED') THEN '9' WHEN state = 'CONFLICT' THEN '8conflict'"
            + " WHEN state = 'REJECTED' THEN '7rejected' WHEN state = 'IN_DOUBT' THEN '6in-doubt'"
            + " WHEN state = 'FAILED' THEN '5failed' WHEN state = 'EXCLUDED' THEN '4excluded' ELSE '1sent' END) AS fate"
            + " FROM delivery WHERE intake_id IN (SELECT id FROM open_or_lost) GROUP BY intake_id, interaction_id";

    private static final String EACH = "WITH open_or_lost AS (SELECT id, door, source, opened_at, closed_at, undecided"
            + NOT_RELEASED
            + " AND (opened_at >= ? AND opened_at < ? OR closed_at >= ? AND closed_at < ? AND undecided IS NULL)),"
            + " fates AS (" + FATES
            + ") SELECT id, door, source, opened_at, closed_at, undecided, fate, count(interaction_id)"
            + " FROM open_or_lost LEFT JOIN fates ON intake_id = id"
            + " GROUP BY id, door, source, opened_at, closed_at, undecided, fate ORDER BY opened_at, id";

    /** A file of the same name that was released later has what was not lost. */
    private static final String LOST = "SELECT source FROM intake lost WHERE entries IS NULL AND door <> 'body'"
            + " AND closed_at >= ? AND undecided IS NULL AND NOT EXISTS (SELECT 1 FROM intake later WHERE later.door = lost.door"
            + " AND later.source = lost.source AND later.opened_at >= lost.opened_at AND later.entries IS NOT NULL)"
            + " ORDER BY closed_at";

    /** True when it was removed before all of it was read. */
    public boolean lost() {
        return endedAt != null && undecided == null;
    }

    /** True while it is read, waits, or lies in {@code .failed}. */
    public boolean open() {
        return endedAt == null;
    }

    /** How many of its transcripts the ledger knows. */
    public long known() {
        return unexplained
                + outcomes.values().stream().mapToLong(Long::longValue).sum();
    }

    /** What is to be said of it, as a half sentence. */
    public String words() {
        if (lost()) {
            return "lost: it was removed before all of it was read, and how much it held is not known";
        }
        return undecided == null ? "not finished" : (open() ? "not finished: " : "abandoned and pruned: ") + undecided;
    }

    /** Passes on those that were begun, or found to be lost, in a span of time, the oldest first. */
    static void each(LedgerReader reader, Instant from, Instant until, Consumer<UnreleasedSource> consumer) {
        Collector collector = new Collector(consumer);
        reader.each(
                EACH,
                Row::read,
                collector::add,
                from.toEpochMilli(),
                until.toEpochMilli(),
                from.toEpochMilli(),
                until.toEpochMilli());
        collector.end();
    }

    /** Names of those that were lost since a time, without those of which a later one of that name was released. */
    static List<String> lostSince(LedgerReader reader, Instant since) {
        return reader.list(LOST, row -> row.getString(1), since.toEpochMilli());
    }

    /** A source and one fate. */
    private record Row(UnreleasedSource source, @Nullable String fate, long count) {
        static Row read(ResultSet row) throws SQLException {
            Object closed = row.getObject(5);
            return new Row(
                    new UnreleasedSource(
                            row.getString(1),
                            row.getString(2),
                            row.getString(3),
                            Instant.ofEpochMilli(row.getLong(4)),
                            closed == null ? null : Instant.ofEpochMilli(row.getLong(5)),
                            row.getString(6),
                            Map.of(),
                            0),
                    row.getString(7),
                    row.getLong(8));
        }
    }

    /** Puts the rows of one source together. */
    private static final class Collector {
        private final Consumer<UnreleasedSource> consumer;
        private @Nullable UnreleasedSource now;
        private Map<String, Long> outcomes = new LinkedHashMap<>();
        private long unexplained;

        Collector(Consumer<UnreleasedSource> consumer) {
            this.consumer = consumer;
        }

        void add(Row row) {
            if (now != null && !now.reading.equals(row.source.reading)) {
                end();
            }
            now = row.source;
            if (row.fate != null && row.fate.length() == 1) {
                unexplained += row.count;
            } else if (row.fate != null) {
                outcomes.put(row.fate.substring(1), row.count);
            }
        }

        void end() {
            UnreleasedSource one = now;
            if (one != null) {
                consumer.accept(new UnreleasedSource(
                        one.reading,
                        one.pickup,
                        one.source,
                        one.begunAt,
                        one.endedAt,
                        one.undecided,
                        outcomes,
                        unexplained));
            }
            now = null;
            outcomes = new LinkedHashMap<>();
            unexplained = 0;
        }
    }
}
