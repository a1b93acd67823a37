package io.cxt.cli;

import static io.cxt.fixture.Chats.chat;
import static io.cxt.fixture.Chats.lines;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.files.HaltAt;
import io.cxt.fixture.Command;
import io.cxt.fixture.Command.Ended;
import io.cxt.fixture.RunningCxt;
import io.cxt.fixture.Verb;
import io.cxt.simulator.Fault;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
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

/** A call without an answer: marked, treated as the site wants it, on record with its why, and told in plain words. */
class InDoubtIT {
    private static final String CUT_OFF = "The process that made the call ended before the answer.";

    @TempDir
    Path scratch;

    private final Map<String, String> environment = new HashMap<>();
    private StandIn cxone;

    @BeforeEach
    void startCxone() throws Exception {
        cxone = StandIn.start(StandInSettings.defaults());
        Files.createDirectories(scratch.resolve("d/inbox"));
        Files.writeString(scratch.resolve("d/inbox/chat.json"), chat("one"));
        environment.put("DATA_DIR", scratch.resolve("d").toString());
        environment.put("CXONE_BASE_URL", cxone.baseUri().toString());
        environment.put("CXONE_CLIENT_ID", "client-1");
        environment.put("CXONE_CLIENT_SECRET", "secret-1");
        environment.put("CXONE_RETRY_FIRST_DELAY_MS", "10");
        environment.put("CXONE_CALL_DEADLINE_MS", "30000"); // nobody is late on a busy machine
        environment.put("PICKUP_FILE_SETTLE_MS", "0");
    }

    @AfterEach
    void stopCxone() {
        cxone.close();
    }

    private Ended cxt(String... arguments) throws Exception {
        return Verb.of(environment, arguments);
    }

    /** The events of the part as {@code event attempt reason detail}. */
    private List<String> events() throws Exception {
        JsonNode found = new ObjectMapper()
                .readTree(cxt("audit", "query", "--interaction", "one", "-o", "json")
                        .out());
        List<String> events = new ArrayList<>();
        for (JsonNode event : found) {
            String words = String.join(
                    " ",
                    event.path("event").asText(),
                    event.path("attempt").asText(),
                    event.path("reason").asText("-"),
                    event.path("detail").asText("-"));
            events.add(words.replaceAll(RunningCxt.FACTS, ""));
        }
        return events;
    }

    /** What has no answer uses the deadline up; any other answer must be in time. */
    private void hangs(String fault) {
        if (fault.contains("hang")) {
            environment.put("CXONE_CALL_DEADLINE_MS", "3000");
        }
    }

    private void killAfterThePost() throws Exception {
        environment.put("JAVA_TOOL_OPTIONS", "-Dcxt.halt-at=answered:1");
        assertThat(Command.run(scratch, environment, "run", "--once").exit()).isEqualTo(HaltAt.EXIT);
        environment.remove("JAVA_TOOL_OPTIONS");
    }

    @Test
    void killed_after_the_post_it_is_sent_again_and_find_says_why() throws Exception {
        killAfterThePost();

        Ended again = cxt("run", "--once");

        assertThat(again.exit()).isZero();
        assertThat(cxone.delivery("one", 1).orElseThrow().count()).isEqualTo(2);
        assertThat(events())
                .containsExactly(
                        "CLAIMED 1 - messages=2",
                        "IN_DOUBT 1 CALL-CUT-OFF a call of a process that ended may have arrived",
                        "CLAIMED 2 CALL-CUT-OFF messages=2 may-repeat",
                        "SENT 2 - may-repeat");
        assertThat(cxt("find", "one").out())
                .contains("It is in CXone as conversation conv-1", "and may be there more than once")
                .containsPattern("call 1, 20.*: no answer .CALL-CUT-OFF.. " + CUT_OFF)
                .containsPattern(
                        "call 2, 20.*, marked may-repeat because an earlier call had no answer: CXone answered HTTP 201")
                .contains("What to do: look the interaction id up in CXone. Once there: nothing. Twice: remove one");
    }

    @Test
    void killed_after_the_post_it_is_parked_and_a_replay_sends_it() throws Exception {
        environment.put("CXONE_IN_DOUBT", "park");
        killAfterThePost();

        Ended again = cxt("run", "--once");

        assertThat(again.exit()).isEqualTo(1);
        assertThat(cxone.counts().posts()).isEqualTo(1);
        assertThat(events()).containsExactly("CLAIMED 1 - messages=2", "IN_DOUBT 1 CALL-CUT-OFF may-repeat parked");
        assertThat(cxt("find", "one").out())
                .contains("It may be in CXone or not", CUT_OFF, "cxone.in-doubt is park, so it was not made again.")
                .contains("If it is missing: cxt dead-letters replay 'CALL-CUT-OFF/one'");
        replayed("CALL-CUT-OFF");
    }

    @ParameterizedTest
    @CsvSource({
        "reset-after-body, NET-RESET, The connection broke",
        "accept-and-hang=60000, NET-TIMEOUT, No answer within cxone.call-deadline-ms"
    })
    void a_lost_answer_is_followed_by_a_second_call_that_says_why(String fault, String reason, String words)
            throws Exception {
        hangs(fault);
        cxone.next(Fault.parse(fault));

        Ended run = cxt("run", "--once");

        assertThat(run.exit()).isZero();
        assertThat(cxone.delivery("one", 1).orElseThrow().count()).isEqualTo(2);
        assertThat(events())
                .containsExactly(
                        "CLAIMED 1 - messages=2",
                        "IN_DOUBT 1 " + reason + " no answer",
                        "CLAIMED 2 " + reason + " messages=2 may-repeat",
                        "SENT 2 - may-repeat");
        assertThat(cxt("find", "one").out())
                .containsPattern("call 1, 20.*: no answer .%s.. %s".formatted(reason, words))
                .containsPattern(
                        "call 2, 20.*, marked may-repeat because an earlier call had no answer: CXone answered HTTP 201");
    }

    @ParameterizedTest
    @CsvSource({"reset-after-body, NET-RESET", "accept-and-hang=60000, NET-TIMEOUT"})
    void a_lost_answer_is_parked_and_a_replay_sends_it(String fault, String reason) throws Exception {
        environment.put("CXONE_IN_DOUBT", "park");
        hangs(fault);
        cxone.next(Fault.parse(fault));

        Ended run = cxt("run", "--once");

        assertThat(run.exit()).isEqualTo(1);
        assertThat(cxone.counts().posts()).isEqualTo(1);
        assertThat(events())
                .containsExactly(
                        "CLAIMED 1 - messages=2",
                        "ATTEMPT 1 " + reason + " may-repeat",
                        "IN_DOUBT 1 " + reason + " may-repeat parked");
        assertThat(cxt("find", "one").out())
                .contains("the answer to a call never came (" + reason + ")")
                .contains("If it is missing: cxt dead-letters replay '" + reason + "/one'");
        replayed(reason);
    }

    /** Others are told to correct and drop again, which would bring this one a second time. */
    @Test
    @Tag("fault-117")
    void a_409_to_the_repeat_of_a_call_says_that_cxone_has_it_and_nothing_leads_to_a_second_one() throws Exception {
        Files.delete(scratch.resolve("d/inbox/chat.json"));
        int chats = 12; // more in a row than what is taken for a rule of a gateway
        Files.writeString(scratch.resolve("d/inbox/chats.ndjson"), lines("chat", chats));
        environment.put("CXONE_IN_DOUBT", "park");
        cxone.next(Collections.nCopies(chats, Fault.resetAfterBody()).toArray(Fault[]::new));
        assertThat(cxt("run", "--once").exit()).isEqualTo(1);
        assertThat(cxt("dead-letters", "replay", "--all").exit()).isZero();
        cxone.next(Collections.nCopies(chats, Fault.status(409)).toArray(Fault[]::new));

        Ended run = cxt("run", "--once");

        String words =
                "CXone says it has it: look the interactionId up there. Nothing to fix, and nothing to send again.";
        assertThat(run.exit()).as(run.err()).isEqualTo(1);
        assertThat(run.err())
                .contains("interaction=chat-3 reason=\"CXONE-409\"", "next=\"" + words)
                .doesNotContain("lane stopped", "cxt dead-letters", "Correct");
        Ended replay = cxt("dead-letters", "replay", "--all");
        assertThat(replay.exit()).isEqualTo(2);
        assertThat(replay.err()).contains("12 left as they are: CXone says it has them (HTTP 409)");
        assertThat(cxt("dead-letters", "show", "CXONE-409/chat-11").out())
                .contains("\"outcome\" : \"in-doubt\"", "\"whatToDo\" : \"" + words + "\"");
        try (Stream<Path> reports = Files.list(scratch.resolve("d/reports"))) {
            assertThat(reports.filter(report -> report.getFileName().toString().startsWith("replay-")))
                    .isNotEmpty()
                    .allSatisfy(report -> assertThat(report).content().contains(words));
        }
        assertThat(cxt("find", "chat-7").out())
                .contains("is in CXone, as CXone says", "What to do: " + words, "CXone answered HTTP 409")
                .contains("it says that it already has it")
                .doesNotContain("dead-letters replay", "orrect");
        Files.writeString(
                scratch.resolve("d/inbox/corrected.json"),
                chat("chat-7").replaceFirst("\"text\":\"", "\"text\":\"corrected "));
        assertThat(cxt("run", "--once").exit()).isEqualTo(1);
        assertThat(cxone.delivery("chat-7", 1).orElseThrow().count()).isEqualTo(1);
        assertThat(cxt("audit", "verify").exit()).isZero();
    }

    @Test
    @Tag("fault-73")
    void an_answer_that_is_a_page_is_in_doubt_and_a_replay_sends_it_marked() throws Exception {
        cxone.next(Fault.page(200));

        Ended run = cxt("run", "--once");

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err()).contains("WARN", "in-doubt source=", "reason=\"CXONE-PAGE\"");
        assertThat(events())
                .containsExactly(
                        "CLAIMED 1 - messages=2",
                        "ATTEMPT 1 CXONE-PAGE may-repeat",
                        "IN_DOUBT 1 CXONE-PAGE may-repeat");
        assertThat(cxt("find", "one").out())
                .contains("the answer to a call says nothing (CXONE-PAGE)")
                .containsPattern("call 1, 20.*: HTTP 200 after .*, and not what CXone answers when it has a chat")
                .contains("If it is missing: cxt dead-letters replay 'CXONE-PAGE/one'");
        assertThat(cxt("dead-letters", "show", "CXONE-PAGE/one").out()).contains("proxy or firewall");
        assertThat(cxt("dead-letters", "replay", "--all", "--reason", "CXONE-PAGE")
                        .exit())
                .isZero();
        assertThat(cxt("run", "--once").exit()).isZero();
        assertThat(cxone.delivery("one", 1).orElseThrow().count()).isEqualTo(1);
        assertThat(events()).contains("CLAIMED 2 EARLIER-CALL messages=2 may-repeat", "SENT 2 - may-repeat");
    }

    /** A call that is in flight when the third doubtful answer stops the lane ends before the sum is made. */
    @Test
    void the_sum_counts_what_was_in_flight_when_the_lane_stopped() throws Exception {
        Files.delete(scratch.resolve("d/inbox/chat.json"));
        Files.writeString(scratch.resolve("d/inbox/chats.ndjson"), lines("chat", 4));
        environment.put("CXONE_REQUESTS_PER_SECOND", "100");
        cxone.next(
                Fault.none().withLatency(Duration.ofMillis(700)),
                Fault.noConversationId(),
                Fault.noConversationId(),
                Fault.noConversationId());

        Ended run = cxt("run", "--once");

        assertThat(run.exit()).as(run.err()).isEqualTo(4);
        assertThat(run.out())
                .contains("4 read, 1 sent", "3 in-doubt", "Stopped: ")
                .contains("What was not sent is in dead-letters/ with its reason");
    }

    /** It waits in the inbox: there is no letter that could be replayed. */
    @Test
    void one_that_waits_because_the_lane_stopped_names_no_letter() throws Exception {
        Files.delete(scratch.resolve("d/inbox/chat.json"));
        Files.writeString(scratch.resolve("d/inbox/chats.ndjson"), lines("chat", 3));
        cxone.next(Fault.page(200), Fault.page(200), Fault.page(200));
        assertThat(cxt("run", "--once").exit()).isEqualTo(4);
        String waiting = String.join(
                "\n",
                cxt("find", "chat-0").out(),
                cxt("find", "chat-1").out(),
                cxt("find", "chat-2").out());

        assertThat(waiting)
                .contains("It waits in its source; an earlier call may have arrived", "There is no dead letter of it")
                .contains("resend sends it marked may-repeat")
                .doesNotContain("LANE-CLOSED/");
    }

    /** The letter is in no list, and the replay says what lies there. */
    @Test
    void a_letter_whose_reason_was_removed_is_named_as_what_it_is() throws Exception {
        cxone.next(Fault.page(200));
        cxt("run", "--once");
        Files.delete(scratch.resolve("d/dead-letters/CXONE-PAGE/one.reason.json"));
        assertThat(cxt("find", "one").out()).contains("cxt dead-letters replay 'CXONE-PAGE/one'");

        Ended replay = cxt("dead-letters", "replay", "CXONE-PAGE/one");

        assertThat(replay.exit()).isEqualTo(2);
        assertThat(replay.err())
                .contains(
                        "CXONE-PAGE/one.json lies there without its .reason.json",
                        "move the transcript into the inbox");
        assertThat(cxt("dead-letters", "replay", "CXONE-PAGE/../../../none").err())
                .contains("There is no dead letter");
        Files.move(scratch.resolve("d/dead-letters/CXONE-PAGE/one.json"), scratch.resolve("d/inbox/one.json"));
        assertThat(cxt("run", "--once").exit()).isZero();
        assertThat(events()).contains("CLAIMED 2 CXONE-PAGE messages=2 may-repeat");
    }

    private void replayed(String reason) throws Exception {
        assertThat(cxt("dead-letters", "replay", reason + "/one").exit()).isZero();
        assertThat(cxt("find", "one").out()).contains("was put into the inbox again by a person and is sent next");

        assertThat(cxt("run", "--once").exit()).isZero();

        assertThat(cxone.delivery("one", 1).orElseThrow().count()).isEqualTo(2);
        assertThat(events()).contains("CLAIMED 2 EARLIER-CALL messages=2 may-repeat", "SENT 2 - may-repeat");
        assertThat(cxt("find", "one").out())
                .containsPattern("call 2, 20.*, after " + System.getProperty("user.name")
                        + " put it into the inbox again, marked may-repeat");
    }
}
