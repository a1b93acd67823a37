package io.cxt.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.files.HaltAt;
import io.cxt.transcript.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArchiveErasureIT {
    private static final byte[] CHAT = "{\"text\":\"to be erased\"}".repeat(50).getBytes(UTF_8);
    private static final byte[] OTHER = "{\"text\":\"another\"}".repeat(50).getBytes(UTF_8);

    @TempDir
    Path folder;

    /** Erases in a process that is killed on the way. */
    public static void main(String... arguments) throws IOException {
        new ArchiveErasure(Path.of(arguments[0])).erase(arguments[1], Part.hashOf(CHAT));
    }

    @ParameterizedTest
    @CsvSource({"erase-noting, false", "erase-noted, true", "erase-half, true", "erase-written, true"})
    void after_a_kill_at_any_step_each_other_line_is_readable_and_the_erasure_whole_or_not_begun(
            String step, boolean erased) throws Exception {
        String chat;
        String other;
        try (Segment segment = Segment.create(folder, "2026-11-22/a" + Segment.ENDING)) {
            long at = segment.append(List.of(OTHER, CHAT, OTHER));
            chat = ArchiveReader.place(segment.name(), at, 2);
            other = ArchiveReader.place(segment.name(), at, 3);
        }

        assertThat(erasing(step, chat)).isEqualTo(HaltAt.EXIT);
        new ArchiveSettings(true, true, folder)
                .open("0a1b2c3d", Clock.systemUTC())
                .close();
        Segment.reopen(folder, "2026-11-22/a" + Segment.ENDING).close();

        ArchiveReader reader = new ArchiveReader(folder);
        assertThat(reader.read(other)).isEqualTo(OTHER);
        assertThat(reader.read(chat)).isEqualTo(erased ? "{\"erased\":true}".getBytes(UTF_8) : CHAT);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("2026-11-22", ".erasing");
        }
    }

    private int erasing(String step, String place) throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Dcxt.halt-at=" + step,
                        ArchiveErasureIT.class.getName(),
                        folder.toString(),
                        place)
                .inheritIO()
                .start()
                .waitFor();
    }
}
