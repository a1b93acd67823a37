package io.cxt.fault;

import static io.cxt.fixture.Chats.chat;
import static io.cxt.fixture.Chats.lines;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cxt.fixture.LogRecorder;
import io.cxt.fixture.RunningCxt;
import io.cxt.fixture.SmallDisk;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real disk that is full, and is freed again: nothing is lost, nothing is posted without a claim. */
class DiskFullIT {
    private static final int CHATS = 40;

    @TempDir
    Path scratch;

    private StandIn cxone;
    private SmallDisk disk;
    private Path data;

    @BeforeEach
    void mount() throws Exception {
        assumeTrue(SmallDisk.possible(scratch));
        disk = SmallDisk.mount(scratch.resolve("small"), 4);
        data = scratch.resolve("data");
        cxone = StandIn.start(StandInSettings.defaults());
    }

    @AfterEach
    void unmount() throws Exception {
        if (disk != null) {
            cxone.close();
            disk.close();
        }
    }

    private void allArrivedOnce(RunningCxt cxt) {
        cxt.awaits(() -> cxt.files("inbox").stream().allMatch(name -> name.startsWith(".done/")));
        assertThat(cxt.files("inbox")).hasSize(2);
        assertThat(cxone.counts().accepted()).isEqualTo(CHATS + 1);
        assertThat(cxone.counts().repeats()).isZero();
    }

    @Test
    @Tag("fault-7")
    void with_the_ledgers_disk_full_no_call_leaves_and_all_goes_on_by_itself() throws Exception {
        String url = "jdbc:sqlite:" + scratch.resolve("small/ledger.db");
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "ledger.url", url)) {
            cxt.drops("before.json", chat("before"));
            disk.fill();

            cxt.put("chats.ndjson", lines("chat", CHATS).getBytes(StandardCharsets.UTF_8));
            cxt.awaits(() -> cxt.engine().components().ledger().trouble() != null);

            assertThat(cxone.counts().posts()).isEqualTo(1);
            disk.free();
            allArrivedOnce(cxt);
            assertThat(cxt.engine().components().ledger().trouble()).isNull();
        }
    }

    @Test
    @Tag("fault-7")
    void with_the_archives_disk_full_the_source_waits_and_the_copies_are_made_up_for() throws Exception {
        String archive = scratch.resolve("small/archive").toString();
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "archive.folder", archive)) {
            cxt.drops("before.json", chat("before"));
            disk.fill();

            cxt.put("chats.ndjson", lines("chat", CHATS).getBytes(StandardCharsets.UTF_8));
            cxt.awaits(() -> cxone.counts().accepted() == CHATS + 1);

            assertThat(cxt.files("inbox")).contains("chats.ndjson");
            disk.free();
            allArrivedOnce(cxt);
            assertThat(RunningCxt.archive(data, scratch.resolve("small/archive")))
                    .hasSize(CHATS + 1);
            assertThat(cxt.rows("SELECT count(*) FROM delivery WHERE archived_at IS NULL OR fed_at IS NULL"))
                    .containsExactly("0");
        }
    }

    @Test
    @Tag("fault-7")
    void with_the_disk_of_its_reports_full_the_line_names_folder_and_cause() throws Exception {
        Path reports = data.resolve("reports");
        try (LogRecorder log = LogRecorder.install();
                SmallDisk ofReports = SmallDisk.mount(reports, 1);
                RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("before.json", chat("before"));
            ofReports.fill();

            cxt.put("chats.ndjson", lines("chat", CHATS).getBytes(StandardCharsets.UTF_8));
            cxt.awaits(() -> log.lines().stream().anyMatch(line -> line.contains("broken off")));

            assertThat(log.lines().stream().filter(line -> line.contains("broken off")))
                    .allSatisfy(line -> assertThat(line)
                            .contains(reports.toString(), "No space left on device", "make room on the disk", "df -i")
                            .doesNotContain("look at that step"));
            ofReports.free();
            allArrivedOnce(cxt);
        }
    }

    @Test
    void with_everything_on_a_full_disk_refusals_are_kept_as_well_once_there_is_room() throws Exception {
        data = scratch.resolve("small/data");
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("before.json", chat("before"));
            String content = lines("chat", CHATS) + "{broken\n";
            Path beside = Files.writeString(scratch.resolve("small/beside"), content);
            disk.fill();

            Files.move(beside, data.resolve("inbox/chats.ndjson"));
            cxt.awaits(() -> cxt.engine().components().ledger().trouble() != null);

            disk.free();
            allArrivedOnce(cxt);
            assertThat(cxt.files("dead-letters")).hasSize(2);
            assertThat(cxt.text("reports/chats.ndjson.report.json")).contains("\"read\" : " + (CHATS + 1));
        }
    }
}
