package io.cxt.cli;

import static io.cxt.fixture.Chats.chat;
import static io.cxt.fixture.Chats.lines;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.audit.FeedSource;
import io.cxt.audit.OperatorLog;
import io.cxt.db.Database;
import io.cxt.db.LedgerSettings;
import io.cxt.db.Owner;
import io.cxt.fixture.CommandSite;
import io.cxt.fixture.FilesBelow;
import io.cxt.ledger.LedgerView;
import io.cxt.ledger.OnEachDatabase;
import io.cxt.ledger.Store;
import io.cxt.retention.Kept;
import io.cxt.retention.Pruning;
import io.cxt.retention.Pruning.Past;
import io.cxt.retention.RetentionSettings;
import io.cxt.settings.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** What is removed when its time is over, what stays, and what is on record of it. */
@OnEachDatabase
class PruneIT {
    private static final Duration LATER = Duration.ofHours(26);

    @Parameter
    Store store;

    @TempDir
    Path data;

    private CommandSite site;
    private final List<Path> knownKeys = new ArrayList<>();

    @BeforeEach
    void install() throws Exception {
        site = CommandSite.of(data, store.settings(data));
        Files.writeString(data.resolve("inbox/chats.ndjson"), lines("chat", 3) + chat("bad", 0, "") + "\n");
        Files.writeString(data.resolve("inbox/other.json"), "{\"tickets\": 5}");
        assertThat(site.cxt(6, "run", "--once").out()).contains("3 sent", "2 rejected");
    }

    @AfterEach
    void stopCxone() {
        site.close();
    }

    private RetentionSettings settings(Kept... kinds) {
        Map<String, String> values = new HashMap<>(Map.of("data.dir", data.toString()));
        for (Kept kind : kinds) {
            values.put(kind.property(), "1");
        }
        Settings settings = new Settings(values::get);
        RetentionSettings retention =
                RetentionSettings.from(settings, data, data.resolve("inbox"), data.resolve("archive"), List.of());
        settings.check();
        return retention;
    }

    /** All but the audit events. */
    private static final Kept[] COPIES =
            EnumSet.complementOf(EnumSet.of(Kept.LEDGER)).toArray(Kept[]::new);

    /** Prunes as if it were later. @return {@code kind items} */
    private List<String> prune(Duration later, Kept... kinds) throws Exception {
        LedgerSettings ledger = site.ledger().knowing(knownKeys);
        Database database = new Database(ledger);
        Instant now = Instant.now().plus(later);
        List<Past> seen = new ArrayList<>();
        try (LedgerView view = LedgerView.of(ledger);
                FeedSource feed = FeedSource.keepingNone(database::openForWriting);
                OperatorLog log = new OperatorLog(ledger)) {
            Pruning pruning = new Pruning(settings(kinds), view, Owner.instanceId(data), feed);
            List<Past> looked = pruning.look(now);
            seen.addAll(pruning.prune(now, log));
            if (!List.of(kinds).contains(Kept.LEDGER)) { // of which what is on record now is past its time, too
                assertThat(looked.stream().filter(past -> past.items() > 0).toList())
                        .isEqualTo(seen);
                assertThat(pruning.look(now)).allMatch(past -> past.items() == 0);
            }
            seen.removeIf(past -> past.items() == 0 && past.held() != null);
        }
        return seen.stream()
                .map(past -> past.kept().word() + " " + past.items())
                .toList();
    }

    private String held(Duration later) throws Exception {
        Database database = new Database(site.ledger());
        try (LedgerView view = LedgerView.of(site.ledger());
                FeedSource feed = FeedSource.keepingNone(database::openForWriting)) {
            return new Pruning(settings(Kept.LEDGER), view, Owner.instanceId(data), feed)
                    .look(Instant.now().plus(later))
                    .get(0)
                    .held();
        }
    }

    private String files() throws Exception {
        return FilesBelow.of(data).stream()
                .filter(file -> file.matches("(inbox/.(done|failed)|archive/2|dead-letters|reports).*"))
                .collect(Collectors.joining("\n"));
    }

    @Test
    void nothing_goes_before_its_time_and_nothing_that_has_none() throws Exception {
        String before = files();
        site.cxt(2, "prune");
        site.environment().put("RETENTION_ARCHIVE_DAYS", "1");
        site.environment().put("RETENTION_DEAD_LETTERS_DAYS", "1");

        assertThat(site.cxt(0, "prune", "--dry-run").out()).contains("archive      0, 0 bytes", "Nothing was removed");
        assertThat(site.cxt(0, "prune").out()).contains("Nothing is past its time");
        assertThat(prune(Duration.ofHours(23), Kept.values())).isEmpty();
        assertThat(prune(LATER)).isEmpty();

        assertThat(files()).isEqualTo(before);
        assertThat(site.rows("SELECT count(*) FROM audit_event WHERE event = 'PRUNED'"))
                .containsExactly("0");
    }

    @Test
    @Tag("fault-128")
    void what_is_past_its_time_goes_once_it_is_on_record_and_what_was_sent_is_still_known() throws Exception {
        assertThat(prune(LATER, COPIES))
                .containsExactly("done 1", "failed 1", "archive 1", "dead-letters 2", "reports 2", "feed 5");

        assertThat(files()).isEmpty();
        assertThat(site.rows("SELECT count(*) FROM audit_record")).containsExactly("0");
        assertThat(site.rows("SELECT DISTINCT state FROM letter")).containsExactly("GONE");
        assertThat(site.rows("SELECT source, detail FROM audit_event WHERE event = 'PRUNED' AND source IS NOT NULL"))
                .hasSize(2)
                .anyMatch(row -> row.startsWith("LIST-EMPTY/bad rejected") || row.contains("/bad rejected"));
        assertThat(site.cxt(0, "audit", "verify").out()).contains("intact", "3 of 3 parts are in missing");
        assertThat(site.cxt(0, "find", "bad").out()).contains("PRUNED", "or the sender's original where that is gone");
        assertThat(site.cxt(0, "find", "chat-1").out())
                .contains("archived in 20", ", which is not there any more: pruned");

        Files.writeString(data.resolve("inbox/again.ndjson"), lines("chat", 3));
        assertThat(site.cxt(0, "run", "--once").out()).contains("0 sent, 3 duplicate");
        assertThat(site.cxone().counts().posts()).isEqualTo(3);
    }

    @Test
    void what_others_put_into_the_folders_stays() throws Exception {
        List<String> others = List.of(
                "archive/notes/mine.txt",
                "archive/2026-11-30/mine.txt",
                "reports/note.txt",
                "inbox/.done/kept/chats.ndjson");
        for (String other : others) {
            Files.createDirectories(data.resolve(other).getParent());
            Files.writeString(data.resolve(other), "mine");
        }

        assertThat(prune(LATER, Kept.DONE, Kept.ARCHIVE, Kept.REPORTS))
                .containsExactly("done 1", "archive 1", "reports 2");

        assertThat(FilesBelow.of(data)).containsAll(others);
    }

    /** The audit cannot be asked any more; the row is held against the closing record. */
    @Test
    void a_chat_can_be_restored_after_its_events_went() throws Exception {
        prune(LATER, Kept.FAILED, Kept.DEAD_LETTERS); // what is not decided holds events back
        prune(LATER.multipliedBy(2), Kept.LEDGER);
        assertThat(site.rows("SELECT count(*) FROM audit_event WHERE event = 'SENT'"))
                .containsExactly("0");

        String to = data.resolve("restored").toString();
        assertThat(site.cxt(0, "archive", "restore", "chat-0", "--to", to).err())
                .contains("its events were pruned");

        assertThat(FilesBelow.of(data.resolve("restored"))).hasSize(1);
        site.rows("UPDATE delivery SET content_hash = 'other' WHERE interaction_id = 'chat-1'");
        assertThat(site.cxt(6, "archive", "restore", "chat-1", "--to", to).err())
                .contains("does not hold what the ledger says was sent");
    }

    @Test
    @Tag("fault-128")
    void a_dead_letter_in_a_job_stays_and_so_do_rows_of_the_feed_that_are_not_so_old() throws Exception {
        site.cxt(0, "jobs", "start", "redrive", "--source", "chats.ndjson");

        assertThat(prune(LATER, Kept.DEAD_LETTERS)).containsExactly("dead-letters 1");
        assertThat(files()).contains("/bad.json", "/bad.reason.json").doesNotContain("JSON-OTHER-FORM/");

        assertThat(prune(Duration.ofHours(24).plusMinutes(50), Kept.FEED)).isEmpty();
        site.rows(
                "DELETE FROM audit_record WHERE interaction_id IN (SELECT interaction_id FROM delivery WHERE state = 'SENT')");
        assertThat(site.cxt(5, "audit", "verify").out()).contains("has no row");
    }

    @Test
    void audit_events_go_and_each_command_says_what_is_left_to_say() throws Exception {
        String events = site.rows("SELECT count(*) FROM audit_event WHERE chain <> 'operator'")
                .get(0);
        assertThat(prune(LATER, Kept.FAILED, Kept.LEDGER))
                .containsExactly("failed 1", "ledger " + (Integer.parseInt(events)));

        assertThat(site.cxt(0, "audit", "verify").out()).contains("intact", "events 1 to ", "were pruned at ");
        assertThat(site.cxt(0, "find", "chat-1").out()).contains("is in CXone", "events up to 20", "were pruned");
        assertThat(site.cxt(0, "audit", "query").out()).contains("PRUNED").doesNotContain("changed");
        Path bundle = data.resolve("bundle.zip");
        site.cxt(0, "audit", "export", bundle.toString());
        assertThat(AuditExportIT.verified(bundle).out()).startsWith("OK ").contains("were pruned");
        assertThat(site.cxt(0, "day").err()).contains("were pruned");

        Files.writeString(data.resolve("inbox/again.ndjson"), lines("chat", 3));
        assertThat(site.cxt(0, "run", "--once").out()).contains("0 sent, 3 duplicate");
        assertThat(site.cxt(0, "audit", "verify").out()).contains("intact");
        assertThat(prune(LATER, Kept.values())).isNotEmpty();
        assertThat(site.cxt(0, "audit", "verify").out()).contains("intact");
    }

    @Test
    @Tag("fault-141")
    void after_another_key_events_go_once_the_former_one_is_known() throws Exception {
        Path former = Files.move(data.resolve("checkpoint.key"), data.resolve("former.key"));
        Files.writeString(data.resolve("inbox/again.ndjson"), lines("chat", 3));
        site.cxt(0, "run", "--once");
        assertThat(prune(LATER, Kept.FAILED, Kept.LEDGER)).containsExactly("failed 1", "ledger 0");

        knownKeys.add(former);
        assertThat(prune(LATER, Kept.LEDGER)).singleElement().asString().matches("ledger [1-9]\\d*");

        site.environment().put("AUDIT_KNOWN_KEYS", former.toString());
        assertThat(site.cxt(0, "audit", "verify").out()).contains("were pruned at ", "signed with the key ");
    }

    @Test
    void what_is_not_decided_holds_events_back_and_is_named_until_its_file_goes() throws Exception {
        site.environment().put("RETENTION_LEDGER_DAYS", "1");
        assertThat(site.cxt(0, "prune").out()).contains("Nothing is past its time");
        assertThat(held(LATER)).startsWith("other.json, not finished since 20");
        prune(LATER, Kept.LEDGER);
        assertThat(site.rows("SELECT event FROM audit_event")).contains("INTAKE_OPENED", "CLAIMED");
        assertThat(site.rows("SELECT undecided FROM intake WHERE closed_at IS NULL"))
                .hasSize(1);

        assertThat(prune(LATER, Kept.FAILED)).containsExactly("failed 1");

        assertThat(site.rows("SELECT id FROM intake WHERE closed_at IS NULL")).isEmpty();
        assertThat(held(LATER)).isNull();
        assertThat(site.cxt(0, "audit", "verify").out()).contains("intact");
    }

    @Test
    void no_event_goes_from_a_ledger_that_does_not_fit_its_audit() throws Exception {
        site.rows("UPDATE delivery SET state = 'FAILED' WHERE interaction_id = 'chat-1'");

        assertThat(prune(LATER, Kept.FAILED, Kept.LEDGER)).containsExactly("failed 1", "ledger 0");
        assertThat(site.rows("SELECT count(*) FROM audit_closing")).containsExactly("0");
    }

    @Test
    void a_kind_that_cannot_be_pruned_is_named_and_the_others_go() throws Exception {
        site.rows("DROP TABLE audit_record");
        site.environment().put("RETENTION_FEED_DAYS", "1");
        site.environment().put("RETENTION_REPORTS_DAYS", "1");

        assertThat(site.cxt(6, "prune").err()).contains("feed: not all of it can be removed: ", "audit_record");
        assertThat(prune(LATER, Kept.DONE, Kept.FEED, Kept.LEDGER)).contains("done 1", "feed 0");
    }
}
