package io.cxt.ledger;

import static io.cxt.fixture.Parts.LATENCY;
import static io.cxt.fixture.Parts.again;
import static io.cxt.fixture.Parts.part;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.audit.AuditEvent.Type;
import io.cxt.ledger.Delivery.Standing;
import io.cxt.transcript.Part;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The answer to a call comes after another instance has done something with the part, because the lease had run out. */
@Tag("fault-77")
class LateAnswersIT {
    private static final Part HELLO = part("ext-1", "hello");
    private static final String ROW = "SELECT state, attempts, doubted, conversation_id FROM delivery WHERE part = 1";
    private static final String TOLD = "SELECT event, attempt, http_status, conversation_id, detail FROM audit_event"
            + " WHERE event <> 'CLAIMED' ORDER BY at, seq";

    @TempDir
    Path folder;

    private Book slow;
    private Book other;
    private Book parking;
    private Delivery late;

    /** One instance whose call is under way and whose lease has run out, and two that may take the part over. */
    @BeforeEach
    void call() throws Exception {
        slow = Book.open(Store.POSTGRESQL, folder.resolve("slow"));
        other = slow.besides(folder.resolve("other"), Duration.ofSeconds(60));
        parking = slow.besides(folder.resolve("parking"), Duration.ofSeconds(60), false);
        late = slow.deliveries.lookUp(HELLO);
        slow.deliveries.claim(late);
        slow.ledger.stopRenewing();
        expire();
    }

    /** Whatever the order, the row is what the chains say together. */
    @AfterEach
    void close() {
        Set<String> others = Set.of(other.ledger.instance(), parking.ledger.instance());
        assertThat(slow.ledger.view().audit().verify(others).faults()).isEmpty();
        slow.close();
        other.close();
        parking.close();
    }

    private void expire() throws Exception {
        slow.tamper("UPDATE delivery SET lease_until = 0 WHERE owner LIKE '" + slow.ledger.instance() + "%'");
    }

    @Test
    void a_yes_after_the_part_was_parked_is_on_record_and_ends_the_doubt() throws Exception {
        park(HELLO);

        slow.deliveries.sent(late, 201, "conv-1", null, LATENCY);

        assertThat(slow.rows(ROW)).containsExactly("SENT 1 0 conv-1");
        assertThat(slow.rows(TOLD))
                .containsExactly("IN_DOUBT 1 null null may-repeat parked", "SENT 1 201 conv-1 taken-over");
        assertThat(parking.deliveries.lookUp(again(HELLO, "reading-2")).standing())
                .isEqualTo(Standing.DUPLICATE);
    }

    @Test
    void a_no_after_the_part_was_parked_is_on_record_and_a_person_decides() throws Exception {
        park(HELLO);

        assertThatThrownBy(() -> slow.deliveries.notSent(late, DeliveryState.REJECTED, 400, "CXONE-400", LATENCY))
                .isInstanceOf(BusyException.class)
                .hasMessageContaining("chats.json#1");

        assertThat(slow.rows(ROW)).containsExactly("IN_DOUBT 1 1 null");
        assertThat(slow.rows(TOLD)).last().isEqualTo("REJECTED 1 400 null taken-over");
    }

    @Test
    void an_answer_that_may_pass_is_on_record_and_leads_to_no_call_behind_the_back_of_who_parked_it() throws Exception {
        park(HELLO);

        slow.deliveries.attempted(late, Type.ATTEMPT, 503, "CXONE-503", false, null, LATENCY);

        assertThat(slow.rows(TOLD)).last().isEqualTo("ATTEMPT 1 503 null taken-over");
        assertThatThrownBy(() -> slow.deliveries.claim(late)).isInstanceOf(BusyException.class);
        assertThat(slow.rows(ROW)).containsExactly("IN_DOUBT 1 1 null");
    }

    @Test
    void what_was_sent_meanwhile_is_not_parked() throws Exception {
        Delivery looked = parking.deliveries.lookUp(HELLO);
        slow.deliveries.sent(late, 201, "conv-1", null, LATENCY);

        assertThatThrownBy(() -> parking.deliveries.parked(looked, 0, looked.doubt(), Duration.ZERO))
                .isInstanceOf(BusyException.class);

        assertThat(slow.rows(ROW)).containsExactly("SENT 1 0 conv-1");
        assertThat(slow.rows(TOLD)).containsExactly("SENT 1 201 conv-1 null");
    }

    @Test
    void what_shows_life_again_is_not_parked() throws Exception {
        Delivery looked = parking.deliveries.lookUp(HELLO);
        slow.deliveries.renewLeases();
        slow.deliveries.archived(
                HELLO, "behind the renewal"); // one writer: the renewal is on the disk with the next claim
        slow.deliveries.claim(slow.deliveries.lookUp(part("ext-2", "hello")));

        assertThatThrownBy(() -> parking.deliveries.parked(looked, 0, looked.doubt(), Duration.ZERO))
                .isInstanceOf(BusyException.class);
        slow.deliveries.sent(late, 201, "conv-1", null, LATENCY);

        assertThat(slow.rows(TOLD)).containsExactly("SENT 1 201 conv-1 null");
    }

    @Test
    void of_two_yeses_the_first_stays_in_the_row_and_the_repeat_is_marked() throws Exception {
        Delivery taken = other.deliveries.lookUp(HELLO);
        other.deliveries.claim(taken);

        slow.deliveries.sent(late, 201, "conv-1", null, LATENCY);
        other.deliveries.sent(taken, 201, "conv-2", null, LATENCY);

        assertThat(slow.rows(ROW)).containsExactly("SENT 2 1 conv-1");
        assertThat(slow.rows(TOLD))
                .containsExactly(
                        "IN_DOUBT 1 null null a call of a process that ended may have arrived",
                        "SENT 1 201 conv-1 taken-over",
                        "SENT 2 201 conv-2 may-repeat taken-over");
    }

    @Test
    void a_yes_after_that_of_who_took_over_changes_nothing_in_the_row() throws Exception {
        Delivery taken = other.deliveries.lookUp(HELLO);
        other.deliveries.claim(taken);

        other.deliveries.sent(taken, 201, "conv-2", null, LATENCY);
        slow.deliveries.sent(late, 201, "conv-1", null, LATENCY);

        assertThat(slow.rows(ROW)).containsExactly("SENT 2 1 conv-2");
        assertThat(slow.rows(TOLD)).last().isEqualTo("SENT 1 201 conv-1 taken-over");
    }

    @Test
    void a_no_after_a_yes_is_on_record_and_the_yes_stays() throws Exception {
        Delivery taken = other.deliveries.lookUp(HELLO);
        other.deliveries.claim(taken);
        slow.deliveries.sent(late, 201, "conv-1", null, LATENCY);

        assertThatThrownBy(() -> other.deliveries.notSent(taken, DeliveryState.REJECTED, 409, "CXONE-409", LATENCY))
                .isInstanceOf(BusyException.class);

        assertThat(slow.rows(ROW)).containsExactly("SENT 2 1 conv-1");
        assertThat(slow.rows(TOLD)).last().isEqualTo("REJECTED 2 409 null may-repeat taken-over");
        assertThatThrownBy(() -> other.deliveries.claim(taken)).isInstanceOf(BusyException.class);
    }

    @Test
    void a_yes_to_content_that_was_corrected_since_leaves_the_row_and_its_copies_alone() throws Exception {
        Delivery taken = other.deliveries.lookUp(HELLO);
        other.deliveries.claim(taken);
        other.deliveries.notSent(taken, DeliveryState.REJECTED, 400, "CXONE-400", LATENCY);
        other.deliveries.unlock(HELLO);
        Delivery corrected = other.deliveries.lookUp(again(part("ext-1", "corrected"), "reading-2"));
        other.deliveries.claim(corrected);

        slow.deliveries.sent(late, 201, "conv-1", null, LATENCY);
        slow.deliveries.archived(HELLO, "elsewhere");
        other.deliveries.sent(corrected, 201, "conv-2", null, LATENCY);

        assertThat(slow.rows(ROW)).containsExactly("SENT 3 1 conv-2");
        assertThat(slow.rows("SELECT archived_in FROM delivery")).containsExactly("null");
        assertThat(slow.rows(TOLD)).contains("SENT 1 201 conv-1 taken-over");
    }

    @Test
    void a_claim_holds_only_while_the_row_is_as_it_was_looked_up() throws Exception {
        Delivery looked = other.deliveries.lookUp(HELLO); // cut off, as it seems
        slow.deliveries.attempted(late, Type.ATTEMPT, 503, "CXONE-503", false, null, LATENCY);
        slow.deliveries.release(late);

        assertThatThrownBy(() -> other.deliveries.claim(looked)).isInstanceOf(BusyException.class);

        other.deliveries.unlock(HELLO);
        assertThat(other.deliveries.lookUp(HELLO).doubted()).isFalse();
    }

    private void park(Part part) throws BusyException {
        Delivery delivery = parking.deliveries.lookUp(part);
        assertThat(delivery.standing()).isEqualTo(Standing.PARKED);
        parking.deliveries.parked(delivery, 0, delivery.doubt(), Duration.ZERO);
        parking.deliveries.unlock(part);
    }
}
