package io.cxt.ledger;

import static io.cxt.fixture.Parts.LATENCY;
import static io.cxt.fixture.Parts.part;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.ChainClosing;
import io.cxt.audit.Closing;
import io.cxt.audit.OperatorLog;
import io.cxt.db.LedgerException;
import io.cxt.db.LedgerSettings;
import io.cxt.fixture.Parts;
import io.cxt.transcript.Origin;
import io.cxt.transcript.Part;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Events that are past their time go, and what rests on them is as good as before: each change of it is found. */
@OnEachDatabase
class LedgerClosingIT {
    /** No event tells when a claim may be taken over. Of the copies, archive and feed are asked. */
    private static final Set<String> UNTOLD = Set.of("lease_until", "archived_at", "archived_in", "fed_at");

    @Parameter
    Store store;

    @TempDir
    Path folder;

    private LedgerSettings settings;
    private Book book;
    private String reading;

    @BeforeEach
    void write() throws Exception {
        settings = store.settings(folder);
        book = Book.open(store, folder);
        sent(part("sent", "hello"));
        for (int number = 1; number <= 2; number++) {
            byte[] payload = ("piece " + number).getBytes(StandardCharsets.UTF_8);
            sent(Part.of("conversations", "cut", number, 2, 3, payload, List.of(), new Origin("i", "a.json", 7, 7))
                    .of("of the whole"));
        }
        book.deliveries.notSent(claimed(part("rejected", "hello")), DeliveryState.REJECTED, 400, "CXONE-400", LATENCY);
        book.deliveries.notSent(claimed(part("failed", "hello")), DeliveryState.FAILED, 503, "CXONE-503", LATENCY);
        book.deliveries.release(claimed(part("released", "hello")));
        WholeTranscripts whole = book.deliveries.whole();
        whole.rejected("conversations", "refused", new Origin("i", "a.json", 1, 1), 9, "TS-ORDER", "TS-ORDER");
        whole.rejected("conversations", null, new Origin("i", "b.json", 2, 1), 9, "JSON", "JSON");
        whole.excluded("conversations", "excluded", new Origin("i", "c.json", 3, 1), 9, "KEPT-OUT");
        Delivery other = book.deliveries.lookUp(part("sent", "something else"));
        whole.conflict(other);
        book.deliveries.unlock(other.part());
        reading = book.ledger.intakes().open("jms", "closed.json", 10, "from=somebody");
        book.ledger.intakes().close(reading, "closed.json", 3, "read=3 sent=3");
        try (OperatorLog log = new OperatorLog(settings)) {
            Erasures.erase(log, "rejected", Set.of("conversations"), null, List.of(), "asked for");
            Erasures.erase(log, "never sent", Set.of("conversations"), null, List.of(), "asked for");
            log.told(Type.WITHDRAWN, "sent", "asked for");
        }
    }

    private Delivery claimed(Part part) throws Exception {
        Delivery delivery = book.deliveries.lookUp(part);
        book.deliveries.claim(delivery);
        book.deliveries.unlock(part);
        return delivery;
    }

    private void sent(Part part) throws Exception {
        book.deliveries.sent(claimed(part), 201, "conv-" + part.interactionId(), null, LATENCY);
    }

    @AfterEach
    void close() {
        book.close();
    }

    /** As if it were later. @return how many events went */
    private long prune() {
        Instant later = Instant.now().plus(Duration.ofHours(1));
        try (LedgerView view = LedgerView.of(settings);
                OperatorLog log = new OperatorLog(settings)) {
            LedgerClosing.Plan plan = view.closing().plan(later);
            view.closing().close(plan, later, log);
            return plan.events();
        }
    }

    private List<String> faults() {
        return book.ledger.view().audit().verify().faults();
    }

    @Test
    void events_go_up_to_the_last_one_and_the_rest_is_whole() throws Exception {
        assertThat(prune()).isGreaterThan(10);

        assertThat(faults()).isEmpty();
        assertThat(book.ledger.view().audit().verify().notes())
                .anyMatch(note -> note.matches("chain operator: events 1 to 2, up to .*, were pruned at .* by "
                        + System.getProperty("user.name") + " and signed"));
        assertThat(book.rows("SELECT count(*) FROM audit_event WHERE chain <> 'operator'"))
                .containsExactly("1");
        assertThat(book.rows("SELECT event FROM audit_event WHERE chain = 'operator' ORDER BY seq"))
                .containsExactly("WITHDRAWN", "PRUNED", "PRUNED");
        assertThat(prune()).isEqualTo(2);
        assertThat(faults()).isEmpty();
        assertThat(book.ledger.view().withdrawn("sent")).isTrue();
        book.tamper("DELETE FROM audit_closed WHERE kind = 'withdrawn'"); // nothing but the signed sum knows of it
        assertThat(faults()).singleElement().asString().startsWith("table audit_closed: ");
    }

    @Test
    void a_row_that_rests_on_them_and_was_changed_put_in_or_taken_out_is_found() throws Exception {
        prune();
        prune();
        Set<String> unseen = new TreeSet<>();
        try (Connection connection =
                        DriverManager.getConnection(settings.url(), settings.username(), settings.password());
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            List<String> rows = list(statement, "SELECT interaction_id || ' ' || part FROM delivery");
            assertThat(rows).hasSize(11);
            for (String row : rows) {
                String here = " WHERE interaction_id || ' ' || part = '" + row + "'";
                for (String column : RecordCheckIT.columns(statement, "delivery")) {
                    statement.execute("UPDATE delivery SET " + RecordCheckIT.other(column) + here);
                    if (RecordCheckIT.found(connection).isEmpty() && !UNTOLD.contains(column)) {
                        unseen.add(row + " " + column);
                    }
                    connection.rollback();
                }
                statement.execute("DELETE FROM delivery" + here);
                assertThat(RecordCheckIT.found(connection))
                        .singleElement()
                        .asString()
                        .contains("its row is gone");
                connection.rollback();
                statement.execute(
                        "DELETE FROM audit_closed WHERE kind = 'delivery' AND id || ' ' || part = '" + row + "'");
                assertThat(RecordCheckIT.found(connection))
                        .hasSize(2)
                        .anyMatch(each -> each.contains("table audit_closed: "));
                connection.rollback();
            }
            for (String column : RecordCheckIT.columns(statement, "intake")) {
                statement.execute("UPDATE intake SET " + RecordCheckIT.other(column));
                if (RecordCheckIT.found(connection).isEmpty()) {
                    unseen.add("intake " + column);
                }
                connection.rollback();
            }
            statement.execute("DELETE FROM intake");
            assertThat(RecordCheckIT.found(connection))
                    .singleElement()
                    .asString()
                    .contains("its row is gone");
            connection.rollback();
            statement.execute("UPDATE audit_closed SET hash = 'x' WHERE kind = 'withdrawn'");
            assertThat(RecordCheckIT.found(connection))
                    .hasSize(2)
                    .anyMatch(each -> each.startsWith("interaction sent part 0: ")
                            && each.contains("about it was changed by hand"))
                    .anyMatch(each -> each.startsWith("table audit_closed: "));
            connection.rollback();
            statement.execute("DELETE FROM audit_closed WHERE kind = 'withdrawn'");
            assertThat(RecordCheckIT.found(connection))
                    .singleElement()
                    .asString()
                    .contains("table audit_closed: ");
            connection.rollback();
        }
        assertThat(unseen).isEmpty();
    }

    private static List<String> list(Statement statement, String sql) throws Exception {
        List<String> list = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                list.add(rows.getString(1));
            }
        }
        return list;
    }

    @Test
    void what_becomes_of_a_chat_later_is_followed_from_there_and_a_row_set_back_is_found() throws Exception {
        prune();
        String before = book.rows("SELECT http_status, finished_at FROM delivery WHERE interaction_id = 'failed'")
                .get(0);
        sent(part("failed", "hello"));
        sent(part("released", "something else"));
        sent(part("refused", "right at last"));
        sent(part("new", "hello"));
        book.tamper("UPDATE delivery SET fed_at = 1 WHERE interaction_id = 'cut'");
        try (OperatorLog log = new OperatorLog(settings)) {
            Erasures.allow(log, "never sent", Set.of("conversations"), "asked for");
            Erasures.erase(log, "cut", Set.of("conversations"), null, List.of(), "asked for");
        }
        assertThat(faults()).isEmpty();

        String old = "UPDATE delivery SET state = 'FAILED', attempts = 1, conversation_id = NULL, reason = 'CXONE-503',"
                + " http_status = 503, finished_at = " + before.split(" ")[1] + " WHERE interaction_id = 'failed'";
        book.tamper("CREATE TABLE aside AS SELECT * FROM delivery", old);
        assertThat(faults()).singleElement().asString().contains("interaction failed part 1: ");
        book.tamper("DELETE FROM delivery", "INSERT INTO delivery SELECT * FROM aside");
        book.tamper("UPDATE delivery SET erased = 0 WHERE interaction_id = 'cut'");
        assertThat(faults()).singleElement().asString().contains("interaction cut part 1: ");
        book.tamper("UPDATE delivery SET erased = 1 WHERE interaction_id = 'cut' AND part = 1");
        assertThat(faults()).isEmpty();

        assertThat(prune()).isGreaterThan(5);
        assertThat(faults()).isEmpty();
        book.tamper(old);
        assertThat(faults()).singleElement().asString().contains("interaction failed part 1: ");
    }

    @Test
    @Tag("fault-156")
    void what_is_sent_to_another_target_later_leaves_the_rows_of_the_first_as_they_were() throws Exception {
        prune();
        for (String id : List.of("sent", "failed", "refused")) {
            sent(Parts.of("other", part(id, "hello")));
        }
        assertThat(faults()).isEmpty();

        book.tamper("CREATE TABLE IF NOT EXISTS audit_record (delivery_key VARCHAR(99), status VARCHAR(9),"
                + " interaction_id VARCHAR(99), part INT, conversation_id VARCHAR(99))");
        for (String id : List.of("cut", "failed")) { // the one of the first target, the other of the second
            book.tamper(
                    "INSERT INTO audit_record VALUES ('" + id + "', 'injected', '" + id + "', 1, 'conv-" + id + "')");
        }
        assertThat(prune()).isGreaterThan(2);
        assertThat(faults()).isEmpty();
        List<String> findings = new ArrayList<>();
        assertThat(book.ledger.view().audit().verifyFeed(null, findings::add)).isNull();
        assertThat(findings).isEmpty();
        book.tamper("DELETE FROM delivery WHERE target = 'conversations' AND interaction_id = 'failed'");
        assertThat(faults()).singleElement().asString().contains("interaction failed part 1: its events were pruned");
    }

    @Test
    void a_part_in_doubt_holds_back_all_since_and_a_chain_of_another_instance_holds_back_everything() throws Exception {
        Delivery parked = claimed(part("parked", "hello"));
        book.deliveries.attempted(parked, Type.ATTEMPT, 0, "NET-RESET", true, null, LATENCY);
        book.deliveries.parked(parked, 0, "NET-RESET", LATENCY);
        Instant later = Instant.now().plus(Duration.ofHours(1));

        LedgerClosing.Plan plan = book.ledger.view().closing().plan(later);
        assertThat(plan.held()).matches("parked, in-doubt since 20.*Z");
        assertThat(plan.events()).isPositive();
        prune();
        assertThat(book.rows("SELECT event FROM audit_event WHERE interaction_id = 'parked' ORDER BY seq"))
                .containsExactly("CLAIMED", "ATTEMPT", "IN_DOUBT");
        assertThat(faults()).isEmpty();

        if (store == Store.POSTGRESQL) {
            try (Book besides = book.besides(Files.createDirectory(folder.resolve("b")), Duration.ofMinutes(1))) {
                besides.ledger.note(Type.STARTED, "cxt");
                plan = book.ledger.view().closing().plan(later);
                assertThat(plan.held()).startsWith("chain " + besides.ledger.instance());
                assertThat(plan.events()).isZero();
            }
        }
    }

    @Test
    void a_source_that_is_half_read_holds_back_all_since_and_the_first_that_does_is_named() throws Exception {
        Instant later = Instant.now().plus(Duration.ofHours(1));
        String half = book.ledger.intakes().open("file", "half read.json", 10);
        claimed(part("calling", "hello"));
        LedgerClosing closing = book.ledger.view().closing();

        LedgerClosing.Plan plan = closing.plan(later);

        assertThat(plan.held()).matches("\"?half read.json\"?, not finished since 20.*Z");
        assertThat(plan.events()).isPositive();
        assertThat(closing.plan(Instant.EPOCH).held()).isNull();
        assertThat(closing.plan(Instant.EPOCH).events()).isZero();
        book.ledger.intakes().close(half, "half read.json", 1, "read=1");
        assertThat(closing.plan(later).held()).matches("calling, sending since 20.*Z");
        sent(part("calling", "hello"));
        assertThat(closing.plan(later).held()).isNull();
    }

    @Test
    void events_go_in_several_transactions_as_in_one() throws Exception {
        IntStream.range(0, 120).parallel().forEach(number -> book.deliveries
                .whole()
                .excluded("conversations", "out-" + number, new Origin("i", "d.json", number, 1), 9, "KEPT-OUT"));
        Instant later = Instant.now().plus(Duration.ofHours(1));
        try (LedgerView view = LedgerView.of(settings);
                OperatorLog log = new OperatorLog(settings)) {
            LedgerClosing.Plan plan = view.closing().plan(later);
            assertThat(plan.events()).isGreaterThan(120);
            view.closing().close(plan, later, log, 11);
        }
        assertThat(faults()).isEmpty();
        assertThat(book.rows("SELECT count(*) FROM audit_event WHERE chain <> 'operator'"))
                .containsExactly("1");

        try (OperatorLog log = new OperatorLog(settings)) {
            log.told(Type.WITHDRAWN, "sent", "asked for again");
        }
        IntStream.range(0, 120).parallel().forEach(number -> book.deliveries
                .whole()
                .rejected("conversations", "out-" + number, new Origin("k", "e.json", number, 1), 9, "JSON", "JSON"));
        prune(); // in one transaction: more rows than in one question
        assertThat(faults()).isEmpty();
        assertThat(book.rows("SELECT count(*) FROM audit_closed WHERE kind = 'withdrawn'"))
                .containsExactly("1");
        assertThat(book.rows("SELECT count(*) FROM audit_closed WHERE id LIKE 'out-%'"))
                .containsExactly("120");
    }

    @Test
    void a_chat_in_doubt_that_a_person_has_decided_goes_and_its_replay_is_followed_from_there() throws Exception {
        Delivery parked = claimed(part("parked", "hello"));
        book.deliveries.attempted(parked, Type.ATTEMPT, 0, "NET-RESET", true, null, LATENCY);
        book.deliveries.parked(parked, 0, "NET-RESET", LATENCY);
        book.tamper("INSERT INTO letter (id, instance, name, state, outcome, reason, detail, interaction_id, source,"
                + " source_index, source_line, decided_at, replays) VALUES ('1', 'i', 'NET-RESET/parked', 'SETTLED',"
                + " 'in-doubt', 'NET-RESET', 'NET-RESET', 'parked', 'chats.json', 1, 1, 1, 0)");
        assertThat(book.ledger
                        .view()
                        .closing()
                        .plan(Instant.now().plus(Duration.ofHours(1)))
                        .held())
                .isNull();
        prune();
        assertThat(faults()).isEmpty();

        try (OperatorLog log = new OperatorLog(settings)) {
            log.replayed("parked", "NET-RESET/parked", true, null);
        }

        assertThat(faults()).isEmpty();
        book.tamper("UPDATE delivery SET doubted = 0 WHERE interaction_id = 'parked'");
        assertThat(faults()).singleElement().asString().contains("interaction parked part 1: doubted is 0");
    }

    @Test
    void what_is_signed_while_the_clock_is_set_back_is_the_last_all_the_same() throws Exception {
        prune();
        Closing newest = Closing.newest(book.ledger.view().audit().closings()).orElseThrow();
        assertThat(newest.chain()).isEqualTo("operator");
        closesUpToTheLast(Instant.parse(newest.at()), "at the same time");
        closesUpToTheLast(Instant.EPOCH, "later");

        assertThat(prune()).isPositive();
        assertThat(faults()).isEmpty();
    }

    private void closesUpToTheLast(Instant now, String id) throws Exception {
        sent(part(id, "hello"));
        closes(now, lastEvent() - 1);
        assertThat(faults()).isEmpty();
        assertThat(book.rows("SELECT count(*) FROM audit_closed WHERE id = '" + id + "'"))
                .containsExactly("1");
    }

    private long lastEvent() throws Exception {
        return Long.parseLong(book.rows("SELECT max(seq) FROM audit_event WHERE chain <> 'operator'")
                .get(0));
    }

    private void closes(Instant now, long last) {
        try (ChainClosing closing =
                new ChainClosing(settings, new RestingRows(), 1_000, Clock.fixed(now, ZoneOffset.UTC))) {
            closing.close(book.ledger.instance(), last);
        }
    }

    @Test
    void a_chat_of_whose_calls_some_are_gone_is_whole_at_each_of_its_events() throws Exception {
        book.ledger.note(Type.STARTED, "cxt");
        closes(Instant.now(), lastEvent() - 1);
        long before = lastEvent();
        Delivery delivery = claimed(part("several", "hello"));
        book.deliveries.attempted(delivery, Type.RATE_LIMITED, 429, "CXONE-429", false, "retry-after=2", LATENCY);
        book.deliveries.claim(delivery);
        book.deliveries.attempted(delivery, Type.IN_DOUBT, 0, "NET-TIMEOUT", true, "no answer", LATENCY);
        book.deliveries.claim(delivery);
        book.deliveries.sent(delivery, 201, "conv", null, LATENCY);
        book.ledger.note(Type.STOPPED, null);

        for (long last = before; last < lastEvent(); last++) {
            closes(Instant.now(), last);
            assertThat(faults()).as("up to %s", last).isEmpty();
        }
        book.tamper("UPDATE delivery SET doubted = 0 WHERE interaction_id = 'several'");
        assertThat(faults()).singleElement().asString().contains("interaction several part 1");
    }

    @Test
    void an_event_that_is_not_as_it_was_written_goes_with_none_behind_it() throws Exception {
        book.tamper("UPDATE audit_event SET detail = 'x' WHERE chain <> 'operator' AND seq = 3");
        List<String> before = book.rows("SELECT chain, seq FROM audit_event WHERE chain <> 'operator' ORDER BY seq");

        assertThatThrownBy(this::prune).isInstanceOf(LedgerException.class).hasMessageContaining("event 3 of");

        assertThat(book.rows("SELECT chain, seq FROM audit_event WHERE chain <> 'operator' ORDER BY seq"))
                .isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "DELETE FROM audit_closing                                         | event 0 is followed by",
                "DELETE FROM audit_event WHERE chain = 'operator' AND seq = 3      | followed by 4",
                "UPDATE audit_closing SET seq = seq + 1 WHERE chain = 'operator'   | none that cxt writes",
                "UPDATE audit_closing SET line = replace(line, ' operator 2 ', ' operator 3 '), seq = 3 WHERE chain = 'operator' | signature",
                "UPDATE audit_closing SET chain = 'other' WHERE chain = 'operator' | none that cxt writes",
                "UPDATE audit_closing SET line = 'x' WHERE chain = 'operator'      | none that cxt writes",
                "UPDATE audit_closing SET line = replace(line, ':', '-')           | none that cxt writes",
                "UPDATE audit_event SET detail = 'x' WHERE event = 'WITHDRAWN'     | was changed",
                "UPDATE audit_event SET detail = NULL WHERE event = 'PRUNED'       | was changed",
                "UPDATE audit_event SET detail = 'before=x y', reason = 'feed' WHERE event = 'PRUNED' | was changed",
                "UPDATE audit_event SET at = 'x', event = 'RESTORED' WHERE event = 'PRUNED' | was changed",
                "DELETE FROM audit_event WHERE chain = 'operator'                  | those behind them are gone",
                "UPDATE audit_closed SET hash = substr(hash, 2) WHERE kind = 'reading' | not as it was when",
                "UPDATE audit_closed SET hash = 'x' WHERE kind = 'reading'         | not as it was when",
                "INSERT INTO audit_closed SELECT 'other', target, kind, part, hash FROM audit_closed WHERE kind = 'reading' | its row is gone",
            })
    void what_is_not_as_the_closing_record_says_is_found(String change, String fault) throws Exception {
        prune();
        book.tamper(change);

        assertThat(faults()).isNotEmpty().first().asString().contains(fault);
        assertThatNoException().isThrownBy(this::looks);
    }

    /** As the commands do that look at more than the chains. */
    private void looks() {
        try (LedgerView view = book.ledger.view()) {
            view.audit().verifyFeed(null, none -> {});
            view.audit().prunedUpTo();
            view.missingCopies().mayBeGoneBefore();
        }
    }

    @Test
    @Tag("fault-153")
    void text_in_place_of_a_number_is_found() throws Exception {
        if (store == Store.SQLITE) { // PostgreSQL keeps none there
            prune();
            book.tamper("UPDATE audit_event SET seq = 'x' WHERE event = 'PRUNED' AND seq ="
                    + " (SELECT max(seq) FROM audit_event WHERE chain = 'operator')");

            assertThat(faults()).isNotEmpty().first().asString().contains("no number in place of its seq");
        }
    }
}
