package io.cxt.route;

import static io.cxt.fixture.Chats.chat;
import static io.cxt.fixture.Chats.lines;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadTranscriptsRouteTest {

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
    void a_line_that_cannot_be_read_is_set_aside_and_the_rest_goes_on() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("chats.ndjson", chat("first") + "\n{\"interactionId\": oops}\n" + chat("third") + "\n");

            assertThat(cxone.counts().acceptedDistinct()).isEqualTo(2);
            assertThat(cxt.files("dead-letters"))
                    .containsExactly("JSON-SYNTAX/chats.ndjson-2.json", "JSON-SYNTAX/chats.ndjson-2.reason.json");
            assertThat(cxt.text("dead-letters/JSON-SYNTAX/chats.ndjson-2.json")).isEqualTo("{\"interactionId\": oops}");
            assertThat(cxt.text("dead-letters/JSON-SYNTAX/chats.ndjson-2.reason.json"))
                    .contains(
                            "\"line\" : 2", "\"source\" : \"chats.ndjson\"", "\"rule\" : \"JSON-SYNTAX\"", "\"hint\"");
            assertThat(cxt.text("reports/chats.ndjson.report.json"))
                    .contains("\"read\" : 3", "\"sent\" : 2", "\"rejected\" : 1");
        }
    }

    @Test
    void an_array_is_read_up_to_its_fault_and_the_rest_is_one_finding() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("chats.json", "[" + chat("first") + "," + chat("second") + ",{oops," + chat("fourth") + "]");

            assertThat(cxone.counts().acceptedDistinct()).isEqualTo(2);
            assertThat(cxt.files("inbox")).containsExactly(".done/chats.json");
            assertThat(cxt.files("dead-letters")).containsExactly("JSON-SYNTAX/chats.json-3.reason.json");
        }
    }

    @Test
    @Tag("fault-72")
    void a_source_without_a_transcript_is_refused_as_empty() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("array.json", "[ ]");
            cxt.drops("blank.ndjson", "\n \n");
            cxt.drops("nothing.jsonl", "");

            assertThat(cxt.files("dead-letters"))
                    .containsExactly(
                            "JSON-EMPTY/array.json-1.reason.json",
                            "JSON-EMPTY/blank.ndjson-1.reason.json",
                            "JSON-EMPTY/nothing.jsonl-1.reason.json");
            assertThat(cxt.text("reports/array.json.report.json")).contains("\"read\" : 1", "\"rejected\" : 1");
        }
    }

    @Test
    void an_unknown_field_is_refused_by_name_or_dropped_and_noted() throws Exception {
        String extra = chat("extra").replaceFirst("\\{", "{\"mood\":\"bad\",");
        try (RunningCxt cxt = RunningCxt.start(data.resolve("reject"), cxone)) {
            cxt.drops("chat.json", extra);

            assertThat(cxt.text("dead-letters/JSON-UNKNOWN-FIELD/extra.reason.json"))
                    .contains("mood");
        }
        try (RunningCxt cxt = RunningCxt.start(data.resolve("drop"), cxone, "transcript.unknown-fields", "drop")) {
            cxt.drops("chat.json", extra);

            assertThat(cxone.counts().acceptedDistinct()).isEqualTo(1);
            assertThat(cxt.rows("SELECT detail FROM audit_event WHERE event = 'CLAIMED'")
                            .get(0))
                    .contains("unknown-fields-dropped:/mood");
        }
    }

    @Test
    @Tag("fault-18")
    void a_source_that_is_broken_off_by_a_stop_stays_and_goes_on_at_the_next_start() throws Exception {
        cxone.change(traffic -> traffic.withLatency(500));
        try (RunningCxt cxt =
                RunningCxt.start(data, cxone, "cxone.max-in-flight", "4", "cxone.requests-per-second", "6")) {
            cxt.put("chats.ndjson", lines("chat", 60).getBytes(StandardCharsets.UTF_8));
            cxt.awaits(() -> cxone.counts().accepted() >= 8);
        }
        assertThat(data.resolve("inbox/chats.ndjson")).exists();
        assertThat(cxone.counts().accepted()).isLessThan(60);
        assertThat(RunningCxt.rows(data, "SELECT count(*) FROM delivery WHERE state = 'SENDING' AND calling = 1"))
                .containsExactly("0");
        cxone.change(traffic -> traffic.withLatency(0));

        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.awaits(() -> cxt.files("inbox").contains(".done/chats.ndjson"));

            assertThat(cxt.text("reports/chats.ndjson.report.json")).contains("\"read\" : 60", "\"sent\" : 60");
            assertThat(cxt.rows("SELECT count(*) FROM audit_record WHERE status = 'injected' AND archive_success = 1"))
                    .containsExactly("60");
            assertThat(cxt.archive()).hasSize(60);
        }
        assertThat(cxone.counts().acceptedDistinct()).isEqualTo(60);
        assertThat(cxone.counts().repeats()).isZero();
    }
}
