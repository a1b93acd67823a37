package io.cxt.ledger;

import io.cxt.audit.AuditEvent;
import io.cxt.audit.RecordedEvent;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Replays what was decided about one interaction as a whole, its part 0, for one target. */
final class ReplayedWhole {
    /** The last event of each chain that set it aside. */
    private final Map<String, RecordedEvent> aside = new LinkedHashMap<>();
    /** Chains that made a first call after that, which takes a refusal away. */
    private final Set<String> called = new HashSet<>();

    private boolean refused;

    /** @param refusal false for a conflict */
    void setAside(RecordedEvent told, boolean refusal) {
        aside.put(told.chain(), told);
        called.remove(told.chain());
        refused |= refusal;
    }

    /** Takes a claim of the first part. */
    void called(RecordedEvent claim) {
        called.add(claim.chain());
    }

    boolean wasCalled() {
        return !called.isEmpty();
    }

    boolean needsRow() {
        return !aside.isEmpty() && !(refused && wasCalled());
    }

    /** What the row may hold. */
    List<Map<String, @Nullable Object>> expected() {
        return aside.values().stream().map(ReplayedWhole::row).toList();
    }

    private static Map<String, @Nullable Object> row(RecordedEvent told) {
        AuditEvent event = told.event();
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("state", event.event());
        row.put("content_hash", event.payloadHash());
        row.put("reason", event.reason());
        row.put("source", event.source());
        List.of("attempts", "calling", "doubted").forEach(column -> row.put(column, 0L));
        List.of("http_status", "conversation_id", "latency_ms").forEach(column -> row.put(column, null));
        if (told.value(ReplayedPart.FACTS) != null) {
            row.put(ReplayedPart.FACTS, told.value(ReplayedPart.FACTS));
            row.put("finished_at", told.millis());
        }
        return row;
    }
}
