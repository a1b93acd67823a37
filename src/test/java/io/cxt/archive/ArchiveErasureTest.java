package io.cxt.archive;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.transcript.Part;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveErasureTest {
    private static final int OWN = 16;
    private static final Clock NOON = Clock.fixed(Instant.parse("2026-11-22T12:00:00Z"), ZoneOffset.UTC);

    @TempDir
    Path folder;

    private final Map<String, byte[]> kept = new LinkedHashMap<>();

    /** Members of random lines: JSON that packs well, and bytes that do not. */
    private List<String> write(Random random, int members, int mostLines, int mostBytes) throws IOException {
        List<String> places = new ArrayList<>();
        try (Segment segment = Segment.create(folder, "2026-11-22/a" + kept.size() + Segment.ENDING)) {
            for (int m = 0; m < members; m++) {
                List<byte[]> lines = new ArrayList<>();
                for (int i = 1 + random.nextInt(mostLines); i > 0; i--) {
                    lines.add(line(random, mostBytes));
                }
                long at = segment.append(lines);
                for (int i = 0; i < lines.size(); i++) {
                    String place = ArchiveReader.place(segment.name(), at, i + 1);
                    kept.put(place, lines.get(i));
                    places.add(place);
                }
            }
        }
        return places;
    }

    private static byte[] line(Random random, int mostBytes) {
        int length = 1 + (int) Math.pow(mostBytes, random.nextDouble());
        byte[] line = new byte[length];
        switch (random.nextInt(4)) {
            case 0 -> random.nextBytes(line);
            case 1 -> Arrays.fill(line, (byte) ('a' + random.nextInt(26)));
            case 2 -> {
                for (int i = 0; i < length; i++) {
                    line[i] = (byte) ('a' + random.nextInt(16));
                }
            }
            default -> {
                String word = "{\"text\":\"good morning\",\"id\":" + random.nextInt(1000) + "},";
                byte[] words = word.repeat(length / word.length() + 1).getBytes(UTF_8);
                System.arraycopy(words, 0, line, 0, length);
            }
        }
        for (int i = 0; i < length; i++) {
            line[i] = line[i] == '\n' ? 0 : line[i];
        }
        byte[] own = "%016x".formatted(random.nextLong()).getBytes(UTF_8);
        if (length > 4 * own.length) {
            System.arraycopy(own, 0, line, length / 2, own.length);
        }
        return line;
    }

    private static String segmentOf(String place) {
        return place.substring(0, place.indexOf('@'));
    }

    private void allElseIsThere() throws IOException {
        ArchiveReader reader = new ArchiveReader(folder);
        for (Map.Entry<String, byte[]> each : kept.entrySet()) {
            assertThat(reader.read(each.getKey())).isEqualTo(each.getValue());
        }
    }

    /** Looks for what no other line has. */
    private static boolean holds(Path segment, byte[] gone) throws IOException {
        String own = new String(gone, gone.length / 2, OWN, ISO_8859_1);
        try (InputStream in = new GZIPInputStream(Files.newInputStream(segment))) {
            return new String(in.readAllBytes(), ISO_8859_1).contains(own);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void a_line_goes_and_every_other_stays_at_its_place_byte_for_byte(long seed) throws IOException {
        Random random = new Random(seed);
        for (int round = 0; round < 15; round++) {
            kept.clear();
            int mostBytes = new int[] {1, 8, 300, 20_000, 1_000_000}[round % 5];
            List<String> places = write(random, 2, mostBytes < 1_000_000 ? 50 : 10, mostBytes);
            Path segment = folder.resolve(segmentOf(places.get(0)));
            long size = Files.size(segment);
            Collections.shuffle(places, random);
            for (String place : places.subList(0, Math.min(5, places.size()))) {
                String hash = Part.hashOf(kept.get(place));
                byte[] before = Files.readAllBytes(segment);
                try {
                    assertThat(new ArchiveErasure(folder).erase(place, hash)).isEqualTo(kept.get(place).length);
                } catch (IOException e) {
                    assertThat(e).hasMessage("the line is too short to be written over");
                    assertThat(kept.get(place).length).isLessThan(32);
                    assertThat(Files.readAllBytes(segment)).isEqualTo(before);
                    continue;
                }
                byte[] gone = kept.remove(place);
                assertThat(Files.size(segment)).isEqualTo(size);
                try (FileChannel file = FileChannel.open(segment)) {
                    assertThat(GzipMember.intact(file)).isEqualTo(size);
                }
                if (mostBytes < 1_000_000) {
                    allElseIsThere();
                }
                assertThat(gone.length > 4 * OWN && holds(segment, gone)).isFalse();
            }
            allElseIsThere();
            gzipAccepts(segment);
            Files.delete(segment);
        }
    }

    @Test
    void what_is_at_the_place_goes_only_if_it_is_what_the_ledger_names() throws IOException {
        String place = write(new Random(1), 1, 1, 300).get(0);

        long bytes = new ArchiveErasure(folder).erase(place, Part.hashOf("other".getBytes(UTF_8)));

        assertThat(bytes).isZero();
        allElseIsThere();
        assertThat(new ArchiveErasure(folder).erase("2026-11-21/gone.ndjson.gz@0:1", ""))
                .isZero();
        assertThatThrownBy(() -> new ArchiveErasure(folder).erase("../outside@0:1", ""))
                .isInstanceOf(IOException.class);
    }

    @Test
    void a_line_that_no_row_knows_goes_with_its_twin() throws IOException {
        byte[] chat = "{\"text\":\"once more\"}".repeat(20).getBytes(UTF_8);
        byte[] other = "{\"text\":\"another\"}".repeat(20).getBytes(UTF_8);
        Path segment;
        try (Segment open = Segment.create(folder, "2026-11-22/b" + Segment.ENDING)) {
            open.append(List.of(chat, other));
            open.append(List.of(other, chat, chat));
            segment = folder.resolve(open.name());
            // while it is open for more

            assertThat(new ArchiveErasure(folder).eraseAll(segment, Set.of(Part.hashOf(chat))))
                    .isEqualTo(3L * chat.length);

            kept.put(ArchiveReader.place(open.name(), open.append(List.of(chat)), 1), chat);
            kept.put(ArchiveReader.place(open.name(), 0, 2), other);
        }
        allElseIsThere();
        gzipAccepts(segment);
    }

    private static void gzipAccepts(Path segment) throws IOException {
        Process gzip = new ProcessBuilder("gzip", "-t", segment.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(gzip.getInputStream().readAllBytes(), UTF_8);
        assertThat(said).isEmpty();
        assertThat(gzip.onExit().join().exitValue()).isZero();
    }
}
