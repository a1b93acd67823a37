package io.cxt.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.transcript.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveTest {
    private static final Clock NOON = Clock.fixed(Instant.parse("2026-11-22T12:00:00Z"), ZoneOffset.UTC);

    @TempDir
    Path folder;

    private Archive segments() {
        return Archive.segments(folder, "0a1b2c3d-4e5f", NOON);
    }

    private static Part part(String id, String payload) {
        return Part.of("conversations", id, 1, 1, 1, payload.getBytes(UTF_8), List.of(), null);
    }

    private String read(String place) throws IOException {
        return new String(new Kept(folder).read(place), UTF_8);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> found = Files.walk(folder)) {
            return found.filter(file -> file.toString().endsWith(Segment.ENDING))
                    .sorted()
                    .toList();
        }
    }

    private static String unpacked(Path file) throws IOException {
        try (GZIPInputStream packed = new GZIPInputStream(Files.newInputStream(file))) {
            return new String(packed.readAllBytes(), UTF_8);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"files", "segments"})
    void what_is_kept_is_read_back_from_its_place(String layout) throws Exception {
        try (Archive archive = layout.equals("files") ? Archive.files(folder) : segments()) {
            String one = archive.keep(part("one", "{\"text\":\"caf\u00e9\"}"));
            String two = archive.keep(part("two", "{\"text\":\"" + "long ".repeat(300_000) + "\"}"));

            assertThat(read(one)).isEqualTo("{\"text\":\"caf\u00e9\"}");
            assertThat(read(two)).hasSize(1_500_011);
            assertThatThrownBy(() -> read(one.replaceFirst("one|22/", "33"))).isInstanceOf(NoSuchFileException.class);
        }
    }

    @Test
    void a_segment_is_one_gzip_file_with_a_line_for_each_part_that_only_its_owner_can_read() throws Exception {
        try (Archive archive = segments()) {
            archive.keep(part("one", "{\"a\":1}"));
            String two = archive.keep(part("two", "{\"b\":2}"));

            assertThat(files()).containsExactly(folder.resolve("2026-11-22/120000.000-0a1b2c3d.ndjson.gz"));
            assertThat(unpacked(files().get(0))).isEqualTo("{\"a\":1}\n{\"b\":2}\n");
            assertThat(two).matches("2026-11-22/120000\\.000-0a1b2c3d\\.ndjson\\.gz@\\d+:1");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(files().get(0))))
                    .isEqualTo("rw-------");
            assertThat(PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(files().get(0).getParent())))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void bytes_that_cannot_be_packed_are_kept_as_well() throws Exception {
        byte[] noise = new byte[3_000_000];
        new java.util.Random(7).nextBytes(noise);
        for (int i = 0; i < noise.length; i++) {
            noise[i] = noise[i] == '\n' ? 0 : noise[i];
        }
        try (Archive archive = segments()) {
            String place = archive.keep(Part.of("conversations", "noise", 1, 1, 1, noise, List.of(), null));

            assertThat(new Kept(folder).read(place)).isEqualTo(noise);
        }
    }

    @Test
    void the_next_process_goes_on_with_the_segment_of_the_day() throws Exception {
        String one;
        try (Archive archive = segments()) {
            one = archive.keep(part("one", "{\"a\":1}"));
        }

        try (Archive archive = segments()) {
            String two = archive.keep(part("two", "{\"b\":2}"));

            assertThat(files()).hasSize(1);
            assertThat(read(one) + read(two)).isEqualTo("{\"a\":1}{\"b\":2}");
        }
    }

    /** What a process that was killed, or a machine without power, may leave behind the last whole member. */
    @ParameterizedTest
    @Tag("fault-5")
    @ValueSource(ints = {1, 19, 20, 30, -8, -1, 0})
    void what_was_half_written_is_cut_off_and_nothing_else(int left) throws Exception {
        String one;
        byte[] before;
        byte[] whole;
        try (Archive archive = segments()) {
            one = archive.keep(part("one", "{\"a\":1}"));
            before = Files.readAllBytes(files().get(0));
            archive.keep(part("two", "{\"b\":2}"));
            whole = Files.readAllBytes(files().get(0));
        }
        int length = left > 0 ? before.length + left : whole.length + left;
        byte[] torn = Arrays.copyOf(whole, length);
        if (left == 0) {
            Arrays.fill(torn, before.length + 24, torn.length - 8, (byte) 0); // as long as it says, and empty
        }
        Files.write(files().get(0), torn);

        try (Archive archive = segments()) {
            String three = archive.keep(part("three", "{\"c\":3}"));

            assertThat(unpacked(files().get(0))).isEqualTo("{\"a\":1}\n{\"c\":3}\n");
            assertThat(read(one) + read(three)).isEqualTo("{\"a\":1}{\"c\":3}");
        }
    }

    @Test
    void a_new_day_has_a_folder_of_its_own() throws Exception {
        Clock midnight = Clock.offset(NOON, Duration.ofHours(12));
        try (Archive archive = segments()) {
            archive.keep(part("one", "{\"a\":1}"));
        }

        try (Archive archive = Archive.segments(folder, "0a1b2c3d", midnight)) {
            archive.keep(part("two", "{\"b\":2}"));
        }

        assertThat(files())
                .extracting(file -> file.getParent().getFileName().toString())
                .containsExactly("2026-11-22", "2026-11-23");
    }

    @Test
    void what_is_kept_after_a_segment_was_moved_away_is_not_lost() throws Exception {
        try (Archive archive = segments()) {
            archive.keep(part("one", "{\"a\":1}"));
            Files.move(files().get(0).getParent(), folder.resolve("elsewhere"));

            String two = archive.keep(part("two", "{\"b\":2}"));

            assertThat(read(two)).isEqualTo("{\"b\":2}");
        }
    }

    @Test
    void after_a_fault_of_the_disk_it_goes_on() throws Exception {
        Path inTheWay = folder.resolve("2026-11-22");
        try (Archive archive = segments()) {
            Files.createFile(inTheWay);
            assertThatThrownBy(() -> archive.keep(part("one", "{\"a\":1}"))).isInstanceOf(IOException.class);

            Files.delete(inTheWay);

            assertThat(read(archive.keep(part("one", "{\"a\":1}")))).isEqualTo("{\"a\":1}");
        }
    }

    @Test
    void many_threads_share_segments_and_each_finds_its_own() throws Exception {
        Map<String, String> places = new ConcurrentHashMap<>();
        ExecutorService threads = Executors.newFixedThreadPool(16);
        try (Archive archive = segments()) {
            List<Future<?>> ends = new ArrayList<>();
            for (int i = 0; i < 800; i++) {
                String id = "chat-" + i;
                ends.add(threads.submit(() -> places.put(id, archive.keep(part(id, "{\"id\":\"" + id + "\"}")))));
            }
            for (Future<?> end : ends) {
                end.get();
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(places).hasSize(800);
        for (Map.Entry<String, String> each : places.entrySet()) {
            assertThat(read(each.getValue())).isEqualTo("{\"id\":\"" + each.getKey() + "\"}");
        }
        assertThat(unpacked(files().get(0)).lines()).hasSize(800);
    }
}
