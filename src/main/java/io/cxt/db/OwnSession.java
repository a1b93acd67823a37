package io.cxt.db;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The session that a connection to PostgreSQL has there. A pooler in transaction mode gives each transaction any of its
 * sessions, and its mode can be changed while CXT runs. The driver's prepared statements are known by short
 * names in their session, so that in another one {@code S_7}, or {@code COMMIT}, may be a different statement.
 */
final class OwnSession {
    /** What the last statements of a transaction say in a session that is not its own: 1/0, or no transaction. */
    private static final String ONE_BY_ZERO = "22012";

    private static final String NO_TRANSACTION = "25P01";

    static final String LENT =
            "Something between cxt and PostgreSQL gives each transaction another connection (a pooler in transaction mode), which"
                    + " loses locks. " + Outage.SESSION_MODE;

    private final String end;

    private OwnSession(String end) {
        this.end = end;
    }

    /** That of a connection outside of a transaction. One of SQLite has none, and commits nothing here. */
    static OwnSession of(Connection connection) throws SQLException {
        return new OwnSession(
                connection.getMetaData().getDatabaseProductName().equals("PostgreSQL")
                        ? "SAVEPOINT ending; SELECT 1 / (pg_backend_pid() = %s)::int; COMMIT"
                                .formatted(number(connection))
                        : "");
    }

    /** The number of the session that the next statement runs in. */
    static int number(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            return row.getInt(1);
        }
    }

    /**
     * Commits a transaction that has run a statement, in one round trip, if all of it ran in this session.
     *
     * @throws SQLException when it did not, and nothing was committed; as of a connection that is gone
     */
    void commit(Connection connection) throws SQLException {
        if (end.isEmpty()) {
            return;
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute(end);
        } catch (SQLException e) {
            throw ONE_BY_ZERO.equals(e.getSQLState()) || NO_TRANSACTION.equals(e.getSQLState())
                    ? new SQLException(LENT, "08006", e)
                    : e;
        }
    }
}
