package io.cxt.db;

import io.cxt.db.GroupCommit.Work;
import io.cxt.db.WriteQueue.Piece;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
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
    private boolean connectedBefore;
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
            connected = new Session(connectedBefore ? database.openForWritingAgain() : database.openForWriting());
            connectedBefore = true;
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

    /**
     * Runs pieces, and adds the answers to their callers. Work of one stage asks and changes at once, so all before it is
     * done with first, and it keeps its place.
     */
    static void run(List<Piece<?>> batch, Session session, List<Runnable> answers) throws SQLException {
        List<Work<Runnable>> second = new ArrayList<>(batch.size());
        for (Piece<?> piece : batch) {
            if (!(piece.work() instanceof Staged)) {
                end(second, session, answers);
            }
            second.add(first(piece, session));
        }
        end(second, session, answers);
        session.flush();
    }

    private static <T> Work<Runnable> first(Piece<T> piece, Session session) throws SQLException {
        Work<T> second;
        if (piece.work() instanceof Staged<T> staged) {
            second = staged.queue(session);
        } else {
            T result = piece.work().run(session);
            second = none -> result;
        }
        return open -> {
            T result = second.run(open);
            return () -> piece.done().complete(result);
        };
    }

    private static void end(List<Work<Runnable>> second, Session session, List<Runnable> answers) throws SQLException {
        session.flush();
        for (Work<Runnable> each : second) {
            answers.add(each.run(session));
        }
        second.clear();
    }

    /** Commits; the caller completes {@link Open#onDisk}. */
    void commit(Open begun) throws SQLException {
        listener.ending(begun.session());
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
