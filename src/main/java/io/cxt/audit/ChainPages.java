package io.cxt.audit;

import io.cxt.db.LedgerReader;
import io.cxt.transcript.Moment;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the chains page by page along their primary key and merges them by time. Nothing is sorted, and of each chain one
 * page is in memory, however long it is.
 *
 * <p>A chain is in the order of its clock, but for the times at which that was set back: up to {@link #SET_BACK} an event of
 * such a time is found all the same.
 */
final class ChainPages {
    /** Events on a page. */
    static final int MOST = 500;

    private static final Duration SET_BACK = Duration.ofHours(25);
    private static final String LAST = "SELECT seq FROM audit_event WHERE chain = ? ORDER BY seq DESC LIMIT 1";

    private final LedgerReader reader;
    private final String sql;
    private final List<Object> values;

    /**
     * @param sql a page of one chain between two events
     * @param values of its parameters; the first three are the chain and these events
     */
    ChainPages(LedgerReader reader, String sql, List<Object> values) {
        this.reader = reader;
        this.sql = sql;
        this.values = values;
    }

    /**
     * Passes on the events of all chains.
     *
     * @param from no event before it is wanted; null for all
     * @param until no event from then on is wanted; null for all
     */
    void merge(@Nullable String from, @Nullable String until, long most, Consumer<AuditEntry> consumer) {
        String first = moved(from, SET_BACK.negated());
        String end = moved(until, SET_BACK);
        PriorityQueue<Chain> chains =
                new PriorityQueue<>(Comparator.comparing(Chain::at).thenComparing(chain -> chain.name));
        for (String name : reader.list(AuditChain.NAMES, row -> row.getString(1))) {
            long before = first == null ? 0 : firstAt(name, first) - 1;
            Chain chain = new Chain(name, before, end == null ? Long.MAX_VALUE : firstAt(name, end));
            if (chain.fill()) {
                chains.add(chain);
            }
        }
        for (long shown = 0; shown < most && !chains.isEmpty(); shown++) {
            Chain next = chains.remove();
            consumer.accept(next.page.remove());
            if (next.fill()) {
                chains.add(next);
            }
        }
    }

    private long firstAt(String chain, String time) {
        return AuditPages.firstAt(reader, chain, reader.number(LAST, chain), time);
    }

    /** Null for what is no time, or the beginning of one. */
    private static @Nullable String moved(@Nullable String time, Duration by) {
        return time == null
                ? null
                : Moment.of(time).map(at -> AuditChain.time(at.plus(by))).orElse(null);
    }

    /** What is still to come of a chain. */
    private final class Chain {
        private final String name;
        private final Deque<AuditEntry> page = new ArrayDeque<>();
        private final long end;
        private long read;
        private boolean ended;

        Chain(String name, long read, long end) {
            this.name = name;
            this.read = read;
            this.end = end;
        }

        String at() {
            return page.element().at();
        }

        /** @return false when nothing is to come */
        boolean fill() {
            if (page.isEmpty() && !ended) {
                List<Object> bound = new ArrayList<>(values);
                bound.set(0, name);
                bound.set(1, read);
                bound.set(2, end);
                page.addAll(reader.list(sql, AuditEntry::read, bound.toArray()));
                ended = page.size() < MOST;
                read = page.isEmpty() ? read : page.getLast().seq();
            }
            return !page.isEmpty();
        }
    }
}
