package io.cxt.route;

import static io.cxt.fixture.Chats.chat;
import static io.cxt.fixture.Chats.lines;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.files.DurableFiles;
import io.cxt.fixture.LogRecorder;
import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.Fault;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is in a source is counted against what was decided; until that adds up it stays, and never for good unseen. */
class SourceStaysTest {
    private static final String BAD = "{oops\n";

    private static final String TICKET = """
                    - to:
                        id: ticket
                        uri: file
                        parameters:
                          directoryName: "{{data.dir}}/tickets"
                          fileName: "${exchangeId}.json"
            """;

    /** Each ends the way of the chats of cust-test, and the route goes on for all others. */
    private static final Map<String, String[]> EDITS = Map.of(
            "filter and stop", new String[] {"prepare-transcript", "- bean:\n            id: map-and-cut", """
                    - filter:
                        id: of-test
                        simple: "${body.customerId} == 'cust-test'"
                        steps:
                          - stop:
                              id: no-further
                    """},
            "choice that drops", new String[] {"prepare-transcript", "- bean:\n            id: map-and-cut", """
                    - choice:
                        id: by-customer
                        when:
                          - id: of-test
                            simple: "${body.customerId} == 'cust-test'"
                            steps:
                              - setBody:
                                  id: nothing-to-send
                                  simple: "${null}"
                              - stop:
                                  id: no-further
                    """},
            "fault that is swallowed", new String[] {"prepare-transcript", "- bean:\n            id: map-and-cut", """
                    - filter:
                        id: of-test
                        simple: "${body.customerId} == 'cust-test'"
                        steps:
                          - doTry:
                              id: try-crm
                              steps:
                                - throwException:
                                    id: crm-away
                                    exceptionType: java.lang.IllegalStateException
                                    message: away
                              doCatch:
                                - id: never-mind
                                  exception: [java.lang.Exception]
                                  steps:
                                    - stop:
                                        id: no-further
                    """},
            "stop behind the cut", new String[] {"deliver-part", "- setVariable:\n            id: look-up", """
                    - filter:
                        id: of-test
                        simple: "${variable.transcript.parsed.customerId} == 'cust-test' && ${body.part} == ${body.parts}"
                        steps:
                          - stop:
                              id: no-further
                    """},
            "stop in a handler", new String[] {"failures", "- to:\n                id: set-bad-transcript-aside", """
                    - stop:
                        id: no-further
                    """},
            "stop before the tap", new String[] {"set-aside", "- wireTap:\n            id: tap-refusal", """
                    - stop:
                        id: no-further
                    """});

    @TempDir
    Path data;

    private StandIn cxone;

    @BeforeEach
    void startCxone() throws IOException {
        cxone = StandIn.start(StandInSettings.defaults());
    }

    @AfterEach
    void stopCxone() {
        cxone.close();
    }

    private Path routes(String file, String before, String steps) throws IOException {
        Path routes = RunningCxt.copyOfRoutes(data.resolve("routes"));
        Path route = routes.resolve(file + ".camel.yaml");
        String text = Files.readString(route);
        assertThat(text).contains(before);
        int column = text.indexOf(before) - text.lastIndexOf('\n', text.indexOf(before)) - 1;
        Files.writeString(
                route, text.replace(before, steps.strip().indent(column).strip() + "\n" + " ".repeat(column) + before));
        return routes;
    }

    private static void put(RunningCxt cxt, String name, String content) throws IOException {
        cxt.put(name, content.getBytes(StandardCharsets.UTF_8));
    }

    private static void awaitLine(RunningCxt cxt, LogRecorder log, String... words) {
        cxt.awaits(() ->
                log.lines().stream().anyMatch(line -> List.of(words).stream().allMatch(line::contains)));
    }

    @Test
    @Tag("fault-68")
    @Tag("fault-70")
    void a_step_of_a_site_that_fails_is_named_and_the_source_waits_for_as_long_as_it_fails() throws Exception {
        Path routes = routes("set-aside", "- wireTap:\n            id: tap-refusal", TICKET);
        Files.createFile(data.resolve("tickets")); // no folder can be made there now
        try (LogRecorder log = LogRecorder.install();
                RunningCxt cxt = RunningCxt.start(routes, data, cxone, true)) {
            put(cxt, "chats.ndjson", lines("chat", 3) + BAD + BAD);
            awaitLine(cxt, log, "broken off source=chats.ndjson", "route=set-aside step=ticket");
            cxt.awaits(() -> cxt.rows("SELECT undecided FROM intake").get(0).contains("step=ticket"));
            assertThat(cxt.files("inbox")).containsExactly("chats.ndjson");

            Files.delete(data.resolve("tickets"));
            cxt.awaits(() -> cxt.files("inbox").equals(List.of(".done/chats.ndjson")));

            cxt.awaits(() -> cxt.engine().components().drained());
            assertThat(cxt.files("tickets")).hasSizeGreaterThanOrEqualTo(2);
            assertThat(cxt.files("dead-letters")).hasSize(4);
            assertThat(cxt.rows("SELECT undecided FROM intake")).containsExactly("null");
            assertThat(cxt.rows("SELECT count(*) FROM audit_event WHERE event = 'INTAKE_FAILED'"))
                    .containsExactly("1");
            assertThat(cxt.text("reports/chats.ndjson.report.json"))
                    .contains("\"read\" : 5", "\"sent\" : 3", "\"rejected\" : 2");
        }
        assertThat(cxone.counts().posts()).isEqualTo(3);
    }

    @Test
    @Tag("fault-68")
    void a_ledger_away_for_a_moment_among_unreadable_lines_holds_nothing_up_for_good() throws Exception {
        try (LogRecorder log = LogRecorder.install();
                RunningCxt cxt = RunningCxt.start(data, cxone)) {
            rename("delivery", "elsewhere");
            put(cxt, "chats.ndjson", BAD.repeat(20));
            awaitLine(cxt, log, "broken off source=chats.ndjson");

            rename("elsewhere", "delivery");

            cxt.awaits(() -> cxt.files("inbox").equals(List.of(".done/chats.ndjson")));
            cxt.awaits(() -> cxt.engine().components().drained());
            assertThat(cxt.text("reports/chats.ndjson.report.json")).contains("\"read\" : 20", "\"rejected\" : 20");
        }
    }

    private void rename(String table, String to) throws Exception {
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("ledger.db"));
                Statement statement = other.createStatement()) {
            statement.execute("ALTER TABLE " + table + " RENAME TO " + to);
        }
    }

    /** A pool for the taps that takes no work the first times. */
    public static final class Refusing extends ThreadPoolExecutor {
        public Refusing() {
            super(0, 4, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), new Abort());
        }

        private static final class Abort extends AbortPolicy {}

        private int refusals = 2;

        @Override
        public synchronized void execute(Runnable task) {
            if (refusals-- > 0) {
                getRejectedExecutionHandler().rejectedExecution(task, this);
            }
            super.execute(task);
        }
    }

    @Test
    @Tag("fault-68")
    void a_tap_whose_pool_takes_no_work_is_not_waited_for() throws Exception {
        Path home = data.resolve("home");
        RunningCxt.copyOfRoutes(home.resolve("routes"));
        Path route = home.resolve("routes/deliver-part.camel.yaml");
        Files.writeString(
                route, Files.readString(route).replace("executorService: cxt-taps", "executorService: refusing"));
        Files.createDirectories(home.resolve("config"));
        Files.createDirectories(data.resolve("inbox"));
        Files.writeString(
                home.resolve("config/application.properties"),
                Files.readString(Path.of("config/application.properties")) + "\ncamel.beans.refusing = #class:"
                        + Refusing.class.getName() + "\n");
        try (RunningCxt cxt = RunningCxt.installed(home, data, cxone)) {
            put(cxt, "chats.ndjson", lines("chat", 4));

            cxt.awaits(() -> cxt.files("inbox").equals(List.of(".done/chats.ndjson")));

            assertThat(cxt.archive()).hasSize(4);
        }
        assertThat(cxone.counts().posts()).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "filter and stop",
                "choice that drops",
                "fault that is swallowed",
                "stop in a handler",
                "stop behind the cut",
                "stop before the tap"
            })
    @Tag("fault-69")
    void a_route_that_leaves_a_transcript_out_keeps_the_source_and_is_told(String edit) throws Exception {
        String[] where = EDITS.get(edit);
        Path routes = routes(where[0], where[1], where[2]);
        String left =
                switch (where[0]) {
                    case "set-aside" -> BAD;
                    case "failures" -> chat("left").replace("\"customerId\":\"cust-1\"", "\"customerId\":\"\"") + "\n";
                    default -> chat("left", 3, "Hello").replace("cust-1", "cust-test") + "\n";
                };
        try (LogRecorder log = LogRecorder.install();
                RunningCxt cxt = RunningCxt.start(routes, data, cxone, true, "transcript.max-messages", "2")) {
            put(cxt, "chats.ndjson", lines("chat", 2) + left);

            awaitLine(cxt, log, "left out source=chats.ndjson", "chats.ndjson#3", "cxtSetAside.keptOut");
            cxt.awaits(() -> cxt.engine().components().atRest());

            assertThat(cxt.files("inbox")).containsExactly("chats.ndjson");
            cxt.awaits(() -> cxt.rows("SELECT undecided FROM intake").get(0).contains("chats.ndjson#3"));
            assertThat(cxt.engine().components().undecided().all()).hasSize(1);
            assertThat(log.lines().stream().filter(line -> line.contains("left out source")))
                    .hasSize(1);
        }
    }

    @Test
    @Tag("fault-69")
    void what_is_kept_out_on_purpose_is_no_failure_and_goes_out_when_the_step_is_gone() throws Exception {
        String keptOut = """
                - bean:
                    id: note-kept-out
                    ref: cxtSetAside
                    method: keptOut
                - to:
                    id: into-the-feed
                    uri: direct
                    parameters:
                      name: set-aside
                """;
        Path routes = routes("prepare-transcript", "- bean:\n            id: map-and-cut", keptOut);
        try (RunningCxt cxt = RunningCxt.start(routes, data, cxone, false)) {
            cxt.drops("chat.json", chat("test"));
            cxt.drops("chat.json", chat("test"));

            assertThat(cxt.files("inbox")).hasSize(2).allMatch(file -> file.startsWith(".done/"));
            assertThat(cxt.files("dead-letters")).isEmpty();
            assertThat(cxt.text("reports/chat.json.report.json")).contains("\"read\" : 1", "\"excluded\" : 1");
            assertThat(cxt.rows("SELECT part, state, reason FROM delivery")).containsExactly("0 EXCLUDED KEPT-OUT");
            assertThat(cxt.rows("SELECT status, interaction_id FROM audit_record"))
                    .containsOnly("excluded test");
            assertThat(cxt.events("test")).containsExactly("EXCLUDED", "EXCLUDED");
            Map<?, ?> outcome = cxt.engine()
                    .camelContext()
                    .createFluentProducerTemplate()
                    .to("direct:inject-transcript")
                    .withBody(chat("body"))
                    .request(Map.class);
            assertThat(outcome.get("outcome")).isEqualTo("excluded");
            assertThat(outcome.get("interactionId")).isEqualTo("body");
        }
        assertThat(cxone.counts().posts()).isZero();

        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("chat.json", chat("test"));

            assertThat(cxt.rows("SELECT part, state FROM delivery WHERE interaction_id = 'test'"))
                    .containsExactly("1 SENT");
        }
    }

    private static final String TO_DELIVER = """
                    - to:
                        id: %s
                        uri: direct
                        parameters:
                          name: deliver-part
            """;

    private static final Map<String, String> HANDED_ON_TWICE = Map.of(
            "one after the other",
            TO_DELIVER.formatted("hand-to-deliver-too"),
            "a copy of the exchange behind it",
            TO_DELIVER.formatted("hand-to-deliver-too").strip().indent(8).strip() + "\n" + """
                    - multicast:
                        id: several
                        steps:
                          - to:
                              id: in-a-copy
                              uri: direct
                              parameters:
                                name: deliver-part
                    """,
            "several at once",
            """
                    - multicast:
                        id: several
                        parallelProcessing: true
                        steps:
                          - to:
                              id: one-of-two
                              uri: direct
                              parameters:
                                name: deliver-part
                          - to:
                              id: two-of-two
                              uri: direct
                              parameters:
                                name: deliver-part
                    """);

    @ParameterizedTest
    @ValueSource(strings = {"one after the other", "a copy of the exchange behind it", "several at once"})
    @Tag("fault-68")
    void a_route_that_hands_a_part_on_twice_is_told_and_nothing_waits_or_goes_out_twice(String edit) throws Exception {
        String handOn = "- to:\n                        id: hand-to-deliver";
        Path routes = routes("prepare-transcript", handOn, HANDED_ON_TWICE.get(edit));
        try (LogRecorder log = LogRecorder.install();
                RunningCxt cxt = RunningCxt.start(routes, data, cxone, true)) {
            put(cxt, "chats.ndjson", lines("chat", 2));

            awaitLine(cxt, log, "broken off source=chats.ndjson", "handed on twice", "route=deliver-part step=look-up");
            cxt.awaits(() -> cxt.engine().components().atRest());
            assertThat(cxt.files("inbox")).containsExactly("chats.ndjson");
            assertThat(cxone.counts().posts()).isPositive();
            Files.copy(
                    Path.of("routes/prepare-transcript.camel.yaml"),
                    routes.resolve("prepare-transcript.camel.yaml"),
                    StandardCopyOption.REPLACE_EXISTING);
        }
        try (RunningCxt cxt = RunningCxt.start(routes, data, cxone, true)) {
            cxt.awaits(() -> cxt.files("inbox").equals(List.of(".done/chats.ndjson")));
            cxt.awaits(() -> cxt.engine().components().drained());
            assertThat(cxt.archive()).hasSize(2);
        }
        assertThat(cxone.counts().posts()).isEqualTo(2);
    }

    private static final String TO_SEND = """
            - to:
                id: %s
                uri: direct
                parameters:
                  name: send-part
            """;

    private static final Map<String, String> SENT_BESIDE = Map.of(
            "a tap",
            """
            - wireTap:
                id: tap-send
                uri: direct:send-part
            """,
            "a list",
            """
            - recipientList:
                id: two
                parallelProcessing: true
                constant: "direct:send-part,direct:send-part"
            """,
            "several at once",
            """
            - multicast:
                id: several
                parallelProcessing: true
                steps:
            """ + TO_SEND.formatted("one-of-two").indent(6)
                    + TO_SEND.formatted("two-of-two").indent(6));

    @ParameterizedTest
    @ValueSource(strings = {"a tap", "a list", "several at once"})
    @Tag("fault-68")
    void a_route_that_sends_a_part_twice_at_once_is_told_and_nothing_goes_out_twice(String edit) throws Exception {
        Path routes = routes("deliver-part", "- to:\n                  id: hand-to-send", SENT_BESIDE.get(edit));
        cxone.close();
        cxone = StandIn.start(StandInSettings.defaults().withLatency(200));
        try (LogRecorder log = LogRecorder.install();
                RunningCxt cxt = RunningCxt.start(routes, data, cxone, true)) {
            put(cxt, "chats.ndjson", lines("chat", 8));

            awaitLine(cxt, log, "broken off source=chats.ndjson", "sent twice at the same time", "route=send-part");
            cxt.awaits(() -> cxt.engine().components().atRest());
            assertThat(cxt.files("inbox")).containsExactly("chats.ndjson");
        }
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.awaits(() -> cxt.files("inbox").equals(List.of(".done/chats.ndjson")));
            cxt.awaits(() -> cxt.engine().components().drained());
            assertThat(cxt.archive()).hasSize(8);
            assertThat(cxt.rows("SELECT DISTINCT attempts FROM delivery")).containsExactly("1");
        }
        assertThat(cxone.counts().posts()).isEqualTo(8);
    }

    /** What stands in the place of the step that hands a source on to be read. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "log: {message: nothing}",
                "to: {disabled: true, uri: 'direct:read-transcripts'}",
                "filter: {simple: '${header.CamelFileName} == 1', steps: [{to: 'direct:read-transcripts'}]}",
                "wireTap: {uri: 'direct:read-transcripts'}"
            })
    @Tag("fault-70")
    void a_source_that_no_step_reads_to_its_end_stays(String step) throws Exception {
        Path routes = RunningCxt.copyOfRoutes(data.resolve("routes"));
        for (String pickup : List.of("pickup-files", "pickup-body")) {
            Path file = routes.resolve(pickup + ".camel.yaml");
            Files.writeString(
                    file,
                    Files.readString(file)
                            .replaceFirst(
                                    "to:\\n +id: hand-(body-)?to-read\\n +uri: direct\\n +parameters:\\n +name: read-transcripts",
                                    Matcher.quoteReplacement(step)));
            assertThat(Files.readString(file)).contains(step);
        }
        try (LogRecorder log = LogRecorder.install();
                RunningCxt cxt = RunningCxt.start(routes, data, cxone, true)) {
            put(cxt, "chats.ndjson", lines("chat", 3));

            awaitLine(cxt, log, "left out source=chats.ndjson", "not read to its end", "read-transcripts");
            assertThat(cxt.files("inbox")).containsExactly("chats.ndjson");
            assertThat(cxt.engine()
                            .camelContext()
                            .createFluentProducerTemplate()
                            .to("direct:inject-transcript")
                            .withBody(chat("body"))
                            .send()
                            .getException())
                    .hasMessageContaining("not read to its end");
        }
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.awaits(() -> cxt.files("inbox").equals(List.of(".done/chats.ndjson")));
        }
        assertThat(cxone.counts().acceptedDistinct()).isGreaterThanOrEqualTo(3);
        assertThat(cxone.counts().repeats()).isZero();
    }

    @Test
    @Tag("fault-70")
    void a_step_that_catches_what_would_repeat_a_call_keeps_the_source() throws Exception {
        Path routes = RunningCxt.copyOfRoutes(data.resolve("routes"));
        Path send = routes.resolve("send-part.camel.yaml");
        String shipped = Files.readString(send);
        Files.writeString(send, shipped.substring(0, shipped.indexOf("- to:\n            id: hand-to-call")) + """
                - doTry:
                            id: mine
                            steps:
                              - to:
                                  id: hand-to-call
                                  uri: direct:call-cxone
                            doCatch:
                              - id: never-mind
                                exception: [java.lang.Throwable]
                                steps:
                                  - log: {id: noted, message: noted}
                """);
        cxone.close();
        cxone = StandIn.start(StandInSettings.defaults().withFault(Fault.status(503), 100));
        try (LogRecorder log = LogRecorder.install();
                RunningCxt cxt = RunningCxt.start(routes, data, cxone, true)) {
            put(cxt, "chats.ndjson", lines("chat", 1));

            awaitLine(cxt, log, "left out source=chats.ndjson", "chat-0");
            assertThat(cxt.files("inbox")).containsExactly("chats.ndjson");
            assertThat(cxt.files("dead-letters")).isEmpty();
        }
    }

    private static final String AWAY = """
                    - filter:
                        id: of-test
                        simple: "${body.customerId} == 'cust-test'"
                        steps:
                          - throwException:
                              id: crm-away
                              exceptionType: java.lang.IllegalStateException
                              message: away
            """;

    @Test
    @Tag("fault-70")
    void what_was_sent_in_an_earlier_reading_is_counted_once_and_a_step_that_throws_is_named() throws Exception {
        Path routes = routes("prepare-transcript", "- bean:\n            id: map-and-cut", AWAY);
        try (LogRecorder log = LogRecorder.install();
                RunningCxt cxt = RunningCxt.start(routes, data, cxone, true)) {
            put(cxt, "chats.ndjson", chat("one") + "\n" + chat("two").replace("cust-1", "cust-test") + "\n");
            cxt.awaits(() -> cxone.counts().posts() == 1); // not by the first reading where that was broken off sooner
            long before = readings(log);
            cxt.awaits(() -> readings(log) >= Math.max(3, before + 1));

            assertThat(cxt.engine().components().backlog().counts())
                    .containsEntry("read", 2L)
                    .containsEntry("sent", 1L);
            assertThat(log.lines())
                    .filteredOn(line -> line.contains("broken off source=chats.ndjson"))
                    .isNotEmpty()
                    .allMatch(line -> line.contains("java.lang.IllegalStateException at org.apache.camel.")
                            && line.contains("route=prepare-transcript step=crm-away"));
        }
        assertThat(cxone.counts().posts()).isEqualTo(1);
    }

    /** The ledger's database says no to it, now and later; here, because somebody has changed a table. */
    @Test
    @Tag("fault-134")
    void a_transcript_that_the_database_refuses_keeps_none_of_its_neighbours() throws Exception {
        try (LogRecorder log = LogRecorder.install();
                RunningCxt cxt = RunningCxt.start(data, cxone)) {
            execute("CREATE TRIGGER odd BEFORE INSERT ON delivery WHEN NEW.interaction_id = 'odd'"
                    + " BEGIN SELECT RAISE(ABORT, 'no odd ones'); END");
            put(cxt, "chats.ndjson", chat("odd") + "\n" + chat("two") + "\n" + chat("three") + "\n");

            awaitLine(cxt, log, "broken off source=chats.ndjson", "transcript 1 (line 1)", "no odd ones", "the others");
            cxt.awaits(() -> cxt.rows("SELECT interaction_id FROM delivery WHERE state = 'SENT' ORDER BY 1")
                    .equals(List.of("three", "two")));
            assertThat(data.resolve("inbox/chats.ndjson")).exists();
            assertThat(log.lines()).noneMatch(line -> line.startsWith("left out"));
        }
        execute("DROP TRIGGER odd");
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) { // which reads it at once, and not in a minute
            cxt.awaits(() -> Files.exists(data.resolve("inbox/.done/chats.ndjson")));
        }
        assertThat(cxone.counts().posts()).isEqualTo(3);
        assertThat(cxone.counts().repeats()).isZero();
    }

    private void execute(String sql) throws SQLException {
        try (Connection ledger = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("ledger.db"));
                Statement statement = ledger.createStatement()) {
            statement.execute(sql);
        }
    }

    private static long readings(LogRecorder log) {
        return log.lines().stream()
                .filter(line -> line.contains("reading source=chats.ndjson"))
                .count();
    }

    @Test
    @Tag("fault-70")
    void a_file_where_cxt_needs_a_folder_is_named_and_its_sources_wait_until_it_is_moved_away() throws Exception {
        try (LogRecorder log = LogRecorder.install();
                RunningCxt cxt = RunningCxt.start(data, cxone)) {
            for (String folder : List.of("inbox/.done", "reports/.tmp", "dead-letters")) {
                Path inTheWay = data.resolve(folder);
                if (Files.exists(inTheWay)) {
                    Files.move(inTheWay, data.resolve("aside-" + inTheWay.getFileName()));
                }
                Files.createFile(inTheWay);
                String name = "in-the-way-of-" + inTheWay.getFileName() + ".ndjson";
                put(cxt, name, chat(name) + "\n" + BAD);

                awaitLine(cxt, log, "broken off source=" + name, "'" + inTheWay + "' is in the way", "move it away");
                assertThat(data.resolve("inbox").resolve(name)).exists();
                Files.delete(inTheWay);

                cxt.awaits(() -> Files.exists(data.resolve("inbox/.done").resolve(name)));
            }
        }
        assertThat(cxone.counts().posts()).isEqualTo(3);
    }

    /** Anyone who may drop files could have others moved to wherever CXT may write. */
    @ParameterizedTest
    @ValueSource(strings = {".done", ".tmp"})
    @Tag("fault-94")
    void nothing_is_moved_through_a_link_that_somebody_put_into_the_inbox(String folder) throws Exception {
        Path elsewhere = Files.createDirectory(data.resolve("elsewhere"));
        try (LogRecorder log = LogRecorder.install();
                RunningCxt cxt = RunningCxt.start(data, cxone)) {
            Path link = data.resolve("inbox").resolve(folder);
            Files.createSymbolicLink(link, elsewhere);
            put(cxt, "chats.ndjson", chat("one") + "\n");
            if (folder.equals(".done")) {
                awaitLine(cxt, log, "broken off source=chats.ndjson", "is a link", "remove it");
                Files.delete(link);
            } else {
                assertThatThrownBy(() -> DurableFiles.replace(data.resolve("inbox/letter.json"), new byte[1]))
                        .hasMessageContaining("is a link");
            }

            cxt.awaits(() -> Files.exists(data.resolve("inbox/.done/chats.ndjson")));
            assertThat(elsewhere).isEmptyDirectory();
        }
        assertThat(cxone.counts().posts()).isEqualTo(1);
    }
}
