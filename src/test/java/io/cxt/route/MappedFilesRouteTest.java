package io.cxt.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.fixture.LogRecorder;
import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files in other formats come in by the same folder; config/mappings says how they are read. */
class MappedFilesRouteTest {
    private static final String COLUMNS = "conversation_id,agent_id,customer_id,sender,text,sent_at,message_id\n";

    @TempDir
    Path data;

    private StandIn cxone;

    @BeforeEach
    void startCxone() throws IOException {
        cxone = StandIn.start(StandInSettings.defaults());
    }

    @AfterEach
    void stopCxone() {
        cxone.close();
    }

    private static String row(String chat, String sender, String text, int second) {
        return "%s,agt-1,cust-1,%s,%s,2024-06-15T09:00:%02dZ,\n".formatted(chat, sender, text, second);
    }

    @Test
    void a_table_becomes_transcripts_and_a_refusal_names_row_and_column() throws Exception {
        String table = COLUMNS
                + row("one", "customer", "\"Hello,\nare you there?\"", 0)
                + row("one", "agent", "Yes", 1)
                + row("two", "customer", "Hello", 0)
                + row("two", "agent", "late", 1).replace("2024-06-15T", "15.06.2024 ")
                + row("three", "customer", "Hello", 0);
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("export.csv", table);

            assertThat(cxone.deliveries())
                    .extracting(delivery -> delivery.interactionId())
                    .containsExactlyInAnyOrder("one", "three");
            assertThat(cxt.archive().get("one.json")).contains("Hello,\\nare you there?");
            assertThat(cxt.text("reports/export.csv.report.json"))
                    .contains("\"rejected\" : 1", "row 5, column sent_at", "\"line\":6");
            assertThat(cxt.files("dead-letters")).anyMatch(name -> name.endsWith("/two.json"));
            assertThat(cxt.files("inbox")).containsExactly(".done/export.csv");
        }
    }

    @Test
    void the_report_counts_what_was_left_out_and_a_cut_export_is_a_warning() throws Exception {
        String chat = """
                {"type":"conversation","id":"i-1","state":"closed","created_at":1718442060,
                 "source":{"id":"s","body":"<p>Hello</p>","author":{"type":"user","id":"u"}},
                 "contacts":{"contacts":[{"id":"u"}]},
                 "conversation_parts":{"total_count":5,"conversation_parts":[
                  {"id":1,"part_type":"note","body":"secret","author":{"type":"admin","id":"a"},"created_at":1718442061},
                  {"id":2,"part_type":"comment","body":"Hi","author":{"type":"admin","id":"a"},"created_at":1718442062}]}}
                """;
        try (RunningCxt cxt = RunningCxt.start(data, cxone);
                LogRecorder log = LogRecorder.install()) {
            cxt.drops("intercom-1.json", chat);

            assertThat(new ObjectMapper()
                            .readTree(cxt.text("reports/intercom-1.json.report.json"))
                            .path("notes"))
                    .hasToString("{\"export-cut\":3,\"notes-dropped\":1}");
            assertThat(log.lines())
                    .anyMatch(line ->
                            line.startsWith("export cut source=intercom-1.json pickup=file reason=EXPORT-CUT next="));
            assertThat(cxt.archive().get("i-1.json")).contains("Hello").doesNotContain("secret");
        }
    }

    @Test
    void samples_of_all_formats_go_out_once_however_often_they_are_dropped() throws Exception {
        List<Path> samples;
        try (Stream<Path> all = Files.list(Path.of("src/test/resources/mappings"))) {
            samples = all.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().endsWith(".expected"))
                    .sorted()
                    .toList();
        }
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "transcript.order", "sort")) {
            for (Path sample : samples) {
                cxt.put(sample.getFileName().toString(), Files.readAllBytes(sample));
            }
            cxt.awaits(() ->
                    samples.stream().allMatch(sample -> cxt.files("inbox").contains(".done/" + sample.getFileName())));
            long sent = cxone.counts().accepted();
            assertThat(sent).isGreaterThan(samples.size());
            for (Path sample : samples) {
                cxt.put(sample.getFileName().toString(), Files.readAllBytes(sample));
            }
            cxt.awaits(() -> cxt.files("inbox").stream().allMatch(file -> file.startsWith(".")));

            assertThat(cxone.counts().accepted()).isEqualTo(sent);
            assertThat(cxone.counts().repeats()).isZero();
        }
    }

    @Test
    void a_dead_letter_of_a_table_is_in_our_own_form_and_can_be_mended() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("export.csv", COLUMNS + row("two", "customer", "Hello", 0).replace("agt-1", ""));
            Path letter = data.resolve("dead-letters/ID-AGENT/two.json");
            String corrected = Files.readString(letter).replace("\"\"", "\"agt-1\"");

            cxt.drops("corrected.json", corrected);

            assertThat(cxt.rows("SELECT state FROM delivery WHERE part = 1")).containsExactly("SENT");
        }
    }

    @Test
    void of_a_table_whose_chats_are_torn_apart_nothing_is_sent() throws Exception {
        String torn = COLUMNS
                + row("one", "customer", "Hello", 0)
                + row("two", "customer", "Hello", 0)
                + row("one", "agent", "Yes", 1);
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("torn.csv", torn);

            assertThat(cxone.counts().posts()).isZero();
            assertThat(cxt.text("reports/torn.csv.report.json")).contains("CSV-NOT-GROUPED");
            assertThat(cxt.rows("SELECT state, reason FROM delivery")).containsExactly("REJECTED CSV-NOT-GROUPED");
        }
    }

    @Test
    void an_export_of_zendesk_chat_comes_in_by_its_name() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("zendesk-chat-2024.json", """
                    {"count":1,"chats":[{"id":"z-1","type":"chat","visitor":{"id":"v-1"},"agent_ids":["a-1"],
                     "end_timestamp":"2024-06-15T09:10:00Z","history":[
                     {"type":"chat.memberjoin","timestamp":"2024-06-15T09:00:00Z"},
                     {"type":"chat.msg","sender_type":"Visitor","msg":"Hello","timestamp":"2024-06-15T09:00:01Z","msg_id":"1"},
                     {"type":"chat.msg","sender_type":"Agent","msg":"Hi","timestamp":"2024-06-15T09:00:02Z","msg_id":"2"}]}]}
                    """);

            assertThat(cxone.deliveries())
                    .extracting(delivery -> delivery.interactionId())
                    .containsExactly("z-1");
            assertThat(cxt.rows("SELECT detail FROM audit_event WHERE event = 'CLAIMED'"))
                    .singleElement()
                    .asString()
                    .contains("events-dropped:1");
        }
    }

    @Test
    void of_lines_of_zendesk_chat_a_broken_one_is_kept_as_it_came_and_the_rest_is_sent() throws Exception {
        String chat = "{\"id\":\"%s\",\"type\":\"chat\",\"visitor\":{\"id\":\"v\"},\"agent_ids\":[\"a\"],\"history\":["
                + "{\"type\":\"chat.msg\",\"sender_type\":\"Visitor\",\"msg\":\"Hi\",\"timestamp\":\"2024-06-15T09:00:01Z\"}]}";
        String broken = "{\"id\":\"z-2\",\"vis";
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "redaction.policy", "cards")) {
            cxt.drops(
                    "zendesk-chat.ndjson", chat.formatted("z-1") + "\n" + broken + "\n" + chat.formatted("z-3") + "\n");

            assertThat(cxone.deliveries())
                    .extracting(delivery -> delivery.interactionId())
                    .containsExactlyInAnyOrder("z-1", "z-3");
            String letter = cxt.files("dead-letters").stream()
                    .filter(name -> name.startsWith("JSON-SYNTAX/") && !name.endsWith(".reason.json"))
                    .findFirst()
                    .orElseThrow();
            assertThat(cxt.text("dead-letters/" + letter)).isEqualTo(broken);
            assertThat(cxt.files("inbox")).containsExactly(".done/zendesk-chat.ndjson");

            cxt.drops("zendesk-chat-2.ndjson", chat.formatted("z-2"));
            assertThat(cxone.counts().accepted()).isEqualTo(3);
        }
    }
}
