package io.cxt.files;

import static io.cxt.fixture.Transcripts.json;
import static io.cxt.fixture.Transcripts.messageJson;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.Reading;
import io.cxt.json.TranscriptReader;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Finding;
import io.cxt.transcript.ReadingOptions;
import io.cxt.transcript.Reason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GunzipTest {

    private static final String LINE = json() + "\n";
    private static final byte[] PACKED = gzip(LINE.repeat(3));

    @TempDir
    private Path folder;

    @Test
    void reads_a_packed_file() throws IOException {
        assertThat(readable(read(PACKED))).containsExactly(true, true, true);
    }

    @Test
    void reads_a_file_that_is_not_packed_as_its_name_says() throws IOException {
        Path file = Files.writeString(folder.resolve("chats.JSON"), "[" + json() + "," + json() + "]");

        try (TranscriptReader reader = Reading.open(file, ReadingOptions.DEFAULT)) {
            assertThat(readable(Reading.all(reader))).containsExactly(true, true);
        }
    }

    @Test
    void reads_concatenated_members_as_one_even_where_a_record_lies_across_them() {
        byte[] whole = join(gzip(LINE + LINE.substring(0, 20)), gzip(""), gzip(LINE.substring(20)), new byte[7]);

        assertThat(readable(read(whole))).containsExactly(true, true);
    }

    @Test
    void reads_members_with_every_part_a_header_can_have() {
        byte[] plain = gzip(LINE);
        byte[] header = {0x1F, (byte) 0x8B, 8, 0x1E, 0, 0, 0, 0, 0, 3, 3, 0, 1, 2, 3, 'n', 0, 'c', 0, 9, 9};

        assertThat(readable(read(join(header, Arrays.copyOfRange(plain, 10, plain.length)))))
                .containsExactly(true);
    }

    @Test
    @Tag("fault-39")
    void wherever_a_file_is_cut_what_was_whole_is_read_and_the_last_entry_says_it_is_damaged() {
        byte[] first = gzip(LINE);
        byte[] both = join(first, gzip(LINE));

        for (int length = 0; length < both.length; length++) {
            if (length != first.length) {
                assertDamagedAtTheEnd(read(Arrays.copyOf(both, length)));
            }
        }
    }

    @Test
    void a_record_that_is_cut_short_by_the_end_of_the_packed_data_is_not_delivered() {
        String random = new Random(1)
                .ints(50_000, 'a', 'z')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        byte[] packed = gzip(LINE + json(messageJson(random)) + "\n");

        List<Entry> entries = read(Arrays.copyOf(packed, packed.length - 1_000));

        assertThat(readable(entries)).containsExactly(true, false);
        assertThat(entries.get(1).raw()).isNull();
        assertThat(entries.get(1).findings()).singleElement().satisfies(finding -> {
            assertThat(finding.rule()).isEqualTo(Reason.GZIP_DAMAGED);
            assertThat(finding.message()).contains("ends early");
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 20, -8, -1})
    void a_byte_that_was_changed_is_noticed(int index) {
        byte[] changed = PACKED.clone();
        changed[index < 0 ? changed.length + index : index] ^= (byte) 0xA5;

        assertDamagedAtTheEnd(read(changed));
    }

    @Test
    void something_else_after_the_last_member_is_noticed() {
        List<Entry> entries = read(join(PACKED, LINE.getBytes(StandardCharsets.UTF_8)));

        assertThat(readable(entries)).containsExactly(true, true, true, false);
        assertDamagedAtTheEnd(entries);
    }

    @Test
    void a_file_that_is_not_packed_at_all_is_damaged() {
        assertDamagedAtTheEnd(read(LINE.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void damage_within_a_document_is_the_last_entry_too() {
        byte[] packed = gzip("[" + String.join(",", Collections.nCopies(2_000, json())) + "]");
        byte[] cut = Arrays.copyOf(packed, packed.length / 2);

        List<Entry> entries =
                Reading.all(Reading.open(new ByteArrayInputStream(cut), "a.json.gz", ReadingOptions.DEFAULT));

        assertThat(entries).hasSizeGreaterThan(1);
        assertThat(readable(entries).subList(0, entries.size() - 1)).containsOnly(true);
        assertDamagedAtTheEnd(entries);
    }

    @Test
    void the_checksum_of_random_bytes_agrees_with_the_one_they_were_packed_with() throws IOException {
        byte[] random = new byte[300_000];
        new Random(1).nextBytes(random);
        CRC32 expected = new CRC32();
        expected.update(random);
        CRC32 actual = new CRC32();

        try (Gunzip in = new Gunzip(new ByteArrayInputStream(gzip(random)))) {
            actual.update(in.read());
            actual.update(in.readAllBytes());
            assertThat(in.read()).isEqualTo(-1);
        }

        assertThat(actual.getValue()).isEqualTo(expected.getValue());
    }

    private static void assertDamagedAtTheEnd(List<Entry> entries) {
        Entry last = entries.get(entries.size() - 1);
        assertThat(last.raw()).isNull();
        assertThat(last.findings()).extracting(Finding::rule).containsExactly(Reason.GZIP_DAMAGED);
    }

    private static List<Entry> read(byte[] packed) {
        return Reading.all(Reading.open(new ByteArrayInputStream(packed), "chats.ndjson.gz", ReadingOptions.DEFAULT));
    }

    private static List<Boolean> readable(List<Entry> entries) {
        return entries.stream().map(Entry::readable).toList();
    }

    private static byte[] gzip(String text) {
        return gzip(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return packed.toByteArray();
    }

    private static byte[] join(byte[]... pieces) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        List<byte[]> all = new ArrayList<>(List.of(pieces));
        all.forEach(joined::writeBytes);
        return joined.toByteArray();
    }
}
