package io.cxt.db;

import io.cxt.text.SafeText;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** A connection with its prepared statements. Used by one thread at a time. Parameters are bound, always. */
public final class Session implements AutoCloseable {
    private final Connection connection;
    private final Map<String, PreparedStatement> statements = new HashMap<>();
    private Instant time;

    public Session(Connection connection) {
        this.connection = connection;
    }

    /** Makes a value out of the current row. */
    public interface Row<T> {
        Row<Boolean> BOOLEAN = row -> row.getBoolean(1);

        T read(ResultSet row) throws SQLException;
    }

    Connection connection() {
        return connection;
    }

    /** Begins a transaction. */
    public void begin() throws SQLException {
        time = null;
        connection.setAutoCommit(false);
    }

    /** The time of the transaction: the same for rows and the events that tell of them. */
    public Instant time(Clock clock) {
        if (time == null) {
            time = clock.instant();
        }
        return time;
    }

    /**
     * Commits it, and holds no lock afterwards. Connection.commit() would not do: SQLite's driver begins the next
     * transaction at once, and with it keeps every other writer out.
     */
    public void commit() throws SQLException {
        connection.setAutoCommit(true);
    }

    public int update(String sql, Object... values) throws SQLException {
        return bound(sql, values).executeUpdate();
    }

    public <T> List<T> list(String sql, Row<T> reader, Object... values) throws SQLException {
        List<T> list = new ArrayList<>();
        try (ResultSet rows = bound(sql, values).executeQuery()) {
            while (rows.next()) {
                list.add(reader.read(rows));
            }
        }
        return list;
    }

    /** Hands on one row at a time, so that a long answer needs no room. PostgreSQL does that in a transaction only. */
    public <T> void each(String sql, Row<T> reader, Consumer<T> consumer, Object... values) throws SQLException {
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

    /** Several questions to the state of one moment, whatever is written meanwhile. */
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

    /** The only row, or null when there is none. */
    public <T> T one(String sql, Row<T> reader, Object... values) throws SQLException {
        try (ResultSet rows = bound(sql, values).executeQuery()) {
            return rows.next() ? reader.read(rows) : null;
        }
    }

    private PreparedStatement bound(String sql, Object... values) throws SQLException {
        PreparedStatement statement = statements.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            statement.setFetchSize(500);
            statements.put(sql, statement);
        }
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, storable(values[i]));
        }
        return statement;
    }

    /**
     * The value as both databases take it and give it back: in a text, NUL and half characters are written as the
     * escapes that JSON has for them.
     */
    public static Object storable(Object value) {
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
