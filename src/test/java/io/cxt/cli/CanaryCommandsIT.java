package io.cxt.cli;

import static io.cxt.fixture.Chats.chat;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.Await;
import io.cxt.fixture.Command;
import io.cxt.fixture.Command.Ended;
import io.cxt.fixture.Command.Wanted;
import io.cxt.fixture.DigitalSite;
import io.cxt.fixture.Ports;
import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.Fault;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Words planted in texts, names, ids of people, secret and token turn up in nothing that a command says. FAULTS 57. */
@Timeout(180)
@Tag("slow")
class CanaryCommandsIT {
    private static final String SECRET = "CANARYsecretCANARY";
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String FORGED = "CANARYpasswordCANARY";

    @TempDir
    Path scratch;

    private final Map<String, String> environment = new HashMap<>();
    private final List<Wanted> commands = new ArrayList<>();
    private final Map<Integer, Integer> exits = new HashMap<>();
    private final Map<String, Ended> said = new LinkedHashMap<>();

    @Test
    @Tag("fault-57")
    void nothing_planted_is_in_what_commands_say_or_leave_behind() throws Exception {
        Path data = scratch.resolve("d");
        Files.createDirectories(data.resolve("inbox"));
        Files.writeString(data.resolve("inbox/good.json"), planted("good"));
        Files.writeString(data.resolve("inbox/refused.json"), planted("refused"));
        Files.writeString(data.resolve("inbox/failing.json"), planted("failing"));
        Files.writeString(
                data.resolve("inbox/broken.ndjson"), planted("cut").substring(0, 300) + "\n" + swapped() + "\n");
        Path bad = Files.writeString(scratch.resolve("bad.ndjson"), swapped() + "\n" + planted("x") + " CANARY\n");
        List<String> tokens;
        try (StandIn cxone = StandIn.start(StandInSettings.defaults().withClient("client-1", SECRET))) {
            cxone.next(Fault.status(422), Fault.status(503), Fault.resetAfterBody());
            environment.put("DATA_DIR", data.toString());
            environment.put("CXONE_BASE_URL", cxone.baseUri().toString());
            environment.put("CXONE_CLIENT_ID", "client-1");
            environment.put("CXONE_CLIENT_SECRET", SECRET);
            environment.put("CXONE_RETRY_MAX_RETRIES", "0");
            environment.put("PICKUP_FILE_SETTLE_MS", "0");

            say("run", "--once");
            say("status");
            say("find", "good", "-o", "json");
            say("audit", "query", "-o", "json");
            say("audit", "verify");
            say("dead-letters", "list", "-o", "json");
            say("dead-letters", "show", "TS-ORDER/swapped");
            say("validate", bad.toString());
            say("check", "--connect");
            environment.put("CXONE_CLIENT_SECRET", FORGED);
            say("check", "--connect");
            environment.put("CXONE_BASE_URL", "https://user:" + FORGED + "@127.0.0.1/?x=" + FORGED);
            environment.put("LEDGER_URL", "jdbc:postgresql://127.0.0.1:1/cxt?user=x&password=" + FORGED);
            say("check");
            environment.put("CXONE_BASE_URL", "https://127.0.0.1");
            say("status");
            run();
            tokens = cxone.calls().stream().map(call -> call.token()).distinct().toList();
        }

        assertThat(said).hasSizeGreaterThan(9);
        nothing_planted(data, tokens);
    }

    @Test
    @Tag("fault-57")
    void nothing_planted_is_in_what_commands_say_when_each_message_is_a_call() throws Exception {
        Path data = scratch.resolve("d");
        Fault quoting = Fault.status(422)
                .withBody("{\"errors\":[{\"message\":\"CANARYtextCANARY\",\"value\":\"CANARYcustomerCANARY\"}]}");
        List<String> tokens;
        try (DigitalStandIn cxone = DigitalStandIn.start(
                StandInSettings.defaults().withAccessKey("key-of-a-tenant", SECRET), DigitalSwitches.defaults())) {
            String[] settings =
                    DigitalSite.settings(cxone, "cxone.access-key-secret", SECRET, "cxone.retry.max-retries", "1");
            try (RunningCxt cxt = RunningCxt.start(data, cxone, settings)) {
                cxone.next(quoting);
                cxt.drops("rejected.json", planted("rejected"));
                cxone.next(Fault.none(), Fault.resetAfterBody());
                cxone.nextOther(quoting);
                cxt.drops("in-doubt.json", planted("in-doubt"));
                cxt.drops("good.ndjson", planted("good-1") + "\n" + planted("good-2"));
            }
            cxone.next(Fault.redirect(307, URI.create("https://u:" + FORGED + "@127.0.0.1/?t=" + FORGED)));
            cxone.nextOther(quoting, Fault.page(200), quoting);
            Files.writeString(data.resolve("inbox/last.json"), planted("last"));
            environment.putAll(DigitalSite.environment(cxone, "data.dir", data.toString(), "ops.enabled", "false"));
            environment.put("CXONE_ACCESS_KEY_SECRET", SECRET);
            environment.put("PICKUP_FILE_SETTLE_MS", "0");

            say(Exit.UNREACHABLE, "run", "--once");
            say(Exit.GOOD, "status");
            say(Exit.GOOD, "find", "rejected");
            say(Exit.GOOD, "find", "in-doubt", "-o", "json");
            say(Exit.GOOD, "dead-letters", "list", "-o", "json");
            say(Exit.GOOD, "dead-letters", "show", "CXONE-422/rejected");
            say(Exit.PARTLY, "reconcile", "-o", "json"); // 422 and a page
            say(Exit.UNREACHABLE, "withdraw", "good-1", "--yes"); // 422
            say(Exit.GOOD, "withdraw", "good-1", "--yes");
            say(Exit.GOOD, "reconcile");
            say(Exit.GOOD, "probe", "--yes");
            say(Exit.GOOD, "check", "--connect");
            say(Exit.GOOD, "audit", "query", "-o", "json");
            say(Exit.GOOD, "audit", "verify");
            environment.put("CXONE_ACCESS_KEY_SECRET", FORGED);
            say(Exit.UNREACHABLE, "check", "--connect");
            say(Exit.UNREACHABLE, "reconcile", "--again");
            run();
            tokens = cxone.calls().stream().map(call -> call.token()).distinct().toList();
        }

        nothing_planted(data, tokens);
    }

    private void nothing_planted(Path data, List<String> tokens) throws IOException {
        assertThat(tokens).isNotEmpty();
        said.forEach((command, ended) -> assertThat(ended.out() + ended.err())
                .as(command)
                .isNotBlank()
                .doesNotContain("CANARY")
                .doesNotContain(tokens));
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(CanaryCommandsIT::tellsOfTranscripts)
                    .toList()) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain("CANARY")
                        .doesNotContain(tokens);
            }
        }
    }

    @Test
    @Tag("fault-88")
    void nothing_planted_is_in_what_databases_make_it_say() throws Exception {
        environment.put("CXONE_BASE_URL", "https://127.0.0.1");
        environment.put("CXONE_CLIENT_ID", "client-1");
        environment.put("CXONE_CLIENT_SECRET", SECRET);
        environment.put("DATA_DIR", scratch.resolve("other").toString());
        for (String url : List.of(
                "jdbc:postgresql://127.0.0.1:no-port/cxt?password=" + FORGED,
                "jdbc:postgresql:" + FORGED + ":" + FORGED + "@127.0.0.1",
                "jdbc:postgresql://x:" + FORGED + "@127.0.0.1/cxt",
                "postgresql://x:" + FORGED + "@127.0.0.1/cxt")) {
            environment.put("LEDGER_URL", url);
            say("run", "--once");
        }
        environment.remove("LEDGER_URL");
        for (String url : List.of(
                "jdbc:nobody://127.0.0.1/feed;password=" + FORGED + ";x=y",
                "jdbc:postgresql://127.0.0.1:no-port/feed?user=x&password=" + FORGED,
                "jdbc:oracle:thin:x/" + FORGED + "@127.0.0.1:1521/feed")) {
            environment.put("AUDIT_FEED_URL", url);
            say("run", "--once");
        }

        run();

        said.forEach((command, ended) -> {
            assertThat(ended.exit()).as(command).isIn(Exit.CONFIGURATION, Exit.UNREACHABLE);
            assertThat(ended.out() + ended.err()).as(command).isNotBlank().doesNotContain("CANARY");
        });
    }

    static List<String> logs() {
        return List.of(
                "", // a mounted config/ without one
                "<root level='TRACE'><appender-ref ref='all'/></root>",
                "<logger name='org.apache.hc' level='TRACE'/><logger name='io.vertx' level='DEBUG'/>"
                        + "<root level='DEBUG'><appender-ref ref='all'/></root>");
    }

    @ParameterizedTest
    @MethodSource("logs")
    @Tag("fault-88")
    void nothing_planted_is_in_the_log_whatever_logback_is_told(String levels) throws Exception {
        Path home = home(levels);
        String web = Integer.toString(Ports.free());
        try (StandIn cxone = StandIn.start(
                StandInSettings.defaults().withClient("client-1", SECRET).withHeadersAndBodies())) {
            cxone.next(Fault.status(422), Fault.status(503), Fault.resetAfterBody());
            environment.put("DATA_DIR", scratch.resolve("d").toString());
            environment.put("CXONE_BASE_URL", cxone.baseUri().toString());
            environment.put("CXONE_CLIENT_ID", "client-1");
            environment.put("CXONE_CLIENT_SECRET", SECRET);
            environment.put("CXONE_RETRY_FIRST_DELAY_MS", "10");
            environment.put("PICKUP_FILE_SETTLE_MS", "0");
            environment.put("WEB_PORT", web);
            Path inbox = Files.createDirectories(scratch.resolve("d/inbox"));
            for (int i = 0; i < 5; i++) {
                Files.writeString(inbox.resolve("good-%d.json".formatted(i)), planted("good-" + i));
            }
            Files.writeString(inbox.resolve("broken.ndjson"), planted("cut").substring(0, 300) + "\n" + swapped());
            Files.writeString(inbox.resolve("a.csv"), "CANARYnameCANARY,text\nCANARYtextCANARY,CANARYtextCANARY\n");
            try (Command cxt = Command.startIn(home, scratch, environment, "run")) {
                Await.until(() -> post(web, "text/plain", "none") != 0, LIMIT);
                for (String body : List.of(planted("form"), "a=CANARYtextCANARY%zz", "CANARYtextCANARY%zz=1")) {
                    for (String type :
                            List.of("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")) {
                        post(web, type, body);
                    }
                }
                Await.until(() -> empty(inbox), LIMIT);
                cxt.process().destroy();
                Ended ended = cxt.ended();

                List<String> tokens = cxone.calls().stream()
                        .map(call -> call.token())
                        .distinct()
                        .toList();
                assertThat(tokens).isNotEmpty();
                assertThat(ended.out() + ended.err())
                        .contains("sent interaction=", "rejected source=")
                        .doesNotContain("CANARY")
                        .doesNotContain(tokens);
            }
        }
    }

    /** An installation with a web door, and with this in its config/logback.xml; with none when it is empty. */
    private Path home(String levels) throws IOException {
        Path home = scratch.resolve("home");
        Files.createDirectories(home.resolve("routes"));
        Files.createDirectories(home.resolve("config"));
        try (Stream<Path> routes = Files.list(Path.of("routes"))) {
            for (Path route : routes.toList()) {
                Files.copy(route, home.resolve(route));
            }
        }
        Files.writeString(home.resolve("routes/web.camel.yaml"), WEB);
        Files.writeString(
                home.resolve("config/application.properties"),
                "camel.server.enabled = true\ncamel.server.host = 127.0.0.1\ncamel.server.port = {{env:WEB_PORT}}\n"
                        + "ops.enabled = false\n");
        if (!levels.isEmpty()) {
            Files.writeString(
                    home.resolve("config/logback.xml"),
                    "<configuration><appender name='all' class='ch.qos.logback.core.ConsoleAppender'><target>System.err"
                            + "</target><encoder><pattern>%level %logger %msg%n</pattern></encoder></appender>"
                            + levels
                            + "</configuration>");
        }
        return home;
    }

    /** The status; 0 when nobody answers. */
    private static int post(String port, String type, String body) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/chats"))
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            return 0;
        }
    }

    private static boolean empty(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.allMatch(file ->
                    !Files.isRegularFile(file) || file.getFileName().toString().startsWith(".cxt-owner"));
        }
    }

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static final String WEB = """
            - route:
                id: web
                description: A door of a site's own
                from:
                  id: web-door
                  uri: platform-http
                  parameters:
                    path: /chats
                  steps:
                    - to:
                        id: hand-over
                        uri: direct
                        parameters:
                          name: inject-transcript
                    - marshal:
                        id: as-json
                        json: {}
            """;

    /** The same, which ends with this exit code. */
    private void say(int exit, String... arguments) {
        exits.put(commands.size(), exit);
        say(arguments);
    }

    private void say(String... arguments) {
        commands.add(new Wanted(Map.copyOf(environment), List.of(arguments)));
    }

    private void run() throws Exception {
        List<Ended> ended = Command.runAll(scratch, commands);
        for (int i = 0; i < commands.size(); i++) {
            String command = i + " " + String.join(" ", commands.get(i).arguments());
            said.put(command, ended.get(i));
            assertThat(ended.get(i).exit())
                    .as(command + ended.get(i).err())
                    .isEqualTo(exits.getOrDefault(i, ended.get(i).exit()));
        }
    }

    private static boolean tellsOfTranscripts(Path file) {
        String path = file.toString();
        boolean transcript = path.contains("/archive/")
                || path.contains("/inbox/")
                || path.contains("/dead-letters/") && !path.endsWith(".reason.json");
        return !transcript;
    }

    private static String planted(String id) {
        return chat(id, 2, "CANARYtextCANARY")
                .replace("cust-1", "CANARYcustomerCANARY")
                .replace("agt-1", "CANARYagentCANARY");
    }

    private static String swapped() {
        return planted("swapped").replace("00:00:00Z", "09:00:00Z");
    }
}
