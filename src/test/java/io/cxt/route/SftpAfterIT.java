package io.cxt.route;

import static io.cxt.fixture.Chats.chat;
import static io.cxt.fixture.Chats.lines;
import static org.assertj.core.api.Assertions.assertThat;

import com.jcraft.jsch.JSch;
import io.cxt.fixture.Await;
import io.cxt.fixture.FilesBelow;
import io.cxt.fixture.LogRecorder;
import io.cxt.fixture.Postgres;
import io.cxt.fixture.RunningCxt;
import io.cxt.fixture.SftpSite;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import io.cxt.simulator.Withheld;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a file on the server when it is done with: {@code pickup.sftp.after}. */
class SftpAfterIT {

    @TempDir
    Path data;

    @TempDir
    Path there;

    @TempDir
    Path keys;

    private StandIn cxone;
    private SftpSite site;
    private Path drop;
    private final List<String> settings = new ArrayList<>();

    @BeforeEach
    void startBoth() throws Exception {
        cxone = StandIn.start(StandInSettings.defaults());
        site = SftpSite.start(there);
        drop = Files.createDirectory(there.resolve("drop"));
        Path known = site.hostKey().writeKnownHost(keys.resolve("known_hosts"), site.port());
        settings.addAll(List.of("pickup.sftp.enabled", "true", "pickup.sftp.host", "127.0.0.1"));
        settings.addAll(List.of("pickup.sftp.port", Integer.toString(site.port())));
        settings.addAll(List.of("pickup.sftp.username", SftpSite.USER, "pickup.sftp.folder", "drop"));
        settings.addAll(List.of("pickup.sftp.password-file", secret("password", SftpSite.PASSWORD)));
        settings.addAll(List.of("pickup.sftp.known-hosts-file", known.toString()));
        settings.addAll(List.of("pickup.sftp.poll-ms", "100", "pickup.sftp.settle-ms", "50"));
    }

    @AfterEach
    void stopBoth() throws Exception {
        site.close();
        cxone.close();
    }

    private String secret(String name, String content) throws Exception {
        Path file = Files.createFile(
                keys.resolve(name), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, content + "\n").toString();
    }

    private void onPostgres(String schema) throws Exception {
        settings.addAll(List.of("ledger.url", Postgres.shared().schema(schema)));
        settings.addAll(List.of("ledger.username", Postgres.shared().user()));
        settings.addAll(List.of(
                "ledger.password-file", secret("ledger", Postgres.shared().password())));
    }

    private void set(String name, String value) {
        settings.addAll(List.of(name, value));
    }

    private RunningCxt once() throws Exception {
        return RunningCxt.once(data, cxone, settings.toArray(String[]::new));
    }

    private void drain() throws Exception {
        try (RunningCxt cxt = once()) {
            cxt.awaits(() -> cxt.engine().components().drained());
        }
    }

    private List<String> remote() throws Exception {
        return FilesBelow.of(drop);
    }

    private void touch(String name, int secondsAgo) throws Exception {
        Files.setLastModifiedTime(
                drop.resolve(name), FileTime.from(Instant.now().minusSeconds(secondsAgo)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Tag("fault-115")
    void who_may_only_read_keeps_files_there_and_each_is_fetched_once_over_restarts(boolean postgres) throws Exception {
        if (postgres) {
            onPostgres("kept_at_the_site");
        }
        site.refuseChanges(true);
        set("pickup.sftp.after", "keep");
        Files.writeString(drop.resolve("one.json"), chat("one"));
        Files.writeString(drop.resolve("lines.ndjson"), lines("line", 3) + chat("bad", 0, "") + "\n");
        touch("lines.ndjson", 60);
        try (LogRecorder log = LogRecorder.install()) {
            drain(); // run --once ends with 0, or 1 for the bad one
            assertThat(log.lines())
                    .anyMatch(line -> line.startsWith("not guarded pickup=sftp") && line.contains("one PostgreSQL"))
                    .noneMatch(line -> line.startsWith("not claimed") || line.startsWith("cannot be"));
        }
        assertThat(site.downloads()).isEqualTo(2);
        assertThat(cxone.counts().acceptedDistinct()).isEqualTo(4);
        long done = System.currentTimeMillis();

        drain();
        assertThat(site.downloads()).isEqualTo(2);
        // of several instances, one sees a name again a second after another was done with it
        Await.until(() -> System.currentTimeMillis() - done > 1_000, Duration.ofSeconds(60));

        Files.writeString(drop.resolve("lines.ndjson"), lines("more", 1), StandardOpenOption.APPEND);
        Files.delete(drop.resolve("one.json"));
        drain();
        Files.writeString(drop.resolve("one.json"), chat("new"));
        touch("one.json", 30);
        drain();
        drain();

        assertThat(site.downloads()).isEqualTo(4);
        assertThat(cxone.counts().acceptedDistinct()).isEqualTo(6);
        assertThat(cxone.counts().repeats()).isZero();
        assertThat(remote()).containsExactly("lines.ndjson", "one.json");
        assertThat(site.changes()).isZero();
        try (RunningCxt cxt = once()) {
            assertThat(cxt.engine()
                            .components()
                            .ledger()
                            .view()
                            .audit()
                            .verify()
                            .faults())
                    .isEmpty();
        }
    }

    @Test
    @Tag("fault-115")
    void a_file_with_the_size_and_time_of_another_folders_is_read_all_the_same() throws Exception {
        set("pickup.sftp.after", "keep");
        Files.createDirectory(there.resolve("other"));
        Files.writeString(drop.resolve("one.json"), chat("one"));
        Files.writeString(there.resolve("other/one.json"), chat("two"));
        Files.setLastModifiedTime(there.resolve("other/one.json"), Files.getLastModifiedTime(drop.resolve("one.json")));
        drain();

        set("pickup.sftp.folder", "other");
        drain();

        assertThat(cxone.counts().acceptedDistinct()).isEqualTo(2);
    }

    @Test
    @Tag("fault-115")
    void two_instances_read_each_kept_file_once() throws Exception {
        onPostgres("two_keep_at_one_site");
        set("pickup.sftp.after", "keep");
        for (int i = 0; i < 40; i++) {
            Files.writeString(drop.resolve("file-%s.ndjson".formatted(i)), lines("chat-" + i, 2));
        }
        String[] given = settings.toArray(String[]::new);
        try (RunningCxt one = RunningCxt.start(data, cxone, given);
                RunningCxt other = RunningCxt.start(data.resolveSibling(data.getFileName() + "-2"), cxone, given)) {
            one.awaits(() -> one.engine().components().drained());
            other.awaits(() -> other.engine().components().drained());

            assertThat(cxone.counts().posts()).isEqualTo(80);
            assertThat(one.engine().components().backlog().counts().get("duplicate")
                            + other.engine().components().backlog().counts().get("duplicate"))
                    .isZero();
        }
        assertThat(remote()).hasSize(40);
    }

    @Test
    @Tag("fault-115")
    void another_ledgers_marker_is_heeded_where_nothing_is_written() throws Exception {
        site.refuseChanges(true);
        set("pickup.sftp.after", "keep");
        Path marker =
                Files.writeString(drop.resolve(".cxt-owner"), "ledger=other instance=i home=h host=elsewhere beat=1\n");
        Files.writeString(drop.resolve("one.json"), chat("one"));
        try (RunningCxt cxt = RunningCxt.start(data, cxone, settings.toArray(String[]::new))) {
            cxt.awaits(() -> {
                Files.writeString(
                        marker, "ledger=other instance=i home=h host=elsewhere beat=%s\n".formatted(System.nanoTime()));
                return cxt.engine()
                        .components()
                        .pickups()
                        .unreachable(Duration.ZERO)
                        .orElse("")
                        .contains("is read by another cxt");
            });
            assertThat(site.downloads()).isZero();
            Files.delete(marker);

            cxt.awaits(() -> cxt.engine().components().drained());
        }
        assertThat(cxone.counts().accepted()).isEqualTo(1);
        assertThat(site.changes()).isZero();
    }

    @Test
    @Tag("fault-115")
    void an_old_server_is_fetched_from_with_the_algorithms_it_knows_and_they_are_forgotten_after() throws Exception {
        String before = JSch.getConfig("cipher.c2s") + JSch.getConfig("mac.s2c");
        site.restartAs(server -> {
            server.setCipherFactoriesNames("aes128-cbc");
            server.setMacFactoriesNames("hmac-md5");
        });
        set("pickup.sftp.extra-algorithms", "aes128-cbc, hmac-md5");
        Files.writeString(drop.resolve("one.json"), chat("one"));

        drain();

        assertThat(cxone.counts().accepted()).isEqualTo(1);
        assertThat(JSch.getConfig("cipher.c2s") + JSch.getConfig("mac.s2c")).isEqualTo(before);
    }

    @Test
    @Tag("fault-115")
    void what_is_decided_is_deleted_there_and_only_as_what_was_read() throws Exception {
        set("pickup.sftp.after", "delete");
        Withheld answers = new Withheld();
        cxone.next(answers.after(0, 2));
        Files.writeString(drop.resolve("lines.ndjson"), chat("good") + "\n" + chat("bad", 0, "") + "\n");
        Files.writeString(drop.resolve("grows.ndjson"), chat("old") + "\n");
        touch("grows.ndjson", 90);
        try (LogRecorder log = LogRecorder.install();
                RunningCxt cxt = once()) {
            cxt.awaits(() -> cxone.counts().posts() == 2);
            Files.writeString(drop.resolve("grows.ndjson"), chat("new") + "\n", StandardOpenOption.APPEND);
            answers.release();

            cxt.awaits(() -> cxt.engine().components().drained());
            assertThat(log.lines()).anyMatch(line -> line.startsWith("changed source=grows.ndjson pickup=sftp"));
            assertThat(cxt.files("dead-letters")).hasSize(2);
        }
        assertThat(remote()).isEmpty();
        assertThat(drop.resolve(".done")).doesNotExist();
        assertThat(cxone.counts().acceptedDistinct()).isEqualTo(3);
    }

    /** The rest of it is in no dead letter. */
    @Test
    void what_breaks_off_in_the_middle_is_not_deleted_there() throws Exception {
        set("pickup.sftp.after", "delete");
        Files.writeString(drop.resolve("broken.json"), "[" + chat("one") + ",{broken}," + chat("rest") + "]");
        Files.writeString(drop.resolve("good.json"), chat("good"));

        try (LogRecorder log = LogRecorder.install();
                RunningCxt cxt = once()) {
            cxt.awaits(() -> cxt.engine().components().atRest());

            assertThat(log.lines()).anyMatch(line -> line.startsWith("original kept source=broken.json"));
        }
        assertThat(remote()).containsExactly("broken.json");
        assertThat(cxone.counts().accepted()).isEqualTo(2);
    }

    @Test
    @Tag("fault-115")
    void who_may_not_delete_there_is_told_so_once_and_it_is_done_later() throws Exception {
        set("pickup.sftp.after", "delete");
        site.refuseChanges(true);
        Files.writeString(drop.resolve("one.json"), chat("one"));
        try (LogRecorder log = LogRecorder.install();
                RunningCxt cxt = once()) {
            cxt.awaits(() -> cxt.engine().components().atRest());

            assertThat(cxt.engine().components().drained()).isFalse(); // run --once ends with 6
            assertThat(log.lines().stream().filter(line -> line.contains("name=one.json")))
                    .singleElement()
                    .asString()
                    .contains("cannot be deleted", "does not let cxt delete files there", "pickup.sftp.after = keep");
            site.refuseChanges(false);
            cxt.awaits(() -> cxt.engine().components().drained());
        }
        assertThat(remote()).isEmpty();
        assertThat(site.downloads()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"keep", "delete"})
    @Tag("fault-115")
    void what_could_not_be_decided_stays_there_and_is_said_once(String after) throws Exception {
        set("pickup.sftp.after", after);
        set("pickup.max-refusals", "3");
        set("cxone.max-in-flight", "1"); // else all of it is read before three are refused
        Files.writeString(drop.resolve("wrong.ndjson"), "{}\n".repeat(400));
        Files.writeString(drop.resolve("one.json"), chat("one"));
        for (int run = 0; run < 2; run++) {
            try (LogRecorder log = LogRecorder.install();
                    RunningCxt cxt = once()) {
                cxt.awaits(() -> cxt.engine().components().atRest());

                assertThat(cxt.engine().components().undecided().all()).hasSize(1); // run --once ends with 6
                assertThat(log.lines().stream().filter(line -> line.startsWith("abandoned source=wrong.ndjson")))
                        .singleElement()
                        .asString()
                        .contains("stays-at=drop/wrong.ndjson", "put the file there again")
                        .doesNotContain(".failed");
            }
        }
        assertThat(remote()).contains("wrong.ndjson").hasSize(after.equals("keep") ? 2 : 1);
        assertThat(cxone.counts().posts()).isEqualTo(1);
    }
}
