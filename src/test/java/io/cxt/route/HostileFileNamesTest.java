package io.cxt.route;

import static io.cxt.fixture.Chats.chat;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.Packed;
import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files with names that no person would give them. FAULTS 51 and 53: read under their name, or under a safe one. */
@Timeout(120)
class HostileFileNamesTest {

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

    private static final List<String> NAMES = List.of(
            "x".repeat(250) + ".json",
            "\u00fc".repeat(125) + ".json",
            "a" + "\uD83D\uDE00".repeat(62) + ".json",
            "a." + "b.".repeat(124) + "json",
            "x".repeat(247) + ".json.gz",
            "-rf.json",
            "--help.json",
            " .json",
            "two\nlines.json",
            "\u001b[31mred\r.json",
            "${body} #{x} {{cxone.client-id}} %s.json",
            "'; DROP TABLE intake; --.json",
            "back\\slash|pipe&amp;<b>.json",
            "back.sl\\ash.json",
            "\u202Enosj.json",
            "e\u0301.json",
            "x.report.json",
            "x.reason.json");

    /** Three times, because the second finds its place in .done taken, and the third is known. */
    @Test
    @Tag("fault-53")
    void a_file_of_any_name_is_read_and_kept_each_time_it_comes() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            for (String round : List.of("one", "two", "one")) {
                for (int i = 0; i < NAMES.size(); i++) {
                    byte[] content = chat(round + "-" + i).getBytes(StandardCharsets.UTF_8);
                    drop(NAMES.get(i), NAMES.get(i).endsWith(".gz") ? Packed.gzip(content) : content);
                }
                cxt.awaits(this::nothingWaits);
                cxt.awaits(() -> cxt.engine().components().backlog().openReadings() == 0);
            }

            assertThat(cxt.files("inbox")).hasSize(3 * NAMES.size());
            assertThat(cxt.files("inbox/.done")).containsAll(kept());
            assertThat(cxone.counts().posts()).isEqualTo(2 * NAMES.size());
            assertThat(cxone.counts().acceptedDistinct()).isEqualTo(2 * NAMES.size());
            assertThat(cxt.rows("SELECT count(*) FROM intake WHERE closed_at IS NULL"))
                    .containsExactly("0");
        }
    }

    private boolean nothingWaits() throws IOException {
        try (Stream<Path> files = Files.list(data.resolve("inbox"))) {
            return files.allMatch(file -> file.getFileName().toString().startsWith("."));
        }
    }

    private static List<String> kept() {
        return NAMES.stream().filter(name -> name.indexOf('\\') < 0).toList();
    }

    @Test
    @Tag("fault-53")
    void a_name_that_is_not_utf8_is_changed_into_a_safe_one_and_the_file_is_read() throws Exception {
        Path source = Files.writeString(data.resolve("source"), chat("odd"));
        Files.createDirectories(data.resolve("inbox"));
        Process shell = new ProcessBuilder(
                        "sh",
                        "-c",
                        "cp \"$0\" \"$1/$(printf 'bad\\377\\300\\257.json')\"",
                        source.toString(),
                        data + "/inbox")
                .inheritIO()
                .start();
        assertThat(shell.waitFor()).isZero();

        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.awaits(() -> cxone.counts().accepted() == 1);
            cxt.awaits(() -> cxt.engine().components().drained());
            cxt.awaits(() -> cxt.engine().components().backlog().openReadings() == 0);

            assertThat(cxt.files("inbox"))
                    .singleElement()
                    .asString()
                    .matches("\\.done/bad_FF_C0_AF~[0-9a-f]{12}\\.json");
        }
    }

    private void drop(String name, byte[] content) throws IOException {
        Path beside = Files.write(data.resolve("beside"), content);
        Files.move(beside, data.resolve("inbox").resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    private static final List<String> IDS = List.of(
            "../escaped",
            "../../../../../../tmp/escaped",
            "..\\\\..\\\\escaped",
            "/tmp/escaped",
            "%2e%2e%2fescaped",
            "....//escaped",
            "..%c0%afescaped",
            "file:///tmp/escaped",
            "escaped\\u0001/../x",
            "~root/escaped",
            "C:\\\\escaped",
            "escaped.reason.json");

    @Test
    @Tag("fault-51")
    void an_interaction_id_makes_no_file_outside_its_folder() throws Exception {
        String bad = IDS.stream()
                .map(id -> chat(id).replace("\"from\"", "\"form\"") + "\n")
                .collect(joining());
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("good.ndjson", IDS.stream().map(id -> chat(id) + "\n").collect(joining()));
            cxt.drops("bad.ndjson", bad);

            assertThat(cxt.archive()).hasSize(IDS.size());
            assertThat(cxt.files("dead-letters"))
                    .hasSize(2 * IDS.size())
                    .allMatch(file -> file.startsWith("JSON-UNKNOWN-FIELD/"));
        }
        try (Stream<Path> inside = Files.walk(data)) {
            assertThat(inside.filter(path -> path.getFileName().toString().contains("escaped")))
                    .allMatch(path ->
                            path.startsWith(data.resolve("archive")) || path.startsWith(data.resolve("dead-letters")));
        }
        assertThat(data.resolveSibling("escaped")).doesNotExist();
        assertThat(Path.of("/tmp/escaped")).doesNotExist();
    }
}
