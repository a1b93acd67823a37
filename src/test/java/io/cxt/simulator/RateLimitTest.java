package io.cxt.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RateLimitTest {

    private static final long SECOND = 1_000_000_000L;

    @Test
    void a_burst_is_let_in_and_then_one_for_each_interval() {
        RateLimit limit = new RateLimit(10, 3, 0);

        assertThat(IntStream.range(0, 4).mapToLong(i -> limit.take(0))).containsExactly(0L, 0L, 0L, SECOND / 10);
        assertThat(limit.take(SECOND / 10 - 1)).isEqualTo(1);
        assertThat(limit.take(SECOND / 10)).isZero();
        assertThat(limit.take(SECOND / 10)).isEqualTo(SECOND / 10);
        assertThat(IntStream.range(0, 4).mapToLong(i -> limit.take(100 * SECOND)))
                .containsExactly(0L, 0L, 0L, SECOND / 10);
    }

    @Test
    void no_rate_is_no_limit() {
        RateLimit limit = new RateLimit(0, 1, 0);

        assertThat(IntStream.range(0, 1000).mapToLong(i -> limit.take(0))).containsOnly(0L);
    }

    @Test
    void a_call_too_many_is_told_how_many_seconds_to_wait() throws Exception {
        try (StandIn standIn =
                StandIn.start(StandInSettings.defaults().withRate(0.5, 1).withNanoTime(() -> 0L))) {
            Caller caller = new Caller(standIn);

            var first = caller.post(Caller.chat("ext-1"));
            var second = caller.post(Caller.chat("ext-2"));

            assertThat(first.statusCode()).isEqualTo(201);
            assertThat(second.statusCode()).isEqualTo(429);
            assertThat(second.headers().firstValue("Retry-After")).hasValue("2");
            assertThat(standIn.counts().rateLimited()).isEqualTo(1);
            assertThat(standIn.counts().refused()).containsEntry(429, 1L);
        }
    }

    @Test
    void a_call_too_many_can_be_told_as_a_date() throws Exception {
        StandInSettings settings = StandInSettings.defaults()
                .withRate(0.1, 1)
                .withRetryAfter(RetryAfterForm.DATE)
                .withNanoTime(() -> 0L);
        try (StandIn standIn = StandIn.start(settings)) {
            Caller caller = new Caller(standIn);
            caller.post(Caller.chat("ext-1"));
            Instant before = Instant.now();

            var response = caller.post(Caller.chat("ext-2"));

            Instant after = Instant.now();
            String date = response.headers().firstValue("Retry-After").orElseThrow();
            Instant until = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            assertThat(until).isBetween(before.plusSeconds(10), after.plusSeconds(11));
        }
    }

    @Test
    void calls_during_a_retry_after_are_held_against_the_caller_in_either_form() throws Exception {
        try (StandIn standIn = StandIn.start(StandInSettings.defaults().withTraffic(traffic -> traffic.withGrace(0)))) {
            Caller caller = new Caller(standIn);
            String date = GivenRetryAfter.date(Instant.now().plusSeconds(3600));

            standIn.next(Fault.tooManyRequests("banana"), Fault.tooManyRequests("-5", date));
            caller.post(Caller.chat("ext-1"));
            caller.post(Caller.chat("ext-1"));
            long afterTheSecond = standIn.counts().callsDuringRetryAfter();
            caller.post(Caller.chat("ext-1"));

            assertThat(afterTheSecond).isZero();
            assertThat(standIn.counts().callsDuringRetryAfter()).isEqualTo(1);
        }
    }

    @Test
    void a_window_begins_after_the_grace_and_ends_on_time() {
        long given = 100 * SECOND;
        GivenRetryAfter retryAfter = new GivenRetryAfter(() -> given);

        retryAfter.given(List.of("2", "1"));

        assertThat(retryAfter.running(given - 1, 0)).isFalse();
        assertThat(retryAfter.running(given + SECOND / 10, 200)).isFalse();
        assertThat(retryAfter.running(given + SECOND / 2, 200)).isTrue();
        assertThat(retryAfter.running(given + 2 * SECOND - SECOND / 10, 200)).isTrue();
        assertThat(retryAfter.running(given + 2 * SECOND, 200)).isFalse();
    }
}
