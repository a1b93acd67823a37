package io.cxt.fault;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.fixture.Chats;
import io.cxt.fixture.DigitalSite;
import io.cxt.fixture.LogRecorder;
import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.Fault;
import io.cxt.simulator.StandInSettings;
import io.cxt.simulator.digital.AcceptedMessage;
import io.cxt.simulator.digital.DigitalCall;
import io.cxt.simulator.digital.DigitalStandIn;
import io.cxt.simulator.digital.DigitalSwitches;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Chats of two messages, and a Digital Engagement API that misbehaves at the first call, or at the look-up behind it: what
 * becomes of the first message and how many posts that took. One CXT for all cases, as in a run.
 */
@Timeout(120)
@ExtendWith(Verdicts.class)
@Tag("slow")
class DigitalAtItsWorstIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final AtomicInteger NUMBER = new AtomicInteger();

    @TempDir
    static Path data;

    private static DigitalStandIn cxone;
    private static LogRecorder log;
    private static RunningCxt patient;
    private static RunningCxt hasty;

    @BeforeAll
    static void start() throws Exception {
        log = LogRecorder.install();
        cxone = DigitalStandIn.start(StandInSettings.defaults(), DigitalSwitches.defaults());
        patient = start("patient", "30000"); // nobody is late on a busy machine
        hasty = start("hasty", "3000"); // for what has no answer, and uses this up
    }

    private static RunningCxt start(String folder, String deadline) throws Exception {
        String[] settings = DigitalSite.settings(
                cxone,
                "cxone.call-deadline-ms",
                deadline,
                "cxone.retry.max-wait-ms",
                "300",
                "cxone.retry.max-retries",
                "3");
        return RunningCxt.start(data.resolve(folder), cxone, settings);
    }

    @AfterAll
    static void stop() {
        patient.close();
        hasty.close();
        cxone.close();
        log.close();
        assertThat(log.lines()).noneMatch(line -> line.contains("CANARY"));
    }

    /** {@code +} stands between faults; ID stands for the id of the message. */
    @ParameterizedTest(name = "{0} / {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', emptyValue = "", textBlock = """
            200;body=                                                            |  | 1 SENT
            204;body=                                                            |  | 1 SENT
            page=200                                                             |  | 2 SENT marked
            page=502                                                             |  | 2 SENT marked
            201;Content-Type: text/html                                          |  | 1 SENT
            huge-body=5000000                                                    |  | 1 SENT
            gzip-bomb=100000000                                                  |  | 1 SENT
            slow-bytes=100                                                       |  | 1 SENT
            bad-json                                                             |  | 1 SENT
            body=null                                                            |  | 1 SENT
            body="CANARY"                                                        |  | 1 SENT
            body=[[]]                                                            |  | 1 SENT
            body={"consumerContact":[],"message":[]}                             |  | 1 SENT
            body={"consumerContact":{"id":{"a":1}},"message":{"id":"x"}}         |  | 1 SENT
            body={"consumerContact":{"id":true},"message":{"id":"x"}}            |  | 1 SENT
            body={"consumerContact":{"id":"7"},"message":{"id":[]}}              |  | 1 SENT
            201;body={"errors":[{"message":"CANARY"}],"uid":"u-1"}               |  | 1 SENT
            422;body={"errors":[{"message":"CANARY"}],"uid":"u-1"}               |  | 1 REJECTED CXONE-422
            400;body={"errors":"CANARY"}                                         |  | 1 REJECTED CXONE-400
            409;body={"errors":[{"message":"CANARY"}]}                           |  | 2 SENT marked
            redirect=302 https://u:CANARY@127.0.0.1/?token=CANARY                |  | 2 SENT
            redirect=308 http://127.0.0.1:1/CANARY                               |  | 2 SENT
            404;body=CANARY                                                      |  | 2 SENT
            403;body=CANARY                                                      |  | 2 SENT
            revoked-token                                                        |  | 2 SENT
            429;Retry-After: -5                                                  |  | 2 SENT
            429;Retry-After: 1000000000000000000                                 |  | 2 SENT
            429;Retry-After: CANARY                                              |  | 2 SENT
            503;Retry-After: -1                                                  |  | 2 SENT
            reset-before-body                                                    |  | 2 SENT marked
            hang=5000                                                            |  | 2 SENT marked
            page=201;body={"consumerContact":{"id":"7"},"message":{"id":"9","idOnExternalPlatform":"other:m0"}} |  | 2 SENT marked
            reset-after-body | page=200                                                        | 1 SENT
            reset-after-body | 200;body=                                                       | 1 SENT
            reset-after-body | 200;body={}                                                     | 1 SENT
            reset-after-body | 200;body={"data":{}}                                            | 1 SENT
            reset-after-body | 200;body={"data":[null,1,"CANARY",{"idOnExternalPlatform":{}}]} | 2 SENT marked
            reset-after-body | 200;body={"data":[{"idOnExternalPlatform":"other:m0"}]}         | 2 SENT marked
            reset-after-body | 200;body={"data":[]}                                            | 2 SENT marked
            reset-after-body | 200;body={"data":[{"idOnExternalPlatform":"ID"}]}               | 1 SENT
            reset-after-body | 200;body={"data":[{"idOnExternalPlatform":"ID","channel":{"id":"CHANNEL"}}]} | 1 SENT
            reset-after-body | 200;body={"data":[{"idOnExternalPlatform":"ID","contactNumber":{}}]} | 1 SENT
            reset-before-body | 200;body={"data":[{"idOnExternalPlatform":"ID","channel":{"id":"pilot"}}]} | 2 SENT marked
            reset-before-body | 200;body={"data":[{"idOnExternalPlatform":"ID","channel":{"id":"CHANNEL"},"threadIdOnExternalPlatform":"other"}]} | 1 IN_DOUBT marked DIGITAL-ELSEWHERE
            reset-before-body | 200;body={"data":[{"idOnExternalPlatform":"ID","channel":{"id":"CHANNEL"},"isDeletedOnExternalPlatform":true}]} | 1 IN_DOUBT marked DIGITAL-ELSEWHERE
            reset-before-body + 409 | 200;body={"data":[{"idOnExternalPlatform":"ID","channel":{"id":"pilot"}}]} + 200;body={"data":[{"idOnExternalPlatform":"ID","channel":{"id":"pilot"}}]} | 2 IN_DOUBT marked DIGITAL-ELSEWHERE
            409;body={} | 200;body={"data":[{"idOnExternalPlatform":"ID","channel":{"id":"pilot"}}]} | 1 IN_DOUBT marked DIGITAL-ELSEWHERE
            page=200;body={"consumerContact":{"id":"7"},"message":{"id":"9","idOnExternalPlatform":"ID","threadIdOnExternalPlatform":"other"}} |  | 2 SENT marked
            page=200;body={"consumerContact":{"id":"7","channelId":"pilot"},"message":{"id":"9"}} | 200;body={"data":[{"idOnExternalPlatform":"ID","channel":{"id":"pilot"}}]} | 1 IN_DOUBT marked DIGITAL-ELSEWHERE
            reset-after-body | 200;body={"errors":[{"message":"CANARY"}]}                      | 1 SENT
            reset-after-body | 400;body={"errors":[{"message":"CANARY"}]}                      | 1 SENT
            reset-after-body | 404;body=CANARY                                                 | 1 SENT
            reset-after-body | redirect=307 https://u:CANARY@127.0.0.1/?token=CANARY           | 1 SENT
            reset-after-body | revoked-token                                                   | 1 SENT
            reset-after-body | 429;Retry-After: CANARY                                         | 1 SENT
            reset-after-body | 503                                                             | 1 SENT
            reset-after-body | reset-after-body                                                | 1 SENT
            reset-after-body | hang=5000                                                       | 1 SENT
            reset-after-body | huge-body=20000000                                              | 1 SENT
            reset-after-body | page=200 + page=200 + page=200                                  | 1 IN_DOUBT marked
            hang=5000        | 500 + 500 + 500                                                 | 1 IN_DOUBT marked
            """)
    @Tag("fault-24")
    @Tag("fault-32")
    @Tag("fault-35")
    @Tag("fault-73")
    @Tag("fault-136")
    void loses_nothing_repeats_nothing_unmarked_and_says_what_to_do(String post, String lookUp, String verdict)
            throws Exception {
        String id = "case-" + NUMBER.incrementAndGet();
        RunningCxt cxt = (post + lookUp).matches(".*(hang|slow).*") ? hasty : patient;
        long before = cxone.counts().posts();
        cxone.next(faults(post, id));
        cxone.nextOther(faults(lookUp, id));

        cxt.drops(id + ".json", Chats.numbered(id, 2));

        long posts = cxone.counts().posts() - before - secondPosts(id);
        String found = posts + " " + verdict(cxt, id);
        Verdicts.add(post + (lookUp == null ? "" : " / " + lookUp), posts, found);
        assertThat(found).startsWith(verdict);
        assertThat(cxone.faultsLeft()).isZero();
        String[] claims = cxt.rows(
                        "SELECT count(*), sum(detail LIKE '%may-repeat%') FROM audit_event WHERE event = 'CLAIMED'"
                                + " AND part = 1 AND interaction_id = '" + id + "'")
                .get(0)
                .split(" ");
        List<AcceptedMessage> there = cxone.accepted().stream()
                .filter(message -> message.thread().equals(id))
                .toList();
        assertThat(Long.parseLong(claims[0])).isGreaterThanOrEqualTo(posts);
        assertThat(there)
                .allMatch(message -> message.count() - 1
                        <= (message.messageId().equals(id + ":m0") ? Integer.parseInt(claims[1]) : 0));
        if (found.contains("SENT")) {
            assertThat(cxt.rows("SELECT conversation_id <> '' FROM delivery WHERE part = 2 AND interaction_id = '" + id
                            + "'"))
                    .containsExactly("1");
            assertThat(there).extracting(AcceptedMessage::messageId).containsExactly(id + ":m0", id + ":m1");
        } else {
            assertThat(whatToDo(cxt, id)).isNotBlank();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            a/../b?c=d#e f%2f+g    | a%2F..%2Fb%3Fc%3Dd%23e%20f%252f%2Bg
            \\u0000\\n\\u202e\\"   | %00%0A%E2%80%AE%22
            \\u00fc\\ud83d\\ude00   | %C3%BC%F0%9F%98%80
            \\ud800                | %3F
            """)
    void the_id_of_a_contact_leads_nowhere_else(String contact, String inPath) throws Exception {
        String id = "case-" + NUMBER.incrementAndGet();
        String body = "{\"consumerContact\":{\"id\":\"%s\"},\"message\":{\"id\":\"x_1\"}}".formatted(contact);
        cxone.next(Fault.none().withBody(body), Fault.none().withBody(body));

        patient.drops(id + ".json", Chats.numbered(id, 2));

        List<String> targets = cxone.calls().stream().map(DigitalCall::target).toList();
        assertThat(targets.get(targets.size() - 1)).isEqualTo("PUT /dfo/3.0/contacts/" + inPath + "/status");
        assertThat(patient.rows("SELECT state, reason FROM delivery WHERE part = 3 AND interaction_id = '" + id + "'"))
                .containsExactly("SENT DIGITAL-NOT-CLOSED");
    }

    private static Fault[] faults(String text, String id) {
        return text == null
                ? new Fault[0]
                : Arrays.stream(text.split(" \\+ "))
                        .map(each ->
                                Fault.parse(each.replace("ID", id + ":m0").replace("CHANNEL", DigitalStandIn.CHANNEL)))
                        .toArray(Fault[]::new);
    }

    /** State of the first message, whether a call for it may have arrived, and its reason. */
    private static String verdict(RunningCxt cxt, String id) {
        String[] row = cxt.rows(
                        "SELECT state, doubted, coalesce(reason, '') FROM delivery WHERE part = 1 AND interaction_id = '"
                                + id + "'")
                .get(0)
                .split(" ", 3);
        boolean again = row[1].equals("1") && !row[2].equals("CXONE-LOOKED-UP");
        return "%s%s %s".formatted(row[0], again ? " marked" : "", row[2]);
    }

    private static long secondPosts(String id) {
        return cxone.calls().stream()
                .filter(call -> (id + ":m1").equals(call.messageId()))
                .count();
    }

    private static String whatToDo(RunningCxt cxt, String id) throws Exception {
        String letter = cxt.files("dead-letters").stream()
                .filter(file -> file.endsWith("/" + id + ".reason.json"))
                .findFirst()
                .orElseThrow();
        return JSON.readTree(cxt.text("dead-letters/" + letter))
                .path("whatToDo")
                .asText();
    }
}
