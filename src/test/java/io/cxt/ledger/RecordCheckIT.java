package io.cxt.ledger;

import static io.cxt.fixture.Parts.LATENCY;
import static io.cxt.fixture.Parts.part;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.Findings;
import io.cxt.audit.OperatorLog;
import io.cxt.db.LedgerSettings;
import io.cxt.db.Session;
import io.cxt.fixture.Parts;
import io.cxt.intake.IdPrefixes;
import io.cxt.story.ChatSearch;
import io.cxt.transcript.Origin;
import io.cxt.transcript.Part;
import io.cxt.transcript.Reason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A row that says something else than the audit is found, no matter who wrote it. */
@OnEachDatabase
class RecordCheckIT {
    /** No event tells when a claim may be taken over. Of the copies, archive and feed are asked. */
    private static final Set<String> UNTOLD = Set.of("lease_until", "archived_at", "archived_in", "fed_at");

    private static final Set<String> UNTOLD_OF_A_WHOLE = Set.of("received_at");
    /** What a replay in doubt left of a row belongs to no reading. */
    private static final Set<String> UNTOLD_OF_A_REPLAY =
            Set.of("finished_at", "source_line", "bytes", "transcript_hash", "owner", "target", "customer");

    @Parameter
    Store store;

    @TempDir
    Path folder;

    private LedgerSettings settings;
    private Book book;

    /** One row of each kind. */
    @BeforeEach
    void write() throws Exception {
        settings = store.settings(folder);
        book = Book.open(store, folder);
        sent(part("sent", "hello"));
        sent(piece(1));
        sent(piece(2));
        Delivery again = claimed(part("again", "hello"));
        book.deliveries.attempted(again, Type.RATE_LIMITED, 429, "CXONE-429", false, "retry-after=2", LATENCY);
        book.deliveries.claim(again);
        book.deliveries.attempted(again, Type.IN_DOUBT, 0, "NET-TIMEOUT", true, "no answer", LATENCY);
        book.deliveries.claim(again);
        book.deliveries.sent(again, 201, "conv-again", null, LATENCY);
        claimed(part("calling", "hello"));
        book.deliveries.attempted(
                claimed(part("between", "hello")), Type.ATTEMPT, 503, "CXONE-503", false, null, LATENCY);
        book.deliveries.notSent(claimed(part("rejected", "hello")), DeliveryState.REJECTED, 400, "CXONE-400", LATENCY);
        book.deliveries.notSent(claimed(part("failed", "hello")), DeliveryState.FAILED, 503, "CXONE-503", LATENCY);
        book.deliveries.release(claimed(part("released", "hello")));
        for (String id : new String[] {"parked", "replayed"}) {
            Delivery parked = claimed(part(id, "hello"));
            book.deliveries.attempted(parked, Type.ATTEMPT, 0, "NET-RESET", true, null, LATENCY);
            book.deliveries.parked(parked, 0, "NET-RESET", LATENCY);
        }
        book.deliveries.parked(
                book.deliveries.lookUp(part("perhaps", "hello"), Reason.REDELIVERED, null), 0, "REDELIVERED", LATENCY);
        book.deliveries
                .whole()
                .rejected("conversations", "refused", new Origin("i", "a.json", 1, 1), 9, "TS-ORDER", "TS-ORDER");
        book.deliveries.whole().rejected("conversations", null, new Origin("i", "b.json", 2, 1), 9, "JSON", "JSON");
        book.deliveries.whole().excluded("conversations", "excluded", new Origin("i", "c.json", 3, 1), 9, "KEPT-OUT");
        book.deliveries
                .whole()
                .rejected("conversations", "right at last", new Origin("i", "d.json", 1, 1), 9, "JSON", "JSON");
        sent(part("right at last", "hello"));
        Delivery other = book.deliveries.lookUp(part("sent", "something else"));
        book.deliveries.whole().conflict(other);
        book.deliveries.unlock(other.part());
        String reading = book.ledger.intakes().open("file", "gone.json", 10);
        claimed(new Part(
                "conversations",
                "gone",
                1,
                1,
                1,
                new byte[1],
                "hash",
                "hash",
                List.of(),
                new Origin(reading, "gone.json", 1, 1),
                null));
        book.ledger.intakes().gone(new Intakes.CutOff(reading, "gone.json"));
        book.ledger.intakes().open("file", "open.json", 10);
        String stuck = book.ledger.intakes().open("file", "stuck.json", 10);
        book.ledger.intakes().undecided(stuck, "stuck.json", "it may not be read", "stays");
        String renamed = book.ledger.intakes().open("sftp", "renamed.json", 10);
        book.ledger.intakes().renamed(renamed, "renamed.json", "other name.json");
        String closed = book.ledger.intakes().open("jms", "closed.json", 10, "from=somebody");
        book.ledger.intakes().close(closed, "closed.json", 3, "read=3 sent=3");
        String kept = book.ledger.intakes().open("sftp", "kept.json", 10);
        book.ledger.intakes().close(kept, "kept.json", 1, "read=1 sent=1", "key", null);
        try (OperatorLog log = new OperatorLog(settings)) {
            log.replayed("replayed", "letter", true, null);
        }
    }

    private static Part piece(int number) {
        byte[] payload = ("piece " + number).getBytes(StandardCharsets.UTF_8);
        Origin origin = new Origin("intake-1", "chats.json", 7, 7);
        return Part.of("conversations", "cut", number, 2, 3, payload, List.of(), origin)
                .of("of the whole");
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

    @Test
    void a_ledger_that_nobody_touched_is_whole() {
        assertThat(book.ledger.view().audit().verify().faults()).isEmpty();
    }

    @Test
    @Tag("fault-111")
    void a_row_that_was_changed_is_found_in_every_column() throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            Set<String> unseen = new TreeSet<>();
            for (String row : list(statement, "SELECT interaction_id || ' ' || part FROM delivery")) {
                String id = row.substring(0, row.lastIndexOf(' '));
                String part = row.substring(row.lastIndexOf(' ') + 1);
                for (String column : columns(statement, "delivery")) {
                    statement.execute("UPDATE delivery SET %s WHERE interaction_id = '%s' AND part = %s"
                            .formatted(other(column), id, part));
                    if (found(connection).stream().noneMatch(each -> each.contains("interaction " + id))
                            && !column.equals("interaction_id")) {
                        unseen.add(row + " " + column);
                    }
                    connection.rollback();
                }
            }
            unseen.removeIf(each -> {
                String column = each.substring(each.lastIndexOf(' ') + 1);
                return UNTOLD.contains(column)
                        || each.contains(" 0 ") && UNTOLD_OF_A_WHOLE.contains(column)
                        || each.startsWith("replayed ") && UNTOLD_OF_A_REPLAY.contains(column);
            });
            assertThat(unseen).isEmpty();
        }
    }

    @Test
    @Tag("fault-111")
    void a_reading_that_was_changed_invented_or_deleted_is_found() throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            Set<String> unseen = new TreeSet<>();
            List<String> rows = list(statement, "SELECT id FROM intake");
            assertThat(rows).hasSize(6);
            for (String id : rows) {
                for (String column : columns(statement, "intake")) {
                    statement.execute("UPDATE intake SET %s WHERE id = '%s'".formatted(other(column), id));
                    if (found(connection).stream().noneMatch(each -> each.contains("reading " + id))) {
                        unseen.add(id + " " + column);
                    }
                    connection.rollback();
                }
                statement.execute("DELETE FROM intake WHERE id = '" + id + "'");
                assertThat(found(connection)).singleElement().asString().contains(id, "its row is gone");
                connection.rollback();
            }
            assertThat(unseen).isEmpty();
            statement.execute("INSERT INTO intake (id, door, source, bytes, opened_at, closed_at)"
                    + " VALUES ('x', 'file', 'next.json', 1, 1, 9000000000000)");
            assertThat(found(connection)).singleElement().asString().contains("no event tells", "put in by hand");
        }
    }

    static String other(String column) {
        return switch (column) {
            case "state" -> "state = CASE WHEN state = 'SENT' THEN 'REJECTED' ELSE 'SENT' END";
            case "calling", "doubted" -> column + " = 1 - " + column;
            case "part" -> "part = 77";
            case "door",
                    "undecided",
                    "id",
                    "reason",
                    "conversation_id",
                    "owner",
                    "target",
                    "source",
                    "detail",
                    "kept",
                    "customer",
                    "content_hash",
                    "transcript_hash" -> column + " = 'changed'";
            case "interaction_id", "intake_id" -> column + " = 'changed'";
            case "archived_in" -> "archived_in = 'nowhere'";
            default -> column + " = COALESCE(" + column + ", 0) + 977";
        };
    }

    @Test
    @Tag("fault-111")
    void a_row_that_is_gone_is_found_because_it_would_be_sent_a_second_time() throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String row : list(statement, "SELECT interaction_id || ' ' || part FROM delivery")) {
                String id = row.substring(0, row.lastIndexOf(' '));
                statement.execute("DELETE FROM delivery WHERE interaction_id || ' ' || part = '" + row + "'");

                assertThat(found(connection)).as(row).singleElement().asString().contains(id, "its row is gone");
                connection.rollback();
            }
        }
    }

    @Test
    @Tag("fault-111")
    void a_row_that_was_put_in_is_found_and_shown_in_a_way_that_does_no_harm() throws Exception {
        book.tamper("UPDATE delivery SET interaction_id = 'x' || chr(27) || '[2J' WHERE interaction_id = 'excluded'"
                .replace("chr(27)", store == Store.SQLITE ? "char(27)" : "chr(27)"));

        assertThat(book.ledger.view().audit().verify().faults())
                .hasSize(2)
                .anyMatch(each -> each.contains("interaction x\\u001b[2J part 0") && each.contains("put in by hand"));
    }

    @Test
    @Tag("fault-111")
    void what_came_before_events_told_of_the_whole_row_is_compared_by_what_they_hold() throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            String rest = store == Store.SQLITE
                    ? "substr(detail, 1, instr(detail || ' target=', ' target=') - 1)"
                    : "regexp_replace(detail, ' ?target=\\S+ row=[0-9a-f]{16}$', '')";
            statement.execute("UPDATE audit_event SET detail = " + rest);
            statement.execute("UPDATE audit_event SET detail = replace(detail, ' reading=', ' was ')");

            assertThat(found(connection)).isEmpty();
            statement.execute(
                    "UPDATE delivery SET conversation_id = 'other' WHERE interaction_id = 'cut' AND part = 2");
            assertThat(found(connection))
                    .singleElement()
                    .asString()
                    .contains("interaction cut part 2: conversation_id is other, and the audit says conv-cut");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "at = 'yesterday', SENT",
        "detail = 'messages=many', CLAIMED",
        "detail = NULL, CLAIMED",
        "part = NULL, CLAIMED",
        "attempt = NULL, SENT",
        "payload_hash = NULL, CLAIMED",
        "detail = 'reading=', INTAKE_CLOSED"
    })
    @Tag("fault-111")
    void an_event_of_which_nothing_can_be_made_is_a_finding_and_no_crash(String change, String event) throws Exception {
        book.tamper("UPDATE audit_event SET " + change + " WHERE event = '" + event + "'");

        assertThat(book.ledger.view().audit().verify().faults())
                .isNotEmpty()
                .first()
                .asString()
                .contains("was changed");
    }

    /** As after a change of cxone.target, when files are dropped again. */
    @Test
    @Tag("fault-156")
    void what_was_sent_rejected_and_left_for_two_targets_is_as_the_audit_says() throws Exception {
        sent(Parts.of("other", part("sent", "hello")));
        Delivery failed = claimed(Parts.of("other", part("failed", "hello")));
        book.deliveries.notSent(failed, DeliveryState.FAILED, 503, "CXONE-503", LATENCY);
        claimed(Parts.of("other", part("again", "hello")));
        Origin origin = new Origin("i", "e.json", 1, 1);
        book.deliveries.whole().rejected("other", "refused", origin, 9, "TS-ORDER", "TS-ORDER");
        book.deliveries.whole().rejected("other", "right at last", origin, 9, "JSON", "JSON");
        ChatSearch search = new ChatSearch(new IdPrefixes(Map.of()), 1_000);
        assertThat(search.tell(search.find(book.ledger.view(), "again", false)))
                .extracting(
                        each -> each.delivery().target() + " " + each.calls().size())
                .containsExactly("conversations 3", "other 1");
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            assertThat(found(connection)).isEmpty();

            for (String target : List.of("conversations", "other")) {
                statement.execute(
                        "UPDATE delivery SET attempts = 2 WHERE interaction_id = 'sent' AND part = 1 AND target = '"
                                + target + "'");
                assertThat(found(connection)).as(target).hasSize(1);
                connection.rollback();
                statement.execute("DELETE FROM delivery WHERE interaction_id = 'sent' AND part = 1 AND target = '"
                        + target + "'");
                assertThat(found(connection))
                        .as(target)
                        .singleElement()
                        .asString()
                        .contains("its row is gone: it would be sent a second time");
                connection.rollback();
                statement.execute(
                        "DELETE FROM delivery WHERE interaction_id = 'refused' AND target = '" + target + "'");
                assertThat(found(connection)).as(target).hasSize(1);
                connection.rollback();
            }
        }
    }

    @Test
    void a_row_for_a_second_target_is_found() throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            String values = String.join(", ", columns(statement, "delivery")).replaceFirst("\\btarget\\b", "'other'");
            statement.execute("INSERT INTO delivery SELECT " + values + " FROM delivery"
                    + " WHERE interaction_id IN ('sent', 'failed') AND part = 1");

            assertThat(found(connection)).hasSize(2).allMatch(each -> each.contains(" and no chain has its claim."));
            connection.rollback();
        }
    }

    @Test
    void what_an_erasure_says_of_a_row_is_compared() throws Exception {
        Set<String> targets = Set.of("conversations");
        try (OperatorLog log = new OperatorLog(settings)) {
            for (String id : List.of("rejected", "never sent", "allowed again")) {
                Erasures.erase(log, id, targets, null, List.of(), "asked for");
            }
            Erasures.allow(log, "allowed again", targets, "asked for");
        }
        sent(part("allowed again", "hello"));
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            assertThat(found(connection)).isEmpty();
            for (String id : List.of("rejected", "never sent")) {
                statement.execute("UPDATE delivery SET erased = 0 WHERE part = 1 AND interaction_id = '" + id + "'");
                assertThat(found(connection))
                        .singleElement()
                        .asString()
                        .startsWith("interaction " + id + " part 1: erased is 0, and the audit says 1");
                connection.rollback();
            }
            statement.execute("DELETE FROM delivery WHERE interaction_id = 'never sent'");
            assertThat(found(connection)).singleElement().asString().contains("it would be accepted again");
            connection.rollback();
            statement.execute("UPDATE delivery SET attempts = 1 WHERE interaction_id = 'never sent'");
            assertThat(found(connection)).singleElement().asString().contains("attempts is 1, and the audit says 0");
            connection.rollback();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "detail = 'messages=many', CLAIMED",
        "'detail = replace(detail, ''bytes=10'', ''bytes=many'')', INTAKE_OPENED",
        "at = 'yesterday', SENT"
    })
    void an_event_of_which_no_number_or_time_can_be_made_is_named(String change, String event) throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("UPDATE audit_event SET " + change + " WHERE event = '" + event + "'");

            assertThat(found(connection)).anyMatch(each -> each.contains("holds what cxt never writes"));
            connection.rollback();
        }
    }

    private Connection connect() throws Exception {
        Connection connection = DriverManager.getConnection(settings.url(), settings.username(), settings.password());
        connection.setAutoCommit(false);
        return connection;
    }

    static List<String> found(Connection connection) throws Exception {
        Findings findings = new Findings(null);
        RecordCheck record = new RecordCheck(new Session(connection), findings);
        record.deliveries();
        record.intakes();
        record.resting();
        return findings.list();
    }

    static List<String> columns(Statement statement, String table) throws Exception {
        List<String> columns = new ArrayList<>();
        try (ResultSet row = statement.executeQuery("SELECT * FROM " + table + " LIMIT 1")) {
            for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                columns.add(row.getMetaData().getColumnName(i));
            }
        }
        return columns;
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
}
