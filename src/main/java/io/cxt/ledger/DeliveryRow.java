package io.cxt.ledger;

import io.cxt.transcript.Part;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * What the ledger keeps of a part.
 *
 * @param owner who claimed it last; null when nobody ever did
 * @param leaseUntil when that claim expires, in milliseconds since 1970
 * @param calling true while a call may be on its way
 * @param doubted true when an earlier call may have arrived
 * @param httpStatus of the last answer; null when there was none
 * @param transcriptHash of the whole transcript; null when not known
 * @param erased true in the row of part 1 of an interaction that was erased
 */
record DeliveryRow(
        DeliveryState state,
        String hash,
        @Nullable String intakeId,
        long sourceIndex,
        @Nullable String owner,
        long leaseUntil,
        boolean calling,
        boolean doubted,
        int attempts,
        boolean archived,
        boolean fed,
        @Nullable Integer httpStatus,
        @Nullable String reason,
        @Nullable String conversationId,
        @Nullable String transcriptHash,
        Part.Begun cut,
        boolean erased) {

    /** The columns that {@link #read} needs, in its order. */
    static final String COLUMNS = "state, content_hash, intake_id, source_index, owner, lease_until,"
            + " calling, doubted, attempts, archived_at, fed_at, http_status, reason, conversation_id,"
            + " CASE WHEN parts = 1 AND transcript_hash IS NULL THEN content_hash ELSE transcript_hash END, messages, parts, erased";

    static DeliveryRow read(ResultSet row) throws SQLException {
        return new DeliveryRow(
                DeliveryState.valueOf(row.getString(1)),
                row.getString(2),
                row.getString(3),
                row.getLong(4),
                row.getString(5),
                row.getLong(6),
                row.getInt(7) == 1,
                row.getInt(8) == 1,
                row.getInt(9),
                row.getObject(10) != null,
                row.getObject(11) != null,
                row.getObject(12) == null ? null : (Integer) row.getInt(12),
                row.getString(13),
                row.getString(14),
                row.getString(15),
                new Part.Begun(row.getInt(16), row.getInt(17)),
                row.getInt(18) == 1);
    }

    /** True when CXone has the part, or may have it. */
    boolean mayBeThere() {
        return state == DeliveryState.SENT
                || state != DeliveryState.REJECTED && (calling || doubted || state == DeliveryState.IN_DOUBT);
    }
}
