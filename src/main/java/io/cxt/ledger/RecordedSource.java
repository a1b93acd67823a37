package io.cxt.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A source reading as people and programs read it; JSON has its fields by these names. Times are RFC 3339 in UTC.
 *
 * @param reading its id
 * @param pickup how it came: {@code file}, {@code sftp}, {@code jms}, {@code body}, {@code stream}
 * @param closedAt null while it is read, or undecided
 * @param undecided why it cannot be decided; null when that is not so
 * @param undecidedSince when that was first so
 * @param detail who delivered it, as far as its pickup knows
 */
public record RecordedSource(
        String reading,
        String pickup,
        String source,
        long bytes,
        String openedAt,
        @Nullable String closedAt,
        @Nullable String undecided,
        @Nullable String undecidedSince,
        @Nullable String detail) {

    /** The columns that {@link #read} needs, in its order. */
    static final String COLUMNS = "id, door, source, bytes, opened_at, closed_at, undecided, undecided_at, detail";

    static RecordedSource read(ResultSet row) throws SQLException {
        return new RecordedSource(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getLong(4),
                Instant.ofEpochMilli(row.getLong(5)).toString(),
                time(row, 6),
                row.getString(7),
                time(row, 8),
                row.getString(9));
    }

    private static @Nullable String time(ResultSet row, int column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? null : Instant.ofEpochMilli(millis).toString();
    }
}
