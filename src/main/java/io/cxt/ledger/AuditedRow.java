package io.cxt.ledger;

import io.cxt.audit.AuditChain;
import io.cxt.audit.AuditEvent;
import io.cxt.audit.RecordedEvent;
import io.cxt.text.SafeText;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A row of {@code delivery} or {@code intake}, to be compared with the audit. */
final class AuditedRow {
    /** What {@link #read} needs, in its order, behind the columns of {@link RecordedEvent}. */
    static final String COLUMNS = "parts, messages, bytes, calling, doubted, intake_id, source_index, source_line,"
            + " owner, transcript_hash, received_at, finished_at, target, fed_at, archived_at, archived_in, erased, customer";

    private static final String[] NAMES = COLUMNS.split(", ?");
    private static final int FIRST = 16;

    private final int part;
    private final Map<String, @Nullable Object> columns = new LinkedHashMap<>();

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
        Map<String, @Nullable Object> columns = row.columns;
        columns.put("part", (long) told.part());
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
                        columns.get("owner"),
                        columns.get("customer")));
        return row;
    }

    /** Numbers of all widths as one. */
    static @Nullable Object plain(@Nullable Object value) {
        return value instanceof Number number ? (Object) number.longValue() : value;
    }

    /** Those that no event is needed for: when it was copied, and until when a claim is respected, change without one. */
    private static final List<String> RESTING = List.of(
            "target",
            "part",
            "parts",
            "state",
            "content_hash",
            "transcript_hash",
            "calling",
            "doubted",
            "attempts",
            "http_status",
            "reason",
            "conversation_id",
            "intake_id",
            "source",
            "source_line",
            "messages",
            "bytes",
            "owner",
            "received_at",
            "finished_at",
            "latency_ms",
            "erased",
            "customer");

    /** The hash that it has while it rests on events that are gone. @param claims events of its claims that are still there */
    String hash(String id, long claims) {
        List<@Nullable Object> values = new ArrayList<>(Arrays.asList(RestingRows.DELIVERY, id));
        RESTING.forEach(column -> values.add(columns.get(column)));
        values.add(claims);
        return AuditChain.hash("", values);
    }

    /** The same, with another value of one column. */
    AuditedRow with(String column, Object value) {
        AuditedRow changed = new AuditedRow(part);
        changed.columns.putAll(columns);
        changed.columns.put(column, value);
        return changed;
    }

    int part() {
        return part;
    }

    @Nullable
    Object get(String column) {
        return columns.get(column);
    }

    /**
     * How it differs from what it may be, in words; null when it does not.
     *
     * @param expected at least one row; of a column with several values one, of a column without any
     */
    @Nullable
    String difference(List<Map<String, @Nullable Object>> expected) {
        String nearest = null;
        long least = Long.MAX_VALUE;
        for (Map<String, @Nullable Object> row : expected) {
            List<String> differences = row.entrySet().stream()
                    .filter(entry -> !fits(entry))
                    .map(this::inWords)
                    .toList();
            if (differences.isEmpty()) {
                return null;
            }
            if (differences.size() < least) {
                least = differences.size();
                nearest = differences.get(0);
            }
        }
        return nearest;
    }

    private String inWords(Map.Entry<String, @Nullable Object> expected) {
        return "%s is %s, and the audit says %s"
                .formatted(
                        expected.getKey().equals(ReplayedPart.FACTS)
                                ? "what stands for target, intake_id, source_line, parts, messages, bytes,"
                                        + " transcript_hash, owner and customer"
                                : expected.getKey(),
                        SafeText.brief(columns.get(expected.getKey())),
                        SafeText.brief(expected.getValue()));
    }

    private boolean fits(Map.Entry<String, @Nullable Object> expected) {
        Object value = columns.get(expected.getKey());
        return expected.getValue() instanceof Set<?> several
                ? several.contains(value)
                : Objects.equals(expected.getValue(), value);
    }
}
