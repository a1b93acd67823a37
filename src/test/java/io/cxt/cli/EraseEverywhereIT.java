package io.cxt.cli;

import static io.cxt.fixture.Chats.chat;
import static io.cxt.fixture.Chats.lines;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.db.LedgerSettings;
import io.cxt.files.HaltAt;
import io.cxt.fixture.Command;
import io.cxt.fixture.CommandSite;
import io.cxt.fixture.FilesBelow;
import io.cxt.ledger.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Erasure where a chat lies in other places than usual. */
class EraseEverywhereIT {
    @TempDir
    Path data;

    private static void drop(Path data, String name, String content) throws IOException {
        Files.writeString(Files.createDirectories(data.resolve("inbox")).resolve(name), content);
    }

    /** With a later message first. */
    private static String broken(String id) {
        return chat(id).replaceFirst("T00:00:00Z", "T09:00:00Z") + "\n";
    }

    /** Runs once, and ends itself at a step as suddenly as by a kill. */
    private void halted(CommandSite site, String step, Map<String, String> more) throws Exception {
        Map<String, String> killed = new HashMap<>(site.environment());
        killed.putAll(more);
        killed.put("CXONE_MAX_IN_FLIGHT", "1");
        killed.put("JAVA_TOOL_OPTIONS", "-Dcxt.halt-at=" + step);
        Path scratch = Files.createDirectories(data.resolve("scratch"));
        assertThat(Command.run(scratch, killed, "run", "--once").exit()).isEqualTo(HaltAt.EXIT);
    }

    /** The start after a kill between the move of a decided file and its replacement. */
    @Test
    void a_file_that_a_kill_left_as_it_came_is_replaced_by_the_next_start() throws Exception {
        try (CommandSite site = CommandSite.of(data)) {
            drop(data, "sent.json", chat("sent"));
            Map<String, String> redacting = Map.of("REDACTION_POLICY", "cards", "REDACTION_ORIGINALS", "replace");
            halted(site, "original-moved:1", redacting);
            assertThat(FilesBelow.of(data.resolve("inbox"))).contains(".redacting/sent.json");

            site.environment().putAll(redacting);
            site.cxt(0, "run", "--once");

            assertThat(FilesBelow.of(data.resolve("inbox")))
                    .contains(".done/sent.json.redacted.ndjson")
                    .noneMatch(name -> name.endsWith("sent.json"));
        }
    }

    @Test
    void in_segments_also_a_line_that_a_kill_left_without_a_row() throws Exception {
        try (CommandSite site = CommandSite.of(data)) {
            drop(data, "sent.json", chat("sent"));
            halted(site, "archived:1", Map.of());
            site.rows("UPDATE delivery SET archived_at = NULL, archived_in = NULL"); // if it was on the disk already
            drop(data, "chats.ndjson", lines("chat", 2));
            site.cxt(0, "run", "--once");
            assertThat(site.rows("SELECT count(*) FROM delivery WHERE archived_in LIKE '%.gz@%'"))
                    .containsExactly("3");

            assertThat(site.cxt(0, "erase", "--interaction", "sent", "--originals", "delete")
                            .out())
                    .contains("archive       2");

            String out = data.resolve("out").toString();
            site.cxt(0, "archive", "restore", "chat-0", "chat-1", "--to", out);
            assertThat(site.cxt(0, "audit", "verify").out()).contains("intact");
        }
    }

    @Test
    void in_an_archive_of_files_also_one_that_a_kill_left_without_a_row() throws Exception {
        try (CommandSite site = CommandSite.of(data)) {
            drop(data, "sent.json", chat("sent"));
            halted(site, "archived:1", Map.of("ARCHIVE_LAYOUT", "files"));
            assertThat(FilesBelow.of(data.resolve("archive"))).contains("sent.json");
            site.rows("UPDATE delivery SET archived_at = NULL, archived_in = NULL"); // if it was on the disk already
            drop(data, "chats.ndjson", lines("chat", 2));
            site.cxt(0, "run", "--once");
            assertThat(site.rows("SELECT count(*) FROM delivery WHERE archived_in LIKE '%.gz@%'"))
                    .containsExactly("3");

            assertThat(site.cxt(0, "erase", "--interaction", "sent", "--originals", "delete")
                            .out())
                    .contains("archive       2");

            assertThat(FilesBelow.of(data.resolve("archive"))).doesNotContain("sent.json");
            site.environment().put("ARCHIVE_LAYOUT", "files");
            drop(data, "more.ndjson", lines("more", 2));
            site.cxt(0, "run", "--once");
            site.cxt(0, "erase", "--interaction", "more-1", "--originals", "delete");
            assertThat(FilesBelow.of(data.resolve("archive")))
                    .contains("more-0.json")
                    .doesNotContain("more-1.json");
            site.cxt(
                    0,
                    "archive",
                    "restore",
                    "chat-0",
                    "more-0",
                    "--to",
                    data.resolve("out").toString());
            assertThat(site.cxt(0, "audit", "verify").out()).contains("intact");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"erase-recorded", "erase-letters", "erase-copies"})
    @Tag("fault-127")
    void what_was_erased_of_an_archive_of_files_before_a_kill_is_completed(String step) throws Exception {
        try (CommandSite site = CommandSite.of(data)) {
            site.environment().put("ARCHIVE_LAYOUT", "files");
            drop(data, "chats.ndjson", lines("chat", 2));
            site.cxt(0, "run", "--once");
            Files.delete(data.resolve("inbox/.done/chats.ndjson"));
            Map<String, String> killed = new HashMap<>(site.environment());
            killed.put("JAVA_TOOL_OPTIONS", "-Dcxt.halt-at=" + step);
            Path scratch = Files.createDirectories(data.resolve("scratch"));
            assertThat(Command.run(scratch, killed, "erase", "--interaction", "chat-0")
                            .exit())
                    .isEqualTo(HaltAt.EXIT);

            site.cxt(0, "erase", "--interaction", "chat-0");

            assertThat(FilesBelow.of(data.resolve("archive")))
                    .contains("chat-1.json")
                    .doesNotContain("chat-0.json");
            assertThat(site.cxt(0, "audit", "verify").out()).contains("intact");
        }
    }

    @Test
    void in_an_audit_feed_elsewhere() throws Exception {
        try (CommandSite site = CommandSite.of(data)) {
            String feed = "jdbc:sqlite:" + data.resolve("feed.db");
            site.environment().put("AUDIT_FEED_URL", feed);
            drop(data, "chats.ndjson", lines("chat", 2) + broken("bad"));
            site.cxt(1, "run", "--once");

            assertThat(site.cxt(0, "erase", "--interaction", "chat-0", "--originals", "delete")
                            .out())
                    .contains("feed          1");
            site.cxt(0, "erase", "--interaction", "bad", "--originals", "delete");

            try (Connection connection = DriverManager.getConnection(feed);
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT group_concat(interaction_id) FROM audit_record")) {
                assertThat(row.getString(1)).isEqualTo("chat-1");
            }
            assertThat(site.cxt(0, "audit", "verify").out()).contains("intact");
        }
    }

    @Test
    @Tag("fault-127")
    void what_another_instance_has_is_named_and_goes_when_it_is_run_there() throws Exception {
        LedgerSettings ledger = Store.POSTGRESQL.settings(data);
        Path first = data.resolve("first");
        Path second = data.resolve("second");
        try (CommandSite here = CommandSite.of(first, at(ledger, first));
                CommandSite there = CommandSite.of(second, at(ledger, second))) {
            here.environment()
                    .put(
                            "LEDGER_CUSTOMER_KEY_FILE",
                            data.resolve("customer.key").toString());
            there.environment()
                    .put(
                            "LEDGER_CUSTOMER_KEY_FILE",
                            data.resolve("customer.key").toString());
            drop(first, "a.ndjson", broken("a") + chat("b") + "\n");
            here.cxt(1, "run", "--once");
            drop(second, "b.ndjson", chat("a") + "\n" + broken("b"));
            there.cxt(1, "run", "--once");
            String other = Files.readString(first.resolve("instance-id")).strip();

            assertThat(there.cxt(6, "erase", "--customer", "cust-1", "--originals", "delete")
                            .out())
                    .contains("left: dead letter TS-ORDER/a: it is in data.dir of instance " + other, "left: archive ")
                    .contains("2 erased, 0 erased before, 2 with something left");
            assertThat(here.cxt(0, "erase", "--customer", "cust-1", "--originals", "delete")
                            .out())
                    .contains("2 erased");
            assertThat(there.cxt(0, "erase", "--customer", "cust-1", "--originals", "delete")
                            .out())
                    .contains("0 with something left");

            for (Path each : new Path[] {first, second}) {
                assertThat(FilesBelow.of(each)).noneMatch(name -> name.matches("(dead-letters|inbox/.done)/.*"));
                assertThat(FilesBelow.of(each))
                        .filteredOn(name -> name.matches("archive/.*gz"))
                        .hasSize(1);
            }
            assertThat(here.rows("SELECT count(*) FROM delivery WHERE archived_at IS NOT NULL"))
                    .containsExactly("0");
            String chain = Files.readString(second.resolve("instance-id")).strip();
            here.environment().put("AUDIT_KNOWN_CHAINS", chain + ",operator");
            assertThat(here.cxt(0, "audit", "verify").out()).contains("intact");
        }
    }

    private static LedgerSettings at(LedgerSettings ledger, Path folder) {
        return new LedgerSettings(ledger.url(), ledger.username(), ledger.password(), folder);
    }

    @Test
    void what_a_kill_left_in_folders_of_open_sources_is_named_and_goes_at_the_next_start() throws Exception {
        try (CommandSite site = CommandSite.of(data)) {
            drop(data, "chats.ndjson", lines("chat", 1));
            site.cxt(0, "run", "--once");
            String[] folders = {"waiting", "fetched", "streams/.tmp", "dead-letters/TS-ORDER/.tmp", "archive/.tmp"};
            for (String folder : folders) {
                Files.writeString(Files.createDirectories(data.resolve(folder)).resolve("left"), chat("chat-0"));
            }

            assertThat(site.cxt(6, "erase", "--interaction", "chat-0", "--originals", "delete")
                            .out())
                    .contains(
                            "left: waiting/: a CXT that was killed left files there",
                            "left: fetched/: ",
                            "left: unfinished files in streams/")
                    .contains("left: unfinished files in dead-letters/", "left: unfinished files in archive/");
            site.cxt(0, "run", "--once");

            assertThat(FilesBelow.of(data).stream().filter(name -> name.matches(".*/left")))
                    .isEmpty();
            site.cxt(0, "erase", "--interaction", "chat-0", "--originals", "delete");
        }
    }
}
