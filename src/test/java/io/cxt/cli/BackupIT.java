package io.cxt.cli;

import static io.cxt.fixture.Chats.chat;
import static io.cxt.fixture.Chats.lines;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cxt.fixture.Command.Ended;
import io.cxt.fixture.Environment;
import io.cxt.fixture.Postgres;
import io.cxt.fixture.RunningCxt;
import io.cxt.fixture.Verb;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A backup under load is one moment, and what is restored of it sends nothing again unmarked. */
@Timeout(180)
@Tag("slow")
class BackupIT {
    private static final int CHATS = 500;

    @TempDir
    Path folder;

    private StandIn cxone;
    private Path data;
    private Path restored;
    private Path backup;

    @BeforeEach
    void start() throws IOException {
        cxone = StandIn.start(StandInSettings.defaults());
        data = folder.resolve("data");
        restored = folder.resolve("restored");
        backup = folder.resolve("backup.zip");
    }

    @AfterEach
    void stop() {
        cxone.close();
    }

    private Ended cxt(int exit, Path data, String... arguments) {
        Ended ended = Verb.of(Environment.of(data, cxone), arguments);
        assertThat(ended.exit()).as(ended.err() + ended.out()).isEqualTo(exit);
        return ended;
    }

    @Test
    void a_backup_that_is_taken_while_chats_are_sent_is_one_moment() throws Exception {
        long before;
        long after;
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "cxone.requests-per-second", "200")) {
            cxt.put("chats.ndjson", lines("chat", CHATS).getBytes(UTF_8));
            cxt.awaits(() -> cxone.counts().posts() >= 60);
            before = answered(cxt);
            Ended made = cxt(0, data, "backup", backup.toString());
            after = cxone.counts().posts();
            assertThat(made.err())
                    .contains("Not in it: dead-letters, archive, inbox, reports, configuration and routes");
            cxt.awaits(() -> !cxt.files("inbox").contains("chats.ndjson"));
            cxt.drops("later.json", chat("later"));
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(backup)))
                .isEqualTo("rw-------");
        assertThat(names(folder)).containsExactlyInAnyOrder("backup.zip", "data");

        Ended back = cxt(0, restored, "restore", backup.toString());

        assertThat(back.out()).contains("restored as of", "in 2 chains, intact");
        assertThat(cxt(0, restored, "audit", "verify").out()).contains("signed up to event");
        long sent = count("SELECT count(*) FROM delivery WHERE state = 'SENT'");
        assertThat(sent).isBetween(before, after);
        assertThat(count("SELECT count(*) FROM delivery WHERE interaction_id = 'later'"))
                .isZero();
        assertThat(count("SELECT count(*) FROM audit_event WHERE event = 'SENT'"))
                .isEqualTo(sent);
        assertThat(count("SELECT count(*) FROM audit_event WHERE event = 'CLAIMED'"))
                .isEqualTo(count("SELECT count(*) FROM delivery"));
        assertThat(Files.readString(restored.resolve("instance-id")))
                .isEqualTo(Files.readString(data.resolve("instance-id")));
        assertThat(names(restored)).contains("ledger.db", "checkpoint.key", "checkpoints");
        assertThat(names(restored)).noneMatch(name -> name.contains("restoring"));
        assertThat(RunningCxt.rows(restored, "SELECT event FROM audit_event WHERE chain = 'operator' ORDER BY seq"))
                .containsExactly("BACKED_UP", "RESTORED", "HELD");
    }

    private static long answered(RunningCxt cxt) {
        return Long.parseLong(
                cxt.rows("SELECT count(*) FROM delivery WHERE state = 'SENT'").get(0));
    }

    private long count(String sql) {
        return Long.parseLong(RunningCxt.rows(restored, sql).get(0));
    }

    @Test
    @Tag("fault-92")
    void after_a_restore_no_call_leaves_until_a_person_says_so_and_what_lies_there_goes_out_marked() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("known.ndjson", lines("known", 3));
            cxt(0, data, "backup", backup.toString());
            cxt.drops("chats.ndjson", lines("chat", 5));
        }
        cxt(0, restored, "restore", backup.toString());
        Files.createDirectories(restored.resolve("inbox"));
        Files.writeString(restored.resolve("inbox/chats.ndjson"), lines("chat", 5) + lines("known", 3));

        try (RunningCxt cxt = RunningCxt.start(restored, cxone)) {
            cxt.awaits(() -> cxt.engine().components().backlog().openReadings() == 1);
            assertThat(cxt(0, restored, "status").out()).contains("restored from a backup of");
            assertThat(cxone.counts().posts()).isEqualTo(8);
            cxt(0, restored, "release", "lane", "--note", "compared with CXone");
            cxt.awaits(() -> !cxt.files("inbox").contains("chats.ndjson"));
            cxt.drops("old.json", chat("old"));
            cxt.drops(
                    "new.json",
                    chat("new")
                            .replaceAll(
                                    "2024-06-15T00:00:..Z",
                                    Instant.now().plusSeconds(60).toString()));
        }

        assertThat(cxone.counts().repeats()).isEqualTo(5);
        assertThat(claims("chat-%")).hasSize(5).allMatch(detail -> detail.contains("may-repeat"));
        assertThat(claims("old")).singleElement().asString().contains("may-repeat");
        assertThat(
                        RunningCxt.rows(
                                restored,
                                "SELECT DISTINCT reason FROM audit_event WHERE event = 'CLAIMED' AND detail LIKE '%may-repeat%'"))
                .containsExactly("OTHER-LEDGER");
        assertThat(cxt(0, restored, "find", "old").out())
                .contains("marked may-repeat because another ledger may have sent it");
        assertThat(claims("known-%")).hasSize(3).noneMatch(detail -> detail.contains("may-repeat"));
        assertThat(claims("new")).singleElement().asString().doesNotContain("may-repeat");
        assertThat(RunningCxt.rows(restored, "SELECT door, source FROM doubt WHERE door <> 'chats'"))
                .containsExactly("sftp /");
        cxt(0, restored, "audit", "verify");
    }

    private List<String> claims(String ids) {
        return RunningCxt.rows(
                restored,
                "SELECT coalesce(detail, '-') FROM audit_event WHERE event = 'CLAIMED' AND interaction_id LIKE '%s'"
                        .formatted(ids));
    }

    @Test
    void dead_letters_and_archive_are_in_it_when_asked_for() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("chats.ndjson", chat("good") + "\n{\"interactionId\":\"bad\"}\n");
        }
        assertThat(cxt(0, data, "backup", "--with", "archive,dead-letters", backup.toString())
                        .err())
                .contains("Not in it: inbox, reports");

        cxt(0, restored, "restore", backup.toString());

        assertThat(cxt(0, restored, "dead-letters", "list").out()).contains("bad");
        assertThat(cxt(
                                0,
                                restored,
                                "archive",
                                "restore",
                                "good",
                                "--to",
                                folder.resolve("out").toString())
                        .out())
                .contains("bytes as sent");
        assertThat(cxt(0, restored, "audit", "verify").out()).doesNotContain("missing files");
    }

    @Test
    void a_key_that_is_kept_elsewhere_is_left_there_and_another_one_refuses_the_restore() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("one.json", chat("one"));
        }
        cxt(0, data, "backup", backup.toString());
        Path key = Files.copy(data.resolve("checkpoint.key"), folder.resolve("elsewhere.key"));
        Map<String, String> environment = Environment.of(restored, cxone, "AUDIT_CHECKPOINT_KEY_FILE", key.toString());

        byte[] whole = Files.readAllBytes(key);
        Files.writeString(key, "another");
        assertThat(Verb.of(environment, "restore", backup.toString()).err()).contains(key + " is there already");
        Files.write(key, whole);
        Ended back = Verb.of(environment, "restore", backup.toString());

        assertThat(back.exit()).as(back.err()).isZero();
        assertThat(restored.resolve("checkpoint.key")).doesNotExist();
    }

    @Test
    void what_is_there_is_left_alone_and_a_damaged_backup_restores_nothing() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("one.json", chat("one"));
        }
        cxt(0, data, "backup", backup.toString());
        byte[] whole = Files.readAllBytes(backup);
        assertThat(cxt(2, data, "backup", backup.toString()).err()).contains("is left as it is");
        assertThat(cxt(
                                2,
                                data,
                                "backup",
                                "--with",
                                "inbox",
                                folder.resolve("b.zip").toString())
                        .err())
                .contains("--with takes dead-letters and archive");
        assertThat(cxt(2, data, "restore", backup.toString()).err()).contains("is there already");
        assertThat(cxt(2, restored, "restore", folder.resolve("none.zip").toString())
                        .err())
                .contains("There is no file");

        for (int at : new int[] {whole.length / 3, whole.length / 2}) {
            byte[] damaged = whole.clone();
            for (int next = at;
                    next < at + 100;
                    next++) { // a single byte may be one of a header, where nothing depends on it
                damaged[next] ^= 1;
            }
            Files.write(backup, damaged);
            assertThat(cxt(1, restored, "restore", backup.toString()).err()).contains("Take another backup");
        }
        Files.write(backup, java.util.Arrays.copyOf(whole, whole.length / 2));
        assertThat(cxt(1, restored, "restore", backup.toString()).err()).contains("was cut off");
        evil();
        assertThat(cxt(1, restored, "restore", backup.toString()).err()).contains("a file of no known place");
        assertThat(restored).doesNotExist();
        assertThat(folder.resolve("evil")).doesNotExist();

        Files.write(backup, whole);
        Map<String, String> other = Environment.of(restored, cxone, "LEDGER_URL", "jdbc:postgresql://127.0.0.1:1/none");
        Ended refused = Verb.of(other, "restore", backup.toString());
        assertThat(refused.exit()).isEqualTo(3);
        assertThat(refused.err()).contains("of a ledger on SQLite");
    }

    private void evil() throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(backup))) {
            zip.putNextEntry(new ZipEntry("dead-letters/../../evil"));
            zip.putNextEntry(new ZipEntry("backup.json"));
            zip.write(
                    ("{\"form\":\"cxt-backup-1\",\"at\":\"\",\"cxt\":\"\",\"sqlite\":true,\"files\":{\"dead-letters/../../evil\":"
                                    + "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"}}")
                            .getBytes(UTF_8));
        }
    }

    @Test
    void with_postgresql_the_rest_is_backed_up_and_the_command_for_the_tables_is_one_that_works() throws Exception {
        try (Postgres server = Postgres.start(folder.resolve("postgres"))) {
            String[] ledger = {"LEDGER_URL", server.url(), "LEDGER_USERNAME", server.user()};
            Map<String, String> environment = Environment.of(data, cxone, ledger);
            Files.createDirectories(data.resolve("inbox"));
            Files.writeString(data.resolve("inbox/chats.ndjson"), lines("chat", 3));
            assertThat(Verb.of(environment, "run", "--once").exit()).isZero();

            Ended made = Verb.of(environment, "backup", backup.toString());

            assertThat(made.exit()).as(made.err()).isEqualTo(6);
            String command = made.err().replaceAll("(?s).*Now run: (pg_dump [^\n]*)\n.*", "$1");
            assertThat(command)
                    .startsWith("pg_dump --format=custom --file=ledger.dump")
                    .contains("public.(audit_closed|");
            assumeTrue(Files.isExecutable(Path.of("/usr/bin/pg_dump")), "no pg_dump");
            shell(command);
            server.execute("CREATE DATABASE other");
            String other = server.url().replaceFirst("/postgres$", "/other");
            Map<String, String> elsewhere =
                    Environment.of(restored, cxone, "LEDGER_URL", other, "LEDGER_USERNAME", server.user());
            Ended early = Verb.of(elsewhere, "restore", backup.toString());
            assertThat(early.exit()).isEqualTo(4);
            assertThat(early.err()).contains("pg_restore");
            shell("pg_restore --dbname=" + other.substring("jdbc:".length()) + " --username=postgres ledger.dump");

            Ended back = Verb.of(elsewhere, "restore", backup.toString());

            assertThat(back.exit()).as(back.err() + back.out()).isZero();
            assertThat(Verb.of(elsewhere, "audit", "verify").exit()).isZero();
            assertThat(Verb.of(elsewhere, "status").out()).contains("restored from a backup of");
        }
    }

    private void shell(String command) throws Exception {
        Process process = new ProcessBuilder("sh", "-c", command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(command + "\n" + said).isZero();
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
