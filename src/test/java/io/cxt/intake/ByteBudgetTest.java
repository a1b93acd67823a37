package io.cxt.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.Await;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
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

    @Test
    void what_fits_to_the_byte_does_not_wait_and_one_byte_more_does() throws Exception {
        long each = 8 * 1024 + 10;
        ByteBudget budget = new ByteBudget(2 * each, 100);
        assertThat(budget.fit(10)).isEqualTo(2);
        assertThat(budget.awaitRoom(0)).isTrue();
        budget.take(10);
        assertThat(budget.awaitRoom(0)).isTrue();
        budget.take(10);
        assertThat(budget.awaitRoom(1)).isFalse();
        budget.giveBack(10);
        assertThat(budget.awaitRoom(0)).isTrue();

        assertWaits(budget, 11, 10);
        assertThat(budget.awaitRoom(0)).isTrue(); // that item alone
    }

    @Test
    void a_share_is_taken_and_given_back_once() throws Exception {
        ByteBudget budget = new ByteBudget(1_000_000, 1);
        ByteBudget.Share share = budget.share(1);
        share.giveBack();
        share.take();
        share.take();
        share.giveBack();
        share.giveBack();

        budget.take(1);
        assertWaits(budget, 1, 1);
        ByteBudget.Share.NONE.take();
        ByteBudget.Share.NONE.giveBack();
    }

    /** A slow disk of the archive must not fill the memory with those that were sent. */
    @Test
    void what_was_given_back_is_taken_again_beyond_the_budget_up_to_half_of_it() throws Exception {
        ByteBudget budget = new ByteBudget(100_000, 1);
        budget.take(80_000);
        ByteBudget.Share first = budget.share(30_000);
        ByteBudget.Share second = budget.share(30_000);
        first.takeAgain();
        Thread taking = new Thread(() -> {
            try {
                second.takeAgain();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        taking.start();
        Await.until(() -> taking.getState() == Thread.State.WAITING, Duration.ofSeconds(60));

        first.giveBack();

        taking.join(60_000);
        assertThat(taking.isAlive()).isFalse();
        budget.giveBack(80_000);
        second.giveBack();
        budget.take(91_000);
        assertWaits(budget, 1, 91_000);
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
        Await.until(() -> taking.getState() == Thread.State.WAITING, Duration.ofSeconds(60));

        budget.giveBack(givenBack);

        taking.join(30_000);
        assertThat(taking.isAlive()).isFalse();
    }
}
