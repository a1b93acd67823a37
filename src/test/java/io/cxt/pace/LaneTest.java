package io.cxt.pace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** In real time, without sleeping: only how early a call may leave is asserted, never how late. */
@Timeout(180)
class LaneTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration LONG = Duration.ofHours(1);

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    @Test
    void calls_leave_evenly_spaced_from_the_first_on() throws Exception {
        Lane lane = new Lane(PaceStore.own(100), Duration.ofSeconds(1), LONG, false);

        long first = lane.pass();
        for (int i = 1; i <= 10; i++) { // the first may have been up to half a spacing late
            assertThat(lane.pass() - first).isGreaterThanOrEqualTo(i * 10_000_000L - 5_000_000L);
        }
    }

    @Test
    void the_spacing_is_shared_by_all_threads() throws Exception {
        Lane lane = new Lane(PaceStore.own(100), Duration.ofSeconds(1), LONG, false);
        List<CompletableFuture<Long>> calls =
                Stream.generate(() -> pass(lane)).limit(12).toList();

        List<Long> times = new ArrayList<>();
        for (CompletableFuture<Long> call : calls) {
            assertThat(call).succeedsWithin(LIMIT).satisfies(times::add);
        }
        times.sort(Long::compare);
        assertThat(times.get(11) - times.get(0)).isGreaterThanOrEqualTo(11 * 10_000_000L - 5_000_000L);
    }

    @Test
    @Tag("fault-150")
    void a_refusal_without_a_time_is_a_pause_where_the_shared_pace_is_away_and_it_hears_of_it_later() throws Exception {
        Away store = new Away(PaceStore.own(50));
        Lane lane = new Lane(store, LONG, LONG, false);
        long refused = lane.permit();
        lane.permit();
        store.away = true;

        assertThat(lane.pause(null, refused)).isPositive();

        assertThat(lane.pausedFor()).isPositive();
        assertThat(lane.callsPerSecond()).isEqualTo(50);
        Duration left = lane.pausedFor();
        assertThat(lane.pause(null, refused)).isLessThanOrEqualTo(left); // of the same moment
        CompletableFuture<Long> next = pass(lane);
        assertThat(next).failsWithin(LIMIT); // there is no pace to ask
        store.away = false;
        CompletableFuture<Long> waiting = pass(lane);
        store.heard.get(60, TimeUnit.SECONDS);
        PaceStore.Kept kept = store.change((pace, now) -> pace);
        assertThat(kept.after().pausedUntil()).isGreaterThan(kept.now());
        assertThat(kept.after().pausesInARow()).isEqualTo(1);
        assertThat(kept.after().rate().perSecond()).isLessThan(50);
        lane.close();
        assertThat(waiting).failsWithin(LIMIT);
    }

    /** A pace that may be out of reach. */
    private static final class Away implements PaceStore {
        private final PaceStore store;
        /** Done once it has heard of a pause. */
        private final CompletableFuture<Void> heard = new CompletableFuture<>();

        private volatile boolean away;

        private Away(PaceStore store) {
            this.store = store;
        }

        @Override
        public Kept change(Change change) {
            if (away) {
                throw new IllegalStateException("away");
            }
            Kept kept = store.change(change);
            if (kept.after().pausedUntil() - kept.now() > 0) {
                heard.complete(null);
            }
            return kept;
        }

        @Override
        public void limit(double callsPerSecond) {
            store.limit(callsPerSecond);
        }

        @Override
        public Duration ahead() {
            return store.ahead();
        }

        @Override
        public void close() {
            store.close();
        }
    }

    @Test
    void nobody_passes_a_lane_that_a_person_holds_and_all_do_after_it() throws Exception {
        Lane lane = new Lane(PaceStore.own(10_000), Duration.ofSeconds(1), LONG, false);
        lane.pass();
        lane.hold("held by anna");
        List<CompletableFuture<Long>> calls =
                Stream.generate(() -> pass(lane)).limit(5).toList();

        assertThat(lane.held()).hasValue("held by anna");
        assertThat(lane.endReason()).isEmpty();
        assertThat(calls).noneMatch(CompletableFuture::isDone);
        lane.release();
        assertThat(calls).allSatisfy(call -> assertThat(call).succeedsWithin(LIMIT));
        assertThat(lane.held()).isEmpty();
    }

    @Test
    void a_call_that_has_its_permit_when_the_lane_is_held_leaves() throws Exception {
        Lane lane = new Lane(PaceStore.own(100), Duration.ofSeconds(1), LONG, false);
        long due = lane.pass();
        lane.hold("held by anna");

        assertThat(lane.awaitPermit(due)).isGreaterThanOrEqualTo(due);
    }

    @Test
    void a_run_that_ends_does_not_wait_for_the_end_of_a_hold() {
        Lane lane = new Lane(PaceStore.own(100), Duration.ofSeconds(1), LONG, true);
        lane.hold("held by anna");

        assertThatThrownBy(lane::pass).isInstanceOf(LaneClosedException.class).hasMessage("held by anna");
        assertThat(lane.endReason()).hasValue("held by anna");
    }

    @Test
    void a_held_lane_that_is_closed_lets_its_callers_go() {
        Lane lane = new Lane(PaceStore.own(100), Duration.ofSeconds(1), LONG, false);
        lane.hold("held by anna");
        CompletableFuture<Long> call = pass(lane);

        lane.close();

        assertThat(call).failsWithin(LIMIT).withThrowableThat().withRootCauseInstanceOf(LaneClosedException.class);
    }

    @Test
    void another_limit_holds_at_once_whether_it_is_lower_or_higher() {
        Lane lane = new Lane(PaceStore.own(100), Duration.ofSeconds(1), LONG, false);

        lane.limit(10);
        assertThat(lane.callsPerSecond()).isEqualTo(10);

        lane.limit(50);
        assertThat(lane.callsPerSecond()).isEqualTo(50);
    }

    @Test
    void without_a_limit_nobody_waits() throws Exception {
        Lane lane = new Lane(PaceStore.own(10_000), LONG, LONG, false);

        for (int i = 0; i < 10_000; i++) {
            lane.pass();
        }
    }

    @Test
    void a_pause_holds_everybody_and_lets_them_through_after_it() throws Exception {
        Lane lane = new Lane(PaceStore.own(0), Duration.ofSeconds(1), LONG, false);
        long passedAt = lane.pass();
        long before = System.nanoTime();

        Duration pause = lane.pause(Duration.ofMillis(80), passedAt);
        List<CompletableFuture<Long>> calls =
                Stream.generate(() -> pass(lane)).limit(3).toList();

        assertThat(pause).isEqualTo(Duration.ofMillis(80));
        for (CompletableFuture<Long> call : calls) {
            assertThat(call).succeedsWithin(LIMIT).satisfies(at -> assertThat(at - before)
                    .isGreaterThanOrEqualTo(80_000_000L));
        }
        assertThat(lane.pausedFor()).isZero();
    }

    @Test
    void after_a_pause_calls_start_softly() throws Exception {
        Lane lane = new Lane(PaceStore.own(100), Duration.ofSeconds(1), LONG, false);
        long before = System.nanoTime();
        lane.pause(Duration.ofMillis(20), before);

        assertThat(lane.pass() - before).isGreaterThanOrEqualTo(20_000_000L);
        assertThat(lane.pass() - before).isGreaterThanOrEqualTo(60_000_000L);
        assertThat(lane.pass() - before).isGreaterThanOrEqualTo(92_000_000L);
    }

    @Test
    void a_pause_without_a_time_doubles_up_to_the_longest() throws Exception {
        Lane lane = new Lane(PaceStore.own(0), Duration.ofMillis(20), Duration.ofMillis(50), false);

        for (int most : new int[] {20, 40, 50, 50}) {
            Duration pause = lane.pause(null, lane.pass());
            assertThat(pause).isBetween(Duration.ofMillis(most / 2), Duration.ofMillis(most));
        }
    }

    @Test
    @Tag("fault-85")
    void a_wait_of_nothing_is_a_pause_of_our_own() throws Exception {
        Lane lane = new Lane(PaceStore.own(0), Duration.ofMillis(20), Duration.ofMillis(50), false);

        for (int most : new int[] {20, 40, 50}) {
            assertThat(lane.pause(Duration.ZERO, lane.pass()))
                    .isBetween(Duration.ofMillis(most / 2), Duration.ofMillis(most));
        }
        long old = lane.pass();
        lane.pause(null, lane.pass());
        Duration left = lane.pausedFor();
        assertThat(lane.pause(Duration.ZERO, old - 1_000_000_000L)).isLessThanOrEqualTo(left);
    }

    @Test
    void a_rest_holds_everybody_and_says_nothing_of_the_rate() throws Exception {
        Lane lane = new Lane(PaceStore.own(100), Duration.ofSeconds(1), LONG, false);
        long before = lane.pass();

        assertThat(lane.rest(Duration.ofMillis(60), before)).isEqualTo(Duration.ofMillis(60));

        assertThat(lane.pass() - before).isGreaterThanOrEqualTo(60_000_000L);
    }

    @Test
    @Tag("fault-78")
    void what_a_person_has_done_is_noticed_within_a_minute() {
        Stop stop = new Stop(new Backoff(LONG, LONG), false);
        stop.begin("CXone answers HTTP 403", false);

        for (int i = 0; i < 10; i++) {
            long now = System.nanoTime();
            stop.probed(now);
            assertThat(stop.probeAt() - now)
                    .isLessThanOrEqualTo(Duration.ofMinutes(1).toNanos());
        }
    }

    @Test
    void a_call_that_passes_ends_the_doubling() throws Exception {
        Lane lane = new Lane(PaceStore.own(0), Duration.ofMillis(20), LONG, false);
        lane.pause(null, lane.pass());
        lane.pause(null, lane.pass());

        long passedAt = lane.pass();
        lane.passed(System.nanoTime());

        assertThat(lane.pause(null, passedAt)).isLessThanOrEqualTo(Duration.ofMillis(20));
    }

    @Test
    void an_older_call_without_a_time_makes_the_pause_no_longer() throws Exception {
        Lane lane = new Lane(PaceStore.own(0), Duration.ofSeconds(50), LONG, false);
        long old = lane.pass();
        Duration first = lane.pause(null, lane.pass());

        for (int i = 0; i < 20; i++) {
            assertThat(lane.pause(null, old)).isLessThanOrEqualTo(first);
        }
    }

    @Test
    void the_latest_time_that_was_asked_for_holds_and_none_is_longer_than_the_longest() throws Exception {
        Lane lane = new Lane(PaceStore.own(0), Duration.ofSeconds(1), Duration.ofSeconds(300), false);
        long old = lane.pass();
        lane.pause(Duration.ofSeconds(20), old);

        assertThat(lane.pause(Duration.ofSeconds(100), old)).isEqualTo(Duration.ofSeconds(100));
        assertThat(lane.pause(Duration.ofSeconds(1), old)).isGreaterThan(Duration.ofSeconds(1));
        assertThat(lane.pause(Duration.ofDays(1), old)).isEqualTo(Duration.ofSeconds(300));
    }

    @Test
    void a_stop_ends_a_run_that_ends_with_the_reason() throws Exception {
        Lane lane = new Lane(PaceStore.own(0), Duration.ofSeconds(1), LONG, true);
        lane.pause(LONG, lane.pass());
        CompletableFuture<Long> waiting = pass(lane);

        lane.stop("CXone answers HTTP 403", false);

        assertThatThrownBy(lane::pass).isInstanceOf(LaneClosedException.class).hasMessage("CXone answers HTTP 403");
        assertThat(waiting)
                .failsWithin(LIMIT)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("HTTP 403");
        assertThat(lane.stopReason()).hasValue("CXone answers HTTP 403");
    }

    @Test
    @Tag("fault-117")
    void a_stop_that_may_pass_ends_a_run_only_after_three_probes_which_take_ten_seconds_at_most() throws Exception {
        Lane lane = new Lane(PaceStore.own(0), Duration.ofMillis(10), LONG, true);
        for (int i = 0; i < 3; i++) {
            lane.stop("CXone answers HTTP 401", true);
            assertThat(lane.endReason()).isEmpty();
            lane.pass();
        }
        CompletableFuture<Long> waiting = pass(lane);
        lane.stop("CXone answers HTTP 401", true);

        assertThat(lane.endReason()).hasValue("CXone answers HTTP 401");
        assertThat(waiting).failsWithin(LIMIT);
        Stop slow = new Stop(new Backoff(LONG, LONG), true);
        slow.begin("CXone answers HTTP 401", true);
        for (int i = 0; i < 3; i++) {
            long now = System.nanoTime();
            slow.probed(now);
            assertThat(slow.probeAt() - now).isLessThan(Duration.ofMillis(3_400).toNanos());
        }
    }

    @Test
    void a_stop_lets_one_probe_through_at_a_time() throws Exception {
        Lane lane = new Lane(PaceStore.own(0), Duration.ofMillis(40), LONG, false);
        long before = System.nanoTime();
        lane.stop("CXone answers HTTP 403", false);

        long first = lane.pass();
        long second = lane.pass();

        assertThat(first - before).isGreaterThanOrEqualTo(20_000_000L);
        assertThat(second - first).isGreaterThanOrEqualTo(40_000_000L);
    }

    @Test
    void a_call_that_passes_opens_a_stopped_lane_for_all() throws Exception {
        Lane lane = new Lane(PaceStore.own(0), LONG, LONG, false);
        lane.stop("CXone answers HTTP 403", false);
        CompletableFuture<Long> waiting = pass(lane);

        lane.passed(System.nanoTime());

        assertThat(waiting).succeedsWithin(LIMIT);
        assertThat(lane.stopReason()).isEmpty();
    }

    @Test
    void when_half_of_the_last_calls_failed_everybody_rests_and_longer_each_time() throws Exception {
        Lane lane = new Lane(PaceStore.own(10_000), Duration.ofMillis(40), LONG, false);
        for (int i = 0; i < 10; i++) {
            lane.passed(System.nanoTime());
        }
        for (int i = 0; i < 9; i++) {
            assertThat(lane.failed(lane.pass())).isZero();
        }

        assertThat(lane.failed(lane.pass())).isBetween(Duration.ofMillis(20), Duration.ofMillis(40));
        assertThat(lane.failed(lane.pass())).isBetween(Duration.ofMillis(40), Duration.ofMillis(80));
    }

    @Test
    void a_call_that_waits_at_its_turn_when_a_pause_comes_waits_for_another_one() throws Exception {
        Lane lane = new Lane(PaceStore.own(100), Duration.ofSeconds(1), LONG, false);
        lane.pass();
        long due = lane.pass();
        long before = System.nanoTime();

        lane.pause(Duration.ofMillis(60), before);

        assertThat(lane.awaitPermit(due) - before).isGreaterThanOrEqualTo(60_000_000L);
    }

    @Tag("fault-129")
    @Test
    void a_call_does_not_leave_when_a_pause_began_since_its_permit() throws Exception {
        Lane lane = new Lane(PaceStore.own(100), Duration.ofSeconds(1), LONG, false);
        long permit = lane.awaitPermit(lane.pass());
        lane.pause(Duration.ofMillis(1), System.nanoTime());

        assertThat(lane.leave(permit)).isEmpty();
        assertThat(lane.leave(lane.awaitPermit(permit))).isPresent();
    }

    @Test
    void calls_that_a_stall_has_held_up_do_not_leave_at_once() throws Exception {
        Lane lane = new Lane(PaceStore.own(100), Duration.ofSeconds(1), LONG, false);
        long due = lane.pass();
        lane.leave(due);
        long before = System.nanoTime();

        for (int i = 0; i < 5; i++) {
            lane.leave(due);
        }

        assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(40_000_000L);
    }

    /** What was lost is not caught up with: a tenant that saves three calls up would refuse the fourth. */
    @Test
    void calls_that_a_stall_has_held_up_leave_no_faster_than_others() throws Exception {
        Lane lane = new Lane(PaceStore.own(100), Duration.ofSeconds(1), LONG, false);
        long due = lane.pass();
        lane.leave(due);
        long before = lane.leave(due).orElseThrow();

        long last = before;
        for (int i = 0; i < 30; i++) {
            last = lane.leave(due).orElseThrow();
        }

        assertThat(last - before).isGreaterThanOrEqualTo(30 * 10_000_000L - 2_000_000L);
    }

    /** A tenant that saves nothing up refuses a call that comes a moment early, though the one before it was late. */
    @Test
    void no_call_leaves_much_sooner_than_it_should_after_the_one_before_it() throws Exception {
        Lane lane = new Lane(PaceStore.own(200), Duration.ofSeconds(1), LONG, false);
        List<CompletableFuture<Long>> calls = Stream.generate(() -> CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return lane.leave(lane.pass()).orElseThrow();
                            } catch (LaneClosedException | InterruptedException e) {
                                throw new CompletionException(e);
                            }
                        },
                        threads))
                .limit(24)
                .toList();

        List<Long> times = new ArrayList<>();
        for (CompletableFuture<Long> call : calls) {
            assertThat(call).succeedsWithin(LIMIT).satisfies(times::add);
        }
        times.sort(Long::compare);
        for (int call = 1; call < times.size(); call++) {
            assertThat(times.get(call) - times.get(call - 1)).isGreaterThanOrEqualTo(4_500_000L);
        }
    }

    @Test
    void closing_wakes_everybody() throws Exception {
        Lane lane = new Lane(PaceStore.own(0), Duration.ofSeconds(1), LONG, false);
        lane.pause(LONG, lane.pass());
        List<CompletableFuture<Long>> calls =
                Stream.generate(() -> pass(lane)).limit(5).toList();

        lane.close();

        assertThat(calls).allSatisfy(call -> assertThat(call)
                .failsWithin(LIMIT)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(LaneClosedException.class));
    }

    private CompletableFuture<Long> pass(Lane lane) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return lane.pass();
                    } catch (LaneClosedException | InterruptedException e) {
                        throw new CompletionException(e);
                    }
                },
                threads);
    }
}
