package io.cxt.ledger;

import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.Closing;
import io.cxt.db.LedgerReader;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which copies of what was sent ought to be in the archive, by what the audit has. */
public final class MissingCopies {
    private static final Pattern BEFORE = Pattern.compile("(?:^| )before=(\\S+)");

    /**
     * Parts whose source was released, which waits for each copy, and that were never erased; with the configuration under which
     * they were sent. A late answer, to a call that another instance had taken over, makes no copy.
     */
    private static final String WITHOUT =
            "SELECT delivery.interaction_id, delivery.part, (SELECT max(config) FROM audit_event"
                    + " WHERE audit_event.interaction_id = delivery.interaction_id AND audit_event.part = delivery.part"
                    + " AND event = 'SENT' AND attempt = delivery.attempts AND (audit_event.detail IS NULL OR audit_event.detail"
                    + " NOT LIKE '%" + Deliveries.TAKEN_OVER
                    + "%')) FROM delivery JOIN intake ON intake.id = delivery.intake_id"
                    + " AND entries IS NOT NULL WHERE state = 'SENT' AND delivery.part > 0 AND archived_at IS NULL AND erased = 0"
                    + " AND NOT EXISTS (SELECT 1 FROM audit_event gone WHERE gone.interaction_id = delivery.interaction_id"
                    + " AND gone.event = 'ERASED')";

    /** Which of them made copies. */
    private static final String ARCHIVED = "SELECT 1 FROM audit_event JOIN delivery"
            + " ON delivery.interaction_id = audit_event.interaction_id AND delivery.part = audit_event.part"
            + " WHERE config = ? AND event = 'SENT' AND archived_at IS NOT NULL LIMIT 1";

    private final LedgerReader reader;

    MissingCopies(LedgerReader reader) {
        this.reader = reader;
    }

    /** Passes on the parts that CXone has and of which no copy is on record, though copies were made when they were sent. */
    public void each(BiConsumer<String, Integer> consumer) {
        Map<String, Boolean> made = new HashMap<>();
        if (!reader.any("SELECT 1 FROM delivery WHERE state = 'SENT' AND archived_at IS NOT NULL LIMIT 1")) {
            return;
        }
        reader.each(WITHOUT, row -> new Part(row.getString(1), row.getInt(2), row.getString(3)), part -> {
            String config = part.config();
            if (config != null && made.computeIfAbsent(config, any -> reader.any(ARCHIVED, any))) {
                consumer.accept(part.interactionId(), part.number());
            }
        });
    }

    private record Part(
            String interactionId, int number, @Nullable String config) {}

    /**
     * Copies that are older may be gone: the archive was pruned up to then, the ledger is that of a backup of then, or the events that
     * would tell were pruned.
     *
     * @return {@link Instant#EPOCH} when none may
     */
    public Instant mayBeGoneBefore() {
        Instant[] last = {Instant.EPOCH};
        reader.each(
                "SELECT event, reason, detail, at FROM audit_event WHERE event IN ('PRUNED', 'RESTORED')",
                row -> until(row.getString(1), row.getString(2), row.getString(3), row.getString(4)),
                at -> last[0] = at.isAfter(last[0]) ? at : last[0]);
        for (Closing closing : reader.ask(Closing::all)) {
            Instant at = Instant.parse(closing.until());
            last[0] = at.isAfter(last[0]) ? at : last[0];
        }
        return last[0];
    }

    private static Instant until(String event, @Nullable String reason, @Nullable String detail, String at) {
        Matcher before = BEFORE.matcher(detail == null ? "" : detail);
        try {
            if (event.equals(Type.RESTORED.name())) {
                return Instant.parse(at);
            }
            return "archive".equals(reason) && before.find() ? Instant.parse(before.group(1)) : Instant.EPOCH;
        } catch (DateTimeException e) {
            return Instant.EPOCH;
        }
    }
}
