package io.cxt.ledger;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;

/**
 * Which sources this instance has in hand, so that of several on one PostgreSQL and one folder only one reads a file.
 * An advisory lock for each, on a connection of its own: when the process ends, however it does, the database lets go.
 *
 * <p>This keeps instances out of each other's way. That nothing is sent twice does not rest on it, but on the claims.
 */
final class Holds implements AutoCloseable {
    private final Database database;
    private final Set<Long> held = new HashSet<>();
    private Session session;

    Holds(Database database) {
        this.database = database;
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
        boolean taken = ask("SELECT pg_try_advisory_lock(?)", key);
        if (taken) {
            held.add(key);
        }
        return taken;
    }

    synchronized void letGo(String door, String source) {
        long key = key(door, source);
        if (held.remove(key) && session != null) {
            try {
                ask("SELECT pg_advisory_unlock(?)", key);
            } catch (LedgerException e) {
                close(); // the database lets go of a connection's locks with the connection
            }
        }
    }

    private boolean ask(String sql, long key) {
        try {
            return open().one(sql, row -> row.getBoolean(1), key);
        } catch (SQLException e) {
            close();
            if (!Outage.ofConnection(e)) {
                throw LedgerException.asking(e);
            }
        }
        try {
            return open().one(sql, row -> row.getBoolean(1), key);
        } catch (SQLException e) {
            close();
            throw LedgerException.asking(e);
        }
    }

    /** A new connection takes again what the one before had; what another instance took meanwhile is left to it. */
    private Session open() throws SQLException {
        if (session == null) {
            session = new Session(database.openForHolding());
            for (long key : held) {
                session.one("SELECT pg_try_advisory_lock(?)", row -> row.getBoolean(1), key);
            }
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

    @Override
    public synchronized void close() {
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
