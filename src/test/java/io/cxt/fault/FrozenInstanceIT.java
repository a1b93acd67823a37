package io.cxt.fault;

import static io.cxt.fixture.Chats.lines;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.db.LedgerSettings;
import io.cxt.fixture.Await;
import io.cxt.fixture.Command;
import io.cxt.fixture.Postgres;
import io.cxt.fixture.RunningCxt;
import io.cxt.ledger.DeliveryState;
import io.cxt.ledger.Ledger;
import io.cxt.ops.Gauges;
import io.cxt.runtime.Observability;
import io.cxt.settings.Settings;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.Withheld;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two instances on one inbox and one PostgreSQL, one of which stands still as a paused machine does. */
@Timeout(400)
class FrozenInstanceIT {
    private static final int CHATS = 60;
    private static final int IN_FLIGHT = 4;
    private static final Duration LIMIT = Duration.ofSeconds(180);

    @TempDir
    Path scratch;

    private Postgres server;
    private StandIn cxone;
    private Path password;
    private String url;

    @BeforeEach
    void start() throws Exception {
        server = Postgres.shared();
        url = server.schema("frozen_" + Integer.toHexString(scratch.toString().hashCode()));
        password = Files.writeString(scratch.resolve("password"), server.password());
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
        Files.createDirectories(scratch.resolve("data/inbox"));
        cxone = StandIn.start(io.cxt.simulator.StandInSettings.defaults().withLatency(50));
    }

    @AfterEach
    void stop() {
        cxone.close();
    }

    @Test
    @Tag("fault-103")
    @Tag("fault-105")
    void another_one_takes_its_file_over_and_it_posts_and_moves_nothing_when_it_wakes_up() throws Exception {
        Withheld answers = new Withheld();
        cxone.next(answers.after(CHATS / 4 + 1, IN_FLIGHT));
        Files.writeString(scratch.resolve("data/inbox/chats.ndjson"), lines("chat", CHATS));
        try (Command frozen = Command.start(scratch, environment(), "run")) {
            Await.until(() -> cxone.counts().accepted() > CHATS / 4 + IN_FLIGHT, LIMIT);
            signal(frozen, "STOP");
            answers.release();

            try (RunningCxt other = other()) {
                other.awaits(() -> other.files("inbox").equals(List.of(".done/chats.ndjson")));
                signal(frozen, "CONT");
                Await.until(() -> frozen.err().contains("by another instance source=chats.ndjson"), LIMIT);

                assertThat(other.files("inbox")).containsExactly(".done/chats.ndjson");
                assertThat(cxone.counts().acceptedDistinct()).isEqualTo(CHATS);
                assertThat(cxone.counts().repeats())
                        .isLessThanOrEqualTo(marked(other))
                        .isLessThanOrEqualTo(IN_FLIGHT + 1);
                assertThat(other.ledger().status().countsByState()).containsEntry(DeliveryState.SENT, (long) CHATS);
                assertThat(other.ledger()
                                .audit()
                                .verify(Set.of(Files.readString(scratch.resolve("frozen/instance-id"))
                                        .strip()))
                                .faults())
                        .isEmpty();
            }
            ends_in_peace_after_the_database_ended_its_connections(frozen);
        }
    }

    private static long marked(RunningCxt cxt) {
        return IntStream.range(0, CHATS)
                .filter(i -> cxt.ledger().deliveries("chat-" + i).get(0).mayRepeat())
                .count();
    }

    private void ends_in_peace_after_the_database_ended_its_connections(Command cxt) throws Exception {
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'cxt'");
        signal(cxt, "TERM");

        Command.Ended ended = cxt.ended();
        assertThat(ended.exit()).isEqualTo(130);
        assertThat(ended.err()).contains("stopped cleanly").doesNotContain("not closed in order", "\tat ");
    }

    @Test
    @Tag("fault-103")
    void what_another_one_has_counts_as_backlog_and_as_stalled_when_nobody_works() throws Exception {
        LedgerSettings elsewhere =
                new LedgerSettings(url, server.user(), server.password(), scratch.resolve("elsewhere"));
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        try (Ledger holder = Ledger.open(elsewhere, "config", true, Clock.systemUTC());
                RunningCxt cxt = other()) {
            holder.intakes().take("file", "chats.ndjson");
            new Observability(cxt.engine().components(), Duration.ofMillis(1)).addTo(new Gauges(meters));

            cxt.put("chats.ndjson", lines("chat", 1).getBytes(StandardCharsets.UTF_8));

            cxt.awaits(() -> meters.get("cxt.stalled").gauge().value() == 1);
            assertThat(meters.get("cxt.backlog.sources").gauge().value()).isEqualTo(1);
            holder.intakes().release("file", "chats.ndjson");
            cxt.awaits(() -> cxt.files("inbox").equals(List.of(".done/chats.ndjson")));
            cxt.awaits(() -> meters.get("cxt.backlog.sources").gauge().value() == 0);
            assertThat(meters.get("cxt.stalled").gauge().value()).isZero();
        }
    }

    private RunningCxt other() throws Exception {
        return RunningCxt.start(
                scratch.resolve("data"),
                cxone,
                "ledger.url",
                url,
                "ledger.username",
                server.user(),
                "ledger.password-file",
                password.toString(),
                "ledger.lease-seconds",
                "3");
    }

    private Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>();
        Map.of(
                        "data.dir", scratch.resolve("frozen").toString(),
                        "pickup.file.folder", scratch.resolve("data/inbox").toString(),
                        "pickup.file.settle-ms", "0",
                        "cxone.base-url", cxone.baseUri().toString(),
                        "cxone.client-id", "client-1",
                        "cxone.max-in-flight", Integer.toString(IN_FLIGHT),
                        "ledger.url", url,
                        "ledger.username", server.user(),
                        "ledger.password-file", password.toString(),
                        "ledger.lease-seconds", "3")
                .forEach((name, value) -> environment.put(Settings.environmentName(name), value));
        environment.put("CXONE_CLIENT_SECRET", RunningCxt.SECRET);
        environment.put("OPS_ENABLED", "false");
        return environment;
    }

    private static void signal(Command command, String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(command.process().pid()))
                .start()
                .waitFor();
    }
}
