package io.cxt.house;

import static io.cxt.fixture.Chats.chat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.fixture.LogRecorder;
import io.cxt.fixture.RunningCxt;
import io.cxt.intake.SourceReading.Outcome;
import io.cxt.ledger.DeliveryState;
import io.cxt.simulator.Fault;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The words of docs/glossary.md, held against what people and scripts are shown. */
class GlossaryTest {
    private static final Map<String, Fault> FAULTS =
            Map.of("in-doubt", Fault.resetAfterBody(), "failed", Fault.status(500), "rejected", Fault.status(400));

    @TempDir
    Path data;

    @Test
    void each_outcome_and_each_state_is_in_it() throws IOException {
        String page = Files.readString(Path.of("docs/glossary.md"));

        assertThat(Arrays.stream(Outcome.values())
                        .map(outcome -> outcome.name().toLowerCase(Locale.ROOT).replace('_', ' ')))
                .allSatisfy(word -> assertThat(page).contains("| **" + word + "**"));
        assertThat(Stream.of(DeliveryState.values()).filter(state -> state != DeliveryState.SENDING))
                .allSatisfy(state -> assertThat(page).contains("`" + state + "`"));
    }

    @Test
    @Tag("fault-125")
    void an_outcome_has_the_same_word_in_log_report_dead_letter_count_and_answer() throws Exception {
        try (LogRecorder log = LogRecorder.install();
                StandIn cxone = StandIn.start(StandInSettings.defaults());
                RunningCxt cxt =
                        RunningCxt.start(data, cxone, "cxone.retry.max-retries", "0", "cxone.in-doubt", "park")) {
            cxt.drops("sent.json", chat("sent"));
            cxt.drops("duplicate.json", chat("sent"));
            cxt.drops("conflict.json", chat("sent", 3, "other"));
            for (Map.Entry<String, Fault> each : FAULTS.entrySet()) {
                cxone.next(each.getValue());
                cxt.drops(each.getKey() + ".json", chat(each.getKey()));
            }
            cxt.drops("none.ndjson", "\n{}\n");

            assertThat(cxt.engine().components().backlog().counts())
                    .isEqualTo(Map.of(
                            "read",
                            7L,
                            "sent",
                            1L,
                            "duplicate",
                            1L,
                            "conflict",
                            1L,
                            "in-doubt",
                            1L,
                            "failed",
                            1L,
                            "rejected",
                            2L));
            assertThat(log.lines()).anyMatch(line -> line.startsWith("sent interaction=sent "));
            for (String word : List.of("in-doubt", "failed", "rejected", "conflict")) {
                assertThat(log.lines()).anyMatch(line -> line.startsWith(word + " source=" + word + ".json line=1 "));
                JsonNode refusals = new ObjectMapper()
                        .readTree(cxt.text("reports/" + word + ".json.report.json"))
                        .get("refusals");
                assertThat(refusals.get(0).get("outcome").asText()).isEqualTo(word);
            }
            assertThat(log.lines())
                    .anyMatch(line -> line.startsWith("rejected source=none.ndjson line=2 interaction=none.ndjson#1 "));

            assertThat(inject(cxt, chat("sent")))
                    .containsEntry("outcome", "injected")
                    .containsEntry("result", "duplicate");
            assertThat(inject(cxt, "{}")).containsEntry("outcome", "refused").containsEntry("result", "rejected");
            assertThat(inject(cxt, "[" + chat("another") + ",{}]"))
                    .containsEntry("outcome", "refused")
                    .containsEntry("result", "rejected");
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> inject(RunningCxt cxt, String body) {
        return cxt.engine()
                .camelContext()
                .createFluentProducerTemplate()
                .to("direct:inject-transcript")
                .withBody(body)
                .request(Map.class);
    }
}
