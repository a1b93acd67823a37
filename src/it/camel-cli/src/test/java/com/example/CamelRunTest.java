package com.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CamelRunTest {
    @TempDir
    Path folder;

    private static final String VERSION = "1-with-camel-of-the-command";

    /**
     * The command brings parts of its own Camel and takes all others from the list of the jar. Both must be one Camel, so an
     * older command than the jar's needs a jar with another list.
     */
    @BeforeAll
    static void listTheCommandsCamel() throws IOException {
        Path jars = Path.of(System.getProperty("local.repository"), "io/cxt/cxone-transcripts");
        String built = System.getProperty("bundle.version");
        Path target = Files.createDirectories(jars.resolve(VERSION));
        Files.copy(
                jars.resolve(built + "/cxone-transcripts-" + built + ".jar"),
                target.resolve("cxone-transcripts-" + VERSION + ".jar"),
                StandardCopyOption.REPLACE_EXISTING);
        String list = Files.readString(jars.resolve(built + "/cxone-transcripts-" + built + ".pom"));
        Files.writeString(
                target.resolve("cxone-transcripts-" + VERSION + ".pom"),
                list.replaceFirst(built, VERSION)
                        .replaceFirst(
                                "<camel.version>.*<", "<camel.version>" + System.getProperty("command.version") + "<"));
    }

    @ParameterizedTest
    @CsvSource({"direct, cxt.cxone.base-url", "kamelet, cxone"})
    void a_folder_with_a_route_and_a_property_file_is_enough(String from, String address) throws Exception {
        for (String file : List.of("application.properties", "exports.camel.yaml")) {
            Files.copy(Path.of(from, file), folder.resolve(file));
        }
        Path exports = Files.createDirectories(folder.resolve("exports"));
        Files.writeString(exports.resolve("chat.json"), CHAT);
        Path log = Path.of("target", from + ".log");
        try (StandIn cxone = StandIn.start(StandInSettings.defaults())) {
            long start = System.nanoTime();
            Process camel = camel(
                    log,
                    "run",
                    "exports.camel.yaml",
                    "application.properties",
                    "--dep=mvn:io.cxt:cxone-transcripts:" + VERSION,
                    "--prop=" + address + "=" + cxone.baseUri(),
                    "--maven-settings=" + System.getProperty("maven.settings"),
                    "--logging-color=false");
            try {
                cxone.await(counts -> counts.accepted() == 1 || !camel.isAlive(), Duration.ofMinutes(5));
                System.out.printf("first transcript after %.1f s%n", (System.nanoTime() - start) / 1e9);
                Path done = exports.resolve(".camel/chat.json");
                cxone.await(counts -> Files.exists(done) || !camel.isAlive(), Duration.ofMinutes(1));
                camel.destroy();

                assertThat(camel.waitFor(1, TimeUnit.MINUTES)).isTrue();
                assertThat(Files.readString(log)).contains("chat.json injected");
                assertThat(cxone.counts().accepted()).isEqualTo(1);
                assertThat(folder.resolve("cxt-data/ledger.db")).exists();
            } finally {
                camel.destroyForcibly();
            }
        }
    }

    /** The command in a Java of its own that has nothing of CXT on its class path. */
    private Process camel(Path log, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Duser.home=" + folder, // it keeps notes there
                "-Dmaven.repo.local=" + System.getProperty("local.repository"),
                "-cp",
                Path.of("target/classes").toAbsolutePath()
                        + System.getProperty("path.separator")
                        + Files.readString(Path.of("target/camel.classpath")).strip(),
                Camel.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    private static final String CHAT = """
            {"interactionId": "chat-1", "agentId": "agt-1", "customerId": "cust-1", "messages": [
              {"from": {"id": "cust-1", "type": "customer"}, "to": {"id": "agt-1", "type": "agent"},
               "text": "Hello", "timestamp": "2024-06-15T09:00:00Z"}]}
            """;
}
