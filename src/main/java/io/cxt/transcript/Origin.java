package io.cxt.transcript;

import org.jspecify.annotations.Nullable;

/**
 * Where a transcript came from, so that a person can find it again.
 *
 * @param intakeId the ledger's id of the reading it belongs to
 * @param source the name of the source, as given; not fit for a log line
 * @param index its place in the source, from 1
 * @param line the line it begins on, from 1
 * @param customer whose it is, as a keyed hash of the customer's id; null when not known
 */
public record Origin(
        String intakeId,
        String source,
        long index,
        long line,
        @Nullable String customer) {

    public Origin(String intakeId, String source, long index, long line) {
        this(intakeId, source, index, line, null);
    }

    /** The same, with whose it is. */
    public Origin of(@Nullable String whose) {
        return new Origin(intakeId, source, index, line, whose);
    }

    /** The name of this position, which stands in for the interaction id where a transcript has none. */
    public String position() {
        return source + "#" + index;
    }
}
