package io.cxt.fault;

import static io.cxt.fixture.Chats.chat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.db.LedgerException;
import io.cxt.db.LedgerSettings;
import io.cxt.fixture.RunningCxt;
import io.cxt.ledger.LedgerView;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
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
            cxt.drops("one.json", chat("one"));
            Path ledger = data.resolve("ledger.db");
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
            Files.move(away, ledger);

            cxt.awaits(() -> cxt.files("inbox").stream().allMatch(name -> name.startsWith(".done/")));
            assertThat(cxone.counts().repeats()).isZero();
            assertThat(cxone.counts().accepted()).isEqualTo(1 + dropped.get());
        }
    }
}
