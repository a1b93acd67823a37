package io.cxt.fault;

import static io.cxt.fixture.Chats.chat;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.Command;
import io.cxt.fixture.Command.Ended;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Many files at once, each with one large transcript: more than the heap holds, were all of them read. */
@Timeout(300)
@Tag("slow")
class LargeFilesIT {
    private static final int FILES = 150;

    @TempDir
    Path scratch;

    @Test
    @Tag("fault-19")
    void a_hundred_and_fifty_files_of_900_kilobytes_go_through_a_heap_of_128_megabytes() throws Exception {
        Path inbox = Files.createDirectories(scratch.resolve("d/inbox"));
        String text = "x".repeat(90_000);
        for (int i = 0; i < FILES; i++) {
            Files.writeString(inbox.resolve("chat-" + i + ".json"), chat("chat-" + i, 10, text));
        }
        try (StandIn cxone = StandIn.start(StandInSettings.defaults())) {
            Map<String, String> environment = new HashMap<>();
            environment.put("JAVA_TOOL_OPTIONS", "-Xmx128m -XX:+UseSerialGC");
            environment.put("DATA_DIR", scratch.resolve("d").toString());
            environment.put("CXONE_BASE_URL", cxone.baseUri().toString());
            environment.put("CXONE_CLIENT_ID", "client-1");
            environment.put("CXONE_CLIENT_SECRET", "secret-1");
            environment.put("CXONE_REQUESTS_PER_SECOND", "10000");
            environment.put("CXONE_MAX_IN_FLIGHT", "64");
            environment.put("PICKUP_FILE_SETTLE_MS", "0");

            Ended run = Command.run(scratch, environment, "run", "--once");

            assertThat(run.exit()).as(run.err()).isZero();
            assertThat(run.out()).startsWith(FILES + " read, " + FILES + " sent");
            assertThat(cxone.counts().repeats()).isZero();
        }
    }
}
