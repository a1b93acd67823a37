package io.cxt.cli;

import static io.cxt.fixture.Chats.chat;
import static io.cxt.fixture.Chats.lines;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.db.LedgerSettings;
import io.cxt.fixture.Await;
import io.cxt.fixture.Command;
import io.cxt.fixture.Command.Ended;
import io.cxt.fixture.CommandSite;
import io.cxt.fixture.LogRecorder;
import io.cxt.fixture.Ports;
import io.cxt.fixture.Postgres;
import io.cxt.fixture.RunningCxt;
import io.cxt.ledger.Ledger;
import io.cxt.simulator.StandIn;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code cxt hold}, {@code release} and {@code pace} beside a CXT that runs, over kills, and without one. */
@Timeout(180)
class HoldIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path data;

    private CommandSite site;
    private Map<String, String> environment;
    private StandIn cxone;

    @BeforeEach
    void startCxone() throws Exception {
        site = CommandSite.of(data);
        cxone = site.cxone();
        environment = site.environment();
    }

    @AfterEach
    void stopCxone() {
        site.close();
    }

    private Ended cxt(int exit, String... arguments) {
        return site.cxt(exit, arguments);
    }

    private static void said(Command run, String words) {
        Await.until(() -> run.err().contains(words), LIMIT);
    }

    private static void kill(Command run) throws Exception {
        run.process().destroyForcibly().waitFor();
    }

    private static HttpResponse<String> get(int port, String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%s/observe/%s".formatted(port, path)))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void a_held_lane_makes_no_call_and_everything_says_so_until_it_is_released() throws Exception {
        int port = Ports.free();
        try (LogRecorder log = LogRecorder.install();
                RunningCxt cxt =
                        RunningCxt.start(data, cxone, "ops.enabled", "true", "ops.port", Integer.toString(port))) {
            Ended held = cxt(0, "hold", "lane", "--until", "2h", "--note", "tenant maintenance");
            cxt.awaits(() -> cxt.engine().components().lane().held().isPresent());
            cxt.put("chats.ndjson", lines("chat", 5).getBytes(UTF_8));
            cxt.awaits(() -> cxt.engine().components().backlog().openReadings() == 1);

            assertThat(held.out()).startsWith("lane is held until 20").contains("tenant maintenance");
            assertThat(get(port, "health/ready"))
                    .returns(200, HttpResponse::statusCode)
                    .satisfies(ready -> assertThat(ready.body())
                            .contains("cxt-live", "lane held until 20", "by ", ": tenant maintenance"));
            assertThat(get(port, "metrics").body())
                    .contains("cxt_held{what=\"lane\"} 1.0", "cxt_held{what=\"source file\"} 0.0");
            assertThat(log.lines()).anyMatch(line -> line.startsWith("held what=\"lane\" until=20"));
            JsonNode status =
                    new ObjectMapper().readTree(cxt(0, "status", "-o", "json").out());
            assertThat(status.at("/controls/0/what").asText()).isEqualTo("lane");
            assertThat(status.at("/controls/0/note").asText()).isEqualTo("tenant maintenance");
            assertThat(cxone.counts().posts()).isZero();

            cxt(0, "release", "lane", "--note", "it is over");
            cxt.awaits(() -> cxt.files("inbox").contains(".done/chats.ndjson"));

            assertThat(cxone.counts().posts()).isEqualTo(5);
            assertThat(log.lines()).contains("hold ended what=\"lane\"");
            assertThat(get(port, "metrics").body()).contains("cxt_held{what=\"lane\"} 0.0");
            assertThat(new ObjectMapper()
                            .readTree(cxt(0, "status", "-o", "json").out())
                            .at("/lastHour/SENT")
                            .asInt())
                    .isEqualTo(5);
            assertThat(cxt(0, "audit", "query", "--event", "HELD").out())
                    .contains("tenant maintenance", System.getProperty("user.name"));
            assertThat(cxt(0, "audit", "query", "--event", "HOLD_ENDED").out()).contains("it is over");
            assertThat(cxt(0, "audit", "verify").exit()).isZero();
        }
    }

    @Test
    void a_held_source_takes_nothing_new_and_a_run_that_ends_does_not_wait_for_it() throws Exception {
        cxt(0, "run", "--once");
        assertThat(cxt(0, "hold", "source", "file", "--note", "wrong files").err())
                .contains("No cxt runs");
        Files.writeString(data.resolve("inbox/one.json"), chat("one"));

        Ended once = cxt(6, "run", "--once");

        assertThat(once.out()).contains("Nothing was read.");
        assertThat(cxt(0, "status").out())
                .containsPattern("instance [0-9a-f-]+ +.*, ended, seen \\d+ s ago")
                .containsPattern("source file +held until released by");
        assertThat(data.resolve("inbox/one.json")).exists();
        assertThat(cxone.counts().posts()).isZero();
        cxt(0, "release", "source", "file", "--note", "right files");
        cxt(0, "run", "--once");
        assertThat(cxone.counts().posts()).isEqualTo(1);
    }

    @Test
    void a_run_that_ends_stops_at_a_held_lane_and_says_by_whom() throws Exception {
        cxt(0, "run", "--once");
        cxt(0, "hold", "lane", "--note", "maintenance");
        Files.writeString(data.resolve("inbox/one.json"), chat("one"));

        Ended once = cxt(4, "run", "--once");

        assertThat(once.out())
                .contains("Stopped: The lane is held until released by", ": maintenance. What was not sent");
        assertThat(cxone.counts().posts()).isZero();
    }

    @Test
    void outside_its_window_a_run_that_ends_sends_nothing_and_says_when_it_may() throws Exception {
        ZonedDateTime soon = ZonedDateTime.now(ZoneOffset.UTC).plusHours(2);
        environment.put("CXONE_WINDOW", "%tR-%tR UTC".formatted(soon, soon.plusHours(1)));
        Files.writeString(data.resolve("inbox/one.json"), chat("one"));

        Ended once = cxt(4, "run", "--once");

        assertThat(once.out())
                .contains("Stopped: No call leaves outside cxone.window, which opens %tR UTC".formatted(soon));
        assertThat(cxone.counts().posts()).isZero();
        assertThat(cxt(0, "status").out()).contains("window", "opens %tR UTC".formatted(soon));
        environment.put("CXONE_WINDOW", "00:00-24:00 UTC");
        cxt(0, "run", "--once");
        assertThat(cxone.counts().posts()).isEqualTo(1);
    }

    @Test
    void killed_in_the_middle_of_a_hold_nothing_leaves_before_its_end_and_nothing_is_marked() throws Exception {
        try (Command run = Command.start(data, environment, "run")) {
            said(run, "running routes=");
            cxt(0, "hold", "lane", "--note", "maintenance");
            said(run, "held what=\"lane\"");
            Files.writeString(data.resolve("inbox/chats.ndjson.part"), lines("chat", 50));
            Files.move(data.resolve("inbox/chats.ndjson.part"), data.resolve("inbox/chats.ndjson"));
            said(run, "reading source=chats.ndjson");
            kill(run);
        }
        try (Command run = Command.start(data, environment, "run")) {
            said(run, "reading source=chats.ndjson");
            assertThat(cxone.counts().posts()).isZero();

            cxt(0, "release", "lane", "--note", "over");
            Await.until(() -> Files.exists(data.resolve("inbox/.done/chats.ndjson")), LIMIT);
            kill(run);
        }
        assertThat(cxone.counts().posts()).isEqualTo(50);
        assertThat(RunningCxt.rows(data, "SELECT state, doubted, count(*) FROM delivery GROUP BY 1, 2"))
                .containsExactly("SENT 0 50");
    }

    @Test
    void a_pace_is_set_and_obeyed_by_the_next_start() throws Exception {
        cxt(0, "run", "--once");
        String set = cxt(0, "pace", "0.5", "--until", "1d", "--note", "slowly", "-o", "json")
                .out();
        assertThat(new ObjectMapper().readTree(set).at("/callsPerSecond").asDouble())
                .isEqualTo(0.5);

        try (LogRecorder log = LogRecorder.install();
                RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("one.json", chat("one"));

            assertThat(cxt.engine().components().lane().callsPerSecond()).isEqualTo(0.5);
            assertThat(log.lines()).anyMatch(line -> line.startsWith("pace set calls-per-second=0.5 until=20"));
            assertThat(cxt(0, "status").out()).contains("pace ", "set to 0.5 calls a second until 20");
        }
    }

    @Test
    void what_means_nothing_is_wrong_usage_and_changes_nothing() throws Exception {
        cxt(0, "run", "--once");
        for (List<String> wrong : List.of(
                List.of("hold", "lane"),
                List.of("hold", "lane", "--note", " "),
                List.of("hold", "pace", "--note", "x"),
                List.of("hold", "lane", "file", "--note", "x"),
                List.of("hold", "source", "--note", "x"),
                List.of("hold", "source", "fiel", "--note", "x"),
                List.of("hold", "lane", "--until", "2020-01-01", "--note", "x"),
                List.of("hold", "lane", "--until", "soon", "--note", "x"),
                List.of("pace", "-1", "--note", "x"),
                List.of("pace", "10001", "--note", "x"),
                List.of("pace", "0.1", "--note", "x"),
                List.of("pace", "fast", "--note", "x"),
                List.of("release", "lane", "--note", "x"))) {
            cxt(2, wrong.toArray(String[]::new));
        }
        assertThat(RunningCxt.rows(data, "SELECT count(*) FROM control")).containsExactly("0");
        environment.put("DATA_DIR", data.resolve("none").toString());
        cxt(2, "hold", "lane", "--note", "x");
        assertThat(data.resolve("none")).doesNotExist();
    }

    @Test
    void a_time_counts_from_the_clock_of_the_database_and_that_says_when_it_is_over() throws Exception {
        Postgres database = Postgres.shared();
        String schema = "hold_" + Integer.toHexString(data.toString().hashCode());
        Instant eight = Instant.parse("2026-11-22T08:00:00Z");
        LedgerSettings ledger = new LedgerSettings(
                database.schemaWithClock(schema), database.user(), database.password(), data.resolve("other"));
        database.setClock(schema, eight);
        Ledger.open(ledger, "config", true, Clock.systemUTC()).close();
        try (CommandSite other = CommandSite.of(data.resolve("other"), ledger)) {
            Ended held = other.cxt(0, "hold", "lane", "--until", "15m", "--note", "skew", "-o", "json");
            database.setClock(schema, eight.plusSeconds(899));
            Ended before = other.cxt(0, "status", "-o", "json");
            database.setClock(schema, eight.plusSeconds(900));
            Ended after = other.cxt(0, "status", "-o", "json");
            Ended released = other.cxt(2, "release", "lane", "--note", "over");
            Ended past = other.cxt(2, "hold", "lane", "--until", "2026-11-22T08:14:59Z", "--note", "late");

            assertThat(held.out()).contains("2026-11-22T08:15:00Z");
            assertThat(before.out()).contains("\"what\" : \"lane\"");
            assertThat(after.out()).doesNotContain("\"what\" : \"lane\"");
            assertThat(released.err()).contains("lane is not held");
            assertThat(past.err()).contains("which is over: it is 2026-11-22T08:15:00Z now");
        }
    }

    /** A disk of its own that is full, or a folder that is gone: the audit is signed less far, and the lane is held. */
    @Test
    @Tag("fault-154")
    void an_order_that_is_on_record_and_cannot_be_signed_is_no_failure() throws Exception {
        cxt(0, "run", "--once");
        cxt(0, "hold", "source", "sftp", "--note", "first");
        Path signed = data.resolve("checkpoints/operator.checkpoints");
        Files.move(signed, data.resolve("aside"));
        Files.createDirectory(signed);

        Ended held = cxt(0, "hold", "lane", "--note", "CXone has wrong data");

        assertThat(held.out()).contains("lane is held until released");
        assertThat(held.err()).contains("the audit is not signed at the moment", "operator.checkpoints");
        Files.delete(signed);
        Files.move(data.resolve("aside"), signed);
        cxt(0, "release", "lane", "--note", "over");
        cxt(0, "audit", "verify");
    }
}
