package io.cxt.cli;

import static io.cxt.fixture.Chats.chat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cxt.fixture.Await;
import io.cxt.fixture.Command;
import io.cxt.fixture.Command.Ended;
import io.cxt.fixture.Environment;
import io.cxt.fixture.Ports;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Wrong arguments, and surroundings in which a command cannot start: words, an exit code, and no stack trace. */
@Timeout(180)
class StartIT {
    private static final Path NOT_THERE = Path.of("/proc/nope"); // nobody can make it, root included

    @TempDir
    Path scratch;

    private Map<String, String> environment;
    private StandIn cxone;

    @BeforeEach
    void startCxone() throws IOException {
        cxone = StandIn.start(StandInSettings.defaults());
        environment = new HashMap<>(Environment.of(scratch.resolve("d"), cxone));
    }

    @AfterEach
    void stopCxone() {
        cxone.close();
    }

    /** In this process, for what ends before anything is opened. */
    private static Ended here(String... arguments) {
        PrintStream err = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            return new Ended(Cxt.execute(arguments), "", said.toString(StandardCharsets.UTF_8));
        } finally {
            System.setErr(err);
        }
    }

    private Ended cxt(String... arguments) throws Exception {
        Ended ended = Command.run(scratch, environment, arguments);
        assertThat(ended.out() + ended.err()).doesNotContain("\tat ", "Unforeseen", "Exception");
        return ended;
    }

    @CsvSource({
        "nope --help, cxt has no verb nope. The nearest is hold",
        "--help nope, cxt has no verb nope.",
        "statu, cxt has no verb statu. The nearest is status. See: cxt --help",
        "help nope, nope",
        "audit nope --help, cxt audit has no verb nope. The nearest is export",
        "archive nope -h, cxt archive has no verb nope. The nearest is restore",
        "dead-letters nope, cxt dead-letters has no verb nope. The nearest is list",
        "run --onec, cxt run has no option --onec. The nearest is --once. See: cxt run --help",
        "run --help --onec, cxt run has no option --onec.",
        "run nope, cxt run takes no argument nope.",
        "jobs show x, x is not a whole number",
        "jobs show 99999999999999999999, is not a whole number or too large for one",
        "'', Usage: cxt",
    })
    @Tag("fault-118")
    @ParameterizedTest
    void a_word_that_means_nothing_is_refused_with_the_nearest_also_beside_help(String line, String words) {
        Ended ended = here(line.isEmpty() ? new String[0] : line.split(" "));

        assertThat(ended.exit()).isEqualTo(2);
        assertThat(ended.err()).contains(words);
    }

    @Test
    @Tag("fault-118")
    void help_is_help() {
        for (String line : List.of("help", "help run", "-h", "run --help", "audit verify -h", "rehearse --help")) {
            assertThat(here(line.split(" ")).exit()).as(line).isZero();
        }
    }

    @CsvSource({
        "--fault rest-after-body=1, there is no fault 'rest-after-body'; the nearest is reset-after-body. Known",
        "--fault 503=150, allowed: 0 to 100",
        "--port 99999, port is 99999; allowed: 0 (any free one) to 65535",
        "--rate -5, rate is -5",
        "--retry-after never, 'never'",
        "--target digital, there is no target 'digital'; known: conversations",
        "--set duplicate=same, --set needs --target cxone-digital",
        "--target cxone-digital --set duplicates=same, there is no switch 'duplicates'; the nearest is duplicate",
        "--target cxone-digital --set success=203, success is 203; allowed: [200",
    })
    @Tag("fault-123")
    @ParameterizedTest
    void a_stand_in_that_cannot_be_like_that_says_what_can(String arguments, String words) {
        Ended ended = here(("simulate " + arguments).split(" "));

        assertThat(ended.exit()).isEqualTo(2);
        assertThat(ended.err()).contains(words, "See: cxt simulate --help").doesNotContain("Unforeseen");
    }

    @Test
    @Tag("fault-123")
    void what_cannot_be_written_is_named() throws Exception {
        Path file = Files.createFile(scratch.resolve("file"));

        assertThat(here("demo", "--folder", file.toString()))
                .satisfies(ended -> assertThat(ended.exit()).isEqualTo(2))
                .satisfies(ended -> assertThat(ended.err()).contains(file + " is not a folder of a demo"));
        Ended ended = here("demo", "--folder", NOT_THERE.toString());
        assertThat(ended.exit()).isEqualTo(4);
        assertThat(ended.err()).contains(NOT_THERE + ": it does not exist").doesNotContain("Unforeseen", " at ");
    }

    @Test
    @Tag("fault-123")
    void a_port_that_is_taken_stops_the_start_and_nobody_says_that_health_is_there() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            environment.put("OPS_ENABLED", "true");
            environment.put("OPS_PORT", port);

            Ended run = cxt("run");
            environment.put("OPS_HOST", "192.0.2.1"); // of no machine, RFC 5737
            Ended elsewhere = cxt("run");
            Ended simulate = here("simulate", "--port", port);

            assertThat(run.exit()).isEqualTo(3);
            assertThat(run.err())
                    .contains("ops.port " + port + " on 127.0.0.1 is in use", "or ops.enabled to false")
                    .doesNotContain("running");
            assertThat(elsewhere.exit()).isEqualTo(3);
            assertThat(elsewhere.err()).contains("ops.host is 192.0.2.1, which is not an address of this machine");
            assertThat(simulate.exit()).isEqualTo(4);
            assertThat(simulate.err()).contains("--port " + port + " on 127.0.0.1 is in use");
        }
    }

    /** For SQLite's library, and whatever else wants one. */
    @Test
    @Tag("fault-123")
    void without_a_folder_for_temporary_files_everything_works_and_nothing_is_left_behind() throws Exception {
        int port = Ports.free();
        environment.put("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + NOT_THERE);
        environment.put("OPS_ENABLED", "true");
        environment.put("OPS_PORT", Integer.toString(port));
        Files.createDirectories(scratch.resolve("d/inbox"));
        Files.writeString(scratch.resolve("d/inbox/one.json"), chat("one"));
        HttpRequest health = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/observe/health"))
                .build();
        HttpClient http = HttpClient.newHttpClient();

        try (Command run = Command.start(scratch, environment, "run")) {
            assertThat(cxone.await(counts -> counts.acceptedDistinct() == 1, Duration.ofSeconds(60)))
                    .as(run.err())
                    .isTrue();
            Await.until(() -> run.err().contains("running"), Duration.ofSeconds(30));
            assertThat(http.send(health, HttpResponse.BodyHandlers.ofString()).body())
                    .contains("UP");
            assertThat(run.err()).doesNotContain("ERROR", "WARN", "\tat ");
        }

        try (var left = Files.list(scratch.resolve("d"))) {
            assertThat(left).noneMatch(file -> file.getFileName().toString().startsWith(".sqlite-"));
        }
    }

    /** Camel would look into the environment by itself, for the plain name alone, and take the value as it stands. */
    @Test
    @Tag("fault-119")
    void routes_get_what_the_settings_say_and_check_tells_which_are_of_the_environment() throws Exception {
        Path inbox = Files.createDirectories(scratch.resolve("inbox"));
        Files.writeString(inbox.resolve("one.json"), chat("one"));
        environment.put(
                "PICKUP_FILE_FOLDER", scratch.resolve("of-the-base-image").toString());
        environment.put("CXT_PICKUP_FILE_FOLDER", inbox.toString());
        environment.put("PICKUP_FILE_SETTLE_MS", " 0\n");
        environment.put("CXT_ARCHIVE_LAYOUT", "");

        Ended run = cxt("run", "--once");
        Ended check = cxt("check");
        environment.put("CXONE_REQUEST_PER_SECOND", "5");
        Ended misspelt = cxt("status");

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).startsWith("1 read, 1 sent");
        assertThat(scratch.resolve("of-the-base-image")).doesNotExist();
        assertThat(check.out())
                .contains("ok  environment sets CXT_ARCHIVE_LAYOUT, CXONE_BASE_URL, CXONE_CLIENT_ID,")
                .contains(" CXT_PICKUP_FILE_FOLDER")
                .doesNotContain(" PICKUP_FILE_FOLDER", "secret-1");
        assertThat(misspelt.exit()).isEqualTo(3);
        assertThat(misspelt.err()).contains("CXONE_REQUEST_PER_SECOND", "The nearest is CXONE_REQUESTS_PER_SECOND");
    }

    @Test
    @Tag("fault-123")
    void a_log_that_cannot_be_set_up_and_routes_that_are_not_there_stop_the_start() throws Exception {
        Path home = scratch.resolve("home");
        Files.createDirectories(home.resolve("config"));
        Path log = Files.writeString(home.resolve("config/logback.xml"), "<configuration><oops");

        try (Command broken = Command.startIn(home, scratch, environment, "run", "--once")) {
            Ended ended = broken.ended();
            assertThat(ended.exit()).isEqualTo(3);
            assertThat(ended.err())
                    .contains("line", "Correct " + log + ", or remove it")
                    .doesNotContain("\tat ");
            assertThat(ended.out()).isEmpty();
        }
        Files.delete(log);
        try (Command none = Command.startIn(home, scratch, environment, "run", "--once")) {
            Ended ended = none.ended();
            assertThat(ended.exit()).isEqualTo(3);
            assertThat(ended.err()).contains("Cannot read the files in " + home.resolve("routes"), "CXT_HOME");
        }
    }

    @Test
    @Tag("fault-123")
    void an_answer_that_does_not_arrive_is_no_success_and_a_reader_that_has_enough_is_no_fault() throws Exception {
        assumeTrue(Files.exists(Path.of("/dev/full")), "no disk that is always full here");
        Ended full = Command.runBy(List.of("sh", "-c", "exec \"$@\" >/dev/full", "sh"), scratch, environment, "--help");
        Ended head = Command.runBy(
                List.of("sh", "-c", "{ \"$@\"; echo \"ended $?\" >&2; } | :", "sh"), scratch, environment, "--help");

        assertThat(full.exit()).isEqualTo(4);
        assertThat(full.err()).contains("The output is incomplete");
        assertThat(head.err()).isEqualTo("ended 0\n");
    }
}
