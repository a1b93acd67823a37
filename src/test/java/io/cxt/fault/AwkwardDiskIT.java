package io.cxt.fault;

import static io.cxt.fixture.Chats.chat;
import static io.cxt.fixture.Chats.lines;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cxt.fixture.Await;
import io.cxt.fixture.Command;
import io.cxt.fixture.Environment;
import io.cxt.fixture.RunningCxt;
import io.cxt.fixture.SmallDisk;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import io.cxt.simulator.Withheld;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A log that cannot be written, an archive and an inbox that can only be read: nothing lost, nothing sent twice. */
@Timeout(120)
class AwkwardDiskIT {
    private static final int CHATS = 40;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path scratch;

    private StandIn cxone;
    private SmallDisk disk;
    private Path small;
    private Path data;

    @BeforeEach
    void mount() throws Exception {
        assumeTrue(SmallDisk.possible(scratch), "only root can make a disk");
        small = scratch.resolve("small");
        disk = SmallDisk.mount(small, 4);
        data = scratch.resolve("data");
        cxone = StandIn.start(StandInSettings.defaults());
    }

    @AfterEach
    void unmount() {
        if (disk != null) {
            cxone.close();
            disk.close();
        }
    }

    private void put(String name, String content) throws Exception {
        Path beside = Files.writeString(data.resolve("inbox").resolve(name + ".part"), content);
        Files.move(beside, data.resolve("inbox").resolve(name));
    }

    @Test
    @Tag("fault-7")
    void with_the_disk_of_its_log_full_it_sends_on_and_speaks_again_when_there_is_room() throws Exception {
        Files.createDirectories(data.resolve("inbox"));
        try (Command cxt = Command.start(small, Environment.of(data, cxone), "run")) {
            put("before.json", chat("before"));
            Await.until(() -> cxt.err().contains("done source=before.json"), LIMIT);
            disk.fill();

            put("chats.ndjson", lines("chat", CHATS));
            Await.until(() -> Files.exists(data.resolve("inbox/.done/chats.ndjson")), LIMIT);

            disk.free();
            put("after.json", chat("after"));
            Await.until(() -> cxt.err().contains("done source=after.json"), LIMIT);
            assertThat(cxt.err()).doesNotContain("done source=chats.ndjson");
            assertThat(cxone.counts().accepted()).isEqualTo(CHATS + 2);
            assertThat(cxone.counts().repeats()).isZero();
            assertThat(RunningCxt.rows(data, "SELECT count(*) FROM audit_event WHERE event = 'CLAIMED'"))
                    .containsExactly(Integer.toString(CHATS + 2));
        }
    }

    @Test
    @Tag("fault-7")
    void with_an_archive_that_can_only_be_read_the_source_waits_until_it_can_be_written() throws Exception {
        String archive = small.resolve("archive").toString();
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "archive.folder", archive)) {
            disk.readOnly(true);

            cxt.put("chats.ndjson", lines("chat", CHATS).getBytes(StandardCharsets.UTF_8));
            cxt.awaits(() -> cxone.counts().accepted() == CHATS);

            assertThat(cxt.files("inbox")).containsExactly("chats.ndjson");
            disk.readOnly(false);
            cxt.awaits(() -> cxt.files("inbox").equals(List.of(".done/chats.ndjson")));
            assertThat(cxone.counts().repeats()).isZero();
            assertThat(RunningCxt.archive(data, small.resolve("archive"))).hasSize(CHATS);
        }
    }

    @Test
    @Tag("fault-7")
    void a_file_that_cannot_be_moved_out_of_the_inbox_is_read_once_and_moved_later() throws Exception {
        Path inbox = Files.createDirectories(small.resolve("inbox/.done")).getParent();
        Withheld answers = new Withheld(); // it cannot be done with the file before the disk is as it should be
        cxone.next(answers.after(0, 1));
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "pickup.file.folder", inbox.toString())) {
            Files.writeString(inbox.resolve("chats.part"), lines("chat", CHATS));
            Files.move(inbox.resolve("chats.part"), inbox.resolve("chats.ndjson"));
            disk.readOnly(true);
            answers.release();

            cxt.awaits(() -> !cxt.rows("SELECT 1 FROM audit_event WHERE event = 'INTAKE_CLOSED'")
                    .isEmpty());
            Files.createDirectories(data.resolve("inbox"));
            cxt.awaits(() -> cxt.engine().components().atRest());

            assertThat(cxt.engine().components().drained()).isFalse(); // a run that ends says so with 6
            assertThat(inbox.resolve("chats.ndjson")).exists();
            disk.readOnly(false);
            Files.writeString(inbox.resolve("after.part"), chat("after"));
            Files.move(inbox.resolve("after.part"), inbox.resolve("after.json"));
            cxt.awaits(() -> Files.exists(inbox.resolve(".done/chats.ndjson"))
                    && Files.exists(inbox.resolve(".done/after.json")));
            assertThat(cxt.rows("SELECT event, count(*) FROM audit_event GROUP BY event ORDER BY event"))
                    .contains("INTAKE_OPENED 2", "CLAIMED " + (CHATS + 1))
                    .noneMatch(row -> row.startsWith("SKIPPED"));
        }
    }

    @Test
    @Tag("fault-7")
    void a_folder_for_what_is_done_that_cannot_be_made_holds_the_file_and_nothing_is_sent_twice() throws Exception {
        Path inbox = Files.createDirectories(small.resolve("inbox"));
        Withheld answers = new Withheld(); // it cannot be done with the file before the disk is as it should be
        cxone.next(answers.after(0, 1));
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "pickup.file.folder", inbox.toString())) {
            Files.writeString(inbox.resolve("chats.part"), lines("chat", CHATS));
            Files.move(inbox.resolve("chats.part"), inbox.resolve("chats.ndjson"));
            disk.readOnly(true);
            answers.release();

            cxt.awaits(() -> cxt.rows("SELECT count(*) FROM audit_event WHERE event = 'INTAKE_OPENED'")
                    .equals(List.of("2")));
            disk.readOnly(false);

            cxt.awaits(() -> Files.exists(inbox.resolve(".done/chats.ndjson")));
            assertThat(cxone.counts().accepted()).isEqualTo(CHATS);
            assertThat(cxone.counts().repeats()).isZero();
        }
    }
}
