package io.cxt.story;

import io.cxt.audit.AuditEntry;
import io.cxt.audit.RecordedEvent;
import io.cxt.ledger.RecordedDelivery;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the ledger knows of one interaction.
 *
 * @param spellings how what was asked for may stand in the ledger
 * @param deliveries the parts in order
 * @param events in the order in which they were written
 */
public record Chat(Set<String> spellings, List<RecordedDelivery> deliveries, List<AuditEntry> events) {

    public boolean isUnknown() {
        return deliveries.isEmpty() && events.isEmpty();
    }

    /** False for a delivery that was found because a pickup put its prefix before the id. */
    public boolean asked(RecordedDelivery delivery) {
        return spellings.contains(delivery.interactionId());
    }

    /** The events about a delivery: of its interaction and, as far as an event or the claim before it names one, of its target. */
    List<AuditEntry> of(RecordedDelivery delivery) {
        Map<String, String> claimed = new HashMap<>(); // by chain, part and interaction
        List<AuditEntry> about = new ArrayList<>();
        for (AuditEntry event : events) {
            String place = event.chain() + " " + event.part() + " " + event.interactionId();
            String named = RecordedEvent.value(event.detail(), RecordedEvent.TARGET);
            String target = named == null ? claimed.getOrDefault(place, delivery.target()) : named;
            if (event.event().equals("CLAIMED")) {
                claimed.put(place, target);
            }
            boolean its = event.interactionId() == null || event.interactionId().equals(delivery.interactionId());
            if (its && target.equals(delivery.target())) {
                about.add(event);
            }
        }
        return about;
    }
}
