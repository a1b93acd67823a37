package io.cxt.db;

import io.cxt.db.WriteQueue.Piece;
import io.cxt.settings.Errors;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ledger's one writer. Whatever waits goes into one transaction, so that its callers share the cost of the
 * commit; the next transaction begins as soon as the one before is on the disk.
 *
 * <p>Work may be run a second time: when one piece of a transaction fails, all of it is rolled back and each piece is
 * run again on its own, so that only the faulty one fails. When the database itself is out of order, lasting pieces
 * are kept and run again until they are written, and all others fail at once.
 *
 * <p>Long because a transaction, its loan and what follows when it fails are one thing.
 */
public final class GroupCommit implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);
    /** A transaction that takes longer is worth an alarm. */
    private static final Duration SLOW = Duration.ofSeconds(5);

    /** How often it is looked whether the database's file is still in its place. */
    private static final long LOOK_EVERY_NANOS = 1_000_000_000L;

    /** A piece of a transaction. Must not keep anything it did from a run that was rolled back. */
    public interface Work<T> {
        T run(Session session) throws SQLException;
    }

    private final Database database;
    private final TransactionListener listener;
    private final ReentrantLock writing;
    private final WriteQueue pieces = new WriteQueue();
    private final Thread writer = new Thread(this::write, "cxt-ledger");
    private Session session;
    private boolean committing;
    private CompletableFuture<Void> current;
    private long lookedAt = System.nanoTime();
    private volatile boolean closed;
    private volatile SQLException trouble;
    private volatile Long writingSince;

    /** @param writing held by whoever uses the writer's connection */
    public GroupCommit(Database database, TransactionListener listener, ReentrantLock writing) {
        this.database = database;
        this.listener = listener;
        this.writing = writing;
        writer.setDaemon(true);
        writer.start();
    }

    /** Hands over a piece of work; the future is done when it is on the disk. */
    public <T> CompletableFuture<T> submit(Work<T> work) {
        return submit(work, false);
    }

    /**
     * The same for what has happened already, and must be on record: while the database is out of order it is kept,
     * and tried again until it is written. Must do no harm when it is on the disk already.
     */
    public <T> CompletableFuture<T> submitLasting(Work<T> work) {
        return submit(work, true);
    }

    private <T> CompletableFuture<T> submit(Work<T> work, boolean lasting) {
        Piece<T> piece = new Piece<>(work, new CompletableFuture<>(), lasting);
        pieces.add(piece);
        if (closed) {
            piece.done().completeExceptionally(new LedgerException("The ledger is closed", null));
        }
        return piece.done();
    }

    /** {@link #submit} and wait until it is on the disk. */
    public <T> T call(Work<T> work) {
        return join(submit(work));
    }

    /** {@link #submitLasting} and wait until it is on the disk. */
    public <T> T callLasting(Work<T> work) {
        return join(submitLasting(work));
    }

    /** Waits until it is on the disk. */
    public static <T> T join(CompletableFuture<T> onDisk) {
        try {
            return onDisk.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof SQLException fault) {
                throw new LedgerException("Cannot write to the ledger: " + Database.reason(fault), fault);
            }
            throw e.getCause() instanceof RuntimeException fault ? fault : e;
        }
    }

    /** Why nothing can be written, in words; null when it can. */
    public String trouble() {
        SQLException fault = trouble;
        Long since = writingSince;
        if (fault == null && since != null && System.nanoTime() - since > SLOW.toNanos()) {
            return "no answer for %s seconds".formatted((System.nanoTime() - since) / 1_000_000_000);
        }
        return fault == null ? null : Database.reason(fault);
    }

    /** The process is about to end: lasting pieces wait no longer than this. */
    public void hurry(Duration patience) {
        pieces.hurry(patience);
    }

    private void write() {
        List<Piece<?>> batch = new ArrayList<>();
        while (!closed || !pieces.isEmpty()) {
            try {
                pieces.next(batch);
                writingSince = System.nanoTime();
                write(batch);
            } catch (InterruptedException e) {
                LOG.debug("Closing: what waits is written first");
            } catch (Error e) {
                LOG.error("the ledger's writer met {}", e.getClass().getName());
                batch.forEach(piece -> piece.done().completeExceptionally(e));
                Errors.passOn(e);
            } finally {
                writingSince = null;
                batch.clear();
            }
        }
    }

    private void write(List<Piece<?>> batch) {
        writing.lock();
        List<Runnable> answers = new ArrayList<>(batch.size());
        try {
            transactionOnAnyConnection(batch, answers);
        } catch (SQLException | RuntimeException e) {
            answers.clear();
            if (batch.size() == 1 || Outage.is(e)) {
                batch.forEach(piece -> failed(piece, e, answers));
            } else {
                for (Piece<?> piece : batch) {
                    alone(piece, answers);
                }
            }
        } finally {
            writing.unlock();
        }
        answers.forEach(Runnable::run);
    }

    /** A connection that was ended meanwhile, for example as it lay idle, is replaced; unless it may have committed. */
    private void transactionOnAnyConnection(List<Piece<?>> batch, List<Runnable> answers) throws SQLException {
        boolean used = session != null && current == null;
        try {
            transaction(batch, answers);
        } catch (SQLException e) {
            if (!used || committing || !Outage.ofConnection(e)) {
                throw e;
            }
            transaction(batch, answers);
        }
    }

    private void alone(Piece<?> piece, List<Runnable> answers) {
        try {
            transaction(List.of(piece), answers);
        } catch (SQLException | RuntimeException e) {
            failed(piece, e, answers);
        }
    }

    private void failed(Piece<?> piece, Exception why, List<Runnable> answers) {
        boolean mayPass = why instanceof SQLException fault && !Outage.ofData(fault);
        if (!mayPass || !pieces.keep(piece)) {
            answers.add(() -> piece.done().completeExceptionally(why));
        }
    }

    /** Runs the work and commits; adds what to tell the callers once it is on the disk. */
    private void transaction(List<Piece<?>> batch, List<Runnable> answers) throws SQLException {
        int before = answers.size();
        committing = false;
        try {
            begin();
            for (Piece<?> piece : batch) {
                answers.add(run(piece));
            }
            committing = true;
            session.commit();
            listener.committed();
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
        listener.begin(session);
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

    private <T> Runnable run(Piece<T> piece) throws SQLException {
        T result = piece.work().run(session);
        return () -> piece.done().complete(result);
    }

    private void rollBack(Throwable why) {
        listener.rolledBack();
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
        hurry(Duration.ZERO);
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
