package io.cxt.route;

import static io.cxt.fixture.Chats.chat;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.LogRecorder;
import io.cxt.fixture.Packed;
import io.cxt.fixture.Queue;
import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.Broker;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A card number that comes by a queue is nowhere afterwards, and goes onto none. */
class RedactionQueueIT {
    private static final String CARD = "4929420569870009";

    @TempDir
    Path data;

    @TempDir
    Path sending;

    @TempDir
    Path journal;

    private StandIn cxone;

    @BeforeEach
    void startCxone() throws Exception {
        cxone = StandIn.start(StandInSettings.defaults()
                .withClient("client-1", RunningCxt.SECRET)
                .withHeadersAndBodies());
    }

    @AfterEach
    void stopCxone() {
        cxone.close();
    }

    @Test
    void letters_of_messages_hold_what_is_left() throws Exception {
        LogRecorder log = LogRecorder.install();
        try (log;
                Broker broker = Broker.start(journal);
                RunningCxt cxt = RunningCxt.start(
                        data,
                        cxone,
                        "redaction.policy",
                        "cards",
                        "pickup.jms.enabled",
                        "true",
                        "pickup.jms.max-message-bytes",
                        "4096",
                        "pickup.jms.broker-url",
                        broker.url());
                Queue queue = Queue.open(broker.url(), Broker.QUEUE)) {
            queue.send(
                    chat("good", 2, CARD),
                    chat("bad", 2, CARD).replace("00:00:00Z", "09:00:00Z"),
                    "no JSON " + CARD,
                    "[" + chat("cut", 2, CARD) + ",{\"text\":\"" + CARD + "\n",
                    chat("long", 60, CARD));
            queue.send(making -> making.createObjectMessage("an object with " + CARD));

            cxt.awaits(() -> cxt.engine().components().ledger().view() != null
                    && broker.messages(Broker.QUEUE) == 0
                    && cxt.files("dead-letters").stream()
                                    .filter(name -> name.endsWith(".reason.json"))
                                    .count()
                            == 5);
            assertThat(cxt.files("dead-letters"))
                    .anyMatch(name -> name.startsWith("MESSAGE-TOO-LONG/"))
                    .anyMatch(name -> name.startsWith("MESSAGE-KIND/"));
        }
        assertThat(cxone.calls().stream().map(call -> new String(call.body(), ISO_8859_1)))
                .isNotEmpty()
                .allMatch(body -> body.contains("[card]") && !body.contains(CARD));
        assertThat(log.lines()).noneMatch(line -> line.contains(CARD));
        nothingBelow(data);
    }

    @Test
    void what_goes_onto_a_queue_is_what_is_left_and_another_instance_changes_nothing() throws Exception {
        try (Broker broker = Broker.start(journal);
                RunningCxt splitter = RunningCxt.start(
                        data,
                        cxone,
                        "pickup.hand-to",
                        "enqueue-transcript",
                        "redaction.policy",
                        "cards",
                        "redaction.originals",
                        "delete",
                        "pickup.jms.broker-url",
                        broker.url())) {
            splitter.drops("one.json", chat("one", 2, "pay " + CARD));
            assertThat(splitter.rows("SELECT detail FROM audit_event WHERE event = 'QUEUED'"))
                    .singleElement()
                    .asString()
                    .contains(" redaction=cards/1/", " redacted-card:2 message=");
            try (RunningCxt sender = RunningCxt.start(
                    sending,
                    cxone,
                    "redaction.policy",
                    "cards",
                    "pickup.jms.enabled",
                    "true",
                    "pickup.jms.broker-url",
                    broker.url())) {
                sender.awaits(() -> broker.messages(Broker.QUEUE) == 0);
                assertThat(sender.rows("SELECT detail FROM audit_event WHERE event = 'CLAIMED'"))
                        .singleElement()
                        .asString()
                        .contains("redaction=cards/1/")
                        .doesNotContain("redacted-");
            }
        }
        assertThat(cxone.deliveries()).hasSize(1);
        nothingBelow(data);
        nothingBelow(sending);
        nothingBelow(journal);
    }

    private static void nothingBelow(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.walk(folder)) {
            all = files.filter(Files::isRegularFile).toList();
        }
        assertThat(all).isNotEmpty();
        for (Path file : all) {
            String text = file.toString().endsWith(".gz") ? Packed.text(file) : Files.readString(file, ISO_8859_1);
            assertThat(text.contains(CARD)).as(file.toString()).isFalse();
        }
    }
}
