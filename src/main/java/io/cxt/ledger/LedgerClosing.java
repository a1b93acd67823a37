package io.cxt.ledger;

import io.cxt.audit.AuditChain;
import io.cxt.audit.AuditEvent;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.ChainClosing;
import io.cxt.audit.OperatorLog;
import io.cxt.db.LedgerReader;
import io.cxt.db.LedgerSettings;
import io.cxt.db.Session;
import io.cxt.text.SafeName;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which audit events of a ledger are past their time and may go: of each chain the first ones, before the first event of anything
 * that is not decided. The last event of a chain stays. Deliveries and readings stay, each with a hash that a signed record sums up.
 */
public final class LedgerClosing {
    /** Of a chat in doubt a letter that was settled, or is gone, says that a person has decided. */
    private static final String UNDECIDED =
            "SELECT interaction_id, received_at, state FROM delivery WHERE state = 'SENDING'"
                    + " OR state = 'IN_DOUBT' AND (interaction_id NOT IN (SELECT interaction_id FROM letter WHERE"
                    + " interaction_id IS NOT NULL AND state IN ('SETTLED', 'GONE')) OR interaction_id IN (SELECT interaction_id"
                    + " FROM letter WHERE interaction_id IS NOT NULL AND state = 'OPEN')) ORDER BY received_at LIMIT 1";

    private static final String UNFINISHED =
            "SELECT source, opened_at FROM intake WHERE closed_at IS NULL ORDER BY opened_at LIMIT 1";

    /** The last event before the first one that is not older; the last but one of the chain at most. */
    private static final String LAST =
            "SELECT seq, hash FROM audit_event WHERE chain = ? AND seq < COALESCE((SELECT seq"
                    + " FROM audit_event WHERE chain = ? AND at >= ? ORDER BY seq LIMIT 1), (SELECT max(seq) FROM audit_event"
                    + " WHERE chain = ?)) ORDER BY seq DESC LIMIT 1";

    private final LedgerReader reader;
    private final LedgerSettings settings;

    LedgerClosing(LedgerReader reader, LedgerSettings settings) {
        this.reader = reader;
        this.settings = settings;
    }

    /** What goes of a chain: all events up to this one, so many that are there. */
    private record Range(String chain, long last, String hash, long events) {}

    /** What goes. */
    public static final class Plan {
        private final List<Range> ranges;
        private final @Nullable String held;

        private Plan(List<Range> ranges, @Nullable String held) {
            this.ranges = ranges;
            this.held = held;
        }

        /** Why not all that is past its time goes, in words; null when all does. */
        public @Nullable String held() {
            return held;
        }

        /** How many events go. */
        public long events() {
            return ranges.stream().mapToLong(Range::events).sum();
        }
    }

    /** What goes of the events before a time. Changes nothing. */
    public Plan plan(Instant before) {
        return reader.ask(session -> plan(session, before));
    }

    private Plan plan(Session session, Instant before) throws SQLException {
        List<String> chains = session.list(AuditChain.NAMES, row -> row.getString(1));
        for (String chain : chains) {
            if (Files.notExists(settings.checkpointFolder().resolve(chain + LedgerSettings.CHECKPOINTS_ENDING))) {
                return new Plan(
                        List.of(),
                        "chain %s: its checkpoints are not in %s. Events go only from a ledger whose chains are all signed here"
                                .formatted(SafeName.log(chain), settings.checkpointFolder()));
            }
        }
        Held undecided = held(session, UNDECIDED, true);
        Held unfinished = held(session, UNFINISHED, false);
        Held first = undecided.since.isBefore(unfinished.since) ? undecided : unfinished;
        boolean held = first.since.isBefore(before);
        String end = AuditChain.time(held ? first.since : before);
        List<Range> ranges = new ArrayList<>();
        for (String chain : chains) {
            range(session, chain, end).ifPresent(ranges::add);
        }
        return new Plan(ranges, held ? first.words : null);
    }

    /** Something that is not decided, and since when. */
    private record Held(String words, Instant since) {}

    private static Held held(Session session, String sql, boolean delivery) throws SQLException {
        return session.one(sql, row -> {
                    Instant since = Instant.ofEpochMilli(row.getLong(2));
                    String why =
                            delivery ? DeliveryState.valueOf(row.getString(3)).word() : "not finished";
                    return new Held("%s, %s since %s".formatted(SafeName.log(row.getString(1)), why, since), since);
                })
                .orElse(new Held("", Instant.MAX));
    }

    private static Optional<Range> range(Session session, String chain, String end) throws SQLException {
        long before = session.number("SELECT min(seq) FROM audit_event WHERE chain = ?", chain) - 1;
        return session.one(
                LAST,
                row -> new Range(chain, row.getLong(1), row.getString(2), row.getLong(1) - before),
                chain,
                chain,
                end,
                chain);
    }

    /**
     * Removes them, once the operator's chain has it for each chain. What a kill leaves goes the next time.
     *
     * @throws LedgerException when the audit, or a row, is not as it was written: nothing is removed then
     */
    public void close(Plan plan, Instant before, OperatorLog log) {
        close(plan, before, log, ChainClosing.PORTION);
    }

    /** The same with so many events in a transaction. */
    void close(Plan plan, Instant before, OperatorLog log, int portion) {
        if (plan.ranges.isEmpty()) {
            return;
        }
        for (Range range : plan.ranges) {
            String detail = "before=%s items=%s bytes=0 chain=%s seq=%s hash=%s"
                    .formatted(before, range.events, range.chain, range.last, range.hash);
            log.changed(session -> AuditEvent.of(Type.PRUNED).because("ledger", detail));
        }
        try (ChainClosing closing = new ChainClosing(settings, new RestingRows(), portion, Clock.systemUTC())) {
            plan.ranges.forEach(range -> closing.close(range.chain, range.last));
        }
    }
}
