package io.cxt.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.console.Browser.Answer;
import io.cxt.fixture.Await;
import io.cxt.fixture.FilesBelow;
import io.cxt.fixture.RunningCxt;
import io.cxt.transcript.Reason;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The pages over a ledger that a run has written, with names that are out to harm. */
@Timeout(120)
class ConsolePagesIT {
    private static final Pattern LINK = Pattern.compile("href=\"(/[^\"]*)\"");

    @TempDir
    static Path data;

    private static ServedConsole served;
    private static Browser anna;

    @BeforeAll
    static void serve() throws Exception {
        HostileLedger.write(data);
        served = new ServedConsole(
                data,
                () -> new Running(20.0, 0, null, "HTTP 403 " + HostileLedger.MARKUP, 1, 2, "nothing"),
                Map.of(
                        "cxone.client-secret", "CANARYsecretCANARY",
                        "ledger.username", "u",
                        "pickup.jms.broker-url", "tcp://broker:1?password=CANARYpasswordCANARY",
                        "audit.feed-url", "jdbc:postgresql://u:CANARYpasswordCANARY@host/db",
                        "cxone.client-id", HostileLedger.MARKUP));
        anna = served.signedIn();
    }

    @AfterAll
    static void close() {
        served.close();
    }

    @Test
    void the_overview_tells_what_was_sent_what_was_not_and_why() throws Exception {
        JsonNode overview = json("/");

        assertThat(overview.at("/lastDay/SENT").asText())
                .isEqualTo(RunningCxt.rows(data, "SELECT count(*) FROM audit_event WHERE event = 'SENT'")
                        .get(0));
        assertThat(overview.at("/lastDay/FAILED").asInt()).isEqualTo(1);
        assertThat(overview.at("/lastHour/bars")).hasSize(60);
        assertThat(overview.at("/lastSentAt").asText()).startsWith("20");
        assertThat(overview.at("/deadLetters").asInt()).isEqualTo(reasons());
        assertThat(overview.at("/needed").findValuesAsText("reason"))
                .contains("CXONE-503", "NET-RESET", "OTHER-CONTENT", "JSON-SYNTAX");
        assertThat(anna.get("/").body())
                .contains("✕ Calls are stopped: HTTP 403 &lt;script", "/help?reason=CXONE-503", "cxt status");
    }

    @Test
    void a_chat_is_told_in_the_sentences_of_the_command() throws Exception {
        assertThat(anna.get("/chats?id=sent").body())
                .contains("It is in CXone as conversation conv-1, since", "call 1, ", "CXone answered HTTP 201 after")
                .contains("SKIPPED_DUPLICATE", "other content than the one that CXone has", "cxt find 'sent'");
        assertThat(anna.get("/chats?id=failed").body())
                .contains("It failed after 1 call(s): CXONE-503.", "What to do: ", "cxt dead-letters replay");
        assertThat(anna.get("/chats?id=doubt").body()).contains("may be in CXone or not", "cxone.in-doubt is park");
        assertThat(anna.get("/chats?id=many.ndjson%236").body()).contains("The transcript was rejected");
        assertThat(anna.get("/chats?id=many.ndjson").body()).contains("Sources of this name", "✓ released");
        assertThat(anna.get("/chats?id=nobody").status()).isEqualTo(404);
        assertThat(json("/chats?id=failed").at("/deliveries/0/delivery/reason").asText())
                .isEqualTo("CXONE-503");
    }

    @Test
    void the_balance_of_each_source_comes_out_and_each_term_leads_to_its_events() throws Exception {
        JsonNode sources = json("/sources");
        assertThat(sources.at("/closed")).hasSize(7);
        for (JsonNode source : sources.at("/closed")) {
            assertThat(source.at("/balance/unexplained").asLong()).isZero();
            String reading = source.at("/reading").asText();
            JsonNode one = json("/sources?reading=" + reading);
            assertThat(one.at("/balance")).isEqualTo(source.at("/balance"));
            for (String outcome : List.of("sent", "rejected", "failed", "conflict", "in-doubt", "duplicate")) {
                assertThat(json("/sources?reading=" + reading + "&outcome=" + outcome)
                                .at("/events"))
                        .as(source.at("/source").asText() + " " + outcome)
                        .hasSize(source.at("/balance/outcomes/" + outcome).asInt());
            }
        }
        assertThat(json("/sources").at("/closed").findValuesAsText("read")).contains("8");
    }

    @Test
    void the_balance_of_a_day_is_that_of_its_sources() throws Exception {
        String today = LocalDate.now(ZoneOffset.UTC).toString();
        JsonNode day = json("/sources?day=" + today);
        long read = 0;
        for (JsonNode source : json("/sources").at("/closed")) {
            read += source.at("/balance/read").asLong();
        }

        assertThat(day.at("/sources").asInt()).isEqualTo(7);
        assertThat(day.at("/balance/read").asLong()).isEqualTo(read);
        assertThat(day.at("/balance/unexplained").asLong()).isZero();
        assertThat(day.at("/whole").asBoolean()).isTrue();
        assertThat(json(day.at("/terms/failed").asText()).at("/events")).hasSize(1);
        assertThat(json("/sources?day=2001-01-01").at("/sources").asInt()).isZero();
        assertThat(anna.get("/sources?day=yesterday").status()).isEqualTo(400);
    }

    @Test
    void the_whole_audit_is_verified_when_somebody_asks() throws Exception {
        assertThat(anna.post("/audit/verify", "x=y").status()).isEqualTo(303);
        Await.until(() -> json("/audit").at("/verified/found").isObject(), Duration.ofSeconds(30));

        assertThat(json("/audit").at("/verified/found/faults")).isEmpty();
        assertThat(anna.get("/audit").body()).contains("✓ Verified", "events in 2 chains are intact");
    }

    @Test
    void the_audit_is_shown_newest_first_by_kind_and_time() throws Exception {
        JsonNode all = json("/audit");
        List<Long> places = new ArrayList<>();
        all.at("/events").forEach(event -> places.add(event.at("/seq").asLong()));
        assertThat(places).isSortedAccordingTo((a, b) -> Long.compare(b, a)).hasSizeGreaterThan(20);

        assertThat(json("/audit?chain=" + all.at("/chain").asText() + "&event=IN_DOUBT")
                        .at("/events"))
                .hasSize(1);
        assertThat(json("/audit?until=2001").at("/events")).isEmpty();
        assertThat(json("/audit?from=2999").at("/events")).isEmpty();
        assertThat(anna.get("/audit?from=yesterday").status()).isEqualTo(400);
        assertThat(anna.get("/audit?event=NONSENSE").status()).isEqualTo(400);
        assertThat(anna.get("/audit?chain=nope").status()).isEqualTo(404);
        assertThat(anna.get("/audit?before=abc").body()).contains("before is abc, which is not a number");
        assertThat(anna.get("/sources?chain=nope").status()).isEqualTo(404);
        assertThat(anna.get("/chats?state=NOPE").status()).isEqualTo(400);
        assertThat(anna.get("/chats?id=%25").status()).isEqualTo(404);
        assertThat(anna.get("/chats?id=%").status()).isEqualTo(400);
        assertThat(anna.get("/jobs?job=-1").status()).isEqualTo(400);
    }

    @Test
    void settings_say_where_a_value_comes_from_and_show_no_secret() throws Exception {
        Map<String, JsonNode> settings = new LinkedHashMap<>();
        json("/settings")
                .at("/settings")
                .forEach(each -> settings.put(each.at("/name").asText(), each));

        assertThat(settings.get("cxone.client-secret").at("/value").asText()).isEqualTo("set, not shown");
        assertThat(settings.get("pickup.jms.broker-url").at("/value").asText()).isEqualTo("tcp://…");
        assertThat(settings.get("ops.port").at("/fallback").asText()).isEqualTo("9876");
        assertThat(settings.get("cxone.requests-per-second").at("/words").asText())
                .contains("Default: 50");
        assertThat(settings.values())
                .allSatisfy(each -> assertThat(each.at("/words").asText()).isNotEmpty());
    }

    @Test
    void each_reason_has_its_help() throws Exception {
        for (Reason reason : Reason.values()) {
            assertThat(json("/help?reason=" + reason.id().replace("nnn", "503")).at("/topics"))
                    .hasSize(1);
        }
        assertThat(json("/help?reason=CXONE-503").at("/topics/0/meaning").asText())
                .isEqualTo("CXone, or a gateway before it, answered with HTTP status 503.");
        assertThat(json("/help").at("/topics")).hasSize(Reason.values().length);
    }

    /** Follows every link of every page. */
    @Test
    @Tag("fault-57")
    void each_link_leads_to_a_page_and_nothing_planted_is_on_any() throws Exception {
        Set<String> seen = new HashSet<>();
        Queue<String> ahead = new ArrayDeque<>(List.of("/"));
        while (!ahead.isEmpty()) {
            String path = ahead.remove();
            if (seen.add(path)) {
                Answer page = anna.get(path);
                Answer json = anna.get(path, "Accept", "application/json");

                assertThat(page.status()).as(path).isEqualTo(200);
                assertThat(page.body() + json.body()).as(path).doesNotContain("CANARY");
                assertThat(page.body())
                        .as(path)
                        .doesNotContain("<script>", "<img", "<svg onload", "<b onclick")
                        .doesNotContain("\u202e", "\u2066", "\u0007", "\u200b");
                if (!path.equals("/console.css")) {
                    assertThat(new ObjectMapper().readTree(json.body()).isObject())
                            .as(path)
                            .isTrue();
                }
                Matcher link = LINK.matcher(page.body());
                while (link.find()) {
                    ahead.add(link.group(1).replace("&amp;", "&"));
                }
            }
        }
        assertThat(seen).hasSizeGreaterThan(60);
        assertThat(seen).contains("/chats?id=" + URLEncoder.encode(HostileLedger.MARKUP, StandardCharsets.UTF_8));
    }

    @Test
    void each_hostile_id_is_found_by_its_link() throws Exception {
        for (String id : List.of(HostileLedger.MARKUP, HostileLedger.QUOTES, HostileLedger.LONG)) {
            String asked = URLEncoder.encode(id.replace("\\\"", "\""), StandardCharsets.UTF_8);
            assertThat(anna.get("/chats?id=" + asked).body()).contains("It is in CXone as conversation");
        }
    }

    @Test
    void looking_changes_nothing() throws Exception {
        List<String> before = RunningCxt.rows(data, "SELECT count(*) FROM audit_event");
        byte[] ledger = Files.readAllBytes(data.resolve("ledger.db"));

        for (String page : List.of("/", "/chats?id=sent", "/sources", "/audit", "/settings", "/help")) {
            anna.get(page);
        }

        assertThat(RunningCxt.rows(data, "SELECT count(*) FROM audit_event")).isEqualTo(before);
        assertThat(Files.readAllBytes(data.resolve("ledger.db"))).isEqualTo(ledger);
    }

    private static int reasons() throws IOException {
        return (int) FilesBelow.of(data.resolve("dead-letters")).stream()
                .filter(name -> name.endsWith(".reason.json"))
                .count();
    }

    private static JsonNode json(String path) throws IOException {
        Answer answer = anna.get(path, "Accept", "application/json");
        assertThat(answer.status()).as(path).isEqualTo(200);
        assertThat(answer.headers()).containsEntry("content-type", "application/json");
        return new ObjectMapper().readTree(answer.body());
    }
}
