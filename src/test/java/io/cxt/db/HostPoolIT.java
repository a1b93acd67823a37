package io.cxt.db;

import static io.cxt.fixture.Parts.LATENCY;
import static io.cxt.fixture.Parts.part;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.fixture.Await;
import io.cxt.fixture.Postgres;
import io.cxt.fixture.TinyPool;
import io.cxt.ledger.Book;
import io.cxt.ledger.Delivery;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The connections of a host's pool, all of them taken by others. */
@Timeout(120)
@Tag("fault-9")
@Tag("hosts")
class HostPoolIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private Postgres server;
    private TinyPool pool;
    private LedgerSettings settings;

    @BeforeEach
    void start() throws Exception {
        server = Postgres.start(folder.resolve("postgres"));
        pool = new TinyPool(server, 5);
        settings = new LedgerSettings("jdbc:postgresql:host", null, null, folder.resolve("data")).on(pool);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    @Test
    void at_the_start_it_says_so_and_what_to_do() {
        pool.take(true);

        assertThatThrownBy(() -> Book.open(settings))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("all connections are taken")
                .hasMessageContaining("up to 8 connections");
    }

    @Test
    @Tag("fault-104")
    void a_pool_that_is_too_small_is_refused_with_how_many_are_needed() {
        LedgerSettings small = settings.on(new TinyPool(server, 4));

        assertThatThrownBy(() -> Book.open(small))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("4 of the 5 connections")
                .hasMessageContaining("up to 8 connections");
    }

    @Test
    @Tag("fault-89")
    void a_commit_is_on_the_disk_where_the_host_does_not_ask_for_it() throws Exception {
        server.execute("ALTER ROLE postgres SET synchronous_commit = off");

        try (Connection ours = new Database(settings).openForWriting();
                ResultSet row = ours.createStatement().executeQuery("SHOW synchronous_commit")) {
            row.next();

            assertThat(row.getString(1)).isEqualTo("on");
        }
    }

    @Test
    void what_came_of_a_call_waits_until_one_is_given_back() throws Exception {
        try (Book book = Book.open(settings)) {
            Delivery delivery = book.deliveries.lookUp(part("ext-1", "hello"));
            book.deliveries.claim(delivery);
            server.execute("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                    + " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'");
            pool.take(true);
            CompletableFuture<Void> answered =
                    CompletableFuture.runAsync(() -> book.deliveries.sent(delivery, 201, "conv-1", null, LATENCY));

            Await.until(() -> String.valueOf(book.ledger.trouble()).contains("all connections are taken"), LIMIT);
            assertThat(answered).isNotDone();
            pool.take(false);

            assertThat(answered).succeedsWithin(LIMIT);
            assertThat(book.ledger.trouble()).isNull();
        }
    }
}
