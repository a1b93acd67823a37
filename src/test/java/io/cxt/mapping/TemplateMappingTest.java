package io.cxt.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.files.FolderUnavailableException;
import io.cxt.fixture.Mapped;
import io.cxt.json.ChatPlaces;
import io.cxt.transcript.ChatMessage;
import io.cxt.transcript.Entry;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.ReadingOptions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a template is given, and what becomes of the messages that it makes. */
class TemplateMappingTest {
    private static final String ALL = """
            {"interactionId": fallback(.id, $key),
             "messages": [for (zip-with-index(.m)) {
               "id": .value.id, "by": .value.by, "who": .value.who, "text": .value.text, "html": .value.html,
               "markdown": .value.md, "attachment": .value.file, "timestamp": .value.at, "sequence": .value.seq,
               "drop": .value.drop, "at": "/m/" + .index}]}
            """;

    @TempDir
    Path folder;

    private List<Entry> read(String template, String settings, String source) throws IOException {
        return read(template, "format = jslt\n" + settings, "chats.json", source.getBytes(StandardCharsets.UTF_8));
    }

    private List<Entry> read(String template, String settings, String fileName, byte[] source) throws IOException {
        Files.writeString(folder.resolve("m.jslt"), template);
        Files.writeString(
                folder.resolve("m.properties"), "files = *.json, *.txt, *.xml\ntemplate = m.jslt\n" + settings);
        Path file = Files.write(Files.createDirectories(folder.resolve("in")).resolve(fileName), source);
        List<Entry> entries = new ArrayList<>();
        try (EntryReader reader = Mappings.load(folder).open(file, new ReadingOptions(false, 20_000))) {
            reader.forEachRemaining(entries::add);
        }
        return entries;
    }

    private static List<String> lines(Entry entry) {
        return entry.transcript().messages().stream()
                .map(TemplateMappingTest::line)
                .toList();
    }

    private static String line(ChatMessage message) {
        return "%s:%s>%s %s"
                .formatted(
                        message.from().type(), message.from().id(), message.to().id(), message.text());
    }

    private static String message(String fields) {
        return "{%s,\"at\":\"2024-06-15T09:00:00Z\"}".formatted(fields).replace('\'', '"');
    }

    private static String chat(String... messages) {
        return "{\"id\":\"c-1\",\"m\":[%s]}".formatted(String.join(",", messages));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "/chats ~ {'count':2,'chats':[X,Y]} ~ 2",
                "/data/list ~ {'data':{'list':[X,Y]},'list':[3]} ~ 2",
                "/docs/* ~ {'docs':{'k-1':X,'k-2':Y}} ~ 2",
                "/docs/* ~ {'docs':{}} ~ 0",
                "/* ~ {'k-1':X,'k-2':Y} ~ 2",
                "/chats, /docs/* ~ {'n':1,'docs':{'k-1':X},'next':null} ~ 1",
                "/chats, /docs/* ~ {'chats':[X,Y]} ~ 2",
                "/chats, . ~ {'n':1,'chats':[X,Y]} ~ 2",
                "/chats, . ~ X ~ 1",
                "/chats ~ X ~ 1",
                "/chats ~ [X,Y] ~ 2",
            })
    void chats_stand_where_each_says(String each, String source, int count) throws IOException {
        String one =
                chat(message("'by':'agent','who':'a','text':'x'"), message("'by':'customer','who':'c','text':'y'"));
        String text = source.replace('\'', '"').replace("X", one).replace("Y", one.replace("c-1", "c-2"));

        List<Entry> entries = read(ALL, "each = " + each + "\n", text);

        assertThat(entries).hasSize(count).allMatch(Entry::readable);
    }

    @Test
    void a_dot_takes_an_array_as_one_chat_and_the_name_of_a_member_is_its_key() throws IOException {
        String messages = "[" + message("'by':'agent','who':'a','text':'x'") + "]";

        List<Entry> whole = read(
                ALL.replace(".id, $key", "$file.name, null").replace(".m)", ".)"),
                "each = .\ncustomer.default = c\n",
                messages);
        List<Entry> keyed =
                read(ALL, "each = /*\ncustomer.default = c\n", "{\"k \\\" \\u00e9\": {\"m\": " + messages + "}}");

        assertThat(whole.get(0).transcript().interactionId()).isEqualTo("chats");
        assertThat(keyed.get(0).transcript().interactionId()).isEqualTo("k \" é");
    }

    @Test
    @Tag("fault-146")
    void a_chat_whose_name_cannot_be_read_is_refused_by_itself() throws IOException {
        String messages = "{\"m\": [" + message("'by':'agent','who':'a','text':'x'") + "]}";
        List<String> names = List.of("a\\qb", "a\tb", "\\u00zz", "o".repeat(4_095) + "\\n");
        List<String> good = List.of("k", "e".repeat(299) + "\\n", "e".repeat(299) + "\\t", "\\u0000a\\nb");
        StringBuilder source = new StringBuilder("{\"docs\": {");
        for (String name : names) {
            source.append("\"%s\": %s, ".formatted(name, messages));
        }
        source.append(String.join(
                        ", ",
                        good.stream()
                                .map(name -> "\"" + name + "\": " + messages)
                                .toList()))
                .append("}}");
        String unknown = source.toString().replace("a\tb", "a\u00E9b");
        byte[] inLatin1 = unknown.getBytes(StandardCharsets.ISO_8859_1);
        String settings = "each = /docs/*\ncustomer.default = c\n";
        String id = ALL.replace("fallback(.id, $key)", "string(size($key))");

        List<Entry> entries = read(id, settings, source.toString());

        assertThat(entries.stream()
                        .filter(entry -> !entry.readable())
                        .flatMap(entry -> Mapped.findings(entry).stream()))
                .containsExactly(
                        "JSON-SYNTAX line 1: has a name before it that is not valid JSON",
                        "JSON-SYNTAX line 1: has a name before it that is not valid JSON",
                        "JSON-SYNTAX line 1: has a name before it that is not valid JSON",
                        "JSON-TYPE line 1: has a name before it of more than 4096 bytes");
        assertThat(entries.get(0).raw()).asString(StandardCharsets.UTF_8).isEqualTo(messages);
        assertThat(entries.stream().filter(Entry::readable))
                .extracting(entry -> entry.transcript().interactionId())
                .containsExactly("1", "300", "300", "4");
        assertThat(Mapped.findings(read(id, "format = jslt\n" + settings, "chats.json", inLatin1)
                        .get(1)))
                .containsExactly("UTF8-INVALID line 1: has a name before it that is not UTF-8");
        String grouped =
                ALL.replace("fallback(.id, $key)", "string(size(.folder))").replace(".m)", ".records[0].m)");
        List<Entry> inGroups = read(
                grouped,
                "each = /docs/*\ncustomer.default = c\ngroup = folder\n",
                "{\"docs\": {\"a\\u0020b\\\\\": %1$s, \"\\u0000\\na\": %1$s}}".formatted(messages));
        assertThat(inGroups)
                .allMatch(Entry::readable)
                .extracting(entry -> entry.transcript().interactionId())
                .containsExactlyInAnyOrder("4", "3");
    }

    @Test
    void the_name_of_a_folder_in_a_zip_is_the_key_as_it_is() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        List<String> folders = List.of("a\\b", "a\\u0041", "a\"1", "a\"2");
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (String name : folders) {
                zip.putNextEntry(new ZipEntry(name + "/p.json"));
                zip.write(("{\"m\": [" + message("'by':'agent','who':'a','text':'x'") + "]}")
                        .getBytes(StandardCharsets.UTF_8));
            }
        }

        List<Entry> entries = read(
                ALL,
                "format = jslt\neach = .\nzip.files = *.json\ncustomer.default = c\n",
                "z.json",
                bytes.toByteArray());

        assertThat(entries)
                .extracting(entry -> entry.transcript().interactionId())
                .containsExactlyElementsOf(folders);
    }

    @Test
    void a_template_sees_what_stands_before_and_behind_the_chats_the_file_and_the_number_of_the_chat()
            throws IOException {
        String template = """
                {"interactionId": $document.site + "-" + $document.end + "-" + $file.folder + "-" + string($index) + "-" + size($document.chats),
                 "agentId": "a", "customerId": "c", "messages": [{"by": "agent", "text": $file.time, "timestamp": "2024-06-15T09:00:00Z"}]}
                """;

        List<Entry> entries = read(template, "", "{\"site\":\"s\",\"chats\":[{},{}],\"end\":7}");

        assertThat(entries)
                .extracting(entry -> entry.transcript().interactionId())
                .containsExactly("s-7-in-1-0", "s-7-in-2-0");
        assertThat(entries.get(0).transcript().messages().get(0).text()).endsWith("Z");
    }

    @Test
    void a_customer_writes_to_the_agent_who_last_joined_or_wrote_and_all_others_to_the_customer() throws IOException {
        Entry entry = read(
                        ALL,
                        "role.customer = visitor\nrole.bot = *bot\nrole.agent = op*\n",
                        chat(
                                message("'by':'visitor','who':'v','text':'1'"),
                                message("'by':'helpbot','text':'2'"),
                                message("'by':'op','who':'a1','drop':'event'"),
                                message("'by':'visitor','who':'v','text':'3'"),
                                message("'by':'operator','who':'a2','text':'4'"),
                                message("'by':'visitor','text':'5'"),
                                message("'by':'op','text':'6'"),
                                message("'by':'note','text':'secret'"),
                                message("'by':'system','text':'7'")))
                .get(0);

        assertThat(lines(entry))
                .containsExactly(
                        "customer:v>a1 1",
                        "bot:bot>v 2",
                        "customer:v>a1 3",
                        "agent:a2>v 4",
                        "customer:v>a2 5",
                        "agent:a2>v 6",
                        "system:system>v 7");
        assertThat(entry.transcript().agentId()).isEqualTo("a1");
        assertThat(entry.notes()).containsExactly("events-dropped:1", "notes-dropped:1");
    }

    @Test
    void a_chat_without_an_agent_is_rejected_unless_the_mapping_names_one() throws IOException {
        String chat = chat(message("'by':'customer','who':'c','text':'x'"), message("'by':'bot','text':'y'"));

        assertThat(Mapped.findings(read(ALL, "", chat).get(0)))
                .singleElement()
                .asString()
                .contains("MAP-REFUSED", "role.agent", "agent.default");
        assertThat(lines(read(ALL, "agent.default = importer\n", chat).get(0)))
                .containsExactly("customer:c>importer x", "bot:bot>c y");
    }

    @Test
    void a_word_that_no_role_has_is_a_finding_at_its_place_without_the_word() throws IOException {
        Entry entry = read(
                        ALL,
                        "agent.default = a\n",
                        chat(
                                message("'by':'customer','who':'c','text':'x'"),
                                message("'by':'Ada Lovelace','text':'x'")))
                .get(0);

        assertThat(Mapped.findings(entry)).anySatisfy(finding -> assertThat(finding)
                .contains("MAP-ROLE", "chat 1, /m/1", "12 characters")
                .doesNotContain("Ada"));
        assertThat(new String(entry.raw(), StandardCharsets.UTF_8)).contains("Ada Lovelace"); // to be mapped again
    }

    @Test
    void messages_are_ordered_by_time_then_by_sequence_then_as_they_came() throws IOException {
        String source = chat(
                "{'by':'agent','who':'a','text':'4','at':'2024-06-15T09:00:02Z'}",
                "{'by':'agent','who':'a','text':'3','at':'2024-06-15T09:00:01Z','seq':10}",
                "{'by':'agent','who':'a','text':'2','at':'2024-06-15T09:00:01Z','seq':9}",
                "{'by':'agent','who':'a','text':'1','at':'2024-06-15T11:00:00+02:00'}");

        Entry entry = read(ALL, "order = time\ncustomer.default = c\n", source.replace('\'', '"'))
                .get(0);

        assertThat(entry.transcript().messages()).extracting(ChatMessage::text).containsExactly("1", "2", "3", "4");
        assertThat(entry.notes()).containsExactly("sorted");
        assertThat(read(ALL, "customer.default = c\n", source.replace('\'', '"'))
                        .get(0)
                        .notes())
                .isEmpty();
    }

    @Test
    void ids_are_kept_refused_or_dropped_when_they_come_twice_and_made_where_they_are_missing() throws IOException {
        String twice = chat(
                message("'id':'1','by':'agent','who':'a','text':'x'"),
                message("'id':'1','by':'agent','who':'a','text':'x'"),
                message("'id':'1','by':'agent','who':'a','text':'other'"));
        String customer = "customer.default = c\n";

        assertThat(read(ALL, customer, twice).get(0).transcript().messages()).hasSize(3);
        assertThat(Mapped.findings(
                        read(ALL, customer + "ids.twice = refuse\n", twice).get(0)))
                .hasSize(2)
                .allMatch(finding -> finding.contains("MAP-DIFFERS"));
        Entry dropped = read(ALL, customer + "ids.twice = drop\n", twice).get(0);
        assertThat(dropped.transcript().messages())
                .extracting(ChatMessage::text)
                .containsExactly("x", "other");
        assertThat(dropped.notes()).containsExactly("copies-dropped:1", "ids-twice:1");

        String without =
                chat(message("'by':'agent','who':'a','text':'x'"), message("'by':'agent','who':'a','text':'x'"));
        List<String> made = ids(read(ALL, customer + "ids.missing = make\n", without));
        assertThat(made).doesNotHaveDuplicates().allMatch(id -> id.matches("[0-9a-f]{32}"));
        assertThat(ids(read(ALL, customer + "ids.missing = make\n", without))).isEqualTo(made);
    }

    private static List<String> ids(List<Entry> entries) {
        return entries.get(0).transcript().messages().stream()
                .map(ChatMessage::id)
                .toList();
    }

    @Test
    void html_markdown_and_attachments_become_text_as_the_mapping_says() throws IOException {
        String source = chat(
                message(
                        "'by':'agent','who':'a','html':'<p>Hi &amp; <b>you</b>,<br>see <a href=\\\"https://x.test/a\\\">this</a></p><ul><li>one</li><li>two</li></ul><script>bad()</script>'"),
                message("'by':'agent','who':'a','md':'**Bold** and [a](https://x.test)'"),
                message("'by':'agent','who':'a','file':'a.pdf'"),
                message("'by':'agent','who':'a','text':'look','file':'b.pdf'"));
        String customer = "customer.default = c\n";

        Entry kept = read(ALL, customer, source).get(0);
        Entry plain = read(ALL, customer + "markdown = plain\nattachments = text\n", source)
                .get(0);

        assertThat(kept.transcript().messages())
                .extracting(ChatMessage::text)
                .containsExactly(
                        "Hi & you,\nsee this (https://x.test/a)\none\ntwo", "**Bold** and [a](https://x.test)", "look");
        assertThat(kept.notes()).containsExactly("attachments-dropped:2");
        assertThat(plain.transcript().messages())
                .extracting(ChatMessage::text)
                .contains("[attachment: a.pdf]", "look\n[attachment: b.pdf]")
                .anyMatch(text -> text.startsWith("Bold and"));
    }

    @Test
    void base64_json_and_xml_within_a_text_can_be_read() throws IOException {
        String template = """
                {"interactionId": xml(.x).id, "agentId": xml(.x)."@agent", "customerId": "c",
                 "messages": [for (from-json(base64-text(.b))) {"by": "agent", "text": ., "timestamp": "2024-06-15T09:00:00Z"}]}
                """;
        String encoded = Base64.getEncoder().encodeToString("[\"grüße\",\"2\"]".getBytes(StandardCharsets.UTF_8));

        Entry entry = read(
                        template, "", "{\"x\":\"<e agent='a7'><id>i&amp;1</id></e>\",\"b\":\"%s\"}".formatted(encoded))
                .get(0);

        assertThat(entry.transcript().interactionId()).isEqualTo("i&1");
        assertThat(lines(entry)).containsExactly("agent:a7>c grüße", "agent:a7>c 2");
        Entry hostile = read(
                        template,
                        "",
                        "{\"x\":\"<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><e>&e;</e>\",\"b\":\"\"}")
                .get(0);
        assertThat(Mapped.findings(hostile)).singleElement().asString().startsWith("MAP-FAILED");
    }

    @Test
    void a_text_is_read_by_patterns_with_further_lines_and_chats_that_begin() throws IOException {
        String settings = """
                format = text
                begin = # chat (?<id>\\\\S+)
                line = (?<time>\\\\S+ \\\\S+) (?<by>[^:]+): ?(?<text>.*)
                skip = --.*
                timestamp = pattern yyyy-MM-dd HH:mm
                timestamp.zone = UTC
                role.agent = Kim
                role.customer = *
                """;
        String template = """
                {"interactionId": .head.id, "messages": [for (.lines) {"by": .by, "who": .by, "text": .text, "timestamp": .time, "at": .line}],
                 "notes": {"lines-skipped": .skipped}}
                """;
        String source =
                "# chat t-1\r\n\u200e2024-06-15\u00a009:00 Ann: Hello\r\nand more\r\n\r\n2024-06-15 09:01 Kim: Yes\r\n-- left\r\n"
                        + "# chat t-2\n2024-06-15 09:02 Kim: Hi\n2024-06-15 9:xx Bob: 2";

        List<Entry> entries = read(template, settings, "c.txt", source.getBytes(StandardCharsets.UTF_16LE));
        assertThat(entries).singleElement().extracting(Entry::readable).isEqualTo(false); // no byte order mark
        entries = read(template, settings, "c.txt", ("\ufeff" + source).getBytes(StandardCharsets.UTF_16LE));

        assertThat(lines(entries.get(0))).containsExactly("customer:Ann>Kim Hello\nand more", "agent:Kim>Ann Yes");
        assertThat(entries.get(0).notes()).containsExactly("lines-skipped:1");
        assertThat(Mapped.findings(entries.get(1)))
                .singleElement()
                .asString()
                .startsWith("MAP-TIME line 9: chat 2, line 9: ");
        assertThat(new String(entries.get(1).raw(), StandardCharsets.UTF_8)).contains("Bob");
    }

    @Test
    void a_pattern_of_alternatives_matches_whole_lines() throws IOException {
        String template =
                "{\"interactionId\": \"x\", \"messages\": [for (.lines) {\"by\": \"agent\", \"who\": \"a\", \"text\": .text,"
                        + " \"timestamp\": \"2024-06-15T09:00:00Z\"}]}";
        String settings = "format = text\ncustomer.default = c\nline = [(]end|- (?<text>.*)\n";

        Entry entry = read(template, settings, "c.txt", "- one\n(end of what\n- two\n".getBytes(StandardCharsets.UTF_8))
                .get(0);

        assertThat(lines(entry)).containsExactly("agent:a>c one\n(end of what", "agent:a>c two");
    }

    @Test
    void a_text_in_which_no_line_fits_is_one_finding_and_a_pattern_cannot_be_made_to_hang() throws IOException {
        String settings = "format = text\nline = (?<text>(a+)+b)\n";
        String template = "{\"interactionId\": \"x\", \"messages\": []}";

        List<Entry> entries = read(
                template,
                settings,
                "c.txt",
                ("a".repeat(15_000) + "\n").repeat(20).getBytes(StandardCharsets.UTF_8));

        assertThat(entries).singleElement();
        assertThat(Mapped.findings(entries.get(0))).singleElement().asString().contains("TEXT-FORM");
        List<Entry> long1 = read(template, settings, "c.txt", "b".repeat(30_000).getBytes(StandardCharsets.UTF_8));
        assertThat(Mapped.findings(long1.get(0)))
                .singleElement()
                .asString()
                .contains("JSON-RECORD-SIZE", "a line is longer");
    }

    @Test
    void the_chats_of_xml_are_elements_and_a_document_type_is_refused() throws IOException {
        String settings = "format = xml\neach = /export/chats/chat\nagent.default = a\ncustomer.default = c\n";
        String template = """
                {"interactionId": ."@id", "messages": [for (list(.line)) {"by": ."@by", "text": fallback(."#text", ""), "timestamp": ."@t"}]}
                """;
        String line = "<line by=\"agent\" t=\"2024-06-15T09:00:00Z\">%s</line>";
        String source = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><export><n:chats xmlns:n=\"u\"><chat id=\"1\">"
                + line.formatted("gr\u00fc\u00dfe &lt;3") + "</chat>\n<chat id=\"2\">"
                + line.formatted("<![CDATA[<b>]]>")
                + line.formatted("2") + "</chat></n:chats></export>";

        List<Entry> entries = read(template, settings, "c.xml", source.getBytes(StandardCharsets.ISO_8859_1));

        assertThat(lines(entries.get(0))).containsExactly("agent:a>c grüße <3");
        assertThat(lines(entries.get(1))).containsExactly("agent:a>c <b>", "agent:a>c 2");
        assertThat(entries.get(1).line()).isEqualTo(2);
        for (String hostile : List.of(
                "<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><export/>",
                "<!DOCTYPE l [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><export><chats><chat id=\"&b;\"/></chats></export>",
                "<export><chats><chat id=\"1\">" + "<a>".repeat(100) + "</a>".repeat(100) + "</chat></chats></export>",
                "<export>".repeat(1_000),
                "<export><chats><chat>",
                "no xml")) {
            List<Entry> refused = read(template, settings, "c.xml", hostile.getBytes(StandardCharsets.UTF_8));
            assertThat(refused).as(hostile).singleElement();
            assertThat(Mapped.findings(refused.get(0)))
                    .singleElement()
                    .asString()
                    .contains("XML-SYNTAX");
        }
        String tooLong = "<export><chats><chat id=\"1\">%s</chat></chats></export>"
                .formatted(line.formatted("x".repeat(200_000)));
        assertThat(Mapped.findings(read(template, settings, "c.xml", tooLong.getBytes(StandardCharsets.UTF_8))
                        .get(0)))
                .singleElement()
                .asString()
                .contains("JSON-RECORD-SIZE");
    }

    @Test
    void a_dead_letter_of_an_xml_chat_is_read_by_the_same_mapping() throws IOException {
        String settings = "format = xml\neach = /chats/chat\ncustomer.default = c\n";
        String template =
                "{\"interactionId\": .\"@id\", \"messages\": [{\"by\": .by, \"who\": .who, \"text\": \"x\", \"timestamp\": \"2024-06-15T09:00:00Z\"}]}";
        Entry refused = read(
                        template,
                        settings,
                        "c.xml",
                        "<chats><chat id=\"1\"><by>agent</by></chat></chats>".getBytes(StandardCharsets.UTF_8))
                .get(0);
        assertThat(refused.readable()).isFalse();

        Entry again = read(
                        template,
                        settings,
                        "c.xml",
                        new String(refused.raw(), StandardCharsets.UTF_8)
                                .replace("}", ",\"who\":\"a\"}")
                                .getBytes(StandardCharsets.UTF_8))
                .get(0);

        assertThat(lines(again)).containsExactly("agent:a>c x");
    }

    @Test
    void records_that_stand_apart_become_a_chat_for_each_key() throws IOException {
        String settings = "group = /conv, /id\ncustomer.default = c\n";
        String template = """
                {"interactionId": .key, "messages": [for (.records) {"by": "agent", "who": "a", "text": .t, "timestamp": "2024-06-15T09:00:00Z"}]}
                """;
        StringBuilder source = new StringBuilder();
        for (int i = 0; i < 3_000; i++) {
            source.append("{\"conv\":\"k-%d\",\"t\":\"%d\"}\n".formatted(i % 1_000, i / 1_000));
        }
        source.append("{\"id\":7,\"t\":\"alone\"}\n");

        List<Entry> entries = read(template, settings, source.toString());

        assertThat(entries).hasSize(1_001);
        List<Entry> readable = entries.stream().filter(Entry::readable).toList();
        assertThat(readable).hasSize(1_001);
        assertThat(read(template, settings, source + "{\"t\":\"of any\"}\n"))
                .singleElement()
                .satisfies(
                        entry -> assertThat(Mapped.findings(entry))
                                .singleElement()
                                .asString()
                                .startsWith(
                                        "MAP-FAILED line 3002: has none of the fields that group names; no chat of the source was read"));
        assertThat(readable).allSatisfy(entry -> assertThat(entry.transcript().messages())
                .extracting(ChatMessage::text)
                .isEqualTo(entry.transcript().interactionId().equals("7") ? List.of("alone") : List.of("0", "1", "2")));
        assertThat(read(template, settings, source.toString()))
                .filteredOn(Entry::readable)
                .extracting(entry -> entry.transcript().interactionId())
                .isEqualTo(entries.stream()
                        .filter(Entry::readable)
                        .map(entry -> entry.transcript().interactionId())
                        .toList());
        String kept = new String(readable.get(0).raw(), StandardCharsets.UTF_8);
        assertThat(read(template, settings, kept).get(0).transcript())
                .isEqualTo(readable.get(0).transcript());
        String broken = source.insert(source.indexOf("\n", 50_000), "\n{\"conv\":\"k-1\",")
                .toString();
        assertThat(read(template, settings, broken)).singleElement().satisfies(entry -> assertThat(
                        Mapped.findings(entry))
                .singleElement()
                .asString()
                .contains("JSON-", "no chat of the source was read"));
        String grouped = "{\"key\":\"z\",\"folder\":\"\",\"records\":[{\"t\":\"again\"}]}";
        assertThat(lines(read(template, settings, grouped).get(0))).containsExactly("agent:a>c again");
    }

    @Test
    void a_group_that_is_too_longeris_refused_and_the_others_go_on() throws IOException {
        String record = "{\"conv\":\"long\",\"t\":\"" + "x".repeat(900) + "\"}\n";
        String template =
                "{\"interactionId\": .key, \"messages\": [{\"by\": \"agent\", \"who\": \"a\", \"text\": \"x\", \"timestamp\": \"2024-06-15T09:00:00Z\"}]}";

        List<Entry> entries =
                read(template, "group = /conv\ncustomer.default = c\n", record.repeat(30) + "{\"conv\":\"short\"}\n");

        assertThat(entries).extracting(Entry::readable).containsExactlyInAnyOrder(false, true);
        assertThat(entries.stream()
                        .filter(entry -> !entry.readable())
                        .flatMap(entry -> Mapped.findings(entry).stream()))
                .singleElement()
                .asString()
                .startsWith("JSON-RECORD-SIZE line 1:");
    }

    /** A short record takes more memory than its bytes. */
    @Test
    @Tag("fault-147")
    void a_group_of_very_many_short_records_is_refused_and_so_are_very_many_groups_in_one_place() throws IOException {
        String template =
                "{\"interactionId\": .key, \"messages\": [{\"by\": \"agent\", \"who\": \"a\", \"text\": \"x\", \"timestamp\": \"2024-06-15T09:00:00Z\"}]}";
        String settings = "group = /conv\ncustomer.default = c\n";

        List<Entry> many =
                read(template, settings, "{\"conv\":\"many\"}\n".repeat(1_000) + "{\"conv\":\"short\"}\n".repeat(200));

        assertThat(many.stream().filter(entry -> !entry.readable()).flatMap(entry -> Mapped.findings(entry).stream()))
                .containsExactly(
                        "JSON-RECORD-SIZE line 1: is longer than 20000 bytes, counting 48 more for each record");
        assertThat(many.stream().filter(Entry::readable)).singleElement();
        StringBuilder alike = new StringBuilder();
        for (int i = 0; i < 512; i++) {
            String bits = Integer.toBinaryString(512 + i).substring(1);
            alike.append("{\"conv\":\"%s\"}\n".formatted(bits.replace("0", "Aa").replace("1", "BB"))); // of one hash
        }
        assertThat(read(template, settings, alike.toString()))
                .singleElement()
                .satisfies(
                        entry -> assertThat(Mapped.findings(entry))
                                .containsExactly(
                                        "JSON-RECORD-SIZE line 1: has more chats in one of its 256 parts than four times 20000 bytes hold; the rest of the source was not read"));
    }

    @Test
    void a_folder_for_temporary_files_that_cannot_be_used_is_named_and_not_taken_for_a_fault_of_the_source()
            throws IOException {
        Path inTheWay = Files.createFile(folder.resolve("tmp"));
        byte[] source = "{\"id\":1}\n{\"id\":2}\n".getBytes(StandardCharsets.UTF_8);
        try (ForeignChats records = new JsonChats(
                        new ByteArrayInputStream(source), ChatPlaces.of("."), "x.ndjson", ReadingOptions.DEFAULT);
                ForeignChats chats = new GroupedChats(records, List.of("/id"), 20_000, inTheWay)) {
            assertThatThrownBy(chats::next)
                    .isInstanceOf(FolderUnavailableException.class)
                    .hasMessageContaining("is in the way");
        }
    }

    @Test
    void what_stands_beside_the_folders_of_a_zip_is_bounded_as_one_chat_is() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (String name : List.of("users.json", "more.json", "c/p.json")) {
                zip.putNextEntry(new ZipEntry(name));
                zip.write(("[\"" + "x".repeat(name.equals("c/p.json") ? 1 : 12_000) + "\"]")
                        .getBytes(StandardCharsets.UTF_8));
            }
        }

        List<Entry> entries = read(
                ALL,
                "format = jslt\neach = .\nzip.files = *.json\ncustomer.default = c\n",
                "z.json",
                bytes.toByteArray());

        assertThat(entries)
                .singleElement()
                .satisfies(
                        entry -> assertThat(Mapped.findings(entry))
                                .containsExactly(
                                        "JSON-RECORD-SIZE line 1: the JSON files beside the folders of the zip are longer than 20000 bytes together"));
    }

    /** The text of an element has that of the elements in it, and theirs. */
    @Test
    @Tag("fault-147")
    void text_in_many_levels_of_xml_is_bounded_as_one_chat_is() throws IOException {
        String deep = "<a>x".repeat(60) + "y".repeat(2_000) + "<b/>" + "</a>".repeat(60);
        String template =
                "{\"interactionId\": \"c\", \"messages\": [{\"by\": \"agent\", \"who\": \"a\", \"text\": \"x\", \"timestamp\": \"2024-06-15T09:00:00Z\"}]}";

        List<Entry> entries = read(
                template,
                "format = xml\neach = /chats/chat\ncustomer.default = c\n",
                "c.xml",
                ("<chats><chat>%s</chat></chats>".formatted(deep)).getBytes(StandardCharsets.UTF_8));

        assertThat(entries)
                .singleElement()
                .satisfies(
                        entry -> assertThat(Mapped.findings(entry))
                                .singleElement()
                                .asString()
                                .startsWith(
                                        "JSON-RECORD-SIZE line 1: has too much text in elements within others that have text at line 1"));
        String shorter = deep.replace("y".repeat(2_000), "y".repeat(500));
        assertThat(XmlNodes.of(shorter).path("#text").asText()).hasSize(560);
        String longer = deep.replace("y", "y".repeat(50));
        assertThatThrownBy(() -> XmlNodes.of(longer)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_zip_that_is_damaged_or_unpacks_to_too_much_is_refused_in_words() throws IOException {
        String settings = "format = jslt\nzip.files = *.json\ngroup = folder\ncustomer.default = c\n";
        String template =
                "{\"interactionId\": .folder, \"messages\": [{\"by\": \"agent\", \"who\": \"a\", \"text\": .records[0].t, \"timestamp\": \"2024-06-15T09:00:00Z\"}]}";
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (String name : List.of("c-1/p1.json", "c-1/p2.json", "../../c-2/p1.json", "c-1/readme.txt")) {
                zip.putNextEntry(new ZipEntry(name));
                zip.write(("[{\"t\":\"" + name + "\"}]").getBytes(StandardCharsets.UTF_8));
            }
        }
        byte[] whole = bytes.toByteArray();

        List<Entry> entries = read(template, settings, "z.json", whole);

        assertThat(entries)
                .extracting(entry -> entry.transcript().interactionId())
                .containsExactlyInAnyOrder("c-1", "../../c-2");
        List<Entry> cut = read(template, settings, "z.json", Arrays.copyOf(whole, 60));
        assertThat(Mapped.findings(cut.get(0))).singleElement().asString().contains("GZIP-DAMAGED");
        assertThat(cut).singleElement();
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bomb)) {
            zip.putNextEntry(new ZipEntry("c/p.json"));
            zip.write("[{\"t\":\"".getBytes(StandardCharsets.UTF_8));
            for (int i = 0; i < 1_000; i++) {
                zip.write(new byte[10_000]);
            }
        }
        assertThat(Mapped.findings(
                        read(template, settings, "z.json", bomb.toByteArray()).get(0)))
                .singleElement()
                .asString()
                .contains("JSON-RECORD-SIZE");
    }

    @Test
    void numbers_beyond_all_measure_and_words_of_a_template_do_no_harm() throws IOException {
        for (String number : List.of("1e999999999", "1e-999999999", "9".repeat(5_000))) {
            String chat = "{\"id\":%s,\"m\":[{\"by\":\"agent\",\"who\":%s,\"text\":\"x\",\"at\":%s}]}"
                    .formatted(number, number, number);
            for (String settings :
                    List.of("", "timestamp = epoch-auto\n", "timestamp = epoch-seconds\n", "order = time\n")) {
                assertThat(read(ALL, "customer.default = c\n" + settings, chat)).singleElement();
            }
            assertThat(read(ALL.replace("zip-with-index(.m)", "zip-with-index(.records[0].m)"), "group = /id\n", chat))
                    .singleElement();
        }
        Entry entry = read(
                        ALL,
                        "customer.default = c\n",
                        chat(
                                message("'by':'agent','who':'a','text':'x'"),
                                message("'by':'agent','drop':'Secret Words'")))
                .get(0);
        assertThat(entry.notes()).containsExactly("others-dropped:1");
        assertThat(Mapped.findings(
                        read("{\"interactionId\": \"x\", \"messages\": [{\"by\": \"agent\"}, [1]]}", "", "{}")
                                .get(0)))
                .singleElement()
                .asString()
                .contains("MAP-FAILED", "no object");
    }

    @Test
    void json_in_utf_16_text_with_bare_carriage_returns_and_xml_with_mixed_content_are_read() throws IOException {
        String chat = chat(message("'by':'agent','who':'a','text':'grüße'"));
        for (var charset : List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
            assertThat(lines(read(
                                    ALL,
                                    "format = jslt\ncustomer.default = c\n",
                                    "u.json",
                                    ("\ufeff" + chat).getBytes(charset))
                            .get(0)))
                    .containsExactly("agent:a>c grüße");
        }
        String text =
                "{\"interactionId\": \"i\", \"messages\": [for (.lines) {\"by\": \"agent\", \"who\": \"a\", \"text\": .text, \"timestamp\": \"2024-06-15T09:00:00Z\"}]}";
        assertThat(lines(read(
                                text,
                                "format = text\nline = - (?<text>.*)\ncustomer.default = c\n",
                                "c.txt",
                                "- 1\r- 2\rmore\r".getBytes(StandardCharsets.UTF_8))
                        .get(0)))
                .containsExactly("agent:a>c 1", "agent:a>c 2\nmore");
        String xml =
                "{\"interactionId\": \"i\", \"messages\": [{\"by\": \"agent\", \"who\": \"a\", \"text\": .t.\"#text\", \"timestamp\": \"2024-06-15T09:00:00Z\"}]}";
        String settings = "format = xml\neach = /c/m\ncustomer.default = c\n";
        assertThat(lines(read(
                                xml,
                                settings,
                                "c.xml",
                                "<c><m><t>a <b>bold</b> &amp; c</t></m></c>".getBytes(StandardCharsets.UTF_8))
                        .get(0)))
                .containsExactly("agent:a>c a bold & c");
        assertThat(Mapped.findings(read(xml, settings, "c.xml", "<d><m/></d>".getBytes(StandardCharsets.UTF_8))
                        .get(0)))
                .singleElement()
                .asString()
                .contains("MAP-FAILED", "/c/m");
        assertThat(read(xml, settings, "c.xml", "<c></c>".getBytes(StandardCharsets.UTF_8)))
                .isEmpty();
    }

    @Test
    void the_longest_pattern_takes_a_file_and_two_as_longerare_ambiguous() throws IOException {
        Files.writeString(folder.resolve("t.jslt"), "{}");
        for (String files : List.of("*.csv", "export*.csv", "ex*port.csv")) {
            String name = "m" + files.length() + files.indexOf('*') + ".properties";
            Files.writeString(folder.resolve(name), "format = jslt\ntemplate = t.jslt\nfiles = " + files + "\n");
        }
        Mappings mappings = Mappings.load(folder);

        assertThat(mappings.forFile("export1.csv").orElseThrow().patterns()).containsExactly("export*.csv");
        assertThat(mappings.forFile("other.csv").orElseThrow().patterns()).containsExactly("*.csv");
        assertThat(mappings.forFile("export.csv").orElseThrow().name()).contains(" and ");
    }
}
