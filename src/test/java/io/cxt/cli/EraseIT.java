package io.cxt.cli;

import static io.cxt.fixture.Chats.chat;
import static io.cxt.fixture.Chats.lines;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.audit.OperatorLog;
import io.cxt.db.Owner;
import io.cxt.fixture.Command.Ended;
import io.cxt.fixture.CommandSite;
import io.cxt.fixture.FilesBelow;
import io.cxt.fixture.RunningCxt;
import io.cxt.ledger.Erasures;
import io.cxt.ledger.OnEachDatabase;
import io.cxt.ledger.Store;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** What is erased of a chat, what stays, and what becomes of it when it comes again. */
@OnEachDatabase
class EraseIT {
    private static final String CANARY = "CANARYtextCANARY";

    @Parameter
    Store store;

    @TempDir
    Path data;

    private CommandSite site;

    @BeforeEach
    void install() throws Exception {
        site = CommandSite.of(data, store.settings(data));
    }

    @AfterEach
    void stopCxone() {
        site.close();
    }

    private static String secret(String id) {
        return chat(id, 2, CANARY).replace("cust-1", "CANARYnameCANARY");
    }

    /** With a later message first. */
    private static String broken(String id) {
        return secret(id).replaceFirst("T00:00:00Z", "T09:00:00Z");
    }

    private void drop(String name, String content) throws IOException {
        Files.writeString(data.resolve("inbox").resolve(name), content);
    }

    /** The files that hold the canary, packed ones unpacked. */
    private List<String> holding() throws IOException {
        List<String> holding = new ArrayList<>();
        for (String name : FilesBelow.of(data)) {
            Path file = data.resolve(name);
            try (InputStream in = name.endsWith(".gz")
                    ? new GZIPInputStream(Files.newInputStream(file))
                    : Files.newInputStream(file)) {
                if (new String(in.readAllBytes(), ISO_8859_1).contains("CANARY")) {
                    holding.add(name);
                }
            }
        }
        return holding;
    }

    private List<String> restored(int chats) throws IOException {
        List<String> restored = new ArrayList<>();
        for (int i = 0; i < chats; i++) {
            Path to = Files.createTempDirectory(data, "restored");
            site.cxt(0, "archive", "restore", "chat-" + i, "--to", to.toString());
            for (String name : FilesBelow.of(to)) {
                restored.add(name + Files.readString(to.resolve(name)));
            }
        }
        assertThat(restored).hasSize(chats);
        return restored;
    }

    @Test
    void a_chat_is_gone_the_others_stay_and_it_is_refused_until_it_is_allowed() throws Exception {
        drop("chats.ndjson", lines("chat", 5) + secret("sent") + "\n" + broken("bad") + "\n");
        site.cxt(1, "run", "--once");
        List<String> before = restored(5);
        assertThat(holding()).hasSize(3);

        assertThat(site.cxt(0, "erase", "--interaction", "sent", "--dry-run").out())
                .contains("archive       1", "left: ", "Nothing was removed");
        assertThat(holding()).hasSize(3);
        assertThat(site.cxt(6, "erase", "--interaction", "sent", "--reason", "request 1")
                        .out())
                .contains("feed          1", "chats.ndjson", "Ask NICE");
        assertThat(site.cxt(0, "erase", "--interaction", "bad", "--originals", "delete", "-o", "json")
                        .out())
                .contains("\"kind\" : \"originals\"", "\"certificate\"");

        assertThat(holding()).isEmpty();
        assertThat(restored(5)).isEqualTo(before);
        assertThat(site.cxt(
                                6,
                                "archive",
                                "restore",
                                "sent",
                                "--to",
                                data.resolve("out").toString())
                        .err())
                .contains("it was erased");
        assertThat(site.cxt(0, "audit", "verify").out()).contains("intact");
        assertThat(site.rows("SELECT count(*) FROM audit_record WHERE interaction_id IN ('sent', 'bad')"))
                .containsExactly("0");
        assertThat(FilesBelow.of(data.resolve("erased"))).hasSize(2);

        drop("again.ndjson", secret("sent") + "\n" + secret("bad") + "\n" + broken("sent") + "\n");
        assertThat(site.cxt(1, "run", "--once").out())
                .contains("0 sent", "3 rejected", "of what was erased, the reason alone");
        assertThat(site.cxone().counts().posts()).isEqualTo(6);
        assertThat(holding()).containsExactly("inbox/.done/again.ndjson");
        assertThat(site.cxt(0, "find", "sent").out()).contains("ERASED", "--allow");
        assertThat(site.rows("SELECT DISTINCT reason FROM letter WHERE state = 'OPEN'"))
                .containsExactly("ERASED");
        assertThat(site.cxt(0, "audit", "verify").out()).contains("intact");

        site.cxt(0, "erase", "--allow", "bad");
        site.cxt(0, "erase", "--allow", "sent");
        site.cxt(2, "erase", "--allow", "sent");
        assertThat(site.cxt(0, "audit", "verify").out()).contains("intact");
        drop("allowed.ndjson", secret("sent") + "\n" + secret("bad") + "\n");
        assertThat(site.cxt(0, "run", "--once").out()).contains("1 sent", "1 duplicate");
        assertThat(site.cxt(0, "audit", "verify").out()).contains("intact");
        site.cxt(0, "erase", "--interaction", "bad", "--originals", "delete");
        assertThat(site.cxt(0, "audit", "verify").out()).contains("intact");
    }

    /** The segment, the dead letter and the file as they were dropped, from a backup; the ledger knows of the erasure. */
    @Test
    @Tag("fault-127")
    void what_a_backup_brings_back_is_named_and_goes_with_the_next_call() throws Exception {
        site.environment()
                .put("LEDGER_CUSTOMER_KEY_FILE", data.resolve("customer.key").toString());
        drop("chats.ndjson", lines("chat", 2) + secret("sent") + "\n" + broken("bad") + "\n");
        site.cxt(1, "run", "--once");
        Map<Path, byte[]> backup = new HashMap<>();
        for (String name : holding()) {
            backup.put(data.resolve(name), Files.readAllBytes(data.resolve(name)));
        }
        assertThat(backup).hasSize(3);
        site.cxt(0, "erase", "--interaction", "sent", "--originals", "delete");
        site.cxt(0, "erase", "--interaction", "bad", "--originals", "delete");
        assertThat(holding()).isEmpty();
        for (Path file : backup.keySet()) {
            Files.write(file, backup.get(file));
        }
        assertThat(holding()).hasSize(3);

        Ended found = site.cxt(6, "audit", "verify");
        assertThat(found.out()).contains("intact", "ERASED archive, interaction sent part 1: 20");
        assertThat(found.err()).contains("cxt erase --interaction");
        assertThat(site.cxt(6, "audit", "verify", "-o", "json").out()).contains("erasedCopies", "interaction sent");
        assertThat(site.cxt(0, "find", "sent").out()).doesNotContain("archived in");
        assertThat(site.cxt(0, "erase", "--interaction", "sent", "--dry-run").out())
                .containsPattern("archive       1, \\d{3} bytes");

        assertThat(site.cxt(0, "erase", "--customer", "CANARYnameCANARY", "--originals", "delete")
                        .out())
                .contains("sent: archive 1", "bad: archive 0, dead-letters 1", "2 erased, 0 erased before, 0 with");

        assertThat(holding()).isEmpty();
        assertThat(FilesBelow.of(data.resolve("erased"))).hasSize(4);
        assertThat(site.cxt(0, "audit", "verify").out()).contains("intact").doesNotContain("ERASED");
        assertThat(restored(2)).hasSize(2);

        for (Path file : backup.keySet()) {
            Files.write(file, backup.get(file));
        }
        site.rows("UPDATE delivery SET archived_in = NULL WHERE archived_at IS NULL"); // by a CXT that kept no places
        assertThat(site.cxt(0, "erase", "--customer", "CANARYnameCANARY", "--originals", "delete")
                        .out())
                .contains("sent: archive 1", "2 erased, 0 erased before, 0 with");
        assertThat(holding()).isEmpty();
    }

    /** A sender that uses one name each day, and one name at an SFTP server and in the inbox. */
    @Test
    void of_files_of_one_name_those_go_that_brought_the_chat_first_or_again() throws Exception {
        drop("daily.ndjson", lines("monday", 2) + secret("sent") + "\n");
        site.cxt(0, "run", "--once");
        drop("daily.ndjson", lines("tuesday", 3));
        site.cxt(0, "run", "--once");
        drop("again.ndjson", secret("sent") + "\n");
        site.cxt(0, "run", "--once");
        drop("both.ndjson", lines("local", 1) + secret("remote") + "\n");
        site.cxt(0, "run", "--once");
        site.rows("UPDATE intake SET door = 'sftp' WHERE source = 'both.ndjson'");

        assertThat(site.cxt(0, "erase", "--interaction", "sent", "--dry-run").out())
                .contains(".done/daily.ndjson", ".done/again.ndjson")
                .doesNotContain("daily-");
        assertThat(site.cxt(0, "erase", "--interaction", "sent", "--originals", "delete")
                        .out())
                .contains("originals     2");
        assertThat(site.cxt(0, "erase", "--interaction", "remote", "--originals", "delete")
                        .out())
                .contains("originals     0");

        assertThat(FilesBelow.of(data.resolve("inbox/.done")))
                .hasSize(2)
                .contains("both.ndjson")
                .anyMatch(name -> name.startsWith("daily-"));
    }

    /** As a kill leaves it: a later transcript of the source is not decided. */
    @Test
    void what_is_in_a_source_that_is_not_decided_is_named_until_it_is() throws Exception {
        drop("chats.ndjson", secret("sent") + "\n");
        site.cxt(0, "run", "--once");
        Files.move(data.resolve("inbox/.done/chats.ndjson"), data.resolve("inbox/chats.ndjson"));
        site.rows("UPDATE intake SET closed_at = NULL");

        assertThat(site.cxt(6, "erase", "--interaction", "sent", "--originals", "delete")
                        .out())
                .contains("left: source chats.ndjson: it brought the chat and is not decided");
        site.cxt(1, "run", "--once"); // it is rejected
        site.rows("UPDATE intake SET closed_at = opened_at WHERE closed_at IS NULL");
        site.cxt(0, "erase", "--interaction", "sent", "--originals", "delete");

        assertThat(holding()).isEmpty();
    }

    @Test
    void a_file_that_was_not_read_to_its_end_stays_and_is_named() throws Exception {
        drop("chats.ndjson", secret("sent") + "\n");
        site.cxt(0, "run", "--once");
        Path failed = Files.createDirectories(data.resolve("inbox/.failed")).resolve("chats.ndjson");
        Files.move(data.resolve("inbox/.done/chats.ndjson"), failed);

        assertThat(site.cxt(6, "erase", "--interaction", "sent", "--originals", "delete")
                        .out())
                .contains("left: " + failed + ": it was not read to its end");
        assertThat(failed).exists();
        assertThat(site.cxt(0, "find", "sent").out())
                .contains("What to do: nothing. It was erased")
                .doesNotContain("archived in");
        assertThat(site.cxt(0, "find", "sent", "-o", "json").out()).contains("\"erased\" : true");
    }

    @Test
    void a_mark_that_was_changed_by_hand_is_found() throws Exception {
        drop("chats.ndjson", lines("chat", 2) + broken("bad") + "\n");
        site.cxt(1, "run", "--once");
        site.cxt(6, "erase", "--interaction", "chat-0");
        site.cxt(6, "erase", "--interaction", "bad");

        site.rows("UPDATE delivery SET erased = 0 WHERE interaction_id = 'chat-0'");
        assertThat(site.cxt(5, "audit", "verify").out()).contains("chat-0", "erased is 0");
        site.rows("UPDATE delivery SET erased = 1 WHERE interaction_id = 'chat-0'");
        site.rows("UPDATE delivery SET erased = 1 WHERE interaction_id = 'chat-1'");
        assertThat(site.cxt(5, "audit", "verify").out()).contains("chat-1", "erased is 1");
        site.rows("UPDATE delivery SET erased = 0 WHERE interaction_id = 'chat-1'");
        site.rows("DELETE FROM delivery WHERE interaction_id = 'bad' AND part = 1");
        assertThat(site.cxt(5, "audit", "verify").out()).contains("bad", "would be accepted again");
    }

    @Test
    void what_is_on_its_way_or_in_a_job_or_unknown_is_refused_in_words() throws Exception {
        drop("chats.ndjson", lines("chat", 1) + broken("bad") + "\n");
        site.cxt(1, "run", "--once");
        site.cxt(0, "jobs", "start", "redrive", "--source", "chats.ndjson");
        site.rows("UPDATE delivery SET state = 'SENDING' WHERE interaction_id = 'chat-0'");

        assertThat(site.cxt(2, "erase", "--interaction", "chat-0").err()).contains("on its way");
        assertThat(site.cxt(2, "erase", "--interaction", "bad").err()).contains("cxt jobs cancel");
        assertThat(site.cxt(2, "erase", "--interaction", "none").err()).contains("The ledger knows no none");
        assertThat(site.rows("SELECT count(*) FROM audit_event WHERE event = 'ERASED'"))
                .containsExactly("0");
    }

    @Test
    @Tag("fault-127")
    void what_a_kill_leaves_after_the_record_goes_with_the_next_call() throws Exception {
        drop("chats.ndjson", secret("sent") + "\n" + broken("bad") + "\n");
        site.cxt(1, "run", "--once");
        try (OperatorLog log = new OperatorLog(site.ledger())) {
            for (String id : List.of("sent", "bad")) {
                Erasures.erase(log, id, Set.of("conversations"), Owner.instanceId(data), List.of(), "killed then");
            }
        }
        assertThat(holding()).hasSize(3);
        assertThat(site.cxt(0, "audit", "verify").out()).contains("intact");

        site.cxt(6, "erase", "--interaction", "sent");
        site.cxt(0, "erase", "--interaction", "bad", "--originals", "delete");

        assertThat(holding()).isEmpty();
        assertThat(site.cxt(0, "audit", "verify").out()).contains("intact");
    }

    @Test
    void while_it_appends_to_the_very_segment_nothing_of_others_is_lost() throws Exception {
        drop("first.ndjson", secret("sent") + "\n" + lines("early", 3));
        try (RunningCxt cxt = RunningCxt.start(
                data,
                site.cxone(),
                "ledger.url",
                site.ledger().url(),
                "ledger.username",
                String.valueOf(site.ledger().username()),
                "ledger.password",
                String.valueOf(site.ledger().password()))) {
            cxt.awaits(() -> Files.exists(data.resolve("inbox/.done/first.ndjson")));
            cxt.drops("many.ndjson", lines("chat", 200));
            cxt.awaits(() -> site.cxone().counts().posts() > 40);

            site.cxt(0, "erase", "--interaction", "sent", "--originals", "delete");

            cxt.awaits(() -> Files.exists(data.resolve("inbox/.done/many.ndjson")));
        }

        assertThat(holding()).isEmpty();
        assertThat(site.cxt(0, "audit", "verify").out()).contains("intact").doesNotContain("missing");
        List<String> archived = site.rows("SELECT count(*) FROM delivery WHERE archived_at IS NOT NULL");
        assertThat(archived).containsExactly("203");
    }
}
