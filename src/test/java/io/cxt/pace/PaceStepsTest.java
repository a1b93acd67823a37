package io.cxt.pace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.cxt.pace.Pace.Permits;
import java.time.Duration;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each step of a pace by itself, on both sides of each bound. */
class PaceStepsTest {
    private static final long MILLI = 1_000_000L;
    private static final long SECOND = 1_000 * MILLI;
    private static final long NOW = 100 * SECOND;
    private static final Offset<Double> EXACT = within(1e-9);
    /** One that waits for one second, then two, without chance. */
    private static final Backoff WAITS = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(300), () -> 1.0);

    private static Pace pace(double set) {
        return Pace.from(set, NOW);
    }

    @Test
    void a_limit_that_did_not_change_changes_nothing() {
        assertThat(pace(0).at(0, NOW)).isEqualTo(pace(0));
        Pace found = new Pace(NOW + 1, NOW, 0, 3, pace(0).rate());
        assertThat(found.at(0, NOW)).isSameAs(found);
        assertThat(new Pace(NOW, NOW, 0, 3, pace(-1).rate()).at(50, NOW)).isEqualTo(pace(50));
    }

    @Test
    void a_clock_counts_as_put_back_only_behind_its_bounds() {
        Rate rate = Rate.from(1, NOW);
        long ahead = 60 * SECOND + 100 * rate.spacing();
        long longest = 3660 * SECOND;

        Pace mostAhead = new Pace(NOW + ahead, NOW, 0, 0, rate);
        assertThat(mostAhead.at(1, NOW)).isSameAs(mostAhead);
        assertThat(new Pace(NOW + ahead + 1, NOW, 0, 0, rate).at(1, NOW).nextAt())
                .isEqualTo(NOW);
        Pace longestPause = new Pace(NOW, NOW + longest, 0, 0, rate);
        assertThat(longestPause.at(1, NOW)).isSameAs(longestPause);
        assertThat(new Pace(NOW, NOW + longest + 1, 0, 0, rate).at(1, NOW).pausedUntil())
                .isEqualTo(NOW);
        Pace grown = new Pace(NOW, NOW, 0, 0, Rate.from(1, NOW + 60 * SECOND));
        assertThat(grown.at(1, NOW)).isSameAs(grown);
        Pace grownLater = new Pace(NOW, NOW, 0, 0, Rate.from(1, NOW + 60 * SECOND + 1));
        assertThat(grownLater.at(1, NOW)).isNotSameAs(grownLater);
    }

    @ParameterizedTest
    @CsvSource({"1000, 20000000", "50, 0", "1, 200000000"})
    void a_soft_start_is_four_times_as_slow_within_bounds(double set, long bound) {
        long spacing = bound == 0 ? 4 * Rate.from(set, NOW).spacing() : bound;
        Pace soft = new Pace(NOW + 5, NOW + 3, 0, 2, Rate.from(set, NOW)).softly();

        assertThat(soft).isEqualTo(new Pace(NOW + 5, NOW + 3, spacing, 2, Rate.from(set, NOW)));
        assertThat(pace(set).pausedFrom(NOW, 7)).isEqualTo(new Pace(NOW + 7, NOW + 7, spacing, 1, Rate.from(set, NOW)));
    }

    @Test
    void nothing_is_left_of_a_pause_that_is_over() {
        assertThat(pace(50).pausedFrom(NOW, 0)).isEqualTo(pace(50));
        assertThat(pace(50).pausedFrom(NOW, -1)).isEqualTo(pace(50));
    }

    @Test
    void an_answer_ends_the_row_of_pauses_and_nothing_else() {
        Pace paused = new Pace(NOW + 5, NOW + 3, 9, 2, Rate.from(50, NOW));

        assertThat(paused.answered()).isEqualTo(new Pace(NOW + 5, NOW + 3, 9, 0, Rate.from(50, NOW)));
    }

    @Test
    void a_call_from_before_the_pause_is_no_news_and_makes_it_longer_only_with_a_time() {
        Pace paused = new Pace(NOW, NOW + SECOND, 0, 1, Rate.from(50, NOW));

        Pace old = paused.paused(NOW, null, NOW + SECOND - 1, WAITS);
        assertThat(old.pausedUntil()).isEqualTo(NOW + SECOND);
        assertThat(old.pausesInARow()).isEqualTo(1);
        assertThat(paused.paused(NOW + SECOND, null, NOW, WAITS).pausedUntil()).isEqualTo(NOW + SECOND);
        assertThat(paused.paused(NOW, Duration.ZERO, NOW, WAITS).pausedUntil()).isEqualTo(NOW + SECOND);
        assertThat(paused.paused(NOW, Duration.ofSeconds(3), NOW, WAITS).pausedUntil())
                .isEqualTo(NOW + 3 * SECOND);
        Pace news = paused.paused(NOW + SECOND, null, NOW + SECOND, WAITS);
        assertThat(news.pausedUntil()).isEqualTo(NOW + 3 * SECOND); // the second in a row: two seconds
        assertThat(news.pausesInARow()).isEqualTo(2);
        assertThat(paused.paused(NOW, Duration.ofHours(2), NOW, WAITS).pausedUntil())
                .isEqualTo(NOW + 300 * SECOND);
    }

    @Test
    void a_refusal_lowers_the_rate_unless_it_asks_for_no_time_or_is_one_of_a_row() {
        Duration one = Duration.ofSeconds(1);

        assertThat(pace(50).refused(NOW, one, NOW, WAITS).rate().perSecond()).isLessThan(50);
        assertThat(pace(50).refused(NOW, null, NOW, WAITS).rate().perSecond()).isLessThan(50);
        assertThat(pace(50).refused(NOW, Duration.ZERO, NOW, WAITS).rate()).isEqualTo(Rate.from(50, NOW));
        assertThat(pace(50).refused(NOW, one, NOW - 1, WAITS).rate()).isEqualTo(Rate.from(50, NOW));
        Pace again = new Pace(NOW, NOW, 0, 1, Rate.from(50, NOW));
        assertThat(again.refused(NOW, one, NOW, WAITS).rate()).isEqualTo(Rate.from(50, NOW));
    }

    @Test
    void permits_are_those_of_a_time_or_as_many_as_are_wanted() {
        long spacing = Rate.from(50, NOW).spacing();

        assertThat(pace(50).permits(NOW, 0, 9)).isEqualTo(new Permits(NOW, spacing, 1));
        assertThat(pace(50).permits(NOW, 50 * MILLI, 9)).isEqualTo(new Permits(NOW, spacing, 3));
        assertThat(pace(50).permits(NOW, 50 * MILLI, 2)).isEqualTo(new Permits(NOW, spacing, 2));
        assertThat(pace(10_000).permits(NOW, 0, 9).count()).isEqualTo(1);
        assertThat(pace(10_000).permits(NOW, 50 * MILLI, 9)).isEqualTo(new Permits(NOW, 0, 100));
        Pace soft = new Pace(NOW, NOW, spacing, 0, Rate.from(50, NOW));
        assertThat(soft.permits(NOW, 50 * MILLI, 9).count()).isEqualTo(3);
        Pace softer = new Pace(NOW, NOW, spacing + 1, 0, Rate.from(50, NOW));
        assertThat(softer.permits(NOW, 50 * MILLI, 9)).isEqualTo(new Permits(NOW, spacing + 1, 1));
        assertThat(new Permits(5, 6, 7).later(10)).isEqualTo(new Permits(15, 6, 7));
    }

    @Test
    void the_rate_grows_only_while_permits_are_given_ahead_and_there_is_no_pause() {
        Rate began = Rate.from(0, NOW - SECOND / 2);
        Permits one = new Permits(NOW, 0, 1);

        assertThat(new Pace(NOW + 1, NOW, 0, 0, began).without(one, NOW).rate().perSecond())
                .isEqualTo(100, EXACT);
        assertThat(new Pace(NOW, NOW, 0, 0, began).without(one, NOW).rate().perSecond())
                .isEqualTo(50, EXACT);
        assertThat(new Pace(NOW + 1, NOW + 1, 0, 0, began)
                        .without(one, NOW)
                        .rate()
                        .perSecond())
                .isEqualTo(50, EXACT);
        Pace after = new Pace(NOW, NOW, 100, 0, began).without(new Permits(NOW, 7, 3), NOW);
        assertThat(after.nextAt()).isEqualTo(NOW + 21);
        assertThat(after.softSpacing()).isEqualTo(80);
    }

    @Test
    void a_sample_takes_no_limit_for_lower_than_a_tenth_or_what_is_known() {
        assertThat(Sample.begun(100, 0, 0, 1).least()).isEqualTo(10, EXACT);
        assertThat(Sample.begun(100, 50, 0, 1).least()).isEqualTo(50, EXACT);
        assertThat(Sample.begun(100, 200, 0, 1).least()).isEqualTo(100, EXACT);
    }

    @Test
    void a_sample_covers_its_first_and_its_last_moment() {
        Sample sample = Sample.begun(100, 0, 5, 9);

        assertThat(sample.covers(4)).isFalse();
        assertThat(sample.covers(5)).isTrue();
        assertThat(sample.covers(9)).isTrue();
        assertThat(sample.covers(10)).isFalse();
    }

    @Test
    void the_share_that_passed_tells_the_limit() {
        double share = (5 + 0.5 + 0.05) / 10.25;

        assertThat(new Sample(1000, 0, SECOND, 2 * SECOND, 5, 5).limit()).isEqualTo(1000 * share, within(1e-6));
        assertThat(new Sample(10, 0, SECOND, SECOND + 600 * MILLI, 5, 5).limit()) // 15 a second left after a stall
                .isEqualTo(15 * share, within(1e-6));
        assertThat(new Sample(10, 0, SECOND, SECOND, 5, 5).limit()).isEqualTo(10, EXACT);
        assertThat(new Sample(1000, 900, SECOND, 2 * SECOND, 5, 5).limit()).isEqualTo(900, EXACT);
        assertThat(new Sample(1000, 0, SECOND, 2 * SECOND, 0, 5).limit()).isEqualTo(800, within(1e-6));
    }

    @Test
    void where_each_second_or_third_call_passes_all_may_have() {
        assertThat(new Sample(1000, 0, 0, SECOND, 0, 4).most()).isEqualTo(1000, EXACT);
        assertThat(new Sample(1000, 0, 0, SECOND, 1, 3).most()).isEqualTo(1000, EXACT);
        assertThat(new Sample(900, 0, 0, SECOND, 10, 20).most()).isEqualTo(450, EXACT);
        Sample mostPassed = new Sample(1000, 0, 0, SECOND, 8, 2);
        assertThat(mostPassed.most()).isEqualTo(mostPassed.limit() * 1.1, within(1e-6));
    }

    /** A rate that CXone refuses now, so long after the last pause of a second. The next is one, too. */
    private static Rate cut(double perSecond, double ceiling, double seconds, long calls) {
        return cut(perSecond, ceiling, seconds, calls, SECOND);
    }

    private static Rate cut(double perSecond, double ceiling, double seconds, long calls, long pause) {
        long cutAt = NOW - (long) (seconds * SECOND);
        return new Rate(0, perSecond, ceiling, NOW, cutAt, calls, Sample.none(cutAt - pause))
                .cut(NOW, NOW, NOW + SECOND);
    }

    private static boolean sampled(Rate rate) {
        return rate.sample().covers(NOW);
    }

    @ParameterizedTest
    @CsvSource({
        "10, 1000, 0.9696969697", // a third of one second in eleven
        "9, 900, 0.9666666667",
        "7, 700, 0.96", // four hundredths at most
        "1, 100, 0.96",
        "10, 950, 0.95", // as few as were let in
        "10, 910, 0.91",
        "10, 800, 0.9" // a tenth at most
    })
    void a_rate_that_was_let_in_and_is_refused_all_the_same_is_spaced_wider(double seconds, long calls, double part) {
        Rate wider = cut(100, 100, seconds, calls);

        assertThat(wider.perSecond()).isEqualTo(100 * part, within(1e-6));
        assertThat(wider.ceiling()).isEqualTo(100 * part / 0.99, within(1e-6));
        assertThat(wider.cutAt()).isEqualTo(NOW + SECOND);
        assertThat(wider.grownAt()).isEqualTo(NOW + SECOND);
        assertThat(wider.calls()).isZero();
        assertThat(wider.sample()).isEqualTo(Sample.none(NOW));
    }

    @Test
    void it_is_spaced_wider_only_up_to_the_ceiling_and_after_a_time_that_is_as_long_as_the_pause() {
        assertThat(sampled(cut(100, 100, 2, 200))).isFalse();
        assertThat(sampled(cut(100.001, 100, 2, 200))).isTrue();
        assertThat(sampled(cut(100, 100, 1, 100))).isFalse();
        assertThat(sampled(cut(100, 100, 0.999, 100))).isTrue();
        assertThat(sampled(cut(100, 0, 2, 200))).isTrue(); // it is the first refusal
    }

    @Test
    void a_tenant_that_refuses_right_after_a_pause_saves_nothing_up() {
        assertThat(cut(100, 80, 0.05, 9).perSecond()).isEqualTo(96, EXACT);
        assertThat(sampled(cut(100, 80, 0.05, 10))).isTrue();
        assertThat(cut(20, 10, 0.1, 2).perSecond()).isEqualTo(19.2, EXACT);
        assertThat(sampled(cut(20, 10, 0.1, 2, SECOND - 1))).isTrue(); // nor could it in this pause
        assertThat(sampled(cut(20, 20, 2, 40, SECOND - 1))).isTrue();
        assertThat(cut(0.2, 0.1, 0.1, 1, 100 * SECOND).perSecond()).isEqualTo(0.2, EXACT);
    }

    @Test
    void a_refusal_that_comes_alone_changes_nothing_at_a_low_rate() {
        assertThat(cut(50, 50, 20, 50).perSecond()).isEqualTo(50, EXACT);
        assertThat(cut(50, 50, 20, 50).ceiling()).isEqualTo(50 / 0.97, EXACT);
        assertThat(cut(50, 50, 20, 49).perSecond()).isLessThan(50);
        assertThat(cut(50, 50, 19.999, 1000).perSecond()).isLessThan(50);
        assertThat(cut(50.001, 51, 20, 1000).perSecond()).isLessThan(50);
    }

    /** Work with a share of the rate asks for few permits, and a rate that nobody waits for does not grow. */
    @Test
    void a_rate_that_a_person_kept_low_is_at_once_what_it_may_be() {
        Rate held = Rate.from(50, 0).within(1);
        assertThat(held.perSecond()).isEqualTo(1);
        assertThat(held.within(50).perSecond()).isEqualTo(50);
        assertThat(held.within(0).perSecond()).isEqualTo(50);

        Rate refused = Rate.from(50, 0).cut(SECOND, 0, 2 * SECOND);
        assertThat(refused.within(1).within(50).perSecond()).isLessThanOrEqualTo(refused.ceiling());
        assertThat(refused.within(40).perSecond()).isEqualTo(Math.min(40, refused.perSecond()));
    }
}
