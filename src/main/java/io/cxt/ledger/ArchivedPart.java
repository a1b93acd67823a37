package io.cxt.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A part in the archive.
 *
 * @param place where; null for what was kept before places were recorded
 * @param at when the copy was made
 * @param owner the run of an instance that sent it
 */
public record ArchivedPart(
        String interactionId,
        int part,
        int parts,
        String hash,
        @Nullable String place,
        Instant at,
        @Nullable String owner) {
    static final String COLUMNS = "interaction_id, part, parts, content_hash, archived_in, archived_at, owner";

    /** Reads {@link #COLUMNS}. */
    static ArchivedPart read(ResultSet row) throws SQLException {
        return new ArchivedPart(
                row.getString(1),
                row.getInt(2),
                row.getInt(3),
                row.getString(4),
                row.getString(5),
                Instant.ofEpochMilli(row.getLong(6)),
                row.getString(7));
    }
}
