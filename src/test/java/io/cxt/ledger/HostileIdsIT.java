package io.cxt.ledger;

import static io.cxt.fixture.Parts.LATENCY;
import static io.cxt.fixture.Parts.part;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.audit.AuditQuery;
import io.cxt.ledger.Delivery.Standing;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

@OnEachDatabase
class HostileIdsIT {

    @Parameter
    Store store;

    private static final List<String> IDS = List.of(
            "'",
            "\"",
            "'; DROP TABLE delivery; --",
            "ext-1' OR '1'='1",
            "line\nbreak\r\n",
            "tab\tand\u001b[31mred",
            "percent % and _ under",
            "back\\slash",
            "x".repeat(512),
            "\u6F22\u5B57 \uD83D\uDE00 e\u0301",
            "\u00e9",
            " leading and trailing ",
            "EXT-1",
            "ext-1",
            "../../etc/passwd",
            "\u202Eright to left",
            "?");

    @TempDir
    Path folder;

    @Test
    @Tag("fault-55")
    void are_kept_and_found_as_they_came() throws Exception {
        try (Book book = Book.open(store, folder)) {
            for (String id : IDS) {
                Delivery delivery = book.deliveries.lookUp(part(id, "hello " + id));
                assertThat(delivery.standing()).isEqualTo(Standing.UNSENT);
                book.deliveries.claim(delivery);
                book.deliveries.sent(delivery, 201, id, null, LATENCY);
                book.deliveries.unlock(delivery.part());
            }
        }

        try (Book book = Book.open(store, folder)) {
            LedgerView view = book.ledger.view();
            for (String id : IDS) {
                assertThat(book.deliveries.lookUp(part(id, "hello " + id)).standing())
                        .isEqualTo(Standing.SENT_EARLIER);
                assertThat(view.deliveries(id)).singleElement().satisfies(row -> assertThat(row)
                        .returns(id, RecordedDelivery::interactionId)
                        .returns(id, RecordedDelivery::conversationId));
                List<Object> events = new ArrayList<>();
                view.audit().events(AuditQuery.ofInteraction(Set.of(id)), row -> events.add(row.interactionId()));
                assertThat(events).containsExactly(id, id);
            }
            assertThat(view.status().countsByState()).containsEntry(DeliveryState.SENT, (long) IDS.size());
            assertThat(view.audit().verify().fault()).isNull();
        }
    }
}
