package io.cxt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.fixture.Command.Ended;
import io.cxt.fixture.Verb;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code cxt map}: from a file that nobody knows to its first transcript. */
class MapCommandTest {
    @TempDir
    Path home;

    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void aHomeOfItsOwn() throws IOException {
        Path mappings = Files.createDirectories(home.resolve("config/mappings"));
        try (Stream<Path> shipped = Files.list(Path.of("config/mappings"))) {
            for (Path file : shipped.toList()) {
                Files.copy(file, mappings.resolve(file.getFileName().toString()));
            }
        }
        Files.copy(Path.of("config/application.properties"), home.resolve("config/application.properties"));
        Files.createSymbolicLink(home.resolve("routes"), Path.of("routes").toAbsolutePath());
        environment.put("CXT_HOME", home.toString());
    }

    private Ended map(int exit, Object... arguments) {
        Ended ended = Verb.of(
                environment,
                Stream.concat(Stream.of("map"), Stream.of(arguments).map(Object::toString))
                        .toArray(String[]::new));
        assertThat(ended.exit()).as(ended.out() + ended.err()).isEqualTo(exit);
        return ended;
    }

    private Path mappings(String name) {
        return home.resolve("config/mappings").resolve(name);
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(home.resolve(name), content);
    }

    private void change(String mapping, String line, String by) throws IOException {
        Path file = home.resolve("config/mappings").resolve(mapping);
        String before = Files.readString(file);
        assertThat(before).contains(line);
        Files.writeString(file, before.replace(line, by));
    }

    @Test
    void the_list_says_what_each_mapping_reads() throws IOException {
        assertThat(map(0, "list").out()).contains("rows", "intercom*.json");
        JsonNode all = new ObjectMapper().readTree(map(0, "list", "-o", "json").out());
        assertThat(all).allSatisfy(mapping -> {
            assertThat(mapping.path("reads").asText()).as(mapping.toString()).isNotEmpty();
            assertThat(mapping.path("files")).isNotEmpty();
        });
        assertThat(map(2).err()).contains("cxt map list, guess or try");
    }

    @Test
    void a_table_that_no_mapping_reads_gets_a_first_one_that_works_once_its_roles_are_said() throws IOException {
        Path table = file("Chat export 2024.csv", """
                Chat ID;When;Direction;Operator;Visitor;Message
                7;15.06.2024 09:00:05;inbound;Kim;v-1;Hello
                7;15.06.2024 09:00:35;outbound;Kim;v-1;Good morning
                8;16.06.2024 10:00:00;inbound;Lee;v-2;Hi
                8;16.06.2024 10:00:01;outbound;Lee;v-2;Yes?
                """);

        Ended guess = map(0, "guess", table, "--write", mappings("shop"));

        assertThat(guess.out())
                .contains("a table", "Chat ID  -> interactionId", "When  -> timestamp", "Message  -> text")
                .contains("cxt map try '%s' --mapping %s".formatted(table, mappings("shop.properties")));
        change("shop.properties", "timestamp.zone = UTC", "timestamp.zone = Europe/Berlin");
        Ended tried = map(0, "try", table);
        assertThat(tried.err()).contains("2 chats with 4 messages, 0 would be rejected");
        assertThat(tried.out())
                .contains("interaction 7, agent Kim, customer v-1", "row 2", "2024-06-15T07:00:05Z")
                .containsSubsequence("customer v-1", "agent Kim", "Hello");
        assertThat(map(2, "guess", table, "--write", mappings("shop")).err()).contains("There is", "another name");
    }

    @Test
    void a_column_of_times_is_no_text() throws IOException {
        Path table = file("pairs.csv", """
                conv,asked_at,visitor,answered_at,agent,reply
                7,2026-10-01T09:00:00Z,v-1,2026-10-01T09:00:10Z,kim,Here
                8,2026-10-01T09:01:00Z,v-2,2026-10-01T09:01:10Z,kim,Now
                """);

        assertThat(map(0, "guess", table).out()).contains("answered_at  -  ", "reply  -> text");
    }

    @Test
    void json_that_no_mapping_reads_gets_a_first_mapping_and_template() throws IOException {
        Path json = file("dump1.json", """
                {"exported": "x", "conversations": [
                  {"conversation_id": "c-1", "thread": {"messages": [
                    {"message_id": 1, "sender": {"role": "visitor", "id": "v"}, "body": "Hello", "created_at": 1718442060},
                    {"message_id": 2, "sender": {"role": "operator", "id": "o"}, "body": "Hi", "created_at": 1718442120}]}}]}
                """);

        map(0, "guess", json, "--write", mappings("dump"));

        Ended tried = map(0, "try", json, "--mapping", "dump");
        assertThat(tried.out())
                .contains("interaction c-1, agent o, customer v", "2024-06-15T09:01:00Z", "Hello")
                .contains("2024-06-15T09:02:00Z");
    }

    @Test
    void records_of_several_chats_get_a_first_mapping_that_groups_them() throws IOException {
        Path flat = file("flat.json", """
                [{"chat": "c-1", "from": {"role": "customer", "id": "ann"}, "text": "Hello", "at": "2024-06-15T09:00:00Z"},
                 {"chat": "c-2", "from": {"role": "customer", "id": "cat"}, "text": "Hi", "at": "2024-06-15T09:00:01Z"},
                 {"chat": "c-1", "from": {"role": "agent", "id": "kim"}, "text": "Yes?", "at": "2024-06-15T09:00:02Z"},
                 {"chat": "c-2", "from": {"role": "agent", "id": "kim"}, "text": "No", "at": "2024-06-15T09:00:03Z"}]
                """);
        Path xml = file("multi.xml", """
                <export><chat id="1"><line><by>customer</by><who>v</who><text>A</text><at>2024-06-15T09:00:00Z</at></line>
                <line><by>agent</by><who>o</who><text>B</text><at>2024-06-15T09:00:01Z</at></line></chat>
                <chat id="2"><line><by>customer</by><who>w</who><text>C</text><at>2024-06-15T09:00:00Z</at></line>
                <line><by>agent</by><who>o</who><text>D</text><at>2024-06-15T09:00:01Z</at></line></chat></export>
                """);

        map(0, "guess", flat, "--write", mappings("flat"));
        assertThat(map(0, "try", flat).err()).contains("2 chats with 4 messages");
        map(0, "guess", xml, "--write", mappings("multi"));
        assertThat(Files.readString(home.resolve("config/mappings/multi.properties"))
                        .lines())
                .filteredOn(line -> line.startsWith("each"))
                .containsExactly("each = /export/chat");
    }

    @Test
    void lines_and_xml_get_a_first_mapping_too() throws IOException {
        Path text = file("log.txt", "[2024-06-15 09:00:00] Ann: Hello\nand more\n[2024-06-15 09:00:10] Kim: Hi\n");
        Path xml = file("archive.xml", """
                <?xml version="1.0"?><chats><chat id="x-1"><messages>
                <message by="customer" time="2024-06-15T09:00:00Z"><text>Hello</text></message>
                <message by="agent" time="2024-06-15T09:00:10Z"><text>Hi</text></message></messages></chat></chats>
                """);

        map(0, "guess", text, "--write", mappings("lines"));
        change("lines.properties", "#role.agent = ", "role.agent = Kim");
        assertThat(map(0, "try", text).out()).contains("line 1", "Hello\\u000aand more", "agent Kim");

        map(0, "guess", xml, "--write", mappings("archive"));
        change("archive.properties", "#agent.default = ", "agent.default = a\ncustomer.default = c");
        assertThat(map(0, "try", xml).out()).contains("interaction x-1, agent a, customer c", "Hello");
    }

    @Test
    void a_file_of_a_known_format_is_recognised_whatever_its_name_is() throws IOException {
        Path samples = Path.of("src/test/resources/mappings");
        Map<String, String> named = new HashMap<>();
        try (Stream<Path> all = Files.list(samples)) {
            for (Path sample :
                    all.filter(file -> file.toString().endsWith(".json")).toList()) {
                String name = sample.getFileName().toString();
                Path copy = Files.copy(sample, home.resolve("x-" + name));
                String out = map(0, "guess", copy).out();
                if (!out.contains("reads it")) {
                    named.put(name, out.lines().findFirst().orElse(""));
                }
            }
        }
        assertThat(named).isEmpty();
    }

    @Test
    void what_is_no_chat_or_no_file_is_said_in_words() throws IOException {
        assertThat(map(1, "guess", file("a.json", "{\"a\": [1, 2]}")).out())
                .contains("nothing in it looks like messages");
        assertThat(map(1, "guess", file("a.html", "<!DOCTYPE html><html><body>Hi</body></html>"))
                        .out())
                .contains("HTML");
        Files.write(home.resolve("b.csv"), "id;von;text\n1;Müller;Grüße\n".getBytes(Charset.forName("windows-1252")));
        map(0, "guess", home.resolve("b.csv"));
        assertThat(map(2, "guess", home.resolve("none.json")).err()).contains("There is no file");
        assertThat(map(2, "try", file("c.txt", "x")).err()).contains("cxt map guess");
        assertThat(map(2, "try", file("d.json", "x"), "--mapping", "none").err())
                .contains("cxt map list");
        assertThat(map(2, "guess", file("e.json", "x"), "--write", "x y").err()).contains("--write");
        assertThat(List.of(map(0, "guess", file("f.csv", "a,b,c\n\u001b[31m,2,3\n"))
                        .out()))
                .noneMatch(out -> out.contains("\u001b"));
    }
}
