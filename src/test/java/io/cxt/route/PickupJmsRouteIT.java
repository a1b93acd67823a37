package io.cxt.route;

import static io.cxt.fixture.Chats.chat;
import static io.cxt.fixture.Chats.lines;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.audit.OperatorLog;
import io.cxt.db.LedgerSettings;
import io.cxt.fixture.BrokerProcess;
import io.cxt.fixture.Keystore;
import io.cxt.fixture.LogRecorder;
import io.cxt.fixture.Packed;
import io.cxt.fixture.Queue;
import io.cxt.fixture.RunningCxt;
import io.cxt.fixture.Verb;
import io.cxt.ledger.ControlRow;
import io.cxt.ledger.ControlTable;
import io.cxt.simulator.Broker;
import io.cxt.simulator.BrokerSettings;
import io.cxt.simulator.Fault;
import io.cxt.simulator.FaultPlan;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import io.cxt.simulator.Withheld;
import jakarta.jms.TextMessage;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
class PickupJmsRouteIT {

    @TempDir
    Path data;

    @TempDir
    Path journal;

    private StandIn cxone;
    private Broker broker;
    private Queue queue;

    @BeforeEach
    void startBoth() throws Exception {
        cxone = StandIn.start(StandInSettings.defaults());
        broker = BrokerSettings.in(journal).withMaxDeliveryAttempts(2).start();
        queue = Queue.open(broker.url(), Broker.QUEUE);
    }

    @AfterEach
    void stopBoth() throws Exception {
        queue.close();
        broker.close();
        cxone.close();
    }

    private RunningCxt start(String... more) throws Exception {
        return RunningCxt.start(data, cxone, settings(broker.url(), more));
    }

    private static String[] settings(String url, String... more) {
        List<String> settings = new ArrayList<>(List.of("pickup.jms.enabled", "true", "pickup.jms.broker-url", url));
        settings.addAll(List.of(more));
        return settings.toArray(String[]::new);
    }

    private void awaitEmpty(RunningCxt cxt) {
        cxt.awaits(() -> broker.messages(Broker.QUEUE) == 0
                && cxt.engine().components().backlog().openReadings() == 0);
    }

    @Test
    void a_transcript_an_array_and_lines_come_in_as_text_and_as_bytes() throws Exception {
        queue.send(chat("one"), "[" + chat("array-1") + ",\n" + chat("array-2") + "]", "\n" + lines("line", 3));
        queue.send(chat("pretty").replace(",", ",\n"));
        queue.sendBytes(("\ufeff" + lines("packed", 2)).getBytes(StandardCharsets.UTF_8));

        try (RunningCxt cxt = start()) {
            awaitEmpty(cxt);

            assertThat(cxone.deliveries())
                    .extracting(delivery -> delivery.interactionId())
                    .containsExactlyInAnyOrder(
                            "one",
                            "array-1",
                            "array-2",
                            "line-0",
                            "line-1",
                            "line-2",
                            "pretty",
                            "packed-0",
                            "packed-1");
            assertThat(cxt.files("reports")).isEmpty();
        }
        assertThat(broker.messages(Broker.DEAD_LETTERS)).isZero();
    }

    @Test
    void a_queue_that_a_person_holds_is_not_read_until_it_is_released() throws Exception {
        LedgerSettings ledger = new LedgerSettings("jdbc:sqlite:" + data.resolve("ledger.db"), null, null, data);
        String jms = ControlRow.source("jms");
        try (LogRecorder log = LogRecorder.install();
                RunningCxt cxt = start();
                OperatorLog operator = new OperatorLog(ledger)) {
            ControlRow held = new ControlRow(jms, null, Instant.now(), null, "anna", "a \"b\"\nc");
            ControlTable.set(operator, held);
            cxt.awaits(() -> log.lines().stream().anyMatch(line -> line.startsWith("held what=\"source jms\"")));
            queue.send(chat("one"));
            cxt.put("chats.ndjson", lines("chat", 3).getBytes(StandardCharsets.UTF_8));
            cxt.awaits(() -> cxt.files("inbox").contains(".done/chats.ndjson")); // what is not held goes on
            assertThat(cxone.delivery("one", 1)).isEmpty();

            ControlTable.end(operator, held, "over");
            awaitEmpty(cxt);

            assertThat(cxone.delivery("one", 1)).isPresent();
            assertThat(cxt.rows("SELECT event FROM audit_event WHERE event IN ('HELD', 'HOLD_ENDED')"
                            + " OR event = 'INTAKE_OPENED' AND detail LIKE '%door=jms%' ORDER BY at"))
                    .containsExactly("HELD", "HOLD_ENDED", "INTAKE_OPENED");
            assertThat(log.lines()).noneMatch(line -> line.startsWith("message held") || line.contains("\n"));
        }
    }

    @Test
    void a_message_of_another_format_is_one_letter_with_all_of_it_and_concatenated_chats_are_read() throws Exception {
        String foreign = "{\"entries\":[]}\n".repeat(50);
        queue.send(foreign);
        queue.send(chat("one") + chat("two"));

        try (RunningCxt cxt = start()) {
            awaitEmpty(cxt);

            assertThat(cxt.files("dead-letters")).hasSize(2);
            assertThat(cxt.files("dead-letters"))
                    .filteredOn(file -> file.startsWith("JSON-OTHER-FORM/") && !file.endsWith(".reason.json"))
                    .singleElement()
                    .satisfies(file -> assertThat(
                                    Packed.text(data.resolve("dead-letters").resolve(file)))
                            .isEqualTo(foreign));
        }
        assertThat(cxone.counts().acceptedDistinct()).isEqualTo(2);
    }

    @Test
    @Tag("fault-109")
    void a_message_of_refusals_is_one_letter_with_all_of_it_and_off_the_queue() throws Exception {
        String all = lines("good", 2) + "{oops\n".repeat(50) + chat("late") + "\n";
        queue.send(all);

        String letter;
        try (RunningCxt cxt = start("pickup.max-refusals", "3", "cxone.max-in-flight", "1")) {
            awaitEmpty(cxt);

            assertThat(cxt.files("dead-letters"))
                    .filteredOn(file -> file.contains("SOURCE-REFUSALS/") && !file.endsWith(".reason.json"))
                    .singleElement()
                    .satisfies(file -> assertThat(
                                    Packed.text(data.resolve("dead-letters").resolve(file)))
                            .isEqualTo(all));
            assertThat(cxt.files("dead-letters")).hasSizeLessThan(2 * 10);
            letter = cxt.rows("SELECT name FROM letter WHERE reason = 'SOURCE-REFUSALS'")
                    .get(0);
        }
        assertThat(letter).startsWith("SOURCE-REFUSALS/");
        Map<String, String> environment = Map.of(
                "DATA_DIR",
                data.toString(),
                "CXONE_BASE_URL",
                cxone.baseUri().toString(),
                "CXONE_CLIENT_ID",
                "client-1",
                "CXONE_CLIENT_SECRET",
                "secret-1");
        assertThat(Verb.of(environment, "dead-letters", "replay", letter).exit())
                .isZero();
        try (RunningCxt cxt = start("pickup.max-refusals", "100")) { // as its hint says
            cxt.awaits(() -> cxone.deliveries().stream()
                    .anyMatch(part -> part.interactionId().equals("late")));
        }
        assertThat(broker.messages(Broker.DEAD_LETTERS)).isZero();
    }

    @Test
    void message_id_and_correlation_id_are_in_the_audit_and_cannot_forge_a_line() throws Exception {
        String id = queue.send(context -> {
            TextMessage message = context.createTextMessage(chat("one"));
            message.setJMSCorrelationID("order-17\nERROR forged");
            return message;
        });

        try (RunningCxt cxt = start()) {
            awaitEmpty(cxt);

            assertThat(cxt.rows("SELECT source, detail FROM audit_event WHERE event = 'INTAKE_OPENED'"))
                    .singleElement()
                    .asString()
                    .startsWith(id + " door=jms bytes=")
                    .endsWith("correlation=order-17\\u000aERROR forged");
            assertThat(cxt.rows("SELECT source FROM delivery")).containsExactly(id);
            assertThat(cxt.rows("SELECT count(*) FROM intake WHERE closed_at IS NULL"))
                    .containsExactly("0");
        }
    }

    @Test
    void what_is_refused_has_a_dead_letter_and_a_report_and_the_message_is_done_with() throws Exception {
        queue.send(lines("good", 2) + chat("bad", 0, "") + "\n");
        queue.send(context -> context.createTextMessage(chat("half", 1, "half \ud83d a smile")));

        try (RunningCxt cxt = start()) {
            awaitEmpty(cxt);

            assertThat(cxone.counts().accepted()).isEqualTo(2);
            assertThat(cxt.files("reports")).hasSize(2).allMatch(name -> name.startsWith("jms-"));
            assertThat(cxt.files("dead-letters")).anyMatch(name -> name.startsWith("UTF8-INVALID/"));
            assertThat(cxt.files("dead-letters")).anyMatch(name -> name.contains("/bad."));
        }
        assertThat(broker.messages(Broker.DEAD_LETTERS)).isZero();
    }

    /** Serializes; and tells when somebody deserializes it. */
    public static class Trap implements Serializable {
        private static final long serialVersionUID = 1L;
        static volatile boolean sprung;

        private void readObject(ObjectInputStream in) {
            sprung = true;
        }
    }

    @Test
    @Tag("fault-60")
    @Tag("fault-95")
    void another_kind_of_message_and_one_too_long_are_dead_letters_of_ours_first() throws Exception {
        queue.send(context -> context.createObjectMessage(new Trap()));
        queue.send(context -> context.createMapMessage());
        queue.send(context -> context.createMessage());
        String tooLong = chat("long", 3, "x".repeat(2_000) + "\u20ac\ud83d\ude00");
        String id = queue.send(context -> context.createTextMessage(tooLong)).replace(':', '_');
        queue.sendBytes(new byte[300_000]);
        queue.send(lines("many", 30));
        queue.send(chat("good"));

        try (RunningCxt cxt = start("pickup.jms.max-message-bytes", "4096")) {
            awaitEmpty(cxt);

            assertThat(cxt.engine().components().pickups().rejected()).isEqualTo(6);
            List<String> letters = cxt.files("dead-letters");
            assertThat(letters).hasSize(12).noneMatch(name -> name.startsWith("."));
            assertThat(letters)
                    .filteredOn(name -> name.startsWith("MESSAGE-KIND/"))
                    .hasSize(6);
            assertThat(letters).filteredOn(name -> name.endsWith(".ndjson.gz")).hasSize(1);
            String letter = letters.stream()
                    .filter(name -> name.contains(id) && name.endsWith(".json.gz"))
                    .findFirst()
                    .orElseThrow();
            try (InputStream in = new GZIPInputStream(Files.newInputStream(data.resolve("dead-letters/" + letter)))) {
                assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                        .isEqualTo(tooLong);
            }
            assertThat(cxt.text("dead-letters/" + letter.replace(".json.gz", ".reason.json")))
                    .contains("longer than pickup.jms.max-message-bytes = 4096", letter);
            assertThat(cxt.rows("SELECT reason FROM audit_event WHERE event = 'INTAKE_FAILED'"))
                    .hasSize(6);
            assertThat(cxt.rows("SELECT count(*) FROM intake WHERE closed_at IS NULL"))
                    .containsExactly("0");
        }
        assertThat(Trap.sprung).isFalse();
        assertThat(cxone.counts().posts()).isEqualTo(1);
        assertThat(broker.messages(Broker.DEAD_LETTERS)).isZero();
    }

    @Test
    @Tag("fault-95")
    void a_message_that_the_disk_does_not_take_as_a_dead_letter_stays_in_the_queue() throws Exception {
        queue.send(context -> context.createMapMessage());

        try (RunningCxt cxt = start()) {
            cxt.awaits(() -> broker.messages(Broker.QUEUE) == 0);
            Path letters = data.resolve("dead-letters");
            Files.move(letters, data.resolve("aside"));
            Files.createFile(letters); // no folder can be made there now
            queue.send(context -> context.createMapMessage());
            cxt.awaits(() -> trouble(cxt).contains("is in the way"));
            assertThat(broker.messages(Broker.QUEUE)).isEqualTo(1);

            Files.delete(letters);
            cxt.awaits(() -> cxt.files("dead-letters").size() == 2); // while it returns, the broker may count none
            awaitEmpty(cxt);
            assertThat(trouble(cxt)).isEmpty();
        }
        assertThat(broker.messages(Broker.DEAD_LETTERS)).isZero();
    }

    @Test
    @Tag("fault-59")
    void hostile_headers_do_nothing() throws Exception {
        cxone.close();
        cxone = StandIn.start(StandInSettings.defaults().withHeadersAndBodies());
        queue.send(context -> {
            TextMessage message = context.createTextMessage(chat("one"));
            for (String name : List.of("CamelHttpUri", "CamelHttpPath", "CamelJmsDestinationName", "CamelFileName")) {
                message.setStringProperty(name, "http://127.0.0.1:1/../elsewhere");
            }
            message.setStringProperty("CamelHttpMethod", "DELETE");
            message.setStringProperty("CamelHttpQuery", "a=b");
            message.setStringProperty("Authorization", "Bearer stolen");
            message.setStringProperty("Idempotency_HYPHEN_Key", "chosen");
            message.setJMSReplyTo(context.createQueue(Broker.DEAD_LETTERS));
            return message;
        });

        try (RunningCxt cxt = start()) {
            awaitEmpty(cxt);
        }

        assertThat(cxone.counts().accepted()).isEqualTo(1);
        assertThat(cxone.calls()).allSatisfy(call -> assertThat(call.toString())
                .doesNotContain("stolen", "chosen", "elsewhere", "DELETE"));
        assertThat(broker.messages(Broker.DEAD_LETTERS)).isZero();
    }

    @Test
    void several_messages_are_worked_on_at_once() throws Exception {
        Withheld answers = new Withheld();
        cxone.next(answers.after(0, 8));
        IntStream.range(0, 8).forEach(i -> queue.send(chat("chat-" + i)));

        try (RunningCxt cxt = start("cxone.max-in-flight", "8")) {
            cxt.awaits(() -> cxt.engine().components().backlog().openReadings() >= 4);
            answers.release();
            awaitEmpty(cxt);
        }

        assertThat(cxone.counts().acceptedDistinct()).isEqualTo(8);
    }

    @Test
    void a_message_is_committed_only_when_its_copies_are_done() throws Exception {
        queue.send(chat("one"));
        try (RunningCxt cxt = start()) {
            awaitEmpty(cxt);
            Files.move(data.resolve("archive"), data.resolve("moved"));
            Files.createFile(data.resolve("archive")); // no folder can be made there now

            queue.send(chat("two"));
            cxt.awaits(() -> cxt.events("two").contains("SENT"));
            assertThat(broker.messages(Broker.QUEUE)).isEqualTo(1);

            Files.delete(data.resolve("archive"));
            awaitEmpty(cxt);
            assertThat(cxt.files("archive")).anyMatch(name -> name.endsWith(".ndjson.gz"));
        }
    }

    @Test
    @Tag("fault-124")
    void while_a_person_must_act_a_message_is_held_and_goes_on_by_itself() throws Exception {
        cxone.change(traffic -> traffic.withFaults(FaultPlan.NONE.with(Fault.status(403), 100)));
        queue.send(lines("chat", 3));

        try (RunningCxt cxt = start("cxone.max-in-flight", "2")) {
            cxt.awaits(() -> cxt.engine().components().lane().stopReason().isPresent());
            cxt.awaits(() -> cxt.engine().components().waiting().sources() == 1);
            assertThat(cxt.engine().components().unpackedBytesWaiting()).isPositive();
            cxone.change(traffic -> traffic.withFaults(FaultPlan.NONE));
            awaitEmpty(cxt);
            cxt.awaits(() -> cxt.engine().components().waiting().sources() == 0);

            assertThat(cxt.rows("SELECT detail FROM audit_event WHERE event = 'INTAKE_OPENED'"))
                    .hasSize(1);
        }
        assertThat(cxone.counts().acceptedDistinct()).isEqualTo(3);
        assertThat(broker.messages(Broker.DEAD_LETTERS)).isZero();
    }

    @Test
    @Tag("fault-11")
    @Tag("fault-68")
    @Tag("fault-95")
    void a_message_that_meets_a_fault_of_ours_each_time_is_a_dead_letter_of_ours_first() throws Exception {
        Path routes = RunningCxt.copyOfRoutes(data.resolve("routes"));
        Path prepare = routes.resolve("prepare-transcript.camel.yaml");
        String check = "        - to:\n            id: check-rules";
        String mistake = "        - throwException:\n            id: mistake\n"
                + "            exceptionType: java.lang.IllegalStateException\n            message: a mistake\n";
        Files.writeString(prepare, Files.readString(prepare).replace(check, mistake + check));
        queue.send(chat("one"));

        try (RunningCxt cxt = RunningCxt.start(routes, data, cxone, false, settings(broker.url()))) {
            cxt.awaits(() -> broker.messages(Broker.QUEUE) == 0);

            assertThat(cxt.files("dead-letters")).hasSize(2).allMatch(name -> name.startsWith("NOT-DECIDED/ID_"));
            assertThat(cxt.rows("SELECT detail FROM audit_event WHERE event = 'INTAKE_OPENED'"))
                    .hasSize(5);
            assertThat(cxt.rows("SELECT count(*) FROM intake WHERE closed_at IS NULL"))
                    .containsExactly("1");
            cxt.awaits(() -> cxt.engine().components().drained()); // its bytes and its place are given back
        }
        assertThat(cxone.counts().posts()).isZero();
        assertThat(broker.messages(Broker.DEAD_LETTERS)).isZero();
    }

    @Test
    void a_stop_in_the_middle_gives_the_message_back_and_the_next_run_finishes_it() throws Exception {
        cxone.change(traffic -> traffic.withLatency(400));
        queue.send(lines("chat", 60));
        try (RunningCxt cxt = start("cxone.max-in-flight", "2", "cxone.requests-per-second", "4")) {
            cxt.awaits(() -> cxone.counts().accepted() >= 4);
        }
        cxone.change(traffic -> traffic.withLatency(0));
        assertThat(queue.count()).isEqualTo(1);
        assertThat(cxone.counts().accepted()).isLessThan(60);

        try (RunningCxt cxt = start()) {
            awaitEmpty(cxt);
        }

        assertThat(cxone.counts().acceptedDistinct()).isEqualTo(60);
        assertThat(cxone.counts().repeats()).isZero();
    }

    @Test
    void the_same_message_sent_twice_makes_no_second_call() throws Exception {
        queue.send(chat("one"), chat("one"), chat("one"));

        try (RunningCxt cxt = start()) {
            awaitEmpty(cxt);

            assertThat(cxt.events("one")).contains("SKIPPED_DUPLICATE");
        }
        assertThat(cxone.counts().posts()).isEqualTo(1);
    }

    @Test
    @Tag("fault-90")
    void in_a_run_once_that_stops_the_messages_are_held_and_stay_in_the_queue() throws Exception {
        cxone.next(Fault.status(404), Fault.status(404));
        queue.send(chat("one"), chat("two"));

        try (LogRecorder log = LogRecorder.install();
                RunningCxt cxt = RunningCxt.once(data, cxone, settings(broker.url()))) {
            cxt.awaits(() -> cxt.engine().components().lane().stopReason().isPresent());
            assertThat(cxt.engine().components().drained()).isFalse();
            cxt.awaits(() -> log.lines().stream()
                            .filter(line -> line.startsWith("message held"))
                            .count()
                    == 2);
        }
        assertThat(queue.count()).isEqualTo(2);
        assertThat(cxone.counts().accepted()).isZero();
    }

    /** Another instance has claimed the part when this one's claim comes, and never came to its call. */
    private static final String CLAIMED_FIRST = """
            CREATE TRIGGER claimed_first BEFORE INSERT ON delivery WHEN NEW.owner <> 'other/1' BEGIN
              INSERT INTO delivery (target, interaction_id, part, parts, state, content_hash, calling, doubted, attempts,
                  source, source_index, source_line, messages, bytes, owner, lease_until, received_at)
                VALUES (NEW.target, NEW.interaction_id, NEW.part, NEW.parts, 'SENDING', NEW.content_hash, 1, 0, 1,
                  'there', 1, 1, NEW.messages, NEW.bytes, 'other/1', 0, NEW.received_at);
            END
            """;

    @Test
    @Tag("fault-90")
    void a_claim_that_another_instance_makes_first_uses_up_no_delivery() throws Exception {
        broker.close();
        broker = BrokerSettings.in(journal.resolve("once"))
                .withMaxDeliveryAttempts(1)
                .start();
        queue.close();
        queue = Queue.open(broker.url(), Broker.QUEUE);
        try (LogRecorder log = LogRecorder.install();
                RunningCxt cxt = start()) {
            try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("ledger.db"));
                    Statement statement = other.createStatement()) {
                statement.execute(CLAIMED_FIRST);
            }

            queue.send(chat("one"));
            cxt.awaits(() -> cxone.counts().accepted() == 1);
            awaitEmpty(cxt);

            assertThat(log.lines().stream().filter(line -> line.startsWith("message held")))
                    .hasSize(1);
            assertThat(cxt.rows("SELECT state, attempts, doubted FROM delivery"))
                    .containsExactly("SENT 2 1");
        }
        assertThat(broker.messages(Broker.DEAD_LETTERS)).isZero();
    }

    /** As where a container without a volume was killed: the broker delivers again, and the ledger is a new one. */
    @ParameterizedTest
    @ValueSource(strings = {"resend", "park"})
    @Tag("fault-93")
    void a_message_that_came_before_and_that_the_ledger_does_not_know_is_marked_or_parked(String inDoubt)
            throws Exception {
        queue.send(lines("chat", 2));
        queue.deliverOnceInVain();

        try (RunningCxt cxt = start("cxone.in-doubt", inDoubt)) {
            awaitEmpty(cxt);

            boolean parked = inDoubt.equals("park");
            assertThat(cxt.rows("SELECT DISTINCT state, doubted, attempts FROM delivery"))
                    .containsExactly(parked ? "IN_DOUBT 1 0" : "SENT 1 1");
            assertThat(cxt.rows("SELECT DISTINCT detail LIKE '%may-repeat%', reason FROM audit_event WHERE event = '"
                            + (parked ? "IN_DOUBT" : "CLAIMED") + "'"))
                    .containsExactly("1 REDELIVERED");
            assertThat(cxone.counts().posts()).isEqualTo(parked ? 0 : 2);
            assertThat(cxt.files("dead-letters")).hasSize(parked ? 4 : 0);
        }
    }

    @Test
    void run_once_ends_when_the_queue_is_empty() throws Exception {
        queue.send(lines("chat", 20));
        queue.send(chat("last"));

        try (RunningCxt cxt = RunningCxt.once(data, cxone, settings(broker.url()))) {
            cxt.awaits(() -> cxt.engine().components().drained());

            assertThat(cxone.counts().acceptedDistinct()).isEqualTo(21);
        }
    }

    @Test
    void while_the_ledger_is_down_a_message_is_held_and_goes_on_by_itself() throws Exception {
        queue.send(chat("first"));
        try (RunningCxt cxt = start()) {
            awaitEmpty(cxt);
            try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("ledger.db"));
                    Statement statement = other.createStatement()) {
                statement.execute(
                        "CREATE TRIGGER full BEFORE INSERT ON intake BEGIN SELECT RAISE(ABORT, 'disk full'); END");
                queue.send(chat("second"));
                cxt.awaits(() -> cxt.engine().components().ledger().trouble() != null);
                statement.execute("DROP TRIGGER full");
            }

            awaitEmpty(cxt);
            assertThat(cxone.counts().acceptedDistinct()).isEqualTo(2);
        }
        assertThat(broker.messages(Broker.DEAD_LETTERS)).isZero();
    }

    @Test
    void credentials_and_tls_are_configured_and_the_password_is_in_a_file() throws Exception {
        Keystore keystore = Keystore.make(data.resolve("keys.p12"));
        Path password = Files.createFile(
                data.resolve("password"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(password, "s3cret-of-the-broker\n");
        BrokerSettings guarded = BrokerSettings.in(data.resolve("guarded"))
                .withUser("cxt", "s3cret-of-the-broker")
                .withTls(keystore.file(), keystore.password());
        try (Broker secured = guarded.start()) {
            String url = secured.url() + "?sslEnabled=true&trustStoreType=PKCS12&trustStorePath=" + keystore.file()
                    + "&trustStorePassword=" + keystore.password();
            try (Queue sender = Queue.open(url, "cxt", "s3cret-of-the-broker", Broker.QUEUE)) {
                sender.send(chat("one"));
            }

            try (RunningCxt cxt = RunningCxt.start(
                    data,
                    cxone,
                    settings(url, "pickup.jms.username", "cxt", "pickup.jms.password-file", password.toString()))) {
                cxt.awaits(() -> secured.messages(Broker.QUEUE) == 0);
                assertThat(cxone.counts().accepted()).isEqualTo(1);
            }
        }
    }

    @Test
    void a_refused_user_a_missing_queue_and_a_broker_that_is_away_are_told_with_what_to_do() throws Exception {
        try (Broker guarded = BrokerSettings.in(data.resolve("guarded"))
                        .withUser("cxt", "s3cret")
                        .start();
                RunningCxt cxt = RunningCxt.start(data, cxone, settings(guarded.url()))) {
            cxt.awaits(() -> trouble(cxt).contains("refuses the user. Check pickup.jms.username"));
        }
        try (RunningCxt cxt = start("pickup.jms.queue", "elsewhere")) {
            cxt.awaits(
                    () -> trouble(cxt)
                            .contains(
                                    "has no queue elsewhere. Make it there (as a queue, anycast, and not as a topic), or correct pickup.jms.queue"));
        }
        int port = broker.port();
        broker.close();
        try (RunningCxt cxt = start()) {
            cxt.awaits(() -> trouble(cxt).contains("does not answer"));
            assertThat(trouble(cxt)).contains("127.0.0.1:" + port);
            broker = BrokerSettings.in(journal).withPort(port).start();

            cxt.awaits(() -> trouble(cxt).isEmpty());
            try (Queue sender = Queue.open(broker.url(), Broker.QUEUE)) {
                sender.send(chat("one"));
            }
            awaitEmpty(cxt);
        }
        assertThat(cxone.counts().accepted()).isEqualTo(1);
    }

    private static String trouble(RunningCxt cxt) {
        return cxt.engine().components().pickups().unreachable(Duration.ZERO).orElse("");
    }

    @Test
    @Tag("fault-11")
    void a_broker_killed_and_restarted_under_load_loses_nothing_and_doubles_nothing() throws Exception {
        int messages = 240;
        try (BrokerProcess mortal = BrokerProcess.start(data.resolve("mortal"))) {
            try (Queue sender = Queue.open(mortal.url(), Broker.QUEUE)) {
                sender.send(IntStream.range(0, messages)
                        .mapToObj(i -> chat("chat-" + i))
                        .toArray(String[]::new));
            }
            try (RunningCxt cxt = RunningCxt.start(data, cxone, settings(mortal.url()))) {
                for (int kill = 1; kill <= 2; kill++) {
                    int some = kill * messages / 3;
                    cxt.awaits(() -> cxone.counts().accepted() >= some);
                    mortal.kill();
                    mortal.restart();
                }
                cxt.awaits(() -> cxone.counts().acceptedDistinct() == messages);
                cxt.awaits(() -> cxt.engine().components().drained());
            }
            try (Queue dead = Queue.open(mortal.url(), Broker.DEAD_LETTERS)) {
                assertThat(dead.count()).isZero();
            }
        }
        assertThat(cxone.counts().repeats()).isZero();
    }

    @Test
    void a_shut_door_needs_nothing_and_leads_nowhere() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "pickup.jms.max-message-bytes", "nonsense")) {
            assertThat(cxt.engine().camelContext().getRoute("pickup-jms")).isNull();
        }
    }

    @Test
    void an_open_door_without_a_broker_stops_the_start() {
        assertThatThrownBy(() -> RunningCxt.start(data, cxone, "pickup.jms.enabled", "true"))
                .hasMessageContaining("pickup.jms.broker-url is not set");
        assertThatThrownBy(() -> RunningCxt.start(data, cxone, settings("nonsense:// ?password=secret")))
                .hasMessageContaining("pickup.jms.broker-url")
                .hasMessageContaining("tcp://host:port")
                .message()
                .doesNotContain("secret");
    }
}
