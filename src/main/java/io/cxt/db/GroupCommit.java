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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ledger's only writer. All work that waits goes into one transaction, so that its callers share the cost of the
 * commit; the next transaction begins as soon as the previous one is on the disk.
 *
 * <p>Work may run twice: when one piece of a transaction fails, all of it is rolled back and each piece runs again on
 * its own, so that only the faulty one fails. During an outage of the database, lasting pieces are kept and run again
 * until they are written; all others fail at once.
 *
 * <p>Long because all that uses the one connection, from its first piece to the close, takes turns here.
 */
public final class GroupCommit implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);
    private static final Duration SLOW = Duration.ofSeconds(5); // a transaction that takes longer is worth an alarm

    /** A piece of a transaction. Must keep nothing from a run that was rolled back. */
    public interface Work<T> {
        @Nullable
        T run(Session session) throws SQLException;
    }

    private final ReentrantLock writing;
    private final WriteQueue pieces = new WriteQueue();
    private final Thread writer = new Thread(this::write, "cxt-ledger");
    private final WriterTransaction transaction;
    private volatile boolean closed;
    private volatile @Nullable SQLException trouble;
    private volatile @Nullable Long writingSince;

    /** @param writing held while the writer's connection is used */
    public GroupCommit(Database database, TransactionListener listener, ReentrantLock writing) {
        transaction = new WriterTransaction(database, listener);
        this.writing = writing;
        writer.setDaemon(true);
        writer.start();
    }

    /** Queues a piece of work; the future completes when it is on the disk. */
    public <T> CompletableFuture<T> submit(Work<T> work) {
        return submit(work, false, true);
    }

    /**
     * Queues a record of what has already happened: during an outage it is kept and tried again until it is written.
     * Must do no harm when it is on the disk already.
     */
    public <T> CompletableFuture<T> submitLasting(Work<T> work) {
        return submit(work, true, true);
    }

    /** {@link #submitLasting}, for what nobody waits for: it goes with the next commit, or has one after a moment. */
    public void note(Work<Void> work) {
        submit(work, true, false);
    }

    /** How much later than at once callers may get their answers while there are many; 4 ms at most. */
    public void spare(Duration time) {
        pieces.spare(time);
    }

    private <T> CompletableFuture<T> submit(Work<T> work, boolean lasting, boolean awaited) {
        Piece<T> piece = new Piece<>(work, new CompletableFuture<>(), lasting, awaited);
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
    public @Nullable String trouble() {
        SQLException fault = trouble;
        Long since = writingSince;
        if (fault == null && since != null && System.nanoTime() - since > SLOW.toNanos()) {
            return "no answer for %s seconds".formatted((System.nanoTime() - since) / 1_000_000_000);
        }
        return fault == null ? null : Database.reason(fault);
    }

    /** The process is about to end: lasting pieces are kept no longer than this. */
    public void hurry(Duration patience) {
        pieces.hurry(patience);
    }

    private void write() {
        try {
            writeUntilClosed();
        } finally {
            writing.lock(); // a borrower returns what it has first
            try {
                transaction.rollBack(new SQLException("the ledger is closed"));
            } finally {
                writing.unlock();
            }
        }
    }

    private void writeUntilClosed() {
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

    /** Replaces a connection that was ended while it was idle, unless it may have committed. */
    private void transactionOnAnyConnection(List<Piece<?>> batch, List<Runnable> answers) throws SQLException {
        boolean idle = transaction.idle();
        try {
            transaction(batch, answers);
        } catch (SQLException e) {
            if (!idle || transaction.mayBeCommitted() || !Outage.ofConnection(e)) {
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

    /** Runs the work and commits; adds the answers to its callers, which are due once it is on the disk. */
    private void transaction(List<Piece<?>> batch, List<Runnable> answers) throws SQLException {
        int before = answers.size();
        try {
            WriterTransaction.Open open = transaction.begin();
            WriterTransaction.run(batch, open.session(), answers);
            transaction.commit(open);
            trouble = null;
            answers.add(() -> open.onDisk().complete(null));
        } catch (SQLException | RuntimeException | Error e) {
            answers.subList(before, answers.size()).clear();
            if (e instanceof SQLException fault) {
                trouble = fault;
            }
            transaction.rollBack(e);
            throw e;
        }
    }

    /**
     * Lends the writer's connection, within a transaction, to another writer of the same database file. The ledger
     * waits until it is returned, so that both share the next commit.
     */
    WriterTransaction.Open lend() throws SQLException {
        writing.lock();
        if (closed) {
            writing.unlock();
            throw new SQLException("the ledger is closed");
        }
        try {
            return transaction.begin();
        } catch (SQLException | RuntimeException | Error e) {
            try {
                transaction.rollBack(e);
            } finally {
                writing.unlock();
            }
            throw e;
        }
    }

    /** Returns the connection; {@link WriterTransaction.Open#onDisk} then completes with the next commit. */
    void giveBack() {
        submit(none -> null); // so that there is a commit even when nobody else writes
        writing.unlock();
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
        if (writer.isAlive()) {
            transaction.close(); // ends what it waits for
        }
    }
}
