package io.cxt.cli;

import static io.cxt.fixture.Chats.chat;
import static io.cxt.fixture.Chats.lines;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.fixture.Await;
import io.cxt.fixture.Command;
import io.cxt.fixture.Command.Ended;
import io.cxt.fixture.ConnectProxy;
import io.cxt.fixture.RunningCxt;
import io.cxt.fixture.SftpSite;
import io.cxt.fixture.Verb;
import io.cxt.simulator.Broker;
import io.cxt.simulator.Fault;
import io.cxt.simulator.ReceivedPart;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import io.cxt.simulator.Withheld;
import io.cxt.transcript.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every verb with its exit codes; as a process of its own where the process is what matters. */
@Tag("slow")
class CommandIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path scratch;

    private final Map<String, String> environment = new HashMap<>();
    private StandIn cxone;

    @BeforeEach
    void startCxone() throws IOException {
        cxone = StandIn.start(StandInSettings.defaults().withClient("client-1", "secret-1"));
        Files.createDirectories(scratch.resolve("d/inbox"));
        environment.put("DATA_DIR", scratch.resolve("d").toString());
        environment.put("CXONE_BASE_URL", cxone.baseUri().toString());
        environment.put("CXONE_CLIENT_ID", "client-1");
        environment.put("CXONE_CLIENT_SECRET", "secret-1");
        environment.put("CXONE_RETRY_FIRST_DELAY_MS", "10");
        environment.put("PICKUP_FILE_SETTLE_MS", "0");
    }

    @AfterEach
    void stopCxone() {
        cxone.close();
    }

    private Ended cxt(String... arguments) throws Exception {
        return Verb.of(environment, arguments);
    }

    private Ended process(String... arguments) throws Exception {
        return Command.run(scratch, environment, arguments);
    }

    private void drop(String name, String content) throws IOException {
        Path beside = Files.writeString(scratch.resolve("d/inbox/beside.tmp"), content);
        Files.move(beside, scratch.resolve("d/inbox").resolve(name));
    }

    @Test
    void run_once_drains_the_inbox_and_ends_with_a_summary() throws Exception {
        drop("chats.ndjson", lines("chat", 5));

        Ended run = process("run", "--once");

        assertThat(run.exit()).isZero();
        assertThat(run.out()).startsWith("5 read, 5 sent, 0 duplicate");
        assertThat(run.err()).contains("INFO  sent interaction=chat-3");
        assertThat(cxone.counts().acceptedDistinct()).isEqualTo(5);
        JsonNode status = JSON.readTree(cxt("status", "-o", "json").out());
        assertThat(status.at("/deliveries/SENT").asInt()).isEqualTo(5);
        assertThat(status.at("/totalInjections").asInt()).isEqualTo(5);
        assertThat(status.at("/sent").asInt()).isEqualTo(5);
        assertThat(status.at("/sentPercent").asDouble()).isEqualTo(100.0);
        assertThat(status.at("/successRatePercent").asDouble()).isEqualTo(100.0);
        assertThat(cxt("audit", "verify").exit()).isZero();
    }

    @Test
    @Tag("fault-125")
    void refusals_make_exit_code_1_and_are_found_listed_shown_and_replayed() throws Exception {
        cxone.next(Fault.status(400), Fault.status(400));
        drop("one.json", chat("one"));
        assertThat(cxt("run", "--once").exit()).isEqualTo(1);

        assertThat(cxt("status").out()).containsPattern("notSent +1\\b").doesNotContain("failureCount");
        assertThat(cxt("dead-letters", "list").out()).contains("CXONE-400/one", "rejected", "one.json#1");
        assertThat(cxt("dead-letters", "show", "CXONE-400/one").out()).contains("\"httpStatus\" : 400");
        assertThat(cxt("find", "one").out()).contains("was rejected: CXONE-400", "CLAIMED", "REJECTED");
        assertThat(cxt("dead-letters", "replay", "CXONE-400/other").exit()).isEqualTo(2);
        assertThat(cxt("dead-letters", "replay", "CXONE-400/one").exit()).isZero();
        assertThat(cxt("run", "--once").exit()).isEqualTo(1); // the second 400
        assertThat(cxt("dead-letters", "replay", "--all").exit()).isZero();
        assertThat(cxt("run", "--once").exit()).isZero();

        assertThat(cxt("audit", "query", "--event", "REPLAYED").out()).contains(System.getProperty("user.name"));
        assertThat(cxt("audit", "verify").out()).contains("2 chains");
    }

    @Test
    @Tag("fault-112")
    void a_replayed_letter_keeps_the_prefix_of_its_door_and_nobody_gets_it_by_the_name_alone() throws Exception {
        environment.put("PICKUP_FILE_ID_PREFIX", "site-");
        cxone.next(Fault.status(400));
        drop("one.json", chat("one"));
        assertThat(cxt("run", "--once").exit()).isEqualTo(1);
        assertThat(cxt("dead-letters", "show", "CXONE-400/site-one").out())
                .contains("\"idPrefix\" : \"site-\"", "each id gets site- before it there");

        environment.put("PICKUP_FILE_ID_PREFIX", "inbox-");
        assertThat(cxt("dead-letters", "replay", "CXONE-400/site-one").exit()).isZero();
        drop("replay-two.json", chat("two"));
        assertThat(cxt("run", "--once").exit()).isZero();

        assertThat(cxone.deliveries())
                .extracting(delivery -> delivery.interactionId())
                .containsExactlyInAnyOrder("site-one", "inbox-two");
        assertThat(cxt("find", "two").out()).contains("is in CXone as", "with pickup.*.id-prefix, as inbox-two");
        assertThat(cxt("find", "site-one").out()).contains("is in CXone as").doesNotContain("with pickup.");
    }

    @Test
    void what_was_sent_is_found_in_the_archive_and_restored_as_it_was() throws Exception {
        drop("chats.ndjson", lines("chat", 3));
        assertThat(cxt("run", "--once").exit()).isZero();
        Path to = scratch.resolve("restored");

        Ended restored = cxt("archive", "restore", "chat-1", "--to", to.toString());
        Ended none = cxt("archive", "restore", "nobody", "--to", to.toString());
        assertThat(cxt("archive", "restore", "chat-1", "--to", "/proc/nope").exit())
                .isEqualTo(4);

        assertThat(cxt("find", "chat-1").out())
                .contains("archived in 20", ".ndjson.gz@")
                .doesNotContain("not there");
        assertThat(restored.exit()).as(restored.err()).isZero();
        assertThat(restored.out()).contains("chat-1 part 1 of 1: " + to.resolve("chat-1.json"), " bytes as sent");
        byte[] written = Files.readAllBytes(to.resolve("chat-1.json"));
        assertThat(Part.of("", "chat-1", 1, 1, 1, written, List.of(), null).hash())
                .isEqualTo(cxone.calls().stream()
                        .filter(call -> "chat-1".equals(call.interactionId()))
                        .findFirst()
                        .orElseThrow()
                        .sha256());
        assertThat(none.exit()).isEqualTo(2);
        assertThat(none.err()).contains("knows nothing in the archive of nobody");

        drop("unfit.json", chat("chat-1").replace("\"agentId\":\"agt-1\",", ""));
        assertThat(cxt("run", "--once").exit()).isEqualTo(1);
        assertThat(cxt("find", "chat-1").out())
                .contains(
                        "The transcript was rejected",
                        "nothing, unless this one says something else",
                        "is in CXone as");
    }

    @Test
    void an_archive_that_was_changed_or_moved_is_said_so_and_nothing_is_restored() throws Exception {
        environment.put("ARCHIVE_LAYOUT", "files");
        drop("chats.ndjson", lines("chat", 2));
        assertThat(cxt("run", "--once").exit()).isZero();
        Path to = scratch.resolve("restored");
        Files.writeString(scratch.resolve("d/archive/chat-0.json"), "{}");
        Files.delete(scratch.resolve("d/archive/chat-1.json"));

        Ended restored = cxt("archive", "restore", "chat-0", "chat-1", "--to", to.toString());

        assertThat(restored.exit()).isEqualTo(6);
        assertThat(restored.err())
                .contains("chat-0.json does not hold what the ledger says was sent", "chat-1.json is not there");
        assertThat(to).isEmptyDirectory();
    }

    /** Three parts: the archive gets one, loses one, and CXone refuses the third; the feed of another is down. */
    @Test
    @Tag("fault-80")
    void a_part_that_is_missing_in_the_archive_is_named_with_the_reason() throws Exception {
        environment.put("TRANSCRIPT_MAX_MESSAGES", "2");
        environment.put("CXONE_MAX_IN_FLIGHT", "1");
        cxone.next(Fault.none(), Fault.none(), Fault.status(422));
        drop("long.json", chat("long", 6, "Hello"));
        assertThat(cxt("run", "--once").exit()).isEqualTo(1);
        drop("bad.json", chat("bad").replace("\"agentId\":\"agt-1\",", ""));
        drop("good.json", chat("good"));
        assertThat(cxt("run", "--once").exit()).isEqualTo(1);
        environment.put("ARCHIVE_ENABLED", "false");
        drop("kept-out.json", chat("kept-out"));
        assertThat(cxt("run", "--once").exit()).isZero();
        Path to = scratch.resolve("restored");

        Ended one = cxt("archive", "restore", "long", "good", "--to", to.toString());
        Ended others = cxt("archive", "restore", "bad", "kept-out", "nobody", "--to", to.toString());
        sql("UPDATE delivery SET parts = 3 WHERE interaction_id = 'good'");
        Ended cut = cxt("archive", "restore", "good", "nobody", "--to", to.toString());

        assertThat(one.exit()).isEqualTo(6);
        assertThat(one.out())
                .contains("long part 1 of 3: ", "long part 2 of 3: ", "good part 1 of 1: ")
                .doesNotContain("part 3");
        assertThat(one.err())
                .contains(
                        "long part 3 of 3: is not in the archive: it was not sent, or not for certain: it is REJECTED, CXONE-422")
                .contains("See: cxt find 'long'", "long: 2 of 3 parts restored");
        assertThat(others.exit()).isEqualTo(6);
        assertThat(others.err())
                .contains(
                        "bad part 1 of 1: nothing of it was sent, as far as the ledger says (the transcript is REJECTED, ID-AGENT)")
                .contains("kept-out part 1 of 1: is not in the archive: CXone has it, and its copy was not made")
                .contains("knows nothing in the archive of nobody");
        assertThat(cut.exit()).isEqualTo(6);
        assertThat(cut.err())
                .contains(
                        "good part 2 of 3: nothing of it was sent",
                        "good part 3 of 3: ",
                        "good: 1 of 3 parts restored");
    }

    /** Neither pruning nor erasure took them, and copies were made. */
    @Test
    void verify_names_copies_that_are_missing_and_not_those_that_were_never_made() throws Exception {
        drop("first.json", chat("first"));
        drop("second.json", chat("second"));
        assertThat(cxt("run", "--once").exit()).isZero();
        environment.put("ARCHIVE_ENABLED", "false");
        drop("kept-out.json", chat("kept-out"));
        assertThat(cxt("run", "--once").exit()).isZero();
        environment.remove("ARCHIVE_ENABLED");
        assertThat(cxt("audit", "verify").exit()).isZero();

        sql("UPDATE delivery SET archived_in = NULL, archived_at = NULL WHERE interaction_id = 'second'");
        Ended unrecorded = cxt("audit", "verify");
        Files.move(scratch.resolve("d/archive"), scratch.resolve("elsewhere"));
        Ended gone = cxt("audit", "verify");
        Ended json = cxt("audit", "verify", "-o", "json");

        assertThat(unrecorded.exit()).isEqualTo(6);
        assertThat(unrecorded.out())
                .contains("intact", "MISSING archive, interaction second part 1: the ledger has no copy on record")
                .doesNotContain("kept-out", "interaction first");
        assertThat(gone.exit()).isEqualTo(6);
        assertThat(gone.out())
                .contains("MISSING archive, interaction first part 1: 20", "neither pruning nor erasure took it");
        assertThat(json.exit()).isEqualTo(6);
        assertThat(json.out()).contains("missingCopies", "interaction first");
        assertThat(cxt("audit", "verify", "--no-archive").exit()).isZero();
    }

    private void sql(String statement) throws Exception {
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:sqlite:" + scratch.resolve("d").resolve("ledger.db"));
                Statement change = connection.createStatement()) {
            change.execute(statement);
        }
    }

    @Test
    void validate_finds_by_the_same_rules_and_sends_nothing() throws Exception {
        Path file = Files.writeString(
                scratch.resolve("chats.ndjson"),
                chat("good") + "\n" + chat("swapped").replace("00:00:00Z", "09:00:00Z") + "\n{oops\n");
        environment.keySet().removeIf(name -> name.startsWith("CXONE_"));

        Ended found = cxt("validate", file.toString());
        Ended json = cxt("validate", "-o", "json", file.toString());

        assertThat(found.exit()).isEqualTo(1);
        assertThat(found.out()).contains("chats.ndjson:2 TS-ORDER /messages/1/timestamp", "chats.ndjson:3 JSON-SYNTAX");
        assertThat(JSON.readTree(json.out())).hasSize(2);
        assertThat(JSON.readTree(json.out()).at("/0/rule").asText()).isEqualTo("TS-ORDER");
        assertThat(cxt("validate", scratch.resolve("none.json").toString()).exit())
                .isEqualTo(2);
        assertThat(cxone.counts().posts()).isZero();
    }

    @Test
    @Tag("fault-71")
    void what_is_passed_over_is_counted_by_run_status_and_validate_and_changes_no_exit_code() throws Exception {
        drop("chats.ndjson", lines("chat", 2));
        drop("chats.xlsx", "PK");
        drop("notes", "some");
        drop("half.json.part", "{");
        Files.createDirectory(scratch.resolve("d/inbox/more"));
        Files.createSymbolicLink(scratch.resolve("d/inbox/link.json"), scratch.resolve("d/inbox/chats.ndjson"));

        Ended validate = cxt("validate", scratch.resolve("d/inbox").toString());
        Ended run = cxt("run", "--once");
        Ended status = cxt("status", "-o", "json");

        assertThat(validate.exit()).isZero();
        assertThat(validate.err())
                .contains("chats.xlsx would be passed over", "save it as CSV", "notes would be", "more would be")
                .contains("link.json would be", "2 transcripts in 1 files", "4 things in folders would be passed over")
                .doesNotContain("half.json");
        assertThat(run.exit()).isZero();
        assertThat(run.out()).contains("2 read, 2 sent", "4 passed over: not transcript files");
        assertThat(run.err())
                .containsPattern("passed over name=chats.xlsx pickup=file")
                .contains("name=more");
        assertThat(JSON.readTree(status.out()).at("/passedOver").asInt()).isEqualTo(4);
    }

    @Test
    void a_bad_configuration_names_everything_at_once_and_ends_with_3() throws Exception {
        environment.remove("CXONE_CLIENT_SECRET");
        environment.put("CXONE_MAX_IN_FLIGHT", "100000");

        Ended run = cxt("run", "--once");

        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.err()).contains("CXONE_CLIENT_SECRET", "cxone.max-in-flight is 100000; allowed: whole numbers");
        assertThat(cxt("check").exit()).isEqualTo(3);
    }

    @Test
    void a_refused_sign_in_ends_with_4_and_the_file_stays() throws Exception {
        environment.put("CXONE_CLIENT_SECRET", "wrong-secret-1");
        drop("chats.ndjson", lines("chat", 5));

        Ended run = cxt("run", "--once");

        assertThat(run.exit()).isEqualTo(4);
        assertThat(run.out()).contains("Stopped: Cannot sign in to CXone: HTTP 401");
        assertThat(run.out() + run.err()).doesNotContain("wrong-secret-1");
        assertThat(scratch.resolve("d/inbox/chats.ndjson")).exists();
        cxone.nextSignIn(Fault.parse("400;body=<html><style>x</style><h1>Sign\u202ein</h1> wrong-secret-1"));
        Ended page = cxt("check", "--connect");
        assertThat(page.exit()).isEqualTo(4);
        assertThat(page.out()).contains("its answer begins: Sign\\u202ein ***").doesNotContain("wrong-secret-1");
        environment.put("CXONE_CLIENT_SECRET", "secret-1");
        Ended check = cxt("check", "--connect");
        assertThat(check.exit()).isZero();
        assertThat(check.out()).contains("ok  sign-in", "UNSAFE cxone.base-url is http");
        assertThat(cxt("run", "--once").exit()).isZero();
    }

    @Test
    @Tag("fault-117")
    void a_token_that_is_good_a_moment_later_gets_three_probes_before_run_once_ends_with_4() throws Exception {
        Fault no = Fault.status(401);
        cxone.next(no, no, no, no);
        drop("chat.json", chat("one"));

        Ended run = cxt("run", "--once");

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.err()).contains("lane stopped reason=\"CXone refuses a new token");
        cxone.next(no, no, no, no, no, no);
        drop("other.json", chat("other"));
        Ended given = cxt("run", "--once");
        assertThat(given.exit()).as(given.err()).isEqualTo(4);
        assertThat(given.out()).contains("Stopped: CXone refuses a new token: HTTP 401");
        assertThat(cxone.counts().posts()).isEqualTo(5 + 5);
        assertThat(scratch.resolve("d/inbox/other.json")).exists();
    }

    @Test
    @Tag("fault-117")
    void a_413_names_the_property_with_its_value_and_what_to_set() throws Exception {
        cxone.next(Fault.status(413), Fault.status(413));
        drop("chat.json", chat("one", 50, "as long as a chat is"));
        drop("short.json", chat("short"));

        assertThat(cxt("run", "--once").exit()).isEqualTo(1);

        String words = "Set transcript.max-bytes (now 1048576) below that, for example to ";
        assertThat(cxt("dead-letters", "show", "CXONE-413/one").out()).contains(words, "cxt dead-letters replay");
        assertThat(cxt("find", "one").out()).contains(words, "cxt dead-letters replay 'CXONE-413/one'");
        assertThat(cxt("find", "short").out()).contains("bytes are few").doesNotContain(words);
    }

    /** A page of the proxy's own, which gives back what it was sent; and what Java and the environment say of a proxy. */
    @Test
    @Tag("fault-114")
    void check_goes_through_the_proxy_and_shows_what_it_says_without_the_password() throws Exception {
        try (ConnectProxy proxy = ConnectProxy.start()) {
            Path password = Files.writeString(scratch.resolve("password"), "s3cret-of-the-proxy");
            Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
            environment.put("https_proxy", "http://me:hush@127.0.0.1:1");
            assertThat(process("check").out())
                    .contains("note https_proxy: set, and not used for CXone", "set cxone.proxy")
                    .doesNotContain("hush");
            environment.put("CXONE_PROXY", proxy.address());
            environment.put("CXONE_PROXY_USERNAME", "me");
            environment.put("CXONE_PROXY_PASSWORD_FILE", password.toString());
            proxy.wants("me", "s3cret-of-the-proxy");

            Ended good = process("check", "--connect");
            assertThat(good.exit()).as(good.out() + good.err()).isZero();
            assertThat(good.out())
                    .contains("ok  sign-in at " + cxone.baseUri() + " through the proxy " + proxy.address())
                    .doesNotContain("note ");
            environment.put("CXONE_BASE_URL", "https://cxone.invalid");
            proxy.answers(
                    "HTTP/1.1 407 Proxy Authentication Required",
                    "<p>Sign in: bWU6czNjcmV0LW9mLXRoZS1wcm94eQ== s3cret-of-the-proxy</p>");
            environment.remove("https_proxy");
            Ended bad = cxt("check", "--connect");
            assertThat(bad.exit()).isEqualTo(4);
            assertThat(bad.out())
                    .contains(
                            "BAD Cannot reach CXone to sign in: The proxy %s answers HTTP 407 to CONNECT cxone.invalid"
                                    .formatted(proxy.address()),
                            "its answer begins: Sign in: *** ***")
                    .doesNotContain("s3cret");
        }
    }

    @Test
    void an_audit_whose_tail_was_cut_ends_with_5() throws Exception {
        drop("chats.ndjson", lines("chat", 2));
        cxt("run", "--once");
        assertThat(cxt("audit", "verify").out()).contains("signed up to event");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + scratch.resolve("d/ledger.db"));
                Statement statement = connection.createStatement()) {
            statement.execute("DELETE FROM audit_event WHERE event = 'STOPPED'");
        }

        Ended verify = cxt("audit", "verify");

        assertThat(verify.exit()).isEqualTo(5);
        assertThat(verify.out()).startsWith("BROKEN chain").contains("tail was cut");
    }

    @Test
    @Tag("fault-92")
    void a_ledger_that_is_gone_and_has_left_something_behind_ends_with_5_and_one_that_never_was_with_4()
            throws Exception {
        Ended never = cxt("audit", "verify");
        drop("one.json", chat("one"));
        cxt("run", "--once");
        Path ledger = scratch.resolve("d/ledger.db");
        Files.delete(ledger);

        Ended gone = cxt("audit", "verify");
        Ended find = cxt("find", "one");
        Files.createFile(ledger);
        Ended empty = cxt("audit", "verify");
        Ended run = cxt("run", "--once");

        assertThat(never.exit()).isEqualTo(4);
        assertThat(never.err()).contains("There is no ledger at");
        for (Ended verify : List.of(gone, empty)) {
            assertThat(verify.exit()).isEqualTo(5);
            assertThat(verify.out())
                    .startsWith("BROKEN the ledger is missing: jdbc:sqlite:")
                    .contains("instance-id", "checkpoint.key", ".checkpoints", "Put the ledger back from a copy");
        }
        assertThat(find.exit()).isEqualTo(4);
        assertThat(find.err()).contains("has been in use, but its ledger is not at");
        assertThat(run.exit()).isEqualTo(4);
        assertThat(run.err()).contains("has been in use, but its ledger is not at");
        assertThat(ledger).isEmptyFile();
    }

    @Test
    @Tag("fault-111")
    void a_changed_audit_ends_with_5() throws Exception {
        drop("one.json", chat("one"));
        cxt("run", "--once");
        try (Connection ledger = DriverManager.getConnection("jdbc:sqlite:" + scratch.resolve("d/ledger.db"));
                Statement statement = ledger.createStatement()) {
            statement.execute("UPDATE audit_event SET http_status = 200 WHERE event = 'SENT'");
        }

        Ended verify = cxt("audit", "verify");
        Ended query = cxt("audit", "query", "--event", "SENT");
        Ended untouched = cxt("audit", "query", "--event", "CLAIMED");

        assertThat(verify.exit()).isEqualTo(5);
        assertThat(verify.out()).startsWith("BROKEN");
        assertThat(query.exit()).isEqualTo(5);
        assertThat(query.out()).contains("SENT");
        assertThat(query.err()).contains("Changed since they were written", "event ", "cxt audit verify");
        assertThat(untouched.exit()).isZero();
    }

    @Test
    @Tag("fault-111")
    void content_that_the_audit_does_not_know_is_not_restored_whatever_archive_and_ledger_say() throws Exception {
        environment.put("ARCHIVE_LAYOUT", "files");
        drop("one.json", chat("one"));
        assertThat(cxt("run", "--once").exit()).isZero();
        Files.writeString(scratch.resolve("d/archive/one.json"), "{}");
        try (Connection ledger = DriverManager.getConnection("jdbc:sqlite:" + scratch.resolve("d/ledger.db"));
                Statement statement = ledger.createStatement()) {
            statement.execute("UPDATE delivery SET content_hash = '" + Part.hashOf("{}".getBytes(UTF_8)) + "'");
        }

        Ended restored =
                cxt("archive", "restore", "one", "--to", scratch.resolve("to").toString());
        Ended verify = cxt("audit", "verify");

        assertThat(restored.exit()).isEqualTo(6);
        assertThat(restored.err()).contains("the audit has no such content as sent", "cxt audit verify");
        assertThat(verify.exit()).isEqualTo(5);
        assertThat(verify.out()).contains("BROKEN interaction one part 1: content_hash is ", "...");
    }

    @Test
    @Tag("fault-111")
    void feed_and_archive_are_held_against_the_ledger_both_ways() throws Exception {
        drop("chats.ndjson", lines("chat", 130)); // more than a portion, and lines of one, two and three digits
        assertThat(cxt("run", "--once").exit()).isZero();
        Ended whole = cxt("audit", "verify");

        sql("UPDATE audit_record SET conversation_id = 'conv-x' WHERE interaction_id = 'chat-7'");
        sql("DELETE FROM audit_record WHERE interaction_id = 'chat-8'");
        sql("INSERT INTO audit_record VALUES ('x/1/1', 'injected', 'conv-y', 'nobody', 1, 1, 1, NULL, '2026')");
        sql("UPDATE delivery SET archived_in = (SELECT archived_in FROM delivery WHERE interaction_id = 'chat-3')"
                + " WHERE interaction_id = 'chat-4'");
        sql("UPDATE delivery SET archived_in = '/dev/zero' WHERE interaction_id = 'chat-5'");
        sql("UPDATE delivery SET archived_in = 'gone.ndjson.gz@0:1' WHERE interaction_id = 'chat-6'");
        Ended changed = cxt("audit", "verify");
        Ended left = cxt("audit", "verify", "--no-feed", "--no-archive");
        sql("ALTER TABLE audit_record DROP COLUMN conversation_id");
        Ended reshaped = cxt("audit", "verify", "--no-archive");

        assertThat(whole.exit()).as(whole.out()).isZero();
        assertThat(whole.out()).doesNotContain("not compared", "not there");
        assertThat(changed.exit()).isEqualTo(5);
        assertThat(changed.out().lines().filter(line -> line.startsWith("BROKEN ")))
                .hasSize(6)
                .anyMatch(line -> line.contains("feed, interaction chat-7 part 1: conversation_id is conv-x, and the"))
                .anyMatch(line -> line.contains("feed, interaction chat-7 part 1: conversation_id is conv-x, which no"))
                .anyMatch(line -> line.contains("feed, interaction chat-8 part 1: it is SENT and marked as fed"))
                .anyMatch(line -> line.contains("feed, interaction nobody part 1: conversation_id is conv-y, which no"))
                .anyMatch(line -> line.contains("archive, interaction chat-4 part 1: "))
                .anyMatch(line -> line.contains("archive, interaction chat-5 part 1: /dev/zero cannot be read"));
        assertThat(left.exit()).isZero();
        assertThat(reshaped.exit()).isZero();
        assertThat(reshaped.out()).contains("audit feed: not compared: audit_record has no conversation_id");
    }

    @Test
    void wrong_usage_ends_with_2_and_help_has_examples() throws Exception {
        assertThat(cxt("run", "--twice").exit()).isEqualTo(2);
        assertThat(cxt("find", "nobody").exit()).isEqualTo(4); // nothing has run here yet
        Ended help = cxt("--help");
        assertThat(help.exit()).isZero();
        assertThat(help.out()).contains("Examples:", "run", "demo", "validate", "audit", "Exit codes");
        assertThat(cxt("dead-letters", "--help").out()).contains("Examples:");
    }

    @Test
    void a_second_cxt_on_the_same_folder_is_refused_and_questions_are_answered_meanwhile() throws Exception {
        environment.put("OPS_ENABLED", "false");
        try (Command first = Command.start(scratch, environment, "run")) {
            Await.until(() -> first.err().contains("running routes="), Duration.ofSeconds(60));
            drop("one.json", chat("one"));
            Await.until(() -> Files.exists(scratch.resolve("d/inbox/.done/one.json")), Duration.ofSeconds(60));

            Path beingWritten = Files.createDirectories(scratch.resolve("d/dead-letters/.tmp"))
                    .resolve("letter");
            Files.writeString(beingWritten, "{}");

            Ended second = cxt("run", "--once");

            assertThat(second.exit()).isEqualTo(4);
            assertThat(second.err()).contains("Another cxt is at work");
            assertThat(beingWritten).exists();
            assertThat(cxt("find", "one", "-o", "json").out()).contains("\"state\" : \"SENT\"");
            first.process().destroy(); // SIGTERM
            assertThat(first.ended().exit()).isEqualTo(130);
            assertThat(first.err()).contains("stopped cleanly");
        }
    }

    @Test
    @Tag("fault-67")
    void what_was_in_hand_at_a_kill_and_whose_file_is_gone_or_another_is_told_and_in_doubt() throws Exception {
        cxone.change(traffic -> traffic.withLatency(60_000));
        drop("gone.json", chat("gone"));
        drop("replaced.json", chat("replaced"));
        try (Command run = Command.start(scratch, environment, "run", "--once")) {
            assertThat(cxone.await(counts -> counts.posts() == 2, Duration.ofSeconds(60)))
                    .isTrue();
            run.process().destroyForcibly();
            run.ended();
        }
        Files.delete(scratch.resolve("d/inbox/gone.json"));
        Files.delete(scratch.resolve("d/inbox/replaced.json"));
        drop("replaced.json", chat("new"));
        cxone.change(traffic -> traffic.withLatency(0));

        Ended once = cxt("run", "--once");

        assertThat(once.exit()).as(once.err()).isEqualTo(6);
        assertThat(once.out())
                .contains(
                        "gone.json: it was removed before all of it was sent; being sent then: gone",
                        "replaced.json: it held other content when it was read again; being sent then: replaced");
        assertThat(once.err()).contains("orphaned source=gone.json", "orphaned source=replaced.json");
        assertThat(cxt("find", "gone").out())
                .contains("may be in CXone or not", "SOURCE-CHANGED", "drop the transcript into the inbox again");
        assertThat(cxt("status", "-o", "json").out()).contains("\"IN_DOUBT\" : 2", "\"SENT\" : 1");
        assertThat(cxt("audit", "verify").exit()).isZero();
        drop("gone.json", chat("gone"));
        assertThat(cxt("run", "--once").exit()).isZero();
        assertThat(cxt("audit", "query", "--event", "CLAIMED", "--interaction", "gone")
                        .out())
                .contains("may-repeat");
    }

    @Test
    @Tag("fault-6")
    void killed_in_the_middle_nothing_is_lost_and_what_may_be_twice_is_marked() throws Exception {
        Withheld answers = new Withheld();
        cxone.next(answers.after(150, 16)); // as many as there may be in flight
        environment.put("CXONE_REQUESTS_PER_SECOND", "0");
        drop("chats.ndjson", lines("chat", 600));
        try (Command run = Command.start(scratch, environment, "run", "--once")) {
            assertThat(cxone.await(counts -> counts.accepted() >= 166, Duration.ofSeconds(60)))
                    .isTrue();
            run.process().destroyForcibly(); // SIGKILL
            run.ended();
            answers.release();
        }
        long before = cxone.counts().accepted();
        assertThat(before).isLessThan(600);

        Ended again = cxt("run", "--once", "-o", "json");

        assertThat(again.exit()).isZero();
        assertThat(JSON.readTree(again.out()).at("/sent").asInt()).isEqualTo(600);
        assertThat(cxone.counts().acceptedDistinct()).isEqualTo(600);
        assertThat(cxone.counts().repeats()).isLessThanOrEqualTo(16);
        JsonNode doubts = JSON.readTree(
                cxt("audit", "query", "--event", "IN_DOUBT", "-o", "json").out());
        for (ReceivedPart delivery : cxone.deliveries()) {
            if (delivery.count() > 1) {
                assertThat(doubts.findValuesAsText("interactionId")).contains(delivery.interactionId());
            }
        }
        assertThat(RunningCxt.archive(scratch.resolve("d"), scratch.resolve("d/archive")))
                .hasSize(600);
        assertThat(cxt("audit", "verify").exit()).isZero();
    }

    @Test
    void a_delivery_that_two_spellings_of_an_id_lead_to_is_shown_once() throws Exception {
        drop("nul.json", chat("nul\\\\u0000"));
        cxt("run", "--once");

        assertThat(cxt("find", "nul\\u0000").out()).containsOnlyOnce("from nul.json line 1");
    }

    @Test
    void the_demo_shows_the_whole_way() throws Exception {
        Ended demo = process("demo", "--folder", "demo");

        assertThat(demo.exit()).isZero();
        assertThat(demo.out())
                .contains("was answered 429", "was answered 500", "demo-good was sent", "demo-too-long part 3 was sent")
                .contains("demo-out-of-order was rejected: TS-ORDER", "demo-chat-1 is a duplicate", "Try next:");
    }

    @Test
    void the_demo_goes_over_a_queue_as_well() throws Exception {
        Ended demo =
                process("demo", "--jms", "--folder", scratch.resolve("demo").toString());

        assertThat(demo.exit()).isZero();
        assertThat(demo.out()).contains("in the queue cxone.transcripts", "no duplicates", "its chain is intact");
        assertThat(demo.err()).contains("pickup=jms").doesNotContain("activemq", "Exception");
    }

    @Test
    void check_and_run_once_look_at_a_queue_and_at_an_sftp_folder() throws Exception {
        try (Broker broker = Broker.start(scratch.resolve("broker"));
                SftpSite site = SftpSite.start(scratch.resolve("site"))) {
            Path known = site.hostKey().writeKnownHost(scratch.resolve("known_hosts"), site.port());
            Path password = Files.writeString(scratch.resolve("password"), SftpSite.PASSWORD);
            Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
            environment.putAll(Map.of(
                    "PICKUP_JMS_ENABLED",
                    "true",
                    "PICKUP_JMS_BROKER_URL",
                    broker.url(),
                    "PICKUP_SFTP_ENABLED",
                    "true",
                    "PICKUP_SFTP_HOST",
                    "127.0.0.1",
                    "PICKUP_SFTP_PORT",
                    Integer.toString(site.port()),
                    "PICKUP_SFTP_USERNAME",
                    SftpSite.USER,
                    "PICKUP_SFTP_PASSWORD_FILE",
                    password.toString(),
                    "PICKUP_SFTP_KNOWN_HOSTS_FILE",
                    known.toString(),
                    "PICKUP_SFTP_POLL_MS",
                    "100",
                    "PICKUP_SFTP_SETTLE_MS",
                    "100"));
            broker.send(List.of(chat("from-queue")));
            Files.writeString(site.folder().resolve("chat.json"), chat("from-site"));
            drop("chat.json", chat("from-inbox"));

            Ended good = cxt("check", "--connect");
            Ended run = cxt("run", "--once");
            Files.writeString(known, "");
            environment.put("PICKUP_JMS_DEAD_LETTER_QUEUE", "nowhere");
            Ended bad = cxt("check", "--connect");
            Ended shut = cxt("run", "--once");

            assertThat(good.exit()).as(good.out()).isZero();
            assertThat(good.out()).contains("ok  SFTP folder .", "ok  queue cxone.transcripts");
            assertThat(run.out()).as(run.err()).startsWith("3 read, 3 sent");
            assertThat(run.exit()).isZero();
            assertThat(bad.exit()).isEqualTo(4);
            assertThat(bad.out()).contains(site.hostKey().fingerprint(), "has no queue nowhere");
            assertThat(shut.exit()).isEqualTo(4);
            assertThat(shut.out())
                    .contains("Stopped: The server 127.0.0.1", site.hostKey().fingerprint());
        }
    }

    @Test
    void without_what_a_door_stands_on_it_runs_while_that_is_shut_and_names_what_to_add_when_it_is_open()
            throws Exception {
        Pattern optional = Pattern.compile("camel-ftp|camel-jms|spring-|artemis|jsch|jakarta.jms|mina");
        drop("chat.json", chat("one"));

        Ended shut = Command.runWithout(optional, scratch, environment, "run", "--once");
        environment.putAll(Map.of("PICKUP_JMS_ENABLED", "true", "PICKUP_SFTP_ENABLED", "true"));
        Ended open = Command.runWithout(optional, scratch, environment, "run", "--once");

        assertThat(shut.exit()).as(shut.err()).isZero();
        assertThat(open.exit()).isEqualTo(3);
        assertThat(open.err())
                .contains(
                        "pickup.jms.enabled = true, and org.apache.camel:camel-jms is not on the class path. Add it",
                        "org.apache.artemis:artemis-jakarta-client",
                        "org.apache.camel:camel-ftp");
    }

    @Test
    void a_class_that_the_client_of_the_queue_lacks_is_named() throws Exception {
        try (Broker broker = Broker.start(scratch.resolve("broker"))) {
            environment.putAll(Map.of("PICKUP_JMS_ENABLED", "true", "PICKUP_JMS_BROKER_URL", broker.url()));

            Ended early = Command.runWithout(Pattern.compile("beanutils"), scratch, environment, "check");
            Ended late =
                    Command.runWithout(Pattern.compile("artemis-selector"), scratch, environment, "check", "--connect");

            assertThat(early.exit()).isEqualTo(3);
            assertThat(early.err()).contains("a class is missing or broken: org/apache/commons/beanutils/");
            assertThat(late.exit()).isEqualTo(3);
            assertThat(late.err())
                    .contains("ended by=java.lang.NoClassDefFoundError org/apache/activemq/artemis/selector/");
        }
    }
}
