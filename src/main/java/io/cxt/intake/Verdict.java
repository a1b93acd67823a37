package io.cxt.intake;

/** What becomes of a source once nothing of it is in flight. */
public sealed interface Verdict {
    /** Every transcript is decided: the source is released. */
    record Decided() implements Verdict {}

    /** No further reading would help: the source is abandoned, undecided. */
    record Abandoned(Interruption cause) implements Verdict {}

    /** The source stays and is read again. What was sent is not sent again. */
    record Stays(Interruption cause) implements Verdict {}
}
