package io.cxt.kill;

import io.cxt.simulator.Fault;
import io.cxt.simulator.FaultPlan;
import java.util.List;
import java.util.Map;

/**
 * A named step at which CXT ends itself, and what makes it take that step.
 *
 * @param most the most times it is taken before the end: rare ones are taken once or twice a start
 * @param faults what the stand-in plays meanwhile
 * @param settings of CXT meanwhile, beside the usual ones
 * @param forbidden true when one of the first posts is answered 404, which closes the lane
 */
record Round(String step, int most, FaultPlan faults, Map<String, String> settings, boolean forbidden) {
    private static final Map<String, String> NONE = Map.of();
    private static final Map<String, String> PARK = Map.of("CXONE_IN_DOUBT", "park");
    private static final Map<String, String> ONE_RETRY = Map.of("CXONE_RETRY_MAX_RETRIES", "1");

    /** A bit of everything that CXone may do. */
    static final FaultPlan USUAL = FaultPlan.NONE
            .with(Fault.status(503), 4)
            .with(Fault.status(400), 1)
            .with(Fault.tooManyRequests("1"), 0.5)
            .with(Fault.status(502), 0.5)
            .with(Fault.resetAfterBody(), 1)
            .with(Fault.parse("accept-and-hang=" + 2 * Site.DEADLINE_MS), 0.2)
            .with(Fault.parse("hang=" + 2 * Site.DEADLINE_MS), 0.2);

    private static final FaultPlan DOWN = FaultPlan.NONE.with(Fault.status(503), 40);
    private static final FaultPlan CUTTING =
            FaultPlan.NONE.with(Fault.resetAfterBody(), 25).with(Fault.status(503), 25);

    /** SIGKILL from outside, with each policy in turn. */
    static Round outside(boolean park) {
        return new Round("SIGKILL", 40, USUAL, park ? PARK : NONE, false);
    }

    /** Every step there is. */
    static final List<Round> STEPS = List.of(
            usual("answered", 40),
            usual("archived", 40),
            usual("attempted", 2),
            usual("claimed", 40),
            usual("closed", 4),
            usual("conflict", 1),
            new Round("failed", 2, DOWN, ONE_RETRY, false),
            usual("fed", 40),
            new Round("in-doubt", 2, CUTTING, ONE_RETRY, false),
            new Round("in-doubt", 2, CUTTING, PARK, false),
            usual("opened", 4),
            usual("refused", 2),
            usual("rejected", 1),
            new Round("released", 1, USUAL, NONE, true),
            usual("renamed", 40),
            usual("sent", 40),
            usual("skipped", 1),
            usual("split", 40),
            usual("taken", 2),
            usual("written", 40));

    private static Round usual(String step, int most) {
        return new Round(step, most, USUAL, NONE, false);
    }

    String name() {
        return settings.equals(PARK) ? step + " (park)" : step;
    }
}
