package io.cxt.audit;

import static io.cxt.fixture.Parts.LATENCY;
import static io.cxt.fixture.Parts.part;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.audit.AuditEvent.Type;
import io.cxt.db.Database;
import io.cxt.db.GroupCommit;
import io.cxt.ledger.Book;
import io.cxt.ledger.Delivery;
import io.cxt.ledger.LedgerAudit.Verification;
import io.cxt.ledger.OnEachDatabase;
import io.cxt.ledger.Store;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@OnEachDatabase
class AuditChainIT {

    @Parameter
    Store store;

    @TempDir
    Path folder;

    private Book book;

    /** Seven events: STARTED, then CLAIMED and SENT of three parts. */
    @BeforeEach
    void write() throws Exception {
        book = Book.open(store, folder);
        book.ledger.note(Type.STARTED, "cxt");
        for (String id : new String[] {"ext-1", "ext-2", "ext-3"}) {
            Delivery delivery = book.deliveries.lookUp(part(id, "hello"));
            book.deliveries.claim(delivery);
            book.deliveries.sent(delivery, 201, "conv-" + id, null, LATENCY);
        }
    }

    @AfterEach
    void close() {
        book.close();
    }

    @Test
    void a_chain_that_nobody_touched_is_whole() {
        assertThat(verify())
                .extracting(Verification::events, Verification::chains, Verification::fault)
                .containsExactly(7L, 1L, null);
    }

    @ParameterizedTest
    @CsvSource({
        "at, '2020-01-01T00:00:00.000000Z'",
        "event, FAILED",
        "interaction_id, ext-9",
        "interaction_id,",
        "part, 2",
        "source, other.json#1",
        "actor, mallory",
        "http_status, 200",
        "attempt, 2",
        "latency_ms, 13",
        "payload_hash, 00",
        "reason, CXONE-500",
        "conversation_id, conv-9",
        "detail, may-repeat",
        "config, config-2",
    })
    @Tag("fault-63")
    void a_value_that_was_changed_is_found_in_every_column(String column, String value) throws Exception {
        book.tamper("UPDATE audit_event SET %s = %s WHERE seq = 5"
                .formatted(column, value == null ? "NULL" : "'" + value + "'"));

        assertThat(verify().fault()).contains("event 5").contains("was changed");
    }

    @Test
    void a_value_that_moved_to_the_column_beside_it_is_found() throws Exception {
        book.tamper("UPDATE audit_event SET reason = conversation_id, conversation_id = NULL WHERE seq = 5");

        assertThat(verify().fault()).contains("event 5");
    }

    @ParameterizedTest
    @CsvSource({"1, event 0 is followed by 2", "4, event 3 is followed by 5"})
    @Tag("fault-63")
    void a_row_that_is_missing_is_found(int seq, String words) throws Exception {
        book.tamper("DELETE FROM audit_event WHERE seq = " + seq);

        assertThat(verify().fault()).contains(words);
    }

    @Test
    void a_missing_row_is_found_when_the_others_have_closed_up() throws Exception {
        book.tamper("DELETE FROM audit_event WHERE seq = 4", "UPDATE audit_event SET seq = seq - 1 WHERE seq > 4");

        assertThat(verify().fault()).contains("event 4").contains("was changed");
    }

    @Test
    @Tag("fault-63")
    void two_rows_that_changed_places_are_found() throws Exception {
        book.tamper(
                "UPDATE audit_event SET seq = 100 WHERE seq = 3",
                "UPDATE audit_event SET seq = 3 WHERE seq = 5",
                "UPDATE audit_event SET seq = 5 WHERE seq = 100");

        assertThat(verify().fault()).contains("event 3").contains("was changed");
    }

    @Test
    void a_hash_that_was_changed_is_found() throws Exception {
        book.tamper("UPDATE audit_event SET hash = replace(hash, substr(hash, 1, 1), 'x') WHERE seq = 6");

        assertThat(verify().fault()).contains("event 6");
    }

    @Test
    void a_row_that_was_put_in_is_found() throws Exception {
        book.tamper("INSERT INTO audit_event SELECT chain, 8, at, event, interaction_id, part, source, actor,"
                + " http_status, attempt, latency_ms, payload_hash, reason, conversation_id, detail, config, hash"
                + " FROM audit_event WHERE seq = 7");

        assertThat(verify().fault()).contains("event 8");
    }

    @Test
    void the_first_fault_is_named_and_all_events_are_counted() throws Exception {
        book.tamper("UPDATE audit_event SET actor = 'mallory' WHERE seq IN (2, 6)");

        assertThat(verify().fault()).contains("event 2");
        assertThat(verify().events()).isEqualTo(7);
    }

    @Test
    void what_was_rolled_back_is_neither_in_the_chain_nor_counted() throws Exception {
        AuditChain chain = new AuditChain("besides", "config-1", Clock.systemUTC());
        AuditEvent sent = AuditEvent.of(Type.SENT, part("ext-9", "hello"), 1);
        try (GroupCommit commits = new GroupCommit(new Database(store.settings(folder)), chain, new ReentrantLock())) {
            assertThatThrownBy(() -> commits.call(session -> {
                        chain.append(session, sent);
                        throw new IllegalStateException("no");
                    }))
                    .hasMessage("no");
            commits.call(chain.appending(AuditEvent.of(Type.STARTED)));
            assertThat(chain.head().seq()).isEqualTo(1);
            commits.call(chain.appending(sent));

            AuditEvent again = AuditEvent.of(Type.SENT, part("ext-9", "hello"), 2);
            List<Boolean> has = commits.call(session ->
                    List.of(chain.has(session, sent, 1), chain.has(session, sent, 2), chain.has(session, again, 1)));
            assertThat(has).containsExactly(true, false, false);
        }

        assertThat(book.rows("SELECT sum(n) FROM tally WHERE instance = 'besides'"))
                .containsExactly("1");
        assertThat(book.rows("SELECT event FROM audit_event WHERE chain = 'besides' ORDER BY seq"))
                .containsExactly("STARTED", "SENT");
        assertThat(book.ledger.view().audit().verify(Set.of("besides")).events())
                .isEqualTo(9);
    }

    private Verification verify() {
        return book.ledger.view().audit().verify();
    }
}
