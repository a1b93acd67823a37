package io.cxt.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class FaultPlanTest {

    private static final FaultPlan PLAN = FaultPlan.NONE
            .withSeed(42)
            .with(Fault.status(503), 1.0)
            .with(Fault.resetAfterBody(), 4.5)
            .with(Fault.badJson(), 0);

    @Test
    void each_fault_meets_its_share_of_the_calls() {
        List<Fault> met = met(PLAN, 100_000);

        assertThat(met.stream().filter(Fault.status(503)::equals).count())
                .isCloseTo(1000L, Percentage.withPercentage(15));
        assertThat(met.stream().filter(Fault.resetAfterBody()::equals).count())
                .isCloseTo(4500L, Percentage.withPercentage(10));
        assertThat(met).doesNotContain(Fault.badJson());
    }

    @Test
    void the_same_seed_gives_the_same_run_and_another_seed_another() {
        assertThat(met(PLAN, 1000)).isEqualTo(met(PLAN.withSeed(42), 1000)).isNotEqualTo(met(PLAN.withSeed(43), 1000));
    }

    @Test
    void the_shares_add_up_to_a_hundred_percent_at_most() {
        FaultPlan full = FaultPlan.NONE.with(Fault.status(500), 60).with(Fault.status(502), 40);

        assertThat(LongStream.range(0, 1000).mapToObj(full::pick)).doesNotContainNull();
        assertThatIllegalArgumentException().isThrownBy(() -> full.with(Fault.status(503), 0.1));
        assertThatIllegalArgumentException().isThrownBy(() -> FaultPlan.NONE.with(Fault.status(503), -1));
        assertThatIllegalArgumentException().isThrownBy(() -> FaultPlan.NONE.with(Fault.status(503), Double.NaN));
    }

    private static List<Fault> met(FaultPlan plan, int calls) {
        return LongStream.range(0, calls)
                .mapToObj(plan::pick)
                .filter(Objects::nonNull)
                .toList();
    }
}
