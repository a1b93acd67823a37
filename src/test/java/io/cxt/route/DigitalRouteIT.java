package io.cxt.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.Chats;
import io.cxt.fixture.DigitalSite;
import io.cxt.fixture.LogRecorder;
import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.Fault;
import io.cxt.simulator.FaultPlan;
import io.cxt.simulator.StandInSettings;
import io.cxt.simulator.digital.AcceptedMessage;
import io.cxt.simulator.digital.DigitalCall;
import io.cxt.simulator.digital.DigitalStandIn;
import io.cxt.simulator.digital.DigitalSwitches;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Chats to the Digital Engagement API, message by message. */
@Timeout(120)
class DigitalRouteIT {
    @TempDir
    Path data;

    private DigitalStandIn cxone;
    private RunningCxt cxt;

    @BeforeEach
    void start() throws IOException {
        cxone = DigitalStandIn.start(StandInSettings.defaults().withHeadersAndBodies(), DigitalSwitches.defaults());
    }

    @AfterEach
    void stop() {
        if (cxt != null) {
            cxt.close();
        }
        cxone.close();
    }

    private void run(String... more) throws Exception {
        cxt = RunningCxt.start(data, cxone, DigitalSite.settings(cxone, more));
    }

    @Test
    void a_chat_arrives_in_order_and_its_contact_is_closed() throws Exception {
        run();

        cxt.drops("chat.json", Chats.numbered("chat-1", 4));

        assertThat(targets())
                .containsExactly(
                        create(), create(), create(), create(), "PUT /dfo/3.0/contacts/" + contact() + "/status");
        assertThat(ids()).containsExactly("chat-1:m0", "chat-1:m1", "chat-1:m2", "chat-1:m3");
        assertThat(cxt.text("reports/chat.json.report.json")).contains("\"sent\" : 1");
        assertThat(cxt.rows("SELECT status, interaction_id, part, parts, archive_success FROM audit_record"))
                .containsExactly("injected chat-1 5 5 1");
        assertThat(cxt.archive()).hasSize(5);
        assertThat(cxt.ledger().audit().verify().faults()).isEmpty();
        List<String> findings = new ArrayList<>();
        assertThat(cxt.ledger().audit().verifyFeed(null, findings::add)).isNull();
        assertThat(findings).isEmpty();
        assertThat(cxt.rows("SELECT detail FROM audit_event WHERE event = 'SENT'"))
                .hasSize(5)
                .allMatch(detail -> detail.contains("trace="));
        assertThat(cxone.counts().unknownFields()).isZero();
    }

    @Test
    void the_same_chat_again_makes_no_call() throws Exception {
        run();
        cxt.drops("chat.json", Chats.numbered("chat-1", 3));

        cxt.drops("again.json", Chats.numbered("chat-1", 3));

        assertThat(cxone.calls()).hasSize(4);
        assertThat(cxt.text("reports/again.json.report.json")).contains("\"duplicate\" : 1");
    }

    @ParameterizedTest
    @CsvSource({
        "cxone.digital.label=import 8 cxone.digital.field.label=label",
        "cxone.digital.field.start=started",
        "cxone.digital.tag-ids=7",
        "cxone.digital.final-status=resolved",
        "cxone.digital.final-status=none cxone.digital.field.start=started",
        "cxone.digital.lock-thread=true cxone.digital.field.start=started",
        "cxone.digital.max-text=3000"
    })
    void a_chat_stays_the_same_whatever_is_set_for_its_contact(String changed) throws Exception {
        run();
        cxt.drops("sent.json", Chats.numbered("sent", 2));
        cxone.next(Fault.none(), Fault.status(400));
        cxt.drops("half.json", Chats.numbered("half", 2));
        assertThat(accepted()).hasSize(3);

        cxt.close();
        run(changed.split("=| (?=cxone)"));
        cxt.drops("again.ndjson", Chats.numbered("sent", 2) + "\n" + Chats.numbered("half", 2));

        assertThat(accepted()).hasSize(4).allMatch(message -> message.endsWith(" 1"));
        assertThat(cxt.text("reports/again.ndjson.report.json")).contains("\"conflict\" : 0");
        assertThat(cxt.rows("SELECT interaction_id FROM delivery WHERE state <> 'SENT'"))
                .isEmpty();
        assertThat(cxt.ledger().audit().verify().faults()).isEmpty();
    }

    @Test
    void many_chats_go_side_by_side_each_in_its_order() throws Exception {
        run();
        String chats = IntStream.range(0, 40)
                .mapToObj(i -> Chats.numbered("chat-" + i, 5))
                .collect(Collectors.joining("\n"));

        cxt.drops("chats.ndjson", chats);

        for (int i = 0; i < 40; i++) {
            String id = "chat-" + i;
            assertThat(ids().stream().filter(message -> message.startsWith(id + ":")))
                    .containsExactly(id + ":m0", id + ":m1", id + ":m2", id + ":m3", id + ":m4");
        }
        assertThat(cxone.counts().accepted()).isEqualTo(200);
        assertThat(cxone.counts().splitContacts()).isZero();
    }

    @Test
    void a_message_whose_answer_is_lost_is_looked_up_and_not_sent_again() throws Exception {
        run();
        cxone.next(Fault.none(), Fault.parse("reset-after-body"));

        cxt.drops("chat.json", Chats.numbered("chat-1", 3));

        assertThat(accepted()).containsExactly("chat-1:m0 1", "chat-1:m1 1", "chat-1:m2 1");
        assertThat(targets()).contains("GET /dfo/3.0/messages?idOnExternalPlatform%5B%5D=chat-1%3Am1");
        assertThat(cxt.rows("SELECT event, reason FROM audit_event WHERE interaction_id = 'chat-1' AND part = 2"))
                .containsExactly("CLAIMED null", "IN_DOUBT NET-RESET", "CLAIMED NET-RESET", "SENT CXONE-LOOKED-UP");
        assertThat(cxt.ledger().audit().verify().faults()).isEmpty();
    }

    @Test
    void a_message_that_cxone_does_not_show_is_sent_again_marked() throws Exception {
        run();
        cxone.next(Fault.none(), Fault.parse("hang=20"), Fault.none());

        cxt.drops("chat.json", Chats.numbered("chat-1", 3));

        assertThat(accepted()).containsExactly("chat-1:m0 1", "chat-1:m1 1", "chat-1:m2 1");
        assertThat(cxt.rows("SELECT event FROM audit_event WHERE interaction_id = 'chat-1' AND part = 2"))
                .containsExactly("CLAIMED", "IN_DOUBT", "CLAIMED", "LOOKED_UP", "CLAIMED", "SENT");
        assertThat(cxt.rows("SELECT doubted FROM delivery WHERE interaction_id = 'chat-1' AND part = 2"))
                .containsExactly("1");
        assertThat(cxt.ledger().audit().verify().faults()).isEmpty();
    }

    @Test
    void a_message_that_cannot_be_looked_up_stays_in_doubt_for_the_reason_it_was() throws Exception {
        run("cxone.retry.max-retries", "1");
        cxone.next(Fault.parse("reset-after-body"));
        cxone.nextOther(Fault.status(422), Fault.status(422), Fault.status(422));

        cxt.drops("chat.json", Chats.numbered("chat-1", 2));

        assertThat(cxt.rows("SELECT state, reason, http_status FROM delivery"))
                .containsExactly("IN_DOUBT NET-RESET null");
        assertThat(cxt.files("dead-letters")).contains("NET-RESET/chat-1.json");
    }

    /** As with an access key that may write messages and not search them. */
    @ParameterizedTest
    @CsvSource({"403", "404"})
    @Tag("fault-137")
    void a_search_that_may_not_be_made_stops_all_calls_and_is_named(int status) throws Exception {
        try (LogRecorder log = LogRecorder.install()) {
            run("cxone.retry.first-delay-ms", "50");
            cxone.next(Fault.parse("reset-after-body"));
            cxone.nextOther(Fault.status(status), Fault.status(status));

            cxt.drops("chat.json", Chats.numbered("chat-1", 2));

            assertThat(log.lines().stream().filter(line -> line.startsWith("lane stopped")))
                    .singleElement()
                    .asString()
                    .contains("HTTP " + status + " to the search for a message", "the right to search messages")
                    .doesNotContain("may write messages");
        }
        assertThat(accepted()).containsExactly("chat-1:m0 1", "chat-1:m1 1");
        assertThat(cxt.rows("SELECT event FROM audit_event WHERE interaction_id = 'chat-1' AND part = 1"))
                .doesNotContain("ATTEMPT")
                .contains("LOOKED_UP");
    }

    /** It says of each chat that CXone has it, and CXone shows none: that is a rule of something, and not of a chat. */
    @Test
    @Tag("fault-75")
    void chats_refused_one_after_another_as_there_already_stop_all_calls_and_the_tenth_is_not_set_aside()
            throws Exception {
        int chats = 14;
        try (LogRecorder log = LogRecorder.install()) {
            run("cxone.retry.first-delay-ms", "10", "cxone.retry.max-wait-ms", "100", "cxone.max-in-flight", "1");
            cxone.change(traffic -> traffic.withFaults(FaultPlan.NONE.with(Fault.parse("409;body={}"), 100)));
            cxt.put(
                    "chats.ndjson",
                    IntStream.range(0, chats)
                            .mapToObj(i -> Chats.numbered("chat-" + i, 1))
                            .collect(Collectors.joining("\n"))
                            .getBytes(StandardCharsets.UTF_8));
            cxt.awaits(() -> log.lines().stream()
                    .anyMatch(line -> line.startsWith("lane stopped") && line.contains("HTTP 409")));
            long posts = cxone.counts().posts();
            cxt.awaits(() -> cxone.counts().posts() >= posts + 3); // probes
            cxone.change(traffic -> traffic.withFaults(FaultPlan.NONE));
            cxt.awaits(() -> cxt.files("inbox").contains(".done/chats.ndjson"));
        }

        assertThat(cxt.rows("SELECT DISTINCT interaction_id FROM delivery WHERE state = 'IN_DOUBT'"))
                .as("the tenth and those after it wait")
                .hasSizeLessThan(10);
        assertThat(cxt.rows("SELECT DISTINCT interaction_id FROM delivery WHERE state = 'SENT'"))
                .hasSizeGreaterThan(4);
        assertThat(cxt.ledger().audit().verify().faults()).isEmpty();
    }

    @Test
    void a_search_that_lags_is_waited_for() throws Exception {
        run("cxone.digital.search-lag-ms", "2000", "cxone.retry.first-delay-ms", "100");
        cxone.set("searchLagMillis", 300);
        cxone.next(Fault.parse("reset-after-body"));

        cxt.drops("chat.json", Chats.numbered("chat-1", 2));

        assertThat(accepted()).containsExactly("chat-1:m0 1", "chat-1:m1 1");
    }

    @ParameterizedTest
    @CsvSource({"SAME, 2", "CONFLICT, 1", "UNPROCESSABLE, 1", "NEW, 2"})
    void a_repeat_is_survived_whatever_cxone_makes_of_it(String duplicate, int times) throws Exception {
        run("cxone.in-doubt", "resend");
        cxone.set("duplicate", duplicate);
        cxone.next(Fault.parse("reset-after-body"));

        cxt.drops("chat.json", Chats.numbered("chat-1", 2));

        assertThat(accepted()).containsExactly("chat-1:m0 " + times, "chat-1:m1 1");
        assertThat(cxt.text("reports/chat.json.report.json")).contains("\"sent\" : 1");
        assertThat(cxt.rows("SELECT doubted FROM delivery WHERE part = 1")).containsExactly("1");
    }

    @ParameterizedTest
    @CsvSource({"accept, sent, 2", "refuse, in-doubt, 1", "look-up, sent, 2"})
    void what_a_409_means_is_a_choice(String duplicate, String outcome, int messages) throws Exception {
        run("cxone.digital.duplicate", duplicate, "cxone.in-doubt", "resend");
        cxone.set("duplicate", "CONFLICT");
        cxone.next(Fault.parse("reset-after-body"));

        cxt.drops("chat.json", Chats.numbered("chat-1", 2));

        assertThat(cxt.text("reports/chat.json.report.json")).contains("\"%s\" : 1".formatted(outcome));
        assertThat(cxone.counts().distinct()).isEqualTo(messages);
    }

    @Test
    void what_cxone_has_just_said_not_to_have_is_not_taken_for_a_duplicate() throws Exception {
        run("cxone.digital.duplicate", "accept");
        cxone.next(Fault.parse("reset-before-body"), Fault.status(400));

        cxt.drops("chat.json", Chats.numbered("chat-1", 2));

        assertThat(cxt.text("reports/chat.json.report.json")).contains("\"rejected\" : 1");
        assertThat(cxone.counts().accepted()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"200", "201", "202", "204"})
    void each_yes_is_one_and_a_yes_that_says_nothing_is_looked_up(int success) throws Exception {
        run();
        cxone.set("success", success);

        cxt.drops("chat.json", Chats.numbered("chat-1", 3));

        assertThat(accepted()).containsExactly("chat-1:m0 1", "chat-1:m1 1", "chat-1:m2 1");
        assertThat(cxt.text("reports/chat.json.report.json")).contains("\"sent\" : 1");
        assertThat(cxone.counts().calls().toString()).contains("STATUS=1");
    }

    @Test
    void a_429_holds_every_chat_as_long_as_it_asks_and_a_revoked_token_is_replaced_once() throws Exception {
        run("cxone.max-in-flight", "4");
        cxone.next(Fault.none(), Fault.none(), Fault.none(), Fault.parse("429;Retry-After: 1"));

        cxt.drops("chats.ndjson", Chats.numbered("chat-1", 6) + "\n" + Chats.numbered("chat-2", 6));
        cxone.revokeTokens();
        cxt.drops("more.ndjson", Chats.numbered("chat-3", 6) + "\n" + Chats.numbered("chat-4", 6));

        List<DigitalCall> calls = cxone.calls();
        long asked = calls.stream()
                .filter(call -> call.status() == 429)
                .findFirst()
                .orElseThrow()
                .arrivedNanos();
        assertThat(calls.stream()
                        .map(call -> call.arrivedNanos() - asked)
                        .filter(after -> after > 0 && after < 990_000_000L))
                .as("a call of the other chat that had left before the answer, at most")
                .hasSizeLessThan(2);
        assertThat(cxone.counts().signIns()).isEqualTo(2);
        assertThat(accepted()).hasSize(24).allMatch(message -> message.endsWith(" 1"));
        assertThat(cxt.rows("SELECT DISTINCT doubted FROM delivery")).containsExactly("0");
    }

    @ParameterizedTest
    @CsvSource({"202", "204"})
    void a_tenant_whose_every_yes_says_nothing_can_be_used(int success) throws Exception {
        cxone.set("success", Integer.toString(success));
        run();

        cxt.drops(
                "chats.ndjson",
                IntStream.range(0, 30)
                        .mapToObj(i -> Chats.numbered("chat-" + i, 3))
                        .collect(Collectors.joining("\n")));

        assertThat(accepted()).hasSize(90).allMatch(message -> message.endsWith(" 1"));
        assertThat(cxt.text("reports/chats.ndjson.report.json")).contains("\"sent\" : 30");
        assertThat(cxt.ledger().audit().verify().faults()).isEmpty();
    }

    /** As when a gateway swallows them: no answer says that CXone has a message, and CXone says that it has none. */
    @Test
    void messages_that_cxone_says_not_to_have_after_empty_answers_stop_all_calls() throws Exception {
        cxone.set("success", "204");
        cxone.set("duplicate", "NEW"); // no repeat is answered otherwise, or chats one after another would stop nothing
        cxone.set("searchLagMillis", "600000");
        try (LogRecorder log = LogRecorder.install()) {
            stopsAllCalls(log);
        }
        cxone.set("duplicate", "SAME");
        cxone.set("searchLagMillis", "0");
        cxt.awaits(() -> cxt.files("inbox").contains(".done/chats.ndjson"));

        assertThat(cxone.accepted().stream().map(AcceptedMessage::messageId).distinct())
                .hasSize(8);
        assertThat(cxt.text("reports/chats.ndjson.report.json")).contains("\"sent\" : 8");
        assertThat(cxt.ledger().audit().verify().faults()).isEmpty();
    }

    private void stopsAllCalls(LogRecorder log) throws Exception {
        run("cxone.retry.first-delay-ms", "50", "cxone.retry.max-retries", "20");
        cxt.put(
                "chats.ndjson",
                IntStream.range(0, 8)
                        .mapToObj(i -> Chats.numbered("chat-" + i, 1))
                        .collect(Collectors.joining("\n"))
                        .getBytes(StandardCharsets.UTF_8));

        cxt.awaits(() -> log.lines().stream()
                .anyMatch(line ->
                        line.contains("lane stopped") && line.contains("HTTP 204") && line.contains("check proxy")));
    }

    @Test
    void a_chat_beyond_the_limit_of_its_contact_waits_and_others_go_on() throws Exception {
        run("cxone.digital.contact-burst", "5", "cxone.digital.contact-per-minute", "120");
        cxone.set("contactBurst", 5);
        cxone.set("contactPerMinute", 120);
        cxt.put("long.json", Chats.numbered("long", 12).getBytes(StandardCharsets.UTF_8));

        cxt.awaits(() -> cxt.engine().components().waitingForContact() > 0);
        cxt.drops("short.json", Chats.numbered("short", 2));
        cxt.awaits(() -> cxt.files("inbox").contains(".done/long.json"));

        assertThat(cxone.counts().earlyContact()).isZero();
        assertThat(ids().indexOf("short:m1")).isLessThan(ids().indexOf("long:m11"));
        assertThat(ids().stream().filter(id -> id.startsWith("long")))
                .containsExactlyElementsOf(
                        IntStream.range(0, 12).mapToObj(i -> "long:m" + i).toList());
        assertThat(cxt.files("waiting")).isEmpty();
        assertThat(cxt.rows("SELECT count(*) FROM delivery WHERE interaction_id = 'long' AND state = 'SENT'"))
                .containsExactly("13");
        assertThat(cxt.text("reports/long.json.report.json")).contains("\"sent\" : 1");
    }

    /** The limit of the contact is lower than CXT knows: that chat alone waits, and the others keep their rate. */
    @Test
    void too_many_calls_for_one_contact_hold_up_no_other() throws Exception {
        run("cxone.requests-per-second", "200");
        cxone.set("contactBurst", 5);
        cxone.set("contactPerMinute", 60);
        cxt.put("long.json", Chats.numbered("long", 12).getBytes(StandardCharsets.UTF_8));
        cxt.awaits(() -> cxone.counts().earlyContact() > 0);

        String others = IntStream.range(0, 200)
                .mapToObj(i -> Chats.numbered("short-" + i, 3))
                .collect(Collectors.joining("\n"));
        cxt.put("others.ndjson", others.getBytes(StandardCharsets.UTF_8));
        cxt.awaits(() -> cxt.engine().components().waitingForContact() > 0);
        cxt.awaits(() -> cxt.files("inbox").contains(".done/others.ndjson"));
        cxt.awaits(() -> cxt.files("inbox").contains(".done/long.json"));

        assertThat(accepted()).hasSize(612).allMatch(message -> message.endsWith(" 1"));
        assertThat(ids().stream().filter(id -> id.startsWith("long")))
                .containsExactlyElementsOf(
                        IntStream.range(0, 12).mapToObj(i -> "long:m" + i).toList());
        assertThat(cxt.rows("SELECT count(*) FROM audit_event WHERE event = 'RATE_LIMITED'"))
                .containsExactly(Long.toString(cxone.counts().earlyContact()));
        assertThat(cxt.ledger().audit().verify().faults()).isEmpty();
    }

    @Test
    void a_chat_that_waits_goes_on_after_a_restart_and_its_limit_still_holds() throws Exception {
        String[] limits = {"cxone.digital.contact-burst", "5", "cxone.digital.contact-per-minute", "40"};
        cxone.set("contactBurst", 5);
        cxone.set("contactPerMinute", 40);
        run(limits);
        cxt.put("long.json", Chats.numbered("long", 8).getBytes(StandardCharsets.UTF_8));
        cxt.awaits(() -> cxt.engine().components().waitingForContact() > 0);

        cxt.close();
        assertThat(cxone.counts().posts()).isBetween(3L, 6L);
        run(limits);
        cxt.awaits(() -> cxt.files("inbox").contains(".done/long.json"));

        assertThat(cxone.counts().earlyContact()).isZero();
        assertThat(accepted()).hasSize(8).allMatch(message -> message.endsWith(" 1"));
        assertThat(cxt.ledger().audit().verify().faults()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"400", "403", "404", "409"})
    void a_contact_that_cannot_be_closed_stops_nothing(int status) throws Exception {
        run();
        cxone.nextOther(Fault.status(status));

        cxt.drops("chat.json", Chats.numbered("chat-1", 2));
        cxt.drops("next.json", Chats.numbered("chat-2", 2));

        assertThat(cxt.text("reports/chat.json.report.json")).contains("\"sent\" : 1");
        assertThat(cxt.text("reports/next.json.report.json")).contains("\"sent\" : 1");
        assertThat(cxt.rows("SELECT interaction_id, reason FROM delivery WHERE part = 3 ORDER BY 1"))
                .containsExactly("chat-1 DIGITAL-NOT-CLOSED", "chat-2 null");
    }

    @Test
    void a_file_of_a_chat_that_waits_is_not_believed_when_it_was_changed() throws Exception {
        run("cxone.digital.contact-burst", "4", "cxone.digital.contact-per-minute", "60");
        cxt.put("long.json", Chats.numbered("long", 8).getBytes(StandardCharsets.UTF_8));
        cxt.awaits(() -> cxt.engine().components().waitingForContact() > 0);
        for (String file : cxt.files("waiting")) {
            Files.writeString(data.resolve("waiting").resolve(file), "garbage");
        }

        cxt.awaits(() -> cxt.files("inbox").contains(".done/long.json"));

        assertThat(accepted()).hasSize(8).allMatch(message -> message.endsWith(" 1"));
        assertThat(cxt.text("reports/long.json.report.json")).contains("\"sent\" : 1");
    }

    @Test
    void a_chat_may_have_to_wait_before_its_first_message() throws Exception {
        run("cxone.digital.contact-burst", "2", "cxone.digital.contact-per-minute", "600");
        cxone.next(Fault.status(400));
        cxt.drops("chat.json", Chats.numbered("chat-1", 3));
        assertThat(cxt.text("reports/chat.json.report.json")).contains("\"rejected\" : 1");

        cxt.drops("again.json", Chats.numbered("chat-1", 3));

        assertThat(cxt.text("reports/again.json.report.json")).contains("\"sent\" : 1");
        assertThat(ids()).containsExactly("chat-1:m0", "chat-1:m1", "chat-1:m2");
    }

    @Test
    void messages_that_land_in_two_contacts_are_a_finding() throws Exception {
        run("cxone.digital.contact-burst", "4", "cxone.digital.contact-per-minute", "1");
        cxt.put("long.json", Chats.numbered("long", 6).getBytes(StandardCharsets.UTF_8));
        cxt.awaits(() -> cxt.engine().components().waitingForContact() > 0);

        close(contact()); // between two runs: nothing is sent meanwhile, however busy the machine
        cxt.close();
        run("cxone.digital.contact-burst", "4", "cxone.digital.contact-per-minute", "600");
        cxt.awaits(() -> cxt.files("inbox").contains(".done/long.json"));

        assertThat(cxone.counts().splitContacts()).isEqualTo(1);
        assertThat(cxt.rows("SELECT reason FROM delivery WHERE part = 7")).containsExactly("DIGITAL-SPLIT-CONTACT");
    }

    private void close(String contact) throws Exception {
        String token = cxone.calls().get(0).token();
        HttpRequest put = HttpRequest.newBuilder(
                        URI.create(cxone.baseUri() + "/dfo/3.0/contacts/" + contact + "/status"))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString("{\"status\":\"closed\"}"))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(put, HttpResponse.BodyHandlers.discarding())
                        .statusCode())
                .isEqualTo(204);
    }

    private static String create() {
        return "POST /dfo/3.0/channels/" + DigitalStandIn.CHANNEL + "/messages";
    }

    private List<String> targets() {
        return cxone.calls().stream().map(DigitalCall::target).toList();
    }

    /** The ids of the messages that were accepted, in that order. */
    private List<String> ids() {
        return cxone.accepted().stream().map(AcceptedMessage::messageId).toList();
    }

    private List<String> accepted() {
        return cxone.accepted().stream()
                .map(message -> message.messageId() + " " + message.count())
                .toList();
    }

    /** The contact of the first message, as the ledger has it. */
    private String contact() {
        return cxt.rows("SELECT conversation_id FROM delivery WHERE part = 1").get(0);
    }
}
