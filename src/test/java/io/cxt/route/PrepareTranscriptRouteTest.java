package io.cxt.route;

import static io.cxt.fixture.Chats.chat;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.Fault;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrepareTranscriptRouteTest {

    private static final String SWAPPED = chat("swapped").replace("00:00:00Z", "09:00:00Z");

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
    void all_broken_rules_are_reported_at_once() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops(
                    "chat.json", SWAPPED.replace("\"agentId\":\"agt-1\",", "").replaceFirst("\"text\":\"Hello\",", ""));

            assertThat(cxone.counts().posts()).isZero();
            assertThat(cxt.text("reports/chat.json.report.json"))
                    .contains("ID-AGENT", "MSG-TEXT", "TS-ORDER", "/messages/1/timestamp", "/messages/0/text");
            assertThat(cxt.rows("SELECT state, part FROM delivery")).containsExactly("REJECTED 0");
            assertThat(cxt.rows("SELECT status, interaction_id FROM audit_record"))
                    .containsExactly("validation_failed swapped");
        }
    }

    @Test
    @Tag("fault-49")
    void messages_out_of_order_are_sorted_when_asked_for_and_that_is_noted() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "transcript.order", "sort")) {
            cxt.drops("chat.json", SWAPPED);

            assertThat(cxone.counts().acceptedDistinct()).isEqualTo(1);
            assertThat(cxt.rows("SELECT detail FROM audit_event WHERE event = 'CLAIMED'"))
                    .containsExactly("messages=2 sorted");
            assertThat(cxt.archive().get("swapped.json").indexOf("00:00:01Z"))
                    .isLessThan(cxt.archive().get("swapped.json").indexOf("09:00:00Z"));
        }
    }

    @Test
    @Tag("fault-81")
    @Tag("fault-82")
    void a_padded_id_and_a_time_that_cannot_be_are_set_aside_and_not_sent() throws Exception {
        String early = chat("early").replaceAll("20\\d\\d-\\d\\d-\\d\\dT", "1970-01-20T");
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("chats.ndjson", early + "\n" + chat("padded\u00A0") + "\n" + chat("good") + "\n");

            assertThat(cxone.counts().posts()).isEqualTo(1);
            assertThat(cxt.files("dead-letters"))
                    .contains("TS-RANGE/early.json")
                    .filteredOn(file -> file.startsWith("ID-BLANK/"))
                    .hasSize(2);
            assertThat(cxt.text("reports/chats.ndjson.report.json"))
                    .contains("/messages/0/timestamp", "is before 1990-01-01T00:00:00Z", "Ten digits are seconds");
        }
    }

    @Test
    @Tag("fault-50")
    void five_hundred_messages_go_in_one_call_and_one_more_in_two() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("fits.json", chat("fits", 500, "Hello"));
            cxt.drops("cut.json", chat("cut", 501, "Hello"));

            assertThat(cxone.counts().posts()).isEqualTo(3);
            assertThat(cxt.archive()).containsOnlyKeys("cut.part-1-of-2.json", "cut.part-2-of-2.json", "fits.json");
            assertThat(cxt.archive().get("cut.part-2-of-2.json"))
                    .contains("\"part\":2,\"parts\":2", "\"id\":\"msg_500\"");
        }
    }

    @Test
    void a_transcript_over_a_limit_is_refused_when_so_configured() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "transcript.oversize", "reject")) {
            cxt.drops("chat.json", chat("long", 501, "Hello"));

            assertThat(cxone.counts().posts()).isZero();
            assertThat(cxt.files("dead-letters")).contains("MSG-LIMIT/long.json");
        }
    }

    @Test
    void a_single_message_over_the_limit_is_refused() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("chat.json", chat("huge", 2, "x".repeat(1_048_577)));

            assertThat(cxone.counts().posts()).isZero();
            assertThat(cxt.files("dead-letters")).contains("MSG-SIZE/huge.json");
        }
    }

    @Test
    void the_parts_after_a_refused_one_are_not_sent() throws Exception {
        cxone.next(Fault.none(), Fault.status(422));
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("chat.json", chat("cut", 1_400, "Hello"));

            assertThat(cxone.counts().posts()).isEqualTo(2);
            assertThat(cxt.rows("SELECT part, state FROM delivery ORDER BY part"))
                    .containsExactly("1 SENT", "2 REJECTED");
            assertThat(cxt.files("dead-letters")).contains("CXONE-422/cut.json");
        }
    }
}
