package io.cxt.route;

import static io.cxt.fixture.Chats.chat;
import static io.cxt.fixture.Chats.lines;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.fixture.LogRecorder;
import io.cxt.fixture.RunningCxt;
import io.cxt.fixture.SlowFile;
import io.cxt.settings.InvalidSettingsException;
import io.cxt.simulator.Fault;
import io.cxt.simulator.FaultPlan;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.camel.CamelContext;
import org.apache.camel.component.file.FileComponent;
import org.apache.camel.component.file.FileEndpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PickupFilesRouteTest {

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

    @Test
    void a_file_of_each_kind_is_read_and_moved_to_done() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("one.json", chat("one"));
            cxt.drops("array.json", "[" + chat("array-1") + ",\n" + chat("array-2") + "]");
            cxt.drops("lines.ndjson", lines("line", 3));
            cxt.drops("lines.JSONL", lines("other", 2));
            cxt.put("packed.ndjson.gz", gzip(lines("packed", 2)));
            cxt.awaits(() -> cxone.counts().accepted() == 10);
            cxt.awaits(() -> !Files.exists(data.resolve("inbox/packed.ndjson.gz")));

            assertThat(cxt.files("inbox"))
                    .containsExactly(
                            ".done/array.json",
                            ".done/lines.JSONL",
                            ".done/lines.ndjson",
                            ".done/one.json",
                            ".done/packed.ndjson.gz");
        }
        assertThat(cxone.counts().acceptedDistinct()).isEqualTo(10);
    }

    @Test
    @Tag("fault-17")
    void the_same_file_again_makes_no_call_and_keeps_both_copies() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("chats.ndjson", lines("chat", 5));

            cxt.drops("chats.ndjson", lines("chat", 5));

            assertThat(cxone.counts().posts()).isEqualTo(5);
            assertThat(cxt.files("inbox/.done")).hasSize(2);
            assertThat(cxt.events("chat-3")).containsExactly("CLAIMED", "SENT", "SKIPPED_DUPLICATE");
            assertThat(cxt.text("reports/" + cxt.files("reports").get(0))).contains("\"duplicate\" : 5");
            assertThat(cxt.text("reports/chats.ndjson.report.json")).contains("\"sent\" : 5");
        }
    }

    @Test
    void many_files_of_one_chat_go_in_beside_each_other() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "cxone.max-in-flight", "4")) {
            for (int i = 0; i < 300; i++) {
                cxt.put("chat-" + i + ".json", chat("chat-" + i).getBytes(StandardCharsets.UTF_8));
            }

            cxt.awaits(() -> cxt.files("inbox/.done").size() == 300);
        }
        assertThat(cxone.counts().acceptedDistinct()).isEqualTo(300);
        assertThat(cxone.counts().repeats()).isZero();
    }

    @Test
    @Tag("fault-13")
    @Tag("fault-14")
    void a_file_that_is_still_being_written_is_left_alone() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "pickup.file.settle-ms", "300")) {
            String name = SlowFile.write(
                    cxt, cxone, data.resolve("inbox"), 40, Duration.ofMillis(300), Duration.ofMillis(40), file -> {});

            cxt.awaits(() -> !Files.exists(data.resolve("inbox/" + name + ".ndjson")));
            assertThat(SlowFile.accepted(cxone, name)).isEqualTo(40);
        }
    }

    @Test
    @Tag("fault-52")
    void links_pipes_folders_and_hidden_files_are_passed_over() throws Exception {
        Path secret = Files.writeString(data.resolve("outside.json"), chat("outside"));
        Files.createDirectories(data.resolve("inbox/folder.json"));
        Files.createSymbolicLink(data.resolve("inbox/link.json"), secret);
        Files.writeString(data.resolve("inbox/.hidden.json"), chat("hidden"));
        assertThat(new ProcessBuilder("mkfifo", data.resolve("inbox/pipe.json").toString())
                        .start()
                        .waitFor())
                .isZero();

        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("chat.json", chat("chat"));

            assertThat(cxone.deliveries())
                    .extracting(delivery -> delivery.interactionId())
                    .containsExactly("chat");
            assertThat(data.resolve("inbox/link.json")).exists();
            assertThat(cxt.engine().components().drained()).isTrue();
        }
    }

    @Test
    @Tag("fault-71")
    void what_nobody_will_take_is_said_once_each_with_what_to_do() throws Exception {
        Path inbox = Files.createDirectories(data.resolve("inbox"));
        Map<String, String> wanted = new TreeMap<>(Map.of(
                "notes.txt", "name it .json",
                "chats.json.zip", "unpack it",
                "chats.xlsx", "save it as CSV",
                "README", "name it .json",
                "folder", "move the files in it out of it",
                "folder.json", "move the files in it out of it",
                "link.json", "put the file itself there",
                "pipe", "put the file itself there"));
        Files.createDirectory(inbox.resolve("folder"));
        Files.createDirectory(inbox.resolve("folder.json"));
        Files.createDirectory(inbox.resolve(".hidden"));
        Files.createSymbolicLink(inbox.resolve("link.json"), data.resolve("outside.json"));
        assertThat(new ProcessBuilder("mkfifo", inbox.resolve("pipe").toString())
                        .start()
                        .waitFor())
                .isZero();
        for (String file : List.of("notes.txt", "chats.json.zip", "chats.xlsx", "README")) {
            Files.writeString(inbox.resolve(file), "secret text");
        }
        for (String file : List.of(".txt", "a.json.part", "b.tmp", "c.json~", "~$d.xlsx", "e.csv.filepart")) {
            Files.writeString(inbox.resolve(file), "unfinished");
        }

        try (LogRecorder log = LogRecorder.install();
                RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.awaits(() -> saidPassedOver(log).size() >= wanted.size());
            cxt.drops("one.json", chat("one"));
            cxt.drops("two.json", chat("two")); // so it has looked more than once

            assertThat(saidPassedOver(log)).hasSameSizeAs(wanted.keySet());
            wanted.forEach((name, next) -> assertThat(saidPassedOver(log)).anySatisfy(line -> assertThat(line)
                    .startsWith("passed over name=" + name + " pickup=file reason=\"")
                    .contains("next=\"", next)));
            assertThat(cxt.engine().components().passedOver()).isEqualTo(wanted.size());
            assertThat(cxt.engine().components().drained()).isTrue();
            assertThat(saidPassedOver(log)).hasSameSizeAs(wanted.keySet());
        }
    }

    private static List<String> saidPassedOver(LogRecorder log) {
        return log.lines().stream()
                .filter(line -> line.startsWith("passed over"))
                .toList();
    }

    @Test
    @Tag("fault-71")
    void of_very_many_a_thousand_are_said_and_one_line_says_how_many_more() throws Exception {
        Path inbox = Files.createDirectories(data.resolve("inbox"));
        for (int i = 0; i < 1_007; i++) {
            Files.createFile(inbox.resolve("note-" + i + ".txt"));
        }
        try (LogRecorder log = LogRecorder.install();
                RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.awaits(() -> saidPassedOver(log).size() >= 1_000);

            assertThat(cxt.engine().components().passedOver()).isEqualTo(1_007);
            cxt.engine().components().passedOver();

            assertThat(saidPassedOver(log)).hasSize(1_001).anySatisfy(line -> assertThat(line)
                    .startsWith("passed over more=7 pickup=file"));
        }
    }

    @Test
    @Tag("fault-62")
    void who_delivered_a_file_is_in_the_audit() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("one.json", chat("one"));

            assertThat(cxt.rows("SELECT detail FROM audit_event WHERE event = 'INTAKE_OPENED'"))
                    .singleElement()
                    .asString()
                    .matches("door=file bytes=\\d+ uid=\\d+ owner=\\S+");
        }
    }

    @Test
    @Tag("fault-61")
    void everything_it_writes_is_for_its_owner_alone() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("chats.ndjson", chat("good") + "\n{\"broken\n");

            assertThat(writtenIn(data))
                    .allSatisfy(path -> assertThat(mode(path)).endsWith("------"));
        }
    }

    private static List<Path> writtenIn(Path data) throws IOException {
        try (Stream<Path> files = Files.walk(data)) {
            return files.filter(path -> !path.equals(data) && !path.startsWith(data.resolve("inbox")))
                    .toList();
        }
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    @Tag("fault-101")
    void a_second_cxt_with_a_ledger_of_its_own_is_refused_at_the_start() throws Exception {
        String inbox = data.resolve("inbox").toString();
        Path second = data.resolveSibling(data.getFileName() + "-2");
        try (RunningCxt first = RunningCxt.start(data, cxone)) {
            assertThatThrownBy(() -> RunningCxt.start(second, cxone, "pickup.file.folder", inbox))
                    .isInstanceOf(InvalidSettingsException.class)
                    .hasMessageContaining(inbox)
                    .hasMessageContaining("Let both use one PostgreSQL (ledger.url)");
            first.drops("one.json", chat("one"));
        }

        try (RunningCxt now = RunningCxt.start(second, cxone, "pickup.file.folder", inbox)) {
            Files.writeString(data.resolve("inbox/two.json"), chat("two"));
            now.awaits(() -> cxone.counts().accepted() == 2);
        }
        assertThat(cxone.counts().posts()).isEqualTo(2);
    }

    @Test
    @Tag("fault-101")
    void a_ledger_that_comes_after_one_that_died_marks_what_that_may_have_sent() throws Exception {
        Path inbox = Files.createDirectories(data.resolve("inbox"));
        Files.writeString(inbox.resolve("half.json"), chat("half"));
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.awaits(() -> cxone.counts().accepted() == 1);
            cxt.awaits(() -> cxt.files("inbox").equals(List.of(".done/half.json")));
        }
        Files.move(inbox.resolve(".done/half.json"), inbox.resolve("half.json")); // as if it had died before the move
        Files.writeString(inbox.resolve(".cxt-owner"), "ledger=dead instance=i home=h host=lost beat=1\n");
        Path second = data.resolveSibling(data.getFileName() + "-2");
        System.setProperty("cxt.claim-silence-ms", "300");

        try (RunningCxt cxt = RunningCxt.start(second, cxone, "pickup.file.folder", inbox.toString())) {
            cxt.awaits(() -> cxone.counts().posts() == 2);
            cxt.awaits(() -> Files.exists(inbox.resolve(".done/half.json")));

            assertThat(cxt.rows("SELECT doubted, state FROM delivery")).containsExactly("1 SENT");
        } finally {
            System.clearProperty("cxt.claim-silence-ms");
        }
    }

    @Test
    @Tag("fault-101")
    void what_a_dead_ledger_may_have_sent_is_marked_after_a_restart_of_its_successor_too() throws Exception {
        Path inbox = Files.createDirectories(data.resolve("inbox"));
        Files.writeString(inbox.resolve("half.ndjson"), lines("half", 3));
        Files.writeString(inbox.resolve(".cxt-owner"), "ledger=dead instance=i home=h host=lost beat=1\n");
        Path second = data.resolveSibling(data.getFileName() + "-2");
        String[] settings = {"pickup.file.folder", inbox.toString(), "cxone.max-in-flight", "1"};
        cxone.next(Fault.none());
        cxone.change(traffic -> traffic.withFaults(FaultPlan.NONE.with(Fault.status(403), 100)));
        System.setProperty("cxt.claim-silence-ms", "300");
        try (RunningCxt cxt = RunningCxt.start(second, cxone, settings)) {
            cxt.awaits(() -> cxt.engine().components().lane().stopReason().isPresent());
        } finally {
            System.clearProperty("cxt.claim-silence-ms");
            cxone.change(traffic -> traffic.withFaults(FaultPlan.NONE));
        }

        try (RunningCxt cxt = RunningCxt.start(second, cxone, settings)) {
            cxt.awaits(() -> Files.exists(inbox.resolve(".done/half.ndjson")));

            assertThat(cxt.rows("SELECT doubted, state FROM delivery")).containsExactly("1 SENT", "1 SENT", "1 SENT");
            cxt.awaits(() -> cxt.rows("SELECT source FROM doubt").isEmpty());
        }
    }

    @Test
    @Tag("fault-112")
    void an_id_that_another_took_first_is_a_conflict_that_names_who_did() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("early.json", chat("id-1", 2, "claimed"));
            cxt.drops("true.json", chat("id-1", 2, "the true one"));

            String letter = cxt.text("dead-letters/OTHER-CONTENT/id-1.reason.json");
            assertThat(letter)
                    .contains(
                            "The first door=file source=early.json#1 at=20",
                            "instance=",
                            "uid=",
                            "owner=",
                            "id-prefix");
            assertThat(cxt.rows("SELECT detail FROM audit_event WHERE event = 'CONFLICT'"))
                    .singleElement()
                    .asString()
                    .startsWith("first door=file source=early.json#1 at=20");
        }
    }

    @Test
    @Tag("fault-112")
    void each_id_gets_the_prefix_of_its_door_before_the_rules_look_at_it() throws Exception {
        String[] prefix = {"pickup.file.id-prefix", "acme-"};
        try (RunningCxt cxt = RunningCxt.start(data, cxone, prefix)) {
            cxt.drops("chats.ndjson", chat("id-1") + "\n" + chat("x".repeat(508)) + "\n" + chat(" id-2") + "\n");
            cxt.drops("again.ndjson", chat("id-1") + "\n");

            assertThat(cxone.deliveries())
                    .extracting(delivery -> delivery.interactionId())
                    .containsExactly("acme-id-1");
            assertThat(cxt.rows("SELECT interaction_id FROM audit_event WHERE event IN ('SENT', 'SKIPPED_DUPLICATE')"))
                    .containsExactly("acme-id-1", "acme-id-1");
            assertThat(cxt.rows("SELECT reason FROM delivery WHERE state = 'REJECTED' ORDER BY reason"))
                    .containsExactly("ID-BLANK", "ID-LENGTH");
            assertThat(cxt.files("dead-letters/ID-LENGTH")).hasSize(2);
        }
        assertThatThrownBy(() -> RunningCxt.start(data, cxone, "pickup.file.id-prefix", "a b"))
                .hasMessageContaining("pickup.file.id-prefix is a b; allowed: up to 64 of A-Z");
    }

    @Test
    void odd_file_names_come_through() throws Exception {
        String longest = IntStream.range(0, 244).mapToObj(i -> "x").reduce("", String::concat) + ".json";
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("two\nlines and ${body} 'quotes'.json", chat("odd-1"));
            cxt.drops("-rf.json", chat("odd-2"));
            cxt.put(longest, chat("odd-3").getBytes(StandardCharsets.UTF_8));
            cxt.awaits(() -> cxone.counts().accepted() == 3);
            cxt.awaits(() -> cxt.files("inbox/.done").size() == 3);
        }
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    @Test
    @Tag("fault-108")
    void a_hard_link_to_a_file_of_ours_is_passed_over_where_others_may_drop() throws Exception {
        Path letter = Files.writeString(data.resolve("letter"), chat("secret"));
        try (LogRecorder log = LogRecorder.install();
                RunningCxt cxt = RunningCxt.once(data, cxone)) {
            Files.setPosixFilePermissions(data.resolve("inbox"), PosixFilePermissions.fromString("rwxrwxrwx"));
            Files.createLink(data.resolve("inbox/link.json"), letter);
            cxt.drops("chat.json", chat("one"));
            cxt.awaits(() -> log.lines().stream().anyMatch(line -> line.contains("passed over name=link.json")));

            cxt.awaits(() -> cxt.engine().components().drained());
            assertThat(cxt.engine().components().passedOver()).isEqualTo(1);
            assertThat(cxone.counts().posts()).isEqualTo(1);

            Files.delete(letter); // as a sender does that links, and then takes its own name away
            cxt.awaits(() -> cxt.files("inbox").contains(".done/link.json"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"reports", "dead-letters", "archive", "fetched"})
    @Tag("fault-108")
    void a_folder_of_ours_that_is_a_link_stops_the_start(String name) throws Exception {
        Files.createSymbolicLink(data.resolve(name), Files.createDirectory(data.resolve("elsewhere")));

        assertThatThrownBy(() -> RunningCxt.start(data, cxone))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining(name + "' is a link");
    }

    @Test
    @Tag("fault-113")
    @Tag("fault-126")
    void each_source_has_a_report_of_its_own_and_an_id_forges_no_pair_in_the_log() throws Exception {
        String forged = "x conversation=conv-0";
        try (LogRecorder log = LogRecorder.install();
                RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("chats.ndjson", "{oops\n" + chat(forged) + "\n");
            cxt.drops("chats.ndjson", lines("second", 2));

            assertThat(log.lines())
                    .anyMatch(line -> line.contains("sent interaction=\"" + forged + "\" conversation=conv-"));
            List<String> reports = cxt.files("reports");
            assertThat(reports)
                    .hasSize(2)
                    .anyMatch(name -> name.matches("chats-\\d{8}T\\d{9}Z\\.ndjson\\.report\\.json"));
            assertThat(cxt.text("reports/chats.ndjson.report.json")).contains("\"rejected\" : 1");
            Files.delete(data.resolve("inbox/.done/chats.ndjson")); // taken away, while its report stays
            cxt.drops("chats.ndjson", lines("third", 1));
            assertThat(cxt.files("reports")).hasSize(3).containsAll(reports);
            assertThat(cxt.text("reports/chats.ndjson.report.json")).contains("\"rejected\" : 1");
        }
    }

    @Test
    void a_file_endpoint_of_a_site_is_camels_own_with_a_component_that_the_site_configures() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "pickup.file.poll-ms", "100")) {
            CamelContext camel = cxt.engine().camelContext();

            assertThat(camel.getComponent("file").getClass()).isEqualTo(FileComponent.class);
            assertThat(camel.getEndpoint("file:" + data.resolve("theirs")).getClass())
                    .isEqualTo(FileEndpoint.class);
            FileEndpoint ours = (FileEndpoint) camel.getRoute("pickup-files").getEndpoint();
            assertThat(ours.getClass()).isNotEqualTo(FileEndpoint.class);
            assertThat(ours.getEndpointUri()).startsWith("cxt-folder:");
            assertThat(ours.getDelay()).isEqualTo(100);
            assertThat(ours.getMaxMessagesPerPoll()).isEqualTo(1000);
        }
    }
}
