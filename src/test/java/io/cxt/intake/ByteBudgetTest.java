package io.cxt.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.Await;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ByteBudgetTest {

    @Test
    void the_third_of_two_items_waits_until_one_is_given_back() throws Exception {
        ByteBudget budget = new ByteBudget(1_000_000, 2);
        budget.take(1);
        budget.take(1);

        assertWaits(budget, 1, 1);
    }

    @Test
    void an_item_larger_than_the_budget_waits_until_it_is_alone() throws Exception {
        ByteBudget budget = new ByteBudget(1_000_000, 100);
        budget.take(1);

        assertWaits(budget, 5_000_000, 1);
    }

    private static void assertWaits(ByteBudget budget, long bytes, long givenBack) throws Exception {
        Thread taking = new Thread(() -> {
            try {
                budget.take(bytes);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        taking.start();
        Await.until(() -> taking.getState() == Thread.State.WAITING, Duration.ofSeconds(30));

        budget.giveBack(givenBack);

        taking.join(30_000);
        assertThat(taking.isAlive()).isFalse();
    }
}
