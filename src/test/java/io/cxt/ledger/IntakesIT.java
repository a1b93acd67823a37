package io.cxt.ledger;

import static io.cxt.fixture.Parts.LATENCY;
import static io.cxt.fixture.Parts.part;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.audit.AuditEvent.Type;
import io.cxt.fixture.SteppedClock;
import io.cxt.transcript.Origin;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

@OnEachDatabase
class IntakesIT {

    @Parameter
    Store store;

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
    void a_reading_that_was_broken_off_goes_on_under_its_id() throws Exception {
        String id = book.ledger.intakes().open("file", "chats.json", 500);
        book.close();
        open();

        assertThat(book.ledger.intakes().open("file", "chats.json", 500)).isEqualTo(id);

        assertThat(book.rows("SELECT event, source, detail FROM audit_event ORDER BY seq"))
                .containsExactly(
                        "INTAKE_OPENED chats.json door=file bytes=500",
                        "INTAKE_OPENED chats.json again door=file bytes=500");
    }

    @Test
    void a_source_that_came_to_its_end_is_read_anew() throws Exception {
        String id = book.ledger.intakes().open("file", "chats.json", 500);

        book.ledger.intakes().close(id, "chats.json", 3, "read=3 sent=3");

        assertThat(book.rows("SELECT entries, count(closed_at) FROM intake GROUP BY entries"))
                .containsExactly("3 1");
        assertThat(book.events()).containsExactly("INTAKE_OPENED", "INTAKE_CLOSED");
        assertThat(book.ledger.intakes().open("file", "chats.json", 500)).isNotEqualTo(id);
    }

    @Test
    @Tag("fault-115")
    void what_stays_where_it_is_is_known_again_however_many_are_asked_for() {
        Intakes intakes = book.ledger.intakes();
        intakes.close(intakes.open("sftp", "a.json", 5), "a.json", 1, "read=1", "key-7", null);
        intakes.close(intakes.open("sftp", "b.json", 5), "b.json", 1, "read=1", "key-2400", null);
        intakes.gone(new Intakes.CutOff(intakes.open("sftp", "c.json", 5), "c.json"));
        List<String> keys = IntStream.range(0, 2500).mapToObj(i -> "key-" + i).toList();

        assertThat(intakes.kept(keys)).containsExactlyInAnyOrder("key-7", "key-2400");
        assertThat(intakes.kept(List.of())).isEmpty();
        assertThat(book.ledger.view().audit().verify().faults()).isEmpty();
    }

    @Test
    void the_same_name_behind_another_door_is_another_source() {
        String file = book.ledger.intakes().open("file", "chats.json", 500);

        assertThat(book.ledger.intakes().open("sftp", "chats.json", 500)).isNotEqualTo(file);
    }

    @Test
    void a_body_whose_sender_was_told_is_no_source_that_never_came_back() {
        book.ledger.intakes().open("body", "exchange-1", 500);
        book.ledger.intakes().open("file", "chats.json", 500);

        assertThat(book.ledger.view().status().unfinished().sources()).containsExactly("chats.json");
    }

    @Test
    void parts_in_flight_that_an_interrupted_source_does_not_hold_any_more_are_decided_at_its_end() throws Exception {
        String id = book.ledger.intakes().open("file", "chats.json", 500);
        claimed("calling", id);
        book.deliveries.attempted(claimed("between", id), Type.ATTEMPT, 503, "CXONE-503", false, null, LATENCY);
        book.deliveries.release(claimed("released", id));
        book.deliveries.sent(claimed("sent", id), 201, "conv-1", null, LATENCY);
        String other = book.ledger.intakes().open("file", "other.json", 500);
        claimed("elsewhere", other);
        assertThat(book.ledger.intakes().close(other, "other.json", 1, "read=1"))
                .isEmpty(); // it was not interrupted
        book.close();
        open();
        Intakes intakes = book.ledger.intakes();
        assertThat(intakes.goesOn(id)).isFalse();
        assertThat(intakes.open("file", "chats.json", 500)).isEqualTo(id);
        assertThat(intakes.goesOn(id)).isTrue();

        assertThat(intakes.close(id, "chats.json", 1, "read=1"))
                .containsExactlyInAnyOrder("calling", "between", "released");

        assertThat(intakes.goesOn(id)).isFalse();
        assertThat(book.rows("SELECT interaction_id, state, calling, doubted, reason FROM delivery ORDER BY 1"))
                .containsExactly(
                        "between FAILED 0 0 SOURCE-CHANGED",
                        "calling IN_DOUBT 0 1 SOURCE-CHANGED",
                        "elsewhere SENDING 1 0 null",
                        "released FAILED 0 0 SOURCE-CHANGED",
                        "sent SENT 0 0 null");
        assertThat(book.rows("SELECT interaction_id, event, attempt FROM audit_event WHERE reason = 'SOURCE-CHANGED'"
                        + " ORDER BY 1"))
                .containsExactly("between FAILED 1", "calling IN_DOUBT 1", "released FAILED 1");
        assertThat(book.ledger.view().audit().verify().faults()).isEmpty();
    }

    private Delivery claimed(String interaction, String reading) throws Exception {
        Delivery delivery = book.deliveries.lookUp(part(interaction, "hello", new Origin(reading, "chats.json", 1, 1)));
        book.deliveries.claim(delivery);
        book.deliveries.unlock(delivery.part());
        return delivery;
    }

    @Test
    void a_reading_whose_source_is_gone_ends_once() throws Exception {
        Intakes intakes = book.ledger.intakes();
        String id = intakes.open("file", "chats.json", 500);
        claimed("calling", id);
        Intakes.CutOff reading = intakes.cutOff("file", "chats.json").orElseThrow();
        assertThat(reading).isEqualTo(new Intakes.CutOff(id, "chats.json"));
        assertThat(intakes.unfinished("file")).isTrue();
        assertThat(intakes.unfinished("sftp")).isFalse();

        assertThat(intakes.gone(reading)).contains(List.of("calling"));
        assertThat(intakes.gone(reading)).isEmpty();

        assertThat(intakes.unfinished("file")).isFalse();
        assertThat(intakes.cutOff("file", "chats.json")).isEmpty();
        assertThat(book.events()).containsExactly("INTAKE_OPENED", "CLAIMED", "IN_DOUBT", "INTAKE_FAILED");
    }

    @Test
    void an_undecided_reading_is_known_to_be_until_its_end_and_keeps_the_time_of_the_first_time() throws Exception {
        Instant begin = Instant.parse("2026-01-01T00:00:00Z");
        SteppedClock clock = new SteppedClock(begin);
        book.close();
        book = Book.open(store, folder, clock);
        Intakes intakes = book.ledger.intakes();
        String id = intakes.open("file", "chats.json", 500);
        String open = intakes.open("file", "open.json", 500);
        intakes.undecided(id, "chats.json", "it may not be read", "stays");
        book.ledger.note(Type.STOPPED, null); // behind it
        clock.advance(Duration.ofMinutes(1));
        intakes.undecided(id, "chats.json", "it cannot be read", "stays");
        book.ledger.note(Type.STOPPED, null);

        assertThat(book.rows("SELECT undecided, undecided_at FROM intake WHERE id = '" + id + "'"))
                .containsExactly("it cannot be read " + begin.toEpochMilli());
        assertThat(intakes.cutOff("file")).containsExactly(new Intakes.CutOff(open, "open.json"));

        intakes.renamed(open, "open.json", "other.json");
        intakes.close(id, "chats.json", 3, "read=3");

        assertThat(book.rows("SELECT count(*) FROM intake WHERE undecided IS NOT NULL OR undecided_at IS NOT NULL"))
                .containsExactly("0");
        assertThat(intakes.cutOff("file")).containsExactly(new Intakes.CutOff(open, "other.json"));
        assertThat(book.rows(
                        "SELECT source, reason, detail FROM audit_event WHERE event = 'INTAKE_FAILED' ORDER BY seq"))
                .containsExactly(
                        "chats.json it may not be read stays",
                        "chats.json it cannot be read stays",
                        "open.json its name has passed to another file, or to none goes on as other.json");
        assertThat(book.ledger.view().audit().verify().faults()).isEmpty();
    }

    @Test
    void a_reading_goes_on_under_the_name_that_an_earlier_version_wrote() throws Exception {
        Intakes intakes = book.ledger.intakes();
        String id = intakes.open("file", "a?.json", 500);

        assertThat(intakes.open("file", "a\u00e4.json", "a?.json", 500, null, null))
                .isEqualTo(id);

        assertThat(book.rows("SELECT source FROM intake")).containsExactly("a\u00e4.json");
    }
}
