package io.cxt.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.ledger.Job;
import io.cxt.ledger.JobItem;
import io.cxt.pickup.body.RedrivenLetter.Turns;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JobRunnerTest {
    private record Item(String id, boolean taken) implements JobItem {}

    private static final class Work implements JobWork<Item> {
        private final List<String> told = new ArrayList<>();

        @Override
        public String kind() {
            return "redrive";
        }

        @Override
        public List<Item> due(Job job, boolean begunOnly, int most) {
            return List.of();
        }

        @Override
        public int instances(Job job) {
            return 1;
        }

        @Override
        public int places(int calls) {
            return calls;
        }

        @Override
        public Exception go(Job job, Item item, int calls, Turns turns, Way way) {
            return null;
        }

        @Override
        public void tellUndecided(Job job, Item item, Exception why) {
            told.add(job.id() + " " + item.id());
        }
    }

    @Test
    void what_was_left_of_a_cancelled_job_does_not_keep_a_later_one_from_being_hopeless() {
        Work work = new Work();
        Exception undecided = new IllegalStateException("the ledger refuses it");
        try (JobRunner<Item> runner = new JobRunner<>(null, work, null, 1, 0)) {
            runner.over(job(1), new Item("a", false), undecided);
            assertThat(runner.onlyHopeless(job(2))).isFalse();
            for (int i = 1; i <= 5; i++) {
                assertThat(runner.onlyHopeless(job(2))).isFalse();
                runner.over(job(2), new Item("b", false), undecided);
            }

            assertThat(runner.onlyHopeless(job(2))).isTrue();
            assertThat(runner.onlyHopeless(job(1))).isFalse();

            runner.over(job(2), new Item("a", false), undecided);
            assertThat(work.told).containsExactly("1 a", "2 b", "2 a");
            assertThat(runner.onlyHopeless(job(2))).isFalse();
        }
    }

    private static Job job(long id) {
        return new Job(
                id,
                Job.REDRIVE,
                Job.State.RUNNING,
                "all",
                20,
                5,
                2,
                Map.of(),
                null,
                null,
                null,
                "operator",
                null,
                Instant.EPOCH,
                null,
                null);
    }
}
