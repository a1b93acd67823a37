package io.cxt.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.fixture.Await;
import io.cxt.transcript.Part;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveTest {
    private static final Clock NOON = Clock.fixed(Instant.parse("2026-11-22T12:00:00Z"), ZoneOffset.UTC);

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private Archive segments() {
        return new ArchiveSegments(folder, "0a1b2c3d-4e5f", NOON);
    }

    private static Part part(String id, String payload) {
        return Part.of("conversations", id, 1, 1, 1, payload.getBytes(UTF_8), List.of(), null);
    }

    private String read(String place) throws IOException {
        return new String(new ArchiveReader(folder).read(place), UTF_8);
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
        try (Archive archive = layout.equals("files") ? new ArchiveFiles(folder) : segments()) {
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

            assertThat(new ArchiveReader(folder).read(place)).isEqualTo(noise);
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

        try (Archive archive = new ArchiveSegments(folder, "0a1b2c3d", midnight)) {
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

    /** One thread writes for those that wait: what it meets is theirs too, and none of them writes what is not there. */
    @Test
    @Tag("fault-80")
    @Timeout(180)
    void an_error_in_a_batch_fails_all_who_wait_for_it_and_the_next_one_is_written() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        Clock clock = new Clock() {
            @Override
            public Instant instant() {
                int time = asked.incrementAndGet();
                if (time == 1) {
                    awaits(held);
                } else if (time == 2) {
                    throw new OutOfMemoryError("in a test");
                } else if (time > 50) {
                    throw new IllegalStateException("it writes for ever");
                }
                return NOON.instant();
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }
        };
        List<Thread> threads = new CopyOnWriteArrayList<>();
        ExecutorService pool = Executors.newFixedThreadPool(5, run -> {
            Thread thread = new Thread(run);
            thread.setDaemon(true);
            threads.add(thread);
            return thread;
        });
        try (Archive archive = new ArchiveSegments(folder, "0a1b2c3d", clock)) {
            List<Future<String>> ends = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                String id = "chat-" + i;
                ends.add(pool.submit(() -> archive.keep(part(id, id))));
                Await.until(() -> threads.get(threads.size() - 1).getState() == Thread.State.WAITING, LIMIT);
            }

            held.countDown();

            assertThat(read(ends.get(0).get(60, TimeUnit.SECONDS))).isEqualTo("chat-0");
            List<Throwable> faults = new ArrayList<>();
            for (Future<String> end : ends.subList(1, 5)) {
                assertThatThrownBy(() -> end.get(60, TimeUnit.SECONDS)).satisfies(e -> faults.add(e.getCause()));
            }
            assertThat(faults)
                    .filteredOn(fault -> fault instanceof OutOfMemoryError)
                    .hasSize(1);
            assertThat(faults)
                    .filteredOn(fault -> fault instanceof IOException)
                    .hasSize(3)
                    .allMatch(fault -> fault.getCause() instanceof OutOfMemoryError);
            assertThat(read(archive.keep(part("next", "next")))).isEqualTo("next");
            assertThat(unpacked(files().get(0))).isEqualTo("chat-0\nnext\n");
            assertThat(members(files().get(0))).isEqualTo(2);
        } finally {
            pool.shutdownNow();
        }
    }

    private static void awaits(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int members(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int members = 0;
        for (int at = 0; at < bytes.limit(); at += bytes.getInt(at + 16)) {
            members++;
        }
        return members;
    }

    @Test
    @Tag("fault-80")
    void a_segment_that_was_cut_or_spoilt_and_a_place_that_is_none_are_faults_of_reading() throws Exception {
        String two;
        try (Archive archive = segments()) {
            archive.keep(part("one", "{\"a\":1}"));
            two = archive.keep(part("two", "{\"b\":2}"));
        }
        byte[] whole = Files.readAllBytes(files().get(0));

        Files.write(files().get(0), Arrays.copyOf(whole, whole.length - 12));
        assertThatThrownBy(() -> read(two)).isInstanceOf(IOException.class);
        Files.write(files().get(0), Arrays.copyOf(whole, 5));
        assertThatThrownBy(() -> read(two)).isInstanceOf(IOException.class);
        Arrays.fill(whole, whole.length - 20, whole.length - 8, (byte) 0xFF);
        Files.write(files().get(0), whole);
        assertThatThrownBy(() -> read(two)).isInstanceOf(IOException.class);
        for (String none : List.of("x@", "x@5", "x@-1:1", "x@a:b", "\0")) {
            assertThatThrownBy(() -> read(none)).isInstanceOf(IOException.class);
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
