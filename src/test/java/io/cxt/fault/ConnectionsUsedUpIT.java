package io.cxt.fault;

import static io.cxt.fixture.Chats.lines;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.db.LedgerException;
import io.cxt.fixture.Postgres;
import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import io.cxt.simulator.Withheld;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A PostgreSQL that has no connection left for CXT: a clear word, no call without a claim, on by itself. */
@Timeout(180)
@Tag("fault-9")
class ConnectionsUsedUpIT {
    private static final int CHATS = 200;

    @TempDir
    Path scratch;

    private StandIn cxone;
    private Postgres server;

    @BeforeEach
    void start() throws Exception {
        server = Postgres.start(scratch.resolve("postgres"));
        server.execute("CREATE ROLE cxt LOGIN");
        server.execute("GRANT ALL ON SCHEMA public TO cxt");
        cxone = StandIn.start(StandInSettings.defaults().withLatency(50));
    }

    @AfterEach
    void stop() throws Exception {
        cxone.close();
        server.close();
    }

    private RunningCxt cxt() throws Exception {
        Path password = Files.writeString(scratch.resolve("password"), server.password());
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
        return RunningCxt.start(
                scratch.resolve("data"),
                cxone,
                "ledger.url",
                server.url(),
                "ledger.username",
                "cxt",
                "ledger.password-file",
                password.toString(),
                "cxone.max-in-flight",
                "8");
    }

    @Test
    void at_the_start_it_says_so_and_what_to_do() {
        server.execute("ALTER ROLE cxt CONNECTION LIMIT 0");

        assertThatThrownBy(this::cxt)
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("too many connections")
                .hasMessageContaining("up to 8 connections");
        assertThat(cxone.counts().posts()).isZero();
    }

    @Test
    void while_it_runs_nothing_is_posted_until_there_is_one_again() throws Exception {
        Withheld answers = new Withheld();
        cxone.next(answers.after(CHATS / 4 + 1, 8)); // as many as there may be in flight
        try (RunningCxt cxt = cxt()) {
            cxt.put("chats.ndjson", lines("chat", CHATS).getBytes(StandardCharsets.UTF_8));
            cxt.awaits(() -> cxone.counts().accepted() > CHATS / 4 + 8);

            server.execute("ALTER ROLE cxt CONNECTION LIMIT 0");
            server.execute("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'cxt'");
            answers.release();
            cxt.awaits(() ->
                    String.valueOf(cxt.engine().components().ledger().trouble()).contains("too many connections"));
            assertThat(cxone.counts().posts()).isLessThan(CHATS);

            server.execute("ALTER ROLE cxt CONNECTION LIMIT -1");
            cxt.awaits(() -> cxt.files("inbox").equals(List.of(".done/chats.ndjson")));
            assertThat(cxone.counts().accepted()).isEqualTo(CHATS);
            assertThat(cxone.counts().repeats()).isZero();
            assertThat(cxt.engine().components().ledger().trouble()).isNull();
            assertThat(cxt.ledger().audit().verify().fault()).isNull();
        }
    }
}
