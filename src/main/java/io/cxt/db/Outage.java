package io.cxt.db;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.SQLTransientException;
import java.util.Set;

/** Tells a fault of the database, after which the same work may succeed, from a fault in the work itself. */
public final class Outage {
    /** Classes of SQLSTATE: connection, transaction rolled back, resources, object in use, operator, system. */
    private static final Set<String> PASSING = Set.of("08", "40", "53", "55", "57", "58");

    /** SQLite: busy, locked, read-only, I/O, full, cannot open. */
    private static final Set<Integer> SQLITE_PASSING = Set.of(5, 6, 8, 10, 13, 14);

    private static final String READ_ONLY = "25006";

    /** The database ended a connection that stood still in a transaction, as that of a frozen process. */
    private static final String STOOD_STILL = "25P03";

    /** Data exception, constraint, a limit of the program. SQLite: too big, constraint, mismatch, range. */
    private static final Set<String> DATA = Set.of("22", "23", "54");

    private static final Set<Integer> SQLITE_DATA = Set.of(18, 19, 20, 25);

    /** Somebody wrote on in our chain: its end has to be read anew. */
    private static final String NOT_UNIQUE = "23505";

    private Outage() {}

    /** True when the same work may succeed later: nobody answers, a lock is held, a disk is full. */
    static boolean is(Throwable fault) {
        if (!(fault instanceof SQLException sql)) {
            return false;
        }
        String state = sql.getSQLState();
        if (fault instanceof SQLTransientException) {
            return true; // a pool says so when all of its connections are taken
        }
        if (state == null || state.length() != 5) {
            return SQLITE_PASSING.contains(sql.getErrorCode() & 0xff);
        }
        return PASSING.contains(state.substring(0, 2))
                || state.equals(READ_ONLY)
                || state.equals(STOOD_STILL)
                || state.equals(NOT_UNIQUE);
    }

    /** True when it is a value that the database does not take. All else is a fault of the database, and may pass. */
    static boolean ofData(SQLException fault) {
        String state = fault.getSQLState();
        if (state == null || state.length() != 5) {
            return SQLITE_DATA.contains(fault.getErrorCode() & 0xff);
        }
        return DATA.contains(state.substring(0, 2)) && !state.equals(NOT_UNIQUE);
    }

    /** True when all connections are taken, of a server ({@code too_many_connections}) or of a pool. */
    static boolean noConnectionLeft(SQLException fault) {
        return "53300".equals(fault.getSQLState()) || fault instanceof SQLTransientConnectionException;
    }

    /** True when it is only the connection that is gone: another one may do. */
    public static boolean ofConnection(SQLException fault) {
        String state = fault.getSQLState();
        return state != null && (state.startsWith("08") || state.startsWith("57P") || state.equals(STOOD_STILL));
    }
}
