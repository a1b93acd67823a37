package io.cxt.cli;

import static io.cxt.fixture.Chats.chat;
import static io.cxt.fixture.Chats.lines;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.fixture.Command;
import io.cxt.fixture.Command.Ended;
import io.cxt.simulator.Settings;
import io.cxt.simulator.StandIn;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM with work waiting and calls in flight. */
@Timeout(120)
class ShutdownTest {
    private static final int IN_FLIGHT = 8;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path scratch;

    @Test
    void calls_in_flight_finish_nothing_is_in_doubt_and_the_next_run_sends_the_rest_once() throws Exception {
        try (StandIn cxone = StandIn.start(Settings.defaults().withLatency(400))) {
            Map<String, String> environment = environment(cxone);
            Path inbox = Files.createDirectories(scratch.resolve("d/inbox"));
            Files.writeString(inbox.resolve("chats.ndjson"), lines("chat", 180));
            for (int i = 0; i < 20; i++) {
                Files.writeString(inbox.resolve("single-" + i + ".json"), chat("single-" + i));
            }
            long atTheSignal;
            try (Command run = Command.start(scratch, environment, "run")) {
                assertThat(cxone.await(counts -> counts.posts() >= 30, LIMIT)).isTrue();

                run.process().destroy(); // SIGTERM
                atTheSignal = cxone.counts().posts();
                Ended ended = run.ended(Duration.ofSeconds(30));

                assertThat(ended.exit()).isEqualTo(130);
                assertThat(ended.err()).contains("stopped cleanly").doesNotContain("ERROR", "Exception");
            }
            long posts = cxone.counts().posts();
            assertThat(posts)
                    .as("at the signal there were " + atTheSignal)
                    .isLessThan(100)
                    .isLessThanOrEqualTo(atTheSignal + 2 * IN_FLIGHT);
            assertThat(inbox.resolve(".failed"))
                    .satisfiesAnyOf(folder -> assertThat(folder).doesNotExist(), folder -> assertThat(folder)
                            .isEmptyDirectory());
            Ended status = Command.run(scratch, environment, "status", "-o", "json");
            assertThat(new ObjectMapper()
                            .readTree(status.out())
                            .at("/deliveries/SENT")
                            .asLong())
                    .isEqualTo(posts);
            cxone.change(traffic -> traffic.withLatency(0));

            Ended rest = Command.run(scratch, environment, "run", "--once");

            assertThat(rest.exit()).as(rest.err()).isZero();
            assertThat(cxone.counts().posts()).isEqualTo(200);
            assertThat(cxone.counts().acceptedDistinct()).isEqualTo(200);
            Ended doubts = Command.run(scratch, environment, "audit", "query", "--event", "IN_DOUBT", "-o", "json");
            assertThat(new ObjectMapper().readTree(doubts.out())).isEmpty();
        }
    }

    private Map<String, String> environment(StandIn cxone) {
        Map<String, String> environment = new HashMap<>();
        environment.put("DATA_DIR", scratch.resolve("d").toString());
        environment.put("CXONE_BASE_URL", cxone.baseUri().toString());
        environment.put("CXONE_CLIENT_ID", "client-1");
        environment.put("CXONE_CLIENT_SECRET", "secret-1");
        environment.put("CXONE_REQUESTS_PER_SECOND", "0");
        environment.put("CXONE_MAX_IN_FLIGHT", Integer.toString(IN_FLIGHT));
        environment.put("PICKUP_FILE_SETTLE_MS", "0");
        environment.put("OPS_ENABLED", "false");
        return environment;
    }
}
