package io.cxt.pace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.fixture.Await;
import io.cxt.fixture.Postgres;
import io.cxt.fixture.Relay;
import io.cxt.ledger.Ledger;
import io.cxt.ledger.LedgerException;
import io.cxt.ledger.LedgerSettings;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several lanes on one row of a real PostgreSQL, as several instances have them. */
@Timeout(60)
class SharedKeeperTest {

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

    private Lane lane(String url, int callsPerSecond) {
        Path data = folder.resolve("data-" + open.size());
        Ledger ledger = Ledger.open(new LedgerSettings(url, "postgres", null, data), "", true, Clock.systemUTC());
        open.add(ledger);
        Keeper keeper = new SharedKeeper(
                ledger.connections().orElseThrow(), "conversations", callsPerSecond, LedgerException::asking);
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
        List<CompletableFuture<List<Long>>> passing = new ArrayList<>();
        for (int instance = 0; instance < 4; instance++) {
            Lane lane = lane(url, 200);
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
        Await.until(() -> System.nanoTime() - before > 100_000_000L, Duration.ofSeconds(10)); // a claim that took long

        assertThat(other.awaitTurn(due) - before).isGreaterThan(700_000_000L);
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
        assertThat(lane.pause(Duration.ofSeconds(5), System.nanoTime())).isEqualTo(Duration.ofSeconds(5));
        assertThat(lane.pausedFor()).isGreaterThan(Duration.ofSeconds(4));
    }
}
