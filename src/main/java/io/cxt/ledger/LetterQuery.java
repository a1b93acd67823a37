package io.cxt.ledger;

import io.cxt.db.LedgerReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which dead letters are wanted. Null and an empty set match all.
 *
 * @param sources the spellings of a source
 * @param since only those that were set aside then or later
 */
public record LetterQuery(
        @Nullable String reason,
        Set<String> sources,
        @Nullable Instant since) {

    /** Passes on the letters that match, of all instances, the oldest first. One page is in memory at a time. */
    void each(LedgerReader reader, Consumer<RecordedLetter> consumer) {
        StringBuilder sql =
                new StringBuilder("SELECT " + RecordedLetter.COLUMNS + " FROM letter WHERE state = 'OPEN' AND id > ?");
        List<Object> values = new ArrayList<>(List.of(""));
        if (reason != null) {
            sql.append(" AND reason = ?");
            values.add(reason);
        }
        if (!sources.isEmpty()) {
            sql.append(" AND source IN (?")
                    .append(", ?".repeat(sources.size() - 1))
                    .append(")");
            values.addAll(sources);
        }
        if (since != null) {
            sql.append(" AND decided_at >= ?");
            values.add(since.toEpochMilli());
        }
        sql.append(" ORDER BY id LIMIT " + Letters.MOST_NAMES);
        List<RecordedLetter> page = reader.list(sql.toString(), RecordedLetter::read, values.toArray());
        while (!page.isEmpty()) {
            page.forEach(consumer);
            values.set(0, page.get(page.size() - 1).id());
            page = reader.list(sql.toString(), RecordedLetter::read, values.toArray());
        }
    }

    /** True for a letter that is asked for, as far as a file tells. */
    public boolean matches(String itsReason, String itsSource, Instant decidedAt) {
        return (reason == null || reason.equals(itsReason))
                && (sources.isEmpty() || sources.contains(itsSource))
                && (since == null || !decidedAt.isBefore(since));
    }
}
