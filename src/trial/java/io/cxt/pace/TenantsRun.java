package io.cxt.pace;

import io.cxt.fixture.Await;
import io.cxt.fixture.Command;
import io.cxt.simulator.Fault;
import io.cxt.simulator.FaultPlan;
import io.cxt.simulator.ReceivedCall;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** CXT against a slow tenant, and one that dies and comes back. Program of {@code src/bench/limits tenants}. */
final class TenantsRun {
    private static final long SECOND = 1_000_000_000L;
    private static final int PER_SECOND = 200;

    /** @param failing percent of the calls that are answered 503 */
    private record Phase(String name, int seconds, int latencyMs, int failing) {
        FaultPlan plan() {
            return FaultPlan.NONE.with(Fault.status(503), failing);
        }
    }

    private TenantsRun() {}

    static void main() throws Exception {
        run(
                "slow: answers after 2 s, rate not known",
                0,
                List.of(
                        new Phase("slow", 10, 2000, 0),
                        new Phase("slow", 10, 2000, 0),
                        new Phase("slow", 10, 2000, 0),
                        new Phase("slow", 10, 2000, 0)));
        run(
                "dying and well again, rate set to " + PER_SECOND,
                PER_SECOND,
                List.of(
                        new Phase("well", 20, 50, 0),
                        new Phase("slower", 5, 200, 0),
                        new Phase("ill", 5, 500, 30),
                        new Phase("very ill", 10, 1000, 80),
                        new Phase("dead", 20, 1000, 100),
                        new Phase("well again", 10, 50, 0),
                        new Phase("well again", 10, 50, 0),
                        new Phase("well again", 10, 50, 0),
                        new Phase("well again", 10, 50, 0),
                        new Phase("well again", 10, 50, 0)));
    }

    private static void run(String what, int set, List<Phase> phases) throws Exception {
        System.out.printf(
                "%n%s; %d calls in flight%n%n| tenant is | seconds | latency ms | 503 | calls a second | let in a second | busiest 100 ms, calls |%n|---|---|---|---|---|---|---|%n",
                what, LimitsRun.IN_FLIGHT);
        Path folder = Files.createTempDirectory("cxt-tenants");
        try (StandIn cxone = StandIn.start(StandInSettings.defaults()
                .withJournal(1_000_000)
                .withLatency(phases.get(0).latencyMs()))) {
            LimitsRun.fill(folder.resolve("inbox"), PER_SECOND * 200);
            try (Command running = Command.start(
                    folder, LimitsRun.environment(folder, 0, set, cxone, Optional.empty()), "run", "--once")) {
                Await.until(() -> !cxone.calls().isEmpty() || !running.process().isAlive(), LimitsRun.START);
                for (Phase phase : phases) {
                    cxone.change(
                            traffic -> traffic.withLatency(phase.latencyMs()).withFaults(phase.plan()));
                    long begin = System.nanoTime();
                    long end = begin + phase.seconds() * SECOND;
                    Await.until(() -> System.nanoTime() - end > 0, Duration.ofSeconds(phase.seconds() + 30));
                    report(phase, begin, end, cxone.calls());
                }
            }
            System.out.printf("%nlet in twice: %d%n", cxone.counts().repeats());
        }
    }

    private static void report(Phase phase, long begin, long end, List<ReceivedCall> all) {
        List<ReceivedCall> calls = all.stream()
                .filter(call -> call.arrivedNanos() >= begin && call.arrivedNanos() < end)
                .toList();
        System.out.printf(
                "| %s | %d | %d | %d %% | %.1f | %.1f | %d |%n",
                phase.name(),
                phase.seconds(),
                phase.latencyMs(),
                phase.failing(),
                calls.size() / (double) phase.seconds(),
                calls.stream().filter(ReceivedCall::accepted).count() / (double) phase.seconds(),
                LimitsRun.busiest(calls, SECOND / 10));
    }
}
