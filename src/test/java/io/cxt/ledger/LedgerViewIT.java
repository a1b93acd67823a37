package io.cxt.ledger;

import static io.cxt.fixture.Parts.LATENCY;
import static io.cxt.fixture.Parts.part;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.audit.AuditQuery;
import io.cxt.audit.OperatorLog;
import io.cxt.transcript.Origin;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@OnEachDatabase
class LedgerViewIT {

    @Parameter
    Store store;

    private static final Instant NINE = Instant.parse("2024-06-15T09:00:00Z");

    @TempDir
    Path folder;

    private Instant now = NINE;
    private Book book;
    private LedgerView view;

    @BeforeEach
    void open() {
        book = Book.open(store, folder, clock());
        view = book.ledger.view();
    }

    @AfterEach
    void close() {
        book.close();
    }

    @Test
    void an_empty_ledger_has_an_answer_to_everything() {
        assertThat(view.status().countsByState())
                .hasSize(DeliveryState.values().length)
                .containsEntry(DeliveryState.SENT, 0L);
        assertThat(view.status().averageLatencySeconds()).isZero();
        assertThat(view.status().lastSentAt()).isEmpty();
        assertThat(view.status().unfinished()).isEqualTo(new LedgerStatus.Unfinished(0, Optional.empty(), List.of()));
        assertThat(view.deliveries("ext-1")).isEmpty();
        assertThat(view.audit().verify())
                .returns(0L, LedgerAudit.Verification::events)
                .returns(null, LedgerAudit.Verification::fault);
    }

    @Test
    void the_other_targets_that_something_was_sent_to_are_known() throws Exception {
        book.deliveries.whole().rejected("cxone-digital", "ext-3", origin("a.json", 3), 9, "TS-ORDER", "TS-ORDER");
        assertThat(view.othersSentTo("conversations")).isEmpty();

        send("ext-1", "a.json", 1);

        assertThat(view.othersSentTo("conversations")).isEmpty();
        assertThat(view.othersSentTo("cxone-digital")).containsExactly("conversations");
    }

    @Test
    void deliveries_are_counted_by_state() throws Exception {
        send("ext-1", "a.json", 1);
        now = now.plusSeconds(5);
        send("ext-2", "a.json", 2);
        book.deliveries.whole().rejected("conversations", "ext-3", origin("a.json", 3), 9, "TS-ORDER", "TS-ORDER");

        assertThat(view.status().countsByState())
                .containsEntry(DeliveryState.SENT, 2L)
                .containsEntry(DeliveryState.REJECTED, 1L);
        assertThat(view.status().averageLatencySeconds()).isEqualTo(0.012);
        assertThat(view.status().lastSentAt()).contains(NINE.plusSeconds(5));
    }

    @Test
    @Tag("fault-103")
    void a_ledger_stalls_while_a_source_is_open_and_nobody_writes() {
        assertThat(view.status().lastEventAt()).isEmpty();
        book.ledger.intakes().open("file", "a.json", 10);
        now = now.plusSeconds(60);
        try (OperatorLog operator = new OperatorLog(store.settings(folder))) {
            operator.signedIn(true, 200, LATENCY);
        }

        assertThat(view.status().unfinished().stalled(view.status().lastEventAt(), NINE))
                .isFalse();
        Instant last = view.status().lastEventAt().orElseThrow();
        assertThat(last).isAfter(NINE.plusSeconds(60)); // of a command, by today's clock
        assertThat(view.status().unfinished().stalled(view.status().lastEventAt(), last))
                .isFalse();
        assertThat(view.status().unfinished().stalled(view.status().lastEventAt(), last.plusSeconds(1)))
                .isTrue();
    }

    @Test
    void an_interaction_is_found_with_words_for_columns() throws Exception {
        send("ext-1", "a.json", 7);

        assertThat(view.deliveries("ext-1")).singleElement().satisfies(found -> assertThat(json(found))
                .containsEntry("interactionId", "ext-1")
                .containsEntry("state", "SENT")
                .containsEntry("mayRepeat", false)
                .containsEntry("conversationId", "conv-ext-1")
                .containsEntry("httpStatus", 201)
                .containsEntry("source", "a.json")
                .containsEntry("sourceIndex", 7L)
                .containsEntry("receivedAt", "2024-06-15T09:00:00Z")
                .containsEntry("archivedAt", null)
                .containsKeys("part", "parts", "attempts", "contentHash", "finishedAt", "fedAt", "latencyMs"));
    }

    @Test
    void the_audit_is_searched_by_interaction_event_and_both() throws Exception {
        send("ext-1", "a.json", 1);
        send("ext-2", "a.json", 2);

        assertThat(audit("ext-1", null, null, null, null)).containsExactly("CLAIMED ext-1", "SENT ext-1");
        assertThat(audit(null, "SENT", null, null, null)).containsExactly("SENT ext-1", "SENT ext-2");
        assertThat(audit("ext-2", "SENT", null, null, null)).containsExactly("SENT ext-2");
        assertThat(audit("ext-3", null, null, null, null)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "a_b.json, 'ext-1 ext-10'",
        "a_b.json#1, ext-1",
        "a_b.json#10, ext-10",
        "axb.json, ext-2",
        "A_B.json, ext-3",
        "a_b, ''",
        "%, ''",
    })
    void the_audit_is_searched_by_source_or_by_one_place_in_it(String source, String ids) throws Exception {
        send("ext-1", "a_b.json", 1);
        send("ext-10", "a_b.json", 10);
        send("ext-2", "axb.json", 1);
        send("ext-3", "A_B.json", 1);

        List<String> found = new ArrayList<>();
        view.audit()
                .events(
                        new AuditQuery(Set.of(), "SENT", Set.of(source), null, null, 100),
                        row -> found.add(row.interactionId()));

        assertThat(String.join(" ", found)).isEqualTo(ids);
    }

    @Test
    void the_audit_is_searched_by_time_from_a_moment_up_to_another() throws Exception {
        for (int i = 0; i < 4; i++) {
            now = NINE.plusMillis(500L * i);
            book.ledger.signedIn(true, 200 + i, Duration.ZERO);
        }

        assertThat(statuses("2024-06-15T09:00:00Z", "2024-06-15T09:00:01Z")).containsExactly(200, 201);
        assertThat(statuses("2024-06-15T09:00:00.500Z", null)).containsExactly(201, 202, 203);
        assertThat(statuses("2024-06-15T11:00:01+02:00", null)).containsExactly(202, 203);
        assertThat(statuses("2024-06-15", "2024-06-16")).hasSize(4);
        assertThat(statuses(null, "2024-06-15")).isEmpty();
    }

    @Test
    void the_audit_gives_no_more_than_asked_for() throws Exception {
        send("ext-1", "a.json", 1);

        List<Object> seen = new ArrayList<>();
        view.audit().events(new AuditQuery(Set.of(), null, Set.of(), null, null, 1), row -> seen.add(row.event()));

        assertThat(seen).containsExactly("CLAIMED");
    }

    @Test
    void sources_that_never_came_back_are_named_the_oldest_first() {
        for (int i = 0; i < 12; i++) {
            now = NINE.plusSeconds(i);
            book.ledger.intakes().open("file", "file-" + i, 5);
        }

        LedgerStatus.Unfinished unfinished = view.status().unfinished();

        assertThat(unfinished.intakes()).isEqualTo(12);
        assertThat(unfinished.oldestOpenedAt()).contains(NINE);
        assertThat(unfinished.sources()).hasSize(10).startsWith("file-0", "file-1");
    }

    @Test
    void another_process_can_look_on_while_this_one_writes() throws Exception {
        try (LedgerView other = LedgerView.of(store.settings(folder))) {
            assertThat(other.status().countsByState()).containsEntry(DeliveryState.SENT, 0L);
            send("ext-1", "a.json", 1);

            assertThat(other.status().countsByState()).containsEntry(DeliveryState.SENT, 1L);
        }
    }

    private void send(String id, String source, long index) throws BusyException {
        Delivery delivery = book.deliveries.lookUp(part(id, "hello", origin(source, index)));
        book.deliveries.claim(delivery);
        book.deliveries.sent(delivery, 201, "conv-" + id, null, LATENCY);
    }

    private static Origin origin(String source, long index) {
        return new Origin("reading-1", source, index, index);
    }

    private List<String> audit(String id, String event, String source, String from, String until) {
        List<String> found = new ArrayList<>();
        view.audit()
                .events(
                        new AuditQuery(only(id), event, only(source), from, until, 100),
                        row -> found.add(row.event() + " " + row.interactionId()));
        return found;
    }

    private List<Object> statuses(String from, String until) {
        List<Object> found = new ArrayList<>();
        view.audit()
                .events(new AuditQuery(Set.of(), null, Set.of(), from, until, 100), row -> found.add(row.httpStatus()));
        return found;
    }

    private static Set<String> only(String value) {
        return value == null ? Set.of() : Set.of(value);
    }

    /** As a program reads it. */
    private static Map<String, Object> json(RecordedDelivery delivery) {
        return new ObjectMapper().convertValue(delivery, new TypeReference<>() {});
    }

    private Clock clock() {
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now;
            }
        };
    }
}
