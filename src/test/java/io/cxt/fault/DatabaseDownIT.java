package io.cxt.fault;

import static io.cxt.fixture.Chats.lines;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.cxt.fixture.LogRecorder;
import io.cxt.fixture.Postgres;
import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import io.cxt.simulator.Withheld;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real PostgreSQL that crashes or is locked under load: no call without a claim, and all goes on by itself. */
@Timeout(180)
class DatabaseDownIT {
    private static final int CHATS = 300;

    @TempDir
    Path scratch;

    private StandIn cxone;
    private Postgres server;
    private RunningCxt cxt;

    @BeforeEach
    void start() throws Exception {
        server = Postgres.start(scratch.resolve("postgres"));
        cxone = StandIn.start(StandInSettings.defaults().withLatency(50));
        Path password = Files.writeString(scratch.resolve("password"), server.password());
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
        cxt = RunningCxt.start(
                scratch.resolve("data"),
                cxone,
                "ledger.url",
                server.url(),
                "ledger.username",
                server.user(),
                "ledger.password-file",
                password.toString(),
                "cxone.max-in-flight",
                "8",
                "ledger.lease-seconds",
                "10");
    }

    @AfterEach
    void stop() throws Exception {
        cxt.close();
        cxone.close();
        server.close();
    }

    @Test
    @Tag("fault-8")
    void a_server_that_crashes_under_load_and_comes_back() throws Exception {
        Withheld answers = new Withheld();
        cxone.next(answers.after(CHATS / 4 + 1, 8)); // as many as there may be in flight
        cxt.put("chats.ndjson", lines("chat", CHATS).getBytes(StandardCharsets.UTF_8));
        cxt.awaits(() -> cxone.counts().accepted() > CHATS / 4 + 8);

        server.crash();
        answers.release();
        cxt.awaits(() -> cxt.engine().components().ledger().trouble() != null);

        long posts = cxone.counts().posts();
        server.startAgain();
        cxt.awaits(() -> cxt.files("inbox").equals(List.of(".done/chats.ndjson")));
        assertThat(posts).isLessThan(CHATS);
        assertThat(cxone.counts().accepted()).isEqualTo(CHATS);
        assertThat(cxone.counts().repeats()).isZero();
        assertThat(cxt.engine().components().ledger().trouble()).isNull();
        assertThat(cxt.ledger().audit().verify().fault()).isNull();
    }

    @Test
    @Tag("fault-8")
    void a_server_that_goes_while_nothing_is_in_flight_is_said_once_and_so_is_its_return() throws Exception {
        try (LogRecorder log = LogRecorder.install()) {
            server.crash();
            cxt.put("chats.ndjson", lines("chat", 3).getBytes(StandardCharsets.UTF_8));
            cxt.awaits(() -> log.lines().stream().anyMatch(line -> line.startsWith("unavailable part=ledger")));

            server.startAgain();
            cxt.awaits(() -> cxt.files("inbox").equals(List.of(".done/chats.ndjson")));
            cxt.awaits(() -> log.lines().stream().anyMatch(line -> line.startsWith("available again part=ledger")));

            assertThat(log.lines().stream().filter(line -> line.startsWith("unavailable part=ledger")))
                    .singleElement(STRING)
                    .contains("next=\"nothing is lost; all sources wait until it answers. ", "PostgreSQL");
        }
    }

    @Test
    @Tag("fault-9")
    void a_lock_of_somebody_else_holds_all_calls_until_it_is_gone() throws Exception {
        try (Connection other = server.connect()) {
            other.setAutoCommit(false);
            other.createStatement().execute("LOCK TABLE delivery");

            cxt.put("chats.ndjson", lines("chat", CHATS).getBytes(StandardCharsets.UTF_8));
            cxt.awaits(() -> cxt.engine().components().backlog().openReadings() > 0);
            assertThat(cxone.counts().posts()).isZero();
            other.rollback();
        }

        cxt.awaits(() -> cxt.files("inbox").equals(List.of(".done/chats.ndjson")));
        assertThat(cxone.counts().accepted()).isEqualTo(CHATS);
        assertThat(cxone.counts().repeats()).isZero();
    }
}
