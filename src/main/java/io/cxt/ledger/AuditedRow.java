package io.cxt.ledger;

import io.cxt.audit.AuditEvent;
import io.cxt.audit.RecordedEvent;
import io.cxt.text.SafeText;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** A row of {@code delivery} or {@code intake}, as it is held against the audit. */
final class AuditedRow {
    /** What {@link #read} needs, in its order, behind the columns of {@link RecordedEvent}. */
    static final String COLUMNS = "parts, messages, bytes, calling, doubted, intake_id, source_index, source_line,"
            + " owner, transcript_hash, received_at, finished_at, target, fed_at, archived_at, archived_in";

    private static final String[] NAMES = COLUMNS.split(", ?");
    private static final int FIRST = 16;

    private final int part;
    private final Map<String, Object> columns = new LinkedHashMap<>();

    private AuditedRow(int part) {
        this.part = part;
    }

    /** A row of {@code intake}, from columns of these names on. */
    static AuditedRow reading(ResultSet result, int from, List<String> names) throws SQLException {
        AuditedRow row = new AuditedRow(0);
        for (int i = 0; i < names.size(); i++) {
            row.columns.put(names.get(i), plain(result.getObject(from + i)));
        }
        return row;
    }

    static AuditedRow read(String id, ResultSet result) throws SQLException {
        RecordedEvent told = RecordedEvent.read(id, result);
        AuditedRow row = new AuditedRow(told.part());
        AuditEvent values = told.event();
        Map<String, Object> columns = row.columns;
        columns.put("state", values.event());
        columns.put("content_hash", values.payloadHash());
        columns.put("attempts", plain(values.attempt()));
        columns.put("http_status", plain(values.httpStatus()));
        columns.put("reason", values.reason());
        columns.put("conversation_id", values.conversationId());
        columns.put("latency_ms", plain(values.latencyMs()));
        for (int i = 0; i < NAMES.length; i++) {
            columns.put(NAMES[i], plain(result.getObject(FIRST + i)));
        }
        columns.put("source", values.source() + "#" + columns.get("source_index"));
        columns.put(
                ReplayedPart.FACTS,
                DeliveryTable.facts(
                        columns.get("target"),
                        columns.get("intake_id"),
                        columns.get("source_line"),
                        columns.get("parts"),
                        columns.get("messages"),
                        columns.get("bytes"),
                        columns.get("transcript_hash"),
                        columns.get("owner")));
        return row;
    }

    /** Numbers of all widths as one. */
    static Object plain(Object value) {
        return value instanceof Number number ? (Object) number.longValue() : value;
    }

    int part() {
        return part;
    }

    Object get(String column) {
        return columns.get(column);
    }

    /**
     * How it differs from what it may be, in words; null when it does not.
     *
     * @param expected at least one row; of a column with several values one, of a column without any
     */
    String difference(List<Map<String, Object>> expected) {
        Map<String, Object> nearest = null;
        long least = Long.MAX_VALUE;
        for (Map<String, Object> row : expected) {
            long differences =
                    row.entrySet().stream().filter(entry -> !fits(entry)).count();
            if (differences == 0) {
                return null;
            }
            if (differences < least) {
                least = differences;
                nearest = row;
            }
        }
        return nearest.entrySet().stream()
                .filter(entry -> !fits(entry))
                .findFirst()
                .map(entry -> "%s is %s, and the audit says %s"
                        .formatted(
                                entry.getKey().equals(ReplayedPart.FACTS)
                                        ? "what stands for target, intake_id, source_line, parts, messages, bytes,"
                                                + " transcript_hash and owner"
                                        : entry.getKey(),
                                SafeText.brief(columns.get(entry.getKey())),
                                SafeText.brief(entry.getValue())))
                .orElseThrow();
    }

    private boolean fits(Map.Entry<String, Object> expected) {
        Object value = columns.get(expected.getKey());
        return expected.getValue() instanceof Set<?> several
                ? several.contains(value)
                : Objects.equals(expected.getValue(), value);
    }
}
