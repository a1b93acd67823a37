package io.cxt.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter as the ledger has it.
 *
 * @param id stays when it is replayed; those of later ones are greater
 * @param instance whose {@code data.dir} has its file
 * @param name of its file there: {@code TS-ORDER/ext-1}
 * @param outcome {@code rejected}, {@code failed}, {@code conflict} or {@code in-doubt}
 * @param detail the first rule that it breaks, where and how; the reason where none is broken
 * @param source where it came from first
 * @param replays how often it was replayed
 * @param customer whose chat it holds, as a keyed hash; null when not known
 */
public record RecordedLetter(
        String id,
        String instance,
        String name,
        String outcome,
        String reason,
        String detail,
        @Nullable String interactionId,
        String source,
        long sourceIndex,
        long sourceLine,
        @Nullable Integer httpStatus,
        @Nullable Integer attempts,
        Instant decidedAt,
        int replays,
        @Nullable String customer) {

    /** True when CXone may have it, as it was when this was written. */
    public boolean inDoubt() {
        return DeliveryState.IN_DOUBT.word().equals(outcome);
    }

    /** The columns that {@link #read} needs, in its order. */
    static final String COLUMNS = "id, instance, name, outcome, reason, detail, interaction_id, source, source_index,"
            + " source_line, http_status, attempts, decided_at, replays, customer";

    static RecordedLetter read(ResultSet row) throws SQLException {
        return new RecordedLetter(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                row.getString(7),
                row.getString(8),
                row.getLong(9),
                row.getLong(10),
                row.getObject(11) == null ? null : (Integer) row.getInt(11),
                row.getObject(12) == null ? null : (Integer) row.getInt(12),
                Instant.ofEpochMilli(row.getLong(13)),
                row.getInt(14),
                row.getString(15));
    }
}
