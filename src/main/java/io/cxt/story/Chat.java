package io.cxt.story;

import io.cxt.audit.AuditEntry;
import io.cxt.ledger.RecordedDelivery;
import java.util.List;
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

    List<AuditEntry> of(RecordedDelivery delivery) {
        String its = delivery.interactionId();
        return events.stream()
                .filter(event -> event.interactionId() == null || its.equals(event.interactionId()))
                .toList();
    }
}
