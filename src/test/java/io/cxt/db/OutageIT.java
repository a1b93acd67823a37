package io.cxt.db;

import static io.cxt.fixture.Parts.LATENCY;
import static io.cxt.fixture.Parts.part;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.fixture.Await;
import io.cxt.fixture.Postgres;
import io.cxt.fixture.Relay;
import io.cxt.ledger.Book;
import io.cxt.ledger.Delivery;
import io.cxt.transcript.Part;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A PostgreSQL that crashes, hangs or is out of reach: what happened is written when it can be; nothing new begins. */
@Timeout(120)
@Tag("slow")
class OutageIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Part HELLO = part("ext-1", "hello");

    @TempDir
    Path folder;

    private Postgres server;
    private Relay relay;
    private Book book;

    @BeforeEach
    void open() throws Exception {
        server = Postgres.start(folder.resolve("postgres"));
        relay = Relay.to(server.port());
        book = Book.open(
                new LedgerSettings(server.url(relay.port()), server.user(), server.password(), folder.resolve("data")));
    }

    @AfterEach
    void close() throws Exception {
        book.close();
        relay.close();
        server.close();
    }

    @Test
    @Tag("fault-8")
    void the_answer_to_a_call_waits_for_a_server_that_crashed_and_no_new_call_begins() throws Exception {
        Delivery delivery = book.deliveries.lookUp(HELLO);
        book.deliveries.claim(delivery);
        server.crash();

        CompletableFuture<Void> answered =
                CompletableFuture.runAsync(() -> book.deliveries.sent(delivery, 201, "conv-1", null, LATENCY));

        Await.until(() -> book.ledger.trouble() != null, LIMIT);
        assertThatThrownBy(() -> book.deliveries.lookUp(part("ext-2", "hello"))).isInstanceOf(LedgerException.class);
        assertThat(answered).isNotDone();
        server.startAgain();
        assertThat(answered).succeedsWithin(LIMIT);
        assertThat(book.ledger.trouble()).isNull();
        assertThat(book.events()).containsExactly("CLAIMED", "SENT");
        assertThat(book.rows("SELECT state, doubted FROM delivery")).containsExactly("SENT 0");
        assertThat(book.deliveries.lookUp(part("ext-3", "hello")).known()).isFalse();
        assertThat(book.ledger.view().audit().verify().fault()).isNull();
    }

    @Test
    void a_table_that_somebody_locks_shows_in_health_and_is_waited_for() throws Exception {
        Delivery delivery = book.deliveries.lookUp(HELLO);
        book.deliveries.claim(delivery);
        try (Connection other = server.connect()) {
            other.setAutoCommit(false);
            other.createStatement().execute("LOCK TABLE delivery");

            CompletableFuture<Void> answered =
                    CompletableFuture.runAsync(() -> book.deliveries.sent(delivery, 201, "conv-1", null, LATENCY));

            Await.until(() -> book.ledger.trouble() != null, LIMIT);
            assertThat(book.ledger.trouble()).contains("no answer for");
            Await.until(() -> book.ledger.trouble().contains("lock timeout"), LIMIT);
            other.rollback();
            assertThat(answered).succeedsWithin(LIMIT);
        }
        assertThat(book.ledger.trouble()).isNull();
        assertThat(book.events()).containsExactly("CLAIMED", "SENT");
    }

    @Test
    @Tag("fault-9")
    void a_slow_line_makes_it_slow_and_a_cut_line_is_laid_anew() throws Exception {
        relay.slow(50);
        for (int i = 0; i < 5; i++) {
            Delivery delivery = book.deliveries.lookUp(part("ext-" + i, "hello"));
            book.deliveries.claim(delivery);
            relay.cut();
            book.deliveries.sent(delivery, 201, "conv-1", null, LATENCY);
        }

        assertThat(book.rows("SELECT count(*), max(doubted) FROM delivery WHERE state = 'SENT'"))
                .containsExactly("5 0");
        assertThat(book.rows("SELECT event, count(*) FROM audit_event GROUP BY event ORDER BY event"))
                .containsExactly("CLAIMED 5", "SENT 5");
    }

    @Test
    void a_process_that_ends_waits_for_the_database_only_so_long() throws Exception {
        Delivery delivery = book.deliveries.lookUp(HELLO);
        book.deliveries.claim(delivery);
        server.crash();
        CompletableFuture<Void> answered =
                CompletableFuture.runAsync(() -> book.deliveries.sent(delivery, 201, "conv-1", null, LATENCY));
        Await.until(() -> book.ledger.trouble() != null, LIMIT);

        book.close();

        assertThat(answered).failsWithin(LIMIT);
        server.startAgain();
        book = book.again();
        assertThat(book.deliveries.lookUp(HELLO).doubted()).isTrue();
    }
}
