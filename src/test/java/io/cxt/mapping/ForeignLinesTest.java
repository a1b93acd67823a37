package io.cxt.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.Mapped;
import io.cxt.fixture.Packed;
import io.cxt.transcript.Entry;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.ReadingOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One chat of another system a line: a line that is broken is refused alone, as in our own form. */
class ForeignLinesTest {
    private static final String CUT = chat(3).substring(0, 90);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"zendesk-chat.ndjson, 3", "zendesk-chat.jsonl, 1", "zendesk-chat.ndjson.gz, 20", "zendesk-chat.json, 2"
    })
    void a_line_that_is_cut_short_is_the_only_one_that_is_refused(String name, int cut) throws IOException {
        List<Entry> entries = read(name, lines(cut, CUT).getBytes(StandardCharsets.UTF_8));

        assertThat(entries).hasSize(20);
        for (Entry entry : entries) {
            assertThat(entry.line()).isEqualTo(entry.index());
            assertThat(entry.readable()).isEqualTo(entry.index() != cut);
        }
        assertThat(Mapped.findings(entries.get(cut - 1)))
                .containsExactly("JSON-SYNTAX line %1$s: is not valid JSON at line %1$s, column 91".formatted(cut));
        assertThat(entries.get(cut - 1).raw()).asString().isEqualTo(CUT);
        assertThat(entries).extracting(Entry::offset).isSorted().doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "5                         | JSON-TYPE",
                "[]                        | JSON-TYPE",
                "\"text\"                  | JSON-TYPE",
                "x                         | JSON-SYNTAX",
                "{\"a\":1}}                | JSON-SYNTAX",
                "{\"a\":1} {\"b\":2}       | JSON-TRAILING",
                "{\"id\":\"q\",\"id\":\"q\"} | JSON-DUPLICATE-KEY",
                "{\"id\":\"open            | JSON-SYNTAX",
                "{\"history\":[            | JSON-SYNTAX",
                "{\"id\":\"q\",            | JSON-SYNTAX",
            })
    void whatever_a_line_holds_the_others_are_read(String line, String rule) throws IOException {
        for (int at : List.of(1, 2, 20)) {
            List<Entry> entries = read("zendesk-chat.ndjson", lines(at, line).getBytes(StandardCharsets.UTF_8));

            assertThat(entries).hasSize(20);
            assertThat(entries).filteredOn(Entry::readable).hasSize(19);
            assertThat(entries.get(at - 1).findings().get(0).rule().id()).isEqualTo(rule);
            assertThat(entries.get(at - 1).raw()).asString().isEqualTo(line);
        }
    }

    @Test
    void blank_lines_and_carriage_returns_are_no_part_of_a_chat() throws IOException {
        String text = "\uFEFF\r\n" + chat(1) + "\r\n \r\n" + CUT + "\r\n\r\n" + chat(2);

        List<Entry> entries = read("zendesk-chat.ndjson", text.getBytes(StandardCharsets.UTF_8));

        assertThat(entries).extracting(Entry::readable).containsExactly(true, false, true);
        assertThat(entries).extracting(Entry::line).containsExactly(2L, 4L, 6L);
        assertThat(entries.get(1).raw()).asString().isEqualTo(CUT);
    }

    @Test
    void a_line_that_is_too_long_or_not_utf8_is_refused_alone() throws IOException {
        byte[] bytes = (chat(1) + "\n" + chat(2).replace("Hi", "H~") + "\n" + chat(3).replace("Hi", "x".repeat(5_000))
                        + "\n" + chat(4))
                .getBytes(StandardCharsets.UTF_8);
        int at = new String(bytes, StandardCharsets.UTF_8).indexOf('~');
        bytes[at] = (byte) 0xC0;

        List<Entry> entries = read("zendesk-chat.ndjson", bytes);

        assertThat(entries).extracting(Entry::readable).containsExactly(true, false, false, true);
        assertThat(Mapped.findings(entries.get(1)))
                .containsExactly("UTF8-INVALID line 2: is not UTF-8 at byte %s of the unpacked source, counted from 0"
                        .formatted(at));
        assertThat(entries.get(1).raw()).contains((byte) 0xC0);
        assertThat(Mapped.findings(entries.get(2)))
                .containsExactly("JSON-RECORD-SIZE line 3: is longer than 1000 bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16LE", "UTF-16BE"})
    void in_utf_16_too(String charset) throws IOException {
        byte[] source = ("\uFEFF" + lines(3, CUT)).getBytes(Charset.forName(charset));

        assertThat(read("zendesk-chat.ndjson", source))
                .hasSize(20)
                .filteredOn(Entry::readable)
                .hasSize(19);
    }

    @Test
    void a_first_line_that_is_longer_than_what_is_looked_at_is_one_where_the_name_says_so() throws IOException {
        String large = chat(1).replace("Hi", "x".repeat(100_000));
        byte[] source = (large + "\n" + CUT + "\n" + chat(2)).getBytes(StandardCharsets.UTF_8);

        try (EntryReader reader = Mapped.zendesk()
                .open(() -> new ByteArrayInputStream(source), "zendesk-chat.ndjson", ReadingOptions.DEFAULT)) {
            List<Entry> entries = new ArrayList<>();
            reader.forEachRemaining(entries::add);
            assertThat(entries).extracting(Entry::readable).containsExactly(true, false, true);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[ONE,\nTWO,\n{\"a\" x},\nONE]",
                "{\"chats\":[ONE,TWO,{\"a\" x},ONE]}",
                "{\"count\":4,\n\"chats\":[\nONE,\nTWO,\n{\"a\" x},\nONE]}",
                "{\n\"docs\":{\"a\":ONE,\n\"b\":TWO,\n\"c\":{\"a\" x}\n}\n}",
            })
    void a_document_is_read_as_one_whatever_it_is_called(String shape) throws IOException {
        String text = shape.replace("ONE", chat(1)).replace("TWO", chat(2));

        for (String name : List.of("zendesk-chat.json", "zendesk-chat.ndjson")) {
            List<Entry> entries = read(name, text.getBytes(StandardCharsets.UTF_8));

            assertThat(entries).extracting(Entry::readable).containsExactly(true, true, false);
            assertThat(entries.get(2).findings().get(0).message()).endsWith("; the rest of the source was not read");
        }
    }

    @Test
    void indented_chats_are_read_one_behind_the_other() throws IOException {
        String indented = chat(1).replace(",", ",\n  ") + "\n" + chat(2).replace("{", "{\n") + "\n";

        assertThat(read("zendesk-chat.ndjson", indented.getBytes(StandardCharsets.UTF_8)))
                .hasSize(2)
                .allMatch(Entry::readable);
    }

    @Test
    void a_page_of_html_is_one_finding() throws IOException {
        byte[] page = "<!doctype html>\n<html>\n<body>\nsign in\n</body></html>\n".getBytes(StandardCharsets.UTF_8);

        assertThat(read("zendesk-chat.ndjson", page)).hasSize(1);
    }

    @Test
    void where_each_chat_is_an_array_a_line_is_one() throws IOException {
        String one = "[{\"id\":\"a\"}]";
        Mapping mapping = mapping("each = .\n", "{\"refuse\": if (is-array(.)) \"array\" else \"other\"}");

        List<Entry> entries = Mapped.read(mapping, one + "\n[{\"id\" x\n" + one);

        assertThat(entries)
                .extracting(entry -> entry.findings().get(0).rule().id())
                .containsExactly("MAP-REFUSED", "JSON-SYNTAX", "MAP-REFUSED");
    }

    @Test
    void of_records_that_are_grouped_nothing_is_read_when_one_is_broken() throws IOException {
        Mapping mapping = mapping("group = /id\n", "{\"refuse\": \"array\"}");

        List<Entry> entries = Mapped.read(mapping, "{\"id\":\"a\"}\n{\"id\":\"b\"}\n{\"id\n{\"id\":\"a\"}");

        assertThat(entries).singleElement().satisfies(entry -> assertThat(Mapped.findings(entry))
                .singleElement()
                .asString()
                .startsWith(
                        "JSON-SYNTAX line 3: is not valid JSON at line 3, column 5; no chat of the source was read"));
    }

    @Test
    void a_letter_of_a_broken_line_that_was_corrected_is_read_by_its_mapping() throws IOException {
        for (String corrected : List.of(chat(3), chat(3).replace(",", ",\n "))) {
            byte[] letter = corrected.getBytes(StandardCharsets.UTF_8);

            try (EntryReader reader = Mappings.load(Path.of("config/mappings"))
                    .openLetter(
                            () -> new ByteArrayInputStream(letter),
                            "zendesk-chat-3.json",
                            "zendesk-chat.ndjson",
                            ReadingOptions.DEFAULT)) {
                assertThat(reader.next().transcript().interactionId()).isEqualTo("z-3");
                assertThat(reader.hasNext()).isFalse();
            }
        }
    }

    private Mapping mapping(String lines, String template) throws IOException {
        Files.writeString(folder.resolve("t.jslt"), template);
        Files.writeString(
                folder.resolve("my.properties"),
                "format = jslt\nfiles = *.json\ntemplate = t.jslt\nrefuse.array = is an array\n" + lines);
        return Mappings.load(folder).forFile("a.json").orElseThrow();
    }

    private static List<Entry> read(String name, byte[] source) throws IOException {
        byte[] stored = name.endsWith(".gz") ? Packed.gzip(source) : source;
        List<Entry> entries = new ArrayList<>();
        try (EntryReader reader = Mappings.load(Path.of("config/mappings"))
                .open(() -> new ByteArrayInputStream(stored), name, new ReadingOptions(false, 1_000))) {
            reader.forEachRemaining(entries::add);
        }
        return entries;
    }

    /** Twenty chats, with something else in the place of one. */
    private static String lines(int place, String other) {
        return IntStream.rangeClosed(1, 20)
                .mapToObj(i -> i == place ? other : chat(i))
                .collect(Collectors.joining("\n"));
    }

    private static String chat(int number) {
        return ("{\"id\":\"z-%s\",\"type\":\"chat\",\"visitor\":{\"id\":\"v\"},\"agent_ids\":[\"a\"],\"history\":["
                        + "{\"type\":\"chat.msg\",\"nick\":\"visitor\",\"msg\":\"Hi\",\"timestamp\":\"2026-01-01T00:00:00Z\"}]}")
                .formatted(number);
    }
}
