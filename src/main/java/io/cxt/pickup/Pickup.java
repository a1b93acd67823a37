package io.cxt.pickup;

import io.cxt.intake.WaitingCounts;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** A door that is there only when it is switched on, in or out: what its route calls by name, and how it stands. */
public interface Pickup {
    /** As in {@code pickup.<name>.…}, in health and in logs. */
    String name();

    /** The route that is there only while this is switched on. */
    default String route() {
        return "pickup-" + name();
    }

    /** What the route finds under which name. */
    Map<String, Object> beans();

    /** True when nothing more waits behind it. */
    boolean drained();

    /** True when nothing more waits behind it, or only what another reading would not help now. */
    default boolean atRest() {
        return drained();
    }

    /** Why nothing can come through, and what to do; empty when something can. */
    Optional<String> trouble();

    /** How long that has been so; zero when it is not. */
    Duration troubledFor();

    /** What waits behind it, as far as it can tell. */
    default WaitingCounts waiting() {
        return WaitingCounts.NOTHING;
    }

    /** How many things lie behind it that are never taken. */
    default long passedOver() {
        return 0;
    }

    /** How many sources it has turned away, which are then at their sender's. */
    default long turnedAway() {
        return 0;
    }

    /** Nothing more is taken in; whoever waits at it is told so. */
    void stop();

    /** Lets go of its connections. */
    void end();
}
