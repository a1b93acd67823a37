package io.cxt.json;

import static io.cxt.fixture.Transcripts.json;
import static io.cxt.fixture.Transcripts.messageJson;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.Packed;
import io.cxt.fixture.Reading;
import io.cxt.json.TranscriptReader.Form;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Finding;
import io.cxt.transcript.ReadingOptions;
import io.cxt.transcript.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a source is found to be, whatever its name says. */
class RecognisedContentTest {
    private static final String ONE = json();
    private static final String TWO = json(messageJson("Grüße, 你好 🙂"));
    private static final String INDENTED = ONE.replace(",", ",\n  ").replace("{", "{\n ");
    private static final String FOREIGN = "{\"type\": \"conversation\", \"parts\": [{\"body\": \"x\"}]}";

    @ParameterizedTest
    @EnumSource(Form.class)
    void reads_objects_one_behind_the_other_on_a_line(Form form) {
        assertRead(ONE + TWO + "\n" + ONE + "  " + ONE, form, "read-as:concatenated", ONE, TWO, ONE, ONE);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void reads_objects_with_a_comma_between_them(Form form) {
        assertRead(ONE + ",\n" + TWO + " ,\r\n" + ONE + "\n", form, "read-as:concatenated", ONE, TWO, ONE);
    }

    @Test
    void reads_indented_objects_in_a_file_of_lines_and_knows_their_lines() {
        List<Entry> entries = assertRead(
                INDENTED + "\n" + INDENTED + "\n\n" + INDENTED,
                Form.LINES,
                "read-as:concatenated",
                INDENTED,
                INDENTED,
                INDENTED);

        long lines = INDENTED.lines().count();
        assertThat(entries).extracting(Entry::line).containsExactly(1L, 1 + lines, 2 + 2 * lines);
        assertThat(Reading.lines(INDENTED)).extracting(Entry::readable).containsExactly(true);
    }

    @Test
    void the_first_record_may_end_anywhere_in_what_is_looked_at() {
        for (int end = 4_080; end < 4_110; end++) {
            String first = json(messageJson("x".repeat(end - ONE.length() + "Hello".length())));
            assertThat(Reading.document(first + ",\n\n " + TWO)).hasSize(2).allMatch(Entry::readable);
            assertThat(Reading.document(first + "\n\n" + TWO)).hasSize(2).allMatch(Entry::readable);
            assertThat(Reading.lines(first + TWO)).hasSize(2).allMatch(Entry::readable);
        }
    }

    @Test
    void an_indented_record_may_be_longer_than_what_is_looked_at() {
        for (int shift = 0; shift < 4; shift++) {
            String large = json(messageJson("x".repeat(shift) + "\u4f60".repeat(40_000)))
                    .replace("{\"id\"", "{\n\"id\"");

            assertThat(Reading.lines(large + "\n" + large)).hasSize(2).allMatch(Entry::readable);
        }
    }

    @Test
    void reads_lines_in_a_document() {
        List<Entry> entries = Reading.document(ONE + "\n{oops}\n" + TWO + "\n");

        assertThat(entries).extracting(Entry::readable).containsExactly(true, false, true);
        assertThat(entries.get(0).notes()).containsExactly("read-as:lines");
        assertThat(entries.get(1).notes()).isEmpty();
    }

    @Test
    void reads_an_array_in_a_file_of_lines() {
        assertRead("[\n" + ONE + ",\n" + TWO + "\n]\n", Form.LINES, "read-as:array", ONE, TWO);
        assertRead("[" + ONE + "," + TWO + "]", Form.LINES, "read-as:array", ONE, TWO);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void reads_the_array_of_transcripts_that_an_object_holds(Form form) {
        String around =
                "{\"exported\": {\"messages\": 1}, \"transcripts\": [" + ONE + ",\n " + TWO + "], \"next\": null}\n";

        assertRead(around, form, "read-as:transcripts", ONE, TWO);
    }

    @Test
    void an_object_around_transcripts_that_is_cut_off_is_a_fault() {
        List<Entry> entries = Reading.document("{\"transcripts\": [" + ONE + ", " + TWO);

        assertThat(entries).extracting(Entry::readable).containsExactly(true, true, false);
        assertThat(Reading.document("{\"transcripts\": [" + ONE + "], x}"))
                .last()
                .satisfies(entry -> assertThat(entry.findings().get(0).message())
                        .startsWith("the object around the transcripts is not valid JSON"));
    }

    @ParameterizedTest
    @CsvSource({"UTF-16LE, true", "UTF-16LE, false", "UTF-16BE, true", "UTF-16BE, false"})
    void reads_utf_16_with_and_without_a_mark(String charset, boolean marked) {
        byte[] source = ((marked ? "\uFEFF" : "") + ONE + "\r\n" + TWO + "\n").getBytes(Charset.forName(charset));

        List<Entry> entries = Reading.of(source, Form.LINES);

        assertThat(entries).extracting(RecognisedContentTest::raw).containsExactly(ONE, TWO);
        assertThat(entries).extracting(Entry::line).containsExactly(1L, 2L);
        assertThat(entries.get(0).notes()).containsExactly("read-as:utf-16");
    }

    @Test
    void half_a_character_in_utf_16_refuses_its_transcript_only() {
        String half = json(messageJson("~"));
        ByteBuffer source = StandardCharsets.UTF_16LE.encode("\uFEFF" + ONE + "\n" + half + "\n" + ONE + "\nx");
        byte[] bytes = new byte[source.remaining() - 1]; // half a unit at the end, too
        source.get(bytes);
        int at = 2 * (2 + ONE.length() + half.indexOf('~'));
        bytes[at] = 0x3D;
        bytes[at + 1] = (byte) 0xD8;

        List<Entry> entries = Reading.of(bytes, Form.LINES);

        assertThat(entries)
                .extracting(RecognisedContentTest::rules)
                .containsExactly(List.of(), List.of(Reason.UTF8_INVALID), List.of(), List.of(Reason.UTF8_INVALID));
    }

    @Test
    void utf_16_is_the_same_in_small_pieces_and_in_large_ones() {
        String text = IntStream.range(0, 200)
                .mapToObj(i -> json(messageJson("🙂".repeat(i) + "x")))
                .collect(Collectors.joining("\n"));
        byte[] source = text.getBytes(StandardCharsets.UTF_16LE);

        List<Entry> dripped = Reading.all(TranscriptReader.open(drips(source), Form.LINES, ReadingOptions.DEFAULT));

        assertThat(dripped).hasSize(200).allMatch(Entry::readable);
        assertThat(dripped.stream().map(RecognisedContentTest::raw).collect(Collectors.joining("\n")))
                .isEqualTo(text);
    }

    @Test
    void reads_gzip_whose_name_does_not_say_so() throws IOException {
        byte[] source = Packed.gzip((INDENTED + "\n" + TWO).getBytes(StandardCharsets.UTF_8));

        List<Entry> entries = Reading.of(source, Form.LINES);

        assertThat(entries).extracting(RecognisedContentTest::raw).containsExactly(INDENTED, TWO);
        assertThat(entries.get(0).notes()).containsExactly("read-as:gzip,concatenated");

        byte[] cut = Arrays.copyOf(source, source.length - 4);
        assertThat(Reading.of(cut, Form.LINES)).last().satisfies(entry -> assertThat(rules(entry))
                .containsExactly(Reason.GZIP_DAMAGED));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'<!DOCTYPE html>\n<html><body>Sign in</body></html>' | a web page (HTML)",
                "'<?xml version=\"1.0\"?><chats><chat/></chats>'      | XML",
                "'<chats><chat id=\"1\"/></chats>'                    | XML",
                "'chat_id,time,text\n1,2024-01-01,hello\n'            | CSV: name it .csv",
                "'\"chat_id\";\"time\"\n\"1\";\"2\"'                  | CSV: name it .csv",
                "'PK\u0003\u0004 chats.json'                          | a zip archive: unpack it",
                "'PK\u0003\u0004 xl/workbook.xml'                     | an Excel sheet: save it as CSV",
                "'%PDF-1.7'                                           | a PDF: export the chats",
            })
    void names_another_format_once_with_the_next_step(String text, String words) {
        for (Form form : Form.values()) {
            assertThat(Reading.of(text + "\n" + "x\n".repeat(2_000), form))
                    .singleElement()
                    .satisfies(entry -> {
                        assertThat(entry.index()).isEqualTo(1);
                        assertThat(entry.findings()).singleElement().satisfies(finding -> {
                            assertThat(finding.rule()).isEqualTo(Reason.JSON_OTHER_FORM);
                            assertThat(finding.message()).contains("it looks like", words);
                        });
                    });
        }
    }

    @Test
    void records_of_another_form_are_one_finding_and_not_a_thousand() {
        for (List<Entry> entries : List.of(
                Reading.lines((FOREIGN + "\n").repeat(1_000)),
                Reading.lines((FOREIGN.replace(",", ",\n") + "\n").repeat(1_000)),
                Reading.document("[" + FOREIGN + (", " + FOREIGN).repeat(999) + "]"),
                Reading.document(FOREIGN),
                Reading.of((FOREIGN + "\n").repeat(20), Form.LINES, new ReadingOptions(true, 1_000)))) {
            assertThat(entries).singleElement().satisfies(entry -> {
                assertThat(entry.findings())
                        .containsExactly(new Finding(
                                Reason.JSON_OTHER_FORM,
                                1,
                                "",
                                "none of its fields is one of a transcript; see docs/formats.md"));
            });
        }
    }

    @Test
    void a_source_of_one_record_of_another_form_is_held_whole() {
        assertThat(raw(Reading.document(FOREIGN).get(0))).isEqualTo(FOREIGN);
        assertThat(raw(Reading.document("<html></html>").get(0))).isEqualTo("<html></html>");
        assertThat(Reading.document("[" + FOREIGN + "," + FOREIGN + "]").get(0).raw())
                .isNull();
    }

    @Test
    void a_record_of_another_form_beside_transcripts_is_refused_alone() {
        String lines = ONE + "\n" + (FOREIGN + "\n").repeat(20) + ONE;
        assertThat(Reading.lines(lines)).hasSize(22);
        assertThat(Reading.lines(lines))
                .extracting(entry -> rules(entry).contains(Reason.JSON_UNKNOWN_FIELD))
                .containsSubsequence(false, true, true, false);

        List<Entry> header = Reading.lines(FOREIGN + "\n" + ONE + "\n" + ONE);
        assertThat(header).extracting(Entry::index).containsExactly(1L, 2L, 3L);
        assertThat(header).extracting(Entry::readable).containsExactly(false, true, true);
        assertThat(header.get(0).raw()).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "5", "\"text\"", "nonsense", "{\"interactionID\": \"x\", \"msgs\": []}"})
    void what_is_empty_broken_or_misspelt_is_no_other_form(String text) {
        for (Form form : Form.values()) {
            assertThat(Reading.of(text, form)).singleElement().satisfies(entry -> assertThat(rules(entry))
                    .doesNotContain(Reason.JSON_OTHER_FORM));
        }
    }

    @Test
    void a_broken_first_line_does_not_make_one_record_of_two() {
        for (String broken : List.of(
                "{\"interactionId\": \"x\", \"messages\": [{\"text\": \"cut",
                "{\"interactionId\": \"x\", ",
                "{\"interactionId\":",
                ONE + ",",
                ONE + "x")) {
            assertThat(Reading.lines(broken + "\n" + ONE + "\nx\n" + ONE))
                    .extracting(Entry::readable)
                    .startsWith(broken.startsWith(ONE + ","))
                    .hasSizeGreaterThan(2);
        }
    }

    @Test
    void a_comma_at_the_end_says_that_a_transcript_may_be_missing() {
        List<Entry> entries = Reading.lines(ONE + ",\n" + ONE + ",\n");

        assertThat(entries).extracting(Entry::readable).containsExactly(true, true, false);
        assertThat(entries.get(2).findings().get(0).message()).contains("one may be missing", "line 3");
    }

    @Test
    void what_is_broken_among_concatenated_ones_ends_the_reading_and_says_so() {
        List<Entry> entries = Reading.lines(ONE + ONE + "{\"a\" x}" + ONE);

        assertThat(entries).extracting(Entry::readable).containsExactly(true, true, false);
        assertThat(entries.get(2).findings().get(0).message()).endsWith("the rest of the source was not read");
    }

    @ParameterizedTest
    @CsvSource({
        "interactionID, interactionId",
        "interaction-id, interactionId",
        "msgs, messages",
        "message, messages",
        "agent_Id, agentId",
        "customer, customerId"
    })
    void a_misspelt_field_is_asked_about(String field, String meant) {
        String text = ONE.replace("\"" + meant + "\"", "\"" + field + "\"");

        assertThat(Reading.document(text))
                .singleElement()
                .satisfies(entry -> assertThat(entry.findings()).first().satisfies(finding -> {
                    assertThat(finding.rule()).isEqualTo(Reason.JSON_UNKNOWN_FIELD);
                    assertThat(finding.message()).endsWith("; did you mean %s?".formatted(meant));
                }));
        assertThat(Reading.of(text, Form.DOCUMENT, new ReadingOptions(true, 10_000)))
                .singleElement()
                .satisfies(entry -> assertThat(entry.findings()).singleElement().satisfies(finding -> {
                    assertThat(finding.rule().id()).matches("ID-.*|MSG-NONE");
                    assertThat(finding.pointer()).isEqualTo("/" + meant);
                    assertThat(finding.message()).contains("is missing", "did you mean " + meant);
                }));
    }

    @Test
    void a_field_that_is_near_to_none_or_to_one_that_is_given_is_not_asked_about() {
        String more = ONE.substring(0, ONE.length() - 1) + ", \"agentID\": 1, \"mood\": 2}";

        assertThat(Reading.document(more).get(0).findings())
                .extracting(Finding::message)
                .containsExactly("the field agentID is not known", "the field mood is not known");
        assertThat(Reading.of(more, Form.DOCUMENT, new ReadingOptions(true, 10_000)))
                .extracting(Entry::readable)
                .containsExactly(true);
    }

    /** Reads it whole and in single bytes: both must give the same. */
    private static List<Entry> assertRead(String text, Form form, String note, String... raw) {
        List<Entry> entries = Reading.of(text, form);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (List<Entry> read :
                List.of(entries, Reading.all(TranscriptReader.open(drips(bytes), form, ReadingOptions.DEFAULT)))) {
            assertThat(read).extracting(RecognisedContentTest::raw).containsExactly(raw);
            assertThat(read).allMatch(Entry::readable);
            assertThat(read.get(0).notes()).containsExactly(note);
            assertThat(read).extracting(Entry::index).startsWith(1L).isSorted().doesNotHaveDuplicates();
        }
        return entries;
    }

    private static InputStream drips(byte[] bytes) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public int read(byte[] to, int offset, int length) {
                return super.read(to, offset, Math.min(1, length));
            }
        };
    }

    private static String raw(Entry entry) {
        return new String(entry.raw(), StandardCharsets.UTF_8);
    }

    private static List<Reason> rules(Entry entry) {
        return entry.findings().stream().map(Finding::rule).toList();
    }
}
