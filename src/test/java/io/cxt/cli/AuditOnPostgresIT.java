package io.cxt.cli;

import static io.cxt.fixture.Chats.lines;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.Command.Ended;
import io.cxt.fixture.Postgres;
import io.cxt.fixture.Verb;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code cxt audit verify} where the ledger is on a server that others can write to. */
@Timeout(180)
@Tag("fault-63")
class AuditOnPostgresIT {
    @TempDir
    Path scratch;

    private final Map<String, String> environment = new HashMap<>();

    @Test
    void a_changed_row_and_a_cut_tail_end_with_5() throws Exception {
        try (Postgres server = Postgres.start(scratch.resolve("postgres"));
                StandIn cxone = StandIn.start(StandInSettings.defaults())) {
            write(server, cxone);
            Ended untouched = cxt("audit", "verify");

            server.execute("UPDATE audit_event SET http_status = 200 WHERE event = 'SENT' AND http_status = 201");
            Ended changed = cxt("audit", "verify");
            server.execute("UPDATE audit_event SET http_status = 201 WHERE event = 'SENT'");
            server.execute("DELETE FROM audit_event WHERE event = 'STOPPED'");
            Ended cut = cxt("audit", "verify");
            server.execute("DROP SCHEMA public CASCADE");
            server.execute("CREATE SCHEMA public");
            Ended gone = cxt("audit", "verify");
            Ended run = cxt("run", "--once");

            assertThat(untouched.exit()).as(untouched.out()).isZero();
            assertThat(untouched.out()).contains("signed up to event");
            assertThat(changed.exit()).isEqualTo(5);
            assertThat(changed.out()).startsWith("BROKEN chain");
            assertThat(cut.exit()).isEqualTo(5);
            assertThat(cut.out()).startsWith("BROKEN chain").contains("tail was cut");
            assertThat(gone.exit()).as(gone.err()).isEqualTo(5);
            assertThat(gone.out()).startsWith("BROKEN the ledger is missing: jdbc:postgresql:");
            assertThat(run.exit()).isEqualTo(4);
            assertThat(run.err()).contains("has been in use, but its ledger is not at jdbc:postgresql:");
        }
    }

    private void write(Postgres server, StandIn cxone) throws Exception {
        Path password = Files.writeString(scratch.resolve("password"), server.password());
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
        environment.put("DATA_DIR", scratch.resolve("d").toString());
        environment.put("LEDGER_URL", server.url());
        environment.put("LEDGER_USERNAME", server.user());
        environment.put("LEDGER_PASSWORD_FILE", password.toString());
        environment.put("CXONE_BASE_URL", cxone.baseUri().toString());
        environment.put("CXONE_CLIENT_ID", "client-1");
        environment.put("CXONE_CLIENT_SECRET", "secret-1");
        environment.put("PICKUP_FILE_SETTLE_MS", "0");
        Path inbox = Files.createDirectories(scratch.resolve("d/inbox"));
        Files.writeString(inbox.resolve("chats.ndjson"), lines("chat", 2));
        Ended run = cxt("run", "--once");
        assertThat(run.exit()).as(run.err()).isZero();
    }

    private Ended cxt(String... arguments) throws Exception {
        return Verb.of(environment, arguments);
    }
}
