package io.cxt.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class CountsTest {

    @Test
    void a_repeat_is_counted_and_gets_the_same_conversation() throws Exception {
        try (StandIn standIn = StandIn.start(StandInSettings.defaults())) {
            Caller caller = new Caller(standIn);

            String first = caller.post(Caller.chat("ext-1")).body();
            String again = caller.post(Caller.chat("ext-1")).body();
            caller.post(Caller.chat("ext-1").replace("Otto", "Emil"));
            caller.post(Caller.chat("ext-2"));

            assertThat(again).isEqualTo(first);
            assertThat(standIn.counts())
                    .returns(4L, Counts::posts)
                    .returns(4L, Counts::accepted)
                    .returns(2L, Counts::acceptedDistinct)
                    .returns(2L, Counts::repeats)
                    .returns(1L, Counts::repeatsChanged);
            assertThat(standIn.accepted("ext-1", 1)).hasSize(3);
        }
    }

    @Test
    void parts_of_one_interaction_are_no_repeats() throws Exception {
        try (StandIn standIn = StandIn.start(StandInSettings.defaults())) {
            Caller caller = new Caller(standIn);

            caller.post(part(1));
            caller.post(part(2));

            assertThat(standIn.counts().acceptedDistinct()).isEqualTo(2);
            assertThat(standIn.delivery("ext-1", 2)).isPresent();
            assertThat(standIn.deliveries()).extracting(ReceivedPart::part).containsExactlyInAnyOrder(1, 2);
        }
    }

    @Test
    void the_journal_remembers_what_a_test_asks_for() throws Exception {
        try (StandIn standIn = StandIn.start(StandInSettings.defaults().withHeadersAndBodies())) {
            Caller caller = new Caller(standIn);
            String body = Caller.chat("ext-1");

            caller.send(caller.chatRequest(body).header("Idempotency-Key", "key-1"));

            assertThat(standIn.calls())
                    .singleElement()
                    .returns(1L, ReceivedCall::number)
                    .returns("ext-1", ReceivedCall::interactionId)
                    .returns("key-1", ReceivedCall::idempotencyKey)
                    .returns(caller.token(), ReceivedCall::token)
                    .returns(201, ReceivedCall::status)
                    .returns(sha256(body), ReceivedCall::sha256)
                    .returns(body, call -> new String(call.body(), StandardCharsets.UTF_8))
                    .satisfies(call -> assertThat(call.headers()).containsKey("idempotency-key"))
                    .asString()
                    .doesNotContain("Otto");
        }
    }

    @Test
    void the_journal_forgets_the_oldest_and_can_be_off() throws Exception {
        try (StandIn two = StandIn.start(StandInSettings.defaults().withJournal(2));
                StandIn off = StandIn.start(StandInSettings.defaults().withJournal(0))) {
            Caller caller = new Caller(two);
            for (int i = 1; i <= 3; i++) {
                caller.post(Caller.chat("ext-" + i));
            }
            new Caller(off).post(Caller.chat("ext-1"));

            assertThat(two.calls()).extracting(ReceivedCall::interactionId).containsExactly("ext-2", "ext-3");
            assertThat(off.calls()).isEmpty();
            assertThat(off.counts().accepted()).isEqualTo(1);
        }
    }

    @Test
    void other_processes_can_read_the_counts_and_reconcile() throws Exception {
        try (StandIn standIn = StandIn.start(StandInSettings.defaults())) {
            Caller caller = new Caller(standIn);
            caller.post(Caller.chat("ext\\\\1"));
            caller.post(Caller.chat("ext-ü"));
            caller.post(Caller.chat("ext-ü"));
            standIn.next(Fault.status(503));
            caller.post(Caller.chat("ext-3"));

            var stats = Caller.json(caller.get("/stats"));
            var lines = caller.get("/stats/accepted").body().lines().toList();

            assertThat(stats.path("accepted").asInt()).isEqualTo(3);
            assertThat(stats.path("refused").path("503").asInt()).isEqualTo(1);
            assertThat(stats.path("faults").path("503").asInt()).isEqualTo(1);
            assertThat(lines)
                    .containsExactlyInAnyOrder(
                            "ext\\\\1\t1\t1\t" + sha256(Caller.chat("ext\\\\1")),
                            "ext-ü\t1\t2\t" + sha256(Caller.chat("ext-ü")));
        }
    }

    private static String part(int number) {
        return Caller.chat(
                "\"interactionId\":\"ext-1\",\"part\":%d,\"parts\":2".formatted(number),
                Caller.message(number, "2024-06-15T09:00:00Z"));
    }

    private static String sha256(String text) throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest);
    }
}
