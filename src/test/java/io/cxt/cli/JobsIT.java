package io.cxt.cli;

import static io.cxt.fixture.Chats.chat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.fixture.Await;
import io.cxt.fixture.Command;
import io.cxt.fixture.Command.Ended;
import io.cxt.fixture.CommandSite;
import io.cxt.fixture.Packed;
import io.cxt.fixture.Verb;
import io.cxt.ledger.OnEachDatabase;
import io.cxt.ledger.Store;
import io.cxt.simulator.Fault;
import io.cxt.simulator.FaultPlan;
import io.cxt.simulator.ReceivedCall;
import io.cxt.simulator.StandIn;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** Dead letters that a job sends again: what is ordered, what becomes of it, and what is on record. */
@OnEachDatabase
@Timeout(300)
class JobsIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final String BROKEN = "{\"interactionId\": \"broken";

    @Parameter
    Store store;

    @TempDir
    Path data;

    private CommandSite site;
    private Map<String, String> environment;
    private StandIn cxone;

    @BeforeEach
    void startCxone() throws Exception {
        site = CommandSite.of(data, store.settings(data));
        cxone = site.cxone();
        environment = site.environment();
        environment.put("CXONE_RETRY_MAX_RETRIES", "0");
        environment.put("CXONE_REQUESTS_PER_SECOND", "100");
    }

    @AfterEach
    void stopCxone() {
        site.close();
    }

    private Ended cxt(int exit, String... arguments) {
        return site.cxt(exit, arguments);
    }

    private void fails(int count) throws Exception {
        fails("c", count);
    }

    /** Chats that CXone does not take now: {@code c0}, {@code c1} … */
    private void fails(String name, int count) throws Exception {
        cxone.change(traffic -> traffic.withFaults(FaultPlan.NONE.with(Fault.status(500), 100)));
        for (int i = 0; i < count; i++) {
            Files.writeString(data.resolve("inbox/" + name + i + ".json"), chat(name + i));
        }
        assertThat(Verb.of(environment, "run", "--once").exit()).isIn(1, 4, 6);
        works();
    }

    private void works() {
        cxone.change(traffic -> traffic.withFaults(FaultPlan.NONE));
    }

    private JsonNode job(int number) throws Exception {
        return JSON.readTree(
                cxt(0, "jobs", "show", Integer.toString(number), "-o", "json").out());
    }

    /** What {@code jobs show} would say, for a test that waits for it. */
    private String state(int number) throws Exception {
        return rows("SELECT state FROM job WHERE id = " + number).get(0);
    }

    private List<String> rows(String sql) throws Exception {
        return site.rows(sql);
    }

    private long letterFiles() throws Exception {
        try (Stream<Path> files = Files.walk(data.resolve("dead-letters"))) {
            return files.filter(file -> file.toString().endsWith(".reason.json"))
                    .count();
        }
    }

    @Test
    void a_job_sends_its_letters_and_the_audit_holds_each() throws Exception {
        fails(6);
        Ended dry = cxt(0, "jobs", "start", "redrive", "--reason", "CXONE-500", "--dry-run");
        assertThat(dry.out()).containsPattern("6 +would be sent").contains("no job was started");
        assertThat(rows("SELECT id FROM job")).isEmpty();

        cxt(0, "jobs", "start", "redrive", "--reason", "CXONE-500", "--note", "CHG-88");
        assertThat(rows("SELECT id, state, total FROM job")).containsExactly("1 WAITING 6");
        rows("INSERT INTO tally (minute, instance, outcome, n) VALUES (29000000, 'x', 'SENT', 1)");
        cxt(0, "run", "--once");

        assertThat(job(1).at("/state").asText()).isEqualTo("DONE");
        assertThat(job(1).at("/results/sent").asInt()).isEqualTo(6);
        assertThat(job(1).at("/receipts/0/intact").asBoolean()).isTrue();
        assertThat(rows("SELECT DISTINCT state, job, job_state, replays, former FROM letter"))
                .containsExactly("SETTLED 1 sent 1 null");
        assertThat(letterFiles()).isZero();
        assertThat(cxone.counts().repeats()).isZero();
        assertThat(rows("SELECT minute FROM tally WHERE instance = 'x'"))
                .as("after 90 days")
                .isEmpty();
        assertThat(
                        rows(
                                "SELECT count(*) FROM audit_event WHERE event = 'REPLAYED' AND detail LIKE 'job=1 %' AND actor <> 'cxt'"))
                .containsExactly("6");
        assertThat(rows("SELECT detail FROM audit_event WHERE event = 'JOB_ENDED'"))
                .containsExactly("job=1 DONE total=6 sent=6");
        assertThat(cxt(0, "audit", "verify").exit()).isZero();
        assertThat(cxt(2, "jobs", "start", "redrive").err()).contains("No dead letter matches");
    }

    @Test
    void what_fails_again_is_the_same_letter_and_is_listed() throws Exception {
        fails(2);
        Files.writeString(data.resolve("inbox/broken.json"), BROKEN);
        cxt(1, "run", "--once");
        cxone.next(Fault.status(400));

        assertThat(cxt(0, "jobs", "start", "redrive", "--dry-run").out())
                .containsPattern("2 +would be sent")
                .containsPattern("1 +breaks a rule again");
        cxt(
                store == Store.SQLITE ? 6 : 0,
                "jobs",
                "start",
                "redrive",
                store == Store.SQLITE ? "--wait" : "--stop-after=5");
        cxt(1, "run", "--once");

        assertThat(job(1).at("/state").asText()).isEqualTo("DONE_WITH_FAILURES");
        assertThat(job(1).at("/results/sent").asInt()).isEqualTo(1);
        assertThat(job(1).at("/results/rejected").asInt()).isEqualTo(2);
        assertThat(job(1).at("/done").asInt()).isEqualTo(3);
        assertThat(letterFiles()).isEqualTo(2);
        assertThat(rows("SELECT state, count(*) FROM letter GROUP BY state ORDER BY state"))
                .containsExactly("OPEN 2", "SETTLED 1");
        assertThat(cxt(0, "jobs", "failed", "1", "-o", "ndjson").out().lines())
                .hasSize(2)
                .anyMatch(line -> line.contains("\"reason\":\"CXONE-400\""))
                .anyMatch(line -> line.contains("\"source\":\"broken.json\""));
        cxt(0, "audit", "verify");
    }

    @Test
    void it_pauses_by_itself_goes_on_when_it_is_told_and_can_be_cancelled() throws Exception {
        fails(8);
        cxt(0, "jobs", "start", "redrive", "--stop-after", "2", "--share", "1%");
        cxone.change(traffic -> traffic.withFaults(FaultPlan.NONE.with(Fault.status(500), 100)));
        environment.put("CXONE_REQUESTS_PER_SECOND", "1000");
        Ended paused = cxt(1, "run", "--once");

        assertThat(job(1).at("/state").asText()).isEqualTo("PAUSED");
        assertThat(job(1).at("/why").asText()).contains("in a row failed again");
        assertThat(paused.err()).contains("job paused job=1", "cxt jobs resume 1");
        assertThat(job(1).at("/results/failed").asInt()).isEqualTo(2);
        works();
        cxt(0, "run", "--once");
        assertThat(job(1).at("/done").asInt()).isEqualTo(2);

        cxt(0, "jobs", "pause", "1");
        assertThat(cxt(
                                6,
                                "dead-letters",
                                "replay",
                                rows("SELECT name FROM letter WHERE job_state = 'WAITING'")
                                        .get(0))
                        .err())
                .contains("it is in job 1");
        cxt(0, "jobs", "cancel", "1");
        assertThat(job(1).at("/state").asText()).isEqualTo("CANCELLED");
        assertThat(job(1).at("/results/cancelled").asInt()).isEqualTo(6);
        cxt(2, "jobs", "resume", "1");

        cxt(0, "jobs", "start", "redrive");
        cxt(0, "jobs", "pause", "2");
        cxt(0, "jobs", "resume", "2");
        cxt(0, "run", "--once");
        assertThat(job(2).at("/results/sent").asInt()).isEqualTo(8);
        cxt(0, "audit", "verify");
    }

    @Test
    void a_letter_whose_files_are_gone_is_named_in_the_job_and_in_the_log() throws Exception {
        fails(2);
        cxt(0, "jobs", "start", "redrive");
        Files.delete(data.resolve("dead-letters/CXONE-500/c1.json"));
        Files.delete(data.resolve("dead-letters/CXONE-500/c1.reason.json"));

        Ended run = cxt(0, "run", "--once");

        assertThat(run.err())
                .contains(
                        "job letter left alone job=1 letter=CXONE-500/c1",
                        "its files are gone",
                        "look its id up with cxt find");
        assertThat(job(1).at("/results/left-alone").asInt()).isEqualTo(1);
        assertThat(cxt(0, "jobs", "failed", "1").out()).containsPattern("CXONE-500/c1 +files-gone");
        assertThat(cxt(0, "jobs", "failed", "1", "-o", "json").out()).contains("files-gone");
    }

    @Test
    void its_calls_take_no_more_than_its_share_of_the_lane() throws Exception {
        fails(9);
        long before = cxone.counts().posts();
        environment.put("CXONE_REQUESTS_PER_SECOND", "20");
        cxt(0, "jobs", "start", "redrive", "--share", "10%");
        cxt(0, "run", "--once");

        List<Long> arrived = cxone.calls().stream()
                .skip(before)
                .map(ReceivedCall::arrivedNanos)
                .toList();
        assertThat(arrived).hasSize(9);
        assertThat(Duration.ofNanos(arrived.get(8) - arrived.get(0))) // 4 s; the first may come late
                .isGreaterThan(Duration.ofMillis(3200));
        cxt(2, "jobs", "start", "redrive", "--share", "101%");
    }

    @Test
    void after_a_pace_has_ended_a_job_alone_has_its_share_of_what_is_configured() throws Exception {
        fails(20);
        long before = cxone.counts().posts();
        cxt(0, "pace", "1", "--note", "slow");
        cxt(0, "jobs", "start", "redrive", "--share", "20%");
        try (Command run = Command.start(data, environment, "run")) {
            Await.until(() -> cxone.counts().posts() > before, LIMIT);
            cxt(0, "release", "pace", "--note", "over");
            Await.until(() -> state(1).equals("DONE"), Duration.ofSeconds(80)); // at the old rate one letter takes five
            run.process().destroy();
            run.ended();
        }
        assertThat(job(1).at("/results/sent").asInt()).isEqualTo(20);
    }

    @Test
    void what_was_withdrawn_or_has_no_transcript_is_left_alone() throws Exception {
        fails(3);
        long before = cxone.counts().posts();
        Files.delete(data.resolve("dead-letters/CXONE-500/c1.json"));
        Files.delete(data.resolve("dead-letters/CXONE-500/c2.json"));
        Files.delete(data.resolve("dead-letters/CXONE-500/c2.reason.json"));
        rows("INSERT INTO audit_event (chain, seq, at, event, interaction_id, actor, config, hash)"
                + " VALUES ('x', 1, '2026-11-29T12:00:00.000000Z', 'WITHDRAWN', 'c0', 'anna', '-', '-')");

        assertThat(cxt(0, "jobs", "start", "redrive").out())
                .containsPattern("1 +was withdrawn from CXone, stays")
                .containsPattern("2 +has no transcript that a job can send, stays");
        cxt(0, "run", "--once");

        assertThat(job(1).at("/results/left-alone").asInt()).isEqualTo(3);
        assertThat(job(1).at("/state").asText()).isEqualTo("DONE_WITH_FAILURES");
        assertThat(cxone.counts().posts()).isEqualTo(before);
        assertThat(rows("SELECT state FROM letter ORDER BY id")).containsExactlyInAnyOrder("OPEN", "OPEN", "GONE");
        assertThat(cxt(0, "jobs", "failed", "1").out().lines()).hasSize(4);
    }

    @Test
    void a_letter_that_cannot_be_read_holds_up_no_job_and_a_letter_counts_as_one() throws Exception {
        cxone.change(traffic -> traffic.withFaults(FaultPlan.NONE.with(Fault.status(500), 100)));
        String chats = IntStream.range(0, 5).mapToObj(i -> chat("u" + i)).collect(Collectors.joining("\n"));
        Files.writeString(data.resolve("inbox/u.ndjson"), chats);
        cxt(1, "run", "--once");
        works();
        cxt(0, "jobs", "start", "redrive");
        Files.writeString(data.resolve("dead-letters/CXONE-500/u1.reason.json"), "garbage");
        Files.delete(data.resolve("dead-letters/CXONE-500/u2.json"));
        Files.createDirectories(data.resolve("dead-letters/CXONE-500/u2.json/x"));
        Path link = data.resolve("dead-letters/CXONE-500/u3.json");
        Files.createSymbolicLink(link, Files.move(link, data.resolve("elsewhere.json")));
        Ended run = cxt(0, "run", "--once");

        assertThat(job(1).at("/results/left-alone").asInt()).isEqualTo(3);
        assertThat(job(1).at("/state").asText()).isEqualTo("DONE_WITH_FAILURES");
        assertThat(run.err()).contains("job letter left alone job=1 letter=CXONE-500/u1");
        assertThat(cxt(0, "jobs", "failed", "1").out()).contains("CXONE-500/u1", "CXONE-500/u2");
        assertThat(rows("SELECT entries FROM intake WHERE door = 'job' ORDER BY entries"))
                .containsExactly("1", "1");
    }

    /** A message of a queue with several chats: what a letter of its own is for each of them. */
    @Test
    void a_packed_letter_is_settled_and_each_chat_that_is_not_sent_is_a_letter() throws Exception {
        Path folder = Files.createDirectories(data.resolve("dead-letters/NOT-DECIDED"));
        String chats = chat("p1") + "\n{\"interactionId\": \"p2\"}\n" + chat("p3");
        Files.write(folder.resolve("message-1.ndjson.gz"), Packed.gzip(chats.getBytes(UTF_8)));
        Files.write(folder.resolve("message-2.json.gz"), Packed.gzip(chat("q").getBytes(UTF_8)));
        for (int i = 1; i <= 2; i++) {
            Files.writeString(folder.resolve("message-" + i + ".reason.json"), """
                    {"outcome": "failed", "reason": "NOT-DECIDED", "source": "message-%s", "line": 1, "index": 1,
                     "whatToDo": "replay it", "receivedAt": "2026-11-29T10:00:00Z",
                     "decidedAt": "2026-11-29T10:00:00Z"}""".formatted(i));
        }
        cxt(0, "run", "--once");
        assertThat(cxt(0, "jobs", "start", "redrive").out()).containsPattern("2 +would be sent");
        cxt(1, "run", "--once");

        JsonNode job = job(1);
        assertThat(job.at("/state").asText()).as(job.toString()).isEqualTo("DONE_WITH_FAILURES");
        assertThat(job.at("/results/sent").asInt()).isEqualTo(1);
        assertThat(job.at("/results/rejected").asInt()).isEqualTo(1);
        assertThat(cxone.counts().accepted()).isEqualTo(3);
        assertThat(folder).isEmptyDirectory();
        assertThat(rows("SELECT state, source, source_index, interaction_id FROM letter ORDER BY state, source"))
                .containsExactly("OPEN message-1 2 p2", "SETTLED message-1 1 null", "SETTLED message-2 1 null");
        assertThat(cxt(0, "jobs", "failed", "1").out()).contains("message-1#2");
        cxt(0, "audit", "verify");
    }

    @Test
    void each_instance_does_the_letters_in_its_own_folder() throws Exception {
        assumeThat(store).isEqualTo(Store.POSTGRESQL);
        fails(2);
        Path first = data;
        data = first.resolve("other");
        Files.createDirectories(data.resolve("inbox"));
        environment.put("DATA_DIR", data.toString());
        Files.writeString(data.resolve("inbox/other.json"), BROKEN);
        cxt(1, "run", "--once");
        assertThat(cxt(0, "jobs", "start", "redrive").out()).contains("lies in the data.dir of another instance");

        cxt(1, "run", "--once");
        assertThat(job(1).at("/state").asText()).isEqualTo("RUNNING");
        assertThat(job(1).at("/done").asInt()).isEqualTo(1);
        assertThat(job(1).at("/left").size()).isEqualTo(1);
        assertThat(job(1).at("/left/0/items").asInt()).isEqualTo(2);
        assertThat(job(1).at("/left/0/seenAt").asText()).isNotBlank();
        assertThat(cxt(0, "jobs", "show", "1").out()).containsPattern("left at .* 2, .*, seen \\d+ s ago");
        rows("UPDATE job SET state = 'PAUSED', why = 'its lane', paused_by = 'one that is away'");
        data = first;
        environment.put("DATA_DIR", data.toString());
        cxt(0, "run", "--once");

        assertThat(job(1).at("/state").asText()).isEqualTo("DONE_WITH_FAILURES");
        assertThat(job(1).at("/results/sent").asInt()).isEqualTo(2);
        assertThat(job(1).at("/receipts").size()).isEqualTo(2);
        assertThat(cxone.counts().repeats()).isZero();
    }

    @Test
    void two_instances_work_on_one_job_at_once() throws Exception {
        assumeThat(store).isEqualTo(Store.POSTGRESQL);
        Path second = data.resolve("other");
        Map<String, String> other = new HashMap<>(environment);
        other.put("DATA_DIR", second.toString());
        Files.createDirectories(second.resolve("inbox"));
        fails("a", 8);
        Path first = data;
        data = second;
        environment.put("DATA_DIR", second.toString());
        fails("b", 8);
        data = first;
        environment.put("DATA_DIR", first.toString());
        int letters = rows("SELECT id FROM letter WHERE state = 'OPEN'").size();
        cxt(0, "jobs", "start", "redrive", "--share", "100%");

        try (Command one = Command.start(first, environment, "run", "--once");
                Command two = Command.start(second, other, "run", "--once")) {
            assertThat(one.ended().exit()).isIn(0, 1);
            assertThat(two.ended().exit()).isIn(0, 1);
        }

        JsonNode job = job(1);
        assertThat(job.at("/state").asText()).as(job.toString()).isEqualTo("DONE");
        assertThat(job.at("/results/sent").asInt()).isEqualTo(letters);
        assertThat(job.at("/receipts").size()).isEqualTo(2);
        assertThat(cxone.counts().repeats()).isZero();
    }

    @Test
    void it_runs_beside_what_comes_in_and_waits_where_the_lane_is_held() throws Exception {
        fails(5);
        cxt(0, "hold", "lane", "--note", "maintenance");
        try (Command run = Command.start(data, environment, "run")) {
            Await.until(() -> run.err().contains("running routes="), LIMIT);
            assertThat(cxt(0, "dead-letters", "replay", "--all").out()).contains("job 1");
            Await.until(() -> state(1).equals("PAUSED"), LIMIT);
            assertThat(job(1).at("/why").asText()).contains("The lane is held", "maintenance");
            cxt(0, "release", "lane", "--note", "over");

            Await.until(() -> state(1).equals("DONE"), LIMIT);
            assertThat(job(1).at("/results/sent").asInt()).isEqualTo(5);
            cxone.change(traffic -> traffic.withFaults(FaultPlan.NONE.with(Fault.status(500), 100)));
            Files.writeString(data.resolve("inbox/late.json"), chat("late"));
            Await.until(() -> rows("SELECT id FROM letter WHERE state = 'OPEN'").size() == 1, LIMIT);
            works();
            assertThat(cxt(0, "jobs", "start", "redrive", "--wait").out()).contains("job 2 is DONE: sent=1");
        }
    }
}
