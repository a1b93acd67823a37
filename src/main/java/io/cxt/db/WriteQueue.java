package io.cxt.db;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What waits for the ledger's writer: new pieces, and those that are kept during an outage. */
final class WriteQueue {
    /** Maximum pieces in one transaction: bounds how long the first of them waits. */
    private static final int MOST_AT_ONCE = 512;

    private static final Duration FIRST_WAIT = Duration.ofMillis(100);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

    /** How long the callers of this time are counted. Many are one in a millisecond, and three for two batches. */
    private static final long COUNTED_NANOS = 20_000_000L;

    private static final long MOST_SPARE_NANOS = 4_000_000L;

    /** How long pieces that nobody waits for stay alone: most go with the next that somebody waits for. */
    private static final long NOTES_WAIT_MS = 20;

    /**
     * @param lasting true to try again until the outage ends: it records what has already happened
     * @param awaited false when nobody waits for it
     */
    record Piece<T>(GroupCommit.Work<T> work, CompletableFuture<T> done, boolean lasting, boolean awaited) {}

    private final LinkedBlockingQueue<Piece<?>> queue = new LinkedBlockingQueue<>();
    /** A permit for each piece that somebody waits for. */
    private final Semaphore awaited = new Semaphore(0);

    private final Deque<Piece<?>> kept = new ArrayDeque<>();
    private Duration wait = FIRST_WAIT;
    private volatile long spare;
    private long begun = System.nanoTime();
    private long countedFrom = begun;
    private long callers;
    private long batches;
    private boolean many;
    private volatile @Nullable Long patienceEnds;

    void add(Piece<?> piece) {
        queue.add(piece);
        if (piece.awaited) {
            awaited.release();
        }
    }

    /** How much later than at once a caller may get its answer, where that saves a commit for each of many. */
    void spare(Duration time) {
        spare = Math.min(time.toNanos(), MOST_SPARE_NANOS);
    }

    boolean isEmpty() {
        return queue.isEmpty() && kept.isEmpty();
    }

    /** Lasting pieces are kept no longer than this from now on. The first call counts. */
    void hurry(Duration patience) {
        if (patienceEnds == null) {
            patienceEnds = System.nanoTime() + patience.toNanos();
        }
    }

    /** Waits for work, or until kept pieces are due again; these come first. For the writer alone. */
    void next(List<Piece<?>> batch) throws InterruptedException {
        if (kept.isEmpty()) {
            wait = FIRST_WAIT;
            batch.add(queue.take());
            try {
                if (!batch.get(0).awaited) {
                    awaited.tryAcquire(NOTES_WAIT_MS, TimeUnit.MILLISECONDS);
                }
                gather();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // closing: what was taken is written
            }
        } else {
            Piece<?> more = queue.poll(wait.toMillis(), TimeUnit.MILLISECONDS);
            wait = wait.multipliedBy(2).compareTo(LONGEST_WAIT) < 0 ? wait.multipliedBy(2) : LONGEST_WAIT;
            while (!kept.isEmpty()) {
                batch.add(kept.removeFirst());
            }
            if (more != null) {
                batch.add(more);
            }
        }
        callers += awaited.drainPermits();
        batches++;
        queue.drainTo(batch, Math.max(0, MOST_AT_ONCE - batch.size()));
    }

    /**
     * Waits for company where many callers wait: the next batch begins no sooner after the previous one than they can
     * spare.
     */
    private void gather() throws InterruptedException {
        long now = System.nanoTime();
        long since = now - countedFrom;
        if (since >= COUNTED_NANOS) {
            many = callers * 1_000_000L >= since && callers * 2 >= batches * 3;
            countedFrom = now;
            callers = 0;
            batches = 0;
        }
        long early = begun + spare - now;
        if (many && early > 0) {
            TimeUnit.NANOSECONDS.sleep(early);
        }
        begun = System.nanoTime();
    }

    /** Keeps a piece after an outage; false when it is not kept. For the writer alone. */
    boolean keep(Piece<?> piece) {
        Long ends = patienceEnds;
        boolean patient = ends == null || System.nanoTime() - ends < 0;
        return piece.lasting && patient && kept.add(piece);
    }
}
