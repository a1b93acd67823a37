package io.cxt.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.fixture.Pooler;
import io.cxt.fixture.Postgres;
import io.cxt.ledger.Book;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A pooler between an instance and PostgreSQL. */
@Timeout(60)
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
                server.url(pooler.port()) + "?loginTimeout=2", server.user(), server.password(), folder);
    }
}
