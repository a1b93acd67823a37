package io.cxt.runtime;

import io.cxt.ledger.Job;
import io.cxt.ledger.JobItem;
import io.cxt.pickup.body.RedrivenLetter.Turns;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What jobs of one kind do. */
interface JobWork<T extends JobItem> {
    /** Hands something to the routes and waits until it is decided. */
    interface Way {
        /** @return why it is not decided now; null when it is */
        @Nullable
        Exception go(Object body);
    }

    /** The kind of its jobs, as {@link Job#kind} has it. */
    String kind();

    /**
     * The items of a job that this instance has to work on, those that were begun first.
     *
     * @param begunOnly true to leave out those that wait
     * @param most of each kind
     */
    List<T> due(Job job, boolean begunOnly, int most);

    /** How many instances have something of a job left to do. */
    int instances(Job job);

    /**
     * How many items are in flight at a time.
     *
     * @param calls in flight that the job may have
     */
    int places(int calls);

    /**
     * Does an item, and waits until that is decided.
     *
     * @param calls in flight that the job may have
     * @return why it is not decided now; null when it is, or stays as it is
     */
    @Nullable
    Exception go(Job job, T item, int calls, Turns turns, Way way) throws IOException;

    /** Called twice a second. @param open the jobs of this kind that have not ended */
    default void look(List<Job> open) {}

    /** An item was not decided for the first time. */
    void tellUndecided(Job job, T item, Exception why);
}
