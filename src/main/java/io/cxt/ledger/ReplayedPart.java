package io.cxt.ledger;

import io.cxt.audit.AuditEvent;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.RecordedEvent;
import io.cxt.transcript.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Replays the events of one part. They come chain by chain, each chain in its order; between chains the attempt decides
 * which was first, because each claim counts one up. Where two chains have one attempt and neither must have been the
 * last, the row may be as either says. Long because every kind of event says here what it does to the row.
 */
final class ReplayedPart {
    /** A pseudo-column: what {@link DeliveryTable#facts} makes of the row. */
    static final String FACTS = "row";

    private final Set<@Nullable Object> statuses = new HashSet<>(Arrays.asList((Object) null));
    private final Set<@Nullable Object> latencies = new HashSet<>(Arrays.asList((Object) null));
    private final List<RecordedEvent> sent = new ArrayList<>();
    /** The last event of each chain at the highest attempt. */
    private final Map<String, RecordedEvent> last = new LinkedHashMap<>();
    /** Likewise, of events without an attempt, as an earlier version wrote them when a source was gone. */
    private final Map<String, RecordedEvent> left = new LinkedHashMap<>();

    private @Nullable RecordedEvent claim;
    private @Nullable RecordedEvent first;
    private int claims;
    private int attempts = -1;
    private boolean marked;
    private boolean shortened;

    /** Adds an event; true when it concerns the row. */
    boolean add(RecordedEvent told) {
        if (told.is(Type.IN_DOUBT) && told.says("ended")) {
            return false; // it goes with the claim behind it
        }
        AuditEvent event = told.event();
        boolean claimed = told.is(Type.CLAIMED);
        if (claimed) {
            claims++;
            left.remove(told.chain());
        }
        statuses.add(AuditedRow.plain(event.httpStatus()));
        latencies.add(AuditedRow.plain(event.latencyMs()));
        if (told.is(Type.SENT)) {
            sent.add(told);
        }
        if (told.says(Deliveries.TAKEN_OVER)) {
            return told.is(Type.SENT);
        }
        if (event.attempt() == null) {
            left.put(told.chain(), told);
            return true;
        }
        if (told.attempt() <= 1 && (first == null || told.attempt() < first.attempt())) {
            first = told;
        }
        if (told.attempt() > attempts) {
            attempts = told.attempt();
            claim = null;
            marked = false;
            shortened = false;
            last.clear();
        }
        if (told.attempt() == attempts) {
            claim = claimed || claim == null && attempts == 0 ? told : claim;
            marked |= told.says(Deliveries.MAY_REPEAT)
                    || told.says(Deliveries.LOOK_UP)
                    || goesOn(told) && told.is(Type.IN_DOUBT);
            shortened |= AuditEvent.SHORTENED.equals(event.reason());
            last.put(told.chain(), told);
        }
        return true;
    }

    /**
     * What the row may hold, column by column; a column without a value may hold anything. Empty when a claim of the
     * part is missing.
     *
     * @param replayed true when a person has put the interaction into the inbox again
     * @param resting true when events of it are gone: no claim that is there need be the first
     * @param reading false when the row belongs to no reading, as after that
     */
    List<Map<String, @Nullable Object>> expected(boolean replayed, boolean reading, boolean resting) {
        if (claim == null || (resting ? claims < 1 || claims > attempts : claims != Math.max(0, attempts))) {
            return List.of();
        }
        List<Map<String, @Nullable Object>> rows = new Rows(claim).all(replayed);
        if (replayed && !reading) {
            rows.forEach(row -> row.remove(FACTS));
        }
        if (resting) { // what earlier answers were is not known any more
            rows.forEach(row -> row.values().removeIf(Set.class::isInstance));
        }
        return rows;
    }

    /** True when there is a claim of it. */
    boolean claimed() {
        return claims > 0;
    }

    /** The row of a chat that was in doubt, when a person has put it into the inbox again. */
    static Map<String, @Nullable Object> replayed() {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("state", DeliveryState.FAILED.name());
        row.put("reason", Reason.REPLAYED.id());
        row.put("doubted", 1L);
        row.put("intake_id", null);
        return row;
    }

    /** The row of a chat that was erased and never sent. */
    static Map<String, @Nullable Object> onlyErased() {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("state", DeliveryState.REJECTED.name());
        row.put("reason", Reason.ERASED.id());
        List.of("attempts", "calling", "doubted").forEach(column -> row.put(column, 0L));
        List.of("content_hash", "http_status", "conversation_id", "latency_ms")
                .forEach(column -> row.put(column, null));
        return row;
    }

    /** The order of events at one attempt: the claim, then a call after which the part stays claimed, then all else. */
    private static int rank(RecordedEvent told) {
        return told.is(Type.CLAIMED) ? 0 : goesOn(told) ? 1 : 2;
    }

    /** True for a call after which the part stays claimed. */
    private static boolean goesOn(RecordedEvent told) {
        return told.is(Type.ATTEMPT)
                || told.is(Type.RATE_LIMITED)
                || told.is(Type.LOOKED_UP)
                || told.is(Type.IN_DOUBT) && told.says("no") && told.says("answer");
    }

    /** The rows that the events allow, all of one claim. */
    private final class Rows {
        private final RecordedEvent claim;

        Rows(RecordedEvent claim) {
            this.claim = claim;
        }

        List<Map<String, @Nullable Object>> all(boolean replayed) {
            List<Map<String, @Nullable Object>> rows = new ArrayList<>();
            for (RecordedEvent yes : sent) {
                if (mustCount(yes) || hash().equals(yes.event().payloadHash())) {
                    rows.add(ended(yes)); // a late one if the row held its content when it came, and no yes
                }
            }
            if (sent.stream().anyMatch(this::mustCount)) {
                return rows;
            }
            int furthest =
                    last.values().stream().mapToInt(ReplayedPart::rank).max().orElse(0);
            last.values().stream().filter(told -> rank(told) == furthest).forEach(told -> each(told, rows));
            left.values().forEach(told -> rows.add(abandoned(told)));
            if (replayed
                    && rows.stream()
                            .anyMatch(row -> DeliveryState.IN_DOUBT.name().equals(row.get("state")))) {
                rows.add(row(DeliveryState.FAILED, false, true, Reason.REPLAYED.id(), statuses, latencies));
            }
            return rows;
        }

        /** True for a yes that the row cannot have passed over, unless it has another. */
        private boolean mustCount(RecordedEvent yes) {
            return !yes.says(Deliveries.TAKEN_OVER) || yes.attempt() == attempts;
        }

        private String hash() {
            return String.valueOf(claim.event().payloadHash());
        }

        private void each(RecordedEvent told, List<Map<String, @Nullable Object>> rows) {
            AuditEvent event = told.event();
            if (told.is(Type.CLAIMED)) {
                rows.add(row(DeliveryState.SENDING, true, marked, null, statuses, latencies));
            } else if (goesOn(told) || AuditEvent.SHORTENED.equals(event.reason()) && told.is(Type.IN_DOUBT)) {
                boolean known = marked || claim.value(FACTS) != null && !AuditEvent.SHORTENED.equals(event.reason());
                rows.add(row(
                        DeliveryState.SENDING,
                        false,
                        known ? marked : null,
                        event.reason(),
                        AuditedRow.plain(event.httpStatus()),
                        latencies));
            }
            if (told.is(Type.RELEASED)) {
                if (!marked) {
                    rows.add(at(told, row(DeliveryState.FAILED, false, false, event.reason(), statuses, latencies)));
                }
                if (marked || shortened || claim.value(FACTS) == null) {
                    rows.add(at(told, row(DeliveryState.IN_DOUBT, false, true, event.reason(), statuses, latencies)));
                }
            } else if (UnfinishedParts.SOURCE_CHANGED.equals(event.reason())) {
                rows.add(abandoned(told));
            } else if (rank(told) == 2) {
                rows.add(ended(told));
            }
        }

        /** The source that had it in hand does not hold it any more. */
        private Map<String, @Nullable Object> abandoned(RecordedEvent told) {
            DeliveryState state = DeliveryState.valueOf(told.event().event());
            return at(
                    told,
                    row(
                            state,
                            false,
                            state == DeliveryState.IN_DOUBT,
                            told.event().reason(),
                            statuses,
                            latencies));
        }

        private Map<String, @Nullable Object> ended(RecordedEvent told) {
            AuditEvent event = told.event();
            boolean others = told.says(Deliveries.TAKEN_OVER) && told.attempt() != attempts;
            Map<String, @Nullable Object> row = row(
                    DeliveryState.valueOf(event.event()),
                    false,
                    AuditEvent.SHORTENED.equals(event.reason())
                            ? null
                            : (Boolean) (others || told.says(Deliveries.MAY_REPEAT)),
                    event.reason(),
                    AuditedRow.plain(event.httpStatus()),
                    AuditedRow.plain(event.latencyMs()));
            row.put("conversation_id", event.conversationId());
            return at(told, row);
        }

        /** @param doubted null when the events do not tell */
        private Map<String, @Nullable Object> row(
                DeliveryState state,
                boolean calling,
                @Nullable Boolean doubted,
                @Nullable String reason,
                @Nullable Object httpStatus,
                @Nullable Object latency) {
            AuditEvent claimed = claim.event();
            Map<String, @Nullable Object> row = new LinkedHashMap<>();
            row.put("state", state.name());
            row.put("conversation_id", null);
            row.put("content_hash", claimed.payloadHash());
            row.put("attempts", (long) attempts);
            row.put("calling", calling ? 1L : 0L);
            if (doubted != null) {
                row.put("doubted", doubted ? 1L : 0L);
            }
            row.put("http_status", httpStatus);
            row.put("reason", reason);
            row.put("latency_ms", latency);
            row.put("source", claimed.source());
            if (claim.is(Type.CLAIMED)) {
                String parts = claim.value("parts");
                row.put("messages", Long.valueOf(String.valueOf(claim.value("messages"))));
                row.put("parts", parts == null ? 1L : Long.valueOf(parts));
            }
            if (state == DeliveryState.SENDING) {
                row.put("finished_at", null);
            }
            if (claim.value(FACTS) != null) {
                row.put(FACTS, claim.value(FACTS));
            }
            if (first != null && first.value(FACTS) != null) {
                row.put("received_at", first.millis());
            }
            return row;
        }

        /** Row and event have one time, as long as both were written by a CXT that notes the row's facts. */
        private Map<String, @Nullable Object> at(RecordedEvent told, Map<String, @Nullable Object> row) {
            if (claim.value(FACTS) != null && told.chain().equals(claim.chain())) {
                row.put("finished_at", told.millis());
            }
            return row;
        }
    }
}
