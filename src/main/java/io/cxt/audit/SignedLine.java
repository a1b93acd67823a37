package io.cxt.audit;

import org.jspecify.annotations.Nullable;

/** A line of a file of checkpoints. */
sealed interface SignedLine permits Checkpoint, Closing {
    String chain();

    /** The event that it is about. */
    long seq();

    /** When it was signed, as the audit writes times. */
    String at();

    /** The line in the file, without its end. */
    String line();

    /** Null when it is neither a checkpoint nor a closing record. */
    static @Nullable SignedLine parse(String line) {
        return line.startsWith(Closing.FORM) ? Closing.parse(line) : Checkpoint.parse(line);
    }
}
