package io.cxt.ledger;

import io.cxt.db.LedgerReader;
import io.cxt.text.SafeName;
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
 * @param id of the one letter
 * @param job whose letters; those that it sent are no dead letters any more
 */
public record LetterQuery(
        @Nullable String reason,
        Set<String> sources,
        @Nullable Instant since,
        @Nullable String id,
        @Nullable Long job) {

    public static final LetterQuery ALL = new LetterQuery(null, Set.of(), null);

    public LetterQuery(@Nullable String reason, Set<String> sources, @Nullable Instant since) {
        this(reason, sources, since, null, null);
    }

    private static final String FROM = "SELECT " + RecordedLetter.COLUMNS + " FROM letter WHERE id > ?";

    /** Without those in a job that has not ended. */
    static final String IN_NO_JOB = " AND (job_state IS NULL OR job_state NOT IN ('WAITING', 'TAKEN'))";

    /** Without those that CXone says it has. */
    static final String NOT_CONFIRMED =
            " AND NOT (outcome = 'in-doubt' AND http_status IS NOT NULL AND http_status = 409)";

    /** Passes on the letters that match, of all instances, the oldest first. One page is in memory at a time. */
    void each(LedgerReader reader, Consumer<RecordedLetter> consumer) {
        pages(reader, new StringBuilder(FROM), List.of(""), consumer);
    }

    /** Those that a redrive would have: up to an id, in no open job, and not those that CXone says it has. */
    void redrivable(LedgerReader reader, String upTo, Consumer<RecordedLetter> consumer) {
        StringBuilder sql = new StringBuilder(FROM).append(" AND id <= ?");
        pages(reader, sql.append(IN_NO_JOB).append(NOT_CONFIRMED), List.of("", upTo), consumer);
    }

    private void pages(LedgerReader reader, StringBuilder sql, List<Object> begin, Consumer<RecordedLetter> consumer) {
        List<Object> values = new ArrayList<>(begin);
        addTo(sql, values);
        sql.append(" ORDER BY id LIMIT " + Letters.MOST_NAMES);
        List<RecordedLetter> page = reader.list(sql.toString(), RecordedLetter::read, values.toArray());
        while (!page.isEmpty()) {
            page.forEach(consumer);
            values.set(0, page.get(page.size() - 1).id());
            page = reader.list(sql.toString(), RecordedLetter::read, values.toArray());
        }
    }

    /** Adds the conditions to a statement that has some already. */
    void addTo(StringBuilder sql, List<Object> values) {
        sql.append(" AND state = 'OPEN'");
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
        if (id != null) {
            sql.append(" AND id = ?");
            values.add(id);
        }
        if (job != null) {
            sql.append(" AND job = ?");
            values.add(job);
        }
    }

    /** Which letters, in words: {@code reason=CXONE-503 since=2026-11-22T06:00:00Z}, or {@code all}. */
    public String words() {
        List<String> words = new ArrayList<>();
        if (reason != null) {
            words.add("reason=" + SafeName.log(reason));
        }
        if (!sources.isEmpty()) {
            words.add("source=" + SafeName.log(sources.iterator().next()));
        }
        if (since != null) {
            words.add("since=" + since);
        }
        if (id != null) {
            words.add("letter=" + SafeName.log(id));
        }
        if (job != null) {
            words.add("job=" + job);
        }
        return words.isEmpty() ? "all" : String.join(" ", words);
    }

    /** True for a letter that is asked for, as far as a file tells. */
    public boolean matches(String itsReason, String itsSource, Instant decidedAt) {
        return (reason == null || reason.equals(itsReason))
                && (sources.isEmpty() || sources.contains(itsSource))
                && (since == null || !decidedAt.isBefore(since));
    }
}
