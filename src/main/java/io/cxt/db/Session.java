package io.cxt.db;

import io.cxt.text.SafeText;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection with its prepared statements. Used by one thread at a time; parameters are always bound.
 *
 * <p>Changes may be queued. All that are of one statement go to the database together, in one round trip, before the next
 * question or the commit. Of one row they keep their order.
 *
 * <p>Long because questions, changes and transactions of one connection stand together.
 */
public final class Session implements AutoCloseable {
    private final Connection connection;
    private final Map<String, Prepared> statements = new HashMap<>();
    private final ChangeQueue changes = new ChangeQueue(this);
    private @Nullable Instant time;
    private @Nullable OwnSession own;
    private boolean asked;

    /** @param types of each value, once there was one: PostgreSQL would parse the statement anew for a NULL without type */
    private record Prepared(PreparedStatement statement, int[] types) {}

    public Session(Connection connection) {
        this.connection = connection;
    }

    /** Reads a value from the current row. */
    public interface Row<T> {
        Row<Boolean> BOOLEAN = row -> row.getBoolean(1);

        @Nullable
        T read(ResultSet row) throws SQLException;
    }

    Connection connection() {
        return connection;
    }

    /** Begins a transaction. */
    public void begin() throws SQLException {
        time = null;
        asked = false;
        if (own == null) {
            own = OwnSession.of(connection);
        }
        connection.setAutoCommit(false);
    }

    /** The time of the transaction: the same for rows and their audit events. */
    public Instant time(Clock clock) {
        Instant begun = time;
        if (begun == null) {
            begun = clock.instant();
            time = begun;
        }
        return begun;
    }

    /**
     * Commits, and holds no lock afterwards. Not by Connection.commit(): SQLite's driver would begin the next transaction
     * at once and lock out every other writer.
     *
     * @throws SQLException also when PostgreSQL ran the transaction in a session that is not this connection's
     */
    public void commit() throws SQLException {
        flush();
        if (own != null && asked) {
            own.commit(connection);
        }
        connection.setAutoCommit(true);
    }

    /** Ends the transaction without what it changed, and holds no lock afterwards. */
    public void rollBack() throws SQLException {
        changes.drop();
        connection.rollback();
        connection.setAutoCommit(true);
    }

    public int update(String sql, @Nullable Object... values) throws SQLException {
        return bound(sql, values).executeUpdate();
    }

    /**
     * Queues a change.
     *
     * @param row what it changes, compared by equals; null for a row that nothing else changes
     */
    public ChangeQueue.Change queue(@Nullable Object row, String sql, @Nullable Object... values) {
        return changes.add(row, sql, values);
    }

    /** Sends what is queued. */
    void flush() throws SQLException {
        changes.send();
    }

    /** How many rows each change with these values came to; below 0 where the driver does not say so. */
    int[] batch(String sql, List<@Nullable Object[]> each) throws SQLException {
        if (each.size() == 1) {
            return new int[] {bound(sql, each.get(0)).executeUpdate()};
        }
        PreparedStatement statement = bound(sql, each.get(0));
        statement.addBatch();
        for (@Nullable Object[] values : each.subList(1, each.size())) {
            bound(sql, values).addBatch();
        }
        try {
            return statement.executeBatch();
        } catch (BatchUpdateException e) { // its message quotes the values
            throw e.getCause() instanceof SQLException cause
                    ? cause
                    : new SQLException(e.getSQLState(), e.getSQLState());
        }
    }

    public <T> List<T> list(String sql, Row<T> reader, @Nullable Object... values) throws SQLException {
        List<T> list = new ArrayList<>();
        try (ResultSet rows = bound(sql, values).executeQuery()) {
            while (rows.next()) {
                list.add(reader.read(rows));
            }
        }
        return list;
    }

    /** Passes on one row at a time, so that a long answer needs little memory. PostgreSQL does so only in a transaction. */
    public <T> void each(String sql, Row<T> reader, Consumer<T> consumer, @Nullable Object... values)
            throws SQLException {
        boolean alone = connection.getAutoCommit();
        connection.setAutoCommit(false);
        try (ResultSet rows = bound(sql, values).executeQuery()) {
            while (rows.next()) {
                consumer.accept(reader.read(rows));
            }
        } finally {
            connection.setAutoCommit(alone);
        }
    }

    /** Several questions to the state of one moment, even while others write. */
    public <T> T atOnce(LedgerReader.Question<T> questions) throws SQLException {
        int before = connection.getTransactionIsolation();
        if (connection.getMetaData().supportsTransactionIsolationLevel(Connection.TRANSACTION_REPEATABLE_READ)) {
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        }
        connection.setAutoCommit(false);
        try {
            return questions.ask(this);
        } finally {
            connection.setAutoCommit(true);
            connection.setTransactionIsolation(before);
        }
    }

    /** The names of a question's columns, in lower case. */
    public Set<String> columns(String sql) throws SQLException {
        try (ResultSet rows = bound(sql).executeQuery()) {
            Set<String> names = new HashSet<>();
            for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                names.add(rows.getMetaData().getColumnLabel(i).toLowerCase(Locale.ROOT));
            }
            return names;
        }
    }

    /** The first row; empty when there is none. */
    public <T> Optional<T> one(String sql, Row<T> reader, @Nullable Object... values) throws SQLException {
        try (ResultSet rows = bound(sql, values).executeQuery()) {
            return rows.next() ? Optional.ofNullable(reader.read(rows)) : Optional.empty();
        }
    }

    /** True when there is a row. */
    public boolean any(String sql, @Nullable Object... values) throws SQLException {
        return one(sql, row -> true, values).isPresent();
    }

    /** The number in the first row; 0 when there is no row, or NULL in it. */
    public long number(String sql, @Nullable Object... values) throws SQLException {
        return one(sql, row -> row.getLong(1), values).orElse(0L);
    }

    private PreparedStatement bound(String sql, @Nullable Object... values) throws SQLException {
        changes.send();
        asked = true;
        Prepared prepared = statements.get(sql);
        if (prepared == null) {
            prepared = new Prepared(connection.prepareStatement(sql), new int[values.length]);
            prepared.statement.setFetchSize(500);
            statements.put(sql, prepared);
        }
        for (int i = 0; i < values.length; i++) {
            Object value = storable(values[i]);
            if (value == null) {
                prepared.statement.setNull(i + 1, prepared.types[i]);
            } else {
                prepared.statement.setObject(i + 1, value);
                prepared.types[i] = value instanceof String
                        ? Types.VARCHAR
                        : value instanceof Integer ? Types.INTEGER : value instanceof Long ? Types.BIGINT : Types.NULL;
            }
        }
        return prepared.statement;
    }

    /**
     * The value in a form that both databases store and return unchanged: in a text, NUL and lone surrogates become
     * JSON escapes.
     */
    public static @Nullable Object storable(@Nullable Object value) {
        if (!(value instanceof String text)) {
            return value;
        }
        StringBuilder changed = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean pair = Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (pair || c != 0 && !Character.isSurrogate(c)) {
                if (changed != null) {
                    changed.append(text, i, pair ? i + 2 : i + 1);
                }
                i += pair ? 1 : 0;
            } else {
                changed = changed == null ? new StringBuilder(text.length() + 5).append(text, 0, i) : changed;
                changed.append(SafeText.escape(c));
            }
        }
        return changed == null ? text : changed.toString();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
