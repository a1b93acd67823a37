package io.cxt.ledger;

import static io.cxt.fixture.Parts.LATENCY;
import static io.cxt.fixture.Parts.part;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.audit.AuditChain;
import io.cxt.audit.AuditEvent;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.OperatorLog;
import io.cxt.db.Database;
import io.cxt.db.LedgerSettings;
import io.cxt.fixture.Await;
import io.cxt.fixture.Postgres;
import io.cxt.ledger.Delivery.Standing;
import io.cxt.ledger.LedgerAudit.Verification;
import io.cxt.transcript.Part;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;
import org.postgresql.ds.PGSimpleDataSource;

/** Two instances, each with a folder of its own, on one PostgreSQL. */
class SeveralInstancesIT {
    private static final Part HELLO = part("ext-1", "hello");
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private Book first;
    private Book second;

    @BeforeEach
    void open() {
        first = Book.open(Store.POSTGRESQL, folder.resolve("first"));
        second = first.besides(folder.resolve("second"), LONG);
    }

    @AfterEach
    void close() {
        first.close();
        second.close();
    }

    @Test
    void a_part_that_one_is_sending_is_busy_for_the_other() throws Exception {
        first.deliveries.claim(first.deliveries.lookUp(HELLO));

        Delivery busy = second.deliveries.lookUp(HELLO);

        assertThat(busy.standing()).isEqualTo(Standing.BUSY);
        assertThat(busy.owner()).hasValueSatisfying(owner -> assertThat(owner).startsWith(first.ledger.instance()));
        assertThatThrownBy(() -> second.deliveries.claim(busy)).isInstanceOf(BusyException.class);
    }

    @Test
    @Tag("fault-16")
    void of_two_that_looked_at_once_only_one_claims() throws Exception {
        Delivery mine = first.deliveries.lookUp(HELLO);
        Delivery yours = second.deliveries.lookUp(HELLO);

        first.deliveries.claim(mine);

        assertThatThrownBy(() -> second.deliveries.claim(yours)).isInstanceOf(BusyException.class);
        assertThat(first.events()).containsExactly("CLAIMED");
    }

    @Test
    void a_call_whose_instance_gives_no_sign_of_life_is_taken_over_and_marked() throws Exception {
        second.close();
        second = first.besides(folder.resolve("second"), Duration.ofSeconds(1));
        Delivery cutOff = second.deliveries.lookUp(HELLO);
        second.deliveries.claim(cutOff);
        second.ledger.stopRenewing();

        Await.until(() -> free(first), Duration.ofSeconds(120));

        Delivery taken = first.deliveries.lookUp(HELLO);
        assertThat(taken.standing()).isEqualTo(Standing.UNSENT);
        assertThat(taken.doubted()).isTrue();
        first.deliveries.claim(taken);
        assertThat(first.rows("SELECT event, detail FROM audit_event ORDER BY at, seq"))
                .containsExactly(
                        "CLAIMED messages=3",
                        "IN_DOUBT a call of a process that ended may have arrived",
                        "CLAIMED messages=3 may-repeat");
    }

    @Test
    void the_answer_to_a_call_that_was_taken_over_is_on_record_and_changes_nothing() throws Exception {
        second.close();
        second = first.besides(folder.resolve("second"), Duration.ofSeconds(1));
        Delivery slow = second.deliveries.lookUp(HELLO);
        second.deliveries.claim(slow);
        second.ledger.stopRenewing();
        Await.until(() -> free(first), Duration.ofSeconds(120));
        Delivery taken = first.deliveries.lookUp(HELLO);
        first.deliveries.claim(taken);

        assertThatThrownBy(() -> second.deliveries.notSent(slow, DeliveryState.REJECTED, 400, "CXONE-400", LATENCY))
                .isInstanceOf(BusyException.class);
        first.deliveries.sent(taken, 201, "conv-1", null, LATENCY);

        assertThat(first.rows("SELECT state, attempts, conversation_id FROM delivery"))
                .containsExactly("SENT 2 conv-1");
        assertThat(first.rows("SELECT detail FROM audit_event WHERE event = 'REJECTED'"))
                .containsExactly("taken-over");
        Verification found = first.ledger.view().audit().verify(Set.of(second.ledger.instance()));
        assertThat(found.chains()).isEqualTo(2);
        assertThat(found.fault()).isNull();
    }

    @Test
    @Tag("fault-111")
    void a_chain_that_nobody_has_named_is_a_finding_that_says_how_to_name_it() throws Exception {
        second.ledger.note(Type.STARTED, "cxt");
        assertThat(first.ledger
                        .view()
                        .audit()
                        .verify(Set.of(second.ledger.instance()))
                        .fault())
                .isNull();

        first.tamper("INSERT INTO audit_event SELECT 'invented', seq, at, event, interaction_id, part, source, actor,"
                + " http_status, attempt, latency_ms, payload_hash, reason, conversation_id, detail, config, hash"
                + " FROM audit_event");
        Object[] row = {
            "invented", 1L, "", "STARTED", null, null, null, "cxt", null, null, null, null, null, null, null, ""
        };
        first.tamper("UPDATE audit_event SET at = '', detail = NULL, config = '', hash = '"
                + AuditChain.hash(AuditChain.Head.NONE.hash(), row) + "' WHERE chain = 'invented'");

        assertThat(first.ledger
                        .view()
                        .audit()
                        .verify(Set.of(second.ledger.instance()))
                        .faults())
                .singleElement()
                .asString()
                .contains("chain invented: ", "cxt audit verify --chain invented");
        assertThat(first.ledger.view().audit().verify().fault())
                .contains("--chain " + second.ledger.instance() + ",invented");
    }

    @Test
    void a_lease_is_renewed_while_its_instance_lives() throws Exception {
        second.close();
        second = first.besides(folder.resolve("second"), Duration.ofSeconds(8));
        second.deliveries.claim(second.deliveries.lookUp(HELLO));
        String leased = lease();

        Await.until(() -> !lease().equals(leased), Duration.ofSeconds(120));

        assertThat(free(first)).isFalse();
    }

    @Test
    void a_source_is_in_the_hands_of_one_instance() {
        assertThat(first.ledger.intakes().take("file", "chats.json")).isTrue();

        assertThat(second.ledger.intakes().take("file", "chats.json")).isFalse();
        assertThat(second.ledger.intakes().take("file", "other.json")).isTrue();
        first.ledger.intakes().release("file", "chats.json");
        assertThat(second.ledger.intakes().take("file", "chats.json")).isTrue();
    }

    @Test
    void a_source_is_free_when_its_instance_has_ended() {
        first.ledger.intakes().take("file", "chats.json");

        first.close();

        Await.until(() -> second.ledger.intakes().take("file", "chats.json"), Duration.ofSeconds(120));
    }

    @Test
    @Tag("fault-103")
    void a_source_is_free_when_its_instance_gives_no_sign_of_life_and_that_one_knows() {
        second.close();
        second = first.besides(folder.resolve("second"), Duration.ofSeconds(5));
        second.ledger.intakes().take("file", "chats.json");
        second.ledger.intakes().take("file", "other.json");
        String id = second.ledger.intakes().open("file", "chats.json", 10);
        assertThat(second.ledger.intakes().keeps(id, "file", "chats.json")).isTrue();
        second.ledger.stopRenewing();

        Await.until(() -> first.ledger.intakes().take("file", "chats.json"), Duration.ofSeconds(120));

        assertThat(second.ledger.intakes().keeps("file", "chats.json")).isFalse();
        assertThat(second.ledger.intakes().keeps(id, "file", "chats.json")).isFalse();
        assertThat(second.ledger.intakes().keeps("file", "other.json")).isTrue();
    }

    @Test
    @Tag("fault-103")
    void a_source_that_another_instance_brought_to_its_end_is_not_kept() {
        first.ledger.intakes().take("file", "chats.json");
        String id = first.ledger.intakes().open("file", "chats.json", 10);

        second.ledger.intakes().close(id, "chats.json", 1, "read=1");

        assertThat(first.ledger.intakes().keeps(id, "file", "chats.json")).isFalse();
    }

    @Test
    @Tag("fault-103")
    void a_call_whose_lease_is_over_does_not_leave() throws Exception {
        second.close();
        second = first.besides(folder.resolve("second"), Duration.ofSeconds(5));
        Delivery frozen = second.deliveries.lookUp(HELLO);
        second.deliveries.claim(frozen);
        second.deliveries.requireLease(frozen);
        second.ledger.stopRenewing();
        Await.until(() -> free(first), Duration.ofSeconds(120));

        assertThatThrownBy(() -> second.deliveries.requireLease(frozen)).isInstanceOf(BusyException.class);
        second.deliveries.renewLeases(); // it goes on, and has lost what it had
        second.ledger.note(AuditEvent.Type.STARTED, null);
        assertThatThrownBy(() -> second.deliveries.requireLease(frozen)).isInstanceOf(BusyException.class);
        Delivery next = second.deliveries.lookUp(part("ext-2", "hello"));
        second.deliveries.claim(next);
        second.deliveries.requireLease(next);
    }

    @Test
    @Tag("fault-105")
    void a_clock_that_is_off_by_more_than_a_third_of_the_lease_is_said() {
        Duration off = Duration.ofSeconds(30);

        try (Book ahead = second.clocked(folder.resolve("ahead"), Clock.offset(Clock.systemUTC(), off));
                Book behind =
                        second.clocked(folder.resolve("behind"), Clock.offset(Clock.systemUTC(), off.negated()))) {
            Await.until(() -> ahead.ledger.clockTrouble() != null, Duration.ofSeconds(120));
            Await.until(() -> behind.ledger.clockTrouble() != null, Duration.ofSeconds(120));
            assertThat(ahead.ledger.clockTrouble()).contains("s ahead of that of the database", "same time server");
            assertThat(behind.ledger.clockTrouble()).contains("s behind that of the database");
        }
        assertThat(second.ledger.clockTrouble()).isNull();
    }

    @Test
    @Tag("fault-105")
    void connections_that_the_database_ended_while_they_lay_idle_are_replaced() throws Exception {
        first.ledger.intakes().take("file", "chats.json");
        first.tamper("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'cxt'");

        first.ledger.note(AuditEvent.Type.STOPPED, null);

        assertThat(first.events()).containsExactly("STOPPED");
        assertThat(first.ledger.intakes().keeps("file", "chats.json")).isTrue();
    }

    @Test
    @Tag("fault-149")
    void of_a_claim_and_an_erasure_at_once_one_waits_for_the_other_and_is_refused() throws Exception {
        LedgerSettings settings = Store.POSTGRESQL.settings(folder.resolve("first"));
        Part begun = part("ext-2", 1, 2, "one", HELLO.origin());
        Part rest = part("ext-2", 2, 2, "two", HELLO.origin());
        Delivery one = first.deliveries.lookUp(begun);
        first.deliveries.claim(one);
        first.deliveries.sent(one, 201, "conv-1", null, LATENCY);
        first.deliveries.fed(begun);
        first.ledger.note(Type.STARTED, "behind what nobody waited for");
        Delivery two = first.deliveries.lookUp(rest);
        try (Connection other = DriverManager.getConnection(settings.url(), settings.username(), settings.password());
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("UPDATE delivery SET erased = 1 WHERE part = 1");
            CompletableFuture<?> claim = CompletableFuture.runAsync(() -> {
                try {
                    first.deliveries.claim(two);
                } catch (BusyException e) {
                    throw new CompletionException(e);
                }
            });
            Await.until(() -> claim.isDone() || waitsFor(other), LONG);
            other.commit();
            assertThatThrownBy(claim::join).hasCauseInstanceOf(BusyException.class);

            statement.execute("UPDATE delivery SET erased = 0 WHERE part = 1");
            other.commit();
            statement.execute("SELECT erased FROM delivery WHERE part = 1 FOR SHARE");
            statement.execute(
                    "INSERT INTO delivery (target, interaction_id, part, parts, state, calling, doubted, attempts,"
                            + " source, source_index, source_line, messages, bytes, received_at, erased)"
                            + " SELECT target, interaction_id, 2, 2, 'SENDING', 1, 0, 1, source, source_index, source_line, messages,"
                            + " bytes, received_at, 0 FROM delivery WHERE part = 1");
            CompletableFuture<?> erasure = CompletableFuture.runAsync(() -> {
                try (OperatorLog log = new OperatorLog(settings)) {
                    Erasures.erase(log, "ext-2", Set.of("conversations"), null, List.of(), "asked for");
                }
            });
            Await.until(() -> erasure.isDone() || waitsFor(other), LONG);
            other.commit();
            assertThatThrownBy(erasure::join).hasCauseInstanceOf(OrderRefused.class);
        }
        assertThat(first.rows("SELECT part, erased FROM delivery ORDER BY part"))
                .containsExactly("1 0", "2 0");
    }

    /** True when somebody waits for the transaction of a connection. */
    private boolean waitsFor(Connection connection) throws Exception {
        int pid = connection.unwrap(PGConnection.class).getBackendPID();
        return !first.rows("SELECT pid FROM pg_stat_activity WHERE " + pid + " = ANY (pg_blocking_pids(pid))")
                .isEmpty();
    }

    @Test
    void a_source_that_is_taken_twice_is_free_once_it_is_released() {
        assertThat(first.ledger.intakes().take("file", "chats.json")).isTrue();
        assertThat(first.ledger.intakes().take("file", "chats.json")).isTrue();
        assertThat(second.ledger.intakes().take("file", "chats.json")).isFalse();

        first.ledger.intakes().release("file", "chats.json");

        assertThat(second.ledger.intakes().take("file", "chats.json")).isTrue();
    }

    private String lease() throws Exception {
        return first.rows("SELECT lease_until FROM delivery").get(0);
    }

    private static boolean free(Book book) {
        Standing standing = book.deliveries.lookUp(HELLO).standing();
        book.deliveries.unlock(HELLO);
        return standing != Standing.BUSY;
    }

    /** As a pool's wrapper throws it while it is refreshed. Without the next sign, others take over what is in flight. */
    @Test
    void a_sign_of_life_that_a_hosts_pool_fails_with_words_of_its_own_is_not_the_last() throws Exception {
        Postgres server = Postgres.shared();
        server.execute("CREATE DATABASE failing_signs");
        AtomicBoolean failed = new AtomicBoolean();
        PGSimpleDataSource host = new PGSimpleDataSource() {
            @Override
            public Connection getConnection() throws SQLException {
                Connection real = super.getConnection();
                return (Connection) Proxy.newProxyInstance(
                        getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                            boolean sign =
                                    arguments != null && ("SELECT " + Database.POSTGRESQL_NOW).equals(arguments[0]);
                            if (sign && failed.compareAndSet(false, true)) {
                                throw new IllegalStateException("the pool is refreshed");
                            }
                            return method.invoke(real, arguments);
                        });
            }
        };
        host.setUrl(server.url().replaceAll("/[^/]*$", "/failing_signs"));
        host.setUser(server.user());
        LedgerSettings settings =
                new LedgerSettings("jdbc:postgresql:host", null, null, folder.resolve("third")).on(host);
        try (Ledger ledger = Ledger.open(settings, "config-1", true, Duration.ofSeconds(3), Clock.systemUTC());
                Connection other = host.getConnection();
                Statement statement = other.createStatement()) {
            Await.until(failed::get, LONG);
            ledger.deliveries().claim(ledger.deliveries().lookUp(HELLO));
            long first = lease(statement);

            Await.until(() -> lease(statement) > first, LONG);
        }
    }

    private static long lease(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT max(lease_until) FROM cxt.delivery")) {
            row.next();
            return row.getLong(1);
        }
    }
}
