package io.cxt.db;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What waits for the ledger's writer: new pieces, and those kept while the database is out of order. */
final class WriteQueue {
    /** Most pieces in one transaction: bounds how long the first of them waits. */
    private static final int MOST_AT_ONCE = 512;

    private static final Duration FIRST_WAIT = Duration.ofMillis(100);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

    /** @param lasting true to try again until the database is well: what it tells of has happened already */
    record Piece<T>(GroupCommit.Work<T> work, CompletableFuture<T> done, boolean lasting) {}

    private final LinkedBlockingQueue<Piece<?>> queue = new LinkedBlockingQueue<>();
    private final Deque<Piece<?>> kept = new ArrayDeque<>();
    private Duration wait = FIRST_WAIT;
    private volatile Long patienceEnds;

    void add(Piece<?> piece) {
        queue.add(piece);
    }

    boolean isEmpty() {
        return queue.isEmpty() && kept.isEmpty();
    }

    /** Lasting pieces are kept for so long from now on, and no longer. The first time counts. */
    void hurry(Duration patience) {
        if (patienceEnds == null) {
            patienceEnds = System.nanoTime() + patience.toNanos();
        }
    }

    /** Waits for work, or for the time to try once more what was kept, which comes first. For the writer alone. */
    void next(List<Piece<?>> batch) throws InterruptedException {
        if (kept.isEmpty()) {
            wait = FIRST_WAIT;
            batch.add(queue.take());
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
        queue.drainTo(batch, Math.max(0, MOST_AT_ONCE - batch.size()));
    }

    /** Keeps a piece that met an outage; false when it is not to be kept. For the writer alone. */
    boolean keep(Piece<?> piece) {
        Long ends = patienceEnds;
        boolean patient = ends == null || System.nanoTime() - ends < 0;
        return piece.lasting && patient && kept.add(piece);
    }
}
