package io.cxt.db;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.SQLTransientException;
import java.util.Set;
import org.sqlite.NativeLibraryNotFoundException;

/** Faults of the database: whether the same work may succeed later, and what a person can do. */
public final class Outage {
    /** Classes of SQLSTATE: connection, transaction rolled back, resources, object in use, operator, system. */
    private static final Set<String> PASSING = Set.of("08", "40", "53", "55", "57", "58");

    /** SQLite: busy, locked, read-only, I/O, full, cannot open. */
    private static final Set<Integer> SQLITE_PASSING = Set.of(5, 6, 8, 10, 13, 14);

    /** The server is read-only, for example a standby. */
    private static final String READ_ONLY = "25006";

    /** The database ended a connection that was idle in a transaction, such as that of a frozen process. */
    private static final String STOOD_STILL = "25P03";

    /** Data exception, constraint, a limit of the program. SQLite: too big, constraint, mismatch, range. */
    private static final Set<String> DATA = Set.of("22", "23", "54");

    private static final Set<Integer> SQLITE_DATA = Set.of(18, 19, 20, 25);

    /** Another process wrote to our chain: its end must be read again. */
    private static final String NOT_UNIQUE = "23505";

    /** A prepared statement is not there, or is there already: the session is not that of the connection. */
    private static final Set<String> OTHER_SESSION = Set.of("26000", "42P05");

    private Outage() {}

    /** True when the same work may succeed later: no answer, a lock is held, a disk is full. */
    public static boolean is(Throwable fault) {
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
                || state.equals(NOT_UNIQUE)
                || OTHER_SESSION.contains(state);
    }

    /** True when the database refuses a value. All else is a fault of the database itself and may pass. */
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

    /** True when only the connection is gone: another one may work. */
    public static boolean ofConnection(SQLException fault) {
        String state = fault.getSQLState();
        return state != null
                && (state.startsWith("08")
                        || state.startsWith("57P")
                        || state.equals(STOOD_STILL)
                        || OTHER_SESSION.contains(state));
    }

    /** True when the statement ran in a session of the database that is not the connection's. */
    static boolean ofSession(SQLException fault) {
        return OTHER_SESSION.contains(String.valueOf(fault.getSQLState()));
    }

    static final String MORE_CONNECTIONS =
            "An instance of cxt takes up to 8 connections: have max_connections, the limit of its user, the size of a"
                    + " pooler's pool, or the host's pool raised";

    static final String SESSION_MODE =
            "Use session mode, for example pool_mode = session of pgbouncer, or let ledger.url lead"
                    + " to PostgreSQL itself";

    /** What a person can do about a ledger that cannot be opened. */
    public static String next(SQLException e) {
        if (noConnectionLeft(e)) {
            return MORE_CONNECTIONS;
        }
        String words = Database.reason(e);
        if (words.contains("extra_float_digits")) {
            return "That is pgbouncer: set ignore_startup_parameters = extra_float_digits there";
        }
        if (words.contains("statement pooling mode")) {
            return SESSION_MODE;
        }
        if (words.contains("does not support SSL")) {
            return "Switch TLS on at the server (ssl = on, with a certificate), or have sslmode in ledger.url changed";
        }
        String state = String.valueOf(e.getSQLState());
        switch (state) {
            case "42501":
                if (words.startsWith("FATAL: permission denied for database")) {
                    return "Its user may not connect. Have the database's owner or a superuser run: GRANT CONNECT ON DATABASE … TO"
                            + " the user";
                }
                return "Its user lacks a right. Have the database's owner or a superuser run: ALTER DATABASE … OWNER TO the user;"
                        + " or GRANT USAGE, CREATE ON SCHEMA public TO the user; in the pool of a host, CREATE SCHEMA cxt"
                        + " AUTHORIZATION the user";
            case "3F000":
                return "The search_path of its user names no schema that is there and that it may use. Have it set: ALTER ROLE … SET"
                        + " search_path = public; or put currentSchema=… into ledger.url";
            case "3D000":
                return "Have the database made: CREATE DATABASE … OWNER … ENCODING 'UTF8' TEMPLATE template0; or check ledger.url";
            case "28000", "28P01":
                return "Check ledger.username and ledger.password-file, and that pg_hba.conf lets this machine in";
            case "57P03":
                return "PostgreSQL is starting, stopping or recovering. A CXT that runs goes on by itself once PostgreSQL takes"
                        + " connections. If it has ended, start it again";
            case "57014":
                return "The server ends statements too early. Have it set: ALTER ROLE … SET statement_timeout = 0";
            case "57P05":
                return "The server ends idle sessions too early. Have it set: ALTER ROLE … SET idle_session_timeout = 0";
            case READ_ONLY:
                return "It is a standby, or the database or user is set to read-only. Let ledger.url lead to the primary, for"
                        + " example with targetServerType=primary; or set default_transaction_read_only = off";
            default:
        }
        if (e.getCause() instanceof NativeLibraryNotFoundException) {
            return "Nothing was sent";
        }
        switch (e.getErrorCode() & 0xff) { // of SQLite; PostgreSQL's driver gives none
            case 10, 13:
                return "Look at the disk under data.dir: it may be full";
            case 3, 8, 23:
                return "See that the user who runs cxt may write to the ledger and into its folder";
            default:
        }
        return ofConnection(e)
                ? "See that PostgreSQL is up and reached from this machine, and check ledger.url"
                : "Check ledger.url";
    }
}
