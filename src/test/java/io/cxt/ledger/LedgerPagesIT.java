package io.cxt.ledger;

import static io.cxt.fixture.Parts.LATENCY;
import static io.cxt.fixture.Parts.part;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.cxt.audit.AuditEntry;
import io.cxt.audit.AuditPages;
import io.cxt.audit.AuditPages.End;
import io.cxt.audit.AuditPages.Slice;
import io.cxt.audit.AuditPages.Wanted;
import io.cxt.audit.OperatorLog;
import io.cxt.fixture.SteppedClock;
import io.cxt.transcript.Origin;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** What the console asks, on each database. */
@OnEachDatabase
class LedgerPagesIT {
    private static final Instant NINE = Instant.parse("2024-06-15T09:00:00Z");

    @Parameter
    Store store;

    @TempDir
    Path folder;

    private final SteppedClock clock = new SteppedClock(NINE);
    private Book book;
    private LedgerView view;

    @BeforeEach
    void open() {
        book = Book.open(store, folder, clock);
        view = book.ledger.view();
    }

    @AfterEach
    void close() {
        book.close();
    }

    @Test
    void the_events_of_a_chain_come_in_pages_without_gap_or_repeat() {
        for (int i = 0; i < 25; i++) {
            clock.advance(Duration.ofSeconds(1));
            book.ledger.signedIn(i % 5 != 0, 200 + i, Duration.ZERO);
        }
        AuditPages pages = view.audit().pages();
        End end = pages.ends().get(0);

        assertThat(end.seq()).isEqualTo(25);
        assertThat(all(pages, end, Wanted.ALL)).hasSize(25).isSortedAccordingTo((a, b) -> Long.compare(b, a));
        assertThat(all(pages, end, new Wanted(Set.of("SIGN_IN_FAILED"), null, 0)))
                .containsExactly(21L, 16L, 11L, 6L, 1L);
        assertThat(all(pages, end, new Wanted(Set.of("SIGN_IN_FAILED"), null, 11)))
                .containsExactly(21L, 16L);
        assertThat(all(pages, end, new Wanted(Set.of("CONFLICT"), null, 0))).isEmpty();
    }

    private static List<Long> all(AuditPages pages, End end, Wanted wanted) {
        List<Long> places = new ArrayList<>();
        long before = end.seq() + 1;
        do {
            Slice slice = pages.before(end.chain(), before, wanted, 4);
            slice.events().stream().map(AuditEntry::seq).forEach(places::add);
            before = slice.older();
        } while (before > 0);
        return places;
    }

    @Test
    void a_time_is_found_by_halving() {
        for (int i = 0; i < 10; i++) {
            clock.set(NINE.plusSeconds(i));
            book.ledger.signedIn(true, 200, Duration.ZERO);
        }
        AuditPages pages = view.audit().pages();
        End end = pages.ends().get(0);

        assertThat(pages.firstAt(end, NINE.minusSeconds(1))).isEqualTo(1);
        assertThat(pages.firstAt(end, NINE)).isEqualTo(1);
        assertThat(pages.firstAt(end, NINE.plusMillis(1))).isEqualTo(2);
        assertThat(pages.firstAt(end, NINE.plusSeconds(9))).isEqualTo(10);
        assertThat(pages.firstAt(end, NINE.plusSeconds(10))).isEqualTo(11);
    }

    @Test
    void an_empty_audit_has_no_chain_and_the_command_has_one_of_its_own() {
        assertThat(view.audit().pages().ends()).isEmpty();

        book.ledger.signedIn(true, 200, Duration.ZERO);
        try (OperatorLog operator = new OperatorLog(store.settings(folder))) {
            operator.signedIn(true, 200, LATENCY);
        }

        assertThat(view.audit().pages().ends())
                .extracting(End::chain)
                .hasSize(2)
                .startsWith("operator");
    }

    @Test
    void sources_are_found_open_by_name_and_by_reading() {
        String first = book.ledger.intakes().open("file", "a.json", 10);
        book.ledger.intakes().close(first, "a.json", 2, "read=2 sent=2");
        clock.advance(Duration.ofSeconds(1));
        String second = book.ledger.intakes().open("sftp", "a.json", 20, "uid=7");
        String stuck = book.ledger.intakes().open("file", "b.json", 30);
        book.ledger.intakes().undecided(stuck, "b.json", "The disk is full", "it stays");
        book.ledger.intakes().open("body", "direct", 1);
        LedgerLists lists = view.lists();

        assertThat(lists.open(10))
                .extracting(RecordedSource::source, RecordedSource::pickup, RecordedSource::undecided)
                .containsExactlyInAnyOrder(tuple("a.json", "sftp", null), tuple("b.json", "file", "The disk is full"));
        assertThat(lists.named(Set.of("a.json", "c.json"), 10))
                .extracting(RecordedSource::reading)
                .containsExactly(second, first);
        assertThat(lists.source(first).orElseThrow().closedAt()).isEqualTo("2024-06-15T09:00:00Z");
        assertThat(lists.source(second).orElseThrow().detail()).isEqualTo("uid=7");
        assertThat(lists.source("none")).isEmpty();
    }

    @Test
    void parts_that_were_not_sent_are_counted_by_reason_and_listed_by_id() throws Exception {
        for (int i = 0; i < 5; i++) {
            rejected("ext-" + i, "TS-ORDER");
        }
        rejected("ext-9", "MSG-NONE");
        Delivery sent = book.deliveries.lookUp(part("sent", "hello", origin(1)));
        book.deliveries.claim(sent);
        book.deliveries.sent(sent, 201, "conv", null, LATENCY);
        LedgerLists lists = view.lists();

        assertThat(lists.notSent())
                .containsExactly(
                        new LedgerLists.NotSent(DeliveryState.REJECTED, "TS-ORDER", 5),
                        new LedgerLists.NotSent(DeliveryState.REJECTED, "MSG-NONE", 1));
        assertThat(ids(lists.inState(DeliveryState.REJECTED, null, "", 0, 3)))
                .containsExactly("ext-0", "ext-1", "ext-2");
        assertThat(ids(lists.inState(DeliveryState.REJECTED, null, "ext-2", 0, 3)))
                .containsExactly("ext-3", "ext-4", "ext-9");
        assertThat(ids(lists.inState(DeliveryState.REJECTED, "MSG-NONE", "", 0, 3)))
                .containsExactly("ext-9");
        assertThat(lists.inState(DeliveryState.FAILED, null, "", 0, 3)).isEmpty();
    }

    private void rejected(String id, String reason) throws BusyException {
        book.deliveries.whole().rejected("conversations", id, origin(1), 9, reason, reason);
    }

    private static Origin origin(long index) {
        return new Origin("reading-1", "a.json", index, index);
    }

    private static List<String> ids(List<RecordedDelivery> rows) {
        return rows.stream().map(RecordedDelivery::interactionId).toList();
    }
}
