package io.cxt.route;

import static io.cxt.fixture.Chats.chat;
import static io.cxt.fixture.Chats.lines;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.LogRecorder;
import io.cxt.fixture.RunningCxt;
import io.cxt.fixture.SlowFile;
import io.cxt.simulator.Fault;
import io.cxt.simulator.FaultPlan;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import io.cxt.simulator.Withheld;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that become something else under their names while CXT reads them. */
@Timeout(120)
class ChangedFilesTest {
    private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2024-06-15T09:00:00Z"));
    private static final String COLUMNS = "conversation_id,agent_id,customer_id,sender,text,sent_at,message_id\n";

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

    private Path inbox(String name) {
        return data.resolve("inbox").resolve(name);
    }

    private static String rows(String chat) {
        return COLUMNS + chat + ",agt-1,cust-1,customer,Hello,2024-06-15T09:00:00Z,\n";
    }

    /** Drops a file in one step, with the time it had elsewhere. */
    private void drop(String name, String content) throws IOException {
        Path beside = Files.writeString(inbox(name + ".part"), content);
        Files.setLastModifiedTime(beside, LONG_AGO);
        Files.move(beside, inbox(name), StandardCopyOption.ATOMIC_MOVE);
    }

    private void awaitsPosts(RunningCxt cxt, int posts) {
        cxt.awaits(() -> cxone.counts().posts() >= posts);
    }

    private void awaitsEmptyInbox(RunningCxt cxt) {
        cxt.awaits(() -> cxt.files("inbox").stream().allMatch(name -> name.startsWith(".done/")));
        cxt.awaits(() -> cxt.engine().components().backlog().openReadings() == 0);
    }

    @Test
    @Tag("fault-67")
    void whatever_became_of_a_file_while_it_was_read_stays_and_is_read_again() throws Exception {
        Withheld answers = new Withheld();
        cxone.next(answers.after(0, 6));
        try (LogRecorder log = LogRecorder.install();
                RunningCxt cxt = RunningCxt.start(data, cxone, "cxone.max-in-flight", "16")) {
            drop("replaced.ndjson", chat("replaced-old") + "\n");
            drop("twin.ndjson", chat("twin-old") + "\n");
            drop("appended.ndjson", chat("appended-old") + "\n");
            drop("overwritten.ndjson", chat("overwritten-old") + "\n");
            drop("table.csv", rows("table-old"));
            drop("backAndForth.ndjson", chat("forth-old") + "\n");
            awaitsPosts(cxt, 6);

            Files.writeString(inbox("next.part"), chat("replaced-new") + "\n" + chat("replaced-old") + "\n");
            Files.move(inbox("next.part"), inbox("replaced.ndjson"), StandardCopyOption.ATOMIC_MOVE);
            drop("twin.ndjson", chat("twin-new") + "\n"); // the same size and time
            Files.writeString(inbox("appended.ndjson"), chat("appended-new") + "\n", StandardOpenOption.APPEND);
            Files.writeString(inbox("overwritten.ndjson"), chat("overwritten-new") + "\n"); // in place
            Files.setLastModifiedTime(inbox("overwritten.ndjson"), LONG_AGO);
            drop("table.csv", rows("table-new"));
            Files.move(inbox("backAndForth.ndjson"), inbox("backAndForth.part"));
            Files.writeString(inbox("backAndForth.part"), chat("forth-new") + "\n", StandardOpenOption.APPEND);
            Files.move(inbox("backAndForth.part"), inbox("backAndForth.ndjson"));
            answers.release();
            awaitsEmptyInbox(cxt);

            assertThat(cxone.counts().acceptedDistinct()).isEqualTo(12);
            assertThat(cxone.counts().repeats()).isZero();
            assertThat(cxt.files("inbox/.done")).hasSize(6);
            assertThat(cxt.files("inbox/.failed")).isEmpty();
            assertThat(cxt.files("dead-letters")).isEmpty();
            assertThat(log.lines())
                    .filteredOn(line -> line.startsWith("changed source="))
                    .hasSize(6)
                    .allMatch(
                            line -> line.contains("pickup=file") && line.contains("next=\"it stays and is read again"));
            String second = cxt.files("reports").stream()
                    .filter(name -> name.startsWith("replaced-"))
                    .findFirst()
                    .orElseThrow();
            assertThat(cxt.text("reports/" + second))
                    .contains("\"sent\" : 1", "\"duplicate\" : 1", "\"file\" : \"inbox/.done/replaced.ndjson\"");
            assertThat(cxt.rows("SELECT count(*) FROM intake WHERE closed_at IS NULL"))
                    .containsExactly("0");
        }
    }

    @Test
    @Tag("fault-67")
    void a_file_that_its_sender_takes_back_is_decided_and_said_to_be_gone() throws Exception {
        Withheld answers = new Withheld();
        cxone.next(answers.after(0, 1));
        try (LogRecorder log = LogRecorder.install();
                RunningCxt cxt = RunningCxt.start(data, cxone)) {
            drop("taken.json", chat("taken"));
            awaitsPosts(cxt, 1);

            Files.delete(inbox("taken.json"));
            answers.release();
            cxt.awaits(() -> log.lines().stream().anyMatch(line -> line.startsWith("gone source=taken.json")));
            cxt.awaits(() -> cxt.engine().components().backlog().openReadings() == 0);

            assertThat(cxt.text("reports/taken.json.report.json"))
                    .contains("\"sent\" : 1")
                    .doesNotContain("\"file\"");
            assertThat(log.lines()).noneMatch(line -> line.contains("Exception"));
        }
        assertThat(cxone.counts().accepted()).isEqualTo(1);
    }

    /** CXone takes no calls, the file's name passes to something else, and CXT stops. */
    @ParameterizedTest
    @ValueSource(strings = {"replaced", "deleted", "a link", "a folder", "moved away"})
    @Tag("fault-67")
    void what_was_taken_up_is_kept_when_its_name_is_gone_and_cxt_stops(String how) throws Exception {
        cxone.change(traffic -> traffic.withFaults(FaultPlan.NONE.with(Fault.status(404), 100)));
        try (LogRecorder log = LogRecorder.install()) {
            try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
                drop("chats.ndjson", lines("old", 30));
                cxt.awaits(() -> cxt.engine().components().lane().stopReason().isPresent());

                switch (how) {
                    case "replaced" -> drop("chats.ndjson", chat("new") + "\n");
                    case "moved away" -> Files.move(inbox("chats.ndjson"), data.resolve("elsewhere.ndjson"));
                    default -> Files.delete(inbox("chats.ndjson"));
                }
                if (how.equals("a link")) {
                    Files.createSymbolicLink(inbox("chats.ndjson"), data.resolve("secret"));
                } else if (how.equals("a folder")) {
                    Files.createDirectory(inbox("chats.ndjson"));
                }
            }
            assertThat(log.lines())
                    .filteredOn(line -> line.startsWith("kept source=chats.ndjson pickup=file as=chats"))
                    .hasSize(1);
            cxone.change(traffic -> traffic.withFaults(FaultPlan.NONE));
            try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
                cxt.awaits(() -> cxone.counts().accepted() == (how.equals("replaced") ? 31 : 30));
                cxt.awaits(() -> cxt.engine().components().backlog().openReadings() == 0);

                assertThat(cxone.counts().repeats()).isZero();
                assertThat(cxt.rows("SELECT count(*) FROM intake WHERE closed_at IS NULL"))
                        .containsExactly("0");
                assertThat(cxt.rows("SELECT state, count(*) FROM delivery GROUP BY state"))
                        .containsExactly("SENT " + cxone.counts().accepted());
                assertThat(cxt.engine().components().undecided().all()).isEmpty();
            }
        }
    }

    @Test
    @Tag("fault-67")
    void what_was_in_hand_and_is_not_in_its_source_any_more_is_decided_and_told() throws Exception {
        cxone.change(traffic -> traffic.withFaults(FaultPlan.NONE.with(Fault.status(404), 100)));
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            drop("chats.ndjson", lines("old", 30));
            cxt.awaits(() -> cxt.engine().components().lane().stopReason().isPresent());

            Files.writeString(inbox("chats.ndjson"), chat("new") + "\n"); // in place: the old bytes are nowhere
        }
        String inHand = RunningCxt.rows(data, "SELECT count(*) FROM delivery WHERE reason = 'LANE-CLOSED'")
                .get(0);
        cxone.change(traffic -> traffic.withFaults(FaultPlan.NONE));
        try (LogRecorder log = LogRecorder.install();
                RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.awaits(() -> cxone.counts().accepted() == 1);
            awaitsEmptyInbox(cxt);

            assertThat(cxt.rows("SELECT state, reason, count(*) FROM delivery GROUP BY state, reason"))
                    .containsExactly("FAILED SOURCE-CHANGED " + inHand, "SENT null 1");
            assertThat(log.lines())
                    .filteredOn(line -> line.startsWith("orphaned source=chats.ndjson pickup=file"))
                    .singleElement()
                    .asString()
                    .contains("being sent then: old-", "cxt find");
            assertThat(cxt.engine().components().undecided().all()).hasSize(1);

            drop("again.ndjson", lines("old", 30));
            awaitsEmptyInbox(cxt);
            assertThat(cxone.counts().accepted()).isEqualTo(31);
        }
        assertThat(cxone.counts().repeats()).isZero();
    }

    @Test
    @Tag("fault-67")
    void a_file_server_whose_clock_is_behind_does_not_make_half_a_file_whole() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "pickup.file.settle-ms", "800")) {
            String name = SlowFile.write(
                    cxt, cxone, data.resolve("inbox"), 20, Duration.ofMillis(800), Duration.ofMillis(80), file -> {
                        Instant theirs = Instant.now().minusSeconds(10);
                        Files.setLastModifiedTime(file, FileTime.from(theirs));
                    });

            awaitsEmptyInbox(cxt);
            assertThat(SlowFile.accepted(cxone, name)).isEqualTo(20);
        }
    }

    @Test
    void a_file_that_is_older_than_a_minute_is_read_at_once() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "pickup.file.settle-ms", "60000")) {
            cxt.put("slow.json", chat("slow").getBytes(StandardCharsets.UTF_8));
            drop("old.json", chat("old"));
            cxt.awaits(() -> cxone.counts().accepted() == 1);
            cxt.awaits(() -> cxt.files("inbox").equals(List.of(".done/old.json", "slow.json")));
        }
    }

    @Test
    @Tag("fault-67")
    void of_a_file_that_became_a_link_or_a_folder_it_is_not_said_that_it_is_read_again() throws Exception {
        Withheld answers = new Withheld();
        cxone.next(answers.after(0, 2));
        try (LogRecorder log = LogRecorder.install();
                RunningCxt cxt = RunningCxt.start(data, cxone)) {
            drop("link.json", chat("link"));
            drop("folder.json", chat("folder"));
            awaitsPosts(cxt, 2);

            for (String name : List.of("link.json", "folder.json")) {
                Files.delete(inbox(name));
            }
            Files.createSymbolicLink(inbox("link.json"), data.resolve("elsewhere"));
            Files.createDirectory(inbox("folder.json"));
            answers.release();
            cxt.awaits(() -> log.lines().stream()
                            .filter(line -> line.startsWith("changed source="))
                            .count()
                    == 2);

            assertThat(log.lines())
                    .filteredOn(line -> line.startsWith("changed source="))
                    .allMatch(line -> line.contains("a link or a folder has its name")
                            && line.contains("put the file itself there")
                            && !line.contains("read again"));
            cxt.awaits(() -> cxt.engine().components().drained());
        }
        assertThat(cxone.counts().accepted()).isEqualTo(2);
    }
}
