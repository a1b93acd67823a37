package io.cxt.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.fixture.Await;
import io.cxt.fixture.Parts;
import io.cxt.fixture.Pooler;
import io.cxt.fixture.Postgres;
import io.cxt.ledger.Book;
import io.cxt.ledger.BusyException;
import io.cxt.ledger.Delivery;
import io.cxt.ledger.LedgerView;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A pooler between an instance and PostgreSQL. */
@Timeout(180)
class PoolerIT {
    private final Postgres server = Postgres.shared();

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    @Tag("fault-104")
    void one_that_lends_for_a_transaction_is_refused_at_the_start_with_what_to_do(int connections) throws Exception {
        try (Pooler pooler = Pooler.before(server, true, connections)) {
            assertThatThrownBy(() -> Book.open(through(pooler)))
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining("transaction mode")
                    .hasMessageContaining("pool_mode = session");
        }
    }

    @Test
    @Tag("fault-104")
    void one_that_has_too_few_connections_is_refused_with_how_many_are_needed() throws Exception {
        try (Pooler pooler = Pooler.before(server, false, 3)) {
            assertThatThrownBy(() -> Book.open(through(pooler)))
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining("3 of the 5 connections")
                    .hasMessageContaining("up to 8 connections");
        }
    }

    @Test
    @Tag("fault-104")
    void one_that_lends_for_a_session_is_as_good_as_none() throws Exception {
        try (Pooler pooler = Pooler.before(server, false, 8);
                Book book = Book.open(through(pooler))) {
            assertThat(book.ledger.intakes().take("file", "chats.json")).isTrue();
            assertThat(book.ledger.intakes().keeps("file", "chats.json")).isTrue();
        }
    }

    /** As of a host, or a pooler, with no more connections than an instance works with. */
    @Test
    @Tag("fault-104")
    void a_lost_connection_is_replaced_where_there_is_just_one() throws Exception {
        try (Pooler pooler = Pooler.before(server, false, 1);
                Connection again = new Database(through(pooler)).openForWritingAgain()) {
            assertThat(again.isValid(60)).isTrue();
        }
    }

    @Test
    @Tag("fault-104")
    void what_is_written_is_there_when_one_begins_to_lend_for_a_transaction() throws Exception {
        Set<String> written = new TreeSet<>();
        List<String> refusals = new ArrayList<>();
        try (Pooler pooler = Pooler.before(server, false, 8);
                Book book = Book.open(through(pooler))) {
            claim(book, 0, 20, written, refusals);
            assertThat(refusals).isEmpty();

            pooler.lendForTransactions(true);
            claim(book, 20, 200, written, refusals);
            assertThat(refusals).isNotEmpty();
            assertThat(refusals.get(refusals.size() - 1)).contains("transaction mode", "pool_mode = session");

            pooler.lendForTransactions(false);
            Await.until(
                    () -> {
                        claim(book, 200, 201, written, refusals);
                        return written.contains("chat-200");
                    },
                    Duration.ofSeconds(60));
        }

        LedgerSettings direct = new LedgerSettings(server.url(), server.user(), server.password(), folder);
        assertThat(Book.rows(direct, "SELECT interaction_id FROM audit_event WHERE event = 'CLAIMED'"))
                .containsAll(written);
        assertThat(Book.rows(direct, "SELECT interaction_id FROM delivery")).containsAll(written);
        try (LedgerView view = LedgerView.of(direct)) {
            assertThat(view.audit().verify().faults()).isEmpty();
        }
    }

    @Test
    @Tag("fault-104")
    void a_transaction_is_not_committed_in_another_session() throws Exception {
        Database direct = new Database(new LedgerSettings(server.url(), server.user(), server.password(), folder));
        try (Pooler pooler = Pooler.before(server, false, 4);
                Session session = new Session(new Database(through(pooler)).openForWriting());
                Session look = new Session(direct.openForReading())) {
            session.begin();
            session.update("CREATE TABLE lent (n INTEGER)");
            session.commit();
            assertThat(look.number("SELECT count(*) FROM lent")).isZero();

            pooler.lendForTransactions(true);
            session.begin();
            session.update("INSERT INTO lent VALUES (1)"); // still in its own
            session.commit();
            session.begin();
            session.update("INSERT INTO lent VALUES (2)");
            assertThatThrownBy(session::commit)
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("transaction mode");
            session.connection().rollback();

            assertThat(look.number("SELECT sum(n) FROM lent")).isEqualTo(1);
            look.update("DROP TABLE lent");
        }
    }

    private static void claim(Book book, int from, int to, Set<String> written, List<String> refusals) {
        for (int i = from; i < to; i++) {
            try {
                if (claimed(book, "chat-" + i)) {
                    written.add("chat-" + i);
                }
            } catch (LedgerException | BusyException e) {
                refusals.add(e.getMessage());
            }
        }
    }

    private static boolean claimed(Book book, String id) throws BusyException {
        Delivery delivery = book.deliveries.lookUp(Parts.part(id, "hello"));
        try {
            book.deliveries.claim(delivery);
            return true;
        } finally {
            book.deliveries.unlock(delivery.part());
        }
    }

    @Test
    @Tag("fault-103")
    void a_frozen_process_keeps_nobody_waiting_in_a_transaction() throws Exception {
        Database database = new Database(new LedgerSettings(server.url(), server.user(), server.password(), folder));

        try (Connection writing = database.openForWriting();
                ResultSet row = writing.createStatement()
                        .executeQuery("SELECT current_setting('idle_in_transaction_session_timeout')::interval"
                                + " < current_setting('lock_timeout')::interval")) {
            row.next();

            assertThat(row.getBoolean(1)).isTrue();
        }
    }

    private LedgerSettings through(Pooler pooler) {
        return new LedgerSettings(
                server.url(pooler.port()) + "?loginTimeout=10", server.user(), server.password(), folder);
    }
}
