package io.cxt.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.files.RereadableSource;
import io.cxt.fixture.Chats;
import io.cxt.fixture.Mapped;
import io.cxt.transcript.Entry;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.ReadingOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** JSON in somebody else's shape: where the chats are in it, and what becomes of a document that is not whole. */
class ForeignJsonTest {

    private static final String ONE = chat("z-1");
    private static final String TWO = chat("z-2");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[ONE,\nTWO]",
                "{\"chats\":[ONE,TWO]}",
                "{\"count\":2, \"x\":{\"chats\":[5]}, \"y\":\"\\\"chats\\\":[\", \"chats\" : [ ONE , TWO ] , \"next_url\":null}",
                "ONE\nTWO",
                "\uFEFFONE\r\n\r\nTWO\n",
            })
    void chats_are_found_in_an_array_in_a_document_and_one_a_line(String shape) throws IOException {
        assertThat(ids(shape.replace("ONE", ONE).replace("TWO", TWO))).containsExactly("z-1", "z-2");
    }

    @Test
    @Tag("fault-126")
    void a_dead_letter_in_our_own_form_is_read_as_it_is_whatever_the_mapping_takes() throws IOException {
        List<Entry> read =
                Mapped.read(Mapped.zendesk(), Chats.chat("own") + "\n" + ONE + "\n" + Chats.chat("none", 0, ""));

        assertThat(read).extracting(entry -> entry.transcript().interactionId()).containsExactly("own", "z-1", "none");
        assertThat(read).allMatch(entry -> entry.findings().isEmpty());
        assertThat(new String(read.get(0).raw(), StandardCharsets.UTF_8)).isEqualTo(Chats.chat("own"));
        String others = "{\"interactionId\":\"x\",\"messages\":[{\"from\":\"agent\",\"text\":\"Hello\"}]}";
        assertThat(Mapped.read(Mapped.zendesk(), others))
                .singleElement()
                .satisfies(entry -> assertThat(entry.findings()).isNotEmpty());
    }

    @Test
    void an_array_deeper_in_the_document_is_found_by_its_path_alone() throws IOException {
        Mapping mapping = mapping("each = /data/items");
        String text = "{\"items\":[7],\"data\":{\"a\":{\"items\":[8]},\"items\":[%s,%s],\"b\":1},\"c\":[]}";

        assertThat(Mapped.read(mapping, text.formatted(ONE, TWO)))
                .extracting(entry -> entry.transcript().interactionId())
                .containsExactly("z-1", "z-2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "ONE TWO                       | JSON-TRAILING",
                "ONE x                       | JSON-TRAILING",
                "[ONE] x                     | JSON-TRAILING",
                "{\"chats\":[ONE]} x         | JSON-TRAILING",
                "{\"chats\":[ONE]            | JSON-SYNTAX",
                "{\"chats\":[ONE             | JSON-SYNTAX",
                "{\"chats\":[ONE TWO]}         | JSON-SYNTAX",
                "{\"chats\":[ONE],\"a\":}    | JSON-SYNTAX",
                "{\"chats\":[ONE],\"chats\":[]} | JSON-SYNTAX",
                "[ONE,{\"a\":}]              | JSON-SYNTAX",
                "[ONE,{\"id\":\"q\",\"id\":\"q\"}]  | JSON-DUPLICATE-KEY",
                "[ONE,5]                     | MAP-FAILED",
            })
    void what_is_good_before_a_fault_is_handed_on_and_the_fault_comes_last(String shape, String rule)
            throws IOException {
        String text = shape.replace("ONE", ONE).replace("TWO", TWO);

        List<Entry> entries = read(text);

        assertThat(entries.get(0).readable()).isTrue();
        assertThat(entries).hasSize(2);
        assertThat(entries.get(1).findings().get(0).rule().id()).isEqualTo(rule);
    }

    @Test
    void what_is_no_json_is_named_with_line_and_column() throws IOException {
        assertThat(Mapped.findings(
                        read("[\n" + ONE + ", {\"a\":\n  \"\u00fc\", x}]").get(1)))
                .containsExactly(
                        "JSON-SYNTAX line 3: is not valid JSON at line 3, column 8; the rest of the source was not read");
        assertThat(Mapped.findings(read("[{\"a\":1}, {\"a\" x}]").get(1)))
                .containsExactly(
                        "JSON-SYNTAX line 1: is not valid JSON at line 1, column 16; the rest of the source was not read");
    }

    @Test
    void nothing_and_an_empty_array_are_as_in_our_own_form() throws IOException {
        assertThat(Mapped.findings(read(" ").get(0))).singleElement().asString().startsWith("JSON-EMPTY");
        assertThat(read("[]")).isEmpty();
        assertThat(read("{\"chats\":[],\"count\":0}")).isEmpty();
        assertThat(Mapped.findings(read("{\"chats\":[],\"count\":7}").get(0)))
                .containsExactly("JSON-EMPTY line 1: the document says it has 7 chats, and holds none");
    }

    @Test
    void an_export_that_goes_on_elsewhere_is_noted_on_its_last_chat() throws IOException {
        List<Entry> entries = read("{\"chats\":[%s,%s],\"count\":9,\"next_url\":\"x\"}".formatted(ONE, TWO));

        assertThat(entries.get(0).notes()).isEmpty();
        assertThat(entries.get(1).notes()).containsExactly("export-cut:count=9,here=2", "export-goes-on");
    }

    @Test
    void bytes_that_are_not_utf8_end_the_reading_with_their_place() throws IOException {
        byte[] bytes = ("[" + ONE + "," + TWO.replace("Hi", "H~") + "," + ONE + "]").getBytes(StandardCharsets.UTF_8);
        int at = new String(bytes, StandardCharsets.UTF_8).indexOf('~');
        bytes[at] = (byte) 0xC0;

        List<Entry> entries = Mapped.read(Mapped.zendesk(), bytes, ReadingOptions.DEFAULT);

        assertThat(entries).extracting(Entry::readable).containsExactly(true, false);
        assertThat(entries.get(1).findings().get(0).message())
                .isEqualTo("is not UTF-8 at byte %d of the unpacked source, counted from 0; the rest was not read"
                        .formatted(at));
    }

    @Test
    void a_chat_nested_too_deep_or_too_long_is_refused_and_the_next_one_is_read() throws IOException {
        String deep = "{\"a\":" + "[".repeat(100) + "]".repeat(100) + "}";
        String large = "{\"a\":\"" + "x".repeat(2_000) + "\"}";

        List<Entry> entries = Mapped.read(
                Mapped.zendesk(),
                "[%s,%s,%s]".formatted(deep, large, ONE).getBytes(StandardCharsets.UTF_8),
                new ReadingOptions(false, 1_000));

        assertThat(entries)
                .map(entry -> entry.readable()
                        ? "good"
                        : entry.findings().get(0).rule().id())
                .containsExactly("JSON-DEPTH", "JSON-RECORD-SIZE", "good");
    }

    @Test
    void a_document_of_a_hundred_megabytes_is_read_with_one_chat_in_memory() throws IOException {
        byte[] block =
                ("," + chat("z-9").replace("Hi", "x".repeat(9_000))).repeat(100).getBytes(StandardCharsets.UTF_8);
        RereadableSource content = () -> {
            List<InputStream> parts = new ArrayList<>(List.of(bytes("{\"chats\":[" + ONE)));
            Collections.nCopies(110, block).forEach(part -> parts.add(new ByteArrayInputStream(part)));
            parts.add(bytes("],\"count\":11001}"));
            return new SequenceInputStream(Collections.enumeration(parts));
        };

        long count = 0;
        long before = held();
        try (EntryReader reader = Mapped.zendesk().open(content, "chats.json", new ReadingOptions(false, 10_000))) {
            while (reader.hasNext()) {
                assertThat(reader.next().readable()).isTrue();
                if (++count % 2_000 == 0) {
                    assertThat(held() - before).isLessThan(24 * 1024 * 1024);
                }
            }
        }

        assertThat(count).isEqualTo(11_001);
    }

    @Test
    void a_template_that_fails_is_named_with_its_place_and_the_chat_is_kept_as_it_came() throws IOException {
        Files.writeString(folder.resolve("t.jslt"), "{\n \"agentId\": split(.id, 5),\n \"customerId\": .id / 2\n}");

        Entry entry =
                Mapped.read(mapping("template = t.jslt"), "{\"id\":\"SECRET\"}").get(0);

        assertThat(Mapped.findings(entry))
                .singleElement()
                .asString()
                .startsWith("MAP-FAILED line 1: chat 1: t.jslt cannot be applied to it at line ")
                .doesNotContain("SECRET");
        assertThat(entry.raw()).asString().isEqualTo("{\"id\":\"SECRET\"}");
    }

    @Test
    void half_a_character_is_a_finding_and_the_chat_is_kept_as_it_came() throws IOException {
        Entry entry = read(ONE.replace("Hi", "\\ud800")).get(0);

        assertThat(Mapped.findings(entry))
                .containsExactly("TEXT-SURROGATE line 1: chat 1, /history/0: holds a lone surrogate");
        assertThat(entry.raw()).asString().contains("\\ud800");
    }

    /** Bytes that are still reachable. */
    private static long held() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private Mapping mapping(String line) throws IOException {
        Files.copy(Path.of("config/mappings/zendesk-chat.jslt"), folder.resolve("zendesk-chat.jslt"));
        Files.writeString(
                folder.resolve("my.properties"),
                "format = jslt\nfiles = *.json\n"
                        + (line.startsWith("template") ? "" : "template = zendesk-chat.jslt\n") + line + "\n");
        return Mappings.load(folder).forFile("a.json").orElseThrow();
    }

    private static List<String> ids(String text) throws IOException {
        return read(text).stream()
                .map(entry -> entry.transcript().interactionId())
                .toList();
    }

    private static List<Entry> read(String text) throws IOException {
        return Mapped.read(Mapped.zendesk(), text);
    }

    private static InputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String chat(String id) {
        return ("{\"id\":\"%s\",\"type\":\"chat\",\"visitor\":{\"id\":\"v\"},\"agent_ids\":[\"a\"],\"history\":["
                        + "{\"type\":\"chat.msg\",\"nick\":\"visitor\",\"msg\":\"Hi\",\"timestamp\":\"Z\"}]}")
                .formatted(id);
    }
}
