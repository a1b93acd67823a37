package io.cxt.archive;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReportTest {

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 5000})
    void holds_the_counts_and_each_refusal(int refusals) throws Exception {
        Report report = new Report(folder, "chats.json");
        for (int i = 1; i <= refusals; i++) {
            report.add(refusal(i));
        }

        Path file = report.write(
                again -> "chats.json",
                refusals > 0,
                Map.of("begun", "2024-06-15T09:00:00Z"),
                Map.of("rejected", (long) refusals),
                refusals > 0 ? Map.of("export-cut", 3L) : Map.of());
        report.discard();

        JsonNode read = JSON.readTree(file.toFile());
        assertThat(file.getFileName()).hasToString("chats.json.report.json");
        assertThat(read.path("source").asText()).isEqualTo("chats.json");
        assertThat(read.path("begun").asText()).isEqualTo("2024-06-15T09:00:00Z");
        assertThat(read.at("/counts/rejected").asInt()).isEqualTo(refusals);
        assertThat(read.path("notes").toString()).isEqualTo(refusals > 0 ? "{\"export-cut\":3}" : "");
        assertThat(read.path("refusals").isArray()).isTrue();
        assertThat(read.path("refusals")).hasSize(refusals);
        if (refusals > 0) {
            assertThat(read.at("/refusals/" + (refusals - 1) + "/line").asInt()).isEqualTo(refusals);
            assertThat(read.at("/refusals/0/faults/0/pointer").asText()).isEqualTo("/messages/1");
        }
        assertThat(Files.list(folder).filter(Files::isRegularFile)).containsExactly(file);
        assertThat(folder.resolve(".tmp")).isEmptyDirectory();
    }

    private static Refusal refusal(int line) {
        return new Refusal(
                "rejected",
                "TS-ORDER",
                "ext-\"" + line,
                "chats.json",
                line,
                line,
                List.of(new Refusal.Fault("TS-ORDER", line, "/messages/1", "goes back", "sort")),
                null,
                null,
                "Fix it.",
                null,
                null,
                null,
                null);
    }
}
