package io.cxt.cli;

import static io.cxt.fixture.Chats.chat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cxt.fixture.Command;
import io.cxt.fixture.Command.Ended;
import io.cxt.fixture.Environment;
import io.cxt.fixture.Verb;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A pipe where a file should be, and a machine that is set to plain ASCII. */
@Timeout(120)
class OddSurroundingsIT {
    private static final String TEXT = "Gr\u00fc\u00dfe \u6f22\u5b57";

    @TempDir
    Path scratch;

    @Test
    @Tag("fault-52")
    void validate_does_not_wait_at_a_pipe() throws Exception {
        Path pipe = scratch.resolve("pipe.json");
        assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0, "no mkfifo here");
        try (StandIn cxone = StandIn.start(StandInSettings.defaults())) {
            Ended ended = Verb.of(Environment.of(scratch.resolve("data"), cxone), "validate", pipe.toString());

            assertThat(ended.exit()).isEqualTo(2);
            assertThat(ended.err()).contains("There is no file", "pipe.json");
        }
    }

    @Test
    @Tag("fault-53")
    void texts_and_file_names_survive_a_machine_set_to_ascii() throws Exception {
        Path data = scratch.resolve("data");
        Files.createDirectories(data.resolve("inbox"));
        Path plain = Files.writeString(scratch.resolve("plain.json"), chat("one", 2, TEXT));
        int made = new ProcessBuilder(
                        "sh",
                        "-c",
                        "cp \"$0\" \"$1/inbox/$(printf 'Gr\\303\\274\\303\\237e.json')\"",
                        plain.toString(),
                        data.toString())
                .start()
                .waitFor();
        assertThat(made).isZero();
        try (StandIn cxone = StandIn.start(StandInSettings.defaults().withHeadersAndBodies())) {
            Map<String, String> environment = Environment.of(data, cxone, "LC_ALL", "C", "LANG", "C");

            Ended validated = Command.run(
                    scratch, environment, "validate", data.resolve("inbox").toString());
            Ended run = Command.run(scratch, environment, "run", "--once");

            assertThat(validated.exit()).as(validated.err()).isZero();
            assertThat(run.exit()).as(run.err()).isZero();
            assertThat(cxone.calls()).singleElement().satisfies(call -> assertThat(
                            new String(call.body(), StandardCharsets.UTF_8))
                    .contains(TEXT));
            try (var done = Files.list(data.resolve("inbox/.done"))) {
                assertThat(done).hasSize(1);
            }
        }
    }

    @Test
    @Tag("fault-70")
    void a_file_where_a_folder_belongs_ends_the_start_with_its_path_and_what_to_do() throws Exception {
        Path data = scratch.resolve("data");
        try (StandIn cxone = StandIn.start(StandInSettings.defaults())) {
            for (Path inTheWay : List.of(data, data.resolve("archive"))) {
                Files.deleteIfExists(data);
                Files.createDirectories(inTheWay.getParent());
                Files.createFile(inTheWay);

                Ended ended = Verb.of(Environment.of(data, cxone), "run", "--once");

                assertThat(ended.exit()).as(ended.err()).isEqualTo(3);
                assertThat(ended.err()).contains("'" + inTheWay + "' is in the way", "move it away");
            }
        }
    }
}
