package io.cxt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.CommandSite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Dead letters that hold a chat as it came, which are read by the mapping of its source when they go again. */
class MappedLettersIT {
    @TempDir
    Path data;

    @TempDir
    Path home;

    private CommandSite site;

    @BeforeEach
    void install() throws IOException {
        site = CommandSite.of(data);
        site.environment().put("CXT_HOME", home.toString());
        for (String folder : List.of("routes", "config")) {
            Files.createDirectories(home.resolve(folder));
            try (Stream<Path> files = Files.list(Path.of(folder))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Files.copy(file, home.resolve(file.toString()));
                }
            }
        }
        Files.createDirectories(home.resolve("config/mappings"));
        mapping("bot.jslt", """
                {"interactionId": .id, "messages": [for (.says) {"by": .by, "who": .by, "text": .text, "timestamp": .at}]}
                """);
        mapping("phone.jslt", """
                {"interactionId": $file.name, "messages": [for (.lines)
                 {"by": .by, "who": .by, "text": .text, "timestamp": .at}]}
                """);
        roles("");
    }

    @AfterEach
    void stopCxone() {
        site.close();
    }

    private void mapping(String name, String content) throws IOException {
        Files.writeString(home.resolve("config/mappings").resolve(name), content);
    }

    private void roles(String more) throws IOException {
        String roles = "customer.default = c\nrole.customer = visitor\nrole.agent = agent" + more + "\n";
        mapping("bot.properties", "format = jslt\nfiles = *.bot.json\neach = /chats\ntemplate = bot.jslt\n" + roles);
        mapping(
                "phone.properties",
                "format = text\nfiles = *.txt\ntemplate = phone.jslt\nline = (?<at>[^ ]+) (?<by>[a-z]+): (?<text>.*)\n"
                        + roles);
    }

    @ParameterizedTest
    @Tag("fault-126")
    @ValueSource(strings = {"dead-letters replay --all", "jobs start redrive"})
    void they_go_by_the_corrected_mapping(String order) throws Exception {
        String chat = """
                {"id": "%s", "says": [{"by": "visitor", "text": "hello", "at": "2024-06-15T09:00:00Z"},
                 {"by": "%s", "text": "good day", "at": "2024-06-15T09:00:01Z"}]}
                """;
        Files.writeString(
                data.resolve("inbox/day.bot.json"),
                "{\"chats\": [" + chat.formatted("a", "agent") + "," + chat.formatted("b", "clerk") + "]}");
        Files.writeString(
                data.resolve("inbox/call 7.txt"),
                "2024-06-15T09:00:00Z visitor: hello\n2024-06-15T09:00:01Z clerk: good day\n");
        site.cxt(1, "run", "--once");
        assertThat(site.rows("SELECT reason FROM letter"))
                .containsOnly("MAP-ROLE")
                .hasSize(2);

        roles(", clerk");
        assertThat(site.cxt(0, "jobs", "start", "redrive", "--dry-run").out()).containsPattern("2 +would be sent");
        site.cxt(0, order.split(" "));
        site.cxt(0, "run", "--once");

        assertThat(site.rows("SELECT interaction_id FROM delivery WHERE state = 'SENT' ORDER BY interaction_id"))
                .containsExactly("a", "b", "call 7");
        try (Stream<Path> left = Files.walk(data.resolve("dead-letters"))) {
            assertThat(left).noneMatch(file -> file.toString().endsWith(".json"));
        }
    }
}
