package io.cxt.ledger;

import io.cxt.db.LedgerReader;
import io.cxt.transcript.Part;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Looks parts up. The ledger is asked for all parts that wait at once: across a network each question is a wait. */
final class LookUps {
    /** Maximum parts in one question. */
    private static final int MOST = FinishedDeliveries.MOST;

    /** How many ids a question has: a statement for each, so that few ids do not cost what many do. */
    private static final int[] SIZES = {1, 8, 32, MOST};

    private final LedgerReader reader;
    private final DeliveryTable table;
    private final Queue<Question> waiting = new ConcurrentLinkedQueue<>();
    private final ReentrantLock asking = new ReentrantLock();

    /**
     * What is known of a part.
     *
     * @param row empty when there is none
     * @param rejected true when its transcript was rejected or excluded as a whole before
     * @param erased true when the interaction was erased
     */
    record Known(Optional<DeliveryRow> row, boolean rejected, boolean erased) {
        static Known of(Map<Integer, DeliveryRow> rows, int part) {
            DeliveryRow whole = rows.get(0);
            DeliveryRow first = rows.get(1);
            return new Known(
                    Optional.ofNullable(rows.get(part)),
                    whole != null
                            && (whole.state() == DeliveryState.REJECTED || whole.state() == DeliveryState.EXCLUDED),
                    first != null && first.erased());
        }
    }

    private static final class Question {
        private final Part part;
        private @Nullable Known answer;

        private Question(Part part) {
            this.part = part;
        }
    }

    LookUps(LedgerReader reader, DeliveryTable table) {
        this.reader = reader;
        this.table = table;
    }

    /**
     * What the ledger knows of a part, by a question that is asked after this is called. In SQLite, which answers within
     * microseconds, each is a question of its own; so is one behind the first, because an answer for several has all
     * parts of a transcript, which may be thousands.
     */
    Known find(Part part) {
        if (table.alone() || part.part() > 1) {
            return Known.of(table.find(reader, part), part.part());
        }
        Question mine = new Question(part);
        waiting.add(mine);
        asking.lock();
        try {
            return mine.answer == null ? answer(mine) : mine.answer;
        } finally {
            asking.unlock();
        }
    }

    /** Answers others as well. Where it fails, each of them asks again. */
    private Known answer(Question mine) {
        List<Question> all = new ArrayList<>(List.of(mine));
        waiting.remove(mine);
        for (Question next = waiting.poll(); next != null; next = all.size() < MOST ? waiting.poll() : null) {
            all.add(next);
        }
        Set<String> ids = all.stream().map(each -> each.part.interactionId()).collect(Collectors.toSet());
        Map<String, Map<Integer, DeliveryRow>> rows = new HashMap<>();
        table.each(reader, mine.part.target(), ids, size(ids.size()), (id, part, row) -> rows.computeIfAbsent(
                        id, none -> new HashMap<>())
                .put(part, row));
        all.stream()
                .filter(each -> each.part.target().equals(mine.part.target()))
                .forEach(each -> each.answer =
                        Known.of(rows.getOrDefault(each.part.interactionId(), Map.of()), each.part.part()));
        return Known.of(rows.getOrDefault(mine.part.interactionId(), Map.of()), mine.part.part());
    }

    private static int size(int ids) {
        int i = 0;
        while (SIZES[i] < ids) {
            i++;
        }
        return SIZES[i];
    }
}
