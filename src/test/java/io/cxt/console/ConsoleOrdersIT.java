package io.cxt.console;

import static io.cxt.fixture.Chats.chat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.console.Browser.Answer;
import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.Fault;
import io.cxt.simulator.FaultPlan;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a person orders in a form, what a run does then, and what is on record. */
@Timeout(120)
class ConsoleOrdersIT {
    private static final Pattern FIELD = Pattern.compile("<input[^>]* name=\"([a-zA-Z-]+)\"[^>]*value=\"([^\"]*)\"");

    private static final Running RUNNING = new Running(20.0, 0, null, null, 0, 0, "nothing");

    @TempDir
    Path data;

    private StandIn cxone;
    private RunningCxt cxt;
    private ServedConsole served;
    private Browser anna;

    @BeforeEach
    void start() throws Exception {
        cxone = StandIn.start(StandInSettings.defaults());
        cxt = RunningCxt.start(data, cxone, "cxone.retry.max-retries", "0");
        served = new ServedConsole(
                data,
                () -> new Running(
                        20.0, 0, cxt.engine().components().lane().held().orElse(null), null, 0, 0, "nothing"),
                Map.of());
        anna = served.signedIn();
    }

    @AfterEach
    void close() {
        served.close();
        cxt.close();
        cxone.close();
    }

    @Test
    void a_person_holds_the_lane_sets_the_pace_and_ends_both() throws Exception {
        assertThat(post("/hold", "what", "lane", "until", "2h", "note", "CHG-88 maintenance")
                        .status())
                .isEqualTo(303);
        cxt.awaits(() -> cxt.engine().components().lane().held().isPresent());
        cxt.put("held.json", chat("held").getBytes(StandardCharsets.UTF_8));

        assertThat(anna.get("/").body())
                .contains("▲ No call leaves: The lane is held until", "by anna (console): CHG-88 maintenance")
                .contains("Release lane", "name=\"since\" value=\"20");
        assertThat(post("/release", "what", "lane", "since", "2026-01-01T00:00:00Z", "note", "of one before")
                        .body())
                .contains("lane was changed meanwhile; nothing was ended");
        assertThat(post("/release", "what", "lane", "note", "it is over").status())
                .isEqualTo(303);
        cxt.awaits(() -> cxt.events("held").stream().anyMatch(event -> event.startsWith("SENT")));
        assertThat(post("/pace", "rate", "5", "until", "", "note", "slowly").status())
                .isEqualTo(303);
        assertThat(post("/hold", "what", "source sftp", "until", "", "note", "wrong files")
                        .status())
                .isEqualTo(303);

        assertThat(json("/").at("/controls").findValuesAsText("what")).containsExactly("pace", "source sftp");
        assertThat(cxt.rows("SELECT event, actor, detail FROM audit_event WHERE event IN"
                        + " ('HELD', 'HOLD_ENDED', 'PACE_SET') ORDER BY seq"))
                .hasSize(4)
                .allSatisfy(row -> assertThat(row).contains("anna (console)"))
                .anySatisfy(row -> assertThat(row).contains("PACE_SET").contains("set to 5 calls a second"))
                .anySatisfy(row -> assertThat(row).contains("HOLD_ENDED").contains("lane: it is over"));
    }

    @ParameterizedTest
    @CsvSource({
        "/hold,    what=source ftp&note=x,            allowed: lane",
        "/hold,    what=lane&note=,                   'note is empty; allowed: 1 to 500 characters'",
        "/hold,    what=lane&note=x&until=yesterday,  'until is yesterday, which is not a time'",
        "/hold,    what=lane&note=x&until=2001-01-01, which is over",
        "/pace,    rate=fast&note=x,                  'pace is fast, which is not a number'",
        "/pace,    rate=0.1&note=x,                   allowed: 0 to find the limit",
        "/release, what=lane&note=x,                  lane is not held",
        "/letters/redrive, share=0&stop-after=5&upTo=z,    share is 0; allowed: 1 to 100",
        "/letters/redrive, share=5&stop-after=-1&upTo=z,   'stop-after is -1, which is not a number'",
        "/letters/redrive, share=5&stop-after=1&upTo=z&since=x, 'since is x, which is not a time'",
        "/letters/redrive, share=5&stop-after=1&upTo=z,  No dead letter matches",
        "/jobs/pause,  job=7, There is no such job",
    })
    void what_is_not_allowed_is_refused_with_what_is(String path, String form, String words) throws Exception {
        Answer answer = anna.post(path, form);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains(words);
        assertThat(cxt.rows("SELECT what FROM control")).isEmpty();
        assertThat(cxt.rows("SELECT id FROM job")).isEmpty();
    }

    @Test
    void a_redrive_begins_with_its_preview_and_ends_with_a_receipt() throws Exception {
        fails(3);
        assertThat(anna.get("/letters?reason=CXONE-500").body())
                .contains("3 match.", "Redrive these 3…", "CXONE-500/c0", "cxt dead-letters list --reason 'CXONE-500'");
        Answer preview = anna.get("/letters/redrive?reason=CXONE-500");
        assertThat(preview.body())
                .contains("Nothing is sent yet", "would be sent", "cxt jobs start redrive --reason 'CXONE-500'");
        fails("late", 1); // behind the preview

        Answer started = anna.post("/letters/redrive", fields(preview) + "&note=INC-4711");

        assertThat(started.headers()).containsEntry("location", "/jobs?job=1");
        cxt.awaits(() -> json("/jobs?job=1").at("/job/state").asText().equals("DONE"));
        assertThat(json("/jobs?job=1").at("/job/counts/sent").asInt()).isEqualTo(3);
        assertThat(json("/jobs?job=1").at("/receipts/0/intact").asBoolean()).isTrue();
        assertThat(anna.get("/jobs?job=1").body())
                .contains("3 of 3 letters done, 0 left", "INC-4711", "anna (console)");
        assertThat(anna.get("/jobs").body()).contains("✓ redrive: done", "reason=CXONE-500");
        assertThat(json("/letters").at("/letters")).hasSize(1);
        assertThat(cxt.rows("SELECT count(*) FROM audit_event WHERE event = 'REPLAYED' AND actor = 'anna (console)'"))
                .containsExactly("3");
        assertThat(anna.post("/letters/redrive", fields(preview)).status()).isEqualTo(400);
    }

    @Test
    void a_job_is_paused_resumed_and_cancelled_and_what_failed_again_is_redriven_alone() throws Exception {
        fails(2);
        post("/hold", "what", "lane", "until", "", "note", "so that it waits");
        cxt.awaits(() -> cxt.engine().components().lane().held().isPresent());
        anna.post("/letters/redrive", fields(anna.get("/letters/redrive")));
        assertThat(post("/jobs/pause", "job", "1").status()).isEqualTo(303);
        assertThat(anna.get("/").body()).contains("▲ redrive: paused, 0 of 2 done");
        assertThat(anna.get("/jobs?job=1").body())
                .contains("by anna (console)", "<button>Resume</button>")
                .doesNotContain("<button>Pause</button>");
        assertThat(json("/letters").at("/letters/0/job").asInt()).isEqualTo(1);
        String letter = json("/letters").at("/letters/0/letter/id").asText();
        assertThat(anna.get("/letters?letter=" + letter).body())
                .contains("job 1", "failed: ")
                .doesNotContain("Redrive it");

        assertThat(post("/jobs/cancel", "job", "1").status()).isEqualTo(303);
        assertThat(post("/jobs/resume", "job", "1").status()).isEqualTo(400);
        assertThat(anna.get("/jobs?job=1").body())
                .contains("✓ redrive: cancelled")
                .doesNotContain("<button>Resume");

        post("/release", "what", "lane", "note", "go");
        cxt.awaits(() -> cxt.engine().components().lane().held().isEmpty());
        cxone.change(traffic -> traffic.withFaults(FaultPlan.NONE.with(Fault.status(500), 100)));
        anna.post("/letters/redrive", fields(anna.get("/letters/redrive")));
        cxt.awaits(() -> json("/jobs?job=2").at("/job/state").asText().equals("DONE_WITH_FAILURES"));
        cxone.change(traffic -> traffic.withFaults(FaultPlan.NONE));
        assertThat(anna.get("/jobs?job=2").body()).contains("Redrive only these", "CXONE-500/c0", "CXONE-500/c1");
        fails("other", 1);
        anna.post("/letters/redrive", fields(anna.get("/letters/redrive?job=2")));
        cxt.awaits(() -> json("/jobs?job=3").at("/job/state").asText().equals("DONE"));

        assertThat(json("/jobs?job=3").at("/job/total").asInt()).isEqualTo(2);
        assertThat(json("/letters").at("/letters/0/letter/interactionId").asText())
                .isEqualTo("other0");
    }

    /** Planted text is on no page for anyone until it is on record who reads it. */
    @Test
    @Tag("fault-57")
    void text_is_shown_after_it_is_on_record_what_for_and_only_where_that_is_allowed() throws Exception {
        cxt.drops("sent.json", chat("sent", 2, "CANARY <script>alert(1)</script> \\u202e"));
        cxone.change(traffic -> traffic.withFaults(FaultPlan.NONE.with(Fault.status(500), 100)));
        cxt.drops("failed.json", chat("failed", 2, "CANARY"));
        String letter = json("/letters").at("/letters/0/letter/id").asText();
        assertThat(anna.get("/letters?letter=" + letter).body()).doesNotContain("Show the text");
        assertThat(post("/text", "letter", letter, "note", "INC-1").status()).isEqualTo(403);
        assertThat(cxt.rows("SELECT seq FROM audit_event WHERE event = 'TEXT_READ'"))
                .isEmpty();

        served.close();
        served = new ServedConsole(data, () -> RUNNING, Map.of("console.text", "audited"));
        anna = served.signedIn();
        for (String page : List.of(
                "/",
                "/letters",
                "/letters?letter=" + letter,
                "/chats?id=sent",
                "/chats?id=failed",
                "/sources",
                "/audit",
                "/jobs",
                "/text",
                "/text?letter=" + letter + "&note=x")) {
            assertThat(anna.get(page).body()).as(page).doesNotContain("CANARY");
        }
        assertThat(post("/text", "letter", letter, "note", " ").body())
                .contains("note is empty")
                .doesNotContain("CANARY");
        assertThat(post("/text", "letter", "nothing", "note", "x").status()).isEqualTo(400);
        assertThat(post("/text", "id", "failed", "part", "1", "note", "x").status())
                .isEqualTo(400);
        assertThat(cxt.rows("SELECT seq FROM audit_event WHERE event = 'TEXT_READ'"))
                .isEmpty();

        assertThat(anna.get("/letters?letter=" + letter).body()).contains("Show the text");
        assertThat(post("/text", "letter", letter, "note", "INC-4711").body()).contains("CANARY");
        assertThat(post("/text", "id", "sent", "part", "1", "note", "INC-4712").body())
                .contains("CANARY &lt;script&gt;")
                .doesNotContain("<script>", "\u202e");
        assertThat(
                        cxt.rows(
                                "SELECT interaction_id, source, detail, actor FROM audit_event WHERE event = 'TEXT_READ' ORDER BY seq"))
                .satisfiesExactly(
                        first -> assertThat(first).isEqualTo("failed CXONE-500/failed for: INC-4711 anna (console)"),
                        second -> assertThat(second).startsWith("sent ").endsWith("for: INC-4712 anna (console)"));
        assertThat(anna.get("/audit?chain=operator").body())
                .contains("INC-4711")
                .doesNotContain("CANARY");
    }

    /** As the script of the page does it. */
    @Test
    void a_page_that_stays_open_gets_what_changes_until_the_session_ends() throws Exception {
        fails(1);
        try (Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), served.port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream()
                    .write(anna.request("GET", "/jobs", "", "Accept", "text/event-stream")
                            .getBytes(StandardCharsets.UTF_8));
            BufferedReader stream =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            assertThat(stream.readLine()).contains("200");
            reads(stream, "data: <p>There is none.");

            anna.post("/letters/redrive", fields(anna.get("/letters/redrive")));

            reads(stream, "✓ redrive: done");
            served.clock.advance(Duration.ofMinutes(31));
            assertThat(stream.lines().filter(line -> line.contains("<table")).toList())
                    .isEmpty();
        }
        assertThat(anna.get("/jobs").status()).isEqualTo(401);
    }

    @Test
    void two_consoles_and_three_jobs_at_once_while_slow_clients_read_nothing() throws Exception {
        for (int status : List.of(500, 502, 503)) {
            fails("of" + status + "-", 3, status);
        }
        List<Socket> slow = new ArrayList<>();
        try (ServedConsole second = new ServedConsole(data, () -> RUNNING, Map.of())) {
            Browser otto = second.signedIn();
            for (int i = 0; i < 20; i++) {
                Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), served.port);
                socket.setReceiveBufferSize(1);
                socket.getOutputStream()
                        .write(anna.request("GET", "/jobs", "", "Accept", "text/event-stream")
                                .getBytes(StandardCharsets.UTF_8));
                slow.add(socket);
                assertThat(socket.getInputStream().read()).isEqualTo('H'); // it has begun
            }
            assertThat(anna.get("/jobs", "Accept", "text/event-stream").status())
                    .isEqualTo(503);

            anna.post("/letters/redrive", fields(anna.get("/letters/redrive?reason=CXONE-500")));
            otto.post("/letters/redrive", fields(otto.get("/letters/redrive?reason=CXONE-502")));
            anna.post("/letters/redrive", fields(anna.get("/letters/redrive?reason=CXONE-503")));

            for (Browser each : List.of(anna, otto)) {
                cxt.awaits(() -> {
                    JsonNode jobs = new ObjectMapper()
                            .readTree(each.get("/jobs", "Accept", "application/json")
                                    .body())
                            .at("/jobs");
                    return jobs.size() == 3
                            && jobs.findValuesAsText("state").stream().allMatch("DONE"::equals);
                });
            }
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
        assertThat(cxt.rows("SELECT sum(sent), sum(total) FROM job")).containsExactly("9 9");
        assertThat(cxt.ledger().audit().verify().fault()).isNull();
    }

    private static void reads(BufferedReader stream, String words) throws IOException {
        String line = stream.readLine();
        while (!line.contains(words)) {
            line = stream.readLine();
        }
    }

    private void fails(int count) throws Exception {
        fails("c", count);
    }

    /** Chats that CXone does not take now. */
    private void fails(String name, int count) throws Exception {
        fails(name, count, 500);
    }

    private void fails(String name, int count, int status) throws Exception {
        cxone.change(traffic -> traffic.withFaults(FaultPlan.NONE.with(Fault.status(status), 100)));
        int before = json("/letters").at("/total").asInt();
        for (int i = 0; i < count; i++) {
            cxt.drops(name + i + ".json", chat(name + i));
        }
        cxt.awaits(() -> json("/letters").at("/total").asInt() == before + count);
        cxone.change(traffic -> traffic.withFaults(FaultPlan.NONE));
    }

    /** The fields of a form with what is in them. */
    private static String fields(Answer page) {
        StringBuilder form = new StringBuilder();
        String body = page.body().substring(page.body().indexOf("<form action=\"/letters/redrive\""));
        Matcher field = FIELD.matcher(body);
        while (field.find()) {
            form.append(form.isEmpty() ? "" : "&")
                    .append(field.group(1))
                    .append('=')
                    .append(encoded(field.group(2)));
        }
        return form.toString();
    }

    private Answer post(String path, String... fields) throws IOException {
        StringBuilder form = new StringBuilder();
        for (int i = 0; i < fields.length; i += 2) {
            form.append(i == 0 ? "" : "&").append(fields[i]).append('=').append(encoded(fields[i + 1]));
        }
        return anna.post(path, form.toString());
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    private JsonNode json(String path) throws IOException {
        Answer answer = anna.get(path, "Accept", "application/json");
        assertThat(answer.status()).as(path + answer.body()).isEqualTo(200);
        return new ObjectMapper().readTree(answer.body());
    }
}
