package io.cxt.fault;

import static io.cxt.fixture.Chats.chat;
import static io.cxt.fixture.Chats.lines;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.LogRecorder;
import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.Fault;
import io.cxt.simulator.FaultPlan;
import io.cxt.simulator.ReceivedCall;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Answers that speak of what is before CXone, of the address, of a token or of a wait: no chat pays for them. */
class NotAboutOneChatIT {
    @TempDir
    Path data;

    private StandIn cxone;
    private LogRecorder log;

    @BeforeEach
    void startCxone() throws IOException {
        cxone = StandIn.start(StandInSettings.defaults());
        log = LogRecorder.install();
    }

    @AfterEach
    void stopCxone() {
        log.close();
        cxone.close();
    }

    private RunningCxt start(String... more) throws Exception {
        List<String> settings = Stream.concat(
                        Stream.of("cxone.retry.max-wait-ms", "300", "cxone.retry.max-retries", "1"), Stream.of(more))
                .toList();
        return RunningCxt.start(data, cxone, settings.toArray(String[]::new));
    }

    private void answers(Fault fault) {
        cxone.change(traffic -> traffic.withFaults(fault == null ? FaultPlan.NONE : FaultPlan.NONE.with(fault, 100)));
    }

    private List<String> logged(String beginning) {
        return log.lines().stream().filter(line -> line.startsWith(beginning)).toList();
    }

    private static String stop(RunningCxt cxt) {
        cxt.awaits(() -> cxt.engine().components().lane().stopReason().isPresent());
        return cxt.engine().components().lane().stopReason().orElseThrow();
    }

    @Test
    @Tag("fault-73")
    void pages_in_a_row_stop_the_lane_and_what_waits_is_not_set_aside() throws Exception {
        answers(Fault.page(200));
        try (RunningCxt cxt = start("cxone.max-in-flight", "4")) {
            cxt.put("chats.ndjson", lines("chat", 30).getBytes(StandardCharsets.UTF_8));
            assertThat(stop(cxt)).contains("page, not CXone's (HTTP 200)", "check proxy and firewall");
            cxt.awaits(() -> cxone.counts().posts() >= 9);
            assertThat(cxt.rows("SELECT count(*) FROM delivery WHERE state = 'SENT'"))
                    .containsExactly("0");

            answers(null);
            cxt.awaits(() -> cxt.files("inbox").equals(List.of(".done/chats.ndjson")));

            assertThat(cxt.engine().components().lane().stopReason()).isEmpty();
            assertThat(cxt.rows("SELECT state, reason, count(*) FROM delivery GROUP BY state, reason"))
                    .containsExactly("IN_DOUBT CXONE-PAGE 2", "SENT null 28");
            assertThat(cxt.rows("SELECT count(*) FROM audit_event WHERE event = 'CLAIMED' AND attempt > 1"
                            + " AND detail NOT LIKE '%may-repeat%'"))
                    .containsExactly("0");
            for (String letter : cxt.files("dead-letters")) {
                if (!letter.endsWith(".reason.json")) {
                    cxt.drops(letter.replace('/', '-'), cxt.text("dead-letters/" + letter));
                }
            }
            assertThat(cxt.rows("SELECT state, count(*) FROM delivery GROUP BY state"))
                    .containsExactly("SENT 30");
        }
        assertThat(cxone.counts().acceptedDistinct()).isEqualTo(30);
        assertThat(cxone.counts().repeats()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"page=200, park", "202, park", "202, resend", "no-conversation-id, resend"})
    @Tag("fault-73")
    void with_park_or_no_page_no_call_for_the_same_chat_follows(String fault, String inDoubt) throws Exception {
        answers(Fault.parse(fault));
        try (RunningCxt cxt = start("cxone.max-in-flight", "2", "cxone.in-doubt", inDoubt)) {
            cxt.put("chats.ndjson", lines("chat", 8).getBytes(StandardCharsets.UTF_8));
            stop(cxt);
            cxt.awaits(() -> cxone.counts().posts() >= 5);
            assertThat(stop(cxt)).isNotEmpty();

            answers(null);
            cxt.awaits(() -> cxt.files("inbox").equals(List.of(".done/chats.ndjson")));

            assertThat(cxone.counts().posts()).isEqualTo(8);
            assertThat(cxt.rows("SELECT count(*) >= 5 FROM delivery WHERE state = 'IN_DOUBT'"))
                    .containsExactly("1");
            assertThat(cxt.rows("SELECT count(*) FROM delivery WHERE attempts > 1"))
                    .containsExactly("0");
        }
    }

    @Test
    @Tag("fault-75")
    void what_speaks_of_address_proxy_or_client_stops_the_lane_and_says_what_to_do() throws Exception {
        Map<String, String> faults = Map.ofEntries(
                Map.entry("301", "redirect"),
                Map.entry("402", "licence"),
                Map.entry("404", "cxone.base-url"),
                Map.entry("405", "cxone.base-url"),
                Map.entry("407", "A proxy wants a sign-in"),
                Map.entry("410", "cxone.base-url"),
                Map.entry("418", "proxy and firewall"),
                Map.entry("421", "host name"),
                Map.entry("431", "headers are too large"),
                Map.entry("451", "by law"),
                Map.entry("511", "This network wants a sign-in"));
        cxone.next(faults.keySet().stream().map(Fault::parse).toArray(Fault[]::new));
        try (RunningCxt cxt = start("cxone.retry.max-wait-ms", "100")) {
            cxt.drops("chats.ndjson", lines("chat", faults.size()));

            faults.forEach((status, words) -> assertThat(logged("lane stopped"))
                    .anySatisfy(line -> assertThat(line).contains("HTTP " + status, words, "next=")));
            assertThat(cxt.rows("SELECT state, count(*) FROM delivery GROUP BY state"))
                    .containsExactly("SENT " + faults.size());
        }
    }

    @Test
    @Tag("fault-75")
    void a_storm_of_404_refuses_nobody() throws Exception {
        cxone.next(Stream.generate(() -> Fault.status(404)).limit(25).toArray(Fault[]::new));
        try (RunningCxt cxt = start()) {
            cxt.drops("chats.ndjson", lines("chat", 100));

            assertThat(cxt.rows("SELECT state, count(*) FROM delivery GROUP BY state"))
                    .containsExactly("SENT 100");
            assertThat(cxt.files("dead-letters")).isEmpty();
        }
        assertThat(cxone.counts().acceptedDistinct()).isEqualTo(100);
    }

    @Test
    @Tag("fault-75")
    void ten_chats_refused_alike_stop_the_lane_and_the_tenth_is_not_refused() throws Exception {
        answers(Fault.status(422));
        try (RunningCxt cxt = start()) {
            cxt.put("chats.ndjson", lines("chat", 40).getBytes(StandardCharsets.UTF_8));
            assertThat(stop(cxt))
                    .contains("HTTP 422", "rule of a gateway", "cxt dead-letters replay --all --reason CXONE-422");
            cxt.awaits(() -> cxone.counts().posts() >= 20);

            answers(null);
            cxt.awaits(() -> cxt.files("inbox").equals(List.of(".done/chats.ndjson")));

            assertThat(cxt.rows("SELECT state, count(*) FROM delivery GROUP BY state"))
                    .containsExactly("REJECTED 9", "SENT 31");
        }
    }

    @Test
    @Tag("fault-75")
    void a_yes_or_another_refusal_in_between_means_that_it_is_about_the_chats() throws Exception {
        Fault[] faults = new Fault[40];
        for (int i = 0; i < faults.length; i++) {
            faults[i] = i % 10 == 9 ? i % 20 == 9 ? Fault.none() : Fault.status(422) : Fault.status(400);
        }
        cxone.next(faults);
        try (RunningCxt cxt = start("cxone.max-in-flight", "1")) {
            cxt.drops("chats.ndjson", lines("chat", 40));

            assertThat(logged("lane stopped")).isEmpty();
            assertThat(cxt.rows("SELECT state, count(*) FROM delivery GROUP BY state"))
                    .containsExactly("REJECTED 38", "SENT 2");
        }
    }

    @Test
    @Tag("fault-78")
    void two_tokens_that_end_while_one_chat_waits_are_not_taken_for_a_new_one_refused() throws Exception {
        cxone.next(
                Fault.revokedToken(),
                Fault.status(503),
                Fault.revokedToken(),
                Fault.tooManyRequests("0"),
                Fault.revokedToken());
        try (RunningCxt cxt = start()) {
            cxt.drops("chat.json", chat("one"));

            assertThat(cxt.rows("SELECT state, attempts FROM delivery")).containsExactly("SENT 6");
            assertThat(logged("lane stopped")).isEmpty();
            assertThat(cxone.counts().signIns()).isEqualTo(4);
        }
    }

    @Test
    @Tag("fault-78")
    void a_403_means_one_new_token_and_one_more_try_before_the_stop() throws Exception {
        cxone.next(Fault.status(403), Fault.none(), Fault.status(403), Fault.status(403));
        try (RunningCxt cxt = start()) {
            cxt.drops("first.json", chat("first"));
            assertThat(logged("lane stopped")).isEmpty();
            assertThat(cxone.counts().signIns()).isEqualTo(2);

            cxt.drops("second.json", chat("second"));

            assertThat(logged("lane stopped")).hasSize(1);
            assertThat(cxt.rows("SELECT state, attempts FROM delivery")).containsExactly("SENT 2", "SENT 3");
        }
    }

    @Test
    @Tag("fault-78")
    void while_the_lane_is_stopped_probes_come_with_new_tokens_and_no_storm_of_them() throws Exception {
        answers(Fault.status(403));
        try (RunningCxt cxt = start()) {
            cxt.put("chats.ndjson", lines("chat", 50).getBytes(StandardCharsets.UTF_8));
            stop(cxt);
            cxt.awaits(() -> cxone.counts().signIns() >= 4);

            assertThat(cxone.counts().posts())
                    .isGreaterThanOrEqualTo(cxone.counts().signIns() - 1);
            answers(null);
            cxt.awaits(() -> cxt.files("inbox").equals(List.of(".done/chats.ndjson")));
            assertThat(cxt.files("dead-letters")).isEmpty();
        }
        assertThat(cxone.counts().acceptedDistinct()).isEqualTo(50);
    }

    @Test
    @Tag("fault-85")
    void the_wait_that_is_asked_for_holds_everybody() throws Exception {
        cxone.next(
                Fault.parse("503;Retry-After: 0.2"),
                Fault.parse("429;Retry-After: 0;Retry-After: 1"),
                Fault.parse("413;Retry-After: 1"));
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "cxone.retry.max-retries", "1")) {
            cxt.drops("chat.json", chat("one"));

            List<ReceivedCall> calls = cxone.calls();
            assertThat(calls).hasSize(4);
            for (int i = 1; i < calls.size(); i++) {
                assertThat(calls.get(i).arrivedNanos() - calls.get(i - 1).arrivedNanos())
                        .isGreaterThan(980_000_000L);
            }
            assertThat(logged("lane paused")).hasSize(3).allMatch(line -> line.contains("next="));
        }
    }

    @Test
    @Tag("fault-85")
    void a_503_that_asks_to_wait_uses_up_no_attempt_unless_others_pass() throws Exception {
        cxone.next(Stream.generate(() -> Fault.parse("503;Retry-After: 0"))
                .limit(8)
                .toArray(Fault[]::new));
        // one call at a time: with more, a chat could pass while another one's 503 is not read yet
        try (RunningCxt cxt = start("cxone.retry.max-retries", "0", "cxone.max-in-flight", "1")) {
            cxt.drops("chats.ndjson", lines("chat", 5));

            assertThat(cxt.rows("SELECT state, count(*) FROM delivery GROUP BY state"))
                    .containsExactly("SENT 5");
        }
    }

    @Test
    @Tag("fault-85")
    void a_header_that_cannot_be_read_is_logged_once_however_often_it_comes() throws Exception {
        cxone.next(Stream.generate(() -> Fault.tooManyRequests("in a moment"))
                .limit(5)
                .toArray(Fault[]::new));
        try (RunningCxt cxt = start()) {
            cxt.drops("chat.json", chat("one"));

            assertThat(logged("retry-after unreadable"))
                    .singleElement()
                    .asString()
                    .contains("value=\"xx x xxxxxx\"");
            assertThat(cxt.rows("SELECT state, attempts FROM delivery")).containsExactly("SENT 6");
        }
    }

    @Test
    @Tag("fault-85")
    void a_429_at_the_token_endpoint_is_waited_out_and_never_stops_a_run() throws Exception {
        cxone.nextSignIn(Fault.tooManyRequests(), Fault.parse("429;Retry-After: 0.7"));
        try (RunningCxt cxt = RunningCxt.once(data, cxone, "cxone.retry.max-retries", "0")) {
            long begun = System.nanoTime();
            cxt.drops("chat.json", chat("one"));

            assertThat(System.nanoTime() - begun).isGreaterThan(990_000_000L);
            assertThat(cxone.counts().signInsRefused()).isEqualTo(2);
            assertThat(logged("lane stopped")).isEmpty();
            assertThat(logged("lane paused"))
                    .isNotEmpty()
                    .allSatisfy(line -> assertThat(line).contains("HTTP 429").doesNotContain("SECRET"));
        }
    }
}
