package io.cxt.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A delivery as people and programs read it; JSON has its fields by these names. Times are RFC 3339 in UTC.
 *
 * @param part from 1; 0 for a transcript that was decided as a whole
 * @param mayRepeat true when an earlier call may have arrived
 * @param httpStatus of the last answer; null when there was none
 * @param latencyMs of the last call
 * @param archivedIn the place in the archive; null also for what was kept before places were recorded, and for what is erased
 */
public record RecordedDelivery(
        String target,
        String interactionId,
        int part,
        int parts,
        DeliveryState state,
        boolean mayRepeat,
        int attempts,
        @Nullable Integer httpStatus,
        @Nullable String reason,
        @Nullable String conversationId,
        String source,
        long sourceIndex,
        long sourceLine,
        int messages,
        long bytes,
        @Nullable String contentHash,
        @Nullable String receivedAt,
        @Nullable String finishedAt,
        @Nullable Long latencyMs,
        @Nullable String archivedAt,
        @Nullable String archivedIn,
        @Nullable String fedAt) {

    /** The columns that {@link #read} needs, in its order. */
    static final String COLUMNS = "delivery.target, interaction_id, part, parts, state, doubted, attempts, http_status,"
            + " reason, conversation_id, source, source_index, source_line, messages, bytes, content_hash,"
            + " received_at, finished_at, latency_ms, archived_at, archived_in, fed_at";

    static RecordedDelivery read(ResultSet row) throws SQLException {
        return new RecordedDelivery(
                row.getString(1),
                row.getString(2),
                row.getInt(3),
                row.getInt(4),
                DeliveryState.valueOf(row.getString(5)),
                row.getInt(6) == 1,
                row.getInt(7),
                row.getObject(8) == null ? null : (Integer) row.getInt(8),
                row.getString(9),
                row.getString(10),
                row.getString(11),
                row.getLong(12),
                row.getLong(13),
                row.getInt(14),
                row.getLong(15),
                row.getString(16),
                time(row, 17),
                time(row, 18),
                row.getObject(19) == null ? null : (Long) row.getLong(19),
                time(row, 20),
                time(row, 20) == null ? null : row.getString(21),
                time(row, 22));
    }

    private static @Nullable String time(ResultSet row, int column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() || millis == 0
                ? null
                : Instant.ofEpochMilli(millis).toString();
    }
}
