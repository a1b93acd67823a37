package io.cxt.route;

import static io.cxt.fixture.Chats.chat;
import static io.cxt.fixture.Chats.lines;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.Packed;
import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A source that is not what its name says: read where that is safe, else one dead letter. */
class OtherFormatRouteTest {
    private static final String FOREIGN = "{\"entries\": [{\"text\": \"hello\", \"role\": \"CUSTOMER\"}]}";

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

    @Test
    void a_file_of_another_format_is_one_dead_letter_and_goes_to_failed() throws Exception {
        try (RunningCxt cxt = RunningCxt.once(data, cxone)) {
            cxt.put("export.ndjson", bytes((FOREIGN + "\n").repeat(500)));
            cxt.put("single.json", bytes(FOREIGN));
            cxt.put("table.json", bytes("chat,text\n1,a\n".repeat(500)));
            cxt.put("page.json", bytes("<html>sign in</html>\n".repeat(500)));
            cxt.put("mixed.ndjson", bytes(lines("mixed", 2) + FOREIGN + "\n"));
            cxt.awaits(() -> cxt.engine().components().drained());

            assertThat(cxt.files("inbox"))
                    .containsExactlyInAnyOrder(
                            ".failed/export.ndjson",
                            ".failed/single.json",
                            ".failed/table.json",
                            ".failed/page.json",
                            ".done/mixed.ndjson");
            assertThat(cxt.files("dead-letters/JSON-OTHER-FORM"))
                    .containsExactlyInAnyOrder(
                            "export.ndjson-1.reason.json",
                            "single.json-1.reason.json",
                            "table.json-1.reason.json",
                            "page.json-1.reason.json");
            assertThat(cxt.text("dead-letters/JSON-OTHER-FORM/table.json-1.reason.json"))
                    .contains("it looks like CSV: name it .csv");
            assertThat(cxt.text("reports/export.ndjson.report.json"))
                    .contains(
                            "\"read\" : 1",
                            "\"rejected\" : 1",
                            "\"undecided\" : \"JSON-OTHER-FORM: none of its fields");
            assertThat(cxt.files("dead-letters/JSON-UNKNOWN-FIELD")).hasSize(2); // the letter of the mixed file
        }
        assertThat(cxone.counts().posts()).isEqualTo(2);
    }

    @Test
    void a_body_of_another_format_is_kept_whole() throws Exception {
        String body = "[" + FOREIGN + "," + FOREIGN + "]";
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            assertThat(injected(cxt, bytes(body))).contains("outcome=refused", "JSON-OTHER-FORM");

            List<String> kept = cxt.files("dead-letters/JSON-OTHER-FORM").stream()
                    .filter(name -> !name.endsWith(".reason.json"))
                    .toList();
            assertThat(kept).singleElement().asString().endsWith(".json.gz");
            assertThat(Packed.text(data.resolve("dead-letters/JSON-OTHER-FORM").resolve(kept.get(0))))
                    .isEqualTo(body);
            assertThat(injected(cxt, bytes(chat("one") + "\n" + chat("two")))).contains("outcome=injected");
            assertThat(injected(cxt, Packed.gzip(chat("packed").getBytes(StandardCharsets.UTF_16LE))))
                    .contains("outcome=injected");
        }
        assertThat(cxone.counts().posts()).isEqualTo(3);
    }

    @Test
    void what_is_read_against_its_name_is_noted_with_the_first_transcript() throws Exception {
        String rows = "conversation_id,agent_id,customer_id,role,author,text,timestamp\n";
        try (RunningCxt cxt = RunningCxt.once(data, cxone, "pickup.max-source-bytes", "1048576")) {
            cxt.put("joined.ndjson", bytes(lines("joined", 3).replace("\n", "")));
            cxt.put("packed.ndjson", Packed.gzip(bytes(lines("packed", 2))));
            cxt.put("bomb.json", Packed.gzip(bytes(" ".repeat(2_000_000))));
            cxt.put("packed.csv", Packed.gzip(bytes(rows)));
            cxt.awaits(() -> cxt.engine().components().drained());

            assertThat(cxt.files("inbox")).contains(".done/joined.ndjson", ".done/packed.ndjson", ".failed/bomb.json");
            assertThat(cxt.files("dead-letters/SOURCE-SIZE")).containsExactly("bomb.json-1.reason.json");
            assertThat(cxt.files("dead-letters")).noneMatch(name -> name.contains("CSV-SYNTAX"));
            assertThat(cxt.rows(
                            "SELECT interaction_id FROM audit_event WHERE event = 'CLAIMED' AND detail LIKE '%read-as:%'"
                                    + " ORDER BY 1"))
                    .containsExactly("joined-0", "packed-0");
        }
        assertThat(cxone.counts().posts()).isEqualTo(5);
    }

    private static String injected(RunningCxt cxt, byte[] body) {
        return cxt.engine()
                .camelContext()
                .createFluentProducerTemplate()
                .to("direct:inject-transcript")
                .withBody(body)
                .request(Object.class)
                .toString();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
