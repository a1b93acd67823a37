package io.cxt.fault;

import static io.cxt.fixture.Chats.chat;
import static io.cxt.fixture.Chats.lines;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cxt.fixture.Await;
import io.cxt.fixture.Command;
import io.cxt.fixture.Command.Ended;
import io.cxt.fixture.Environment;
import io.cxt.fixture.FakeClock;
import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.ReceivedCall;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real process whose wall clock jumps an hour ahead, an hour back and back again while it sends. */
@Timeout(400)
@Tag("slow")
class ClockJumpIT {
    private static final int CHATS = 120;
    private static final int PER_SECOND = 20;
    private static final Duration LIMIT = Duration.ofSeconds(150);

    @TempDir
    Path scratch;

    @Test
    @Tag("fault-15")
    @Tag("fault-142")
    void changes_nothing_in_pace_and_record() throws Exception {
        FakeClock clock = FakeClock.in(scratch);
        assumeTrue(clock.possible(), "libfaketime is not installed");
        Path data = scratch.resolve("data");
        Files.createDirectories(data.resolve("inbox"));
        Files.writeString(data.resolve("inbox/chats.ndjson"), lines("chat", CHATS));
        try (StandIn cxone = StandIn.start(StandInSettings.defaults())) {
            Map<String, String> environment = Environment.of(
                    data,
                    cxone,
                    "CXONE_REQUESTS_PER_SECOND",
                    Integer.toString(PER_SECOND),
                    "CXONE_MAX_IN_FLIGHT",
                    "1", // a call that arrives late holds up the next one, and they do not arrive together
                    "PICKUP_FILE_SETTLE_MS",
                    "300");
            environment.putAll(clock.environment());
            try (Command cxt = Command.start(scratch, environment, "run")) {
                Await.until(() -> cxone.counts().accepted() > 20, LIMIT);
                clock.jump(Duration.ofHours(1));
                Await.until(() -> cxone.counts().accepted() > 60, LIMIT);
                clock.jump(Duration.ofHours(-1));
                Files.writeString(data.resolve("inbox/late.json"), chat("late"));
                Await.until(() -> cxone.counts().accepted() > 90, LIMIT);
                clock.jump(Duration.ZERO);

                Await.until(() -> Files.exists(data.resolve("inbox/.done/chats.ndjson")), LIMIT);
                Await.until(() -> Files.exists(data.resolve("inbox/.done/late.json")), LIMIT);

                assertThat(cxone.counts().accepted()).isEqualTo(CHATS + 1);
                assertThat(cxone.counts().repeats()).isZero();
                paceIsKept(cxone.calls());
                assertThat(cxt.err()).doesNotContain("ERROR").doesNotContain("WARN");
            }
            List<String> times = RunningCxt.rows(data, "SELECT at FROM audit_event ORDER BY seq");
            assertThat(jumps(times, 1)).isPositive();
            assertThat(jumps(times, -1)).isPositive();
            Ended verify = Command.run(scratch, Environment.of(data, cxone), "audit", "verify");
            assertThat(verify.exit()).isZero();
            assertThat(verify.out()).contains(": the clock was set back at event ");
        }
    }

    private static void paceIsKept(List<ReceivedCall> calls) {
        List<ReceivedCall> inOrder = calls.stream()
                .sorted((a, b) -> Long.compare(a.arrivedNanos(), b.arrivedNanos()))
                .toList();
        int some = 2 * PER_SECOND; // on a busy machine some calls that left in turn arrive together
        for (int i = some; i < inOrder.size(); i++) {
            long nanos = inOrder.get(i).arrivedNanos() - inOrder.get(i - some).arrivedNanos();
            assertThat(nanos).as("two seconds' calls up to call %d", i).isGreaterThan(1_500_000_000L);
        }
        for (int i = 1; i < inOrder.size(); i++) {
            long nanos = inOrder.get(i).arrivedNanos() - inOrder.get(i - 1).arrivedNanos();
            assertThat(nanos)
                    .as("silence before call %d", i)
                    .isLessThan(60_000_000_000L); // an hour, if the clock mattered
        }
    }

    /** How often the time of an event is more than half an hour later (or, with -1, earlier) than the one before. */
    private static long jumps(List<String> times, int direction) {
        long count = 0;
        for (int i = 1; i < times.size(); i++) {
            Duration step = Duration.between(Instant.parse(times.get(i - 1)), Instant.parse(times.get(i)));
            count += step.multipliedBy(direction).compareTo(Duration.ofMinutes(30)) > 0 ? 1 : 0;
        }
        return count;
    }
}
