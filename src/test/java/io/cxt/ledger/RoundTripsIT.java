package io.cxt.ledger;

import static io.cxt.fixture.Parts.LATENCY;
import static io.cxt.fixture.Parts.part;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.audit.AuditChain;
import io.cxt.db.Database;
import io.cxt.db.GroupCommit;
import io.cxt.db.LedgerReader;
import io.cxt.db.LedgerSettings;
import io.cxt.db.Owner;
import io.cxt.fixture.Await;
import io.cxt.fixture.Parts;
import io.cxt.fixture.Postgres;
import io.cxt.fixture.Relay;
import io.cxt.ledger.Delivery.Standing;
import io.cxt.transcript.Origin;
import io.cxt.transcript.Part;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How often the ledger waits for a PostgreSQL across a network, counted on the wire. */
@Timeout(180)
class RoundTripsIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration LEASE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final ReentrantLock writing = new ReentrantLock();
    private Relay relay;
    private LedgerSettings settings;
    private GroupCommit commits;
    private LedgerReader reader;
    private Deliveries deliveries;

    private void open(String more) throws Exception {
        Postgres server = Postgres.shared();
        relay = Relay.to(server.port());
        String schema = "test_" + Integer.toHexString(folder.toString().hashCode());
        server.schema(schema);
        settings = new LedgerSettings(
                server.url(relay.port()) + "?sslmode=disable&currentSchema=" + schema + more,
                server.user(),
                server.password(),
                folder);
        Database database = new Database(settings);
        database.migrate();
        AuditChain chain = new AuditChain("chain-1", "config-1", Clock.systemUTC());
        commits = new GroupCommit(database, chain, writing);
        reader = new LedgerReader(database);
        Owner owner = Owner.of(chain.name());
        deliveries = new Deliveries(
                commits,
                reader,
                chain,
                new DeliveryTable(owner, false, LEASE, Clock.systemUTC()),
                new DeliveryAssessor(owner, false, true, Clock.systemUTC()),
                id -> false,
                new Doubts(commits, reader, chain.name()));
        commits.call(none -> null);
        reader.any("SELECT 1 WHERE 1 = 0"); // is connected
    }

    @BeforeEach
    void open() throws Exception {
        open("");
    }

    @AfterEach
    void close() throws Exception {
        commits.close();
        reader.close();
        relay.close();
    }

    @Test
    void a_change_alone_takes_few() {
        Delivery delivery = deliveries.lookUp(part("chat-1", "hello"));

        assertThat(roundTrips(() -> deliveries.claim(delivery))).isLessThanOrEqualTo(8);
        assertThat(roundTrips(() -> deliveries.sent(delivery, 201, "conv-1", null, LATENCY)))
                .isLessThanOrEqualTo(8);
        assertThat(roundTrips(() -> {
                    deliveries.archived(delivery.part(), "place");
                    commits.call(none -> null);
                }))
                .isLessThanOrEqualTo(8);
    }

    /** The second: a driver that makes one statement of several INSERTs, and then does not count. */
    @ParameterizedTest
    @ValueSource(strings = {"", "&reWriteBatchedInserts=true"})
    void a_group_takes_as_many_as_it_has_kinds_of_changes(String more) throws Exception {
        close();
        open(more);
        inAGroup(changes("warm"));

        assertThat(inAGroup(changes("a"))).isLessThanOrEqualTo(8);

        assertThat(Book.rows(
                        settings,
                        "SELECT state, calling, count(*), count(archived_at), count(fed_at) FROM delivery"
                                + " WHERE interaction_id LIKE 'a-%' GROUP BY 1, 2 ORDER BY 1"))
                .containsExactly("SENDING 1 16 0 0", "SENT 0 32 16 16");
        assertThat(
                        Book.rows(
                                settings,
                                "SELECT event, count(*) FROM audit_event WHERE interaction_id LIKE 'a-%' GROUP BY 1 ORDER BY 1"))
                .containsExactly("CLAIMED 48", "SENT 32");
        try (LedgerView view = LedgerView.of(settings)) {
            assertThat(view.audit().verify(Set.of("chain-1")).fault()).isNull();
        }
    }

    @Test
    void look_ups_that_wait_together_are_one_question() throws Exception {
        for (int i = 0; i < 64; i += 2) {
            Delivery delivery = deliveries.lookUp(part("chat-" + i, "hello"));
            deliveries.claim(delivery);
            deliveries.sent(delivery, 201, "conv-1", null, LATENCY);
            deliveries.unlock(delivery.part());
        }
        int before = relay.roundTrips();
        relay.slow(200); // so that all wait while the first is answered

        List<CompletableFuture<Void>> all = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(64);
        for (int i = 0; i < 64; i++) {
            Part part = Parts.at(part("chat-" + i, "hello"), 7);
            Standing standing = i % 2 == 0 ? Standing.DUPLICATE : Standing.UNSENT;
            all.add(CompletableFuture.runAsync(() -> lookedUp(part, standing), threads));
        }
        assertThat(all).allSatisfy(each -> assertThat(each).succeedsWithin(LIMIT));

        assertThat(relay.roundTrips() - before).isLessThan(16);
        threads.shutdown();
    }

    @Test
    void what_is_rejected_before_and_after_a_claim_in_one_group_is_as_the_audit_says() throws Exception {
        WholeTranscripts whole = deliveries.whole();
        for (int i = 0; i < 2; i++) {
            reject(whole, "chat-" + i, i);
        }
        Delivery claimedLast = lookedUp(part("chat-0", "hello"), Standing.UNSENT);
        Delivery claimedFirst = lookedUp(part("chat-1", "hello"), Standing.UNSENT);

        inAGroup(List.of(
                () -> deliveries.claim(claimedFirst),
                () -> reject(whole, "chat-0", 10),
                () -> reject(whole, "chat-1", 11),
                () -> deliveries.claim(claimedLast)));

        assertThat(Book.rows(settings, "SELECT interaction_id, source_index FROM delivery WHERE part = 0"))
                .containsExactly("chat-1 11");
        try (LedgerView view = LedgerView.of(settings)) {
            assertThat(view.audit().verify(Set.of("chain-1")).fault()).isNull();
        }
    }

    private static void reject(WholeTranscripts whole, String id, int index) {
        whole.rejected("conversations", id, new Origin("reading-0", "old.json", index, 1), 9, "TS-ORDER", "");
    }

    private Delivery lookedUp(Part part, Standing standing) {
        Delivery delivery = deliveries.lookUp(part);
        assertThat(delivery.standing()).isEqualTo(standing);
        return delivery;
    }

    @Test
    void a_value_that_the_database_refuses_concerns_its_part_alone() throws Exception {
        Postgres.shared()
                .execute("ALTER TABLE test_"
                        + Integer.toHexString(folder.toString().hashCode())
                        + ".audit_event ADD CHECK (conversation_id <> 'refused')");
        List<Step> steps = changes("a");
        Delivery called = deliveries.lookUp(part("a-refused", "hello"));
        deliveries.claim(called);
        steps.add(20, () -> deliveries.sent(called, 201, "refused", null, LATENCY));

        inAGroup(steps);

        assertThat(Book.rows(settings, "SELECT state, reason, count(*) FROM delivery GROUP BY 1, 2 ORDER BY 1, 2"))
                .containsExactly("SENDING null 16", "SENT SHORTENED 1", "SENT null 32");
        try (LedgerView view = LedgerView.of(settings)) {
            assertThat(view.audit().verify(Set.of("chain-1")).fault()).isNull();
        }
    }

    private interface Step {
        void take() throws Exception;
    }

    private int roundTrips(Step step) {
        int before = relay.roundTrips();
        try {
            step.take();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        return relay.roundTrips() - before;
    }

    /** Sixty-four: claims, outcomes, and archived and fed for others, in turn. */
    private List<Step> changes(String name) throws Exception {
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            Delivery fresh = deliveries.lookUp(part(name + "-new-" + i, "hello"));
            Delivery called = deliveries.lookUp(part(name + "-called-" + i, "hello"));
            Part sent = part(name + "-sent-" + i, "hello");
            Delivery before = deliveries.lookUp(sent);
            deliveries.claim(called);
            deliveries.claim(before);
            deliveries.sent(before, 201, "conv", null, LATENCY);
            steps.add(() -> deliveries.claim(fresh));
            steps.add(() -> deliveries.archived(sent, "place"));
            steps.add(() -> deliveries.sent(called, 201, "conv", null, LATENCY));
            steps.add(() -> deliveries.fed(sent));
        }
        return steps;
    }

    /** Each on a thread of its own, and all of them while the writer waits. */
    private int inAGroup(List<Step> steps) throws Exception {
        List<Thread> threads = new ArrayList<>();
        List<Throwable> faults = new ArrayList<>();
        int before = relay.roundTrips();
        writing.lock();
        try {
            commits.submit(none -> null);
            Await.until(writing::hasQueuedThreads, LIMIT); // with this one alone
            for (Step step : steps) {
                Thread thread = new Thread(() -> {
                    try {
                        step.take();
                    } catch (Exception | AssertionError e) {
                        faults.add(e);
                    }
                });
                threads.add(thread);
                thread.start();
                Await.until(
                        () -> thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TERMINATED,
                        LIMIT);
            }
        } finally {
            writing.unlock();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(faults).isEmpty();
        commits.call(none -> null);
        return relay.roundTrips() - before;
    }
}
