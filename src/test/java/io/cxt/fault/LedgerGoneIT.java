package io.cxt.fault;

import static io.cxt.fixture.Chats.chat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.audit.AuditEvent.Type;
import io.cxt.db.Database;
import io.cxt.db.LedgerException;
import io.cxt.db.LedgerSettings;
import io.cxt.fixture.Command.Ended;
import io.cxt.fixture.Environment;
import io.cxt.fixture.RunningCxt;
import io.cxt.fixture.Verb;
import io.cxt.ledger.LedgerView;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A ledger that is deleted, damaged or put away: a clear word, no guess, and no call without it. */
class LedgerGoneIT {

    @TempDir
    Path data;

    private StandIn cxone;
    private String inDoubt = "resend";

    @BeforeEach
    void startCxone() throws IOException {
        cxone = StandIn.start(StandInSettings.defaults());
    }

    @AfterEach
    void stopCxone() {
        cxone.close();
    }

    private void sendOne() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("one.json", chat("one"));
        }
    }

    @Test
    void a_deleted_ledger_is_not_quietly_begun_anew() throws Exception {
        sendOne();
        Files.delete(data.resolve("ledger.db"));

        assertThatThrownBy(() -> RunningCxt.start(data, cxone))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("has been in use, but its ledger is not at")
                .hasMessageContaining("instance-id");
        assertThat(data.resolve("ledger.db")).doesNotExist();
    }

    /** As after a copy that was begun and not made, or with the address of another database. */
    @ParameterizedTest
    @ValueSource(strings = {"", "CREATE TABLE of_another (id INTEGER)"})
    @Tag("fault-92")
    void a_ledger_without_tables_is_not_quietly_begun_anew(String sql) throws Exception {
        LedgerSettings settings = new LedgerSettings("jdbc:sqlite:" + data.resolve("ledger.db"), null, null, data);
        assertThat(LedgerView.missing(settings)).isNull();
        sendOne();
        assertThat(LedgerView.missing(settings)).isNull();
        Files.delete(data.resolve("ledger.db"));
        Files.createFile(data.resolve("ledger.db"));
        if (!sql.isEmpty()) {
            try (Connection other = DriverManager.getConnection(settings.url());
                    Statement statement = other.createStatement()) {
                statement.execute(sql);
            }
        }

        assertThatThrownBy(() -> RunningCxt.start(data, cxone))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("has been in use, but its ledger is not at");
        assertThat(LedgerView.missing(settings)).contains("instance-id", "checkpoint.key", ".checkpoints");
        Files.delete(data.resolve("instance-id"));
        Files.delete(data.resolve("checkpoint.key"));
        assertThat(LedgerView.missing(settings))
                .contains(".checkpoints")
                .doesNotContain("instance-id", "checkpoint.key");
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            assertThat(cxt.rows("SELECT count(*) FROM delivery")).containsExactly("0");
        }
    }

    /** What the message says, done by a person. */
    @Test
    @Tag("fault-138")
    void a_ledger_that_begins_where_another_was_in_use_holds_the_lane_and_marks_old_chats() throws Exception {
        sendOne();
        Files.delete(data.resolve("ledger.db"));
        assertThat(cxt(4, "run", "--once").err()).contains("has been in use").contains("A new ledger");
        Files.delete(data.resolve("instance-id"));
        Files.writeString(data.resolve("inbox/again.json"), chat("one"));

        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.awaits(() -> cxt.engine().components().backlog().openReadings() == 1);
            assertThat(cxt(0, "status").out()).contains("this ledger follows another one");
            assertThat(cxone.counts().posts()).isEqualTo(1);
            cxt(0, "release", "lane", "--note", "compared with CXone");
            cxt.awaits(() -> !cxt.files("inbox").contains("again.json"));
            cxt.drops("old.json", chat("old"));
            cxt.drops(
                    "new.json",
                    chat("new")
                            .replaceAll(
                                    "2024-06-15T00:00:..Z",
                                    Instant.now().plusSeconds(60).toString()));
        }

        assertThat(cxone.counts().repeats()).isEqualTo(1);
        assertThat(RunningCxt.rows(
                        data,
                        "SELECT interaction_id, reason, detail LIKE '%may-repeat%' FROM audit_event WHERE event = 'CLAIMED'"
                                + " ORDER BY seq"))
                .containsExactly("one OTHER-LEDGER 1", "old OTHER-LEDGER 1", "new null 0");
        assertThat(cxt(0, "find", "old").out()).contains("marked may-repeat because another ledger may have sent it");
        assertThat(cxt(0, "audit", "verify").out()).contains("of a former ledger: signed up to event");
        inDoubt = "park";
        Files.writeString(data.resolve("inbox/parked.json"), chat("parked"));
        cxt(1, "run", "--once");
        assertThat(cxt(0, "find", "parked").out())
                .contains("may be in CXone or not: another ledger may have sent it (OTHER-LEDGER")
                .contains("cxone.in-doubt is park, so no call was made. Another ledger may have sent the transcript");
    }

    private Ended cxt(int exit, String... arguments) {
        Ended ended = Verb.of(Environment.of(data, cxone, "CXONE_IN_DOUBT", inDoubt), arguments);
        assertThat(ended.exit()).as(ended.err() + ended.out()).isEqualTo(exit);
        return ended;
    }

    @Test
    void a_damaged_ledger_is_named_and_left_as_it_is() throws Exception {
        sendOne();
        byte[] damaged = "this is no database, whatever its name says; it is only text"
                .repeat(20)
                .getBytes(StandardCharsets.UTF_8);
        Files.write(data.resolve("ledger.db"), damaged);

        assertThatThrownBy(() -> RunningCxt.start(data, cxone))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("Cannot open the ledger");
        assertThat(data.resolve("ledger.db")).hasBinaryContent(damaged);
    }

    @Test
    void a_ledger_taken_away_while_in_use_stops_the_calls_until_it_is_back() throws Exception {
        AtomicInteger dropped = new AtomicInteger();
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            Path ledger = data.resolve("ledger.db");
            Path copy = Files.createFile(data.resolve("copy.db"));
            new Database(new LedgerSettings("jdbc:sqlite:" + ledger, null, null, data)).copyTo(copy);
            cxt.drops("one.json", chat("one"));
            Path away = data.resolve("away.db");
            Files.move(ledger, away);
            cxt.awaits(
                    () -> { // somebody goes on to drop files; within a second the ledger is missed
                        if (cxt.files("inbox").stream().allMatch(name -> name.startsWith(".done/"))) {
                            String name = "chat-" + dropped.incrementAndGet();
                            cxt.put(name + ".json", chat(name).getBytes(StandardCharsets.UTF_8));
                        }
                        return cxt.engine().components().ledger().trouble() != null;
                    });

            assertThat(cxt.engine().components().ledger().trouble()).contains("is gone");
            assertThat(ledger).doesNotExist();
            Files.move(copy, ledger); // which does not know what was sent since
            assertThatThrownBy(() -> cxt.engine().components().ledger().note(Type.STARTED, null))
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining("another file stands in its place. Nothing is sent without it. Stop cxt");
            Files.move(away, ledger, StandardCopyOption.REPLACE_EXISTING);

            cxt.awaits(() -> cxt.files("inbox").stream().allMatch(name -> name.startsWith(".done/")));
            assertThat(cxone.counts().repeats()).isZero();
            assertThat(cxone.counts().accepted()).isEqualTo(1 + dropped.get());
        }
    }
}
