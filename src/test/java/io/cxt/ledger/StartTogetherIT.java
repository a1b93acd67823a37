package io.cxt.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.audit.FeedSource;
import io.cxt.db.LedgerSettings;
import io.cxt.fixture.Await;
import io.cxt.fixture.Postgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/** Instances that start at the same moment on a PostgreSQL which has none of their tables. */
@Timeout(600)
@Tag("slow")
class StartTogetherIT {
    private static final int INSTANCES = 4;
    private static final int ROUNDS = 20;
    private static final Duration WAIT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private interface Place {
        LedgerSettings of(int round, Path data);
    }

    @Test
    @Tag("fault-16")
    void all_of_them_start() {
        Postgres server = Postgres.shared();

        startsAll((round, data) ->
                new LedgerSettings(server.schema("together_" + round), server.user(), server.password(), data));
    }

    @Test
    void all_of_them_start_in_the_database_of_a_host() throws Exception {
        try (Postgres server = Postgres.start(folder.resolve("postgres"))) {
            startsAll(
                    (round, data) -> {
                        PGSimpleDataSource host = new PGSimpleDataSource();
                        host.setUrl(server.url().replaceAll("/[^/]*$", "/host_" + round));
                        host.setUser(server.user());
                        return new LedgerSettings("jdbc:postgresql:host", null, null, data).on(host);
                    },
                    round -> server.execute("CREATE DATABASE host_" + round));
        }
    }

    @Test
    @Tag("fault-16")
    void nothing_is_made_while_another_makes_it() throws Exception {
        Postgres server = Postgres.shared();
        server.execute("CREATE DATABASE taking_turns");
        PGSimpleDataSource host = new PGSimpleDataSource();
        host.setUrl(server.url().replaceAll("/[^/]*$", "/taking_turns"));
        host.setUser(server.user());
        LedgerSettings settings = new LedgerSettings("jdbc:postgresql:host", null, null, folder).on(host);
        CompletableFuture<Void> start;
        try (Connection other = host.getConnection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("SELECT pg_advisory_xact_lock(x'637874'::INT)");
            start = CompletableFuture.runAsync(() -> Book.open(settings).close());
            Await.until(() -> found(statement, "pg_locks WHERE NOT granted AND locktype = 'advisory'"), WAIT);

            assertThat(found(statement, "pg_namespace WHERE nspname = 'cxt'")).isFalse();
            statement.execute("CREATE SCHEMA cxt");
            other.commit();
        }
        assertThat(start).succeedsWithin(WAIT);
    }

    private static boolean found(Statement statement, String where) {
        try (ResultSet row = statement.executeQuery("SELECT 1 FROM " + where)) {
            return row.next();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void startsAll(Place place) {
        startsAll(place, round -> {});
    }

    private void startsAll(Place place, IntConsumer before) {
        ExecutorService threads = Executors.newFixedThreadPool(INSTANCES);
        for (int round = 0; round < ROUNDS; round++) {
            before.accept(round);
            CyclicBarrier together = new CyclicBarrier(INSTANCES);
            List<CompletableFuture<Void>> starts = new ArrayList<>();
            for (int instance = 0; instance < INSTANCES; instance++) {
                LedgerSettings settings = place.of(round, folder.resolve(round + "-" + instance));
                starts.add(CompletableFuture.runAsync(() -> start(settings, together), threads));
            }

            assertThat(starts).allSatisfy(start -> assertThat(start).succeedsWithin(Duration.ofSeconds(180)));
        }
        threads.shutdown();
    }

    private static void start(LedgerSettings settings, CyclicBarrier together) {
        try {
            together.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        try (Book book = Book.open(settings);
                FeedSource feed = book.ledger.feedSource()) {
            feed.createTable();
        }
    }
}
