package io.cxt.route;

import static io.cxt.fixture.Chats.chat;
import static io.cxt.fixture.Chats.lines;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.Fault;
import io.cxt.simulator.FaultPlan;
import io.cxt.simulator.ReceivedCall;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** deliver-part and call-cxone: one part on its way to CXone. */
class DeliverPartRouteTest {

    @TempDir
    Path data;

    private StandIn cxone;

    @BeforeEach
    void startCxone() throws IOException {
        cxone = StandIn.start(StandInSettings.defaults()
                .withClient("client-1", RunningCxt.SECRET)
                .withHeadersAndBodies());
    }

    @AfterEach
    void stopCxone() {
        cxone.close();
    }

    @Test
    void posts_the_contract_and_nothing_of_ours_in_the_headers() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("chat.json", chat("one"));

            ReceivedCall call = cxone.calls().get(0);
            assertThat(call.headers().keySet())
                    .extracting(name -> name.toLowerCase(Locale.ROOT))
                    .containsExactlyInAnyOrder(
                            "authorization",
                            "content-type",
                            "accept",
                            "idempotency-key",
                            "content-length",
                            "host",
                            "connection",
                            "user-agent",
                            "accept-encoding");
            assertThat(cxt.archive().get("one.json"))
                    .isEqualTo(new String(call.body(), StandardCharsets.UTF_8))
                    .startsWith("{\"channel\":\"webchat\",\"from\":{\"id\":\"agt-1\",\"type\":\"agent\"}");
            assertThat(cxt.events("one")).containsExactly("CLAIMED", "SENT");
        }
    }

    @Test
    @Tag("fault-87")
    void a_connection_that_was_closed_while_it_lay_idle_is_not_used() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            for (int i = 0; i < 8; i++) {
                cxt.drops("chat-" + i + ".json", chat("ext-" + i));
                cxone.hangUp();
            }

            assertThat(cxone.counts().posts()).isEqualTo(8);
            assertThat(cxt.rows("SELECT state, attempts, count(*) FROM delivery GROUP BY state, attempts"))
                    .containsExactly("SENT 1 8");
        }
    }

    @Test
    void every_attempt_at_a_part_carries_the_same_key_and_each_is_one_post() throws Exception {
        cxone.next(Fault.status(503), Fault.status(500));
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("chat.json", chat("one"));

            assertThat(cxone.calls())
                    .hasSize(3)
                    .extracting(ReceivedCall::idempotencyKey)
                    .containsOnly(key());
            assertThat(cxt.events("one"))
                    .containsExactly("CLAIMED", "ATTEMPT", "CLAIMED", "ATTEMPT", "CLAIMED", "SENT");
        }
    }

    @Test
    void no_more_calls_are_in_flight_than_allowed_while_others_are_written_down() throws Exception {
        cxone.change(traffic -> traffic.withLatency(200));
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "cxone.max-in-flight", "16")) {
            cxt.drops("chats.ndjson", lines("chat", 100));

            List<Long> arrived = cxone.calls().stream()
                    .map(ReceivedCall::arrivedNanos)
                    .sorted()
                    .toList();
            assertThat(arrived).hasSize(100);
            for (int i = 16; i < arrived.size(); i++) {
                assertThat(arrived.get(i) - arrived.get(i - 16)).isGreaterThan(190_000_000L);
            }
        }
    }

    @Test
    void a_call_without_an_answer_leaves_its_place_to_the_next() throws Exception {
        cxone.next(Fault.resetBeforeBody(), Fault.status(503), Fault.resetAfterBody());
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "cxone.max-in-flight", "1")) {
            cxt.drops("chats.ndjson", lines("chat", 5));

            assertThat(cxt.rows("SELECT count(*) FROM delivery WHERE state = 'SENT'"))
                    .containsExactly("5");
        }
    }

    @Test
    void the_deadline_of_a_call_does_not_run_while_it_waits_for_its_place() throws Exception {
        cxone.change(traffic -> traffic.withLatency(600));
        try (RunningCxt cxt =
                RunningCxt.start(data, cxone, "cxone.max-in-flight", "1", "cxone.call-deadline-ms", "5000")) {
            cxt.drops("chats.ndjson", lines("chat", 10)); // the last one waits for 5.4 s

            assertThat(cxt.rows("SELECT count(*) FROM audit_event WHERE event = 'IN_DOUBT'"))
                    .containsExactly("0");
            assertThat(cxone.counts().posts()).isEqualTo(10);
        }
    }

    private String key() {
        return cxone.calls().get(0).idempotencyKey();
    }

    @Test
    @Tag("fault-22")
    void a_429_uses_up_no_attempt_and_holds_everybody_for_as_long_as_it_asks() throws Exception {
        cxone.next(Fault.tooManyRequests("1"));
        try (RunningCxt cxt = RunningCxt.start(
                data,
                cxone,
                "cxone.retry.max-retries",
                "0",
                "cxone.requests-per-second",
                "2",
                "cxone.max-in-flight",
                "1")) { // the 429 is read before the next call
            cxt.drops("chats.ndjson", lines("chat", 6));

            assertThat(cxone.counts().callsDuringRetryAfter()).isZero();
            assertThat(cxt.rows("SELECT count(*) FROM delivery WHERE state = 'SENT'"))
                    .containsExactly("6");
            assertThat(cxt.rows("SELECT reason, detail FROM audit_event WHERE event = 'RATE_LIMITED'"))
                    .first()
                    .isEqualTo("CXONE-429 retry-after=1");
        }
    }

    @Test
    @Tag("fault-84")
    void a_restart_does_not_end_a_pause() throws Exception {
        cxone.next(Fault.tooManyRequests("6")); // the test must see it
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.put("chats.ndjson", lines("chat", 20).getBytes(StandardCharsets.UTF_8));
            cxt.awaits(() -> !cxt.engine().components().lane().pausedFor().isZero());
        }
        long onTheirWay = cxone.counts().callsDuringRetryAfter(); // they had left before the 429 was read
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.awaits(() -> cxone.counts().acceptedDistinct() == 20);

            assertThat(cxone.counts().callsDuringRetryAfter()).isEqualTo(onTheirWay);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"banana", "-5", "0", "999999999999999999999", "Thu, 01 Jan 1970 00:00:00 GMT"})
    @Tag("fault-24")
    void an_odd_retry_after_is_lived_with(String retryAfter) throws Exception {
        cxone.next(Fault.tooManyRequests(retryAfter));
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "cxone.retry.max-wait-ms", "300")) {
            cxt.drops("chat.json", chat("one"));

            assertThat(cxt.events("one")).containsExactly("CLAIMED", "RATE_LIMITED", "CLAIMED", "SENT");
        }
    }

    @Test
    @Tag("fault-28")
    void a_401_means_one_new_token_and_one_retry() throws Exception {
        cxone.next(Fault.none(), Fault.revokedToken());
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "cxone.max-in-flight", "1")) {
            cxt.drops("chats.ndjson", lines("chat", 3));

            assertThat(cxone.counts().signIns()).isEqualTo(2);
            assertThat(cxone.counts().acceptedDistinct()).isEqualTo(3);
        }
    }

    @Test
    @Tag("fault-29")
    void a_403_stops_the_lane_keeps_the_backlog_and_goes_on_once_it_is_mended() throws Exception {
        cxone.change(traffic -> traffic.withFaults(traffic.faults().with(Fault.status(403), 100)));
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "cxone.retry.max-wait-ms", "500")) {
            cxt.put("chats.ndjson", lines("chat", 10).getBytes(StandardCharsets.UTF_8));
            cxt.awaits(() -> cxt.engine().components().lane().stopReason().isPresent());
            assertThat(cxt.engine().components().lane().stopReason().orElseThrow())
                    .contains("HTTP 403", "cxone.scope");
            assertThat(cxt.files("dead-letters")).isEmpty();

            cxone.change(traffic -> traffic.withFaults(FaultPlan.NONE));

            cxt.awaits(() -> cxt.files("inbox").contains(".done/chats.ndjson"));
            assertThat(cxt.engine().components().lane().stopReason()).isEmpty();
        }
        assertThat(cxone.counts().acceptedDistinct()).isEqualTo(10);
        assertThat(cxone.counts().repeats()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"resend", "park"})
    @Tag("fault-32")
    void a_yes_without_an_id_is_in_doubt_and_never_sent_again_by_itself(String inDoubt) throws Exception {
        cxone.next(Fault.badJson(), Fault.emptyBody(), Fault.none(), Fault.noConversationId());
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "cxone.in-doubt", inDoubt, "cxone.max-in-flight", "1")) {
            cxt.drops("chats.ndjson", lines("chat", 4));

            assertThat(cxone.counts().posts()).isEqualTo(4);
            assertThat(cxt.rows("SELECT state, reason, doubted, count(*) FROM delivery GROUP BY state"))
                    .containsExactly("IN_DOUBT CXONE-ID-UNKNOWN 1 3", "SENT null 0 1");
            assertThat(cxt.files("dead-letters")).hasSize(6);
        }
    }

    @Test
    @Tag("fault-31")
    void a_lost_answer_is_in_doubt_marked_and_sent_again_with_the_same_key() throws Exception {
        cxone.next(Fault.resetAfterBody());
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("chat.json", chat("one"));

            assertThat(cxt.events("one")).containsExactly("CLAIMED", "IN_DOUBT", "CLAIMED", "SENT");
            assertThat(cxt.rows("SELECT state, doubted, attempts FROM delivery"))
                    .containsExactly("SENT 1 2");
            assertThat(cxone.counts().repeats()).isEqualTo(1);
            assertThat(cxone.calls()).extracting(ReceivedCall::idempotencyKey).containsOnly(key());
        }
    }

    @Test
    void a_lost_answer_is_parked_when_so_configured() throws Exception {
        cxone.next(Fault.resetAfterBody());
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "cxone.in-doubt", "park")) {
            cxt.drops("chat.json", chat("one"));

            assertThat(cxone.counts().posts()).isEqualTo(1);
            assertThat(cxt.rows("SELECT state FROM delivery")).containsExactly("IN_DOUBT");
            assertThat(cxt.files("dead-letters")).contains("NET-RESET/one.json");
        }
    }

    @Test
    @Tag("fault-33")
    void a_call_that_never_ends_is_cut_off_at_the_deadline() throws Exception {
        cxone.next(
                Fault.hang(), Fault.none().withSlowBytes(Duration.ofMillis(500)).withBody("x".repeat(2_000)));
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "cxone.call-deadline-ms", "3000")) {
            cxt.drops("chat.json", chat("one"));

            assertThat(cxt.rows("SELECT reason FROM audit_event WHERE event = 'IN_DOUBT'"))
                    .containsExactly("NET-TIMEOUT", "CXONE-ID-UNKNOWN");
            assertThat(cxt.rows("SELECT state, attempts FROM delivery")).containsExactly("IN_DOUBT 2");
        }
    }

    @Test
    @Tag("fault-17")
    void other_content_under_an_id_that_was_sent_is_a_conflict_and_makes_no_call() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("first.json", chat("one", 2, "Hello"));

            cxt.drops("second.json", chat("one", 2, "Something else"));

            assertThat(cxone.counts().posts()).isEqualTo(1);
            assertThat(cxt.rows("SELECT part, state FROM delivery ORDER BY part"))
                    .containsExactly("0 CONFLICT", "1 SENT");
            assertThat(cxt.files("dead-letters"))
                    .containsExactly("OTHER-CONTENT/one.json", "OTHER-CONTENT/one.reason.json");
            assertThat(cxt.archive()).containsOnlyKeys("one.json");
        }
    }

    @Test
    void of_two_contents_in_one_source_the_first_is_sent() throws Exception {
        cxone.change(traffic -> traffic.withLatency(20));
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops(
                    "chats.ndjson",
                    lines("chat", 30) + lines("chat", 30).replace("Hello", "Other") + lines("chat", 30));

            assertThat(cxone.counts().posts()).isEqualTo(30);
            assertThat(cxt.text("reports/chats.ndjson.report.json"))
                    .contains("\"sent\" : 30", "\"conflict\" : 30", "\"duplicate\" : 30");
            assertThat(cxt.archive().get("chat-7.json")).contains("Hello");
        }
    }

    @Test
    void never_more_calls_at_once_than_allowed() throws Exception {
        cxone.change(traffic -> traffic.withLatency(30));
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "cxone.max-in-flight", "3")) {
            cxt.drops("chats.ndjson", lines("chat", 40));
        }
        assertThat(cxone.counts().acceptedDistinct()).isEqualTo(40);
        assertThat(mostAtOnce(Duration.ofMillis(30))).isLessThanOrEqualTo(3);
    }

    /** Calls that arrived within one latency of each other were under way together. */
    private int mostAtOnce(Duration latency) {
        long[] arrivals = cxone.calls().stream()
                .mapToLong(ReceivedCall::arrivedNanos)
                .sorted()
                .toArray();
        int most = 0;
        for (int i = 0, j = 0; i < arrivals.length; i++) {
            while (arrivals[i] - arrivals[j] >= latency.toNanos()) {
                j++;
            }
            most = Math.max(most, i - j + 1);
        }
        return most;
    }

    @Test
    void never_faster_than_allowed() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "cxone.requests-per-second", "50")) {
            cxt.drops("warm.json", chat("warm"));
            long before = System.nanoTime(); // the first of them may come late, which makes the rest look fast
            cxt.drops("chats.ndjson", lines("chat", 50));

            long last = cxone.calls().stream()
                    .mapToLong(ReceivedCall::arrivedNanos)
                    .max()
                    .orElseThrow();
            assertThat(Duration.ofNanos(last - before)).isGreaterThan(Duration.ofMillis(49 * 20 - 10));
        }
    }
}
