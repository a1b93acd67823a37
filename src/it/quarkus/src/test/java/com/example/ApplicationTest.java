package com.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApplicationTest {
    private static final Path LOG = Path.of("target/application.log");

    @TempDir
    Path folder;

    @Test
    void a_transcript_in_the_inbox_arrives() throws Exception {
        Files.writeString(Files.createDirectories(folder.resolve("inbox")).resolve("chat.json"), CHAT);
        try (StandIn cxone = StandIn.start(StandInSettings.defaults())) {
            long start = System.nanoTime();
            Process application = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Dcxt.cxone.base-url=" + cxone.baseUri(),
                            "-Dcxt.data.dir=" + folder,
                            "-Dcxt.pickup.file.settle-ms=0",
                            "-jar",
                            "target/quarkus-app/quarkus-run.jar")
                    .redirectErrorStream(true)
                    .redirectOutput(LOG.toFile())
                    .start();
            try {
                Path done = folder.resolve("inbox/.done/chat.json");
                boolean ended =
                        cxone.await(counts -> Files.exists(done) || !application.isAlive(), Duration.ofMinutes(5));
                System.out.printf("first transcript after %.1f s%n", (System.nanoTime() - start) / 1e9);

                assertThat(ended).isTrue();
                assertThat(done).exists();
                application.destroy();
                assertThat(application.waitFor(1, TimeUnit.MINUTES)).isTrue();
                assertThat(cxone.counts().accepted()).isEqualTo(1);
            } finally {
                application.destroyForcibly();
            }
        }
    }

    private static final String CHAT = """
            {"interactionId": "chat-1", "agentId": "agt-1", "customerId": "cust-1", "messages": [
              {"from": {"id": "cust-1", "type": "customer"}, "to": {"id": "agt-1", "type": "agent"},
               "text": "Hello", "timestamp": "2024-06-15T09:00:00Z"}]}
            """;
}
