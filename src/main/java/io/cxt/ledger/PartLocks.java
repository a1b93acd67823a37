package io.cxt.ledger;

import io.cxt.transcript.Part;
import java.time.Duration;
import java.util.Collection;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;

/**
 * Which parts are in flight in this process, so that two threads never decide the same one; and which interactions the
 * ledger did not know a moment ago, when it was asked about many at once.
 */
final class PartLocks {
    /** How old such an answer may be: where calls are slower, a question for each is no burden. */
    private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();

    private final ConcurrentMap<String, Lock> locks = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Question> asked = new ConcurrentHashMap<>();
    private final Queue<Question> questions = new ConcurrentLinkedQueue<>();

    /** A question about some interactions. */
    static final class Question {
        private final Collection<String> ids;
        private final long askedAt = System.nanoTime();
        private volatile boolean answered;

        private Question(Collection<String> ids) {
            this.ids = ids;
        }

        private boolean fresh() {
            return System.nanoTime() - askedAt < FRESH_NANOS;
        }
    }

    /** Call it before the ledger is asked: what a thread works on from here on may change the answer. */
    Question ask(Collection<String> ids) {
        Question oldest = questions.peek();
        while (oldest != null && !oldest.fresh() && questions.remove(oldest)) {
            Question over = oldest;
            over.ids.forEach(id -> asked.remove(id, over));
            oldest = questions.peek();
        }
        Question question = new Question(ids);
        questions.add(question);
        ids.forEach(id -> asked.put(id, question));
        return question;
    }

    /** @param known those that have a row, of whatever part */
    void answer(Question question, Collection<String> known) {
        known.forEach(id -> asked.remove(id, question));
        question.answered = true;
    }

    /**
     * True when the ledger had no row of an interaction a moment ago, and no thread of this process has worked on it since
     * then. True once: the caller works on it. Another instance may have claimed it all the same.
     */
    boolean unknown(String interactionId) {
        Question question = asked.remove(interactionId);
        return question != null && question.answered && question.fresh();
    }

    /** @param part the very object: the same part may come from another source too */
    private record Lock(Part part, CompletableFuture<Void> released) {}

    /** Waits while another thread has the part locked, so a thread must not lock the same part twice. */
    void lock(Part part) {
        Lock mine = new Lock(part, new CompletableFuture<>());
        Lock other = locks.putIfAbsent(key(part), mine);
        while (other != null) {
            other.released.join();
            other = locks.putIfAbsent(key(part), mine);
        }
    }

    /** Does nothing when it is not this very object that is locked. */
    void unlock(Part part) {
        Lock lock = locks.get(key(part));
        if (lock == null || lock.part != part) {
            return;
        }
        asked.remove(part.interactionId()); // before anybody else can have it
        if (locks.remove(key(part), lock)) {
            lock.released.complete(null);
        }
    }

    private static String key(Part part) {
        return part.part() + "/" + part.interactionId();
    }
}
