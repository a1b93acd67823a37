package io.cxt.route;

import static io.cxt.fixture.Chats.chat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.fixture.DigitalSite;
import io.cxt.fixture.LogRecorder;
import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.Fault;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import io.cxt.simulator.digital.DigitalStandIn;
import io.cxt.simulator.digital.DigitalSwitches;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With a policy, a card number that was dropped is found nowhere afterwards but in the file that was dropped. */
class RedactionRouteTest {
    private static final String CARD = "4929420569870009";
    private static final List<String> SPELLINGS = List.of(CARD, "4929 4205 6987 0009", "49294205", "\\u0034929");

    @TempDir
    Path data;

    private static String planted(String id) {
        return chat(id, 2, "pay with 4929 4205 6987 0009")
                .replace("agt-1", "agent " + CARD)
                .replace("\"customer\"}", "\"customer " + CARD + "\"}")
                .replaceFirst("\\{", "{\"custom\":\"" + CARD + "\",\"x" + CARD + "\":1,");
    }

    private List<String> policy() throws IOException {
        Path policies = Files.createDirectories(data.resolve("policies"));
        Files.writeString(
                policies.resolve("mine.properties"), "version=3\ncard.action=hash\ncard.ids=true\ncvv.action=mask\n");
        Path key = policies.resolve("key");
        Files.writeString(key, "k".repeat(40));
        key.toFile().setReadable(false, false);
        key.toFile().setReadable(true, true);
        return List.of(
                "redaction.policy",
                "mine",
                "redaction.folder",
                policies.toString(),
                "redaction.key-file",
                key.toString(),
                "redaction.originals",
                "delete");
    }

    @Test
    void a_card_number_is_nowhere_that_was_dropped_in_a_file() throws Exception {
        LogRecorder log = LogRecorder.install();
        List<String> settings = new ArrayList<>(policy());
        settings.addAll(List.of(
                "transcript.unknown-fields", "drop", "cxone.retry.max-retries", "0", "pickup.file.id-prefix", "P-"));
        List<String> got;
        try (log;
                StandIn cxone = StandIn.start(StandInSettings.defaults()
                        .withClient("client-1", RunningCxt.SECRET)
                        .withHeadersAndBodies())) {
            cxone.next(Fault.status(400), Fault.none());
            try (RunningCxt cxt = RunningCxt.start(data, cxone, settings.toArray(String[]::new))) {
                cxt.drops("refused.json", planted("refused"));
                cxt.drops("sent.json", planted("sent"));
                cxt.drops("again.json", planted("sent"));
                cxt.drops("named.json", planted(CARD));
                cxt.drops(
                        "bad.ndjson",
                        planted("cut").substring(0, 400) + "\n"
                                + planted("late").replace("00:00:00Z", "09:00:00Z") + "\n"
                                + planted("types").replace("\"text\":\"pay", "\"text\":17,\"" + CARD + "\":\"") + "\n");
                cxt.awaits(() -> cxt.files("inbox/.done").isEmpty()); // each is deleted there
                assertThat(cxt.rows("SELECT state FROM delivery WHERE interaction_id = 'P-sent'"))
                        .containsExactly("SENT");
                assertThat(cxt.rows(
                                "SELECT detail FROM audit_event WHERE event = 'CLAIMED' AND interaction_id = 'P-sent'"))
                        .singleElement()
                        .asString()
                        .containsPattern("id-prefix=P- redaction=mine/3/[0-9a-f]{12} redacted-card:7");
                assertThat(cxt.text("reports/sent.json.report.json")).contains("\"redacted-card\" : 7");
            }
            got = cxone.calls().stream()
                    .map(call -> call.headers() + new String(call.body(), StandardCharsets.UTF_8))
                    .toList();
            assertThat(cxone.deliveries()).hasSize(2);
        }
        assertThat(got).isNotEmpty().allMatch(call -> call.contains("[card:")).noneMatch(RedactionRouteTest::leaks);
        assertThat(log.lines()).noneMatch(RedactionRouteTest::leaks);
        try (Stream<Path> files = Files.walk(data)) {
            List<Path> all = files.filter(Files::isRegularFile).toList();
            assertThat(all)
                    .anyMatch(file -> file.toString().endsWith(".reason.json"))
                    .anyMatch(file -> file.toString().contains("/archive/"));
            for (Path file : all) {
                assertThat(leaks(text(file))).as(file.toString()).isFalse();
            }
        }
    }

    @Test
    void a_card_number_in_two_messages_is_nowhere_when_each_message_is_a_call() throws Exception {
        String split = chat("split", 4, "TEXT")
                .replaceFirst("TEXT", "it is 4929 4205")
                .replaceFirst("TEXT", "go on")
                .replaceFirst("TEXT", "6987 0009, that is it")
                .replaceFirst("TEXT", "thanks");
        List<String> got;
        try (DigitalStandIn cxone = DigitalStandIn.start(
                StandInSettings.defaults()
                        .withAccessKey("key-of-a-tenant", DigitalSite.SECRET)
                        .withHeadersAndBodies(),
                DigitalSwitches.defaults())) {
            List<String> settings = new ArrayList<>(policy());
            settings.addAll(List.of(DigitalSite.settings(cxone)));
            try (RunningCxt cxt = RunningCxt.start(data, cxone, settings.toArray(String[]::new))) {
                cxt.drops("split.json", split);
                assertThat(cxt.rows("SELECT detail FROM audit_event WHERE event = 'CLAIMED' AND part = 1"))
                        .singleElement()
                        .asString()
                        .contains("redaction=mine/3/", "redacted-card:1");
            }
            got = cxone.calls().stream()
                    .filter(call -> call.body() != null)
                    .map(call -> new String(call.body(), StandardCharsets.UTF_8))
                    .toList();
        }
        assertThat(got)
                .anyMatch(body -> body.contains("it is [card]"))
                .anyMatch(body -> body.contains("[card], that is it"))
                .noneMatch(body -> body.contains("4929 4205") || body.contains("6987 0009"));
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(text(file)).as(file.toString()).doesNotContain("4929 4205", "6987 0009");
            }
        }
    }

    @Test
    void what_is_left_of_a_file_takes_its_place_and_is_the_same_chat_when_it_is_dropped_again() throws Exception {
        List<String> settings = new ArrayList<>(policy());
        settings.set(settings.indexOf("delete"), "replace");
        settings.addAll(List.of("transcript.unknown-fields", "drop", "pickup.file.id-prefix", "P-"));
        String pretty = planted("pretty").replace(",", ",\n");
        try (StandIn cxone = StandIn.start(StandInSettings.defaults().withClient("client-1", RunningCxt.SECRET));
                RunningCxt cxt = RunningCxt.start(data, cxone, settings.toArray(String[]::new))) {
            cxt.drops(
                    "chats.ndjson",
                    planted("one") + "\n" + planted("two") + "\n"
                            + planted("cut").substring(0, 400));
            cxt.drops("pretty.json", pretty);
            cxt.drops("chats.ndjson", planted("three") + "\n"); // a second one of its name
            ByteArrayOutputStream packed = new ByteArrayOutputStream();
            try (OutputStream out = new GZIPOutputStream(packed)) {
                out.write((planted("four") + "\n").getBytes(StandardCharsets.UTF_8));
            }
            cxt.put("packed.ndjson.gz", packed.toByteArray());
            cxt.awaits(() -> {
                List<String> done = cxt.files("inbox/.done");
                return done.size() == 4 && done.stream().allMatch(name -> name.endsWith(".redacted.ndjson"));
            });
            assertThat(cxt.files("inbox/.done"))
                    .contains(
                            "chats.ndjson.redacted.ndjson",
                            "pretty.json.redacted.ndjson",
                            "packed.ndjson.gz.redacted.ndjson");
            try (Stream<Path> files = Files.walk(data)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    assertThat(leaks(text(file))).as(file.toString()).isFalse();
                }
            }
            String left = cxt.text("inbox/.done/chats.ndjson.redacted.ndjson");
            assertThat(left.lines()).hasSize(3);
            assertThat(left).contains("[card:", "\"one\"", "\"two\"");
            assertThat(cxt.text("reports/pretty.json.report.json")).contains("inbox/.done/pretty.json.redacted.ndjson");
            cxt.drops("again.json", cxt.text("inbox/.done/pretty.json.redacted.ndjson"));
            assertThat(cxt.text("reports/again.json.report.json")).contains("\"duplicate\" : 1");
            assertThat(cxone.deliveries()).hasSize(5);
        }
    }

    /** The rest of a broken file is in no dead letter, and what was not selected is nowhere else either. */
    @ParameterizedTest
    @CsvSource({"delete", "replace"})
    void a_file_stays_when_something_of_it_is_kept_nowhere_else(String originals) throws Exception {
        List<String> settings = new ArrayList<>(policy());
        settings.set(settings.indexOf("delete"), originals);
        settings.addAll(List.of(
                "transcript.unknown-fields",
                "drop",
                "pickup.file.select-limit",
                "2",
                "transcript.max-input-bytes",
                "20000"));
        try (LogRecorder log = LogRecorder.install();
                StandIn cxone = StandIn.start(StandInSettings.defaults().withClient("client-1", RunningCxt.SECRET));
                RunningCxt cxt = RunningCxt.start(data, cxone, settings.toArray(String[]::new))) {
            cxt.drops(
                    "broken.json",
                    "[" + planted("one") + "," + planted("cut").substring(0, 400) + "}," + planted("rest"));
            cxt.drops("selected.ndjson", planted("two") + "\n" + planted("three") + "\n" + planted("four") + "\n");
            cxt.drops("large.json", planted("large").replaceFirst("pay", "p".repeat(30_000)));
            cxt.drops("whole.json", planted("whole"));

            cxt.awaits(() -> cxt.files("inbox/.redacting").isEmpty());
            assertThat(cxt.files("inbox/.done"))
                    .contains("broken.json", "selected.ndjson", "large.json")
                    .doesNotContain("whole.json");
            assertThat(cxt.text("reports/broken.json.report.json")).contains("inbox/.done/broken.json");
            assertThat(log.lines().stream().filter(line -> line.startsWith("original kept source=")))
                    .hasSize(3);
        }
    }

    private static boolean leaks(String text) {
        return SPELLINGS.stream().anyMatch(text::contains);
    }

    private static String text(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length > 2 && bytes[0] == 0x1F && (bytes[1] & 0xFF) == 0x8B) {
            try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
                bytes = in.readAllBytes();
            }
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Test
    void what_was_sent_is_a_duplicate_and_the_same_under_another_policy_a_conflict() throws Exception {
        try (StandIn cxone = StandIn.start(StandInSettings.defaults().withClient("client-1", RunningCxt.SECRET))) {
            LogRecorder log = LogRecorder.install();
            try (log;
                    RunningCxt cxt = RunningCxt.start(data, cxone, "redaction.policy", "cards")) {
                cxt.drops("one.json", planted("one").replaceFirst("\"custom\".*:1,", ""));
                cxt.drops("two.json", planted("one").replaceFirst("\"custom\".*:1,", ""));
                assertThat(cxt.text("reports/two.json.report.json")).contains("\"duplicate\" : 1");
                assertThat(cxt.files("inbox")).contains(".done/one.json");
                assertThat(log.lines())
                        .anyMatch(line -> line.startsWith("originals kept unredacted redaction=cards/1/"));
            }
            try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
                cxt.drops("three.json", planted("one").replaceFirst("\"custom\".*:1,", ""));
                assertThat(cxt.text("reports/three.json.report.json"))
                        .contains("\"conflict\" : 1")
                        .contains("redaction=cards/1/");
            }
            assertThat(cxone.deliveries()).hasSize(1);
        }
    }

    @Test
    void a_route_without_the_step_is_not_started_where_a_policy_is_set() throws Exception {
        Path routes = RunningCxt.copyOfRoutes(data.resolve("routes"));
        Path file = routes.resolve("read-transcripts.camel.yaml");
        String shipped = Files.readString(file);
        Files.writeString(
                file,
                shipped.replace(
                        "ref: cxtRedaction\n                  method: redact",
                        "ref: cxtIntake\n                  method: toString"));
        assertThat(Files.readString(file)).isNotEqualTo(shipped);
        try (StandIn cxone = StandIn.start(StandInSettings.defaults())) {
            assertThatThrownBy(() -> RunningCxt.start(routes, data, cxone, false, "redaction.policy", "cards"))
                    .hasStackTraceContaining("routes/read-transcripts.camel.yaml lacks the step redact");
        }
    }
}
