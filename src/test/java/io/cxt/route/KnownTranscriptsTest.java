package io.cxt.route;

import static io.cxt.fixture.Chats.chat;
import static io.cxt.fixture.Chats.lines;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What CXone has already is looked up ahead, in batches, and counted without a way through the routes. */
class KnownTranscriptsTest {
    private static final String STEP = "- to:\n            id: check-rules";

    @TempDir
    Path data;

    @TempDir
    Path scratch;

    private StandIn cxone;

    @BeforeEach
    void startCxone() throws IOException {
        cxone = StandIn.start(StandInSettings.defaults());
    }

    @AfterEach
    void stopCxone() {
        cxone.close();
    }

    @Test
    void known_new_and_changed_ones_in_one_file_add_up() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("first.ndjson", lines("chat", 250));

            cxt.drops(
                    "again.ndjson",
                    lines("chat", 250) + lines("new", 120) + "{oops\n" + chat("chat-7", 2, "other") + "\n"
                            + chat("chat-8", 3, "more") + "\n" + lines("chat", 3) + lines("new", 2));

            assertThat(cxt.text("reports/again.ndjson.report.json"))
                    .contains(
                            "\"read\" : 378",
                            "\"sent\" : 120",
                            "\"duplicate\" : 255",
                            "\"rejected\" : 1",
                            "\"conflict\" : 2");
            assertThat(cxone.counts().posts()).isEqualTo(370);
            assertThat(cxt.events("chat-200")).containsExactly("CLAIMED", "SENT", "SKIPPED_DUPLICATE");
            assertThat(cxt.ledger().audit().verify().fault()).isNull();
        }
    }

    @Test
    void each_part_of_a_large_one_is_known() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "transcript.max-messages", "4")) {
            cxt.drops("large.json", chat("large", 10, "text"));

            cxt.drops("large-again.json", chat("large", 10, "text"));

            assertThat(cxt.text("reports/large-again.json.report.json")).contains("\"duplicate\" : 1");
            assertThat(cxt.rows("SELECT count(*) FROM audit_event WHERE event = 'SKIPPED_DUPLICATE'"))
                    .containsExactly("3");
        }
        assertThat(cxone.counts().posts()).isEqualTo(3);
    }

    @Test
    void a_reading_that_was_broken_off_counts_what_it_sent_as_sent() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("chats.ndjson", lines("chat", 150));
        }
        change("UPDATE intake SET closed_at = NULL");
        Files.writeString(data.resolve("inbox/chats.ndjson"), lines("chat", 200));
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.awaits(() -> cxt.rows("SELECT closed_at FROM intake").stream().noneMatch("null"::equals));

            assertThat(cxt.text("reports/" + cxt.files("reports").get(0)))
                    .contains("\"sent\" : 200", "\"duplicate\" : 0");
        }
        assertThat(cxone.counts().posts()).isEqualTo(200);
    }

    @Test
    void one_whose_copy_is_missing_goes_its_way_and_gets_it() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("chats.ndjson", lines("chat", 3));
        }
        change("UPDATE delivery SET archived_at = NULL WHERE interaction_id = 'chat-1'");
        change("UPDATE delivery SET fed_at = NULL WHERE interaction_id = 'chat-2'");
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {

            cxt.drops("again.ndjson", lines("chat", 3));

            assertThat(cxt.rows("SELECT count(*) FROM delivery WHERE archived_at IS NOT NULL AND fed_at IS NOT NULL"))
                    .containsExactly("3");
        }
        assertThat(cxone.counts().posts()).isEqualTo(3);
    }

    @Test
    void a_step_of_a_persons_own_is_called_for_known_ones_too() throws Exception {
        Path routes = RunningCxt.copyOfRoutes(scratch.resolve("routes"));
        Path prepare = routes.resolve("prepare-transcript.camel.yaml");
        Path seen = scratch.resolve("seen");
        assertThat(Files.readString(prepare)).contains(STEP);
        Files.writeString(
                prepare,
                Files.readString(prepare)
                        .replace(
                                STEP,
                                "- setBody:\n            id: own-body\n            expression:\n              constant:\n                expression: seen\n        "
                                        + "- to:\n            id: own-step\n            uri: file\n            parameters:\n"
                                        + "              directoryName: " + seen
                                        + "\n        - setBody:\n            id: take-back\n            expression:\n"
                                        + "              simple:\n                expression: ${variable.transcript.parsed}\n        "
                                        + STEP));
        try (RunningCxt cxt = RunningCxt.start(routes, data, cxone, false)) {
            cxt.drops("first.json", chat("one"));
            long once = count(seen);

            cxt.drops("again.json", chat("one"));

            assertThat(count(seen)).isEqualTo(once + 1);
        }
        assertThat(cxone.counts().posts()).isEqualTo(1);
    }

    private static long count(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.count();
        }
    }

    private void change(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("ledger.db"));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
