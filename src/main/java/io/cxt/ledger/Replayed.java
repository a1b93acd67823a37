package io.cxt.ledger;

import io.cxt.audit.AuditEvent;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.RecordedEvent;
import io.cxt.text.SafeText;
import io.cxt.transcript.Reason;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

    /** By target and part: the hash of a row whose events, or the first of them, are gone; until the row was met. */
    private final Map<String, String> resting = new LinkedHashMap<>();

    private final Map<Integer, Long> claims = new HashMap<>();
    private boolean rested;
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
            if (told.is(Type.CLAIMED)) {
                claims.merge(told.part(), 1L, Long::sum);
            }
            if (told.is(Type.CLAIMED) && told.part() == 1) {
                called.add(told.chain());
            }
        }
    }

    /** Takes the hash of a row, or of a fact, whose events are gone. */
    void resting(String kind, String target, int part, String hash) {
        rested |= kind.equals(RestingRows.DELIVERY);
        if (kind.equals(RestingRows.DELIVERY)) {
            resting.put(part + " " + target, hash);
        } else if (!hash.equals(RestingRows.hash(kind, id))) {
            found(0, "what is in table audit_closed about it was changed by hand. " + RESTORE);
        }
    }

    /** True when a row is as it was when its events went. */
    private boolean rests(AuditedRow row, String hash, boolean marked) {
        long behind = claims.getOrDefault(row.part(), 0L);
        if (row.part() == 0 && !aside.isEmpty()) {
            return false;
        }
        if (erased == null || row.part() != 1) {
            return hash.equals(row.hash(id, behind));
        }
        return Objects.equals(row.get("erased"), marked ? 1L : 0L)
                && (hash.equals(row.with("erased", 0L).hash(id, behind))
                        || hash.equals(row.with("erased", 1L).hash(id, behind)));
    }

    void row(AuditedRow row) {
        boolean marked = Boolean.TRUE.equals(erased) && row.part() == 1;
        String hash = resting.remove(row.part() + " " + row.get("target"));
        if (hash != null && rests(row, hash, marked)) {
            rows.add(row.part());
            return;
        }
        List<Map<String, @Nullable Object>> expected = expected(row, hash != null);
        if (erased != null || hash == null) {
            expected.forEach(each -> each.put("erased", marked ? 1L : 0L));
        }
        boolean first = rows.add(row.part());
        if (!first && !isOnlyErased(row)) {
            found(row.part(), "the ledger has two rows of it, for two targets. One was put in by hand");
        } else if (expected.isEmpty() && hash != null) {
            found(
                    row.part(),
                    "it is %s, and not as it was when its events were pruned. The row was changed by hand. %s"
                            .formatted(row.get("state"), RESTORE));
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
    private List<Map<String, @Nullable Object>> expected(AuditedRow row, boolean resting) {
        ReplayedPart part = parts.get(row.part());
        if (row.part() == 0) {
            return aside.values().stream().map(Replayed::whole).toList();
        }
        if (isOnlyErased(row)) {
            return List.of(onlyErased());
        }
        if (resting && replayed && (part == null || !part.claimed())) {
            return List.of(replayedRow());
        }
        return part == null ? List.of() : part.expected(replayed, row.get("intake_id") != null, resting);
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
        resting.forEach((place, hash) -> {
            int part = Integer.parseInt(place.substring(0, place.indexOf(' ')));
            boolean gone = part == 0 ? !called.isEmpty() : Boolean.FALSE.equals(erased) && part == 1;
            if (!gone) {
                found(part, "its events were pruned, and its row is gone: it may be sent a second time. " + RESTORE);
            }
        });
        boolean takenAway = refused && !called.isEmpty();
        if (!aside.isEmpty() && !takenAway && !rested && !rows.contains(0)) {
            found(0, "the audit tells that it was set aside, and its row is gone. " + RESTORE);
        }
    }

    private boolean isOnlyErased(AuditedRow row) {
        return row.part() == 1 && onlyErased.contains(String.valueOf(row.get("target")));
    }

    /** The row of a chat that was in doubt, when a person has put it into the inbox again. */
    private static Map<String, @Nullable Object> replayedRow() {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("state", DeliveryState.FAILED.name());
        row.put("reason", Reason.REPLAYED.id());
        row.put("doubted", 1L);
        row.put("intake_id", null);
        return row;
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
