package io.cxt.transcript;

/**
 * Where a transcript came from, so that a person can find it again.
 *
 * @param intakeId the ledger's id of the reading it belongs to
 * @param source the name of the source, as given; not fit for a log line
 * @param index its place in the source, from 1
 * @param line the line it begins on, from 1
 */
public record Origin(String intakeId, String source, long index, long line) {

    /** The name of this position, which stands in for the interaction id where a transcript has none. */
    public String position() {
        return source + "#" + index;
    }
}
