package io.cxt.simulator;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The share of chat posts that meets each fault. Which call meets it depends only on the seed and the call's number, so a run
 * with the same order of calls can be repeated.
 *
 * @param seed start of the random sequence
 * @param shares the faults; their percentages add up to 100 at most
 */
public record FaultPlan(long seed, List<Share> shares) {

    /** @param percent of all calls, 0 to 100; fractions count */
    public record Share(Fault fault, double percent) {}

    /** No faults. */
    public static final FaultPlan NONE = new FaultPlan(1, List.of());

    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    public FaultPlan {
        shares = List.copyOf(shares);
        double sum = 0;
        for (Share share : shares) {
            if (!(share.percent() >= 0 && share.percent() <= 100)) {
                throw new IllegalArgumentException(
                        "fault %s has %s percent; allowed: 0 to 100".formatted(share.fault(), share.percent()));
            }
            sum += share.percent();
        }
        if (sum > 100) {
            throw new IllegalArgumentException("the faults add up to %s percent; allowed: at most 100".formatted(sum));
        }
    }

    /** One more fault, for so many percent of the calls. */
    public FaultPlan with(Fault fault, double percent) {
        List<Share> more = new ArrayList<>(shares);
        more.add(new Share(fault, percent));
        return new FaultPlan(seed, more);
    }

    public FaultPlan withSeed(long other) {
        return new FaultPlan(other, shares);
    }

    /** The fault of the call with this number; null for none. */
    @Nullable
    Fault pick(long number) {
        if (shares.isEmpty()) {
            return null;
        }
        double drawn = 100 * uniform(seed + number * GOLDEN_GAMMA);
        for (Share share : shares) {
            drawn -= share.percent();
            if (drawn < 0) {
                return share.fault();
            }
        }
        return null;
    }

    /** The mixing function of SplittableRandom: no state, so threads do not wait for each other. */
    private static double uniform(long seeded) {
        long mixed = (seeded ^ (seeded >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        mixed ^= mixed >>> 31;
        return (mixed >>> 11) * 0x1.0p-53;
    }
}
