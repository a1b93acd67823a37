package io.cxt.pace;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pace against a tenant with a token bucket, in time that is only counted: two minutes in a moment. */
class PaceTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long ROUND_TRIP = SECOND / 10;
    private static final Backoff WAITS = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(300));

    private static final int SEEDS = 5;

    private record Seen(double used, double refused) {}

    /** An answer on its way. */
    private record Answer(long at, long passedAt, boolean accepted, long retryAfter) {}

    private static Seen run(double set, double limit, int burst, int from, int to) {
        return run(set, limit, burst, ROUND_TRIP, from, to);
    }

    private static Seen run(double set, double limit, int burst, long roundTrip, int from, int to) {
        return run(set, limit, burst, Integer.MAX_VALUE, roundTrip, random -> 0, from, to);
    }

    /** In ns: some of the time that a thread takes to wake, or a request to arrive, as measured on a quiet machine. */
    private static long late(Random random) {
        int one = random.nextInt(40_000);
        return 60_000 + random.nextInt(70_000) + random.nextInt(one == 0 ? 8_000_000 : one < 20 ? 1_000_000 : 1);
    }

    /**
     * @param oneIn of so many calls one is refused for another reason than the limit
     * @param late by how much each call leaves, and arrives
     */
    private static Seen run(
            double set,
            double limit,
            int burst,
            int oneIn,
            long roundTrip,
            ToLongFunction<Random> late,
            int from,
            int to) {
        Random random = new Random(oneIn);
        long left = -SECOND;
        Pace pace = Pace.from(set, 0);
        PriorityQueue<Answer> answers = new PriorityQueue<>((a, b) -> Long.compare(a.at, b.at));
        double tokens = burst;
        long filledAt = 0;
        long now = 0;
        long calls = 0;
        long refused = 0;
        while (now < to * SECOND) {
            Pace.Permits turn = pace.permits(now, 0, 1);
            while (!answers.isEmpty() && answers.peek().at <= turn.first()) {
                Answer answer = answers.poll();
                now = Math.max(now, answer.at);
                pace = answer.accepted
                        ? pace.passed(answer.passedAt)
                        : pace.refused(now, Duration.ofNanos(answer.retryAfter), answer.passedAt, WAITS);
                turn = pace.permits(now, 0, 1);
            }
            pace = pace.without(turn, now);
            now = turn.first();
            left = Math.max(now, left + pace.rate().spacing() / 10 * 9) + late.applyAsLong(random);
            long arrival = left + roundTrip / 2 + late.applyAsLong(random);
            tokens = Math.min(burst, tokens + Math.max(0, arrival - filledAt) * limit / SECOND);
            filledAt = Math.max(filledAt, arrival);
            boolean accepted = tokens >= 1 && random.nextInt(oneIn) > 0;
            tokens -= accepted ? 1 : 0;
            long wait = (long) Math.max(1, Math.ceil((1 - tokens) / limit)) * SECOND;
            answers.add(new Answer(arrival + roundTrip / 2, left, accepted, wait));
            if (now >= from * SECOND) {
                calls++;
                refused += accepted ? 0 : 1;
            }
        }
        return new Seen((calls - refused) / limit / (to - from), refused / (double) calls);
    }

    @ParameterizedTest
    @CsvSource({"50, 1", "50, 50", "500, 1", "500, 50"})
    void a_rate_that_is_right_is_used_up_and_never_refused(double limit, int burst) {
        Seen seen = run(limit, limit, burst, 0, 60);

        assertThat(seen.used()).isGreaterThan(0.99);
        assertThat(seen.refused()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "60, 50, 10",
        "60, 50, 50",
        "600, 500, 10",
        "600, 500, 50",
        "0, 50, 10",
        "0, 50, 50",
        "0, 500, 10",
        "0, 500, 50",
        "5000, 50, 50"
    })
    void after_a_minute_the_limit_is_found_where_the_rate_is_too_high_or_not_known(
            double set, double limit, int burst) {
        Seen theSecondMinute = run(set, limit, burst, 60, 120);

        assertThat(theSecondMinute.used()).isGreaterThan(0.94);
        assertThat(theSecondMinute.refused()).isLessThan(0.005);
    }

    /** A limit that others use up too, or a fault of CXone: what is refused now and then tells little of our own rate. */
    @ParameterizedTest
    @CsvSource({"0, 100, 4", "0, 200, 6", "0, 1000, 20", "50, 200, 6"})
    void a_tenant_that_refuses_one_call_in_hundreds_does_not_bring_all_to_a_crawl(double set, int oneIn, double least) {
        Seen theSecondHalfHour = run(set, 1000, 1000, oneIn, ROUND_TRIP, random -> 0, 1800, 3600);

        assertThat(theSecondHalfHour.used() * 1000).as("calls a second").isGreaterThan(least);
    }

    /** Few calls in a long time show how few there were to make, and not how few CXone lets in. */
    @Test
    void time_in_which_nobody_wanted_a_turn_tells_nothing_of_the_limit() {
        Pace pace = Pace.from(50, 0).refused(SECOND, Duration.ofSeconds(1), SECOND / 2, WAITS);
        long now = 2 * SECOND;
        for (int call = 0; call < 30; call++) {
            now += 10 * SECOND;
            pace = pace.without(pace.permits(now, 0, 1), now).passed(now);
        }

        pace = pace.refused(now + SECOND / 10, Duration.ofSeconds(1), now, WAITS);

        assertThat(pace.rate().perSecond()).isGreaterThan(25);
    }

    @ParameterizedTest
    @CsvSource({"50, 5, 5", "50, 5, 1", "0, 10, 10", "50, 1, 5", "0, 20, 20"})
    void a_low_limit_is_found_as_well(double set, double limit, int burst) {
        Seen theSecondHalfHour = run(set, limit, burst, 1800, 3600);

        assertThat(theSecondHalfHour.used()).isGreaterThan(0.8);
        assertThat(theSecondHalfHour.refused()).isLessThan(0.03);
    }

    /** Such a tenant refuses whatever comes a moment early, and calls leave and arrive unevenly. */
    @ParameterizedTest
    @CsvSource({
        "50, 50, 0.9",
        "60, 50, 0.9",
        "0, 50, 0.9",
        "500, 500, 0.6",
        "600, 500, 0.6",
        "0, 500, 0.6",
    })
    void the_spacing_is_learnt_of_a_tenant_that_saves_nothing_up(double set, double limit, double least) {
        double used = 0;
        double refused = 0;
        for (int seed = 1; seed <= SEEDS; seed++) {
            Seen later = run(set, limit, 1, Integer.MAX_VALUE - seed, SECOND / 20, PaceTest::late, 60, 240);
            used += later.used() / SEEDS;
            refused += later.refused() / SEEDS;
        }

        assertThat(used).isGreaterThan(least);
        assertThat(refused).isLessThan(0.001);
    }

    /** Calls leave and arrive very unevenly while Java is still cold: the spacing that this took is not needed for long. */
    @Test
    void a_spacing_that_an_uneven_start_has_widened_narrows_when_no_refusal_comes() {
        Pace pace = Pace.from(500, 0);
        long now = 0;
        for (int refusal = 0; refusal < 10; refusal++) {
            pace = pace.refused(now + 1, Duration.ofSeconds(1), now, WAITS);
            now += SECOND + SECOND / 10;
            pace = pace.passed(now);
        }
        double slow = pace.rate().perSecond();

        for (long end = now + 90 * SECOND; now < end; now += SECOND / 10) {
            pace = pace.without(new Pace.Permits(now + SECOND, 1, 1), now);
            pace = pace.without(pace.permits(now, 0, 1), now);
        }

        assertThat(slow).isLessThan(250);
        assertThat(pace.rate().perSecond()).isGreaterThan(1.3 * slow);
    }

    @ParameterizedTest
    @CsvSource({"50, 50, 10", "500, 500, 10", "500, 500, 50", "60, 50, 10", "600, 500, 10", "600, 500, 50", "0, 500, 50"
    })
    void calls_that_leave_unevenly_cost_nothing_where_a_tenant_saves_some_up(double set, double limit, int burst) {
        Seen later = run(set, limit, burst, Integer.MAX_VALUE, SECOND / 20, PaceTest::late, 60, 120);

        assertThat(later.used()).isGreaterThan(set == limit ? 0.99 : 0.95);
        assertThat(later.refused()).isLessThan(set == limit ? 1e-9 : 0.002);
    }

    @ParameterizedTest
    @CsvSource({"60, 50", "600, 500", "0, 50", "0, 500"})
    void where_calls_arrive_evenly_hardly_a_burst_is_needed(double set, double limit) {
        Seen theSecondMinute = run(set, limit, 1, 60, 120);

        assertThat(theSecondMinute.used()).isGreaterThan(0.9);
        assertThat(theSecondMinute.refused()).isLessThan(0.005);
    }

    @ParameterizedTest
    @CsvSource({"50, 10, 5", "50, 50, 5", "50, 50, 250", "500, 10, 50", "500, 50, 50", "500, 50, 250", "500, 500, 50"})
    void an_unknown_limit_is_found_in_the_first_minute_with_few_refusals(
            double limit, int burst, long roundTripMillis) {
        Seen theFirstMinute = run(0, limit, burst, roundTripMillis * SECOND / 1000, 0, 60);

        assertThat(theFirstMinute.used()).isGreaterThan(0.9);
        assertThat(theFirstMinute.refused()).isLessThan(0.02);
    }

    @ParameterizedTest
    @CsvSource({"60, 50, 50", "600, 500, 50", "1500, 500, 50"})
    void a_rate_that_is_too_high_comes_down_to_the_limit_in_the_first_minute(double set, double limit, int burst) {
        Seen theFirstMinute = run(set, limit, burst, SECOND / 20, 0, 60);

        assertThat(theFirstMinute.used()).isGreaterThan(0.92);
        assertThat(theFirstMinute.refused()).isLessThan(0.01);
    }

    @Test
    void of_the_calls_on_their_way_the_share_that_is_let_in_tells_the_limit() {
        Rate rate = Rate.from(1000, 0).cut(SECOND, SECOND - SECOND / 20, 2 * SECOND);

        for (int call = 1; call < 50; call++) {
            rate = rate.answered(SECOND - SECOND / 20 + call * SECOND / 1000, call % 5 != 0 && call % 5 != 2);
        }

        assertThat(rate.perSecond()).isBetween(570.0, 610.0);
    }

    @Test
    void where_every_call_is_refused_the_rate_stays_near_what_it_was() {
        Pace pace = Pace.from(100, 0);
        for (int call = 0; call < 30; call++) {
            pace = pace.refused(SECOND + call * SECOND / 100, Duration.ofSeconds(1), SECOND + call, WAITS);
        }

        assertThat(pace.rate().perSecond()).isGreaterThan(75);
    }

    @Test
    void a_rest_leaves_the_rate_as_it_is() {
        Pace pace = Pace.from(100, 0);

        assertThat(pace.paused(SECOND, Duration.ofSeconds(1), SECOND, WAITS).rate())
                .isEqualTo(pace.rate());
        assertThat(pace.refused(SECOND, Duration.ofSeconds(1), SECOND, WAITS).rate())
                .isNotEqualTo(pace.rate());
    }

    @Test
    void a_clock_that_was_put_back_holds_nobody_for_the_time_it_was_put_back() {
        Pace pace = Pace.from(50, 3 * 3600 * SECOND);
        pace = pace.without(pace.permits(3 * 3600 * SECOND, 0, 1), 3 * 3600 * SECOND);

        Pace back = pace.at(50, SECOND);

        assertThat(back.permits(SECOND, 0, 1).first()).isEqualTo(SECOND);
        assertThat(pace.at(50, 3 * 3600 * SECOND)).isSameAs(pace);
    }

    @Test
    @Tag("fault-84")
    void another_limit_keeps_turns_pause_and_count() {
        Pace pace = Pace.from(50, 0).refused(SECOND, Duration.ofSeconds(7), SECOND, WAITS);
        pace = pace.without(pace.permits(SECOND, 0, 1), SECOND);

        for (double set : new double[] {500, 5, 0, 10_000}) {
            Pace other = pace.at(set, 2 * SECOND);

            assertThat(other.permits(2 * SECOND, 0, 1).first()).isEqualTo(pace.nextAt());
            assertThat(other.pausedUntil()).isEqualTo(8 * SECOND);
            assertThat(other.pausesInARow()).isEqualTo(1);
            assertThat(other.softSpacing()).isEqualTo(pace.softSpacing());
            assertThat(other.rate().perSecond()).isLessThanOrEqualTo(set == 5 ? 5 : 50);
        }
    }

    @ParameterizedTest
    @CsvSource({"200, 3000", ", 500"})
    void no_turn_is_given_twice_where_a_pause_is_short_or_over(Long retryAfterMillis, long passedMillis) {
        Pace pace = Pace.from(1, 0).refused(SECOND, Duration.ofSeconds(1), SECOND, WAITS);
        pace = pace.without(pace.permits(3 * SECOND, 0, 1), 3 * SECOND); // another instance's

        Duration asked = retryAfterMillis == null ? null : Duration.ofMillis(retryAfterMillis);
        Pace refused = pace.refused(3 * SECOND + 1, asked, passedMillis * SECOND / 1000, WAITS);

        assertThat(refused.permits(3 * SECOND + 2, 0, 1).first()).isGreaterThanOrEqualTo(4 * SECOND);
    }

    @Test
    @Tag("fault-84")
    void an_answer_from_before_the_limit_was_lowered_does_not_raise_it() {
        Pace pace = Pace.from(100, 0).refused(SECOND, Duration.ofSeconds(1), SECOND / 2, WAITS);

        Pace lowered = pace.at(20, SECOND).passed(SECOND * 3 / 4);

        assertThat(lowered.rate().perSecond()).isEqualTo(20);
    }

    @ParameterizedTest
    @CsvSource({"50, 500, 500", "50, 0, 3000", "0, 500, 500"})
    void a_limit_that_was_raised_is_reached_in_a_few_seconds(double set, double raised, double reached) {
        Pace pace = Pace.from(set, 0).at(raised, 0);

        for (long now = 0; now < 4 * SECOND; now += SECOND / 50) {
            for (int call = 0; call < 300; call++) { // somebody always waits
                pace = pace.nextAt() - now > SECOND / 50 ? pace : pace.without(pace.permits(now, 0, 1), now);
            }
        }

        assertThat(pace.rate().perSecond()).isBetween(reached, raised == 0 ? Rate.UNLIMITED : raised);
    }

    @Test
    @Tag("fault-84")
    void of_the_limits_that_were_heard_lately_the_least_holds() {
        SetRates set = SetRates.read("").with(100, 0).with(0, 10 * SECOND).with(50, 20 * SECOND);

        assertThat(set.least()).isEqualTo(50);
        assertThat(SetRates.read(set.text())).isEqualTo(set);
        assertThat(set.with(100, 49 * SECOND).least()).isEqualTo(50);
        assertThat(set.with(100, 51 * SECOND).least()).isEqualTo(100);
        assertThat(set.with(0, 80 * SECOND).least()).isZero();
        assertThat(set.with(100, -3600 * SECOND).least()).isEqualTo(100); // the clock was put back
    }

    @Test
    void many_instances_at_a_slow_tenant_are_no_clock_that_was_put_back() {
        Pace pace = Pace.from(1, 0);
        for (int turn = 0; turn < 80; turn++) {
            pace = pace.without(pace.permits(0, 0, 1), 0);
        }

        assertThat(pace.at(1, SECOND)).isSameAs(pace);
    }

    @Test
    void the_longest_pause_survives_a_clock_that_is_set_by_a_moment() {
        Pace pace = Pace.from(50, 10 * SECOND)
                .refused(
                        10 * SECOND,
                        Duration.ofHours(1),
                        10 * SECOND,
                        new Backoff(Duration.ofSeconds(1), Duration.ofHours(1)));

        assertThat(pace.at(50, 9 * SECOND)).isSameAs(pace);
    }
}
