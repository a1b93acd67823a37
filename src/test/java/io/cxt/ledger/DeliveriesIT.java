package io.cxt.ledger;

import static io.cxt.fixture.Parts.LATENCY;
import static io.cxt.fixture.Parts.again;
import static io.cxt.fixture.Parts.part;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.audit.AuditEvent;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.OperatorLog;
import io.cxt.fixture.Await;
import io.cxt.transcript.Origin;
import io.cxt.transcript.Part;
import io.cxt.transcript.Reason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

@Timeout(180)
@OnEachDatabase
class DeliveriesIT {

    @Parameter
    Store store;

    private static final Part HELLO = part("ext-1", "hello");
    private static final Origin ORIGIN = HELLO.origin();
    private static final String STATES = "SELECT interaction_id, part, state FROM delivery ORDER BY part";

    @TempDir
    Path folder;

    private Book book;
    private Deliveries deliveries;
    private boolean tampered;

    @BeforeEach
    void open() {
        book = Book.open(store, folder);
        deliveries = book.deliveries;
    }

    /** Whatever a test has done, the rows are what the events say, unless it has changed them itself. */
    @AfterEach
    void close() {
        assertThat(tampered ? List.of() : book.ledger.view().audit().verify().faults())
                .isEmpty();
        book.close();
    }

    /** Its transaction is over, though its log is still open: SQLite has one writer, and the run is another. */
    @Test
    @Tag("fault-143")
    @Timeout(30)
    void an_order_that_is_refused_keeps_nobody_waiting() throws Exception {
        JobOrders.Redrive none = new JobOrders.Redrive(new LetterQuery(null, Set.of(), null), "z", "all", 20, 5, null);
        try (OperatorLog refused = new OperatorLog(store.settings(folder), "anna");
                OperatorLog next = new OperatorLog(store.settings(folder), "ben")) {
            assertThatThrownBy(() -> JobOrders.start(refused, none, "anna", 0)).isInstanceOf(OrderRefused.class);

            next.changed(session -> AuditEvent.of(Type.HELD));
            book.deliveries.claim(book.deliveries.lookUp(part("ext-1", "hello")));
            refused.changed(session -> AuditEvent.of(Type.HELD));
        }
        assertThat(book.ledger.view().audit().verify().fault()).isNull();
    }

    /** A call may wait for minutes between the look at the ledger and its claim. */
    @Test
    @Tag("fault-149")
    void what_is_left_of_a_chat_that_is_erased_meanwhile_is_not_claimed() throws Exception {
        Part first = part("ext-1", 1, 3, "one", ORIGIN);
        Part failed = part("ext-1", 2, 3, "two", ORIGIN);
        Part last = part("ext-1", 3, 3, "three", ORIGIN);
        deliveries.sent(claimed(first), 201, "conv-1", null, LATENCY);
        deliveries.fed(first);
        deliveries.notSent(claimed(failed), DeliveryState.FAILED, 503, "CXONE-503", LATENCY);
        deliveries.unlock(failed);
        Delivery again = deliveries.lookUp(failed);
        Delivery never = deliveries.lookUp(last);

        try (OperatorLog log = new OperatorLog(store.settings(folder))) {
            Erasures.erase(log, "ext-1", Set.of("conversations"), null, List.of(), "asked for");
        }

        assertThatThrownBy(() -> deliveries.claim(again)).isInstanceOf(BusyException.class);
        assertThatThrownBy(() -> deliveries.claim(never)).isInstanceOf(BusyException.class);
        assertThatThrownBy(() -> deliveries.parked(never, 0, "CALL-CUT-OFF", LATENCY))
                .isInstanceOf(BusyException.class);
        assertThat(book.rows(STATES)).containsExactly("ext-1 1 SENT", "ext-1 2 FAILED");
        deliveries.unlock(last);
        assertThat(deliveries.lookUp(last).standing()).isEqualTo(Delivery.Standing.ERASED);
    }

    @Test
    void a_claim_and_its_event_are_on_the_disk_when_it_returns() throws Exception {
        deliveries.claim(deliveries.lookUp(HELLO));

        assertThat(book.rows("SELECT state, calling, attempts, content_hash FROM delivery"))
                .containsExactly("SENDING 1 1 " + HELLO.hash());
        assertThat(book.rows("SELECT event, interaction_id, part, source, attempt, payload_hash FROM audit_event"))
                .containsExactly("CLAIMED ext-1 1 chats.json#1 1 " + HELLO.hash());
    }

    @Test
    void a_yes_is_kept_with_its_conversation_id_and_its_event() throws Exception {
        Delivery delivery = claimed(HELLO);

        deliveries.sent(delivery, 201, "conv-1", null, LATENCY);

        assertThat(book.rows("SELECT state, calling, doubted, http_status, conversation_id, latency_ms FROM delivery"))
                .containsExactly("SENT 0 0 201 conv-1 12");
        assertThat(book.rows("SELECT http_status, latency_ms, conversation_id FROM audit_event WHERE event = 'SENT'"))
                .containsExactly("201 12 conv-1");
    }

    @Test
    void every_call_of_a_part_is_in_the_audit() throws Exception {
        Delivery delivery = claimed(HELLO);
        deliveries.attempted(delivery, Type.RATE_LIMITED, 429, "CXONE-429", false, "retry-after=2", LATENCY);
        deliveries.claim(delivery);
        deliveries.attempted(delivery, Type.IN_DOUBT, 0, "NET-TIMEOUT", true, "no answer", LATENCY);
        deliveries.claim(delivery);
        deliveries.sent(delivery, 201, "conv-1", null, LATENCY);

        assertThat(book.rows("SELECT event, attempt, http_status, reason, detail FROM audit_event ORDER BY seq"))
                .containsExactly(
                        "CLAIMED 1 null null messages=3",
                        "RATE_LIMITED 1 429 CXONE-429 retry-after=2",
                        "CLAIMED 2 null null messages=3",
                        "IN_DOUBT 2 null NET-TIMEOUT no answer",
                        "CLAIMED 3 null NET-TIMEOUT messages=3 may-repeat",
                        "SENT 3 201 null may-repeat");
    }

    @Test
    void a_repeat_after_a_crash_is_marked_before_it_is_claimed() throws Exception {
        claimed(HELLO);
        book.close();
        open();

        claimed(HELLO);

        assertThat(book.rows("SELECT event, attempt, reason FROM audit_event ORDER BY seq"))
                .containsExactly("CLAIMED 1 null", "IN_DOUBT 1 CALL-CUT-OFF", "CLAIMED 2 CALL-CUT-OFF");
        assertThat(book.rows("SELECT state, calling, doubted, attempts FROM delivery"))
                .containsExactly("SENDING 1 1 2");
    }

    @Test
    void a_claim_with_old_knowledge_is_refused_and_leaves_no_event() throws Exception {
        Delivery old = deliveries.lookUp(HELLO);
        deliveries.unlock(HELLO);
        Delivery quicker = deliveries.lookUp(HELLO);
        deliveries.claim(quicker);

        assertThatThrownBy(() -> deliveries.claim(old)).isInstanceOf(BusyException.class);

        assertThat(book.events()).containsExactly("CLAIMED");
    }

    @Test
    void nothing_that_was_sent_can_be_claimed_again() throws Exception {
        Delivery delivery = claimed(HELLO);
        deliveries.sent(delivery, 201, "conv-1", null, LATENCY);

        assertThatThrownBy(() -> deliveries.claim(delivery)).isInstanceOf(BusyException.class);
    }

    @Test
    void a_second_thread_with_the_same_part_waits_until_the_first_lets_go() throws Exception {
        deliveries.claim(deliveries.lookUp(HELLO));
        CompletableFuture<Delivery> second = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                second.complete(deliveries.lookUp(again(HELLO, "reading-2")));
            } catch (RuntimeException e) {
                second.completeExceptionally(e);
            }
        });
        thread.start();
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        assertThat(second).isNotDone();

        deliveries.unlock(HELLO);

        assertThat(second).succeedsWithin(Duration.ofSeconds(60));
    }

    @Test
    void a_claim_that_was_given_back_can_be_claimed_by_the_same_reading() throws Exception {
        Delivery delivery = claimed(HELLO);
        deliveries.attempted(delivery, Type.ATTEMPT, 403, "CXONE-403", false, null, LATENCY);

        deliveries.release(delivery);
        claimed(HELLO);

        assertThat(book.events()).containsExactly("CLAIMED", "ATTEMPT", "RELEASED", "CLAIMED");
        assertThat(book.rows("SELECT state, calling, doubted, attempts FROM delivery"))
                .containsExactly("SENDING 1 0 2");
    }

    @Test
    void what_was_never_claimed_is_not_given_back() throws Exception {
        Delivery delivery = claimed(HELLO);
        deliveries.notSent(delivery, DeliveryState.FAILED, 503, "CXONE-503", LATENCY);

        deliveries.release(deliveries.lookUp(again(HELLO, "reading-2")));

        assertThat(book.rows("SELECT state, reason FROM delivery")).containsExactly("FAILED CXONE-503");
        assertThat(book.events()).containsExactly("CLAIMED", "FAILED");
    }

    @Test
    void other_content_is_kept_beside_what_was_sent() throws Exception {
        deliveries.sent(claimed(HELLO), 201, "conv-1", null, LATENCY);

        Part other = part("ext-1", "other");
        deliveries.whole().conflict(deliveries.lookUp(other));

        assertThat(book.rows(STATES)).containsExactly("ext-1 0 CONFLICT", "ext-1 1 SENT");
    }

    @Test
    void a_refusal_is_noted_once_for_each_reading_and_place() throws Exception {
        deliveries.whole().rejected("conversations", "ext-1", ORIGIN, 100, "TS-ORDER", "TS-ORDER");
        deliveries.whole().rejected("conversations", "ext-1", ORIGIN, 100, "TS-ORDER", "TS-ORDER");
        deliveries.whole().rejected("conversations", null, ORIGIN, 100, "JSON", "JSON");

        assertThat(book.rows("SELECT interaction_id, state, reason FROM delivery ORDER BY reason"))
                .containsExactly("chats.json#1 REJECTED JSON", "ext-1 REJECTED TS-ORDER");
        assertThat(book.rows("SELECT event, interaction_id, source FROM audit_event ORDER BY seq"))
                .containsExactly("REJECTED ext-1 chats.json#1", "REJECTED null chats.json#1");
    }

    @Test
    @Tag("fault-126")
    void a_conflict_that_nobody_decided_outlasts_what_is_rejected_or_excluded_later() throws Exception {
        deliveries.sent(claimed(HELLO), 201, "conv-1", null, LATENCY);
        deliveries.whole().conflict(deliveries.lookUp(part("ext-1", "other")));

        deliveries
                .whole()
                .rejected("conversations", "ext-1", new Origin("2", "later.json", 1, 1), 9, "TS-ORDER", "TS-ORDER");
        deliveries.whole().excluded("conversations", "ext-1", new Origin("3", "later still.json", 1, 1), 9, "KEPT-OUT");

        assertThat(book.rows("SELECT part, state, source FROM delivery ORDER BY part"))
                .containsExactly("0 CONFLICT chats.json", "1 SENT chats.json");
        assertThat(book.rows("SELECT event, source FROM audit_event WHERE part = 0 ORDER BY seq"))
                .containsExactly("REJECTED later.json#1", "EXCLUDED later still.json#1");
        assertThat(book.ledger.view().status().countsByState()).containsEntry(DeliveryState.CONFLICT, 1L);
        assertThat(book.ledger.view().audit().verify().faults()).isEmpty();
    }

    @Test
    @Tag("fault-126")
    void a_conflict_takes_the_place_of_what_was_rejected_or_excluded() throws Exception {
        deliveries.sent(claimed(HELLO), 201, "conv-1", null, LATENCY);
        deliveries.whole().excluded("conversations", "ext-1", new Origin("2", "first.json", 1, 1), 9, "KEPT-OUT");
        deliveries
                .whole()
                .rejected("conversations", "ext-1", new Origin("3", "next.json", 1, 1), 9, "TS-ORDER", "TS-ORDER");
        assertThat(book.rows(STATES)).containsExactly("ext-1 0 REJECTED", "ext-1 1 SENT");

        deliveries.whole().conflict(deliveries.lookUp(part("ext-1", "other")));

        assertThat(book.rows(STATES)).containsExactly("ext-1 0 CONFLICT", "ext-1 1 SENT");
        assertThat(book.ledger.view().audit().verify().faults()).isEmpty();
    }

    @Test
    void a_mended_transcript_takes_its_refusal_with_it() throws Exception {
        Delivery first = claimed(HELLO);
        deliveries.notSent(first, DeliveryState.FAILED, 503, "CXONE-503", LATENCY);
        deliveries
                .whole()
                .rejected(
                        "conversations",
                        "ext-1",
                        new Origin("reading-2", "chats.json", 1, 1),
                        9,
                        "TS-ORDER",
                        "TS-ORDER");

        claimed(again(HELLO, "reading-3"));

        assertThat(book.rows(STATES)).containsExactly("ext-1 1 SENDING");
    }

    @Test
    void archive_and_feed_leave_their_marks() throws Exception {
        deliveries.sent(claimed(HELLO), 201, "conv-1", null, LATENCY);

        deliveries.archived(HELLO, "ext-1.json");
        deliveries.fed(HELLO);
        Part again = again(HELLO, "reading-2");
        deliveries.skipped(deliveries.lookUp(again));
        book.ledger.note(Type.STOPPED, null);

        deliveries.unlock(again);
        Delivery found = deliveries.lookUp(HELLO);
        assertThat(found.archived()).isTrue();
        assertThat(found.fed()).isTrue();
        assertThat(book.events()).containsExactly("CLAIMED", "SENT", "SKIPPED_DUPLICATE", "STOPPED");
    }

    @Test
    void a_copy_of_a_refusal_or_of_an_earlier_part_leaves_its_mark_on_its_own_row_alone() throws Exception {
        Part first = part("ext-1", 1, 2, "one", ORIGIN);
        Part second = part("ext-1", 2, 2, "two", ORIGIN);
        deliveries.sent(claimed(first), 201, "conv-1", null, LATENCY);
        deliveries.sent(claimed(second), 201, "conv-1", null, LATENCY);
        deliveries.whole().rejected("conversations", "ext-2", ORIGIN, 9, "TS-ORDER", "TS-ORDER");

        deliveries.archived(first, "one.json");
        deliveries.archived(part("ext-1", 2, 2, "not what was sent", ORIGIN), "two.json");
        deliveries.fed(first, false);
        deliveries.fed(second);
        deliveries.whole().fed("conversations", "ext-2");
        book.ledger.note(Type.STOPPED, null);

        assertThat(book.rows("SELECT interaction_id, part, archived_in, CASE WHEN archived_at > 0 THEN 1 END,"
                        + " CASE WHEN fed_at > 0 THEN 1 ELSE fed_at END FROM delivery ORDER BY interaction_id, part"))
                .containsExactly("ext-1 1 one.json 1 0", "ext-1 2 null null 1", "ext-2 0 null null 1");
    }

    @Test
    void a_conflict_tells_where_the_first_one_came_from() throws Exception {
        String reading = book.ledger.intakes().open("jms", "first.json", 10, "from=somebody");
        deliveries.sent(
                claimed(part("ext-1", "hello", new Origin(reading, "first.json", 2, 2))), 201, "conv", null, LATENCY);

        deliveries.whole().conflict(deliveries.lookUp(part("ext-1", "other")));

        assertThat(book.rows("SELECT detail FROM audit_event WHERE event = 'CONFLICT'"))
                .singleElement()
                .asString()
                .matches("first door=jms source=first.json#2 at=20\\S+Z instance=%s from=somebody"
                        .formatted(book.ledger.instance()));
        assertThat(deliveries.whole().first(part("ext-2", "hello"))).isNull();
    }

    @Test
    void each_call_about_a_transcript_counts_and_one_on_its_way_has_ended_now() throws Exception {
        Delivery delivery = claimed(part("ext-1", 1, 2, "one", ORIGIN));
        deliveries.attempted(delivery, Type.RATE_LIMITED, 429, "CXONE-429", false, "retry-after=2", LATENCY);
        deliveries.claim(delivery);
        deliveries.sent(delivery, 201, "conv-1", null, LATENCY);
        long ended =
                Long.parseLong(book.rows("SELECT finished_at FROM delivery").get(0));
        Part second = part("ext-1", 2, 2, "two", ORIGIN);
        claimed(second);

        List<Long> calls = deliveries.calls(second);

        assertThat(calls).hasSize(3);
        assertThat(calls.stream().filter(each -> each == ended)).hasSizeGreaterThanOrEqualTo(2);
        assertThat(calls).allMatch(each -> each >= ended && each <= System.currentTimeMillis());
        assertThat(deliveries.calls(part("ext-2", "hello"))).isEmpty();
    }

    @Test
    void parts_that_cxone_has_are_known_as_they_were_cut() throws Exception {
        for (int number = 2; number >= 1; number--) {
            Part part = part("ext-1", number, 3, "part " + number, ORIGIN).of("whole");
            deliveries.sent(claimed(part), 201, "conv-1", null, LATENCY);
        }

        assertThat(deliveries.begun("conversations", "ext-1", "whole"))
                .containsExactly(new Part.Begun(3, 3), new Part.Begun(3, 3));
        assertThat(deliveries.begun("conversations", "ext-1", "another")).isEmpty();
    }

    /** As if another instance had taken the part over when the lease had ended. */
    private void takenOver(Part part) throws Exception {
        tampered = true;
        book.tamper("UPDATE delivery SET owner = 'there/1', attempts = attempts + 1 WHERE interaction_id = '"
                + part.interactionId() + "'");
    }

    @Test
    void an_answer_is_on_record_and_decides_nothing_but_a_yes_where_the_part_was_taken_over() throws Exception {
        Part no = part("no", "hello");
        Part parked = part("parked", "hello");
        Part back = part("released", "hello");
        Part yes = part("yes", "hello");
        for (Part part : List.of(no, parked, back, yes)) {
            Delivery delivery = claimed(part);
            takenOver(part);
            if (part == no) {
                assertThatThrownBy(
                                () -> deliveries.notSent(delivery, DeliveryState.REJECTED, 400, "CXONE-400", LATENCY))
                        .isInstanceOf(BusyException.class)
                        .hasMessageContaining("decided by another instance");
            } else if (part == parked) {
                assertThatThrownBy(() -> deliveries.parked(delivery, 0, "NET-RESET", LATENCY))
                        .isInstanceOf(BusyException.class);
            } else if (part == back) {
                deliveries.release(delivery);
            } else {
                deliveries.sent(delivery, 201, "conv-1", null, LATENCY);
            }
        }

        assertThat(book.rows("SELECT interaction_id, state, doubted, attempts FROM delivery ORDER BY interaction_id"))
                .containsExactly("no SENDING 0 2", "parked SENDING 0 2", "released SENDING 0 2", "yes SENT 1 2");
        assertThat(book.rows(
                        "SELECT interaction_id, event, detail FROM audit_event WHERE event <> 'CLAIMED' ORDER BY seq"))
                .containsExactly(
                        "no REJECTED taken-over",
                        "parked IN_DOUBT may-repeat parked taken-over",
                        "yes SENT taken-over");
    }

    @Test
    void a_claim_of_another_instance_is_respected_where_there_can_be_one() throws Exception {
        claimed(HELLO);
        tampered = true;
        book.tamper("UPDATE delivery SET owner = 'there/1'"); // or data.dir was put onto another machine
        book.close();
        open();

        Delivery delivery = deliveries.lookUp(HELLO);

        if (store == Store.SQLITE) {
            deliveries.claim(delivery);
            assertThat(book.events()).containsExactly("CLAIMED", "IN_DOUBT", "CLAIMED");
        } else {
            assertThat(delivery.standing()).isEqualTo(Delivery.Standing.BUSY);
        }
    }

    @Test
    void what_a_broker_may_have_brought_before_is_parked_once() throws Exception {
        Delivery first = deliveries.lookUp(HELLO, Reason.REDELIVERED, null);
        deliveries.unlock(HELLO);
        Delivery second = deliveries.lookUp(HELLO, Reason.REDELIVERED, null);
        deliveries.parked(first, 0, "REDELIVERED", LATENCY);
        assertThat(book.events()).containsExactly("IN_DOUBT");

        assertThatThrownBy(() -> deliveries.parked(second, 0, "REDELIVERED", LATENCY))
                .isInstanceOf(BusyException.class);

        assertThat(book.rows("SELECT state, doubted, attempts, reason FROM delivery"))
                .containsExactly("IN_DOUBT 1 0 REDELIVERED");
        assertThat(book.rows("SELECT event, detail FROM audit_event")).containsExactly("IN_DOUBT may-repeat parked");
        deliveries.unlock(HELLO);
        Delivery later = deliveries.lookUp(again(HELLO, "reading-2"));
        deliveries.claim(later);
        assertThat(book.rows("SELECT event, attempt, reason FROM audit_event WHERE event = 'CLAIMED'"))
                .containsExactly("CLAIMED 1 REDELIVERED");
    }

    /** What is known here is passed over without a look at it, so it must be all done. */
    @Test
    void a_transcript_is_known_once_each_part_was_sent_and_copied_and_none_was_erased() throws Exception {
        FinishedDeliveries finished = book.ledger.finished();
        Part first = part("ext-1", 1, 2, "one", ORIGIN);
        Part second = part("ext-1", 2, 2, "two", ORIGIN);
        deliveries.sent(claimed(first), 201, "conv-1", null, LATENCY);
        deliveries.sent(claimed(second), 201, "conv-1", null, LATENCY);
        deliveries.whole().rejected("conversations", "ext-1", ORIGIN, 9, "TS-ORDER", "TS-ORDER");
        deliveries.whole().fed("conversations", "ext-1");
        deliveries.fed(first);
        assertThat(known(false, first, second)).isEmpty(); // the second has no copy in the feed
        assertThat(finished.among("conversations", List.of("ext-1", "ext-2"), false)
                        .hold("ext-1"))
                .isTrue();
        assertThat(finished.among("conversations", List.of("ext-2"), false).hold("ext-1"))
                .isFalse();

        deliveries.fed(second);
        assertThat(known(false, first, second)).hasSize(2);
        assertThat(known(false, first, part("ext-1", 2, 2, "other", ORIGIN))).isEmpty();
        assertThat(known(true, first, second)).isEmpty(); // not in the archive
        deliveries.archived(first, "one.json");
        deliveries.archived(second, "two.json");
        assertThat(known(true, first, second)).hasSize(2);

        deliveries.notSent(claimed(part("ext-2", "no")), DeliveryState.REJECTED, 400, "CXONE-400", LATENCY);
        deliveries.fed(part("ext-2", "no"));
        assertThat(known(false, part("ext-2", "no"))).isEmpty();

        finished.skipped(List.of()).run();
        finished.skipped(known(false, first, second)).run();
        assertThat(book.events()).endsWith("SKIPPED_DUPLICATE", "SKIPPED_DUPLICATE");
        tampered = true;
        book.tamper("UPDATE delivery SET erased = 1 WHERE interaction_id = 'ext-1' AND part = 1");
        assertThat(known(false, first, second)).isEmpty();
    }

    private List<Delivery> known(boolean archived, Part... parts) {
        book.ledger.note(Type.STARTED, "behind what nobody waited for");
        FinishedDeliveries finished = book.ledger.finished();
        return finished.all(
                finished.among("conversations", List.of(parts[0].interactionId()), archived), List.of(parts));
    }

    @Test
    void the_policy_of_redaction_is_that_of_the_last_claim() throws Exception {
        assertThat(deliveries.whole().redaction("ext-1")).isNull();
        Delivery delivery = claimed(withNote(HELLO, "redaction=policy-7"));
        assertThat(deliveries.whole().redaction("ext-1")).isEqualTo("policy-7");

        deliveries.notSent(delivery, DeliveryState.FAILED, 503, "CXONE-503", LATENCY);
        claimed(again(HELLO, "reading-2"));

        assertThat(deliveries.whole().redaction("ext-1")).isEmpty();
    }

    private static Part withNote(Part part, String note) {
        return Part.of(
                part.target(), part.interactionId(), 1, 1, part.messages(), part.payload(), List.of(note), ORIGIN);
    }

    @Test
    @Tag("fault-76")
    void a_yes_that_holds_what_no_database_takes_is_kept_with_its_escapes() throws Exception {
        Delivery delivery = claimed(HELLO);

        deliveries.sent(delivery, 201, "conv\u0000-\ud800\ud83d\ude00", null, LATENCY);

        String escaped = "conv\\u0000-\\ud800\ud83d\ude00";
        assertThat(book.rows("SELECT state, conversation_id FROM delivery")).containsExactly("SENT " + escaped);
        assertThat(book.rows("SELECT conversation_id FROM audit_event WHERE event = 'SENT'"))
                .containsExactly(escaped);
        assertThat(book.ledger.view().audit().verify().fault()).isNull();
    }

    @Test
    @Tag("fault-76")
    void an_outcome_that_the_database_refuses_is_written_without_the_words_of_others() throws Exception {
        refuseLongWords();
        String tooLong = "x".repeat(51);
        Part other = part("ext-2", "hello");
        Part third = part("ext-3", "hello");
        Delivery yes = claimed(HELLO);
        Delivery passing = claimed(other);
        Delivery no = claimed(third);

        deliveries.sent(yes, 201, tooLong, null, LATENCY);
        deliveries.attempted(passing, Type.ATTEMPT, 503, "CXONE-503", false, tooLong, LATENCY);
        deliveries.notSent(no, DeliveryState.REJECTED, 400, tooLong, LATENCY);

        assertThat(book.rows("SELECT interaction_id, state, calling, http_status, conversation_id, reason FROM delivery"
                        + " ORDER BY interaction_id"))
                .containsExactly(
                        "ext-1 SENT 0 201 null SHORTENED",
                        "ext-2 SENDING 0 503 null SHORTENED",
                        "ext-3 REJECTED 0 400 null SHORTENED");
        assertThat(book.rows(
                        "SELECT event, http_status, reason FROM audit_event WHERE event <> 'CLAIMED' ORDER BY seq"))
                .containsExactly("SENT 201 SHORTENED", "ATTEMPT 503 SHORTENED", "REJECTED 400 SHORTENED");
        assertThat(book.ledger.trouble()).isNull();
        book.close();
        open();
        assertThat(deliveries.lookUp(HELLO).standing()).isEqualTo(Delivery.Standing.SENT_EARLIER);
        assertThat(book.ledger.view().audit().verify().fault()).isNull();
    }

    /** Any text of others above 40 characters. */
    private void refuseLongWords() throws Exception {
        for (String table : new String[] {"delivery", "audit_event"}) {
            String words = "length(NEW.conversation_id) > 40 OR length(NEW.reason) > 40"
                    + (table.equals("delivery") ? "" : " OR length(NEW.detail) > 50 AND NEW.event <> 'CLAIMED'");
            if (store == Store.POSTGRESQL) {
                book.tamper(
                        "ALTER TABLE " + table + " ADD CHECK (NOT coalesce(" + words.replace("NEW.", "") + ", false))");
            } else {
                String verb = table.equals("delivery") ? "UPDATE" : "INSERT";
                book.tamper("CREATE TRIGGER refuse_" + table + " BEFORE " + verb + " ON " + table + " WHEN " + words
                        + " BEGIN SELECT RAISE(ABORT, 'too long'); END");
            }
        }
    }

    @Test
    @Tag("fault-76")
    void an_outcome_waits_for_a_table_that_somebody_took_away() throws Exception {
        Delivery delivery = claimed(HELLO);
        book.tamper("ALTER TABLE audit_event RENAME TO audit_away");
        CompletableFuture<Void> answered =
                CompletableFuture.runAsync(() -> deliveries.sent(delivery, 201, "conv-1", null, LATENCY));
        Await.until(() -> book.ledger.trouble() != null, Duration.ofSeconds(60));

        book.tamper("ALTER TABLE audit_away RENAME TO audit_event");

        assertThat(answered).succeedsWithin(Duration.ofSeconds(60));
        assertThat(book.rows("SELECT state, conversation_id FROM delivery")).containsExactly("SENT conv-1");
    }

    private Delivery claimed(Part part) throws BusyException {
        deliveries.unlock(part);
        Delivery delivery = deliveries.lookUp(part);
        deliveries.unlock(part);
        deliveries.claim(delivery);
        return delivery;
    }

    @Test
    @Tag("fault-68")
    void a_part_is_given_back_by_who_has_it_in_hand_and_by_nobody_else() throws Exception {
        Part elsewhere = part("ext-1", "hello");
        deliveries.lookUp(HELLO);
        deliveries.unlock(elsewhere);
        CompletableFuture<Delivery> waits = CompletableFuture.supplyAsync(() -> deliveries.lookUp(elsewhere));
        assertThatThrownBy(() -> waits.get(200, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);

        deliveries.unlock(HELLO);

        assertThat(waits.get(60, TimeUnit.SECONDS).part()).isSameAs(elsewhere);
    }
}
