package io.cxt.transcript;

import java.util.List;

/**
 * One element of a source: a transcript that could be read, or the reason why not.
 *
 * @param index its place in the source, from 1; findings count too
 * @param line the line it begins on, from 1
 * @param raw its bytes as received, or null when they are too many to hold, or are the unread rest of a source
 * @param transcript what was read, or null when it could not be
 * @param findings why it could not be read; empty exactly when there is a transcript
 * @param notes what was changed or is odd, in fixed words for the audit, for example {@code leap-second}
 * @param offset bytes of the (unpacked) source consumed up to the end of this element
 */
public record Entry(
        long index,
        long line,
        byte[] raw,
        Transcript transcript,
        List<Finding> findings,
        List<String> notes,
        long offset) {

    /** True when there is a transcript to go on with. */
    public boolean readable() {
        return transcript != null;
    }

    /** Leaves the bytes out: toString ends up in exception messages and logs. */
    @Override
    public String toString() {
        return "Entry[index=%d, line=%d, readable=%s]".formatted(index, line, readable());
    }
}
