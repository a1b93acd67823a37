package io.cxt.transcript;

/**
 * How transcripts are read.
 *
 * @param dropUnknownFields true to leave fields out that a transcript does not have, false to refuse them
 * @param maxRecordBytes most bytes of one transcript as received, 1 to 268,435,456
 * @param maxSourceBytes most bytes of one file, unpacked, above 0; only {@code BoundedSource} looks at it
 */
public record ReadingOptions(boolean dropUnknownFields, int maxRecordBytes, long maxSourceBytes) {

    /** Longest record that may be allowed: it is held three times over while it is read. */
    public static final int MOST_RECORD_BYTES = 256 * 1024 * 1024;

    /** Refuses unknown fields, and transcripts above 16 MiB. */
    public static final ReadingOptions DEFAULT = new ReadingOptions(false, 16 * 1024 * 1024);

    /** The same for sources of any length. */
    public ReadingOptions(boolean dropUnknownFields, int maxRecordBytes) {
        this(dropUnknownFields, maxRecordBytes, Long.MAX_VALUE);
    }

    public ReadingOptions {
        if (maxRecordBytes < 1 || maxRecordBytes > MOST_RECORD_BYTES) {
            throw new IllegalArgumentException(
                    "maxRecordBytes is %s; allowed: 1 to %s".formatted(maxRecordBytes, MOST_RECORD_BYTES));
        }
    }
}
