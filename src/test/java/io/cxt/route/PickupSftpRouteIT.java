package io.cxt.route;

import static io.cxt.fixture.Chats.chat;
import static io.cxt.fixture.Chats.lines;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.fixture.Command;
import io.cxt.fixture.FilesBelow;
import io.cxt.fixture.LogRecorder;
import io.cxt.fixture.OpenSshd;
import io.cxt.fixture.Postgres;
import io.cxt.fixture.RunningCxt;
import io.cxt.fixture.SftpSite;
import io.cxt.fixture.SlowFile;
import io.cxt.fixture.SshKey;
import io.cxt.simulator.Fault;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import io.cxt.simulator.Withheld;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("slow")
class PickupSftpRouteIT {

    @TempDir
    Path data;

    @TempDir
    Path there;

    @TempDir
    Path keys;

    private StandIn cxone;
    private SftpSite site;
    private Path drop;

    @BeforeEach
    void startBoth() throws Exception {
        cxone = StandIn.start(StandInSettings.defaults());
        site = SftpSite.start(there);
        drop = Files.createDirectory(there.resolve("drop"));
        site.hostKey().writeKnownHost(keys.resolve("known_hosts"), site.port());
        secret("password", SftpSite.PASSWORD);
    }

    @AfterEach
    void stopBoth() throws Exception {
        site.close();
        cxone.close();
    }

    private Path secret(String name, String content) throws IOException {
        Path file = Files.createFile(
                keys.resolve(name), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, content + "\n");
    }

    private RunningCxt start(String... more) throws Exception {
        return RunningCxt.start(data, cxone, settings(more));
    }

    private String[] settings(String... more) {
        List<String> settings = new ArrayList<>(List.of(
                "pickup.sftp.enabled",
                "true",
                "pickup.sftp.host",
                "127.0.0.1",
                "pickup.sftp.port",
                Integer.toString(site.port()),
                "pickup.sftp.username",
                SftpSite.USER,
                "pickup.sftp.password-file",
                keys.resolve("password").toString(),
                "pickup.sftp.known-hosts-file",
                keys.resolve("known_hosts").toString(),
                "pickup.sftp.folder",
                "drop",
                "pickup.sftp.poll-ms",
                "100",
                "pickup.sftp.settle-ms",
                "50"));
        settings.addAll(List.of(more));
        return settings.toArray(String[]::new);
    }

    private void put(String name, String content) throws IOException {
        put(name, content.getBytes(StandardCharsets.UTF_8));
    }

    private void put(String name, byte[] content) throws IOException {
        Path beside = Files.write(drop.resolve(name + ".part"), content);
        Files.move(beside, drop.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    /** The files in the folder on the server, the time taken out of their names. */
    private List<String> remote() throws IOException {
        return FilesBelow.of(drop).stream()
                .map(name -> name.replaceFirst("-\\d{8}T\\d{9}Z", "-TIME"))
                .sorted()
                .toList();
    }

    private static String trouble(RunningCxt cxt) {
        return cxt.engine().components().pickups().unreachable(Duration.ZERO).orElse("");
    }

    @Test
    void a_file_of_each_kind_is_read_moved_on_the_server_and_reported_like_a_dropped_one() throws Exception {
        put("one.json", chat("one"));
        put("lines.ndjson", lines("line", 3) + chat("bad", 0, "") + "\n");
        put("packed.jsonl.gz", gzip(lines("packed", 2)));

        try (RunningCxt cxt = start()) {
            cxt.awaits(() -> remote().size() == 3 && remote().stream().allMatch(name -> name.startsWith(".done/")));

            assertThat(remote())
                    .containsExactly(".done/lines-TIME.ndjson", ".done/one-TIME.json", ".done/packed-TIME.jsonl.gz");
            assertThat(cxone.counts().acceptedDistinct()).isEqualTo(6);
            assertThat(cxt.text("reports/lines.ndjson.report.json"))
                    .contains("\"read\" : 4", "\"sent\" : 3", "\"file\" : \"drop/.done/lines-");
            assertThat(cxt.files("dead-letters")).hasSize(2).allMatch(name -> name.contains("/bad."));
            assertThat(cxt.rows("SELECT door, source FROM intake ORDER BY source"))
                    .containsExactly("sftp lines.ndjson", "sftp one.json", "sftp packed.jsonl.gz");
            cxt.awaits(() -> cxt.files("fetched").isEmpty());
        }
    }

    @Test
    void files_are_recognised_mapped_and_selected_from_as_dropped_ones_are() throws Exception {
        String chats = chat("a") + "\n\n" + chat("b") + "\n" + chat("c");
        put("together.json", chats.getBytes(StandardCharsets.UTF_16LE));
        put("zendesk-chat.json", Files.readAllBytes(Path.of("src/test/resources/mappings/zendesk-chat.json")));
        put("old.json", chat("old").replace("2024-", "2019-"));
        put("tickets.json", "{\"tickets\": 5}");

        try (RunningCxt cxt = start("pickup.sftp.select-since", "2020", "pickup.sftp.select-label", "from the site")) {
            cxt.awaits(() -> remote().size() == 4 && remote().stream().allMatch(name -> name.startsWith(".")));

            assertThat(cxt.rows("SELECT interaction_id FROM delivery WHERE state = 'SENT' ORDER BY interaction_id"))
                    .contains("a", "b", "c")
                    .hasSizeGreaterThan(3)
                    .doesNotContain("old");
            assertThat(cxt.text("reports/old.json.report.json"))
                    .contains("\"not-selected\" : 1", "label=\\\"from the site\\\"");
            assertThat(cxt.files("dead-letters")).contains("JSON-OTHER-FORM/tickets.json-1.reason.json");
        }
    }

    @Test
    void the_same_name_again_takes_no_other_files_place_on_the_server() throws Exception {
        try (RunningCxt cxt = start()) {
            put("chat.json", chat("one"));
            cxt.awaits(() -> remote().equals(List.of(".done/chat-TIME.json")));

            put("chat.json", chat("two"));

            cxt.awaits(() -> remote().equals(List.of(".done/chat-TIME.json", ".done/chat-TIME.json")));
        }
        assertThat(cxone.counts().acceptedDistinct()).isEqualTo(2);
    }

    @Test
    @Tag("fault-13")
    void a_file_that_is_still_being_written_is_left_alone() throws Exception {
        try (RunningCxt cxt = start("pickup.sftp.settle-ms", "400")) {
            String name =
                    SlowFile.write(cxt, cxone, drop, 40, Duration.ofMillis(400), Duration.ofMillis(60), file -> {});

            cxt.awaits(() -> !Files.exists(drop.resolve(name + ".ndjson")));
            assertThat(remote()).contains(".done/" + name + "-TIME.ndjson").allMatch(file -> file.startsWith(".done/"));
            assertThat(SlowFile.accepted(cxone, name)).isEqualTo(40);
        }
    }

    @Test
    @Tag("fault-71")
    void links_folders_and_other_names_are_passed_over_and_said_once_and_hidden_files_are_not() throws Exception {
        Files.writeString(there.resolve("outside.json"), chat("outside"));
        Files.createSymbolicLink(drop.resolve("link.json"), there.resolve("outside.json"));
        Files.createDirectory(drop.resolve("folder.json"));
        Files.writeString(drop.resolve("folder.json/inside.json"), chat("inside"));
        put(".hidden.json", chat("hidden"));
        put("chats.json.zip", "PK");
        put("unfinished.json.tmp", chat("unfinished"));
        put("chat.json", chat("chat"));

        try (LogRecorder log = LogRecorder.install();
                RunningCxt cxt = start()) {
            cxt.awaits(() -> remote().contains(".done/chat-TIME.json"));
            cxt.awaits(() -> cxt.engine().components().drained());
            put("another.json", chat("another"));
            cxt.awaits(() -> remote().contains(".done/another-TIME.json"));

            assertThat(cxt.engine().components().passedOver()).isEqualTo(3);
            assertThat(log.lines().stream().filter(line -> line.startsWith("passed over")))
                    .hasSize(3)
                    .allMatch(line -> line.contains("pickup=sftp") && line.contains("next="))
                    .anyMatch(line -> line.contains("name=folder.json") && line.contains("a folder"))
                    .anyMatch(line -> line.contains("name=chats.json.zip") && line.contains("unpack it"))
                    .anyMatch(line -> line.contains("name=link.json") && line.contains("put the file itself"));
        }
        assertThat(cxone.deliveries())
                .extracting(delivery -> delivery.interactionId())
                .containsExactlyInAnyOrder("chat", "another");
    }

    @Test
    @Tag("fault-67")
    void a_file_that_is_replaced_or_grows_on_the_server_while_it_is_read_is_fetched_again() throws Exception {
        Withheld answers = new Withheld();
        cxone.next(answers.after(0, 5));
        put("replaced.ndjson", chat("replaced-old") + "\n");
        put("grows.ndjson", chat("grows-old") + "\n");
        put("touched.ndjson", chat("touched-old") + "\n");
        put("gone.ndjson", chat("gone-old") + "\n");
        put("same.ndjson", chat("same") + "\n");
        for (String name : remote()) { // a second ago and more, so that a time of seconds shows the change
            Files.setLastModifiedTime(
                    drop.resolve(name), FileTime.from(Instant.now().minusSeconds(90)));
        }
        try (LogRecorder log = LogRecorder.install();
                RunningCxt cxt = start("cxone.max-in-flight", "16")) {
            cxt.awaits(() -> cxone.counts().posts() == 5);

            put("replaced.ndjson", chat("replaced-old") + "\n" + chat("replaced-new") + "\n");
            Files.writeString(drop.resolve("grows.ndjson"), chat("grows-new") + "\n", StandardOpenOption.APPEND);
            Files.writeString(drop.resolve("touched.ndjson"), chat("touched-new") + "\n"); // of the same size
            Files.delete(drop.resolve("gone.ndjson"));
            answers.release();

            cxt.awaits(() -> remote().size() == 4 && remote().stream().allMatch(name -> name.startsWith(".done/")));
            cxt.awaits(() -> cxt.engine().components().backlog().openReadings() == 0);
            assertThat(log.lines())
                    .filteredOn(line -> line.startsWith("changed source="))
                    .hasSize(3)
                    .allMatch(line -> line.contains("pickup=sftp"));
            assertThat(log.lines()).anyMatch(line -> line.startsWith("gone source=gone.ndjson pickup=sftp"));
        }
        assertThat(cxone.counts().acceptedDistinct()).isEqualTo(8);
        assertThat(cxone.counts().repeats()).isZero();
    }

    @Test
    void several_files_are_read_at_once() throws Exception {
        Withheld answers = new Withheld();
        cxone.next(answers.after(0, 8));
        for (int i = 0; i < 8; i++) {
            put("chat-" + i + ".json", chat("chat-" + i));
        }

        try (RunningCxt cxt = start("cxone.max-in-flight", "8")) {
            cxt.awaits(() -> cxt.engine().components().backlog().openReadings() >= 2);
            answers.release();
            cxt.awaits(() -> cxone.counts().accepted() == 8);
            cxt.awaits(() -> cxt.engine().components().drained());
        }
        assertThat(cxone.counts().repeats()).isZero();
    }

    @Test
    void a_key_signs_in_locked_by_a_passphrase_or_not() throws Exception {
        SshKey key = SshKey.make();
        site.welcome(key);
        Path open = key.writePrivate(keys.resolve("open"), null);
        Path locked = key.writePrivate(keys.resolve("locked"), "pass phrase");
        secret("passphrase", "pass phrase");
        put("one.json", chat("one"));
        try (RunningCxt cxt = start("pickup.sftp.password-file", "", "pickup.sftp.private-key-file", open.toString())) {
            cxt.awaits(() -> remote().size() == 1 && remote().get(0).startsWith(".done/one"));
        }
        put("two.json", chat("two"));

        try (RunningCxt cxt = start(
                "pickup.sftp.password-file",
                "",
                "pickup.sftp.private-key-file",
                locked.toString(),
                "pickup.sftp.private-key-passphrase-file",
                keys.resolve("passphrase").toString())) {
            cxt.awaits(() -> remote().contains(".done/two-TIME.json"));
        }
        assertThat(cxone.counts().accepted()).isEqualTo(2);
    }

    @Test
    void an_unknown_host_key_is_refused_with_its_fingerprint_and_a_mended_file_is_enough() throws Exception {
        Path known = keys.resolve("known_hosts");
        Files.writeString(known, "");
        put("one.json", chat("one"));

        try (RunningCxt cxt = start()) {
            cxt.awaits(() -> trouble(cxt).contains("shows a host key that is not in"));
            assertThat(trouble(cxt))
                    .contains(site.hostKey().fingerprint(), "ecdsa-sha2-nistp256", "ssh-keyscan -p " + site.port());
            assertThat(drop.resolve("one.json")).exists();

            site.hostKey().writeKnownHost(known, site.port());

            cxt.awaits(() -> remote().equals(List.of(".done/one-TIME.json")));
            assertThat(trouble(cxt)).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            [127.0.0.1]:*                  | no patterns
            127.0.0.?                      | no patterns
            *,!elsewhere                   | no patterns
            @cert-authority [127.0.0.1]:*  | none that sign for others
            """)
    @Tag("fault-102")
    void what_openssh_takes_in_known_hosts_and_we_do_not_is_named(String hosts, String why) throws Exception {
        Path known = keys.resolve("known_hosts");
        String line = Files.readString(known);
        Files.writeString(known, "# by hand\n" + hosts + line.substring(line.indexOf(' ')));

        try (RunningCxt cxt = start()) {
            cxt.awaits(() -> trouble(cxt).contains("Line 2, " + hosts + ", is not taken"));

            assertThat(trouble(cxt)).contains(why, site.hostKey().fingerprint(), "ssh-keyscan -p " + site.port());
        }
    }

    @Test
    void a_changed_host_key_is_refused_with_its_fingerprint() throws Exception {
        try (RunningCxt cxt = start()) {
            cxt.awaits(() -> site.connections() > 0);
            site.stop();
            site.restartAsAnotherHost();
            put("one.json", chat("one"));

            cxt.awaits(() -> trouble(cxt).contains("shows another host key than"));
            assertThat(trouble(cxt)).contains(site.hostKey().fingerprint(), "Somebody may be in between");
        }
        assertThat(drop.resolve("one.json")).exists();
        assertThat(cxone.counts().posts()).isZero();
    }

    @Test
    void a_refused_sign_in_and_a_missing_folder_are_told_with_what_to_do() throws Exception {
        Path wrong = secret("wrong", "not the password");
        try (RunningCxt cxt = start("pickup.sftp.password-file", wrong.toString())) {
            cxt.awaits(() -> trouble(cxt).contains("refuses the sign-in of cxt (it takes password"));
            assertThat(trouble(cxt)).doesNotContain("not the password");
        }
        try (RunningCxt cxt = start("pickup.sftp.folder", "elsewhere")) {
            cxt.awaits(() -> trouble(cxt).contains("has no folder elsewhere"));
        }
    }

    @Test
    @Tag("fault-12")
    void a_transfer_cut_in_the_middle_leaves_the_file_on_the_server_and_is_made_again() throws Exception {
        put("big.ndjson", lines("chat", 600));
        site.cutNextDownloadAfter(100_000);

        try (RunningCxt cxt = start("cxone.max-in-flight", "32")) {
            cxt.awaits(() -> site.cuts() == 1);
            cxt.awaits(() -> remote().equals(List.of(".done/big-TIME.ndjson")));
            cxt.awaits(() -> cxt.files("fetched").isEmpty());

            assertThat(cxt.text("reports/big.ndjson.report.json")).contains("\"sent\" : 600");
        }
        assertThat(cxone.counts().repeats()).isZero();
    }

    @Test
    @Tag("fault-70")
    void a_file_that_may_not_be_read_there_is_said_once_and_asked_for_each_minute() throws Exception {
        site.bar("barred.json");
        put("barred.json", chat("barred"));
        try (LogRecorder log = LogRecorder.install();
                RunningCxt cxt = RunningCxt.once(data, cxone, settings())) {
            put("one.json", chat("one"));
            cxt.awaits(() -> cxt.engine().components().atRest());

            assertThat(cxone.counts().accepted()).isEqualTo(1);
            assertThat(site.refusals()).isEqualTo(1);
            assertThat(log.lines().stream().filter(line -> line.contains("barred.json")))
                    .singleElement()
                    .asString()
                    .contains("not fetched source=barred.json pickup=sftp", "does not let its user read it", "next=");
            assertThat(cxt.engine().components().undecided().all()).hasSize(1);
            cxt.awaits(() -> cxt.rows("SELECT count(*) FROM intake WHERE undecided IS NOT NULL")
                    .get(0)
                    .equals("1"));
        }
        site.bar(null);
        try (RunningCxt cxt = start()) {
            cxt.awaits(() -> cxone.counts().accepted() == 2);
            cxt.awaits(() -> cxt.engine().components().drained());

            assertThat(cxt.rows("SELECT count(*) FROM intake WHERE closed_at IS NULL"))
                    .containsExactly("0");
        }
    }

    @Test
    @Tag("fault-100")
    void names_that_sftp_cannot_carry_are_passed_over_and_said_and_odd_ones_come_through() throws Exception {
        List<String> odd =
                List.of("[a].json", "{b}.json", "-c.json", "${d}.json", " e'\"%20&.json", "\u00e4\u2028.json");
        List<String> never = List.of("a*.json", "b?.json", "c\\d.json", "e\nf.json", "x".repeat(240) + ".json");
        for (String name : never) {
            Files.writeString(drop.resolve(name), chat("never"));
        }
        for (String name : odd) {
            Files.writeString(drop.resolve(name), chat(Integer.toString(odd.indexOf(name))));
        }
        try (LogRecorder log = LogRecorder.install();
                RunningCxt cxt = start()) {
            cxt.awaits(() -> cxone.counts().accepted() == odd.size());
            cxt.awaits(() -> cxt.engine().components().drained());

            assertThat(log.lines().stream().filter(line -> line.startsWith("passed over name=")))
                    .hasSize(never.size())
                    .allMatch(line -> line.contains("its name has / \\ * ? or control characters, is not UTF-8"));
            assertThat(remote()).filteredOn(name -> name.startsWith(".done/")).hasSize(odd.size());
        }
        assertThat(cxone.counts().posts()).isEqualTo(odd.size());
    }

    @Test
    void a_server_that_goes_away_is_looked_for_and_found_again() throws Exception {
        try (RunningCxt cxt = start()) {
            put("one.json", chat("one"));
            cxt.awaits(() -> remote().equals(List.of(".done/one-TIME.json")));
            site.stop();
            cxt.awaits(() -> trouble(cxt).contains("does not answer"));
            put("two.json", chat("two"));

            site.restart();

            cxt.awaits(() -> remote().contains(".done/two-TIME.json"));
            assertThat(trouble(cxt)).isEmpty();
        }
        assertThat(cxone.counts().repeats()).isZero();
    }

    @Test
    void a_stop_in_the_middle_leaves_the_file_and_the_next_run_finishes_it() throws Exception {
        cxone.change(traffic -> traffic.withLatency(400));
        put("chats.ndjson", lines("chat", 60));
        try (RunningCxt cxt = start("cxone.max-in-flight", "2", "cxone.requests-per-second", "4")) {
            cxt.awaits(() -> cxone.counts().accepted() >= 4);
        }
        assertThat(drop.resolve("chats.ndjson")).exists();
        cxone.change(traffic -> traffic.withLatency(0));

        try (RunningCxt cxt = start()) {
            cxt.awaits(() -> remote().equals(List.of(".done/chats-TIME.ndjson")));
        }

        assertThat(cxone.counts().acceptedDistinct()).isEqualTo(60);
        assertThat(cxone.counts().repeats()).isZero();
    }

    @Test
    void run_once_ends_when_nothing_is_left_on_the_server() throws Exception {
        put("chats.ndjson", lines("chat", 20));
        put("one.json", chat("one"));

        try (RunningCxt cxt = RunningCxt.once(data, cxone, settings())) {
            cxt.awaits(() -> cxt.engine().components().drained());

            assertThat(remote()).allMatch(name -> name.startsWith(".done/")).hasSize(2);
        }
        assertThat(cxone.counts().acceptedDistinct()).isEqualTo(21);
    }

    @Test
    void in_a_run_once_that_stops_the_file_stays() throws Exception {
        cxone.next(Fault.status(404));
        put("one.json", chat("one"));

        try (RunningCxt cxt = RunningCxt.once(data, cxone, settings())) {
            cxt.awaits(() -> cxt.engine().components().lane().stopReason().isPresent());
            cxt.awaits(() -> cxt.engine().components().backlog().openReadings() == 0);
            assertThat(cxt.engine().components().drained()).isFalse();
        }
        assertThat(drop.resolve("one.json")).exists();
    }

    @Test
    @Tag("fault-100")
    void a_file_that_cannot_be_moved_there_is_remembered_and_moved_later_without_a_second_fetch() throws Exception {
        Path inTheWay = Files.createFile(drop.resolve(".done")); // no folder can be made there now
        put("one.json", chat("one"));
        put("gone.json", chat("gone"));

        try (LogRecorder log = LogRecorder.install();
                RunningCxt cxt = RunningCxt.once(data, cxone, settings())) {
            cxt.awaits(() -> cxt.engine().components().atRest());

            assertThat(cxt.engine().components().drained()).isFalse(); // run --once ends with 6
            assertThat(log.lines().stream().filter(line -> line.startsWith("cannot be moved")))
                    .hasSize(2)
                    .allMatch(line -> line.contains("pickup=sftp reason=\"the server does not make .done"));
            Files.delete(drop.resolve("gone.json"));
            Files.delete(inTheWay);
            cxt.awaits(() -> remote().equals(List.of(".done/one-TIME.json")));
            cxt.awaits(() -> cxt.engine().components().drained());

            assertThat(cxt.rows("SELECT count(*) FROM audit_event WHERE event = 'INTAKE_OPENED'"))
                    .containsExactly("2");
        }
        assertThat(cxone.counts().posts()).isEqualTo(2);
    }

    @Test
    @Tag("fault-100")
    void who_may_not_rename_there_is_told_so_and_the_next_run_sends_nothing_again() throws Exception {
        Files.createDirectory(drop.resolve(".done"));
        site.refuseChanges(true);
        put("one.json", chat("one"));
        for (int run = 0; run < 2; run++) {
            try (LogRecorder log = LogRecorder.install();
                    RunningCxt cxt = RunningCxt.once(data, cxone, settings())) {
                cxt.awaits(() -> cxt.engine().components().atRest());

                assertThat(cxt.engine().components().drained()).isFalse();
                assertThat(log.lines().stream().filter(line -> line.contains("name=one.json")))
                        .singleElement()
                        .asString()
                        .contains("cannot be moved name=one.json", "does not let cxt make .done");
                assertThat(log.lines().stream().filter(line -> line.startsWith("not claimed pickup=sftp")))
                        .hasSize(1);
            }
        }
        site.refuseChanges(false);
        try (RunningCxt cxt = RunningCxt.once(data, cxone, settings())) {
            cxt.awaits(() -> cxt.engine().components().drained());
        }
        assertThat(remote()).containsExactly(".done/one-TIME.json");
        assertThat(cxone.counts().posts()).isEqualTo(1);
    }

    @Test
    @Tag("fault-70")
    void a_file_that_the_server_lists_and_does_not_have_is_said_and_asked_for_ever_more_rarely() throws Exception {
        site.makeGhostOf("ghost.json");
        put("ghost.json", chat("ghost"));
        try (LogRecorder log = LogRecorder.install();
                RunningCxt cxt = start()) {
            cxt.awaits(() -> site.refusals() >= 3);

            assertThat(cxt.engine().components().undecided().all())
                    .singleElement()
                    .asString()
                    .contains("the server lists it, and says that it is not there");
            assertThat(log.lines()).anyMatch(line -> line.startsWith("not fetched source=ghost.json pickup=sftp"));
            Files.delete(drop.resolve("ghost.json"));
            cxt.awaits(() -> cxt.engine().components().drained());
        }
    }

    @Test
    @Tag("fault-101")
    void a_folder_that_another_ledger_reads_is_left_to_it_until_it_is_free() throws Exception {
        Path marker =
                Files.writeString(drop.resolve(".cxt-owner"), "ledger=other instance=i home=h host=elsewhere beat=1\n");
        put("one.json", chat("one"));
        try (RunningCxt cxt = start("pickup.sftp.id-prefix", "site-")) {
            cxt.awaits(() -> {
                Files.writeString(
                        marker, "ledger=other instance=i home=h host=elsewhere beat=%s\n".formatted(System.nanoTime()));
                return trouble(cxt).contains("is read by another cxt");
            });
            assertThat(trouble(cxt)).contains("pickup.sftp.folder drop", "host elsewhere", "one PostgreSQL");
            assertThat(cxone.counts().posts()).isZero();
            Files.delete(marker);

            cxt.awaits(() -> remote().equals(List.of(".done/one-TIME.json")));
            assertThat(trouble(cxt)).isEmpty();
            assertThat(marker).exists();
        }
        assertThat(marker).doesNotExist();
        assertThat(cxone.deliveries())
                .extracting(delivery -> delivery.interactionId())
                .containsExactly("site-one");
    }

    @Test
    @Tag("bulk")
    void more_megabytes_than_the_heap_has_come_through_it() throws Exception {
        int megabytes = 150; // twice the heap
        String text = "x".repeat(400_000);
        int chats = megabytes * 1024 / 784;
        try (Writer out = Files.newBufferedWriter(drop.resolve("large.ndjson"))) {
            for (int i = 0; i < chats; i++) {
                out.write(chat("chat-" + i, 2, text) + "\n");
            }
        }
        Map<String, String> environment = new HashMap<>(Map.of(
                "_JAVA_OPTIONS", // ciphers need the second compiler
                "-Xmx75m -XX:TieredStopAtLevel=4",
                "DATA_DIR",
                data.toString(),
                "CXONE_BASE_URL",
                cxone.baseUri().toString(),
                "CXONE_CLIENT_ID",
                "client-1",
                "CXONE_CLIENT_SECRET",
                RunningCxt.SECRET,
                "CXONE_REQUESTS_PER_SECOND",
                "0"));
        String[] settings = settings();
        for (int i = 0; i < settings.length; i += 2) {
            environment.put(io.cxt.settings.Settings.environmentName(settings[i]), settings[i + 1]);
        }

        Command.Ended ended;
        try (Command cxt = Command.start(keys, environment, "run", "--once", "-o", "json")) {
            ended = cxt.ended(Duration.ofMinutes(10));
        }

        assertThat(ended.exit()).as(ended.err()).isZero();
        assertThat(ended.out()).contains("\"sent\" : " + chats);
        assertThat(remote()).containsExactly(".done/large-TIME.ndjson");
        assertThat(cxone.counts().acceptedDistinct()).isEqualTo(chats);
    }

    @Test
    void settings_that_cannot_be_used_are_told_all_at_once() throws Exception {
        Path loose = Files.writeString(keys.resolve("loose"), "a key");
        Files.setPosixFilePermissions(loose, PosixFilePermissions.fromString("rw-r--r--"));

        assertThatThrownBy(() -> start(
                        "pickup.sftp.host",
                        "",
                        "pickup.sftp.private-key-file",
                        loose.toString(),
                        "pickup.sftp.known-hosts-file",
                        "/nowhere/known_hosts",
                        "pickup.sftp.folder",
                        "/drop"))
                .hasMessageContaining("pickup.sftp.host is not set")
                .hasMessageContaining("pickup.sftp.private-key-file: others can read")
                .hasMessageContaining("pickup.sftp.known-hosts-file: cannot read")
                .hasMessageContaining("pickup.sftp.folder is /drop");
        assertThatThrownBy(() -> start("pickup.sftp.known-hosts-file", ""))
                .hasMessageContaining("pickup.sftp.known-hosts-file is not set");
    }

    @Test
    @EnabledIf("io.cxt.fixture.OpenSshd#isInstalled")
    void the_sshd_of_this_machine_is_spoken_to_as_well() throws Exception {
        SshKey key = SshKey.make();
        Path mine = key.writePrivate(keys.resolve("mine"), null);
        try (OpenSshd sshd = OpenSshd.start(keys, key, drop)) {
            sshd.hostKey().writeKnownHost(keys.resolve("known_hosts"), sshd.port());
            put("lines.ndjson", lines("line", 30));
            Path said = drop.resolve("printf.sh"); // a name whose bytes are no characters, which Java cannot give
            Files.writeString(said, "echo '{}' > \"$(printf 'no\\377text.json')\"; rm printf.sh");
            assertThat(new ProcessBuilder("sh", "printf.sh")
                            .directory(drop.toFile())
                            .start()
                            .waitFor())
                    .isZero();

            try (RunningCxt cxt = start(
                    "pickup.sftp.port",
                    Integer.toString(sshd.port()),
                    "pickup.sftp.username",
                    OpenSshd.user(),
                    "pickup.sftp.password-file",
                    "",
                    "pickup.sftp.private-key-file",
                    mine.toString(),
                    "pickup.sftp.folder",
                    ".")) {
                cxt.awaits(() -> remote().contains(".done/lines-TIME.ndjson"));
                cxt.awaits(() -> cxt.engine().components().passedOver() == 1);
                cxt.awaits(() -> cxt.engine().components().drained());
            }
        }
        assertThat(cxone.counts().acceptedDistinct()).isEqualTo(30);
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    @Test
    void two_instances_share_a_folder_and_each_file_is_read_by_one_of_them() throws Exception {
        String[] ledger = {
            "ledger.url",
            Postgres.shared().schema("two_at_one_site"),
            "ledger.username",
            Postgres.shared().user(),
            "ledger.password-file",
            secret("ledger", Postgres.shared().password()).toString()
        };
        for (int i = 0; i < 60; i++) {
            put("file-%d.ndjson".formatted(i), lines("chat-" + i, 3));
        }
        try (LogRecorder log = LogRecorder.install();
                RunningCxt one = RunningCxt.start(data, cxone, settings(ledger));
                RunningCxt other =
                        RunningCxt.start(data.resolveSibling(data.getFileName() + "-2"), cxone, settings(ledger))) {
            one.awaits(() -> Files.exists(drop.resolve(".done"))
                    && drop.resolve(".done").toFile().list().length == 60);
            one.awaits(() -> one.engine().components().backlog().openReadings()
                            + other.engine().components().backlog().openReadings()
                    == 0);

            assertThat(remote()).hasSize(60).doesNotHaveDuplicates().allMatch(name -> name.startsWith(".done/"));
            assertThat(cxone.counts().posts()).isEqualTo(180);
            assertThat(one.engine().components().backlog().counts().get("duplicate")
                            + other.engine().components().backlog().counts().get("duplicate"))
                    .isZero();
            assertThat(log.lines()).noneMatch(line -> line.contains("ERROR"));
        }
    }

    @Test
    @Tag("fault-109")
    void a_file_that_is_too_long_is_not_fetched_and_stays_on_the_server() throws Exception {
        try (LogRecorder log = LogRecorder.install();
                RunningCxt cxt = start("pickup.max-source-bytes", Integer.toString(1 << 20))) {
            put("long.ndjson", new byte[(1 << 20) + 1]);
            put("chat.json", chat("one"));
            cxt.awaits(() -> !cxt.engine().components().undecided().all().isEmpty());
            cxt.awaits(() -> cxone.counts().posts() == 1);
            cxt.awaits(() -> cxt.engine().components().atRest());

            assertThat(remote()).contains("long.ndjson");
            assertThat(log.lines())
                    .anyMatch(line -> line.contains("not fetched source=long.ndjson")
                            && line.contains("SOURCE-SIZE: it has 1048577 bytes, more than pickup.max-source-bytes")
                            && line.contains("raise pickup.max-source-bytes"))
                    .noneMatch(line -> line.contains("reading source=long.ndjson"));
        }
    }
}
