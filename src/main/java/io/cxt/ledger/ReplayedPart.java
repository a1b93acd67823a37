package io.cxt.ledger;

import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.AuditEvent;
import io.cxt.audit.RecordedEvent;
import io.cxt.transcript.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the events of one part come to. They are told chain by chain, each chain in its order; between chains the attempt
 * is what tells which was first, because each claim counts one up. Where two chains tell of one attempt and neither
 * must have been the last, the row may be as either says.
 */
final class ReplayedPart {
    /** A pseudo-column: what {@link DeliveryTable#facts} makes of the row. */
    static final String FACTS = "row";

    private final Set<Object> statuses = new HashSet<>(Arrays.asList((Object) null));
    private final Set<Object> latencies = new HashSet<>(Arrays.asList((Object) null));
    private final List<RecordedEvent> sent = new ArrayList<>();
    /** The last event of each chain at the highest attempt. */
    private final Map<String, RecordedEvent> last = new LinkedHashMap<>();
    /** The same where the event does not say at which attempt, as it once was when a source was gone. */
    private final Map<String, RecordedEvent> left = new LinkedHashMap<>();

    private RecordedEvent claim;
    private RecordedEvent first;
    private int claims;
    private int attempts = -1;
    private boolean marked;
    private boolean shortened;

    /** Takes an event; true when it tells of the row. */
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
        if (event.attempt() <= 1
                && (first == null || event.attempt() < first.event().attempt())) {
            first = told;
        }
        if (event.attempt() > attempts) {
            attempts = event.attempt();
            claim = null;
            marked = false;
            shortened = false;
            last.clear();
        }
        if (event.attempt() == attempts) {
            claim = claimed || claim == null && attempts == 0 ? told : claim;
            marked |= told.says(Deliveries.MAY_REPEAT) || goesOn(told) && told.is(Type.IN_DOUBT);
            shortened |= AuditEvent.SHORTENED.equals(event.reason());
            last.put(told.chain(), told);
        }
        return true;
    }

    /** True when each of its claims is on record. */
    boolean claimed() {
        return claims == Math.max(0, attempts) && claim != null;
    }

    /**
     * What the row may hold, column by column; one without a value may hold anything.
     *
     * @param replayed true when a person has put the interaction into the inbox again
     * @param reading false when the row belongs to no reading, as after that
     */
    List<Map<String, Object>> expected(boolean replayed, boolean reading) {
        List<Map<String, Object>> rows = rows(replayed);
        if (replayed && !reading) {
            rows.forEach(row -> row.remove(FACTS));
        }
        return rows;
    }

    private List<Map<String, Object>> rows(boolean replayed) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (RecordedEvent yes : sent) {
            if (mustCount(yes) || hash().equals(yes.event().payloadHash())) {
                rows.add(ended(yes)); // a late one if the row held its content when it came, and no yes
            }
        }
        if (sent.stream().anyMatch(this::mustCount)) {
            return rows;
        }
        int furthest = last.values().stream().mapToInt(ReplayedPart::rank).max().orElse(0);
        last.values().stream().filter(told -> rank(told) == furthest).forEach(told -> each(told, rows));
        left.values().forEach(told -> rows.add(abandoned(told)));
        if (replayed
                && rows.stream().anyMatch(row -> DeliveryState.IN_DOUBT.name().equals(row.get("state")))) {
            rows.add(row(DeliveryState.FAILED, false, true, Reason.REPLAYED.id(), statuses, latencies));
        }
        return rows;
    }

    /** True for a yes that the row cannot have passed over, unless it has another. */
    private boolean mustCount(RecordedEvent yes) {
        return !yes.says(Deliveries.TAKEN_OVER) || yes.event().attempt() == attempts;
    }

    private String hash() {
        return String.valueOf(claim.event().payloadHash());
    }

    /** Of what is written at one attempt: the claim is first, then a call that goes on, then all else. */
    private static int rank(RecordedEvent told) {
        return told.is(Type.CLAIMED) ? 0 : goesOn(told) ? 1 : 2;
    }

    /** True for a call after which the part stays claimed. */
    private static boolean goesOn(RecordedEvent told) {
        return told.is(Type.ATTEMPT)
                || told.is(Type.RATE_LIMITED)
                || told.is(Type.IN_DOUBT) && told.says("no") && told.says("answer");
    }

    private void each(RecordedEvent told, List<Map<String, Object>> rows) {
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
        } else if (DeliveryTable.SOURCE_CHANGED.equals(event.reason())) {
            rows.add(abandoned(told));
        } else if (rank(told) == 2) {
            rows.add(ended(told));
        }
    }

    /** The source that had it in hand does not hold it any more. */
    private Map<String, Object> abandoned(RecordedEvent told) {
        DeliveryState state = DeliveryState.valueOf(told.event().event());
        return at(
                told,
                row(state, false, state == DeliveryState.IN_DOUBT, told.event().reason(), statuses, latencies));
    }

    private Map<String, Object> ended(RecordedEvent told) {
        AuditEvent event = told.event();
        boolean others = told.says(Deliveries.TAKEN_OVER) && event.attempt() != attempts;
        Map<String, Object> row = row(
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
    private Map<String, Object> row(
            DeliveryState state, boolean calling, Boolean doubted, String reason, Object httpStatus, Object latency) {
        AuditEvent claimed = claim.event();
        Map<String, Object> row = new LinkedHashMap<>();
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
            row.put("messages", Long.valueOf(claim.value("messages")));
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
    private Map<String, Object> at(RecordedEvent told, Map<String, Object> row) {
        if (claim.value(FACTS) != null && told.chain().equals(claim.chain())) {
            row.put("finished_at", told.millis());
        }
        return row;
    }
}
