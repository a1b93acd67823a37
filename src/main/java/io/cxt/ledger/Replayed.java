package io.cxt.ledger;

import io.cxt.audit.AuditEvent;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.RecordedEvent;
import io.cxt.text.SafeText;
import io.cxt.transcript.Reason;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Replays the events of one interaction and compares its rows in {@code delivery} with the result. */
final class Replayed {
    static final String RESTORE = "Put the ledger back from a copy";

    private final String id;
    private final Consumer<String> findings;
    private final Map<Integer, ReplayedPart> parts = new TreeMap<>();
    /** The last of each chain that set the whole transcript aside, as part 0. */
    private final Map<String, RecordedEvent> aside = new LinkedHashMap<>();
    /** Chains that made a first call after that, which takes a refusal away. */
    private final Set<String> called = new HashSet<>();

    private final Set<Integer> rows = new HashSet<>();
    private @Nullable Boolean erased;
    /** Targets that got a row for the erasure, since they had none. */
    private final Set<String> onlyErased = new HashSet<>();

    private boolean refused;
    private boolean replayed;

    /** @param findings receives each difference, in words */
    Replayed(String id, Consumer<String> findings) {
        this.id = id;
        this.findings = findings;
    }

    String id() {
        return id;
    }

    /** Takes an event; all of them come before the rows. */
    void event(RecordedEvent told) {
        boolean whole = told.part() == 0 && (told.is(Type.REJECTED) || told.is(Type.EXCLUDED));
        if (told.is(Type.ERASED) || told.is(Type.ERASURE_ENDED)) {
            erased = told.is(Type.ERASED); // all on one chain
            if (erased && told.value(Erasures.ROW) != null) {
                onlyErased.add(told.value(Erasures.ROW));
            } else if (!erased) {
                onlyErased.clear();
            }
        } else if (told.is(Type.REPLAYED)) {
            replayed = true;
        } else if (whole && told.says(WholeTranscripts.BESIDE_CONFLICT)) {
            return; // the row is that of the conflict
        } else if (whole || told.is(Type.CONFLICT)) {
            aside.put(told.chain(), told);
            called.remove(told.chain());
            refused |= whole;
        } else if (told.part() > 0) {
            ReplayedPart part = parts.getOrDefault(told.part(), new ReplayedPart());
            if (part.add(told)) {
                parts.put(told.part(), part);
            }
            if (told.is(Type.CLAIMED) && told.part() == 1) {
                called.add(told.chain());
            }
        }
    }

    void row(AuditedRow row) {
        List<Map<String, @Nullable Object>> expected = expected(row);
        boolean marked = Boolean.TRUE.equals(erased) && row.part() == 1;
        expected.forEach(each -> each.put("erased", marked ? 1L : 0L));
        boolean first = rows.add(row.part());
        if (!first && !isOnlyErased(row)) {
            found(row.part(), "the ledger has two rows of it, for two targets. One was put in by hand");
        } else if (expected.isEmpty()) {
            found(
                    row.part(),
                    "part %s of %s is %s in the ledger, and no chain has its claim. A chain was taken away, or the row was put in by hand: with it the chat would not be sent. %s"
                            .formatted(row.part(), SafeText.brief(row.get("source")), row.get("state"), RESTORE));
        } else {
            String difference = row.difference(expected);
            if (difference != null) {
                found(row.part(), difference + ". The row was changed by hand. " + RESTORE);
            }
        }
    }

    /** What the row may hold; empty when the audit does not know it. */
    private List<Map<String, @Nullable Object>> expected(AuditedRow row) {
        ReplayedPart part = parts.get(row.part());
        if (row.part() == 0) {
            return aside.values().stream().map(Replayed::whole).toList();
        }
        if (isOnlyErased(row)) {
            return List.of(onlyErased());
        }
        return part == null ? List.of() : part.expected(replayed, row.get("intake_id") != null);
    }

    /** After the last row: whether one is missing. */
    void end() {
        parts.forEach((number, part) -> {
            if (!rows.contains(number)) {
                found(
                        number,
                        "the audit tells of it, and its row is gone: it would be sent a second time. Stop cxt. "
                                + RESTORE);
            }
        });
        if (Boolean.TRUE.equals(erased) && !rows.contains(1)) {
            found(1, "the audit tells that it was erased, and its row is gone: it would be accepted again. " + RESTORE);
        }
        boolean takenAway = refused && !called.isEmpty();
        if (!aside.isEmpty() && !takenAway && !rows.contains(0)) {
            found(0, "the audit tells that it was set aside, and its row is gone. " + RESTORE);
        }
    }

    private boolean isOnlyErased(AuditedRow row) {
        return row.part() == 1 && onlyErased.contains(String.valueOf(row.get("target")));
    }

    /** The row of a chat that was erased and never sent. */
    private static Map<String, @Nullable Object> onlyErased() {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("state", DeliveryState.REJECTED.name());
        row.put("reason", Reason.ERASED.id());
        List.of("attempts", "calling", "doubted").forEach(column -> row.put(column, 0L));
        List.of("content_hash", "http_status", "conversation_id", "latency_ms")
                .forEach(column -> row.put(column, null));
        return row;
    }

    private static Map<String, @Nullable Object> whole(RecordedEvent told) {
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

    private void found(int part, String what) {
        findings.accept("interaction %s part %s: %s".formatted(SafeText.brief(id), part, what));
    }
}
