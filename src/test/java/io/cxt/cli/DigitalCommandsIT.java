package io.cxt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.Chats;
import io.cxt.fixture.Command.Ended;
import io.cxt.fixture.DigitalSite;
import io.cxt.fixture.LogRecorder;
import io.cxt.fixture.RunningCxt;
import io.cxt.fixture.Verb;
import io.cxt.simulator.Fault;
import io.cxt.simulator.StandInSettings;
import io.cxt.simulator.digital.DigitalStandIn;
import io.cxt.simulator.digital.DigitalSwitches;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a person asks of the Digital Engagement API: check, probe, reconcile, withdraw. */
@Timeout(120)
class DigitalCommandsIT {
    @TempDir
    Path data;

    private DigitalStandIn cxone;
    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void start() throws IOException {
        cxone = DigitalStandIn.start(StandInSettings.defaults(), DigitalSwitches.defaults());
        environment.putAll(DigitalSite.environment(cxone));
        environment.putAll(Map.of(
                "DATA_DIR", data.toString(),
                "CXONE_DIGITAL_SEARCH_LAG_MS", "5000",
                "CXONE_READS_PER_SECOND", "1000",
                "OPS_ENABLED", "false"));
    }

    @AfterEach
    void stop() {
        cxone.close();
    }

    private Ended cxt(String... arguments) {
        Ended ended = Verb.of(environment, arguments);
        assertThat(ended.out() + ended.err()).doesNotContain(DigitalSite.SECRET, "Text ");
        return ended;
    }

    private void send(String id, int messages) throws Exception {
        try (RunningCxt running = running()) {
            running.drops(id + ".json", Chats.numbered(id, messages));
        }
    }

    private RunningCxt running() throws Exception {
        return RunningCxt.start(data, cxone, settings());
    }

    private String[] settings() {
        return environment.entrySet().stream()
                .flatMap(each -> Stream.of(each.getKey(), each.getValue()))
                .toArray(String[]::new);
    }

    @Test
    void a_channel_that_is_fit_is_good() {
        Map<String, Object> channel = new HashMap<>(Map.of("id", DigitalStandIn.CHANNEL));
        channel.put("defaultSkillId", null);
        cxone.set("channel", channel);
        Ended check = cxt("check", "--connect");

        assertThat(check.out())
                .contains("ok  sign-in", "ok  channel " + DigitalStandIn.CHANNEL)
                .doesNotContain("BAD");
        assertThat(check.exit()).isZero();
        assertThat(events("CALLED")).contains("GET /dfo/3.0/channels?id%5B%5D=");
        assertThat(events("CALLING"))
                .contains(
                        "POST " + cxone.baseUri() + "/authentication/v1/token/access-key",
                        "GET /dfo/3.0/channels?id%5B%5D=");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            realExternalPlatformId       | facebook | BAD    | of the platform facebook
            isLiveChat                   | true     | BAD    | live chat
            isDeleted                    | true     | BAD    | deleted
            defaultSkillId               | 4711     | UNSAFE | leads to the skill 4711
            hasMultipleThreadsPerEndUser | false    | UNSAFE | one thread for each customer
            """)
    void what_is_wrong_with_a_channel_is_said(String field, String value, String level, String words) {
        Object typed = value.matches("true|false")
                ? (Object) Boolean.valueOf(value)
                : value.matches("\\d+") ? (Object) Integer.valueOf(value) : value;
        cxone.set("channel", Map.of("id", DigitalStandIn.CHANNEL, field, typed));

        Ended check = cxt("check", "--connect");

        assertThat(check.out().lines().filter(line -> line.startsWith(level)).toList())
                .anyMatch(line -> line.contains(words));
        assertThat(check.exit() == 0).isEqualTo(level.equals("UNSAFE"));
    }

    @ParameterizedTest
    @CsvSource({"403, HTTP 403", "404, HTTP 404", "page=200, 'HTTP 200, and not with a list'"})
    @Tag("fault-137")
    void a_search_that_cxone_refuses_is_said_before_the_first_message_needs_it(String fault, String words) {
        cxone.nextOther(Fault.none(), Fault.parse(fault));

        Ended check = cxt("check", "--connect");

        assertThat(check.out())
                .contains(
                        "UNSAFE search for messages: CXone answers " + words,
                        "the right to search messages (GET /dfo/3.0/messages)",
                        "cxone.in-doubt = park");
        assertThat(cxt("check", "--connect").out()).contains("ok  search for messages");
    }

    @Test
    void a_missing_channel_field_or_tag_is_said() {
        environment.putAll(Map.of(
                "CXONE_DIGITAL_CHANNEL_ID", "nowhere",
                "CXONE_DIGITAL_FIELD_LABEL", "batch",
                "CXONE_DIGITAL_TAG_IDS", "7, 8"));
        cxone.set("tags", List.of(Map.of("id", 7, "title", "import")));

        Ended check = cxt("check", "--connect");

        assertThat(check.out())
                .contains(
                        "BAD channel nowhere: CXone shows no channel",
                        "BAD custom field batch: CXone does not show it",
                        "ok  tag 7",
                        "BAD tag 8");
        assertThat(check.exit()).isNotZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            CXONE_DIGITAL_LABEL       | import-7 | note cxone.digital.label is set and goes nowhere
            CXONE_DIGITAL_FIELD_LABEL | batch    | note cxone.digital.field.label is batch and stays empty
            """)
    void a_label_without_its_field_or_the_other_way_round_is_said(String name, String value, String line) {
        environment.put(name, value);

        Ended check = cxt("check");

        assertThat(check.out()).contains(line);
        assertThat(check.exit()).isZero();
        environment.putAll(Map.of("CXONE_DIGITAL_LABEL", "import-7", "CXONE_DIGITAL_FIELD_LABEL", "batch"));
        assertThat(cxt("check").out()).doesNotContain("note cxone.digital");
    }

    @Test
    void a_custom_field_keeps_one_value() {
        environment.putAll(Map.of("CXONE_DIGITAL_FIELD_START", "when", "CXONE_DIGITAL_FIELD_END", "when"));

        Ended check = cxt("check");

        assertThat(check.err())
                .contains("cxone.digital.field.start and cxone.digital.field.end are both when", "Name another one");
        assertThat(check.exit()).isEqualTo(Exit.CONFIGURATION);
    }

    @Test
    void what_was_sent_is_read_back_and_each_difference_named() throws Exception {
        send("chat-1", 30);
        send("chat-2", 3);
        cxone.set("longText", 5);

        Ended same = cxt("reconcile");
        assertThat(same.err()).contains("2 chats: ", "same=2");
        assertThat(same.exit()).isZero();
        assertThat(cxt("reconcile").err()).contains("same=0", "compared before=2");
        long searches = cxone.counts().calls().get("SEARCH");
        assertThat(searches).isLessThan(8);

        reopen("chat-2");
        Ended different = cxt("reconcile", "--again");
        assertThat(different.out())
                .contains("chat-2: different: status of contact")
                .doesNotContain("chat-1");
        assertThat(different.exit()).isEqualTo(Exit.FINDINGS);
        assertThat(cxt("reconcile", "--interaction", "chat-1").exit()).isZero();
        assertThat(events("DIFFERS")).contains("chat-2");
        assertThat(cxt("audit", "verify").exit()).isZero();
    }

    @Test
    void times_that_cxone_replaced_are_differences() throws Exception {
        cxone.set("oldDates", "NOW");
        send("chat-1", 2);

        Ended different = cxt("reconcile", "-o", "json");

        assertThat(different.out())
                .contains("\"different\"", "time chat-1:m0: sent 2024-06-15T00:00:00.000Z, CXone has 20");
        assertThat(different.exit()).isEqualTo(Exit.FINDINGS);
    }

    @Test
    void content_is_removed_after_a_yes_and_audited() throws Exception {
        send("chat-1", 3);

        assertThat(cxt("withdraw", "chat-1").err()).contains("chat-1 has 3 messages in CXone", "--yes");
        Ended done = cxt("withdraw", "chat-1", "--yes");

        assertThat(done.out()).contains("content of 3 messages removed");
        assertThat(done.exit()).isZero();
        assertThat(cxone.counts().calls().get("CONTENT_REMOVAL")).isEqualTo(3);
        assertThat(events("WITHDRAWN")).contains("messages=3 removed=3");
        assertThat(cxt("reconcile").err()).contains("withdrawn=1");
        assertThat(cxt("withdraw", "other", "--yes").exit()).isEqualTo(Exit.USAGE);
        assertThat(cxt("find", "chat-1").out())
                .containsPattern("Content of it was removed from CXone by .* at 20.*: messages=3 removed=3");
    }

    @Test
    void a_chat_is_erased_once_its_content_was_removed_there_and_is_refused_then() throws Exception {
        send("chat-1", 3);
        cxone.nextOther(Fault.none(), Fault.none(), Fault.status(500));
        assertThat(cxt("withdraw", "chat-1", "--yes").exit()).isNotZero();

        Ended refused = cxt("erase", "--interaction", "chat-1", "--originals", "delete");
        assertThat(refused.exit()).isEqualTo(Exit.USAGE);
        assertThat(refused.err()).contains("First: cxt withdraw 'chat-1' --yes", "--left-in-cxone");
        assertThat(cxt("withdraw", "chat-1", "--yes").exit()).isZero();
        Ended erased = cxt("erase", "--interaction", "chat-1", "--originals", "delete");

        assertThat(erased.exit()).as(erased.out() + erased.err()).isZero();
        assertThat(cxt("reconcile").err()).contains("withdrawn=1");
        assertThat(cxt("audit", "verify").exit()).isZero();
        long posts = cxone.counts().posts();
        send("chat-1", 5);
        assertThat(cxone.counts().posts()).isEqualTo(posts);
        assertThat(cxt("find", "chat-1").out()).contains("ERASED");
        assertThat(cxt("audit", "verify").exit()).isZero();
    }

    /** As after a pilot: the same chats are in another channel, under the same ids. */
    @Test
    @Tag("fault-136")
    void a_message_of_another_channel_is_neither_compared_nor_withdrawn() throws Exception {
        cxone.set("channel", Map.of("id", "pilot"));
        environment.put("CXONE_DIGITAL_SEARCH_LAG_MS", "0");
        environment.put("CXONE_DIGITAL_CHANNEL_ID", "pilot");
        environment.put("DATA_DIR", data.resolve("pilot").toString());
        try (RunningCxt pilot = RunningCxt.start(data.resolve("pilot"), cxone, settings())) {
            pilot.drops("chat-1.json", Chats.numbered("chat-1", 3));
        }
        environment.put("CXONE_DIGITAL_CHANNEL_ID", DigitalStandIn.CHANNEL);
        environment.put("DATA_DIR", data.toString());
        cxone.next(Fault.none(), Fault.parse("reset-before-body"));
        send("chat-1", 3);

        assertThat(cxt("find", "chat-1").out())
                .contains("CXone was asked whether it has it, and shows it in channel pilot only.");
        assertThat(cxt("reconcile").err()).contains("same=1");
        assertThat(cxt("withdraw", "chat-1", "--yes").out()).contains("content of 3 messages removed, 3 were sent");
        assertThat(cxone.messages("chat-1")).hasSize(6).allSatisfy(message -> assertThat(
                        message.hasNonNull("contentRemoved"))
                .isEqualTo(!message.at("/channel/id").asText().equals("pilot")));
    }

    /** Each chat ends with the same change of its contact's status: that of the others stays in the archive. */
    @Test
    void of_lines_that_all_chats_have_alike_only_its_own_is_erased() throws Exception {
        try (RunningCxt running = running()) {
            running.drops(
                    "chats.ndjson",
                    IntStream.range(0, 4)
                            .mapToObj(i -> Chats.numbered("chat-" + i, 2))
                            .collect(Collectors.joining("\n")));
        }

        Ended looked = cxt("erase", "--interaction", "chat-1", "--left-in-cxone", "--dry-run");
        Ended erased = cxt("erase", "--interaction", "chat-1", "--left-in-cxone");

        assertThat(looked.out()).contains("archive       3");
        assertThat(erased.out()).contains("archive       3");
        Ended verified = cxt("audit", "verify");
        assertThat(verified.exit()).as(verified.out() + verified.err()).isZero();
        for (int i : new int[] {0, 2, 3}) {
            assertThat(cxt(
                                    "archive",
                                    "restore",
                                    "chat-" + i,
                                    "--to",
                                    data.resolve("out").toString())
                            .exit())
                    .isZero();
        }
    }

    @Test
    void what_may_still_be_in_cxone_is_no_whole_withdrawal() throws Exception {
        environment.put("CXONE_IN_DOUBT", "park");
        cxone.next(Fault.none(), Fault.parse("reset-after-body"));
        send("chat-1", 4);

        Ended part = cxt("withdraw", "chat-1", "--yes");

        assertThat(part.exit()).isEqualTo(Exit.PARTLY);
        assertThat(part.err()).contains("chat-1 is not decided as a whole");
        assertThat(part.out()).contains("content of 2 messages removed, 1 were sent");
        assertThat(events("WITHDRAWN")).contains("messages=1 removed=2 incomplete");
        assertThat(cxt("find", "chat-1").out()).contains("Content of some of its chat was removed from CXone");
        assertThat(cxt("erase", "--interaction", "chat-1", "--dry-run").out()).contains("First: cxt withdraw");
        assertThat(cxt("audit", "query", "--event", "CALLING").out()).contains("/content-removal");
    }

    @ParameterizedTest
    @CsvSource({"reset-after-body, 2", "reset-before-body, 1"})
    void a_parked_message_is_replayed_marked_and_the_chat_goes_on_behind_it(String fault, int times) throws Exception {
        environment.put("CXONE_IN_DOUBT", "park");
        cxone.next(Fault.none(), Fault.parse(fault));
        send("chat-1", 4);
        assertThat(cxt("find", "chat-1").out())
                .contains("Part 2 of 5 may be in CXone or not", "cxt dead-letters replay 'NET-RESET/chat-1'");
        assertThat(cxone.counts().posts()).isEqualTo(2);

        assertThat(cxt("dead-letters", "replay", "NET-RESET/chat-1").exit()).isZero();
        environment.put("PICKUP_FILE_SETTLE_MS", "0");
        Ended run = cxt("run", "--once");

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(cxone.accepted().stream().map(each -> each.messageId() + " " + each.count()))
                .containsExactly("chat-1:m0 1", "chat-1:m1 " + times, "chat-1:m2 1", "chat-1:m3 1");
        assertThat(cxone.contacts("chat-1")).hasSize(1);
        assertThat(cxt("audit", "query", "--event", "CLAIMED")
                        .out()
                        .lines()
                        .filter(line -> line.contains("may-repeat")))
                .hasSize(1)
                .allMatch(line -> line.contains("EARLIER-CALL"));
        assertThat(cxt("reconcile").err()).contains(times == 1 ? "same=1" : "different=1");
    }

    @Test
    void a_message_without_an_answer_is_withdrawn_on_whatever_page_it_is() throws Exception {
        environment.put("CXONE_IN_DOUBT", "park");
        cxone.next(Fault.none(), Fault.none(), Fault.parse("reset-after-body"));
        send("chat-1", 5);
        cxone.set("pageSize", 1);

        Ended part = cxt("withdraw", "chat-1", "--yes");

        assertThat(part.out()).contains("content of 3 messages removed, 2 were sent");
        assertThat(cxone.messages("chat-1")).hasSize(3).allMatch(message -> message.hasNonNull("contentRemoved"));
    }

    @Test
    void a_withdrawal_that_found_nothing_does_not_count_as_one() throws Exception {
        send("chat-1", 3);
        cxone.set("searchLagMillis", 600_000);

        Ended none = cxt("withdraw", "chat-1", "--yes");

        assertThat(none.exit()).isEqualTo(Exit.PARTLY);
        assertThat(none.out()).contains("content of 0 messages removed, 3 were sent");
        assertThat(none.err())
                .contains("Its search may be minutes behind: run this again later", "cxt reconcile --inter");
        assertThat(events("WITHDRAWN")).doesNotContain("chat-1");
        Ended compared = cxt("reconcile");
        assertThat(compared.out()).contains("chat-1: different: missing chat-1:m0");
        assertThat(compared.err()).contains("withdrawn=0");
    }

    @Test
    void a_withdrawal_that_stopped_half_way_does_not_count_as_one_until_it_is_whole() throws Exception {
        send("chat-1", 3);
        cxone.nextOther(Fault.none(), Fault.none(), Fault.status(500));

        Ended half = cxt("withdraw", "chat-1", "--yes");

        assertThat(half.exit()).isNotZero();
        assertThat(half.err())
                .contains(
                        "HTTP 500", "Wait until CXone is well again. Then run it again: what is removed stays removed");
        assertThat(events("WITHDRAWN")).contains("messages=3 removed=1 incomplete");
        assertThat(cxt("reconcile").err()).contains("withdrawn=0", "different=1");
        for (Map.Entry<Fault, String> each : Map.of(
                        Fault.status(403), "Give the user of the access key the right to read messages",
                        Fault.parse("bad-json"), "other than JSON: most likely a proxy or firewall wrote it")
                .entrySet()) {
            cxone.nextOther(each.getKey());
            Ended refused = cxt("withdraw", "chat-1", "--yes");
            assertThat(refused.exit()).as(refused.err()).isNotZero();
            assertThat(refused.err()).contains(each.getValue());
        }
        cxone.nextOther(Fault.none(), Fault.parse("reset-after-body"));
        assertThat(cxt("withdraw", "chat-1", "--yes").err()).contains("may be removed or not. Run it again");
        assertThat(cxt("withdraw", "chat-1", "--yes").exit()).isZero();
        assertThat(cxt("reconcile", "--again").err()).contains("withdrawn=1");
    }

    @Test
    void a_withdrawn_chat_that_is_dropped_again_is_a_duplicate() throws Exception {
        send("chat-1", 3);
        cxt("withdraw", "chat-1", "--yes");
        long posts = cxone.counts().posts();

        send("chat-1", 3);

        assertThat(cxone.counts().posts()).isEqualTo(posts);
        assertThat(events("SKIPPED_DUPLICATE")).contains("chat-1");
        assertThat(cxone.messages("chat-1")).hasSize(3).allMatch(message -> message.hasNonNull("contentRemoved"));
    }

    @Test
    void a_dead_letter_of_a_withdrawn_chat_is_not_replayed() throws Exception {
        cxone.next(Fault.none(), Fault.status(400));
        send("chat-1", 3);
        cxt("withdraw", "chat-1", "--yes");

        Ended named = cxt("dead-letters", "replay", "CXONE-400/chat-1");
        Ended all = cxt("dead-letters", "replay", "--all");

        assertThat(List.of(named, all)).allSatisfy(replay -> {
            assertThat(replay.exit()).isEqualTo(Exit.PARTLY);
            assertThat(replay.out()).contains("0 put into the inbox");
            assertThat(replay.err()).contains("chat-1 was withdrawn from CXone at 20", "Delete the dead letter");
        });
        assertThat(cxt("dead-letters", "list").out()).contains("CXONE-400/chat-1");
        assertThat(events("REPLAYED")).doesNotContain("chat-1");
    }

    @Test
    void a_chat_that_was_corrected_in_the_middle_is_compared_too() throws Exception {
        cxone.next(Fault.none(), Fault.status(400));
        send("chat-1", 3);
        send("chat-1", 2);

        assertThat(cxt("reconcile").err()).contains("1 chats");
    }

    @Test
    void the_calls_of_each_message_are_told_as_what_they_were() throws Exception {
        cxone.next(Fault.none(), Fault.parse("reset-after-body"), Fault.none());
        send("chat-1", 3);

        assertThat(cxt("find", "chat-1").out())
                .contains("CXone was asked whether it has it, and has it.")
                .containsPattern("CXone answered HTTP 201 after \\d+ ms\\. CXone's trace id: [0-9a-f-]{36}\\.")
                .doesNotContain("other content", "not what CXone answers")
                .doesNotContain("may be there more than once", "Twice");
    }

    /** Each look-up fails, and the message was posted once: nothing on record may read as if it had been sent again. */
    @ParameterizedTest
    @CsvSource({
        "400, HTTP 400 after, CXONE-400",
        "page=200, HTTP 200 after, CXONE-PAGE",
        "500, HTTP 500 after, CXONE-500",
        "reset-after-body, no answer (NET-RESET), NET-RESET"
    })
    @Tag("fault-137")
    void a_look_up_that_fails_is_told_as_one_and_not_as_a_repeat(String fault, String words, String reason)
            throws Exception {
        environment.put("CXONE_RETRY_MAX_RETRIES", "2");
        cxone.next(Fault.parse("reset-after-body"));
        Fault refused = Fault.parse(fault);
        cxone.nextOther(refused, refused);
        List<String> warned;
        try (LogRecorder log = LogRecorder.install()) {
            send("chat-1", 1);
            warned = log.lines().stream()
                    .filter(line -> line.startsWith("in-doubt "))
                    .toList();
        }

        String told = cxt("find", "chat-1").out();
        assertThat(told)
                .contains("CXone was asked whether it has it, ", words, "did not say (" + reason)
                .contains("may search messages", "cxone.in-doubt = park")
                .doesNotContain("marked may-repeat", "CXone answered HTTP", "not what CXone answers");
        assertThat(warned).singleElement().asString().contains("NET-RESET", "(" + reason + ")", "search messages");
        assertThat(cxone.counts().posts()).isEqualTo(1);
        assertThat(events("ATTEMPT")).doesNotContain("chat-1");
        assertThat(events("LOOKED_UP").lines().filter(line -> line.contains(reason)))
                .hasSize(2);
        assertThat(events("CLAIMED").lines().filter(line -> line.contains("look-up")))
                .hasSize(2);
        assertThat(events("CLAIMED")).doesNotContain("may-repeat");
        assertThat(cxt("audit", "verify").exit()).isZero();
    }

    @Test
    void contacts_that_stay_open_are_a_warning_once_and_find_says_what_to_do() throws Exception {
        cxone.nextOther(Fault.status(403), Fault.status(403));
        List<String> warned;
        List<String> sent;
        try (LogRecorder log = LogRecorder.install();
                RunningCxt running = running()) {
            running.drops("chats.ndjson", Chats.numbered("chat-1", 1) + "\n" + Chats.numbered("chat-2", 1));
            warned = log.lines().stream()
                    .filter(line -> line.startsWith("contact not closed "))
                    .toList();
            sent = log.lines().stream()
                    .filter(line -> line.startsWith("sent ") && line.contains("reason=DIGITAL-NOT-CLOSED"))
                    .toList();
        }

        assertThat(warned).singleElement().asString().contains("status=403", "rights of the access key");
        assertThat(sent).hasSize(2);
        assertThat(cxt("find", "chat-2").out()).contains("look at the rights of the access key");
    }

    @Test
    void a_close_without_an_answer_takes_no_message_away() throws Exception {
        environment.put("CXONE_RETRY_MAX_RETRIES", "1");
        cxone.nextOther(Fault.parse("reset-after-body"), Fault.parse("reset-after-body"));
        List<String> warned;
        try (LogRecorder log = LogRecorder.install()) {
            send("chat-1", 2);
            warned = log.lines().stream()
                    .filter(line -> line.startsWith("in-doubt "))
                    .toList();
        }

        assertThat(warned).singleElement().asString().contains("CXone has all messages of the chat");
        assertThat(cxt("find", "chat-1").out())
                .contains("CXone has all messages of the chat")
                .doesNotContain("does not have all of it");
    }

    @Test
    void a_server_that_is_away_is_said_in_words() throws Exception {
        send("chat-1", 2);
        cxone.close();

        assertThat(cxt("withdraw", "chat-1", "--yes").err())
                .contains("Cannot reach CXone")
                .doesNotContain("Unforeseen");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            success=200     duplicate=NEW           | HTTP 200 | there are two now | cxone.in-doubt = lookup
            success=201     duplicate=CONFLICT      | HTTP 201 | HTTP 409          | cxone.digital.duplicate = look-up
            oldDates=NOW    duplicate=SAME          | HTTP 201 | replaced by       | cxone.digital.field.start
            searchLagMillis=2500 oldDates=REFUSED   | HTTP 201 | HTTP 400          | cxone.digital.search-lag-ms
            """)
    void a_probe_finds_out_how_a_tenant_is(String switches, String first, String words, String property) {
        for (String each : switches.trim().split("\\s+")) {
            String[] pair = each.split("=");
            cxone.set(pair[0], pair[1].matches("\\d+") ? (Object) Integer.valueOf(pair[1]) : pair[1]);
        }
        assertThat(cxt("probe").exit()).isEqualTo(Exit.USAGE);
        assertThat(cxone.counts().posts()).isZero();

        Ended probe = cxt("probe", "--yes");

        assertThat(probe.out()).contains(first, words, property);
        assertThat(probe.err()).contains("Set what stands in the column SET", "cxt reconcile");
        assertThat(probe.exit()).isZero();
        assertThat(cxone.counts().calls().values().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .isBetween(8L, 25L);
        assertThat(cxone.counts().contacts()).isEqualTo(1);
        assertThat(probe.out()).containsPattern("Its status afterwards +closed");
        assertThat(events("CALLED")
                        .lines()
                        .filter(line -> line.contains("POST"))
                        .count())
                .isEqualTo(cxone.counts().posts());
    }

    @Test
    void a_probe_whose_first_message_is_refused_stops_there() {
        cxone.next(Fault.status(403));

        Ended probe = cxt("probe", "--yes", "-o", "json");

        assertThat(probe.out()).contains("HTTP 403", "not tried");
        assertThat(probe.err()).contains("Nothing is settled", "cxone.digital.channel-id", "cxt probe --yes");
        assertThat(probe.exit()).isEqualTo(Exit.UNREACHABLE);
        assertThat(cxone.counts().posts()).isEqualTo(1);
    }

    @Test
    void a_probe_that_cxone_answers_in_part_says_so() {
        cxone.next(Fault.none(), Fault.none(), Fault.status(503));

        Ended probe = cxt("probe", "--yes");

        assertThat(probe.out()).containsPattern("A time of eleven years ago +HTTP 503");
        assertThat(probe.err()).contains("CXone left 1 of the questions open", "run it again");
        assertThat(probe.exit()).isEqualTo(Exit.PARTLY);
    }

    @Test
    void the_other_target_has_nothing_to_read_back() {
        environment.putAll(Map.of("CXONE_TARGET", "conversations", "CXONE_CLIENT_ID", "a", "CXONE_CLIENT_SECRET", "b"));
        environment.remove("CXONE_SIGN_IN_URL");

        assertThat(cxt("reconcile").err()).contains("cxone.target = conversations has no call to read back");
    }

    @Test
    void a_start_with_another_target_than_what_was_sent_to_says_so_and_goes_on() throws Exception {
        try (LogRecorder log = LogRecorder.install()) {
            send("chat-1", 1);
            running().close();
            assertThat(log.lines()).noneMatch(line -> line.startsWith("other target"));

            environment.putAll(
                    Map.of("CXONE_TARGET", "conversations", "CXONE_CLIENT_ID", "a", "CXONE_CLIENT_SECRET", "b"));
            environment.remove("CXONE_SIGN_IN_URL");
            running().close();
            assertThat(log.lines())
                    .anyMatch(line -> line.startsWith("other target target=conversations before=cxone-digital next="));
        }
        assertThat(cxt("check", "--connect").out())
                .contains("note cxone.target is conversations, and chats of this ledger were sent to cxone-digital");
    }

    @Test
    void the_demo_ends_with_what_leads_to_a_tenant_of_this_target() {
        Ended demo = cxt(
                "demo",
                "--target",
                "cxone-digital",
                "--folder",
                data.resolve("demo").toString());

        assertThat(demo.exit()).isZero();
        String last = demo.out().lines().reduce("", (before, line) -> line);
        assertThat(last)
                .contains("CXONE_TARGET=cxone-digital", "CXONE_DIGITAL_CHANNEL_ID", "CXONE_ACCESS_KEY_ID", "cxt probe")
                .doesNotContain("CXONE_CLIENT_ID");
    }

    @Test
    void the_calls_of_a_comparison_are_announced_and_recorded_in_common_commits() throws Exception {
        try (RunningCxt running = running()) {
            running.drops(
                    "chats.ndjson",
                    IntStream.range(0, 60)
                            .mapToObj(i -> Chats.numbered("chat-" + i, 1))
                            .collect(Collectors.joining("\n")));
        }

        Ended compared = cxt("reconcile");

        assertThat(compared.err()).contains("same=60");
        assertThat(events("RECONCILED").lines().filter(line -> line.contains("chat-")))
                .hasSize(60);
        assertThat(events("CALLED").lines().filter(line -> line.contains("GET /dfo")))
                .hasSize(120);
        assertThat(events("CALLING").lines().filter(line -> line.contains("GET of what was sent of up to 50 chats")))
                .hasSize(2);
        assertThat(Files.readAllLines(data.resolve("checkpoints/operator.checkpoints")))
                .hasSizeLessThan(60);
        assertThat(cxt("audit", "verify").exit()).isZero();
    }

    private String events(String event) {
        return cxt("audit", "query", "--event", event).out();
    }

    private void reopen(String chat) throws Exception {
        String contact = cxone.contacts(chat).get(0).path("id").asText();
        String token = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(cxone.baseUri() + "/authentication/v1/token/access-key"))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(
                                        "{\"accessKeyId\":\"a\",\"accessKeySecret\":\"b\"}"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body()
                .replaceAll("(?s).*\"access_token\" *: *\"([^\"]+)\".*", "$1");
        HttpRequest put = HttpRequest.newBuilder(
                        URI.create(cxone.baseUri() + "/dfo/3.0/contacts/" + contact + "/status"))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString("{\"status\":\"open\"}"))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(put, HttpResponse.BodyHandlers.discarding())
                        .statusCode())
                .isEqualTo(204);
    }
}
