package io.cxt.cli;

import static io.cxt.fixture.Chats.chat;
import static io.cxt.fixture.Chats.lines;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.fixture.Await;
import io.cxt.fixture.Command;
import io.cxt.fixture.Command.Ended;
import io.cxt.fixture.Verb;
import io.cxt.simulator.Fault;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM with work waiting and calls in flight. */
@Timeout(300)
@Tag("slow")
class ShutdownIT {
    private static final int IN_FLIGHT = 8;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path scratch;

    @Test
    void calls_in_flight_finish_nothing_is_in_doubt_and_the_next_run_sends_the_rest_once() throws Exception {
        try (StandIn cxone = StandIn.start(StandInSettings.defaults().withLatency(400))) {
            Map<String, String> environment = environment(cxone);
            Path inbox = Files.createDirectories(scratch.resolve("d/inbox"));
            Files.writeString(inbox.resolve("chats.ndjson"), lines("chat", 180));
            for (int i = 0; i < 20; i++) {
                Files.writeString(inbox.resolve("single-" + i + ".json"), chat("single-" + i));
            }
            long atTheSignal;
            try (Command run = Command.start(scratch, environment, "run")) {
                assertThat(cxone.await(counts -> counts.posts() >= 30, LIMIT)).isTrue();
                cxone.change(traffic -> traffic.withLatency(2000)); // no answer lets another call leave before it stops

                run.process().destroy(); // SIGTERM
                atTheSignal = cxone.counts().posts();
                Ended ended = run.ended(Duration.ofSeconds(120));

                assertThat(ended.exit()).isEqualTo(130);
                assertThat(ended.err()).contains("stopped cleanly").doesNotContain("ERROR", "Exception");
            }
            long posts = cxone.counts().posts();
            assertThat(posts)
                    .as("at the signal there were " + atTheSignal)
                    .isLessThan(200)
                    .isLessThanOrEqualTo(atTheSignal + 2 * IN_FLIGHT);
            assertThat(inbox.resolve(".failed"))
                    .satisfiesAnyOf(folder -> assertThat(folder).doesNotExist(), folder -> assertThat(folder)
                            .isEmptyDirectory());
            Ended status = Verb.of(environment, "status", "-o", "json");
            assertThat(new ObjectMapper()
                            .readTree(status.out())
                            .at("/deliveries/SENT")
                            .asLong())
                    .isEqualTo(posts);
            cxone.change(traffic -> traffic.withLatency(0));

            Ended rest = Verb.of(environment, "run", "--once");

            assertThat(rest.exit()).as(rest.err()).isZero();
            assertThat(cxone.counts().posts()).isEqualTo(200);
            assertThat(cxone.counts().acceptedDistinct()).isEqualTo(200);
            assertThat(doubts(environment)).isEmpty();
        }
    }

    @Test
    @Tag("fault-86")
    void a_stop_waits_for_no_retry_and_no_copy() throws Exception {
        try (StandIn cxone = StandIn.start(StandInSettings.defaults())) {
            Map<String, String> environment = environment(cxone);
            environment.put("CXONE_RETRY_FIRST_DELAY_MS", "60000");
            Path inbox = Files.createDirectories(scratch.resolve("d/inbox"));
            try (Command run = Command.start(scratch, environment, "run")) {
                Await.until(() -> run.err().contains("running routes="), LIMIT);
                feed("ALTER TABLE audit_record RENAME TO elsewhere");
                Files.writeString(inbox.resolve("copied.json"), chat("copied"));
                Await.until(() -> run.err().contains("copy waits"), LIMIT);
                cxone.next(Fault.status(503));
                Files.writeString(inbox.resolve("retried.json"), chat("retried"));
                assertThat(cxone.await(counts -> counts.posts() == 2, LIMIT)).isTrue();

                run.process().destroy();
                Ended ended = run.ended(Duration.ofSeconds(120));

                assertThat(ended.exit()).isEqualTo(130);
                assertThat(ended.err()).contains("stopped cleanly").doesNotContain("stopped in the middle");
            }
            feed("ALTER TABLE elsewhere RENAME TO audit_record");

            Ended rest = Verb.of(environment, "run", "--once");

            assertThat(rest.exit()).as(rest.err()).isZero();
            assertThat(cxone.counts().posts()).isEqualTo(3);
            assertThat(cxone.counts().acceptedDistinct()).isEqualTo(2);
            assertThat(doubts(environment)).isEmpty();
        }
    }

    @Test
    @Tag("fault-86")
    void what_hangs_is_cut_off_and_in_doubt_and_a_second_signal_does_not_wait_for_it() throws Exception {
        try (StandIn cxone = StandIn.start(StandInSettings.defaults())) {
            Map<String, String> environment = environment(cxone);
            environment.put("CXONE_CALL_DEADLINE_MS", "600000");
            Path inbox = Files.createDirectories(scratch.resolve("d/inbox"));
            Files.writeString(inbox.resolve("chat.json"), chat("one"));
            for (boolean twice : new boolean[] {false, true}) {
                cxone.next(Fault.hang());
                try (Command run = Command.start(scratch, environment, "run")) {
                    assertThat(cxone.await(counts -> counts.posts() == (twice ? 2 : 1), LIMIT))
                            .isTrue();

                    run.process().destroy();
                    Await.until(
                            () -> run.err().contains("waits-for=\"1 calls in flight, 0 copies, 1 sources\""), LIMIT);
                    if (twice) {
                        run.process().destroy();
                    }
                    Ended ended = run.ended(Duration.ofSeconds(120));

                    assertThat(ended.exit()).isEqualTo(130);
                    assertThat(ended.err())
                            .contains(twice ? "second signal; the" : "stopped in the middle of=\"1 calls");
                }
            }

            Ended rest = Verb.of(environment, "run", "--once");

            assertThat(rest.exit()).as(rest.err()).isZero();
            assertThat(cxone.counts().accepted()).isEqualTo(1);
            assertThat(doubts(environment)).isNotEmpty();
        }
    }

    private void feed(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + scratch.resolve("d/ledger.db"));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private JsonNode doubts(Map<String, String> environment) throws Exception {
        Ended doubts = Verb.of(environment, "audit", "query", "--event", "IN_DOUBT", "-o", "json");
        return new ObjectMapper().readTree(doubts.out());
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
