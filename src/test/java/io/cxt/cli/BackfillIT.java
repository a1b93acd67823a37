package io.cxt.cli;

import static io.cxt.fixture.Chats.chat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.files.HaltAt;
import io.cxt.fixture.Await;
import io.cxt.fixture.Command;
import io.cxt.fixture.Command.Ended;
import io.cxt.fixture.CommandSite;
import io.cxt.fixture.Packed;
import io.cxt.ledger.OnEachDatabase;
import io.cxt.ledger.Store;
import io.cxt.simulator.ReceivedCall;
import io.cxt.simulator.StandIn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** Files of old exports that a job brings in: which, how, and what is on record. */
@OnEachDatabase
@Tag("slow")
@Timeout(300)
class BackfillIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofSeconds(90);

    @Parameter
    Store store;

    @TempDir
    Path folder;

    private Path data;
    private Path exports;
    private CommandSite site;
    private Map<String, String> environment;
    private StandIn cxone;

    @BeforeEach
    void startCxone() throws Exception {
        data = Files.createDirectories(folder.resolve("data"));
        exports = Files.createDirectories(folder.resolve("exports"));
        site = CommandSite.of(data, store.settings(data));
        cxone = site.cxone();
        environment = site.environment();
        environment.put("BACKFILL_FOLDERS", exports.toString());
        environment.put("CXONE_REQUESTS_PER_SECOND", "10000");
        cxt(0, "run", "--once");
    }

    @AfterEach
    void stopCxone() {
        site.close();
    }

    private Ended cxt(int exit, String... arguments) {
        return site.cxt(exit, arguments);
    }

    private JsonNode job(int number) throws Exception {
        return JSON.readTree(
                cxt(0, "jobs", "show", Integer.toString(number), "-o", "json").out());
    }

    private static String lines(String name, int count) {
        return IntStream.range(0, count).mapToObj(i -> chat(name + i)).collect(Collectors.joining("\n"));
    }

    private Path export(String name, String content) throws IOException {
        Path file = exports.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }

    private String start(String... more) {
        return start(0, more);
    }

    private String start(int exit, String... more) {
        String[] all = new String[more.length + 3];
        all[0] = "jobs";
        all[1] = "start";
        all[2] = "backfill";
        System.arraycopy(more, 0, all, 3, more.length);
        Ended ended = cxt(exit, all);
        return ended.out() + ended.err();
    }

    private List<String> rows(String sql) throws Exception {
        return site.rows(sql);
    }

    @Test
    void a_job_brings_in_what_it_selects_and_a_later_one_the_rest() throws Exception {
        String old = lines("old", 3).replace("2024-06-15", "2023-06-15");
        Path file = export("2024.ndjson", old + "\n" + lines("new", 2));

        assertThat(start(2, file.toString(), "--sample", "200%")).contains("--sample is 200%; allowed");
        start(file.toString(), "--until", "2024", "--limit", "2", "--label", "first part");
        cxt(0, "run", "--once");

        assertThat(cxone.counts().posts()).isEqualTo(2);
        JsonNode first = job(1);
        assertThat(first.path("state").asText()).isEqualTo("DONE");
        assertThat(first.path("files").asText())
                .endsWith(" select: until=2024-01-01T00:00:00Z limit=2 label=\"first part\"");
        assertThat(
                        rows(
                                "SELECT detail FROM audit_event WHERE event = 'INTAKE_CLOSED' AND detail LIKE '%not-selected=3%'"))
                .hasSize(1);

        start(file.toString());
        cxt(0, "run", "--once");
        assertThat(cxone.counts().posts()).isEqualTo(5);
        assertThat(cxone.counts().repeats()).isZero();
    }

    @Test
    void files_are_brought_in_once_and_stay_where_they_are() throws Exception {
        Path plain = export("2023/a.ndjson", lines("a", 30));
        Path packed = exports.resolve("2023/b.ndjson.gz");
        Files.write(packed, Packed.gzip(lines("b", 20).getBytes(UTF_8)));
        export("2023/c.json", "[" + chat("c") + ", {\"interactionId\": \"broken\"}]");
        export("2023/readme.txt", "no transcripts");
        byte[] before = Files.readAllBytes(plain);

        assertThat(start(exports + "/**", "--dry-run"))
                .contains("3 files", "without 1 that match", "a.ndjson", "b.ndjson.gz", "no job was started");
        start(exports + "/**", "--note", "CHG-9");
        cxt(1, "run", "--once");

        JsonNode job = job(1);
        assertThat(job.at("/state").asText()).as(job.toString()).isEqualTo("DONE_WITH_FAILURES");
        assertThat(job.at("/total").asInt()).isEqualTo(3);
        assertThat(job.at("/done").asInt()).isEqualTo(3);
        assertThat(job.at("/bytesRead").asLong())
                .isEqualTo(job.at("/bytes").asLong())
                .isPositive();
        assertThat(job.at("/transcripts").asInt()).isEqualTo(52);
        assertThat(job.at("/results/sent").asInt()).isEqualTo(51);
        assertThat(job.at("/results/rejected").asInt()).isEqualTo(1);
        assertThat(job.at("/onTheirWay").asInt()).isZero();
        assertThat(job.at("/receipts/0/intact").asBoolean()).as(job.toString()).isTrue();
        assertThat(plain).hasBinaryContent(before);
        assertThat(packed).exists();
        assertThat(cxone.counts().repeats()).isZero();
        assertThat(rows("SELECT DISTINCT door FROM intake WHERE closed_at IS NOT NULL"))
                .containsExactly("backfill");
        assertThat(cxt(0, "jobs", "failed", "1").out()).contains("c.json#2");
        assertThat(cxt(0, "find", plain.toString()).out()).contains("a1");
        cxt(0, "audit", "verify");

        long posts = cxone.counts().posts();
        start(plain.toString());
        cxt(0, "run", "--once");
        assertThat(job(2).at("/results/duplicate").asInt()).isEqualTo(30);
        assertThat(job(2).at("/state").asText()).isEqualTo("DONE");
        assertThat(cxone.counts().posts()).isEqualTo(posts);
    }

    @Test
    void a_file_outside_of_the_folders_is_refused_by_any_way() throws Exception {
        Path outside = Files.writeString(folder.resolve("x.json"), chat("x"));
        Path link = Files.createSymbolicLink(exports.resolve("link.json"), outside);
        Files.createSymbolicLink(exports.resolve("elsewhere"), folder);

        assertThat(start(2, outside.toString())).contains("is not in backfill.folders", "Add its folder there");
        assertThat(start(2, exports + "/../x.json")).contains("is not in backfill.folders");
        assertThat(start(2, link.toString())).contains("is not in backfill.folders");
        assertThat(start(2, exports + "/*.json")).contains("is not in backfill.folders");
        assertThat(start(2, exports + "/elsewhere/x.json")).contains("is not in backfill.folders");
        assertThat(start(2, exports + "/missing.json")).contains("There is no file");
        assertThat(start(2, exports.toString())).contains("is a folder");
        assertThat(start(2)).contains("Say which files");
        environment.put("BACKFILL_FOLDERS", folder.toString());
        Path inInbox = Files.writeString(data.resolve("inbox/y.json"), chat("y"));
        assertThat(start(2, inInbox.toString())).contains("lies in the inbox");
        environment.remove("BACKFILL_FOLDERS");
        assertThat(start(2, outside.toString())).contains("backfill.folders is empty");
        assertThat(rows("SELECT id FROM job")).isEmpty();
    }

    @Test
    void a_file_that_is_not_as_it_was_is_left_alone_and_named() throws Exception {
        Path longer = export("a.ndjson", lines("a", 2));
        Path gone = export("b.ndjson", lines("b", 2));
        Path linked = export("c.ndjson", lines("c", 2));
        export("d.ndjson", lines("d", 2));
        start(exports + "/*");
        assertThat(start(2, longer.toString())).contains("is in job 1, which has not ended");
        Files.writeString(longer, lines("a", 3));
        Files.delete(gone);
        Path elsewhere = Files.move(linked, folder.resolve("c.ndjson"));
        Files.createSymbolicLink(linked, elsewhere);

        cxt(0, "run", "--once");

        assertThat(job(1).at("/state").asText()).isEqualTo("DONE_WITH_FAILURES");
        assertThat(job(1).at("/results/left-alone").asInt()).isEqualTo(3);
        assertThat(job(1).at("/results/sent").asInt()).isEqualTo(2);
        assertThat(job(1).at("/done").asInt()).isEqualTo(4);
        assertThat(cxt(0, "jobs", "failed", "1", "-o", "ndjson").out())
                .contains("bytes, and had", "it is gone", "leads elsewhere by a link");
        cxt(0, "audit", "verify");
    }

    @Test
    void it_is_paused_within_a_file_goes_on_from_there_and_can_be_cancelled() throws Exception {
        environment.put("CXONE_REQUESTS_PER_SECOND", "40");
        export("a.ndjson", lines("a", 300));
        export("b.ndjson", lines("b", 1000));
        start(exports + "/*", "--share", "100");
        try (Command run = Command.start(data, environment, "run")) {
            Await.until(() -> cxone.counts().posts() > 20, LIMIT);
            cxt(0, "jobs", "pause", "1");
            Await.until(() -> run.err().contains("job file interrupted"), LIMIT);
            assertThat(cxone.counts().posts()).isLessThan(300);
            assertThat(rows("SELECT state FROM job_source ORDER BY seq")).containsExactly("TAKEN", "WAITING");
            assertThat(job(1).at("/state").asText()).isEqualTo("PAUSED");
            cxt(0, "jobs", "resume", "1");

            Await.until(() -> cxone.counts().posts() > 310, LIMIT);
            assertThat(rows("SELECT state, sent, duplicate FROM job_source WHERE seq = 1"))
                    .containsExactly("done 300 0");
            cxt(0, "jobs", "cancel", "1");
            Await.until(() -> job(1).at("/state").asText().equals("CANCELLED"), LIMIT);
        }
        JsonNode job = job(1);
        assertThat(job.at("/results/cancelled").asInt()).as(job.toString()).isEqualTo(1);
        assertThat(job.at("/onTheirWay").asInt()).isZero();
        assertThat(job.at("/results/sent").asLong())
                .isEqualTo(cxone.counts().accepted())
                .isLessThan(1300);
        assertThat(cxone.counts().repeats()).isZero();
        assertThat(rows("SELECT id FROM intake WHERE closed_at IS NULL")).isEmpty();
        cxt(0, "audit", "verify");
    }

    /** The database has no part in it. */
    @Test
    void new_chats_do_not_wait_behind_a_long_file() throws Exception {
        assumeThat(store).isEqualTo(Store.SQLITE);
        environment.put("CXONE_REQUESTS_PER_SECOND", "20");
        environment.put("CXONE_MAX_IN_FLIGHT", "4");
        export("long.ndjson", lines("long", 2000));
        start(exports + "/long.ndjson", "--share", "25");
        try (Command run = Command.start(data, environment, "run")) {
            Await.until(() -> cxone.counts().posts() > 3, LIMIT);
            int before = cxone.calls().size();
            for (int i = 0; i < 50; i++) {
                Path beside = Files.writeString(data.resolve("inbox/new" + i + ".part"), chat("new" + i));
                Files.move(beside, data.resolve("inbox/new" + i + ".json"));
            }
            Await.until(() -> news().size() == 50, LIMIT);
            int after = cxone.calls().size();
            assertThat(after - before).isLessThan(50 * 2 + 5);
            Await.until(() -> cxone.calls().size() > after + 3, LIMIT);
            assertThat(run.err()).doesNotContain("job paused");
        }
    }

    private List<ReceivedCall> news() {
        return cxone.calls().stream()
                .filter(call -> call.interactionId().startsWith("new"))
                .toList();
    }

    @Test
    void it_pauses_by_itself_when_chats_in_a_row_are_not_sent() throws Exception {
        export("a.ndjson", "{\"interactionId\": \"broken\"}\n".repeat(40) + lines("a", 5));
        start(exports + "/a.ndjson", "--stop-after", "3", "--share", "1");
        cxt(1, "run", "--once");

        assertThat(job(1).at("/state").asText()).isEqualTo("PAUSED");
        assertThat(job(1).at("/why").asText()).contains("in a row were not sent");
        assertThat(cxone.counts().posts()).isZero();

        cxt(0, "jobs", "cancel", "1");
        cxt(0, "run", "--once");
        start(exports + "/a.ndjson", "--stop-after", "0");
        cxt(1, "run", "--once");
        assertThat(job(1).at("/state").asText()).isEqualTo("CANCELLED");
        assertThat(job(2).at("/results/sent").asInt()).isEqualTo(5);
    }

    /** At each step on SQLite; on PostgreSQL at two, because the rounds of KillIT have back-fills in flight there too. */
    @Test
    void after_a_kill_the_same_reading_goes_on() throws Exception {
        export("a.ndjson", lines("a", 50));
        start(exports + "/a.ndjson", "--share", "100");
        List<String> steps = store == Store.SQLITE
                ? List.of("opened:1", "claimed:7", "answered:13", "sent:19", "closed:1")
                : List.of("answered:13", "closed:1");
        for (String step : steps) {
            environment.put("JAVA_TOOL_OPTIONS", "-Dcxt.halt-at=" + step);
            int exit;
            try (Command run = Command.start(data, environment, "run", "--once")) {
                exit = run.ended().exit();
            }
            assertThat(exit).as(step).isIn(HaltAt.EXIT, 0);
        }
        environment.remove("JAVA_TOOL_OPTIONS");
        cxt(0, "run", "--once");

        JsonNode job = job(1);
        assertThat(job.at("/state").asText()).as(job.toString()).isEqualTo("DONE");
        assertThat(job.at("/results/sent").asInt()).isEqualTo(50);
        assertThat(job.at("/transcripts").asInt()).isEqualTo(50);
        assertThat(rows("SELECT count(*) FROM intake WHERE door = 'backfill'")).containsExactly("1");
        long marked = Long.parseLong(
                rows("SELECT count(*) FROM audit_event WHERE event = 'CLAIMED' AND detail LIKE" + " '%may-repeat%'")
                        .get(0));
        assertThat(cxone.counts().repeats()).isLessThanOrEqualTo(marked);
        cxt(0, "audit", "verify");
    }
}
