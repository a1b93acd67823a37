package io.cxt.ledger;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ledger's one writer. Whatever waits goes into one transaction, so that its callers share the cost of the
 * commit; the next transaction begins as soon as the one before is on the disk.
 *
 * <p>Work may be run a second time: when one piece of a transaction fails, all of it is rolled back and each piece is
 * run again on its own, so that only the faulty one fails.
 */
final class GroupCommit implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);
    /** Most pieces in one transaction: bounds how long the first of them waits. */
    private static final int MOST_AT_ONCE = 512;

    /** How often it is looked whether the database's file is still in its place. */
    private static final long LOOK_EVERY_NANOS = 1_000_000_000L;

    /** A piece of a transaction. Must not keep anything it did from a run that was rolled back. */
    interface Work<T> {
        T run(Session session) throws SQLException;
    }

    private record Waiting<T>(Work<T> work, CompletableFuture<T> done) {}

    private final Database database;
    private final AuditChain chain;
    private final ReentrantLock writing;
    private final LinkedBlockingQueue<Waiting<?>> queue = new LinkedBlockingQueue<>();
    private final Thread writer = new Thread(this::write, "cxt-ledger");
    private Session session;
    private CompletableFuture<Void> current;
    private long lookedAt = System.nanoTime();
    private volatile boolean closed;
    private volatile SQLException trouble;

    /** @param writing held by whoever uses the writer's connection */
    GroupCommit(Database database, AuditChain chain, ReentrantLock writing) {
        this.database = database;
        this.chain = chain;
        this.writing = writing;
        writer.setDaemon(true);
        writer.start();
    }

    /** Hands over a piece of work; the future is done when it is on the disk. */
    <T> CompletableFuture<T> submit(Work<T> work) {
        Waiting<T> waiting = new Waiting<>(work, new CompletableFuture<>());
        queue.add(waiting);
        if (closed) {
            waiting.done.completeExceptionally(new LedgerException("The ledger is closed", null));
        }
        return waiting.done;
    }

    /** {@link #submit} and wait until it is on the disk. */
    <T> T call(Work<T> work) {
        try {
            return submit(work).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof SQLException fault) {
                throw new LedgerException("Cannot write to the ledger: " + Database.reason(fault), fault);
            }
            throw e.getCause() instanceof RuntimeException fault ? fault : e;
        }
    }

    /** Why the last transaction could not be written; null when it could. */
    SQLException trouble() {
        return trouble;
    }

    private void write() {
        List<Waiting<?>> batch = new ArrayList<>();
        while (!closed || !queue.isEmpty()) {
            try {
                batch.add(queue.take());
                queue.drainTo(batch, MOST_AT_ONCE - 1);
                write(batch);
            } catch (InterruptedException e) {
                LOG.debug("Closing: what waits is written first");
            } catch (Error e) {
                LOG.error("The ledger's writer met {} and goes on", e.getClass().getName());
                batch.forEach(waiting -> waiting.done.completeExceptionally(e));
            } finally {
                batch.clear();
            }
        }
    }

    private void write(List<Waiting<?>> batch) {
        writing.lock();
        List<Runnable> answers = new ArrayList<>(batch.size());
        try {
            transaction(batch, answers);
        } catch (SQLException | RuntimeException e) {
            answers.clear();
            if (batch.size() == 1) {
                answers.add(() -> batch.get(0).done.completeExceptionally(e));
            } else {
                for (Waiting<?> waiting : batch) {
                    alone(waiting, answers);
                }
            }
        } finally {
            writing.unlock();
        }
        answers.forEach(Runnable::run);
    }

    private void alone(Waiting<?> waiting, List<Runnable> answers) {
        try {
            transaction(List.of(waiting), answers);
        } catch (SQLException | RuntimeException e) {
            answers.add(() -> waiting.done.completeExceptionally(e));
        }
    }

    /** Runs the work and commits; adds what to tell the callers once it is on the disk. */
    private void transaction(List<Waiting<?>> batch, List<Runnable> answers) throws SQLException {
        int before = answers.size();
        try {
            begin();
            for (Waiting<?> waiting : batch) {
                answers.add(run(waiting));
            }
            session.commit();
            chain.committed();
            trouble = null;
            CompletableFuture<Void> committed = current;
            current = null;
            answers.add(() -> committed.complete(null));
        } catch (SQLException | RuntimeException | Error e) {
            while (answers.size() > before) {
                answers.remove(answers.size() - 1);
            }
            if (e instanceof SQLException fault) {
                trouble = fault;
            }
            rollBack(e);
            throw e;
        }
    }

    /** Begins a transaction, unless one that was lent is open still. */
    private void begin() throws SQLException {
        if (session == null) {
            session = new Session(database.openForWriting());
        } else if (System.nanoTime() - lookedAt > LOOK_EVERY_NANOS) {
            database.requireInPlace();
            lookedAt = System.nanoTime();
        }
        if (current == null) {
            session.begin();
            current = new CompletableFuture<>();
        }
        chain.begin(session);
    }

    /**
     * Lends the writer's connection, within a transaction, to another writer of the same database file. The ledger
     * waits until it is handed back; so what the other writes shares the ledger's next commit.
     */
    Session lend() throws SQLException {
        writing.lock();
        boolean lent = false;
        try {
            begin();
            lent = true;
            return session;
        } catch (SQLException e) {
            rollBack(e);
            throw e;
        } finally {
            if (!lent) {
                writing.unlock();
            }
        }
    }

    /** Takes the connection back; the future is done when what was written is on the disk. */
    CompletableFuture<Void> handBack() {
        CompletableFuture<Void> onDisk = current;
        submit(none -> null); // so that there is a commit, even when nobody else writes
        writing.unlock();
        return onDisk;
    }

    private <T> Runnable run(Waiting<T> waiting) throws SQLException {
        T result = waiting.work.run(session);
        return () -> waiting.done.complete(result);
    }

    private void rollBack(Throwable why) {
        chain.rolledBack();
        if (current != null) {
            current.completeExceptionally(why);
            current = null;
        }
        if (session == null) {
            return;
        }
        try {
            session.connection().rollback();
        } catch (SQLException e) {
            LOG.debug("A broken connection did not roll back", e);
        }
        closeSession(); // a connection that failed once is not trusted with the next transaction
    }

    private void closeSession() {
        if (session != null) {
            try {
                session.close();
            } catch (SQLException e) {
                LOG.debug("A broken connection did not close", e);
            }
            session = null;
        }
    }

    /** True from the moment on when no more work is taken. */
    boolean closing() {
        return closed;
    }

    /** Writes what waits, then ends. */
    @Override
    public void close() {
        closed = true;
        writer.interrupt();
        try {
            writer.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        closeSession();
    }
}
