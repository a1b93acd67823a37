package io.cxt.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.audit.AuditChain;
import io.cxt.audit.AuditEvent;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.fixture.Await;
import io.cxt.ledger.Book;
import io.cxt.ledger.LedgerView;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteCommitListener;
import org.sqlite.SQLiteConnection;

@Timeout(180)
class GroupCommitTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final ReentrantLock writing = new ReentrantLock();
    private final AuditChain chain = new AuditChain("chain-1", "config-1", Clock.systemUTC());
    private final AtomicInteger commits = new AtomicInteger();
    private GroupCommit group;

    @BeforeEach
    void start() {
        Database database = new Database(Book.settings(folder));
        database.migrate();
        group = new GroupCommit(database, chain, writing);
        group.call(session -> {
            ((SQLiteConnection) session.connection()).addCommitListener(counting());
            return null;
        });
    }

    @AfterEach
    void close() {
        group.close();
    }

    @Test
    void pieces_that_wait_together_share_a_commit() throws Exception {
        commits.set(0);
        List<CompletableFuture<Void>> pieces = new ArrayList<>();
        writing.lock(); // the writer waits, and the pieces for it
        for (int i = 0; i < 100; i++) {
            pieces.add(group.submit(piece("piece-" + i)));
        }
        writing.unlock();

        assertThat(pieces).allSatisfy(piece -> assertThat(piece).succeedsWithin(LIMIT));
        assertThat(commits.get()).isLessThanOrEqualTo(2);
        assertThat(kept()).hasSize(100).startsWith("1 piece-0").endsWith("100 piece-99");
    }

    @Test
    void notes_go_with_the_next_commit_in_their_order_and_get_to_the_disk_alone() throws Exception {
        commits.set(0);
        for (int i = 0; i < 200; i++) {
            group.note(piece("note-" + i));
            group.call(piece("piece-" + i));
        }

        assertThat(commits.get()).isLessThan(300); // most of the notes have none of their own
        assertThat(kept()).hasSize(400).startsWith("1 note-0", "2 piece-0").endsWith("399 note-199", "400 piece-199");
        group.note(piece("alone"));
        Await.until(() -> kept().size() == 401, LIMIT);
    }

    @Test
    void a_note_is_written_before_the_writer_ends() throws Exception {
        group.note(piece("last"));
        group.close();

        assertThat(kept()).containsExactly("1 last");
    }

    /** In a host, whose process goes on: what is locked then stays locked. */
    @Test
    void a_writer_that_borrows_the_connection_too_late_is_refused_and_locks_nothing() throws Exception {
        group.close();

        assertThatThrownBy(() -> BorrowedConnection.of(group).createStatement())
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("closed");

        requireFree();
    }

    @Test
    void what_was_borrowed_when_the_ledger_closes_is_returned_and_locks_nothing() throws Exception {
        CompletableFuture<Void> closing = new CompletableFuture<>();
        CompletableFuture<Void> borrowing = CompletableFuture.runAsync(() -> {
            try (Connection borrowed = BorrowedConnection.of(group)) {
                borrowed.setAutoCommit(false);
                borrowed.createStatement().close();
                CompletableFuture.runAsync(group::close).thenRun(() -> closing.complete(null));
                Await.until(() -> group.submit(session -> null).isCompletedExceptionally(), LIMIT);
                borrowed.commit();
            } catch (SQLException e) {
                assertThat(e.getMessage()).contains("closed"); // or it is written with the last
            }
        });

        assertThat(borrowing).succeedsWithin(LIMIT);
        assertThat(closing).succeedsWithin(LIMIT);
        requireFree();
    }

    private void requireFree() throws SQLException {
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("ledger.db"));
                Statement statement = other.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 0");
            statement.execute("BEGIN IMMEDIATE");
            statement.execute("ROLLBACK");
        }
    }

    /** Work of others that is there already waits as long as they can spare, and work of one caller does not. */
    @Test
    void many_callers_are_gathered_and_one_is_not() throws Exception {
        WriteQueue queue = new WriteQueue();
        queue.spare(Duration.ofHours(1));
        List<Duration> one = new ArrayList<>();

        for (int i = 0; i < 20; i++) {
            one.add(taking(queue, 1));
        }
        // It has to see first that there are many, and sees few when this process was halted meanwhile.
        Await.until(() -> twentyOf(queue, 20).compareTo(Duration.ofMillis(60)) > 0, LIMIT);

        assertThat(Collections.min(one)).isLessThan(Duration.ofMillis(2));
    }

    private static Duration twentyOf(WriteQueue queue, int callers) throws InterruptedException {
        long start = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            taking(queue, callers);
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private static Duration taking(WriteQueue queue, int callers) throws InterruptedException {
        for (int i = 0; i < callers; i++) {
            queue.add(new WriteQueue.Piece<>(none -> null, new CompletableFuture<>(), false, true));
        }
        List<WriteQueue.Piece<?>> batch = new ArrayList<>();
        long start = System.nanoTime();
        queue.next(batch);
        assertThat(batch).hasSize(callers);
        return Duration.ofNanos(System.nanoTime() - start);
    }

    @Test
    void changes_of_one_row_keep_their_order_however_they_are_sent() throws Exception {
        List<CompletableFuture<Integer>> pieces = new ArrayList<>();
        writing.lock();
        for (String name : List.of("a", "b")) {
            pieces.add(group.submit(change(name, "INSERT INTO doubt (door, source) VALUES ('file', ?)")));
            pieces.add(group.submit(change(name, "DELETE FROM doubt WHERE source = ?")));
            pieces.add(group.submit(change(name, "INSERT INTO doubt (door, source) VALUES ('file', ?)")));
        }
        pieces.add(group.submit(session -> (int) session.number("SELECT count(*) FROM doubt")));
        pieces.add(group.submit(change("a", "DELETE FROM doubt WHERE source = ?")));
        writing.unlock();

        assertThat(pieces).allSatisfy(piece -> assertThat(piece).succeedsWithin(LIMIT));
        assertThat(pieces.stream().map(CompletableFuture::join)).containsExactly(1, 1, 1, 1, 1, 1, 2, 1);
        assertThat(Book.rows(Book.settings(folder), "SELECT source FROM doubt")).containsExactly("b");
    }

    private static Staged<Integer> change(String row, String sql) {
        return session -> {
            ChangeQueue.Change change = session.queue(row, sql, row);
            return then -> change.rows();
        };
    }

    @Test
    void of_many_threads_the_faulty_piece_fails_alone() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(20);
        List<CompletableFuture<Void>> good = new ArrayList<>();
        List<CompletableFuture<Void>> faulty = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            String name = "piece-" + i;
            if (i % 50 == 25) {
                faulty.add(CompletableFuture.runAsync(() -> group.call(faulty(name)), threads));
            } else {
                good.add(CompletableFuture.runAsync(() -> group.call(piece(name)), threads));
            }
        }

        assertThat(good).allSatisfy(piece -> assertThat(piece).succeedsWithin(LIMIT));
        assertThat(faulty).allSatisfy(piece -> assertThat(piece)
                .failsWithin(LIMIT)
                .withThrowableThat()
                .withMessageContaining("no such table"));
        assertThat(kept()).hasSize(196);
        try (LedgerView view = LedgerView.of(Book.settings(folder))) {
            assertThat(view.audit().verify(Set.of("chain-1")).faults()).isEmpty();
        }
        threads.shutdown();
    }

    @Test
    void a_fault_that_is_no_database_fault_leaves_nothing_of_its_piece() throws Exception {
        CompletableFuture<Void> error = group.submit(session -> {
            append(session, "lost");
            throw new StackOverflowError();
        });

        assertThat(error).failsWithin(LIMIT);
        assertThatThrownBy(() -> group.call(session -> {
                    append(session, "lost");
                    throw new IllegalStateException("a bug");
                }))
                .hasMessage("a bug");
        group.call(piece("kept"));
        assertThat(kept()).containsExactly("1 kept");
    }

    @Test
    void trouble_shows_until_the_next_good_commit() {
        assertThatThrownBy(() -> group.call(faulty("piece"))).isInstanceOf(LedgerException.class);
        assertThat(group.trouble()).contains("no such table");

        group.call(piece("good"));

        assertThat(group.trouble()).isNull();
    }

    @Test
    void closing_while_pieces_wait_writes_them_and_ends() throws Exception {
        List<CompletableFuture<Void>> pieces = new ArrayList<>();
        CompletableFuture<Void> closing;
        writing.lock();
        try {
            for (int i = 0; i < 1500; i++) { // more than one transaction takes
                pieces.add(group.submit(piece("piece-" + i)));
            }
            closing = CompletableFuture.runAsync(group::close);
            while (!group.closing()) {
                Thread.onSpinWait();
            }
        } finally {
            writing.unlock();
        }

        assertThat(closing).succeedsWithin(LIMIT);
        assertThat(pieces).allSatisfy(piece -> assertThat(piece).isCompleted());
        assertThat(kept()).hasSize(1500);
    }

    /** Each event may be a chat that was sent, and that an older copy does not know. */
    @Test
    @Tag("fault-151")
    void nothing_is_written_to_an_older_copy_that_stands_in_the_place_of_the_ledger() throws Exception {
        Path ledger = folder.resolve("ledger.db");
        Path copy = Files.createFile(folder.resolve("copy.db"));
        group.call(piece("copied"));
        new Database(Book.settings(folder)).copyTo(copy);
        group.call(piece("since"));
        failOnce(); // which closes the connection
        Path away = Files.move(ledger, folder.resolve("away.db"));

        Files.copy(copy, ledger);
        refused("another file");
        Files.move(away, ledger, StandardCopyOption.REPLACE_EXISTING);
        group.call(piece("more"));
        failOnce();
        Files.write(ledger, Files.readAllBytes(copy));
        refused("does not hold event 3");

        assertThat(kept()).containsExactly("1 copied");
        assertThat(group.trouble()).contains("start it again");
    }

    private void failOnce() {
        assertThatThrownBy(() -> group.call(faulty("faulty"))).isInstanceOf(LedgerException.class);
    }

    private void refused(String why) {
        assertThatThrownBy(() -> group.call(piece("refused"))).hasMessageContaining(why);
    }

    private GroupCommit.Work<Void> piece(String name) {
        return session -> {
            append(session, name);
            return null;
        };
    }

    private GroupCommit.Work<Void> faulty(String name) {
        return session -> {
            append(session, name);
            session.update("UPDATE nowhere SET x = 1");
            return null;
        };
    }

    private void append(Session session, String name) throws SQLException {
        chain.append(session, AuditEvent.of(Type.STARTED).because(null, name));
    }

    private List<String> kept() throws SQLException {
        return Book.rows(Book.settings(folder), "SELECT seq, detail FROM audit_event ORDER BY seq");
    }

    private SQLiteCommitListener counting() {
        return new SQLiteCommitListener() {
            @Override
            public void onCommit() {
                commits.incrementAndGet();
            }

            @Override
            public void onRollback() {
                // not counted
            }
        };
    }
}
