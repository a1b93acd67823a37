package io.cxt.ledger;

import static io.cxt.fixture.Parts.LATENCY;
import static io.cxt.fixture.Parts.part;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.audit.AuditEvent.Type;
import io.cxt.transcript.Origin;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** What became of transcripts is added up by minute, each once. */
@OnEachDatabase
class TallyIT {
    @Parameter
    Store store;

    @TempDir
    Path folder;

    @Test
    void each_outcome_counts_once_and_a_call_that_is_repeated_counts_none() throws Exception {
        try (Book book = Book.open(store, folder)) {
            for (int i = 0; i < 5; i++) {
                Delivery delivery = claimed(book, "sent-" + i);
                book.deliveries.sent(delivery, 201, "conv", null, LATENCY);
                book.deliveries.unlock(delivery.part());
            }
            Delivery again = book.deliveries.lookUp(part("sent-1", "hello"));
            book.deliveries.skipped(again);
            Delivery doubted = claimed(book, "doubted");
            for (int i = 0; i < 2; i++) {
                book.deliveries.attempted(doubted, Type.IN_DOUBT, 0, "NET-RESET", true, "no answer", LATENCY);
                book.deliveries.claim(doubted);
            }
            book.deliveries.notSent(doubted, DeliveryState.IN_DOUBT, 0, "NET-RESET", LATENCY);
            book.deliveries.notSent(claimed(book, "failed"), DeliveryState.FAILED, 503, "CXONE-503", LATENCY);
            book.deliveries
                    .whole()
                    .rejected(
                            "conversations", "bad", new Origin("reading-1", "a.json", 1, 1), 5, "TS-ORDER", "TS-ORDER");
            book.ledger.note(Type.STOPPED, null); // behind what nobody waited for

            assertThat(book.ledger.view().status().lastHour(Instant.now()))
                    .isEqualTo(
                            Map.of("SENT", 5L, "SKIPPED_DUPLICATE", 1L, "IN_DOUBT", 1L, "FAILED", 1L, "REJECTED", 1L));
            assertThat(book.ledger.view().status().lastHour(Instant.now().plusSeconds(3700)))
                    .isEmpty();
        }
    }

    private static Delivery claimed(Book book, String id) throws Exception {
        Delivery delivery = book.deliveries.lookUp(part(id, "hello"));
        book.deliveries.claim(delivery);
        return delivery;
    }
}
