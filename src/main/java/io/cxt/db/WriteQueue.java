package io.cxt.db;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What waits for the ledger's writer: new pieces, and those that are kept during an outage. */
final class WriteQueue {
    /** Maximum pieces in one transaction: bounds how long the first of them waits. */
    private static final int MOST_AT_ONCE = 512;

    private static final Duration FIRST_WAIT = Duration.ofMillis(100);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

    /** @param lasting true to try again until the outage ends: it records what has already happened */
    record Piece<T>(GroupCommit.Work<T> work, CompletableFuture<T> done, boolean lasting) {}

    private final LinkedBlockingQueue<Piece<?>> queue = new LinkedBlockingQueue<>();
    private final Deque<Piece<?>> kept = new ArrayDeque<>();
    private Duration wait = FIRST_WAIT;
    private volatile @Nullable Long patienceEnds;

    void add(Piece<?> piece) {
        queue.add(piece);
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

    /** Keeps a piece after an outage; false when it is not kept. For the writer alone. */
    boolean keep(Piece<?> piece) {
        Long ends = patienceEnds;
        boolean patient = ends == null || System.nanoTime() - ends < 0;
        return piece.lasting && patient && kept.add(piece);
    }
}
