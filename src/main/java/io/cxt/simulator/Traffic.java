package io.cxt.simulator;

import java.util.ArrayList;
import java.util.List;

/**
 * How the stand-in handles calls. Can be changed while it runs: {@link StandIn#change}.
 *
 * @param latencyMillis wait before each answer to a chat post, milliseconds, 0 to 600000; a post counts as accepted
 *     before the wait
 * @param ratePerSecond chat posts accepted per second; 0 for no limit
 * @param burst posts accepted at once after a rest, 1 to 1000000
 * @param retryAfterForm the form of {@code Retry-After} in the rate limit's 429
 * @param graceMillis calls that arrive this soon after a {@code Retry-After} were already on their way and do
 *     not count as made during it; milliseconds, 0 to 600000
 * @param faults the share of posts that meets each fault
 */
public record Traffic(
        int latencyMillis,
        double ratePerSecond,
        int burst,
        RetryAfterForm retryAfterForm,
        int graceMillis,
        FaultPlan faults) {

    public Traffic {
        List<String> problems = new ArrayList<>();
        if (latencyMillis < 0 || latencyMillis > 600_000) {
            problems.add("latency is %s ms; allowed: 0 to 600000".formatted(latencyMillis));
        }
        if (!(ratePerSecond >= 0 && ratePerSecond <= 1_000_000)) {
            problems.add("rate is %s per second; allowed: 0 (no limit) to 1000000".formatted(ratePerSecond));
        }
        if (burst < 1 || burst > 1_000_000) {
            problems.add("burst is %s; allowed: 1 to 1000000".formatted(burst));
        }
        if (graceMillis < 0 || graceMillis > 600_000) {
            problems.add("grace is %s ms; allowed: 0 to 600000".formatted(graceMillis));
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }

    /** Immediate answers, no limit, no faults. */
    static Traffic calm() {
        return new Traffic(0, 0, 1, RetryAfterForm.SECONDS, 100, FaultPlan.NONE);
    }

    public Traffic withLatency(int millis) {
        return new Traffic(millis, ratePerSecond, burst, retryAfterForm, graceMillis, faults);
    }

    /** @param perSecond 0 for no limit */
    public Traffic withRate(double perSecond, int atOnce) {
        return new Traffic(latencyMillis, perSecond, atOnce, retryAfterForm, graceMillis, faults);
    }

    public Traffic withRetryAfter(RetryAfterForm form) {
        return new Traffic(latencyMillis, ratePerSecond, burst, form, graceMillis, faults);
    }

    Traffic withGrace(int millis) {
        return new Traffic(latencyMillis, ratePerSecond, burst, retryAfterForm, millis, faults);
    }

    public Traffic withFaults(FaultPlan plan) {
        return new Traffic(latencyMillis, ratePerSecond, burst, retryAfterForm, graceMillis, plan);
    }
}
