package io.cxt.audit;

import io.cxt.audit.AuditEvent.Type;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event as read from the audit; without its actor.
 *
 * @param at UTC, microseconds
 */
public record RecordedEvent(String chain, String at, AuditEvent event) {
    /** The columns that {@link #read} needs, in its order, after the interaction id. */
    public static final String COLUMNS =
            "chain, seq, part, event, source, http_status, attempt, latency_ms, payload_hash,"
                    + " reason, conversation_id, detail, at";

    /** In the detail of an event that makes or claims a delivery: its target. Those behind a claim on its chain are of the same. */
    public static final String TARGET = "target";

    private static final String RETRY_AFTER = "retry-after=";

    /**
     * Reads the columns from the third on; the second tells rows from events.
     *
     * @param id the interaction id, or what stands in for it; null when there is none
     */
    public static RecordedEvent read(@Nullable String id, ResultSet row) throws SQLException {
        AuditEvent event = new AuditEvent(
                row.getString(6),
                id,
                (Integer) number(row, 5, false),
                row.getString(7),
                "",
                (Integer) number(row, 8, false),
                (Integer) number(row, 9, false),
                (Long) number(row, 10, true),
                row.getString(11),
                row.getString(12),
                row.getString(13),
                row.getString(14));
        return new RecordedEvent(row.getString(3), row.getString(15), event);
    }

    private static @Nullable Number number(ResultSet row, int column, boolean wide) throws SQLException {
        long value = row.getLong(column);
        if (row.wasNull()) {
            return null;
        }
        return wide ? (Number) value : (Number) (int) value;
    }

    public boolean is(Type type) {
        return type.name().equals(event.event());
    }

    /** The part; 0 when the event tells of none. */
    public int part() {
        return event.part() == null ? 0 : event.part();
    }

    /** The attempt; -1 when the event has none. */
    public int attempt() {
        return event.attempt() == null ? -1 : event.attempt();
    }

    /** True when it has this word of CXT's own, which come before what CXone said. */
    public boolean says(String word) {
        return words(event.detail()).contains(word);
    }

    /** The value of {@code name=value}; null when there is none. */
    public @Nullable String value(String name) {
        return value(event.detail(), name);
    }

    /** The value of {@code name=value} among the words of CXT's own in a detail; null when there is none. */
    public static @Nullable String value(@Nullable String detail, String name) {
        return words(detail).stream()
                .filter(word -> word.startsWith(name + "="))
                .map(word -> word.substring(name.length() + 1))
                .findFirst()
                .orElse(null);
    }

    private static List<String> words(@Nullable String text) {
        String detail = text == null ? "" : text;
        int theirs = detail.indexOf(RETRY_AFTER);
        return Arrays.asList((theirs < 0 ? detail : detail.substring(0, theirs)).split(" "));
    }

    /** Adds a word of ours, before what CXone said. */
    public static String with(@Nullable String detail, String word) {
        if (detail == null) {
            return word;
        }
        int theirs = detail.indexOf(RETRY_AFTER);
        return theirs < 0 ? detail + " " + word : detail.substring(0, theirs) + word + " " + detail.substring(theirs);
    }

    public long millis() {
        return Instant.parse(at).toEpochMilli();
    }
}
