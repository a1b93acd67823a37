package io.cxt.intake;

/** What came of the attempt to open a source. */
public sealed interface Opening {
    /**
     * The source is being read.
     *
     * @param end ends the reading; call it once, whatever became of the source
     * @param unlock lets other instances read the source; call it once the source is where it belongs
     */
    record Opened(SourceReading reading, Runnable end, Runnable unlock) implements Opening {}

    /** The source stays where it is, for example because another instance reads it. Nothing is left open. */
    record Stays(String why) implements Opening {}
}
