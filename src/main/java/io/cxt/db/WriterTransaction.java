package io.cxt.db;

import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writer's connection with its transaction, which stays open when it was borrowed until the next commit. Used by
 * one thread at a time.
 */
final class WriterTransaction {
    private static final Logger LOG = LoggerFactory.getLogger(WriterTransaction.class);

    /** How often it is checked that the database's file is still in its place. */
    private static final long CHECK_EVERY_NANOS = 1_000_000_000L;

    /** @param onDisk completes when what is written in the transaction is on the disk */
    record Open(Session session, CompletableFuture<Void> onDisk) {}

    private final Database database;
    private final TransactionListener listener;
    private @Nullable Session session;
    private @Nullable Open open;
    private boolean committing;
    private long checkedAt = System.nanoTime();

    WriterTransaction(Database database, TransactionListener listener) {
        this.database = database;
        this.listener = listener;
    }

    /** Begins a transaction, unless one that was borrowed is open still. */
    Open begin() throws SQLException {
        committing = false;
        Session connected = session;
        if (connected == null) {
            connected = new Session(database.openForWriting());
            session = connected;
        } else if (System.nanoTime() - checkedAt > CHECK_EVERY_NANOS) {
            database.requireInPlace();
            checkedAt = System.nanoTime();
        }
        Open begun = open;
        if (begun == null) {
            connected.begin();
            begun = new Open(connected, new CompletableFuture<>());
            open = begun;
        }
        listener.begin(connected);
        return begun;
    }

    /** Commits; the caller completes {@link Open#onDisk}. */
    void commit(Open begun) throws SQLException {
        committing = true;
        begun.session().commit();
        listener.committed();
        open = null;
    }

    /** True when the next transaction begins on a connection that has lain idle, which may have been ended meanwhile. */
    boolean idle() {
        return session != null && open == null;
    }

    /** True when the last transaction failed at its commit, so that it may be on the disk. */
    boolean mayBeCommitted() {
        return committing;
    }

    /** Rolls back, and closes the connection: one that failed once is not trusted with the next transaction. */
    void rollBack(Throwable why) {
        listener.rolledBack();
        if (open != null) {
            open.onDisk().completeExceptionally(why);
            open = null;
        }
        if (session != null) {
            try {
                session.connection().rollback();
            } catch (SQLException e) {
                LOG.debug("A broken connection did not roll back", e);
            }
        }
        close();
    }

    void close() {
        if (session != null) {
            try {
                session.close();
            } catch (SQLException e) {
                LOG.debug("A broken connection did not close", e);
            }
            session = null;
        }
    }
}
