package io.cxt.route;

import static io.cxt.fixture.Chats.lines;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bringing in some of the chats of a file, and the others later. */
class SelectionRouteTest {
    private static final String CHATS =
            lines("old", 4).replace("2024-06-15", "2023-06-15") + lines("new", 3) + "{oops\n" + lines("more", 2);

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
    void what_is_not_selected_is_counted_and_unknown_to_the_ledger_and_a_wider_run_sends_it() throws Exception {
        try (RunningCxt cxt = RunningCxt.once(
                data,
                cxone,
                "pickup.file.select-since",
                "2024",
                "pickup.file.select-limit",
                "4",
                "pickup.file.select-label",
                "first part")) {
            cxt.put("chats.ndjson", CHATS.getBytes(StandardCharsets.UTF_8));
            cxt.awaits(() -> cxt.engine().components().drained());

            JsonNode report = new ObjectMapper().readTree(cxt.text("reports/chats.ndjson.report.json"));
            assertThat(report.path("counts").toString())
                    .contains("\"read\":10", "\"sent\":4", "\"rejected\":1", "\"not-selected\":5");
            assertThat(report.path("selection").asText())
                    .isEqualTo("since=2024-01-01T00:00:00Z limit=4 label=\"first part\"");
            assertThat(cxt.files("inbox")).containsExactly(".done/chats.ndjson");
            assertThat(cxt.rows("SELECT detail FROM audit_event WHERE event = 'INTAKE_OPENED'"))
                    .singleElement()
                    .asString()
                    .contains("limit=4 label=\"first part\"");
            assertThat(cxt.rows("SELECT detail FROM audit_event WHERE event = 'INTAKE_CLOSED'"))
                    .singleElement()
                    .asString()
                    .contains("read=10", "sent=4", "not-selected=5");
            assertThat(cxt.rows("SELECT count(*) FROM delivery WHERE interaction_id LIKE 'old-%'"))
                    .containsExactly("0");
        }
        Files.move(data.resolve("inbox/.done/chats.ndjson"), data.resolve("inbox/chats.ndjson"));
        try (RunningCxt cxt = RunningCxt.once(data, cxone)) {
            cxt.awaits(() -> cxt.files("inbox").contains(".done/chats.ndjson"));
            assertThat(cxt.rows("SELECT count(*) FROM delivery WHERE state = 'SENT'"))
                    .containsExactly("9");
        }
        assertThat(cxone.counts().posts()).isEqualTo(9);
        assertThat(cxone.counts().repeats()).isZero();
    }

    @Test
    void a_file_of_which_nothing_is_selected_is_done_and_its_balance_comes_out() throws Exception {
        try (RunningCxt cxt = RunningCxt.once(data, cxone, "pickup.file.select-since", "2030")) {
            cxt.put("chats.ndjson", lines("chat", 5).getBytes(StandardCharsets.UTF_8));
            cxt.awaits(() -> cxt.engine().components().drained());

            assertThat(cxt.files("inbox")).containsExactly(".done/chats.ndjson");
            assertThat(cxt.engine().components().backlog().counts())
                    .containsEntry("read", 5L)
                    .containsEntry("not-selected", 5L);
        }
        assertThat(cxone.counts().posts()).isZero();
    }
}
