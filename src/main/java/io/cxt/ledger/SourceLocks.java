package io.cxt.ledger;

import io.cxt.db.Database;
import io.cxt.db.LedgerException;
import io.cxt.db.Outage;
import io.cxt.db.Session;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * Which sources this instance has in hand, so that of several on one PostgreSQL and one folder only one reads a file.
 * An advisory lock for each, on a connection of its own that asks something now and then: when the process ends the
 * database frees them at once, and when it is frozen the database ends the connection after the lease.
 *
 * <p>This keeps instances out of each other's way. That nothing is sent twice does not rest on it, but on the claims.
 */
final class SourceLocks implements AutoCloseable {
    /** How old the last answer of the database may be for a lock to count as held. */
    private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();

    private final Database database;
    private final Duration lease;
    private final Set<Long> held = new HashSet<>();
    private Session session;
    private boolean closed;
    private long answeredAt;

    /** @param lease after which the database ends the connection of a process that gives no sign of life */
    SourceLocks(Database database, Duration lease) {
        this.database = database;
        this.lease = lease;
    }

    /** True when there may be other instances. */
    boolean needed() {
        return !database.sqlite();
    }

    /** @return false when another instance has it */
    synchronized boolean take(String door, String source) {
        if (!needed()) {
            return true; // one process has it all
        }
        long key = key(door, source);
        boolean taken = ask("SELECT pg_try_advisory_lock(?)", Session.Row.BOOLEAN, key);
        if (taken) {
            held.add(key);
        }
        return taken;
    }

    /**
     * True while a source that was taken is still this instance's. A process that was frozen, or lost its connection,
     * may have lost it to another one, which the database knows.
     *
     * @param now true to ask the database in any case, false when an answer of a second ago will do
     */
    synchronized boolean keeps(String door, String source, boolean now) {
        if (!needed()) {
            return true;
        }
        if (now || System.nanoTime() - answeredAt > FRESH_NANOS) {
            giveSign();
        }
        return held.contains(key(door, source));
    }

    /**
     * Tells the database that this process lives. Take it not for granted that all is still held afterwards.
     *
     * @return the database's clock, in milliseconds since 1970
     */
    synchronized long giveSign() {
        return ask("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint", row -> row.getLong(1));
    }

    synchronized void letGo(String door, String source) {
        long key = key(door, source);
        if (held.remove(key) && session != null) {
            try {
                ask("SELECT pg_advisory_unlock(?)", Session.Row.BOOLEAN, key);
            } catch (LedgerException e) {
                disconnect(); // the database lets go of a connection's locks with the connection
            }
        }
    }

    private <T> T ask(String sql, Session.Row<T> answer, Object... values) {
        try {
            return once(sql, answer, values);
        } catch (SQLException e) {
            disconnect();
            if (!Outage.ofConnection(e)) {
                throw LedgerException.asking(e);
            }
        }
        try {
            return once(sql, answer, values);
        } catch (SQLException e) {
            disconnect();
            throw LedgerException.asking(e);
        }
    }

    private <T> T once(String sql, Session.Row<T> row, Object... values) throws SQLException {
        T answer = open().one(sql, row, values);
        answeredAt = System.nanoTime();
        return answer;
    }

    /** A new connection takes again what the one before had; what another instance took meanwhile is left to it. */
    private Session open() throws SQLException {
        if (closed) {
            throw new SQLException("CXT has given back what it held", "08003");
        }
        if (session == null) {
            session = new Session(database.openForHolding(lease));
            Set<Long> lost = new HashSet<>();
            for (long key : held) {
                if (!session.one("SELECT pg_try_advisory_lock(?)", Session.Row.BOOLEAN, key)) {
                    lost.add(key);
                }
            }
            held.removeAll(lost);
        }
        return session;
    }

    private static long key(String door, String source) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(("cxt " + door + " " + source).getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** No other connection is opened after that: a last sign of life would take again what was given back. */
    @Override
    public synchronized void close() {
        closed = true;
        disconnect();
    }

    private void disconnect() {
        if (session != null) {
            try (Session last = session) {
                if (!held.isEmpty()) { // a host's pool would keep the connection, and with it the locks
                    last.one("SELECT pg_advisory_unlock_all()", row -> null);
                }
            } catch (SQLException e) {
                // it is given up all the same
            } finally {
                session = null;
            }
        }
    }
}
