package io.cxt.cli;

import static io.cxt.fixture.Chats.lines;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.Command;
import io.cxt.fixture.Command.Ended;
import io.cxt.fixture.Verb;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The options that select chats. */
class SelectionIT {
    private static final String CHATS = lines("old", 4).replace("2024-06-15", "2023-06-15") + lines("new", 3);

    @TempDir
    Path scratch;

    @Test
    void run_once_sends_what_is_selected_and_a_dry_run_shows_it() throws Exception {
        Path data = scratch.resolve("d");
        Path file =
                Files.writeString(Files.createDirectories(data.resolve("inbox")).resolve("chats.ndjson"), CHATS);
        try (StandIn cxone = StandIn.start(StandInSettings.defaults())) {
            Map<String, String> environment = Map.of(
                    "DATA_DIR", data.toString(),
                    "CXONE_BASE_URL", cxone.baseUri().toString(),
                    "CXONE_CLIENT_ID", "client-1",
                    "CXONE_CLIENT_SECRET", "secret-1",
                    "PICKUP_FILE_SETTLE_MS", "0");

            Ended dry = Verb.of(environment, "run", "--once", "--until", "2024", "--limit", "2", "--dry-run");
            assertThat(dry.exit()).as(dry.err()).isZero();
            assertThat(dry.out()).contains("old-0", "old-1").doesNotContain("old-2", "new-");
            assertThat(dry.err()).contains("2 transcripts in 1 files, 0 would be rejected", "5 were not selected");
            assertThat(file).exists();
            assertThat(data.resolve("ledger.db")).doesNotExist();

            Ended run = Command.run(
                    scratch, environment, "run", "--once", "--until", "2024", "--limit", "2", "--label", "a trial");
            assertThat(run.exit()).as(run.err()).isZero();
            assertThat(run.out()).startsWith("7 read, 2 sent").contains("5 not-selected");
            assertThat(cxone.counts().posts()).isEqualTo(2);
            assertThat(Files.readString(data.resolve("reports/chats.ndjson.report.json")))
                    .contains("limit=2 label=\\\"a trial\\\"");
        }
    }

    @Test
    void validate_checks_what_is_selected() throws Exception {
        Path file = Files.writeString(scratch.resolve("chats.ndjson"), CHATS);

        Ended range = Verb.of(Map.of(), "validate", "--since", "2024-06", file.toString());
        Ended first = Verb.of(Map.of(), "validate", "--limit", "1", file.toString());
        Ended shown = Verb.of(Map.of(), "validate", "--show", "--limit", "1", "--sample", "100%", file.toString());

        assertThat(range.err()).contains("3 transcripts in 1 files", "4 were not selected");
        assertThat(first.err()).contains("1 transcripts in 1 files", "6 were not selected");
        assertThat(shown.err()).contains("7 transcripts in 1 files").doesNotContain("not selected");
        assertThat(shown.out()).contains("old-0").doesNotContain("old-1");
    }

    @Test
    void wrong_options_are_refused_by_their_names() {
        assertThat(Verb.of(Map.of(), "run", "--since", "2024")).satisfies(ended -> {
            assertThat(ended.exit()).isEqualTo(2);
            assertThat(ended.err()).contains("need --once");
        });
        assertThat(Verb.of(Map.of(), "run", "--once", "--sample", "1")).satisfies(ended -> {
            assertThat(ended.exit()).isEqualTo(2);
            assertThat(ended.err()).contains("--sample is 1; allowed: above 0 and up to 100, such as 1%");
        });
    }
}
