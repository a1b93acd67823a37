package io.cxt.steps;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.LogRecorder;
import io.cxt.pace.Lane;
import io.cxt.pace.PaceStore;
import java.time.Duration;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CallGateTest {
    private static final int CALLS = 8;
    private static final int ROUNDS = 100;

    @Test
    void a_pause_that_many_calls_meet_at_once_is_told_once() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CALLS);
        try (LogRecorder log = LogRecorder.install()) {
            for (int round = 0; round < ROUNDS; round++) {
                Lane lane = new Lane(PaceStore.own(50), Duration.ofSeconds(1), Duration.ofMinutes(5), false);
                CallGate gate = new CallGate(lane, CALLS, false);
                CyclicBarrier together = new CyclicBarrier(CALLS + 1);
                for (int call = 0; call < CALLS; call++) {
                    threads.submit(() -> {
                        together.await();
                        gate.pause(Duration.ofSeconds(9), System.nanoTime(), "HTTP 429 from CXone");
                        return together.await();
                    });
                }
                together.await();
                together.await();
            }
            assertThat(log.lines().stream().filter(line -> line.startsWith("lane paused")))
                    .hasSize(ROUNDS);
        } finally {
            threads.shutdown();
        }
    }

    /** The lane is open again a moment before the gate, which counts from when it heard of the pause. */
    @Test
    void a_pause_that_follows_at_once_is_told_as_well() {
        try (LogRecorder log = LogRecorder.install()) {
            Lane lane = new Lane(PaceStore.own(50), Duration.ofSeconds(1), Duration.ofMinutes(5), false);
            CallGate gate = new CallGate(lane, CALLS, false);
            for (int round = 0; round < ROUNDS; round++) {
                while (!lane.pausedFor().isZero()) {
                    Thread.onSpinWait();
                }
                gate.rest(Duration.ofMillis(1), System.nanoTime(), "HTTP 503 from CXone, which asks to come later");
            }
            assertThat(log.lines().stream().filter(line -> line.startsWith("lane paused")))
                    .hasSize(ROUNDS);
        }
    }
}
