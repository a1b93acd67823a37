package io.cxt.route;

import static io.cxt.fixture.Chats.chat;
import static io.cxt.fixture.Chats.lines;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.LogRecorder;
import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.Fault;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** archive-part, record-audit and set-aside: what is kept of each transcript, and an integrator's edits of them. */
class CopiesRouteTest {

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

    @Test
    @Tag("fault-20")
    void the_feed_tells_of_each_transcript_once_whatever_became_of_it() throws Exception {
        cxone.next(Fault.status(422));
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("refused.json", chat("refused"));
            cxt.drops("chats.ndjson", lines("chat", 3) + "{oops\n");

            assertThat(cxt.rows("SELECT status, interaction_id, conversation_id IS NOT NULL, archive_success"
                            + " FROM audit_record ORDER BY interaction_id"))
                    .containsExactly(
                            "injected chat-0 1 1",
                            "injected chat-1 1 1",
                            "injected chat-2 1 1",
                            "validation_failed chats.ndjson#4 0 0",
                            "injection_failed refused 0 0");
            assertThat(cxt.rows("SELECT count(*) FROM delivery WHERE fed_at IS NULL"))
                    .containsExactly("0");
        }
    }

    @Test
    void the_feed_can_be_a_database_of_its_own() throws Exception {
        String url = "jdbc:sqlite:" + data.resolve("reports.db");
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "audit.feed-url", url)) {
            cxt.drops("chats.ndjson", lines("chat", 20));
        }

        try (Connection feed = DriverManager.getConnection(url);
                Statement statement = feed.createStatement();
                ResultSet count = statement.executeQuery("SELECT count(*) FROM audit_record")) {
            assertThat(count.getInt(1)).isEqualTo(20);
        }
    }

    @Test
    @Tag("fault-80")
    void a_feed_that_waited_over_a_restart_says_that_the_part_is_archived() throws Exception {
        String url = "jdbc:sqlite:" + data.resolve("reports.db");
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "audit.feed-url", url)) {
            sql(url, "DROP TABLE audit_record");
            cxt.put("chat.json", chat("one").getBytes(StandardCharsets.UTF_8));
            cxt.awaits(() ->
                    cxt.rows("SELECT archived_at IS NOT NULL FROM delivery").equals(List.of("1")));
        }

        try (RunningCxt cxt = RunningCxt.start(data, cxone, "audit.feed-url", url)) {
            cxt.awaits(() -> cxt.files("inbox").equals(List.of(".done/chat.json")));
        }

        assertThat(cxone.counts().posts()).isEqualTo(1);
        assertThat(sql(url, "SELECT archive_success FROM audit_record")).isEqualTo(1);
    }

    @Test
    void a_part_that_cxone_has_is_injected_in_the_feed_whatever_became_of_the_next_one() throws Exception {
        cxone.next(Fault.none(), Fault.status(422));
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "transcript.max-messages", "1")) {
            Path archive = data.resolve("archive");
            Files.move(archive, data.resolve("archive-aside"));
            Files.createFile(archive); // the copy of part 1 waits
            cxt.put("chat.json", chat("two-parts", 2, "hello").getBytes(StandardCharsets.UTF_8));
            cxt.awaits(
                    () -> cxt.rows("SELECT state FROM delivery ORDER BY part").equals(List.of("SENT", "REJECTED")));
            Files.delete(archive);
            cxt.awaits(() -> !Files.exists(data.resolve("inbox/chat.json")));

            assertThat(cxt.rows("SELECT part, status FROM audit_record ORDER BY part"))
                    .containsExactly("1 injected", "2 injection_failed");
        }
    }

    private static int sql(String url, String statement) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement asked = connection.createStatement()) {
            return asked.execute(statement) ? asked.getResultSet().getInt(1) : 0;
        }
    }

    @ParameterizedTest
    @CsvSource({"archive-part, keep-file, bean", "record-audit, note-recorded, bean"})
    @Tag("fault-160")
    void a_copy_that_a_step_ends_is_named_and_its_source_stays_until_it_is_made(String route, String step, String kind)
            throws Exception {
        Path routes = RunningCxt.copyOfRoutes(data.resolve("routes"));
        Path file = routes.resolve(route + ".camel.yaml");
        String shipped = Files.readString(file);
        Files.writeString(
                file, shipped.replaceFirst("( +)- " + kind + ":\n +id: " + step, "$1- stop:\n$1    id: mine\n$0"));
        try (LogRecorder log = LogRecorder.install();
                RunningCxt cxt = RunningCxt.start(routes, data, cxone, false)) {
            cxt.put("chat.json", chat("one").getBytes(StandardCharsets.UTF_8));
            cxt.awaits(
                    () -> log.lines().stream().anyMatch(line -> line.startsWith("copy left out source=chat.json#1 ")));
            assertThat(data.resolve("inbox/chat.json")).exists();
        }

        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.awaits(() -> cxt.files("inbox").equals(List.of(".done/chat.json")));
            assertThat(cxt.rows("SELECT status FROM audit_record")).containsExactly("injected");
        }
        assertThat(cxone.counts().posts()).isEqualTo(1);
    }

    @Test
    void without_an_archive_the_feed_says_so() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "archive.enabled", "false")) {
            cxt.drops("chat.json", chat("one"));
            cxt.drops("chat.json", chat("one"));

            assertThat(cxt.files("archive")).isEmpty();
            assertThat(cxt.rows("SELECT status, archive_success FROM audit_record"))
                    .containsExactly("injected 0");
        }
    }

    @Test
    void hostile_ids_name_safe_files_and_are_kept_byte_for_byte() throws Exception {
        String id = "../../etc/passwd'; DROP TABLE delivery;-- ${body} \uD83D\uDE00";
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("chat.json", chat(id));

            assertThat(cxone.deliveries())
                    .extracting(delivery -> delivery.interactionId())
                    .containsExactly(id);
            assertThat(cxt.archive().keySet()).singleElement().asString().matches("[A-Za-z0-9._~-]+\\.json");
            assertThat(cxt.rows("SELECT interaction_id FROM audit_record")).containsExactly(id);
        }
    }

    @Test
    void an_edited_route_is_what_runs() throws Exception {
        Path routes = RunningCxt.copyOfRoutes(data.resolve("routes"));
        Path aside = routes.resolve("set-aside.camel.yaml");
        Files.writeString(aside, Files.readString(aside).replace("        - wireTap:", """
                        - to:
                            id: second-place
                            uri: file
                            parameters:
                              directoryName: "{{data.dir}}/tickets"
                              fileName: "${variable.transcript.origin.index}.json"
                        - wireTap:\
                """));

        try (RunningCxt cxt = RunningCxt.start(routes, data, cxone, false)) {
            cxt.drops("chat.json", chat("").replace("\"agentId\":\"agt-1\",", ""));

            assertThat(cxt.files("tickets")).containsExactly("1.json");
            assertThat(cxt.text("tickets/1.json")).contains("\"reason\":\"ID-AGENT\"");
        }
    }

    @Test
    @Tag("fault-38")
    void a_step_that_always_fails_keeps_the_file_and_holds_nothing_against_the_transcript() throws Exception {
        Path routes = RunningCxt.copyOfRoutes(data.resolve("routes"));
        Path prepare = routes.resolve("prepare-transcript.camel.yaml");
        Files.writeString(
                prepare,
                Files.readString(prepare)
                        .replace(
                                "- to:\n            id: check-rules",
                                "- setBody:\n            id: broken\n            simple: ${body.noSuchThing}\n"
                                        + "        - to:\n            id: check-rules"));

        try (RunningCxt cxt = RunningCxt.start(routes, data, cxone, false)) {
            cxt.put("chat.json", chat("one").getBytes(StandardCharsets.UTF_8));
            cxt.awaits(() ->
                    cxt.engine().components().undecided().all().stream().anyMatch(source -> source.readings() == 3));

            assertThat(cxt.files("inbox")).containsExactly("chat.json");
            cxt.awaits(() -> cxt.rows("SELECT undecided FROM intake").stream()
                    .allMatch(why -> why.contains(
                            "route=prepare-transcript step=broken"))); // written without waiting for the disk
            assertThat(cxt.rows("SELECT count(*) FROM intake")).containsExactly("1");
            assertThat(cxt.rows("SELECT count(*) FROM delivery")).containsExactly("0");
        }
        assertThat(cxone.counts().posts()).isZero();
    }
}
