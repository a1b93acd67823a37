package io.cxt.json;

import static io.cxt.fixture.Transcripts.json;
import static io.cxt.fixture.Transcripts.messageJson;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.fixture.Reading;
import io.cxt.json.TranscriptReader.Form;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Finding;
import io.cxt.transcript.ReadingOptions;
import io.cxt.transcript.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where reading goes on after a fault, and where it ends. */
class BrokenSourceTest {

    private static final String BOM = "\uFEFF";
    private static final String ONE = json();
    private static final String TWO = json(messageJson("Grüße, 你好 🙂"));

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n\r\n\t", BOM})
    void an_empty_document_is_a_fault(String blank) {
        assertThat(Reading.document(blank)).singleElement().satisfies(entry -> assertThat(rules(entry))
                .containsExactly(Reason.JSON_EMPTY));
    }

    @Test
    void a_byte_order_mark_elsewhere_is_a_fault() {
        assertThat(Reading.lines(BOM + BOM + ONE + "\n" + BOM + ONE + "\n" + ONE))
                .extracting(BrokenSourceTest::rules)
                .containsExactly(List.of(Reason.JSON_SYNTAX), List.of(Reason.JSON_SYNTAX), List.of());
    }

    @Test
    void after_a_line_that_is_no_json_the_next_line_is_read() {
        List<Entry> entries = Reading.lines(ONE + "\n{\"interactionId\": \"ext-2\", oops\n" + ONE);

        assertThat(entries).extracting(Entry::readable).containsExactly(true, false, true);
        assertThat(entries.get(1).findings())
                .containsExactly(new Finding(Reason.JSON_SYNTAX, 2, "", "is not valid JSON at line 2, column 28"));
        assertThat(raw(entries.get(1))).isEqualTo("{\"interactionId\": \"ext-2\", oops");
    }

    @Test
    void after_an_element_that_is_no_json_the_rest_of_the_array_is_not_read_and_the_last_entry_says_so() {
        List<Entry> entries = Reading.document("[" + ONE + ",\n{\n  \"interactionId\": 'x'\n},\n" + ONE + "]");

        assertThat(entries).extracting(Entry::readable).containsExactly(true, false);
        assertThat(entries.get(1).raw()).isNull();
        assertThat(entries.get(1).findings())
                .containsExactly(new Finding(
                        Reason.JSON_SYNTAX,
                        3,
                        "",
                        "is not valid JSON at line 3, column 20; the rest of the source was not read"));
    }

    @Test
    void the_column_counts_characters_from_the_start_of_the_line_also_within_an_array_on_one_line() {
        List<Entry> entries = Reading.document("[" + TWO + ",{tru}]");

        int column = 1 + TWO.codePointCount(0, TWO.length()) + ",{t".length();
        assertThat(entries.get(1).findings().get(0).message()).contains("line 1, column " + column);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[{}{}]  | JSON_SYNTAX   | a comma or ] is missing",
                "[{},]   | JSON_SYNTAX   | a comma too many",
                "[,{}]   | JSON_SYNTAX   | a comma too many",
                "[{},,{}]| JSON_SYNTAX   | a comma too many",
                "[{}     | JSON_SYNTAX   | is not closed",
                "[{},    | JSON_SYNTAX   | is not closed",
                "[       | JSON_SYNTAX   | is not closed",
                "[{}}    | JSON_SYNTAX   | a comma or ] is missing",
                "[{]     | JSON_SYNTAX   | is not valid JSON",
                "[{      | JSON_SYNTAX   | is not valid JSON",
                "[\"{}   | JSON_SYNTAX   | is not valid JSON",
                "[}]     | JSON_SYNTAX   | is not valid JSON",
                "[{}]]   | JSON_TRAILING | follows the ]",
                "[{}] {} | JSON_TRAILING | follows the ]",
                "[] x    | JSON_TRAILING | follows the ]",
                "{} {}   | JSON_TRAILING | goes on after its end",
                "{}}     | JSON_TRAILING | goes on after its end",
                "{},     | JSON_TRAILING | goes on after its end",
                "{       | JSON_SYNTAX   | is not valid JSON",
                "{\"a\"  | JSON_SYNTAX   | is not valid JSON",
            })
    void the_last_entry_of_a_document_that_is_not_whole_says_what_is_amiss(String text, Reason rule, String words) {
        List<Entry> entries = Reading.document(text);

        Entry last = entries.get(entries.size() - 1);
        assertThat(last.readable()).isFalse();
        assertThat(last.findings()).last().satisfies(finding -> {
            assertThat(finding.rule()).isEqualTo(rule);
            assertThat(finding.message()).contains(words).contains("line 1, column ");
        });
    }

    @Test
    void what_is_good_before_the_fault_is_delivered() {
        assertThat(Reading.document("[" + ONE + "," + ONE + "," + ONE.substring(0, 40)))
                .extracting(Entry::readable)
                .containsExactly(true, true, false);
        assertThat(Reading.document("[" + ONE + "," + ONE + "] ["))
                .extracting(Entry::readable)
                .containsExactly(true, true, false);
    }

    @Test
    @Tag("fault-42")
    void two_objects_on_a_later_line_are_a_fault_of_that_line_only() {
        assertThat(Reading.lines(ONE + "\n" + ONE + " " + ONE + "\n" + ONE))
                .extracting(BrokenSourceTest::rules)
                .containsExactly(List.of(), List.of(Reason.JSON_TRAILING), List.of());
    }

    @Test
    @Tag("fault-44")
    void bytes_that_are_not_utf8_are_refused_with_their_offset_and_the_next_line_is_read() {
        byte[] source = (ONE + "\n" + json(messageJson("Gr~~e")) + "\n" + ONE).getBytes(StandardCharsets.ISO_8859_1);
        int offset = new String(source, StandardCharsets.ISO_8859_1).indexOf('~');
        source[offset] = (byte) 0xFC;

        List<Entry> entries = Reading.of(source, Form.LINES);

        assertThat(entries).extracting(Entry::readable).containsExactly(true, false, true);
        assertThat(entries.get(1).findings())
                .containsExactly(new Finding(
                        Reason.UTF8_INVALID,
                        2,
                        "",
                        "is not UTF-8 at byte %d of the unpacked source, counted from 0".formatted(offset)));
        assertThat(entries.get(1).raw()).contains(0xFC);
    }

    @Test
    void bytes_that_are_not_utf8_end_an_array_and_the_line_is_theirs() {
        byte[] source = ("[\n" + ONE + ",\n{\n\n\"~\":1},\n" + ONE + "]").getBytes(StandardCharsets.ISO_8859_1);
        source[new String(source, StandardCharsets.ISO_8859_1).indexOf('~')] = (byte) 0xC0;

        List<Entry> entries = Reading.of(source, Form.DOCUMENT);

        assertThat(entries).extracting(Entry::readable).containsExactly(true, false);
        assertThat(entries.get(1).raw()).isNull();
        assertThat(entries.get(1).findings()).singleElement().satisfies(finding -> {
            assertThat(finding.rule()).isEqualTo(Reason.UTF8_INVALID);
            assertThat(finding.line()).isEqualTo(5);
            assertThat(finding.message()).endsWith("the rest of the source was not read");
        });
    }

    @Test
    void an_element_that_is_json_but_no_transcript_does_not_end_the_array() {
        String unknown = ONE.replace("agentId", "agentName");

        assertThat(Reading.document("[5, " + unknown + ", \"x\", null, [[]], true, " + ONE + "]"))
                .extracting(BrokenSourceTest::rules)
                .containsExactly(
                        List.of(Reason.JSON_TYPE),
                        List.of(Reason.JSON_UNKNOWN_FIELD),
                        List.of(Reason.JSON_TYPE),
                        List.of(Reason.JSON_TYPE),
                        List.of(Reason.JSON_TYPE),
                        List.of(Reason.JSON_TYPE),
                        List.of());
    }

    @Test
    void a_disk_that_fails_is_an_exception_and_not_an_entry() {
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("the disk");
            }
        };
        var source = new SequenceInputStream(
                new ByteArrayInputStream((ONE + "\n").getBytes(StandardCharsets.UTF_8)), broken);
        TranscriptReader reader = TranscriptReader.open(source, Form.LINES, ReadingOptions.DEFAULT);

        assertThat(reader.next().readable()).isTrue();
        assertThatThrownBy(reader::hasNext)
                .isInstanceOf(UncheckedIOException.class)
                .hasRootCauseMessage("the disk");
        assertThat(reader.hasNext()).isFalse();
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
