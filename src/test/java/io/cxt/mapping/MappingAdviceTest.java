package io.cxt.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.Mapped;
import io.cxt.fixture.Mutation;
import io.cxt.transcript.Entry;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.ReadingOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said of a source that a mapping cannot read is the cause, and helps. */
class MappingAdviceTest {
    private static final Mappings SHIPPED = Mappings.load(Path.of("config/mappings"));

    @TempDir
    private Path folder;

    @Test
    void a_time_that_the_clock_steps_over_is_asked_of_the_zone() throws IOException {
        Mapping rows =
                Mapped.rowsWith(folder, "timestamp", "pattern yyyy-MM-dd HH:mm:ss", "timestamp.zone", "Europe/Berlin");
        String table = "conversation_id,agent_id,customer_id,message_id,sender,text,sent_at\n"
                + "c,a,k,,customer,Hi,2026-03-29 02:30:00\n";

        Entry entry = Mapped.read(rows, table).get(0);

        assertThat(Mapped.findings(entry))
                .singleElement()
                .asString()
                .contains("row 2, column sent_at: lies in the hour that the clock in Europe/Berlin steps over")
                .contains("correct timestamp.zone in the mapping file; else correct the time");
        assertThat(entry.findings().get(0).hint()).contains("timestamp.zone", "that no calendar or clock has");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[{}]",
                "{ }\n{}",
                "{\"chats\":null}",
                "{\"chats\":{}}",
                "{\"count\": 0, \"chats\": null, \"next_url\": null}",
                "{\"docs\":null}"
            })
    void an_export_that_holds_no_chats_is_not_said_to_be_answered_by_nobody(String export) throws IOException {
        for (String name : List.of("zendesk-chat.json", "intercom.json", "twilio.json", "rasa.ndjson")) {
            assertThat(findings(name, export.replace("chats", "conversations")))
                    .isNotEmpty()
                    .allMatch(finding -> finding.startsWith("JSON-EMPTY line "))
                    .allMatch(finding -> finding.endsWith("holds no chat: there is no text in it"));
        }
    }

    @Test
    void a_chat_that_nobody_answered_is_still_said_to_be_one() throws IOException {
        assertThat(findings("zendesk-chat.json", "{\"id\": \"1\", \"visitor\": {\"id\": \"v\"}, \"history\": []}"))
                .singleElement()
                .asString()
                .contains("answered by nobody");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", " \r\n\t\n", "\uFEFF", "\uFEFF\n"})
    void an_empty_file_is_empty_in_every_form(String content) throws IOException {
        Mapping xml = xml();
        assertThat(findings("whatsapp-chat.txt", content))
                .singleElement()
                .asString()
                .startsWith("JSON-EMPTY line");
        assertThat(findings("zendesk-chat.json", content))
                .singleElement()
                .asString()
                .startsWith("JSON-EMPTY line");
        assertThat(findings("zendesk-chat.ndjson", content))
                .singleElement()
                .asString()
                .startsWith("JSON-EMPTY line");
        if (!content.startsWith("\uFEFF")) {
            assertThat(Mapped.findings(Mapped.read(xml, content).get(0)))
                    .containsExactly("JSON-EMPTY line 1: the source holds nothing but blanks");
        }
    }

    @Test
    void a_text_without_a_line_of_the_mapping_still_points_at_it() throws IOException {
        assertThat(findings("whatsapp-chat.txt", "something else\n"))
                .containsExactly("TEXT-FORM line 1: no line is one of those that the mapping describes");
    }

    @Test
    void a_row_with_a_total_is_no_message() throws IOException {
        String table = "conversation_id,agent_id,customer_id,message_id,sender,text,sent_at\n"
                + "c,a,k,,customer,Hi,2026-03-29T02:30:00Z\nTotal: 1 row,,,,,,\n";

        List<Entry> entries = Mapped.read(Mapped.rows(), table);

        assertThat(entries.get(0).readable()).isTrue();
        assertThat(Mapped.findings(entries.get(1)).get(0))
                .isEqualTo("MAP-ROLE line 3: row 3, column sender: is empty, and so are text and time: a row that is no"
                        + " message, such as a total, does not belong here");
        assertThat(entries.get(1).findings().get(0).hint()).contains("remove from the source what is no message");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<export>;<chats><chat></chats> | is not well-formed XML at line 2, column 20",
                "<export>;<chats><chat> & </chat> | is not well-formed XML at line 2, column",
                "<!DOCTYPE x SYSTEM 'file:///x'>;<export/> | has a document type or an entity, which CXT does not read at line 1, column",
                "<export><chats>;;<chat>DEEP | is nested deeper than 64 levels at line 3, column",
                "<export>;DEEP | is nested deeper than 64 levels at line 2, column",
                "no xml | is not well-formed XML at line 1, column 1",
            })
    void the_place_and_the_cause_of_a_fault_in_xml_are_said(String source, String words) throws IOException {
        String text = source.replace(";", "\n").replace("DEEP", "<a>".repeat(100));

        List<Entry> entries = Mapped.read(xml(), text);

        assertThat(entries).singleElement();
        assertThat(Mapped.findings(entries.get(0)))
                .singleElement()
                .asString()
                .startsWith("XML-SYNTAX line ")
                .contains(": " + words)
                .endsWith("; the rest of the source was not read");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "<?xml version='1.0' encoding='US-ASCII'?>", "<?xml version='1.0' encoding='nonsense'?>"})
    void bytes_in_xml_that_are_not_of_its_encoding_are_a_finding(String begin) throws IOException {
        byte[] source = (begin + "<export><chats>\n<chat>~</chat></chats></export>").getBytes(StandardCharsets.UTF_8);
        source[new String(source, StandardCharsets.UTF_8).indexOf('~')] = (byte) 0xC0;

        List<Entry> entries = Mapped.read(xml(), source, ReadingOptions.DEFAULT);

        assertThat(entries).singleElement().satisfies(entry -> assertThat(Mapped.findings(entry))
                .singleElement()
                .asString()
                .containsPattern(
                        "XML-SYNTAX line [12]: (has bytes that are not of its encoding|is not well-formed XML) at"));
    }

    @Test
    void xml_that_is_spoilt_becomes_entries_whatever_stands_in_it() throws IOException {
        String sample =
                "<?xml version='1.0' encoding='UTF-8'?><export><chats><chat id='1'><m by='a'>Gr\u00fc\u00dfe &amp; "
                        + "<![CDATA[<b>]]></m></chat><!-- c --><chat id='2'/></chats></export>";
        Mutation mutation = new Mutation(7, List.of(sample.getBytes(StandardCharsets.UTF_8)));
        Mapping xml = xml();

        for (int round = 0; round < 300; round++) {
            assertThat(Mapped.read(xml, mutation.next(4_096), ReadingOptions.DEFAULT))
                    .hasSizeLessThan(1_000);
        }
    }

    private Mapping xml() throws IOException {
        Files.writeString(folder.resolve("t.jslt"), "{\"interactionId\": .\"@id\"}");
        Files.writeString(
                folder.resolve("my.properties"),
                "format = xml\nfiles = *.xml\ntemplate = t.jslt\neach = /export/chats/chat\n");
        return Mappings.load(folder).forFile("a.xml").orElseThrow();
    }

    private static List<String> findings(String name, String source) throws IOException {
        try (EntryReader reader = SHIPPED.open(
                () -> new ByteArrayInputStream(source.getBytes(StandardCharsets.UTF_8)),
                name,
                ReadingOptions.DEFAULT)) {
            List<String> findings = new ArrayList<>();
            reader.forEachRemaining(entry -> findings.addAll(Mapped.findings(entry)));
            return findings;
        }
    }
}
