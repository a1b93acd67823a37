package io.cxt.json;

import static io.cxt.fixture.Transcripts.json;
import static io.cxt.fixture.Transcripts.messageJson;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.cxt.fixture.Reading;
import io.cxt.json.TranscriptReader.Form;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Finding;
import io.cxt.transcript.ReadingOptions;
import io.cxt.transcript.Reason;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a source is taken apart into transcripts. Faults: see BrokenSourceTest and TranscriptParserTest. */
class TranscriptReaderTest {

    private static final String BOM = "\uFEFF";
    private static final String ONE = json();
    private static final String TWO = json(messageJson("Grüße, 你好 🙂"));

    @Test
    void reads_one_object_as_one_transcript() {
        assertThat(Reading.document(ONE))
                .extracting(Entry::index, Entry::line, Entry::readable)
                .containsExactly(tuple(1L, 1L, true));
    }

    @Test
    void reads_every_element_of_an_array() {
        List<Entry> entries = Reading.document("[" + ONE + ",\n" + TWO + " , " + ONE + "]\n");

        assertThat(entries).extracting(Entry::index).containsExactly(1L, 2L, 3L);
        assertThat(entries).extracting(Entry::line).containsExactly(1L, 2L, 2L);
        assertThat(entries).extracting(TranscriptReaderTest::raw).containsExactly(ONE, TWO, ONE);
        assertThat(entries).extracting(TranscriptReaderTest::text).containsExactly("Hello", "Grüße, 你好 🙂", "Hello");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\n\n", "\r\n \t\r\n"})
    void reads_one_transcript_a_line_and_skips_blank_lines(String lineBreak) {
        List<Entry> entries = Reading.lines(ONE + lineBreak + TWO + lineBreak + ONE);

        assertThat(entries).extracting(TranscriptReaderTest::raw).containsExactly(ONE, TWO, ONE);
        assertThat(entries).extracting(Entry::line).first().isEqualTo(1L);
        assertThat(entries.get(2).line())
                .isEqualTo(1 + 2 * lineBreak.chars().filter(c -> c == '\n').count());
    }

    @Test
    void the_offset_is_what_has_been_used_up_of_the_source() {
        assertThat(Reading.lines(ONE + "\r\n\r\n" + ONE))
                .extracting(Entry::offset)
                .containsExactly(ONE.length() + 2L, 2 * ONE.length() + 4L);
        assertThat(Reading.document("[" + ONE + "," + ONE + "]"))
                .extracting(Entry::offset)
                .containsExactly(ONE.length() + 1L, 2 * ONE.length() + 2L);
    }

    @Test
    void an_empty_array_and_empty_lines_hold_no_transcript() {
        assertThat(Reading.document(" [ ] ")).isEmpty();
        assertThat(Reading.lines("")).isEmpty();
        assertThat(Reading.lines("\n \r\n")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void a_byte_order_mark_is_fine_at_the_very_start_and_no_part_of_the_transcript(Form form) {
        assertThat(Reading.of(BOM + ONE, form))
                .extracting(TranscriptReaderTest::raw, Entry::readable)
                .containsExactly(tuple(ONE, true));
    }

    @Test
    void brackets_quotes_and_escapes_in_a_text_do_not_end_an_element() {
        String tricky = json(messageJson("]}, [{ \\\" \\\\"));

        assertThat(Reading.document("[" + tricky + "," + ONE + "]"))
                .extracting(TranscriptReaderTest::raw)
                .containsExactly(tricky, ONE);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    @Tag("fault-43")
    void takes_a_record_of_the_largest_size_and_refuses_the_next_byte(Form form) {
        int size = ONE.length();

        assertThat(Reading.of(ONE, form, new ReadingOptions(false, size)))
                .extracting(Entry::readable)
                .containsExactly(true);
        assertThat(Reading.of(ONE, form, new ReadingOptions(false, size - 1)))
                .singleElement()
                .satisfies(entry -> {
                    assertThat(rules(entry)).containsExactly(Reason.JSON_RECORD_SIZE);
                    assertThat(entry.raw()).isNull();
                });
    }

    @Test
    void the_line_break_does_not_count_for_the_size() {
        assertThat(Reading.of(ONE + "\r\n", Form.LINES, new ReadingOptions(false, ONE.length())))
                .extracting(Entry::readable)
                .containsExactly(true);
    }

    @Test
    void after_a_record_that_is_too_long_the_next_is_read() {
        ReadingOptions options = new ReadingOptions(false, ONE.length());
        String longer = ONE.replace("Hello", "Hello, hello");

        assertThat(Reading.of(ONE + "\n" + longer + "\n" + ONE, Form.LINES, options))
                .extracting(Entry::readable)
                .containsExactly(true, false, true);
        assertThat(Reading.of("[" + ONE + "," + longer + "," + ONE + "]", Form.DOCUMENT, options))
                .extracting(Entry::readable)
                .containsExactly(true, false, true);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, ReadingOptions.MOST_RECORD_BYTES + 1})
    void a_record_size_out_of_range_is_refused(int size) {
        assertThatThrownBy(() -> new ReadingOptions(false, size))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 to 268435456");
    }

    @Test
    void records_longer_than_the_read_buffer_are_put_together() {
        String longText = json(messageJson("你好🙂 ".repeat(50_000)));
        String source = "[" + longText + "," + ONE + "," + longText + "]";

        assertThat(Reading.document(source))
                .extracting(TranscriptReaderTest::raw)
                .containsExactly(longText, ONE, longText);
        assertThat(Reading.lines(longText + "\r\n" + ONE))
                .extracting(TranscriptReaderTest::raw)
                .containsExactly(longText, ONE);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void a_source_that_gives_one_byte_at_a_time_reads_the_same(Form form) {
        String source = form == Form.LINES ? BOM + TWO + "\r\n\r\n" + ONE : BOM + "[ " + TWO + "\n,\r\n" + ONE + "]";
        InputStream drips = new ByteArrayInputStream(source.getBytes(StandardCharsets.UTF_8)) {
            @Override
            public synchronized int read(byte[] to, int offset, int length) {
                return super.read(to, offset, Math.min(length, 1));
            }
        };

        List<Entry> entries = Reading.all(TranscriptReader.open(drips, form, ReadingOptions.DEFAULT));

        assertThat(entries).usingRecursiveComparison().isEqualTo(Reading.of(source, form));
        assertThat(entries).extracting(TranscriptReaderTest::raw).containsExactly(TWO, ONE);
    }

    @Test
    void next_goes_on_without_being_asked_whether_there_is_more_and_ends_with_an_exception() {
        TranscriptReader reader = Reading.open(ONE, Form.LINES, ReadingOptions.DEFAULT);

        assertThat(reader.next().readable()).isTrue();
        assertThatThrownBy(reader::next).isInstanceOf(NoSuchElementException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "chat.json, DOCUMENT", "chat.JSON, DOCUMENT", "chat.json.gz, DOCUMENT", "a.b.Json.Gz, DOCUMENT",
        "chat.ndjson, LINES", "chat.jsonl, LINES", "chat.NDJSON.GZ, LINES", "chat.jsonl.gz, LINES"
    })
    void the_form_is_known_by_the_name(String name, Form form) {
        assertThat(TranscriptReader.formOf(name)).contains(form);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "json", "chat.gz", "chat.json.zip", "chat.json.gz.gz", "chat.txt", "chat.json~"})
    void other_names_have_no_form(String name) {
        assertThat(TranscriptReader.formOf(name)).isEmpty();
    }

    private static String raw(Entry entry) {
        return new String(entry.raw(), StandardCharsets.UTF_8);
    }

    private static String text(Entry entry) {
        return entry.transcript().messages().get(0).text();
    }

    private static List<Reason> rules(Entry entry) {
        return entry.findings().stream().map(Finding::rule).toList();
    }
}
