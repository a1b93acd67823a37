package io.cxt.ledger;

import static io.cxt.fixture.Parts.LATENCY;
import static io.cxt.fixture.Parts.again;
import static io.cxt.fixture.Parts.at;
import static io.cxt.fixture.Parts.part;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.OperatorLog;
import io.cxt.ledger.Delivery.Standing;
import io.cxt.transcript.Part;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How a part stands, by the row that the ledger has of it. */
@OnEachDatabase
class DeliveryAssessorIT {

    @Parameter
    Store store;

    private static final Part HELLO = part("ext-1", "hello");

    @TempDir
    Path folder;

    private Book book;

    @BeforeEach
    void open() {
        book = Book.open(store, folder);
    }

    @AfterEach
    void close() {
        book.close();
    }

    @Test
    void what_the_ledger_does_not_know_is_unsent() throws Exception {
        Delivery delivery = lookUp(HELLO);

        assertThat(delivery.standing()).isEqualTo(Standing.UNSENT);
        assertThat(delivery.doubted()).isFalse();
        assertThat(delivery.state()).isEmpty();
    }

    @Test
    void what_was_sent_in_this_reading_at_this_place_was_sent_earlier() throws Exception {
        send(HELLO);

        Delivery delivery = lookUp(HELLO);

        assertThat(delivery.standing()).isEqualTo(Standing.SENT_EARLIER);
        assertThat(delivery.conversationId()).isEqualTo("conv-1");
        assertThat(delivery.httpStatus()).isEqualTo(201);
    }

    @Test
    void the_same_content_from_another_time_or_place_is_a_duplicate() throws Exception {
        send(HELLO);

        assertThat(lookUp(again(HELLO, "reading-2")).standing()).isEqualTo(Standing.DUPLICATE);
        assertThat(lookUp(at(HELLO, 2)).standing()).isEqualTo(Standing.DUPLICATE);
    }

    @Test
    void other_content_under_an_id_that_was_sent_is_a_conflict_in_any_reading() throws Exception {
        send(HELLO);

        assertThat(lookUp(part("ext-1", "other")).standing()).isEqualTo(Standing.CONFLICT);
        assertThat(lookUp(again(part("ext-1", "other"), "reading-2")).standing())
                .isEqualTo(Standing.CONFLICT);
    }

    @ParameterizedTest
    @EnumSource(names = {"REJECTED", "FAILED"})
    void what_was_decided_against_stands_for_this_reading_and_is_open_for_the_next(DeliveryState state)
            throws Exception {
        giveUp(HELLO, state);

        assertThat(lookUp(HELLO).standing()).isEqualTo(Standing.DECIDED_EARLIER);
        assertThat(lookUp(again(HELLO, "reading-2")).standing()).isEqualTo(Standing.UNSENT);
        assertThat(lookUp(part("ext-1", "corrected")).standing()).isEqualTo(Standing.UNSENT);
    }

    @Test
    void a_call_that_was_on_its_way_when_the_process_ended_is_sent_again_and_doubted() throws Exception {
        book.deliveries.claim(lookUp(HELLO));
        reopen(true);

        Delivery delivery = lookUp(HELLO);

        assertThat(delivery.standing()).isEqualTo(Standing.UNSENT);
        assertThat(delivery.doubted()).isTrue();
        assertThat(delivery.attempts()).isEqualTo(1);
    }

    @Test
    void a_call_that_was_on_its_way_is_parked_where_the_site_wants_it() throws Exception {
        book.deliveries.claim(lookUp(HELLO));
        reopen(false);

        assertThat(lookUp(HELLO).standing()).isEqualTo(Standing.PARKED);
    }

    @Test
    void other_content_than_that_of_the_call_on_its_way_is_a_conflict() throws Exception {
        book.deliveries.claim(lookUp(HELLO));
        reopen(true);

        assertThat(lookUp(part("ext-1", "other")).standing()).isEqualTo(Standing.CONFLICT);
    }

    @Test
    @Tag("fault-2")
    void a_process_that_ended_between_two_calls_leaves_no_doubt() throws Exception {
        Delivery delivery = lookUp(HELLO);
        book.deliveries.claim(delivery);
        book.deliveries.attempted(delivery, Type.ATTEMPT, 503, "CXONE-503", false, null, LATENCY);
        reopen(false);

        assertThat(lookUp(HELLO).standing()).isEqualTo(Standing.UNSENT);
        assertThat(lookUp(HELLO).doubted()).isFalse();
        assertThat(lookUp(part("ext-1", "other")).standing()).isEqualTo(Standing.UNSENT);
    }

    @Test
    void a_doubt_outlives_the_process_and_later_attempts() throws Exception {
        Delivery delivery = lookUp(HELLO);
        book.deliveries.claim(delivery);
        book.deliveries.attempted(delivery, Type.IN_DOUBT, 0, "NET-TIMEOUT", true, null, LATENCY);
        book.deliveries.claim(delivery);
        book.deliveries.attempted(delivery, Type.ATTEMPT, 503, "CXONE-503", false, null, LATENCY);
        reopen(true);

        assertThat(lookUp(HELLO).doubted()).isTrue();
    }

    @Test
    void what_is_in_doubt_is_decided_for_this_reading_and_sent_again_by_the_next() throws Exception {
        giveUp(HELLO, DeliveryState.IN_DOUBT);

        assertThat(lookUp(HELLO).standing()).isEqualTo(Standing.DECIDED_EARLIER);
        Delivery next = lookUp(again(HELLO, "reading-2"));
        assertThat(next.standing()).isEqualTo(Standing.UNSENT);
        assertThat(next.doubted()).isTrue();
        assertThat(lookUp(again(part("ext-1", "other"), "reading-2")).standing())
                .isEqualTo(Standing.CONFLICT);
    }

    @Test
    void what_is_in_doubt_stays_parked_where_the_site_wants_it() throws Exception {
        giveUp(HELLO, DeliveryState.IN_DOUBT);
        reopen(false);

        assertThat(lookUp(again(HELLO, "reading-2")).standing()).isEqualTo(Standing.PARKED);
    }

    @Test
    void what_a_person_replays_goes_out_even_where_the_site_parks_and_stays_doubted() throws Exception {
        giveUp(HELLO, DeliveryState.IN_DOUBT);
        reopen(false);

        try (OperatorLog log = new OperatorLog(store.settings(folder))) {
            log.replayed("ext-1", "NET-RESET/ext-1", true, null);
        }

        Delivery next = lookUp(again(HELLO, "reading-2"));
        assertThat(next.standing()).isEqualTo(Standing.UNSENT);
        assertThat(next.doubted()).isTrue();
        assertThat(lookUp(again(part("ext-1", "other"), "reading-2")).standing())
                .isEqualTo(Standing.CONFLICT);
    }

    @Test
    void a_refusal_after_a_call_without_an_answer_stays_doubted() throws Exception {
        Delivery delivery = lookUp(HELLO);
        book.deliveries.claim(delivery);
        book.deliveries.attempted(delivery, Type.IN_DOUBT, 0, "NET-RESET", true, null, LATENCY);
        book.deliveries.claim(delivery);
        book.deliveries.notSent(delivery, DeliveryState.REJECTED, 409, "CXONE-409", LATENCY);

        Delivery next = lookUp(again(HELLO, "reading-2"));
        Delivery corrected = lookUp(again(part("ext-1", "corrected"), "reading-3"));

        assertThat(next.standing()).isEqualTo(Standing.UNSENT);
        assertThat(next.doubted()).isTrue();
        assertThat(corrected.standing()).isEqualTo(Standing.UNSENT);
        assertThat(corrected.doubted()).isTrue();
    }

    @Test
    void a_claim_that_was_given_back_is_open_again_in_the_same_reading() throws Exception {
        Delivery delivery = lookUp(HELLO);
        book.deliveries.claim(delivery);
        book.deliveries.attempted(delivery, Type.ATTEMPT, 403, "CXONE-403", false, null, LATENCY);

        book.deliveries.release(delivery);

        assertThat(lookUp(HELLO).standing()).isEqualTo(Standing.UNSENT);
        assertThat(lookUp(HELLO).doubted()).isFalse();
    }

    @Test
    void a_doubted_claim_that_was_given_back_stays_doubted() throws Exception {
        Delivery delivery = lookUp(HELLO);
        book.deliveries.claim(delivery);
        book.deliveries.attempted(delivery, Type.IN_DOUBT, 0, "NET-TIMEOUT", true, null, LATENCY);

        book.deliveries.release(delivery);

        assertThat(lookUp(HELLO).standing()).isEqualTo(Standing.UNSENT);
        assertThat(lookUp(HELLO).doubted()).isTrue();
    }

    /** Looks it up and lets others have it, so that one test can ask several times. */
    private Delivery lookUp(Part part) {
        Delivery delivery = book.deliveries.lookUp(part);
        book.deliveries.unlock(part);
        return delivery;
    }

    private void send(Part part) throws BusyException {
        Delivery delivery = lookUp(part);
        book.deliveries.claim(delivery);
        book.deliveries.sent(delivery, 201, "conv-1", null, LATENCY);
    }

    private void giveUp(Part part, DeliveryState state) throws BusyException {
        Delivery delivery = lookUp(part);
        book.deliveries.claim(delivery);
        book.deliveries.notSent(delivery, state, 400, "CXONE-400", LATENCY);
    }

    private void reopen(boolean resendInDoubt) {
        book.close();
        book = Book.open(store, folder, resendInDoubt);
    }
}
