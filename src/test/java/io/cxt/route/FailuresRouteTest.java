package io.cxt.route;

import static io.cxt.fixture.Chats.chat;
import static io.cxt.fixture.Chats.lines;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.LogRecorder;
import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.Fault;
import io.cxt.simulator.FaultPlan;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FailuresRouteTest {

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
    @Tag("fault-26")
    void attempts_used_up_make_a_dead_letter_that_goes_in_when_it_is_dropped_again() throws Exception {
        cxone.next(Fault.status(503), Fault.status(503), Fault.status(503));
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "cxone.retry.max-retries", "2")) {
            cxt.drops("chat.json", chat("one"));
            assertThat(cxone.counts().posts()).isEqualTo(3);
            assertThat(cxt.rows("SELECT state, attempts, http_status FROM delivery"))
                    .containsExactly("FAILED 3 503");
            assertThat(cxt.text("dead-letters/CXONE-503/one.reason.json")).contains("cxt dead-letters replay");

            cxt.drops("again.json", cxt.text("dead-letters/CXONE-503/one.json"));

            assertThat(cxt.rows("SELECT state FROM delivery")).containsExactly("SENT");
            assertThat(cxt.rows("SELECT status FROM audit_record ORDER BY timestamp"))
                    .containsExactly("injection_failed", "injected");
        }
    }

    @Test
    @Tag("fault-26")
    void a_tenant_that_fails_is_left_alone_and_gets_all_when_it_is_well_again() throws Exception {
        cxone.change(traffic -> traffic.withFaults(FaultPlan.NONE.with(Fault.status(503), 100)));
        try (LogRecorder log = LogRecorder.install();
                RunningCxt cxt = RunningCxt.start(data, cxone, "cxone.retry.max-retries", "20")) {
            cxt.put("chats.ndjson", lines("chat", 100).getBytes(StandardCharsets.UTF_8));
            cxt.awaits(() -> log.lines().stream().anyMatch(line -> line.contains("half of the last calls failed")));

            cxone.change(traffic -> traffic.withFaults(FaultPlan.NONE));
            cxt.awaits(() -> cxone.counts().accepted() == 100);

            assertThat(cxone.counts().repeats()).isZero();
            cxt.awaits(() -> cxt.files("inbox").equals(List.of(".done/chats.ndjson")));
            assertThat(cxt.files("dead-letters")).isEmpty();
        }
    }

    @Test
    @Tag("fault-27")
    void what_cxone_refuses_is_set_aside_without_a_retry_and_the_rest_goes_on() throws Exception {
        cxone.next(Fault.status(400));
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "cxone.max-in-flight", "1")) {
            cxt.drops("chats.ndjson", lines("chat", 3));

            assertThat(cxone.counts().posts()).isEqualTo(3);
            assertThat(cxt.files("dead-letters")).hasSize(2).allMatch(file -> file.startsWith("CXONE-400/chat-"));
            assertThat(cxt.text("reports/chats.ndjson.report.json"))
                    .contains("\"read\" : 3", "\"sent\" : 2", "\"rejected\" : 1");
        }
    }

    @Test
    void nobody_listens_is_tried_again_and_not_in_doubt() throws Exception {
        cxone.next(Fault.status(200).withHeader("Connection", "close")); // no connection is kept
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "cxone.retry.max-retries", "1")) {
            cxt.drops("warm.json", chat("warm")); // has a token now
            cxone.close();

            cxt.drops("chat.json", chat("one"));

            assertThat(cxt.rows("SELECT state, doubted, reason FROM delivery WHERE interaction_id = 'one'"))
                    .containsExactly("FAILED 0 NET-CONNECT");
        }
    }

    @Test
    @Tag("fault-86")
    void a_lane_that_is_stopped_at_a_second_attempt_is_not_tried_again_with_the_waits_of_the_first() throws Exception {
        cxone.next(Fault.status(503), Fault.status(404));
        try (RunningCxt cxt =
                RunningCxt.once(data, cxone, "cxone.retry.first-delay-ms", "1000", "cxone.retry.max-retries", "9")) {
            cxt.put("chat.json", chat("one").getBytes(StandardCharsets.UTF_8));
            cxt.awaits(() -> cxt.engine().components().lane().stopReason().isPresent());

            cxt.awaits(() -> cxt.engine().components().backlog().openReadings() == 0); // ten minutes with those waits

            assertThat(cxt.files("inbox")).containsExactly("chat.json");
            assertThat(cxt.events("one")).endsWith("RELEASED");
        }
    }

    @Test
    void a_refused_sign_in_stops_the_lane_and_leaves_the_source_in_the_inbox() throws Exception {
        cxone.close();
        cxone = StandIn.start(StandInSettings.defaults().withClient("client-1", "another secret"));
        try (RunningCxt cxt = RunningCxt.once(data, cxone)) {
            cxt.put("chats.ndjson", lines("chat", 30).getBytes(StandardCharsets.UTF_8));
            cxt.awaits(() -> cxt.engine().components().lane().stopReason().isPresent());
            cxt.awaits(() -> cxt.engine().components().backlog().openReadings() == 0);

            assertThat(cxt.engine().components().lane().stopReason().orElseThrow())
                    .contains("Cannot sign in", "HTTP 401", "CXONE_CLIENT_SECRET")
                    .doesNotContain(RunningCxt.SECRET);
        }
        assertThat(data.resolve("inbox/chats.ndjson")).exists();
        assertThat(cxone.counts().posts()).isZero();
        assertThat(cxone.counts().signIns() + cxone.counts().signInsRefused()).isLessThanOrEqualTo(3);
        assertThat(RunningCxt.rows(data, "SELECT count(*) FROM audit_event WHERE event = 'SIGN_IN_FAILED'"))
                .doesNotContain("0");
        assertThat(RunningCxt.rows(data, "SELECT count(*) FROM audit_event WHERE event = 'CALLING'"))
                .containsExactly(Long.toString(cxone.counts().signInsRefused()));
    }

    @Test
    @Tag("fault-20")
    void a_copy_that_cannot_be_written_is_tried_again_and_its_source_waits() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            Files.delete(data.resolve("archive"));
            Files.createFile(data.resolve("archive")); // no folder can be made there now
            cxt.put("chat.json", chat("one").getBytes(StandardCharsets.UTF_8));
            cxt.awaits(() -> cxt.events("one").contains("SENT"));
            assertThat(data.resolve("inbox/chat.json")).exists();

            Files.delete(data.resolve("archive"));

            cxt.awaits(() -> cxt.files("inbox").contains(".done/chat.json"));
            assertThat(cxt.archive()).containsOnlyKeys("one.json");
            assertThat(cxt.rows("SELECT status, archive_success FROM audit_record"))
                    .containsExactly("injected 1");
        }
        assertThat(cxone.counts().posts()).isEqualTo(1);
    }

    @Test
    void a_ledger_that_cannot_be_written_means_no_post_and_the_source_stays() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("warm.json", chat("warm"));
            try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("ledger.db"));
                    Statement statement = other.createStatement()) {
                statement.execute("ALTER TABLE delivery RENAME TO elsewhere");
            }
            cxt.put("chat.json", chat("one").getBytes(StandardCharsets.UTF_8));
            cxt.awaits(() -> cxt.rows("SELECT count(*) FROM intake WHERE source = 'chat.json'")
                    .contains("1"));
            assertThat(cxone.counts().posts()).isEqualTo(1);
            assertThat(data.resolve("inbox/chat.json")).exists();

            try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("ledger.db"));
                    Statement statement = other.createStatement()) {
                statement.execute("ALTER TABLE elsewhere RENAME TO delivery");
            }

            cxt.awaits(() -> cxt.files("inbox").contains(".done/chat.json"));
        }
        assertThat(cxone.counts().acceptedDistinct()).isEqualTo(2);
    }

    @Test
    void a_storm_of_faults_loses_nothing_and_doubles_nothing_unmarked() throws Exception {
        cxone.change(traffic -> traffic.withFaults(FaultPlan.NONE
                .with(Fault.status(503), 5)
                .with(Fault.tooManyRequests("0"), 3)
                .with(Fault.resetBeforeBody(), 3)
                .with(Fault.resetAfterBody(), 3)
                .with(Fault.revokedToken(), 1)));
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "cxone.retry.max-retries", "15")) {
            cxt.drops("chats.ndjson", lines("chat", 400));

            assertThat(cxt.rows("SELECT state, count(*) FROM delivery GROUP BY state"))
                    .containsExactly("SENT 400");
            assertThat(cxone.counts().acceptedDistinct()).isEqualTo(400);
            long repeated =
                    cxone.deliveries().stream().filter(d -> d.count() > 1).count();
            assertThat(Long.parseLong(cxt.rows("SELECT count(*) FROM delivery WHERE doubted = 1")
                            .get(0)))
                    .isGreaterThanOrEqualTo(repeated);
            long called = Long.parseLong(cxt.rows("SELECT count(*) FROM audit_event WHERE event = 'CLAIMED'")
                    .get(0));
            assertThat(called).isGreaterThanOrEqualTo(cxone.counts().posts());
            assertThat(cxt.ledger().audit().verify().fault()).isNull();
            assertThat(cxt.archive()).hasSize(400);
        }
    }
}
