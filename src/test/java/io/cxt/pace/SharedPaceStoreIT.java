package io.cxt.pace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.db.LedgerException;
import io.cxt.db.LedgerSettings;
import io.cxt.fixture.Await;
import io.cxt.fixture.Postgres;
import io.cxt.fixture.Relay;
import io.cxt.ledger.Ledger;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several lanes on one row of a real PostgreSQL, as several instances have them. */
@Timeout(180)
class SharedPaceStoreIT {

    private static final Duration LONG = Duration.ofHours(1);

    @TempDir
    private Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void end() throws Exception {
        threads.shutdownNow();
        Collections.reverse(open);
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    private DataSource connections(String url) {
        Path data = folder.resolve("data-" + open.size());
        Ledger ledger = Ledger.open(new LedgerSettings(url, "postgres", null, data), "", true, Clock.systemUTC());
        open.add(ledger);
        return ledger.connections().orElseThrow();
    }

    private Lane lane(String url, int callsPerSecond) {
        PaceStore keeper =
                new SharedPaceStore(connections(url), "conversations", callsPerSecond, LedgerException::asking);
        Lane lane = new Lane(keeper, Duration.ofSeconds(1), LONG, false);
        open.add(lane);
        return lane;
    }

    private CompletableFuture<List<Long>> pass(Lane lane, int times) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        List<Long> passed = new ArrayList<>();
                        for (int i = 0; i < times; i++) {
                            passed.add(lane.pass());
                        }
                        return passed;
                    } catch (LaneClosedException | InterruptedException e) {
                        throw new CompletionException(e);
                    }
                },
                threads);
    }

    @Test
    void all_of_them_together_are_no_faster_than_one_may_be() throws Exception {
        String url = Postgres.shared().schema("pace_together");
        List<Lane> lanes = new ArrayList<>();
        for (int instance = 0; instance < 4; instance++) {
            Lane lane = lane(url, 200);
            pass(lane, 5).get(); // it knows then how late it hears of a turn
            lanes.add(lane);
        }
        List<CompletableFuture<List<Long>>> passing = new ArrayList<>();
        for (Lane lane : lanes) {
            passing.add(pass(lane, 30));
            passing.add(pass(lane, 30));
        }

        List<Long> times = new ArrayList<>();
        for (CompletableFuture<List<Long>> each : passing) {
            times.addAll(each.get());
        }

        Collections.sort(times);
        assertThat(times).hasSize(240);
        // A turn may be late, never early: from any to the k-th after it, (k - 1 late turn) spacings at least.
        for (int from = 0; from + 100 < times.size(); from++) {
            assertThat(times.get(from + 100) - times.get(from)).isGreaterThan(80 * 5_000_000L);
        }
        assertThat(times.get(239) - times.get(0)).isGreaterThanOrEqualTo(230 * 5_000_000L);
    }

    @Test
    void a_refusal_that_one_meets_holds_the_others() throws Exception {
        String url = Postgres.shared().schema("pace_refusal");
        Lane one = lane(url, 100);
        Lane other = lane(url, 100);
        other.pass();
        long passedAt = one.pass();

        long before = System.nanoTime();
        one.pause(Duration.ofMillis(700), passedAt);
        List<Long> times = pass(other, 10).get();

        // What the other had in hand it may use up: six turns at most, 50 ms and one more.
        assertThat(times).filteredOn(at -> at - before < 700_000_000L).hasSizeLessThanOrEqualTo(6);
        assertThat(times.get(9) - before).isGreaterThan(700_000_000L);
        assertThat(other.pausedFor()).isZero();
    }

    @Test
    void a_turn_that_is_used_late_does_not_leave_in_a_pause_that_another_met() throws Exception {
        String url = Postgres.shared().schema("pace_late");
        Lane one = lane(url, 100);
        Lane other = lane(url, 100);
        long due = other.pass();

        long before = System.nanoTime();
        one.pause(Duration.ofMillis(700), one.pass());
        Await.until(() -> System.nanoTime() - before > 100_000_000L, Duration.ofSeconds(60)); // a claim that took long

        assertThat(other.awaitPermit(due) - before).isGreaterThan(700_000_000L);
    }

    @Test
    void a_limit_that_all_of_them_change_holds_at_once_and_that_of_one_alone_when_it_is_less() throws Exception {
        String url = Postgres.shared().schema("pace_changed");
        Lane one = lane(url, 50);
        Lane other = lane(url, 50);
        one.pass();
        other.pass();

        one.limit(100);
        one.pass();
        other.pass();
        assertThat(other.callsPerSecond()).isEqualTo(50);

        other.limit(100);
        other.pass();
        pass(other, 30).get(); // it grows while calls wait
        pass(one, 10).get();
        assertThat(one.callsPerSecond()).isGreaterThan(50);

        one.limit(5);
        pass(one, 8).get(); // those that it had already, and more
        assertThat(one.callsPerSecond()).isEqualTo(5);
    }

    @Test
    @Tag("fault-84")
    void of_two_limits_the_least_holds_for_both_together() throws Exception {
        String url = Postgres.shared().schema("pace_two_limits");
        Lane slow = lane(url, 50);
        Lane fast = lane(url, 500);
        slow.pass();

        CompletableFuture<List<Long>> passing = pass(slow, 25);
        List<Long> times = new ArrayList<>(pass(fast, 25).get());
        times.addAll(passing.get());

        Collections.sort(times);
        // Fifty turns of 20 ms; each of the two may use its last ones up while the other still waits for them.
        assertThat(times.get(49) - times.get(0)).isGreaterThanOrEqualTo(45 * 20_000_000L);
    }

    @Test
    @Tag("fault-84")
    void a_start_with_another_limit_ends_no_pause() throws Exception {
        String schema = "pace_restart";
        String url = Postgres.shared().schema(schema);
        Lane before = lane(url, 100);
        long since = System.nanoTime();
        before.pause(Duration.ofMillis(900), before.pass());
        before.close();

        assertThat(lane(url, 50).pass() - since).isGreaterThan(850_000_000L);
        Postgres.shared().execute("UPDATE " + schema + ".pace SET rates_set = ''"); // as an older version left it
        assertThat(lane(url, 200).pass() - since).isGreaterThan(850_000_000L);
    }

    @Test
    @Tag("fault-84")
    void an_instance_that_has_nothing_to_send_is_heard_all_the_same() throws Exception {
        String url = Postgres.shared().schema("pace_idle");
        PaceStore idle = new SharedPaceStore(
                connections(url), "conversations", 5, LedgerException::asking, Duration.ofMillis(20));
        open.add(idle);
        SharedPaceStore other = new SharedPaceStore(connections(url), "conversations", 100, LedgerException::asking);
        open.add(other);

        Await.until(() -> other.change((pace, now) -> pace).after().rate().perSecond() == 5, Duration.ofSeconds(60));
    }

    @Test
    void a_limit_that_one_instance_lifts_holds_while_another_still_has_it() throws Exception {
        String url = Postgres.shared().schema("pace_lifted");
        SharedPaceStore one = new SharedPaceStore(connections(url), "conversations", 20, LedgerException::asking, LONG);
        open.add(one);
        SharedPaceStore other =
                new SharedPaceStore(connections(url), "conversations", 20, LedgerException::asking, LONG);
        open.add(other);
        set(one);
        set(other);
        assertThat(set(one)).isEqualTo(20);

        one.limit(50);
        assertThat(set(one)).isEqualTo(20);
        other.limit(50);
        set(other);
        assertThat(set(one)).isEqualTo(50);
    }

    private static double set(PaceStore store) {
        return store.change((pace, now) -> pace).after().rate().set();
    }

    /** A call in flight asks after that, and nobody would close what it opens. */
    @Test
    void a_store_that_is_closed_keeps_no_connection() throws Exception {
        DataSource connections = connections(Postgres.shared().schema("pace_closed"));
        List<Connection> made = new ArrayList<>();
        DataSource counted = (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    Object answer = method.invoke(connections, arguments);
                    made.add((Connection) answer);
                    return answer;
                });
        PaceStore store = new SharedPaceStore(counted, "conversations", 20, LedgerException::asking);
        set(store);
        store.close();

        set(store); // a pause that it meets still counts for the others

        assertThat(made).hasSize(2);
        for (Connection each : made) {
            assertThat(each.isClosed()).isTrue();
        }
    }

    @Test
    void a_line_that_was_cut_is_made_again() throws Exception {
        Postgres database = Postgres.shared();
        try (Relay relay = Relay.to(database.port())) {
            Lane lane = lane(
                    database.schema("pace_cut").replace(":" + database.port() + "/", ":" + relay.port() + "/"), 100);
            lane.pass();

            relay.cut();

            assertThat(pass(lane, 20).get()).hasSize(20);
        }
    }

    @Test
    void while_the_database_is_away_nobody_has_a_turn() throws Exception {
        Postgres database = Postgres.start(folder.resolve("own"));
        open.add(database);
        Lane lane = lane(database.url(), 1);
        lane.pass();

        database.crash();

        assertThatThrownBy(() -> {
                    lane.pass();
                    lane.pass();
                })
                .isInstanceOf(LedgerException.class)
                .hasMessageStartingWith("Cannot ask the ledger: ");
        assertThat(lane.pause(Duration.ofMinutes(5), System.nanoTime())).isEqualTo(Duration.ofMinutes(5));
        assertThat(lane.pausedFor()).isGreaterThan(Duration.ofMinutes(4));
    }
}
