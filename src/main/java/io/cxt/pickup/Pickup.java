package io.cxt.pickup;

import io.cxt.intake.WaitingCounts;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** A pickup, or a way out, that is there only while it is enabled: the beans of its route, and its state. */
public interface Pickup {
    /** Whether its other end can be reached. */
    Reachability contact();

    /** As in {@code pickup.<name>.…}, in health and in logs. */
    default String name() {
        return contact().pickup();
    }

    /** The route that is there only while this is enabled. */
    default String route() {
        return "pickup-" + name();
    }

    /** The beans of the route, by name. */
    default Map<String, Object> beans() {
        return Map.of();
    }

    /** True when nothing more waits. */
    default boolean drained() {
        return true;
    }

    /** True when nothing more waits that another reading would help now. */
    default boolean atRest() {
        return drained();
    }

    /** Why nothing can come through, and what to do; empty when something can. */
    default Optional<String> trouble() {
        return contact().trouble();
    }

    /** How long that has been so; zero when it is not. */
    default Duration troubledFor() {
        return contact().troubledFor();
    }

    /** What waits, as far as it can tell. */
    default WaitingCounts waiting() {
        return WaitingCounts.NOTHING;
    }

    /** How many things wait that are never read. */
    default long passedOver() {
        return 0;
    }

    /** How many sources it rejected, which are dead letters now. */
    default long rejected() {
        return 0;
    }

    /** Picks up nothing more; threads that wait at it return. */
    default void stop() {}

    /** Closes its connections. */
    void end();
}
