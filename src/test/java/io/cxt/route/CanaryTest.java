package io.cxt.route;

import static io.cxt.fixture.Chats.chat;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.DigitalSite;
import io.cxt.fixture.LogRecorder;
import io.cxt.fixture.Ports;
import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.Fault;
import io.cxt.simulator.ReceivedCall;
import io.cxt.simulator.RunningStandIn;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import io.cxt.simulator.digital.DigitalCall;
import io.cxt.simulator.digital.DigitalStandIn;
import io.cxt.simulator.digital.DigitalSwitches;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Words planted in texts, names, secret and token turn up nowhere but in the transcripts themselves. */
class CanaryTest {

    private static final String TEXT = "CANARYtextCANARY";
    private static final String NAME = "CANARYnameCANARY";

    private static final URI ELSEWHERE = URI.create("https://u:CANARYpasswordCANARY@127.0.0.1/?t=CANARYtokenCANARY");

    /** What the Digital Engagement API answers to a body that it does not take, with the value that it means. */
    private static final String ERRORS =
            "{\"errors\":[{\"title\":\"%1$s\",\"message\":\"%1$s\",\"value\":\"%2$s\"}],\"uid\":\"uid of %1$s\"}"
                    .formatted(TEXT, NAME);

    @TempDir
    Path data;

    @Test
    @Tag("fault-57")
    void nothing_planted_is_found_in_a_log_a_reason_a_metric_or_the_record() throws Exception {
        try (StandIn cxone = StandIn.start(StandInSettings.defaults()
                .withClient("client-1", RunningCxt.SECRET)
                .withHeadersAndBodies())) {
            // 400 and 422 quote the chat in their answers; resets end in exceptions
            cxone.next(
                    Fault.status(400),
                    Fault.status(503),
                    Fault.resetAfterBody(),
                    Fault.status(422),
                    Fault.badJson(),
                    Fault.redirect(307, ELSEWHERE));
            drops_what_is_planted(
                    cxone, () -> cxone.calls().stream().map(ReceivedCall::token).toList());
        }
    }

    @Test
    @Tag("fault-57")
    void nothing_planted_is_found_when_each_message_is_a_call() throws Exception {
        try (DigitalStandIn cxone = DigitalStandIn.start(
                StandInSettings.defaults().withAccessKey("key-of-a-tenant", DigitalSite.SECRET),
                DigitalSwitches.defaults())) {
            Fault quoting = Fault.status(422).withBody(ERRORS);
            cxone.next(
                    Fault.status(400).withBody(ERRORS),
                    Fault.status(503).withBody(ERRORS),
                    Fault.resetAfterBody(), // looked up
                    quoting,
                    Fault.badJson(),
                    Fault.none(),
                    Fault.hang(Duration.ofMillis(50)), // looked up in vain, and sent again
                    Fault.redirect(307, ELSEWHERE),
                    Fault.none().withBody(ERRORS));
            cxone.nextOther(quoting, Fault.page(200), Fault.status(500).withBody(ERRORS), Fault.resetAfterBody());
            drops_what_is_planted(
                    cxone, () -> cxone.calls().stream().map(DigitalCall::token).toList(), DigitalSite.settings(cxone));
            assertThat(cxone.faultsLeft()).isZero();
            assertThat(cxone.counts().calls()).containsKeys("SEARCH", "STATUS");
        }
    }

    private void drops_what_is_planted(RunningStandIn<?> cxone, Supplier<List<String>> bearers, String... more)
            throws Exception {
        LogRecorder log = LogRecorder.install();
        String metrics;
        String health;
        String port = Integer.toString(Ports.free());
        List<String> settings = new ArrayList<>(List.of(more));
        settings.addAll(List.of(
                "ops.enabled", "true",
                "ops.port", port,
                "cxone.retry.max-retries", "1",
                "cxone.retry.max-wait-ms", "300"));
        try (log;
                RunningCxt cxt = RunningCxt.start(data, cxone, settings.toArray(String[]::new))) {
            for (int i = 0; i < 8; i++) {
                cxt.drops("good-" + i + ".json", planted("good-" + i));
            }
            cxt.drops("broken.ndjson", planted("cut").substring(0, 300) + "\n" + swapped() + "\n");
            cxt.drops(
                    "types.json", planted("types").replace("\"text\":\"" + TEXT + "\"", "\"text\":[\"" + TEXT + "\"]"));
            cxt.drops("nul.json", planted("nul").replace(TEXT, TEXT + "\\u0000"));
            metrics = get(port, "metrics");
            health = get(port, "health");
        }
        List<String> tokens = bearers.get().stream().distinct().toList();

        assertThat(metrics)
                .contains("cxt_deliveries", "cxt_call_seconds_bucket")
                .doesNotContain("CANARY");
        assertThat(health).contains("\"UP\"").doesNotContain("CANARY");
        assertThat(tokens).isNotEmpty().doesNotContainNull();
        assertThat(log.lines())
                .anyMatch(line -> line.startsWith("lane stopped"))
                .noneMatch(line -> leaks(line, tokens));
        try (Stream<Path> files = Files.walk(data)) {
            List<Path> record = files.filter(Files::isRegularFile)
                    .filter(CanaryTest::isRecord)
                    .toList();
            assertThat(record).hasSizeGreaterThan(8);
            for (Path file : record) {
                assertThat(leaks(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1), tokens))
                        .as(file.toString())
                        .isFalse();
            }
        }
    }

    /** What tells of transcripts, other than the transcripts. */
    private static boolean isRecord(Path file) {
        String path = file.toString();
        boolean transcript = path.contains("/archive/")
                || path.contains("/inbox/")
                || path.contains("/dead-letters/") && !path.endsWith(".reason.json");
        return !transcript;
    }

    private static boolean leaks(String text, List<String> tokens) {
        return text.contains("CANARY")
                || text.contains(RunningCxt.SECRET)
                || text.contains(DigitalSite.SECRET)
                || tokens.stream().anyMatch(text::contains);
    }

    private static String planted(String id) {
        return chat(id, 2, TEXT).replace("cust-1", NAME).replace("agt-1", NAME);
    }

    private static String swapped() {
        return planted("swapped").replace("00:00:00Z", "09:00:00Z");
    }

    private static String get(String port, String what) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/observe/" + what))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
