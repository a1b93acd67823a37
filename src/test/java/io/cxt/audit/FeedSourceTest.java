package io.cxt.audit;

import static io.cxt.fixture.Parts.LATENCY;
import static io.cxt.fixture.Parts.part;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.ledger.Book;
import io.cxt.ledger.Delivery;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteCommitListener;
import org.sqlite.SQLiteConnection;

@Timeout(120)
class FeedSourceTest {

    @TempDir
    Path folder;

    private Book book;
    private FeedSource feed;

    @BeforeEach
    void open() {
        book = Book.open(folder);
        feed = book.ledger.feedSource();
        feed.createTable();
    }

    @AfterEach
    void close() {
        feed.close();
        book.close();
    }

    @Test
    void the_feed_and_the_ledger_write_side_by_side_and_neither_fails() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(12);
        List<CompletableFuture<Void>> work = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            String id = "ext-" + i;
            work.add(CompletableFuture.runAsync(() -> run(() -> send(id)), threads));
            work.add(CompletableFuture.runAsync(() -> run(() -> feed(id)), threads));
        }

        assertThat(work).allSatisfy(piece -> assertThat(piece).succeedsWithin(Duration.ofSeconds(100)));
        assertThat(book.rows("SELECT (SELECT count(*) FROM audit_record),"
                        + " (SELECT count(*) FROM delivery WHERE state = 'SENT')"))
                .containsExactly("150 150");
        threads.shutdown();
    }

    @Test
    void the_table_is_made_once_and_left_as_it_is() throws Exception {
        feed("ext-1");

        feed.createTable();

        assertThat(book.rows("SELECT interaction_id FROM audit_record")).containsExactly("ext-1");
    }

    @Test
    void what_was_not_committed_is_gone_with_the_connection() throws Exception {
        try (Connection connection = feed.getConnection()) {
            connection.setAutoCommit(false);
            insert(connection, "ext-1");
        }

        feed("ext-2");

        assertThat(book.rows("SELECT interaction_id FROM audit_record")).containsExactly("ext-2");
    }

    @Test
    void a_statement_that_fails_does_not_keep_the_ledger_waiting() throws Exception {
        feed("ext-1");
        try (Connection connection = feed.getConnection()) {
            assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> insert(connection, "ext-1")))
                    .hasMessageContaining("UNIQUE");
        }

        send("ext-1");

        assertThat(book.ledger.trouble()).isNull();
    }

    @Test
    void the_feed_can_have_a_database_of_its_own() throws Exception {
        FeedSource own = FeedSource.of("jdbc:sqlite:" + folder.resolve("feed.db"), null, null);
        own.createTable();
        try (Connection connection = own.getConnection()) {
            insert(connection, "ext-1");
        }
        own.close();

        assertThat(book.rows("SELECT name FROM sqlite_master WHERE name = 'audit_record'"))
                .hasSize(1);
        assertThat(book.rows("SELECT * FROM audit_record")).isEmpty();
    }

    @Test
    void rows_that_many_threads_write_share_a_few_connections_and_a_faulty_one_fails_alone() throws Exception {
        String url = "jdbc:sqlite:" + folder.resolve("feed.db") + "?busy_timeout=30000"; // as CXT opens one
        try (Connection connection = DriverManager.getConnection(url)) {
            connection
                    .createStatement()
                    .execute("CREATE TABLE audit_record (id INTEGER PRIMARY KEY, status TEXT NOT NULL)");
        }
        AtomicInteger opened = new AtomicInteger();
        AtomicInteger committed = new AtomicInteger();
        FeedSource own = FeedSource.of(() -> {
            opened.incrementAndGet();
            return counting(DriverManager.getConnection(url), committed);
        });
        FeedRows rows = new FeedRows(own);
        ExecutorService threads = Executors.newFixedThreadPool(16);
        List<CompletableFuture<Boolean>> work = new ArrayList<>();
        for (int i = 0; i < 800; i++) {
            Map<String, Object> row = new HashMap<>();
            row.put("id", i);
            row.put("status", i % 100 == 50 ? null : "injected");
            work.add(CompletableFuture.supplyAsync(() -> written(rows, row), threads));
        }

        assertThat(work.stream().filter(CompletableFuture::join)).hasSize(792);
        assertThat(opened.get()).isLessThanOrEqualTo(4);
        assertThat(committed.get()).isLessThan(800);
        try (Connection connection = own.getConnection();
                ResultSet count = connection.createStatement().executeQuery("SELECT count(*) FROM audit_record")) {
            assertThat(count.getInt(1)).isEqualTo(792);
        }
        threads.shutdown();
        own.close();
    }

    private static boolean written(FeedRows rows, Map<String, Object> row) {
        try {
            rows.write("INSERT INTO audit_record (id, status) VALUES (:?id, :?status)", row);
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    private static Connection counting(Connection connection, AtomicInteger commits) {
        ((SQLiteConnection) connection).addCommitListener(new SQLiteCommitListener() {
            @Override
            public void onCommit() {
                commits.incrementAndGet();
            }

            @Override
            public void onRollback() {
                // not counted
            }
        });
        return connection;
    }

    private Object send(String id) throws Exception {
        Delivery delivery = book.deliveries.lookUp(part(id, "hello"));
        book.deliveries.claim(delivery);
        book.deliveries.sent(delivery, 201, "conv-1", null, LATENCY);
        return null;
    }

    private Object feed(String id) throws Exception {
        try (Connection connection = feed.getConnection()) {
            insert(connection, id);
        }
        return null;
    }

    private static void insert(Connection connection, String id) throws Exception {
        try (PreparedStatement statement = connection.prepareStatement("INSERT INTO audit_record (delivery_key,"
                + " status, interaction_id, part, parts, archive_success, timestamp)"
                + " VALUES (?, 'injected', ?, 1, 1, 1, 'now')")) {
            statement.setString(1, id + "/1");
            statement.setString(2, id);
            statement.executeUpdate();
        }
    }

    private static void run(Callable<Object> work) {
        try {
            work.call();
        } catch (Exception e) {
            throw new CompletionException(e);
        }
    }
}
