package io.cxt.ledger;

import io.cxt.audit.AuditChain;
import io.cxt.db.Database;
import io.cxt.db.LedgerException;
import io.cxt.db.Outage;
import io.cxt.db.Session;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The sources that this instance reads, so that of several instances on one PostgreSQL and one folder only one reads a
 * file. Each has an advisory lock, on a connection that asks something at intervals: when the process ends the database
 * frees the locks at once, and when it is frozen the database ends the connection after the lease.
 *
 * <p>This only keeps instances out of each other's way. That nothing is sent twice depends on the claims.
 */
final class SourceLocks implements AutoCloseable {
    /** How old the last answer of the database may be for a lock to count as held. */
    private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();

    private static final String TRY = "SELECT pg_try_advisory_lock(?)";

    private final Database database;
    private final Duration lease;
    private final Set<Long> held = new HashSet<>();
    private @Nullable Session session;
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
    synchronized boolean take(String pickup, String source) {
        if (!needed()) {
            return true; // one process has it all
        }
        long key = key(pickup, source);
        if (held.contains(key) && keeps(pickup, source, true)) {
            return true; // the database counts: locked twice, it would be unlocked once
        }
        boolean taken = ask(TRY, Session.Row.BOOLEAN, key);
        if (taken) {
            held.add(key);
        }
        return taken;
    }

    /**
     * True while a locked source is still this instance's. A process that was frozen, or lost its connection, may have
     * lost it to another one, which the database knows.
     *
     * @param now true to ask the database in any case, false when an answer at most a second old is enough
     */
    synchronized boolean keeps(String pickup, String source, boolean now) {
        if (!needed()) {
            return true;
        }
        if (now || System.nanoTime() - answeredAt > FRESH_NANOS) {
            giveSign();
        }
        return held.contains(key(pickup, source));
    }

    /**
     * Tells the database that this process lives. A lock may be lost afterwards.
     *
     * @return the database's clock, in milliseconds since 1970
     */
    synchronized long giveSign() {
        return ask("SELECT " + Database.POSTGRESQL_NOW, row -> row.getLong(1));
    }

    synchronized void release(String pickup, String source) {
        long key = key(pickup, source);
        if (held.remove(key) && session != null) {
            try {
                ask("SELECT pg_advisory_unlock(?)", Session.Row.BOOLEAN, key);
            } catch (LedgerException e) {
                disconnect(); // the database frees a connection's locks with the connection
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
        T answer = open().one(sql, row, values).orElseThrow();
        answeredAt = System.nanoTime();
        return answer;
    }

    /** A new connection locks again what the previous one had, except what another instance has locked meanwhile. */
    private Session open() throws SQLException {
        if (closed) {
            throw new SQLException("CXT has released its sources", "08003");
        }
        Session open = session;
        if (open == null) {
            open = new Session(database.openForHolding(lease));
            session = open;
            Set<Long> lost = new HashSet<>();
            for (long key : held) {
                if (!open.one(TRY, Session.Row.BOOLEAN, key).orElse(false)) {
                    lost.add(key);
                }
            }
            held.removeAll(lost);
        }
        return open;
    }

    private static long key(String pickup, String source) {
        byte[] digest = AuditChain.sha256().digest(("cxt " + pickup + " " + source).getBytes(StandardCharsets.UTF_8));
        return ByteBuffer.wrap(digest).getLong();
    }

    /** No other connection is opened afterwards: a last sign of life would lock again what was released. */
    @Override
    public synchronized void close() {
        closed = true;
        disconnect();
    }

    private void disconnect() {
        if (session != null) {
            try (Session last = session) {
                if (!held.isEmpty()) { // a host's pool would keep the connection, and with it the locks
                    last.any("SELECT pg_advisory_unlock_all()");
                }
            } catch (SQLException e) {
                // it is abandoned in any case
            } finally {
                session = null;
            }
        }
    }
}
