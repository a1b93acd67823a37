package io.cxt.route;

import static io.cxt.fixture.Chats.chat;
import static io.cxt.fixture.Chats.lines;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.fixture.BrokerProcess;
import io.cxt.fixture.Queue;
import io.cxt.fixture.RunningCxt;
import io.cxt.settings.InvalidSettingsException;
import io.cxt.simulator.Broker;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One instance that only splits, and one that sends, with a real broker between them. */
class EnqueueTranscriptRouteIT {

    @TempDir
    Path splitting;

    @TempDir
    Path sending;

    @TempDir
    Path journal;

    private StandIn cxone;

    @BeforeEach
    void startCxone() throws Exception {
        cxone = StandIn.start(StandInSettings.defaults());
    }

    @AfterEach
    void stopCxone() {
        cxone.close();
    }

    private RunningCxt splitter(String broker, String... more) throws Exception {
        List<String> settings =
                new ArrayList<>(List.of("pickup.hand-to", "enqueue-transcript", "pickup.jms.broker-url", broker));
        settings.addAll(List.of(more));
        return RunningCxt.start(splitting, cxone, settings.toArray(String[]::new));
    }

    private RunningCxt sender(String broker) throws Exception {
        return RunningCxt.start(sending, cxone, "pickup.jms.enabled", "true", "pickup.jms.broker-url", broker);
    }

    @Test
    void a_file_is_split_onto_the_queue_and_sent_by_another_instance() throws Exception {
        try (Broker broker = Broker.start(journal);
                RunningCxt splitter = splitter(broker.url())) {
            splitter.drops("five.ndjson", lines("five", 5) + "\nno transcript\n");

            assertThat(cxone.counts().posts()).isZero();
            assertThat(broker.messages(Broker.QUEUE)).isEqualTo(5);
            assertThat(splitter.files("inbox")).containsExactly(".done/five.ndjson");
            assertThat(splitter.text("reports/five.ndjson.report.json"))
                    .contains("\"read\" : 6")
                    .contains("\"queued\" : 5")
                    .contains("\"rejected\" : 1");

            try (RunningCxt sender = sender(broker.url())) {
                sender.awaits(() -> cxone.counts().accepted() == 5);
                sender.awaits(() -> broker.messages(Broker.QUEUE) == 0);

                assertThat(splitter.events("five-3")).containsExactly("QUEUED");
                String detail = splitter.rows("SELECT detail FROM audit_event WHERE interaction_id = 'five-3'")
                        .get(0);
                String message = detail.replaceFirst(".* message=", "");
                assertThat(sender.rows("SELECT source FROM delivery WHERE interaction_id = 'five-3'"))
                        .containsExactly(message);
                assertThat(sender.rows("SELECT detail FROM audit_event WHERE event = 'INTAKE_OPENED' AND source = '%s'"
                                .formatted(message)))
                        .singleElement()
                        .satisfies(opened -> assertThat(opened).endsWith("correlation=five.ndjson#4"));
            }
        }
    }

    @Test
    void while_the_broker_is_away_the_file_stays_and_goes_on_by_itself() throws Exception {
        try (BrokerProcess broker = BrokerProcess.start(journal);
                RunningCxt splitter = splitter(broker.url())) {
            splitter.drops("before.json", chat("before"));
            broker.kill();
            splitter.put("after.ndjson", lines("after", 20).getBytes(StandardCharsets.UTF_8));
            splitter.awaits(() -> splitter.engine()
                    .components()
                    .pickups()
                    .unreachable(Duration.ZERO)
                    .isPresent());

            broker.restart();

            splitter.awaits(() -> splitter.files("inbox").contains(".done/after.ndjson"));
            try (Queue queue = Queue.open(broker.url(), Broker.QUEUE)) {
                assertThat(queue.count()).isGreaterThanOrEqualTo(21);
            }
            assertThat(splitting.resolve("inbox/.failed")).doesNotExist();
        }
    }

    @Test
    void what_it_puts_on_the_queue_it_must_not_take_off_again() {
        assertThatThrownBy(() -> splitter("tcp://127.0.0.1:1", "pickup.jms.enabled", "true"))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("pickup.hand-to is enqueue-transcript while pickup.jms.enabled is true");
    }
}
