package io.cxt.db;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Whether PostgreSQL gives an instance the connections that it works with, each with a session of its own. */
final class SessionCheck {
    /** Writer, reader, source locks, pace and audit feed have one each; the feed takes up to three more. */
    private static final int NEEDED = 5;

    /** The oldest PostgreSQL that can end an idle connection. */
    private static final int OLDEST = 14;

    private SessionCheck() {}

    /**
     * Opens as many connections as an instance works with, and closes them.
     *
     * @throws LedgerException when they cannot be had, when transactions of one connection may run on several (which
     *     loses locks and settings), or when PostgreSQL is too old to end those of a frozen process
     */
    static void check(Database database) {
        List<Connection> open = new ArrayList<>();
        try {
            while (open.size() < NEEDED) {
                open.add(database.openForWriting());
            }
            if (open.get(0).getMetaData().getDatabaseMajorVersion() < OLDEST) {
                throw new UnusableLedgerException("The ledger needs PostgreSQL %s or newer".formatted(OLDEST));
            }
            if (shared(open.get(0), open.get(1))) {
                throw new UnusableLedgerException(OwnSession.LENT);
            }
        } catch (SQLException e) {
            throw new LedgerException(
                    "Cannot open the ledger: %s. It gave %s of the %s connections that an instance works with. %s"
                            .formatted(
                                    Database.reason(e),
                                    open.size(),
                                    NEEDED,
                                    open.isEmpty() || open.size() == NEEDED ? Outage.next(e) : Outage.MORE_CONNECTIONS),
                    e);
        } finally {
            open.forEach(SessionCheck::close);
        }
    }

    /**
     * Checks a connection that replaces a lost one, with a second one. Where none is to be had, as in a pool that is as small as
     * it may be, each commit finds out by itself.
     *
     * @throws SQLException when it has no session of its own, as of a connection that is gone
     */
    static void again(Database database, Connection mine) throws SQLException {
        Connection other;
        try {
            other = database.openForWriting();
        } catch (SQLException e) {
            return;
        }
        try (other) {
            if (shared(mine, other)) {
                throw new SQLException(OwnSession.LENT, "08006");
            }
        }
    }

    /** True when two connections use one session in turns. */
    private static boolean shared(Connection mine, Connection other) throws SQLException {
        int before = OwnSession.number(mine);
        other.setAutoCommit(false); // keeps its session busy
        int others = OwnSession.number(other);
        boolean shared = others == before || OwnSession.number(mine) != before;
        other.setAutoCommit(true);
        for (int i = 0; i < 3; i++) { // a pooler that assigns them in turn
            shared |= OwnSession.number(mine) != before;
        }
        return shared;
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            // it is abandoned in any case
        }
    }
}
