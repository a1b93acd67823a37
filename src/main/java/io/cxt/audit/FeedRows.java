package io.cxt.audit;

import io.cxt.db.Session;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Writes the rows of the audit feed: the first caller writes all that wait, in one transaction on one connection. When
 * that fails each caller writes its own, so that a faulty row keeps no other from the feed.
 */
public final class FeedRows {
    /** A value by its name, as Camel's jdbc component writes it. */
    private static final Pattern NAME = Pattern.compile(":\\?(\\w+)");

    private final DataSource database;
    private final Queue<Row> waiting = new ConcurrentLinkedQueue<>();
    private final ReentrantLock writing = new ReentrantLock();

    private static final class Row {
        private final String statement;
        private final Map<String, @Nullable Object> values;
        private boolean written;

        private Row(String statement, Map<String, @Nullable Object> values) {
            this.statement = statement;
            this.values = values;
        }
    }

    public FeedRows(DataSource database) {
        this.database = database;
    }

    /** A statement with question marks in place of the names. */
    public static String numbered(String statement) {
        return NAME.matcher(statement).replaceAll("?");
    }

    /**
     * Writes a row; it is in the feed when this returns. For many threads.
     *
     * @param statement with names such as {@code :?status}
     * @param values by name
     */
    public void write(String statement, Map<String, @Nullable Object> values) throws SQLException {
        Row row = new Row(statement, values);
        waiting.add(row);
        writing.lock();
        try {
            if (waiting.contains(row)) {
                writeAll();
            }
        } finally {
            writing.unlock();
        }
        if (!row.written) {
            write(List.of(row));
        }
    }

    private void writeAll() {
        List<Row> rows = new ArrayList<>();
        for (Row row = waiting.poll(); row != null; row = waiting.poll()) {
            rows.add(row);
        }
        try {
            write(rows);
        } catch (SQLException | RuntimeException e) {
            return; // each alone
        }
        rows.forEach(row -> row.written = true);
    }

    private void write(List<Row> rows) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            for (Map.Entry<String, List<Row>> each : rows.stream()
                    .collect(Collectors.groupingBy(row -> row.statement))
                    .entrySet()) {
                write(connection, each.getKey(), each.getValue());
            }
            connection.commit();
        }
    }

    private static void write(Connection connection, String statement, List<Row> rows) throws SQLException {
        List<String> names =
                NAME.matcher(statement).results().map(name -> name.group(1)).toList();
        try (PreparedStatement insert = connection.prepareStatement(numbered(statement))) {
            for (Row row : rows) {
                for (int i = 0; i < names.size(); i++) {
                    insert.setObject(i + 1, Session.storable(row.values.get(names.get(i))));
                }
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }
}
