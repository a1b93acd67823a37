package io.cxt.ledger;

import static io.cxt.fixture.Parts.part;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.audit.AuditEvent.Type;
import io.cxt.db.LedgerException;
import io.cxt.db.Schema;
import io.cxt.fixture.RunningCxt;
import io.cxt.ledger.Delivery.Standing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class LedgerIT {

    @TempDir
    Path folder;

    @Test
    @Tag("fault-3")
    @Tag("fault-10")
    @Tag("process")
    void a_process_that_died_after_its_claim_leaves_a_part_in_doubt_and_a_whole_chain() throws Exception {
        Process child = java("io.cxt.ledger.DyingProcess", folder.toString());
        assertThat(child.waitFor(100, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue()).isEqualTo(9);

        try (Book book = Book.open(folder)) {
            Delivery delivery = book.deliveries.lookUp(part("ext-1", "hello"));

            assertThat(delivery.standing()).isEqualTo(Standing.UNSENT);
            assertThat(delivery.doubted()).isTrue();
            book.deliveries.claim(delivery);
            assertThat(book.events()).containsExactly("CLAIMED", "IN_DOUBT", "CLAIMED");
            assertThat(book.ledger.view().audit().verify().fault()).isNull();
        }
    }

    @Test
    void a_second_process_in_the_same_folder_is_told_what_to_do() {
        try (Book first = Book.open(folder)) {
            assertThatThrownBy(() -> Book.open(folder))
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining("Another cxt is at work in " + folder)
                    .hasMessageContaining("data.dir");
            assertThat(first.ledger.trouble()).isNull();
        }
        Book.open(folder).close(); // the first one has let go
    }

    @Test
    void the_chain_goes_on_where_the_process_before_ended() throws Exception {
        for (int start = 1; start <= 3; start++) {
            try (Book book = Book.open(folder)) {
                book.ledger.note(Type.STARTED, "cxt");
                book.ledger.note(Type.STOPPED, null);
            }
        }

        try (Book book = Book.open(folder)) {
            assertThat(book.rows("SELECT count(*), max(seq), count(DISTINCT chain) FROM audit_event"))
                    .containsExactly("6 6 1");
            assertThat(book.ledger.view().audit().verify())
                    .returns(6L, LedgerAudit.Verification::events)
                    .returns(1L, LedgerAudit.Verification::chains)
                    .returns(null, LedgerAudit.Verification::fault);
        }
    }

    @Test
    void what_waits_is_written_before_it_closes_and_nothing_after() throws Exception {
        Book book = Book.open(folder);
        book.deliveries.claim(book.deliveries.lookUp(part("ext-1999", "hello")));
        for (int i = 0; i < 2000; i++) {
            book.deliveries.archived(part("ext-" + i, "hello"), "ext-" + i + ".json");
        }
        book.ledger.intakes().open("file", "chats.json", 5);
        book.close();

        assertThat(RunningCxt.rows(folder, "SELECT archived_in FROM delivery WHERE archived_at IS NOT NULL"))
                .containsExactly("ext-1999.json"); // the last one of them
        assertThatThrownBy(() -> book.ledger.note(Type.STARTED, null))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void the_database_and_its_log_are_for_their_owner_alone() throws Exception {
        try (Book book = Book.open(folder)) {
            book.ledger.note(Type.STARTED, "cxt");

            for (String file : new String[] {"ledger.db", "ledger.db-wal", "ledger.db-shm"}) {
                assertThat(Files.getPosixFilePermissions(folder.resolve(file)))
                        .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
            }
        }
    }

    @Test
    void a_sign_in_is_noted_with_its_status() throws Exception {
        try (Book book = Book.open(folder)) {
            book.ledger.signedIn(true, 200, Duration.ofMillis(7));
            book.ledger.signedIn(false, 401, Duration.ofMillis(8));
            book.ledger.signedIn(false, 0, Duration.ofMillis(9));

            assertThat(book.rows("SELECT event, http_status, latency_ms FROM audit_event ORDER BY seq"))
                    .containsExactly("SIGNED_IN 200 7", "SIGN_IN_FAILED 401 8", "SIGN_IN_FAILED null 9");
        }
    }

    @Test
    void a_folder_that_cannot_be_used_is_named() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));

        assertThatThrownBy(() -> Book.open(file.resolve("data")))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("data.dir")
                .hasMessageContaining(file.toString());
    }

    @Test
    void a_file_that_is_no_database_is_refused_in_words_and_the_folder_let_go() throws Exception {
        Path database = folder.resolve("ledger.db");
        Files.writeString(database, "This is not a database. ".repeat(100));

        assertThatThrownBy(() -> Book.open(folder))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("ledger.url");

        Files.delete(database);
        Book.open(folder).close();
    }

    @Test
    void the_schema_version_is_that_of_the_newest_file() {
        assertThat(Schema.class.getResource("schema-" + Schema.NEWEST + ".sql")).isNotNull();
        assertThat(Schema.class.getResource("schema-" + (Schema.NEWEST + 1) + ".sql"))
                .isNull();
    }

    @Test
    void a_ledger_of_a_newer_version_is_left_alone() throws Exception {
        try (Book book = Book.open(folder)) {
            book.tamper("INSERT INTO cxt_schema (version) VALUES (99)");
        }

        assertThatThrownBy(() -> Book.open(folder))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("schema 99");
    }

    private static Process java(String... command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"));
        builder.command().addAll(Stream.of(command).toList());
        return builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}
