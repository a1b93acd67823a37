package io.cxt.cli;

import static io.cxt.fixture.Chats.chat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.fixture.Command.Ended;
import io.cxt.fixture.Ports;
import io.cxt.fixture.Postgres;
import io.cxt.fixture.RunningCxt;
import io.cxt.fixture.Verb;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code cxt check} finds before a start what a start would meet, and makes nothing. */
@Timeout(120)
class CheckIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path scratch;

    private final Map<String, String> properties = new HashMap<>();
    private StandIn cxone;
    private Path data;

    @BeforeEach
    void startCxone() throws IOException {
        cxone = StandIn.start(StandInSettings.defaults());
        data = scratch.resolve("d");
        properties.put("data.dir", data.toString());
        properties.put("cxone.base-url", cxone.baseUri().toString());
        properties.put("cxone.client-id", "client-1");
        properties.put("cxone.client-secret", "secret-1");
        properties.put("ops.port", Integer.toString(Ports.free()));
    }

    @AfterEach
    void stopCxone() {
        cxone.close();
    }

    private Ended check(String... options) {
        return Verb.run(
                properties,
                Stream.concat(Stream.of("check"), Stream.of(options)).toArray(String[]::new));
    }

    private Path home() throws IOException {
        Path home = scratch.resolve("home");
        RunningCxt.copyOfRoutes(home.resolve("routes"));
        Files.createDirectories(home.resolve("config/mappings"));
        properties.put("cxt.home", home.toString());
        return home;
    }

    @Test
    @Tag("fault-122")
    void routes_and_mappings_are_loaded_as_a_run_does_and_nothing_is_started_or_made() throws Exception {
        Path home = home();
        Path route = home.resolve("routes/archive-part.camel.yaml");
        String shipped = Files.readString(route);
        properties.put(
                "ledger.customer-key-file", home.resolve("keys/customer.key").toString());

        assertThat(check().exit()).isZero();
        assertThat(home.resolve("keys")).doesNotExist();
        Files.writeString(route, shipped.replace("ref: cxtTaps", "ref: cxtTips"));
        refused("routes/archive-part.camel.yaml lacks the step keep-file");
        Files.writeString(route, shipped.replace("steps:", "stops:"));
        refused("routes/archive-part.camel.yaml, line ", "stops");
        Files.writeString(route, shipped + "\n  - oops: [");
        refused("routes/archive-part.camel.yaml, line ", ", column ");
        Files.writeString(route, "# nothing\n");
        refused("routes/archive-part.camel.yaml holds no route. Put it back as it ships");
        Files.writeString(route, "");
        refused("routes/archive-part.camel.yaml holds no route. Put it back as it ships");
        Path folder = Files.createDirectory(home.resolve("routes/x.camel.yaml"));
        refused("routes/x.camel.yaml is a folder with the name of a file that CXT reads. Give it another name");
        Files.delete(folder);
        Files.writeString(route, shipped);
        Files.writeString(home.resolve("routes/own.camel.yaml"), own("bean:cxtTips"));
        refused("routes/own.camel.yaml, line ", "cxtTips", "The nearest is cxtTaps");
        Files.writeString(home.resolve("routes/own.camel.yaml"), own("nosuch:place"));
        refused("routes/own.camel.yaml, line ", "nosuch");
        Files.writeString(home.resolve("routes/own.camel.yaml"), own("bean:mine"));
        Files.createDirectories(home.resolve("config"));
        Files.writeString(home.resolve("config/application.properties"), "camel.beans.mine = #class:java.util.Random");
        assertThat(check().exit()).isZero();
        Files.writeString(home.resolve("config/mappings/a.properties"), "reads = nothing");
        refused("a.properties");

        assertThat(data).doesNotExist();
        assertThat(cxone.calls()).isEmpty();
    }

    private static String own(String uri) {
        return """
                - route:
                    id: own
                    from:
                      uri: timer:own
                      parameters:
                        delay: 0
                      steps:
                        - to:
                            uri: %s
                """.formatted(uri);
    }

    private void refused(String... words) throws IOException {
        Ended table = check();
        Ended json = check("-o", "json");

        assertThat(table.exit()).as(table.out()).isEqualTo(3);
        assertThat(table.err()).contains(words);
        assertThat(json.exit()).isEqualTo(3);
        JsonNode last = JSON.readTree(json.out());
        assertThat(last.get(last.size() - 1).at("/state").asText()).isEqualTo("bad");
        assertThat(json.out()).contains(words[0]);
    }

    @Test
    void options_of_camel_with_which_routes_stand_still_are_refused_and_a_run_ends() throws Exception {
        Path config = home().resolve("config/application.properties");
        Path files = config.resolveSibling("../routes/pickup-files.camel.yaml");
        String shipped = Files.readString(files);
        for (Map.Entry<String, String> option : Map.of(
                        "autoStartup = false", "camel.main.autoStartup is false: no route would start",
                        "autoStartupExcludePattern = x,pickup-f*",
                                "The route pickup-files would not start, and CXT needs it: camel.main.autoStartupExcludePattern is x,pickup-f*",
                        "durationMaxMessages = 1", "camel.main.durationMax… is set",
                        "exchangeFactory = pooled", "camel.main.exchangeFactory is pooled",
                        "tracing = true", "camel.main.tracing is true: Camel would print the token",
                        "routesExcludePattern = **/pickup-f*", "There is no route pickup-files")
                .entrySet()) {
            Files.writeString(config, "camel.main." + option.getKey());
            refused(option.getValue());
            Ended run = Verb.run(properties, "run", "--once");
            assertThat(run.exit()).as(run.err()).isEqualTo(3);
            assertThat(run.err()).contains(option.getValue());
        }
        Files.writeString(config, "camel.routecontroller.enabled = true"); // starts them later
        assertThat(Verb.run(properties, "run", "--once").exit()).isZero();

        Files.writeString(files, shipped.replaceAll("autoStartup: .*", "autoStartup: false"));
        refused("routes/pickup-files.camel.yaml has autoStartup: false. Remove it");
        properties.put("pickup.file.enabled", "false");
        Files.writeString(files, shipped);
        assertThat(check().exit()).as("not needed").isZero();
    }

    @Test
    void a_fault_in_an_option_of_camel_is_told_with_its_name_and_without_its_value() throws Exception {
        Path home = home();
        Path config = home.resolve("config/application.properties");
        for (Map.Entry<String, String> option : Map.of(
                        "camel.beans.x = #class:java.util.Date\ncamel.beans.x.passwrd = CANARY-1",
                        "camel.beans.x.passwrd cannot be set",
                        "camel.beans.x = #class:com.example.Nope\ncamel.beans.x.passwrd = CANARY-1",
                        "camel.beans.x names a class that is not there",
                        "camel.main.backlogTracing = CANARY-1",
                        "camel.main.backlogTracing cannot be set",
                        "camel.component.http.passwrd = CANARY-1",
                        "camel.component.http.passwrd cannot be set",
                        "camel.dataformat.jackson.passwrd = CANARY-1",
                        "camel.dataformat.jackson.passwrd cannot be set",
                        "camel.ssl.passwrd = CANARY-1",
                        "camel.ssl.passwrd cannot be set")
                .entrySet()) {
            Files.writeString(config, option.getKey());
            for (String[] verb : List.of(new String[] {"check"}, new String[] {"run", "--once"})) {
                Ended ended = Verb.run(properties, verb);
                assertThat(ended.exit()).as(option.getKey()).isEqualTo(3);
                assertThat(ended.err()).contains(option.getValue());
                assertThat(ended.out() + ended.err()).doesNotContain("CANARY");
            }
        }
        Files.writeString(config, "my.size = CANARY-1");
        Files.writeString(home.resolve("routes/own.camel.yaml"), own("file:x?bufferSize={{my.size}}"));
        Ended check = check();
        assertThat(check.err()).contains("routes/own.camel.yaml", "bufferSize");
        assertThat(check.out() + check.err()).doesNotContain("CANARY");
    }

    @Test
    void a_placeholder_that_stands_for_nothing_stops_check_run_and_what_reads_it() throws Exception {
        Path config = home().resolve("config/application.properties");
        Files.writeString(config, "redaction.policy = {{my.polcy}}\ncxone.max-in-flight = {{nope}}\n");

        refused("redaction.policy has {{my.polcy}}", "cxone.max-in-flight has {{nope}}");
        for (List<String> verb : List.of(List.of("run", "--once"), List.of("status"), List.of("validate", "."))) {
            Ended ended = Verb.run(properties, verb.toArray(String[]::new));
            assertThat(ended.exit()).as(verb + ended.out()).isEqualTo(3);
            assertThat(ended.err()).contains("redaction.policy has {{my.polcy}}", "cxone.max-in-flight has {{nope}}");
        }

        Files.writeString(config, "cxone.requests-per-second = {{env:NO_RATE}}\nmy.own = {{env:NO_OWN}}\n");
        refused("cxone.requests-per-second has {{env:NO_RATE}}", "my.own has {{env:NO_OWN}}");
        assertThat(Verb.run(properties, "run", "--once").err())
                .contains("cxone.requests-per-second has {{env:NO_RATE}}", "my.own has {{env:NO_OWN}}");
        assertThat(Verb.run(properties, "validate", config.getParent().toString())
                        .err())
                .as("does not read it")
                .doesNotContain("NO_RATE");
        assertThat(data).doesNotExist();

        Files.writeString(config, "cxone.requests-per-second = {{env:NO_RATE:5}}\nredaction.policy = {{?my.policy}}\n");
        assertThat(check().exit()).isZero();
        properties.put("cxone.client-secret", "a{{b}}c"); // as it is
        assertThat(check().exit()).isZero();
    }

    @Test
    @Tag("fault-122")
    void it_goes_on_after_each_fault_and_names_them_all() throws Exception {
        Files.createDirectories(data.resolve("inbox"));
        Files.writeString(data.resolve("ledger.db"), "no database".repeat(200));
        Files.writeString(data.resolve("reports"), "in the way");
        Files.writeString(data.resolve("inbox/chat.json"), chat("one"));
        Files.writeString(data.resolve("inbox/chats.xlsx"), "PK");
        Files.createDirectory(data.resolve("inbox/more"));
        properties.put("audit.feed-url", "jdbc:mysql://127.0.0.1:1/feed");
        properties.put("archive.folder", scratch.resolve("reports-file/archive").toString());
        Files.writeString(scratch.resolve("reports-file"), "");

        try (ServerSocket other =
                new ServerSocket(Integer.parseInt(properties.get("ops.port")), 1, InetAddress.getLoopbackAddress())) {
            Ended table = check("--connect");
            Ended json = check("--connect", "-o", "json");

            assertThat(table.exit()).isEqualTo(4);
            assertThat(table.out())
                    .contains("BAD Cannot open the ledger", "UNSAFE The sign-in was not tried")
                    .contains("BAD audit.feed-url: no connection: there is no driver for jdbc:mysql: put the jar"
                            + " mysql-connector-j-<version>.jar into lib/")
                    .contains("1 waiting, 2 passed over: ", "chats.xlsx (its name is not that of a", "more (a folder: ")
                    .contains("BAD archive.folder: ", "BAD reports: ", " is not a folder")
                    .contains("ok  dead-letters", "none yet")
                    .contains("BAD ops.port " + other.getLocalPort());
            JsonNode found = JSON.readTree(json.out());
            assertThat(found.findValuesAsText("state"))
                    .contains("ok", "unsafe", "bad")
                    .hasSize((int) table.out().lines().count());
            assertThat(json.exit()).isEqualTo(4);
        }
        try (Stream<Path> left = Files.walk(data)) {
            assertThat(left.filter(file -> file.toString().contains(".cxt-check")))
                    .isEmpty();
        }
        assertThat(cxone.counts().signIns()).isZero();
    }

    @Test
    @Tag("fault-122")
    void a_check_of_a_place_that_is_in_use_changes_nothing_there_and_is_not_in_the_way_of_a_run() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("one.json", chat("one"));
            assertThat(check().exit()).isZero();
            assertThat(check("--connect").exit()).isZero();
            cxt.drops("two.json", chat("two"));
        }
        List<String> before = made(data);

        assertThat(check().exit()).isZero();

        assertThat(made(data)).isEqualTo(before);
        assertThat(Verb.run(properties, "audit", "verify").exit()).isZero();
    }

    private static List<String> made(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.map(Path::toString).sorted().toList();
        }
    }

    @Test
    @Tag("fault-122")
    void the_port_of_the_cxt_that_runs_here_is_no_fault() throws Exception {
        String port = properties.get("ops.port");
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "ops.enabled", "true", "ops.port", port)) {
            Ended beside = check("--connect");

            assertThat(beside.exit()).as(beside.out()).isZero();
            assertThat(beside.out())
                    .contains("ok  ops.port " + port + " is in use by the cxt that runs")
                    .contains("ok  audit feed takes the statement", "ok  sign-in at ", "ok  archive.folder ")
                    .contains("0 waiting, 0 passed over");
            assertThat(cxt.files("archive")).noneMatch(file -> file.contains("cxt-check"));
        }
    }

    @Test
    @Tag("fault-122")
    void a_feed_that_does_not_take_the_statement_is_told_and_nothing_is_written() throws Exception {
        String sqlite = "jdbc:sqlite:" + scratch.resolve("feed.db");
        properties.put("audit.feed-username", "postgres");
        for (String url : List.of(sqlite, Postgres.shared().schema("checked_feed"))) {
            properties.put("audit.feed-url", url);
            assertThat(check("--connect").out()).contains("ok  audit.feed-url there is no table audit_record yet");
            sql(url, "CREATE TABLE audit_record (delivery_key VARCHAR(99) PRIMARY KEY, status TEXT)");
            Ended reshaped = check("--connect");

            assertThat(reshaped.exit()).isEqualTo(4);
            assertThat(reshaped.out())
                    .contains("BAD audit.feed-url: it does not take the statement of routes/record-audit: ")
                    .contains("conversation_id");
        }
    }

    private static void sql(String url, String statement) throws Exception {
        try (Connection connection = DriverManager.getConnection(url, "postgres", "");
                Statement change = connection.createStatement()) {
            change.execute(statement);
        }
    }

    @Test
    @Tag("fault-122")
    void validate_shows_what_a_mapping_makes_of_a_file_up_to_a_limit() throws Exception {
        Path file = Files.writeString(
                scratch.resolve("gr\u00f6\u00dfe.csv"),
                "conversation_id,agent_id,customer_id,message_id,sender,text,sent_at\n"
                        + "c-1,agt,cust,m-1,agent,gr\u00fcn,2024-06-15T10:00:00Z\n"
                        + "c-2,agt,cust,m-1,agent,two,not a time\n"
                        + "c-3,agt,cust,m-1,agent,three,2024-06-15T10:00:00Z\n");

        Ended lines = Verb.run(properties, "validate", "--show", "--limit", "2", file.toString());
        Ended json = Verb.run(properties, "validate", "--show", "--limit", "2", "-o", "json", file.toString());
        Ended none = Verb.run(
                properties,
                "validate",
                "-o",
                "json",
                scratch.resolve("none.csv").toString());

        assertThat(lines.exit()).isEqualTo(1);
        List<String> shown = lines.out().lines().toList();
        assertThat(shown).hasSize(2);
        assertThat(JSON.readTree(shown.get(0)).at("/messages/0/text").asText()).isEqualTo("gr\u00fcn");
        assertThat(lines.err()).contains("TS-FORMAT", "gr\u00f6\u00dfe.csv:3");
        JsonNode array = JSON.readTree(json.out());
        assertThat(json.exit()).isEqualTo(1);
        assertThat(array).hasSize(2);
        assertThat(array.at("/0/transcript/interactionId").asText()).isEqualTo("c-1");
        assertThat(array.at("/1/findings/0/rule").asText()).isEqualTo("TS-FORMAT");
        assertThat(none.exit()).isEqualTo(2);
        assertThat(JSON.readTree(none.out()).at("/error").asText()).contains("There is no file");
    }
}
