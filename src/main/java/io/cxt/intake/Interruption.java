package io.cxt.intake;

/** Why a reading ended before every transcript of its source was decided, or will end so. The reason holds no chat text or names. */
public sealed interface Interruption {
    String why();

    /** Something failed. It counts, and the next reading waits longer. */
    record Fault(String why) implements Interruption {}

    /** One transcript cannot be recorded. The others of its source are decided, and it is read again. */
    record OneStays(String why) implements Interruption {}

    /** Nothing failed: the source is read again as soon as a person has acted or another instance is done. */
    record HeldUp(String why) implements Interruption {}

    /** Another instance has the source now. */
    record TakenOver(String why) implements Interruption {}

    /** The source exceeds a bound: the rest of it is not read, now or later. */
    record BoundExceeded(String why) implements Interruption {}
}
