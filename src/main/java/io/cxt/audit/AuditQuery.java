package io.cxt.audit;

import io.cxt.db.LedgerReader;
import io.cxt.transcript.Rfc3339;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which audit events are wanted. An empty set and null match all.
 *
 * @param interactionIds the spellings of an id
 * @param sources the spellings of a source, or of one place in it: {@code chats.json#7}
 * @param from the first moment: RFC 3339 with any zone, or the beginning of one in UTC, for example a day
 * @param until the first moment after the last, in the same forms
 * @param most maximum events
 */
public record AuditQuery(
        Set<String> interactionIds,
        @Nullable String event,
        Set<String> sources,
        @Nullable String from,
        @Nullable String until,
        long most) {

    public static final AuditQuery ALL = new AuditQuery(Set.of(), null, Set.of(), null, null, Long.MAX_VALUE);

    public static AuditQuery ofInteraction(Set<String> spellings) {
        return new AuditQuery(spellings, null, Set.of(), null, null, Long.MAX_VALUE);
    }

    public static AuditQuery ofSource(Set<String> spellings) {
        return new AuditQuery(Set.of(), null, spellings, null, null, Long.MAX_VALUE);
    }

    /** Passes on the events that match, in the order in which they were written. */
    public void each(LedgerReader reader, Consumer<AuditEntry> consumer) {
        List<Object> values = new ArrayList<>();
        StringBuilder sql = new StringBuilder("SELECT " + AuditEntry.COLUMNS + " FROM audit_event WHERE ");
        boolean few = !interactionIds.isEmpty(); // by an index of their own
        if (few) {
            sql.append("interaction_id IN (?")
                    .append(", ?".repeat(interactionIds.size() - 1))
                    .append(")");
            values.addAll(interactionIds);
        } else {
            sql.append("chain = ? AND seq > ? AND seq < ?");
            Collections.addAll(values, "", 0L, 0L);
        }
        where(sql, values, " AND event = ?", event);
        if (!sources.isEmpty()) {
            sql.append(" AND (1 = 0")
                    .append(" OR source = ? OR substr(source, 1, length(?)) = ?".repeat(sources.size()));
            sql.append(")");
            for (String source : sources) { // not LIKE: on SQLite it would not tell A from a
                Collections.addAll(values, source, source + "#", source + "#");
            }
        }
        where(sql, values, " AND at >= ?", asWritten(from));
        where(sql, values, " AND at < ?", asWritten(until));
        if (few) {
            values.add(most);
            sql.append(" ORDER BY at, chain, seq LIMIT ?");
            reader.each(sql.toString(), AuditEntry::read, consumer, values.toArray());
        } else {
            sql.append(" ORDER BY seq LIMIT " + ChainPages.MOST);
            new ChainPages(reader, sql.toString(), values).merge(asWritten(from), asWritten(until), most, consumer);
        }
    }

    /** Times are compared as text, which needs the same number of digits on both sides. */
    private static @Nullable String asWritten(@Nullable String time) {
        return Rfc3339.parse(time).map(AuditChain::time).orElse(time);
    }

    private static void where(StringBuilder sql, List<Object> values, String condition, @Nullable String value) {
        if (value != null) {
            sql.append(condition);
            values.add(value);
        }
    }
}
