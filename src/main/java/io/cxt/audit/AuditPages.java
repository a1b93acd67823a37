package io.cxt.audit;

import io.cxt.db.LedgerReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the audit a page at a time, the newest events first, by their place in a chain. However long the audit is, a page costs
 * the same: there is no index on the time, and none on the kind of an event.
 */
public final class AuditPages {
    /** How many events are looked at for one page. What a filter does not match counts too. */
    private static final int LOOKED_AT = 20_000;

    private final LedgerReader reader;

    public AuditPages(LedgerReader reader) {
        this.reader = reader;
    }

    /**
     * A chain.
     *
     * @param seq of its last event
     * @param at when that was written, UTC
     */
    public record End(String chain, long seq, String at) {}

    /** All chains, the one that was written to last first. */
    public List<End> ends() {
        return reader.list(
                AuditChain.EACH_CHAIN + "SELECT chain, seq, at FROM audit_event WHERE (chain, seq) IN"
                        + " (SELECT chain, (SELECT max(seq) FROM audit_event WHERE chain = chains.chain) FROM chains"
                        + " WHERE chain IS NOT NULL) ORDER BY at DESC, chain",
                row -> new End(row.getString(1), row.getLong(2), row.getString(3)));
    }

    /**
     * Which events are wanted.
     *
     * @param events words of {@link AuditEvent.Type}; empty for all
     * @param source of which they tell, or of a place in it; null for all
     * @param after only events behind this place
     */
    public record Wanted(Set<String> events, @Nullable String source, long after) {
        public static final Wanted ALL = new Wanted(Set.of(), null, 0);
    }

    /**
     * A page.
     *
     * @param events the newest first
     * @param older where the next page begins: pass it as {@code before}; 0 when there are no older ones
     */
    public record Slice(List<AuditEntry> events, long older) {}

    /** The events of a chain before a place. */
    public Slice before(String chain, long before, Wanted wanted, int most) {
        long behind = Math.max(wanted.after(), beginning(reader, chain) - 1);
        long lowest = Math.max(behind, before - 1 - LOOKED_AT);
        List<Object> values = new ArrayList<>(List.of(chain, before, lowest));
        StringBuilder sql = new StringBuilder("SELECT ").append(AuditEntry.COLUMNS);
        sql.append(" FROM audit_event WHERE chain = ? AND seq < ? AND seq > ?");
        if (!wanted.events().isEmpty()) {
            sql.append(" AND event IN (?")
                    .append(", ?".repeat(wanted.events().size() - 1))
                    .append(")");
            values.addAll(wanted.events());
        }
        if (wanted.source() != null) {
            sql.append(" AND (source = ? OR substr(source, 1, length(?)) = ?)");
            values.addAll(List.of(wanted.source(), wanted.source() + "#", wanted.source() + "#"));
        }
        values.add(most);
        List<AuditEntry> events =
                reader.list(sql.append(" ORDER BY seq DESC LIMIT ?").toString(), AuditEntry::read, values.toArray());
        long end = events.size() < most ? lowest + 1 : events.get(most - 1).seq();
        return new Slice(events, end <= behind + 1 ? 0 : end);
    }

    /**
     * How many events of a kind there are between two places of a chain.
     *
     * @param first the first place that counts
     * @param behind the first one that does not
     * @return -1 when one of them has a time that is not from one to the other
     */
    public long count(String chain, long first, long behind, AuditEvent.Type event, Instant from, Instant until) {
        return reader.one(
                        "SELECT count(*), sum(CASE WHEN at >= ? AND at < ? THEN 1 ELSE 0 END) FROM audit_event"
                                + " WHERE chain = ? AND seq >= ? AND seq < ? AND event = ?",
                        row -> row.getLong(1) == row.getLong(2) ? row.getLong(1) : -1L,
                        AuditChain.time(from),
                        AuditChain.time(until),
                        chain,
                        first,
                        behind,
                        event.name())
                .orElse(0L);
    }

    /**
     * The place of the first event of a chain at or after a time; behind the last one when all are older. Found by halving,
     * for which the clock of the instance must not have gone back.
     */
    public long firstAt(End end, Instant time) {
        return firstAt(reader, end.chain(), end.seq(), AuditChain.time(time));
    }

    /** The place of the first event of a chain that is there: those before it were pruned. */
    private static long beginning(LedgerReader reader, String chain) {
        return Math.max(1, reader.number("SELECT min(seq) FROM audit_event WHERE chain = ?", chain));
    }

    /** @param last the place of the last event of the chain */
    static long firstAt(LedgerReader reader, String chain, long last, String time) {
        long low = beginning(reader, chain);
        long high = last + 1;
        while (low < high) {
            long middle = low + (high - low) / 2;
            Optional<String> at = reader.one(
                    "SELECT at FROM audit_event WHERE chain = ? AND seq >= ? ORDER BY seq LIMIT 1",
                    row -> row.getString(1),
                    chain,
                    middle);
            if (at.isPresent() && at.get().compareTo(time) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
