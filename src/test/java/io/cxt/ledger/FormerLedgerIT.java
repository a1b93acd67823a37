package io.cxt.ledger;

import static io.cxt.fixture.Parts.again;
import static io.cxt.fixture.Parts.part;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cxt.audit.AuditEvent;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.OperatorLog;
import io.cxt.db.LedgerException;
import io.cxt.db.LedgerSettings;
import io.cxt.ledger.Delivery.Standing;
import io.cxt.transcript.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** A ledger that begins where another one was in use: it knows that, and marks what that one may have sent. */
@OnEachDatabase
@Tag("fault-138")
class FormerLedgerIT {
    private static final String NOTED = "SELECT count(*) FROM doubt WHERE door = 'chats'";

    @Parameter
    Store store;

    @TempDir
    Path folder;

    private Path data;
    private Path archive;
    private LedgerSettings settings;

    @BeforeEach
    void name() throws IOException {
        data = Files.createDirectory(folder.resolve("data"));
        archive = data.resolve("archive");
        settings = store.settings(data);
    }

    /** The first or a later start of an instance. */
    private Book start(LedgerSettings settings) {
        Book book = Book.open(settings);
        book.ledger.lookForFormer(archive);
        book.ledger.note(Type.STARTED, null);
        return book;
    }

    /** A ledger on SQLite was in use in a folder and is gone, all else is there. */
    private static void use(Path data) throws Exception {
        try (Book former = Book.open(Store.SQLITE, data)) {
            former.ledger.note(Type.STARTED, null);
            send(former, part("known-there", "hello"));
        }
        try (OperatorLog log = new OperatorLog(Store.SQLITE.settings(data))) {
            log.changed(session -> AuditEvent.of(Type.READ));
            log.changed(session -> AuditEvent.of(Type.READ));
        }
        Files.delete(data.resolve("ledger.db"));
        Files.delete(data.resolve("instance-id"));
    }

    private static void send(Book book, Part part) throws Exception {
        Delivery delivery = book.deliveries.lookUp(part);
        book.deliveries.claim(delivery);
        book.deliveries.sent(delivery, 201, "conv-1", null, Duration.ofMillis(1));
        book.deliveries.unlock(part);
    }

    private static Delivery lookUp(Book book, String id, Instant ended) {
        Part part = again(part(id, "hello"), "reading-2");
        Delivery delivery = book.deliveries.lookUp(part, null, () -> ended);
        book.deliveries.unlock(part);
        return delivery;
    }

    @Test
    void chats_that_ended_before_it_began_are_marked_and_later_ones_are_not_after_a_restart_too() throws Exception {
        use(data);

        try (Book book = start(settings)) {
            Instant began = Instant.parse(book.rows("SELECT source FROM doubt WHERE door = 'chats'")
                    .get(0)
                    .replaceAll(" .*", ""));
            assertThat(lookUp(book, "old", began.minusMillis(1)).doubt()).isEqualTo("OTHER-LEDGER");
            assertThat(lookUp(book, "untold", null).doubt()).isEqualTo("OTHER-LEDGER");
            assertThat(lookUp(book, "new", began).doubted()).isFalse();
            send(book, part("here", "hello"));
            assertThat(lookUp(book, "here", began.minusMillis(1)).standing()).isEqualTo(Standing.DUPLICATE);
            assertThat(book.rows("SELECT what, actor FROM control"))
                    .containsExactly("lane " + System.getProperty("user.name"));
            assertThat(book.rows("SELECT event FROM audit_event WHERE chain = 'operator' ORDER BY seq"))
                    .containsExactly("OTHER_LEDGER", "HELD");
        }
        try (Book again = start(settings)) {
            assertThat(lookUp(again, "old", Instant.EPOCH).doubt()).isEqualTo("OTHER-LEDGER");
            assertThat(again.rows(NOTED)).containsExactly("1");
        }
        try (Book parking = Book.open(store, data, false)) {
            assertThat(lookUp(parking, "old", Instant.EPOCH).standing()).isEqualTo(Standing.PARKED);
        }
    }

    @Test
    void the_checkpoints_of_the_former_ledger_are_moved_aside_and_a_cut_of_this_one_still_shows() throws Exception {
        use(data);
        Set<String> none = Set.of();

        try (Book book = start(settings)) {
            send(book, part("here", "hello"));
        }

        try (Book book = start(settings)) {
            LedgerAudit audit = book.ledger.view().audit();
            assertThat(audit.verify(none).faults()).isEmpty();
            assertThat(audit.verify(none).notes())
                    .anyMatch(note -> note.contains("of a former ledger: signed up to event 3, at"))
                    .anyMatch(note -> note.startsWith("chain operator of a former ledger: signed up to event 2, at"));
            book.tamper("DELETE FROM audit_event WHERE chain <> 'operator' AND seq > 1");
            assertThat(audit.verify(none).fault()).contains("it ends with event 1, and event");
        }
    }

    /** A careful person holds the lane before the first start. */
    @Test
    void a_command_before_the_first_start_changes_nothing_of_that() throws Exception {
        use(data);
        try (OperatorLog log = new OperatorLog(settings)) {
            log.changed(session -> AuditEvent.of(Type.READ));
        }

        try (Book book = start(settings)) {
            assertThat(lookUp(book, "old", Instant.EPOCH).doubt()).isEqualTo("OTHER-LEDGER");
            assertThat(book.ledger.view().audit().verify(Set.of()).faults()).isEmpty();
        }
    }

    @Test
    void without_a_trace_nothing_is_noted() throws Exception {
        try (OperatorLog log = new OperatorLog(settings)) {
            log.changed(session -> AuditEvent.of(Type.READ));
        }
        for (String empty : new String[] {"archive", "reports", "dead-letters/TS-ORDER"}) {
            Files.createDirectories(data.resolve(empty));
        }
        Files.createFile(data.resolve("dead-letters/TS-ORDER/copied-in.json"));

        try (Book book = start(settings)) {
            assertThat(book.rows("SELECT count(*) FROM doubt")).containsExactly("0");
            assertThat(book.rows("SELECT count(*) FROM control")).containsExactly("0");
            assertThat(lookUp(book, "old", Instant.EPOCH).doubted()).isFalse();
        }
    }

    @Test
    void reports_or_an_archive_alone_are_a_trace() throws Exception {
        for (String trace : new String[] {"reports/a.json", "archive/2026-11-30/s.gz"}) {
            Path own = folder.resolve(trace.replace('/', '-'));
            Files.createDirectories(own.resolve(trace).getParent());
            Files.createFile(own.resolve(trace));
            archive = own.resolve("archive");

            try (Book book = start(store.settings(own))) {
                assertThat(book.rows(NOTED)).as(trace).containsExactly("1");
            }
        }
    }

    private void requireSeveral() {
        assumeTrue(store == Store.POSTGRESQL, "one instance only");
    }

    @Test
    void an_instance_that_joins_marks_for_all_what_its_former_ledger_sent() throws Exception {
        requireSeveral();
        Path second = Files.createDirectory(folder.resolve("second"));
        use(second);
        try (Book first = start(settings);
                Book joins =
                        start(new LedgerSettings(settings.url(), settings.username(), settings.password(), second))) {
            assertThat(lookUp(joins, "old", Instant.EPOCH).doubted()).isTrue();
            assertThat(lookUp(first, "older", Instant.EPOCH).doubted()).isFalse();

            first.ledger.doubts().look(); // as soon as it sees the hold

            assertThat(lookUp(first, "oldest", Instant.EPOCH).doubted()).isTrue();
        }
    }

    @Test
    void an_instance_whose_events_are_in_another_ledger_does_not_start_and_says_what_to_do() throws Exception {
        requireSeveral();
        Path second = Files.createDirectory(folder.resolve("second"));
        try (Book former = Book.open(Store.SQLITE, second)) {
            former.ledger.note(Type.STARTED, null);
        }
        LedgerSettings moved = new LedgerSettings(settings.url(), settings.username(), settings.password(), second);
        start(settings).close();

        assertThatThrownBy(() -> start(moved))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("has been in use with another ledger than the one at")
                .hasMessageContaining("remove " + second.resolve("instance-id"));
        Files.delete(second.resolve("instance-id"));

        try (Book joins = start(moved)) {
            assertThat(joins.rows(NOTED)).containsExactly("1");
        }
    }

    @Test
    void an_instance_that_joins_with_the_archive_of_all_is_no_former_ledger() throws Exception {
        requireSeveral();
        start(settings).close();
        Files.createDirectories(archive);
        Files.createFile(archive.resolve("of-the-first.gz"));

        try (Book joins = start(new LedgerSettings(
                settings.url(), settings.username(), settings.password(), folder.resolve("second")))) {
            assertThat(joins.rows(NOTED)).containsExactly("0");
        }
    }

    /** As when the file was removed by mistake: the ledger knows what was sent from here. */
    @Test
    void an_instance_that_lost_its_name_alone_is_no_former_ledger() throws Exception {
        try (Book book = start(settings)) {
            send(book, part("here", "hello"));
        }
        Files.createDirectories(data.resolve("reports"));
        Files.createFile(data.resolve("reports/a.json"));
        Files.delete(data.resolve("instance-id"));

        try (Book book = start(settings)) {
            assertThat(book.rows(NOTED)).containsExactly("0");
        }
    }

    /** Otherwise the lines that show the cut would be taken for those of another ledger, and moved out of the way. */
    @Test
    void a_cut_of_the_tail_still_shows_when_the_instance_has_lost_its_name() throws Exception {
        try (Book book = start(settings)) {
            send(book, part("lost", "hello"));
            book.tamper("DELETE FROM audit_event WHERE seq > 1", "DELETE FROM delivery");
        }
        Files.delete(data.resolve("instance-id"));

        try (Book book = start(settings)) {
            assertThat(book.ledger.view().audit().verify(Set.of()).faults())
                    .anyMatch(fault -> fault.contains("it ends with event 1, and event"));
            assertThat(lookUp(book, "lost", Instant.EPOCH).doubt()).isEqualTo("OTHER-LEDGER");
        }
    }

    /** It came back from an older copy without cxt restore. */
    @Test
    void a_ledger_that_is_behind_what_was_signed_marks_what_it_does_not_know() throws Exception {
        try (Book book = start(settings)) {
            send(book, part("lost", "hello"));
            Part failed = part("failed-then-sent", "hello");
            Delivery delivery = book.deliveries.lookUp(failed);
            book.deliveries.claim(delivery);
            book.deliveries.notSent(delivery, DeliveryState.FAILED, 503, "CXONE-503", Duration.ofMillis(1));
            book.deliveries.unlock(failed);
            book.tamper("DELETE FROM audit_event WHERE seq > 1", "DELETE FROM delivery WHERE interaction_id = 'lost'");
        }

        try (Book book = start(settings)) {
            assertThat(lookUp(book, "lost", Instant.EPOCH).doubt()).isEqualTo("OTHER-LEDGER");
            assertThat(lookUp(book, "failed-then-sent", Instant.EPOCH).doubt()).isEqualTo("OTHER-LEDGER");
            assertThat(lookUp(book, "new", Instant.now().plusSeconds(1)).doubted())
                    .isFalse();
        }
        try (Book again = start(settings)) {
            assertThat(again.ledger.view().audit().verify(Set.of()).fault()).isNotNull();
            assertThat(lookUp(again, "lost", Instant.EPOCH).doubted()).isTrue();
        }
    }
}
