package io.cxt.json;

import io.cxt.transcript.Finding;
import io.cxt.transcript.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes into records, one transcript each, without reading what is in them.
 *
 * <p>Memory is one read buffer and one record: of a record that is too long only the beginning is kept, the rest is
 * passed over.
 */
abstract class Framer {

    /** Bytes asked of the source at once. */
    static final int READ_BYTES = 64 * 1024;

    private static final int FIRST_RECORD_BYTES = 16 * 1024;

    private final InputStream in;
    private final int maxRecordBytes;

    /** What was read last: from position to limit it is still to be framed. */
    final byte[] read = new byte[READ_BYTES];

    int position;
    int limit;
    private long consumed; // bytes of the source before read[0]

    private byte[] record = new byte[FIRST_RECORD_BYTES];
    private long length; // of the record as received, which may be more than was kept
    private long start;
    private long startLine;
    private int startColumn;

    private boolean begun;
    private long line = 1;
    private long lineStart; // offset of the line's first byte, less what its characters have in further bytes
    private @Nullable Finding fault;

    Framer(InputStream in, int maxRecordBytes) {
        this.in = in;
        this.maxRecordBytes = maxRecordBytes;
    }

    /**
     * Goes on to the next record.
     *
     * @return false when there is none; {@link #fault} then says whether the source ended as it should
     */
    boolean next() throws IOException {
        try {
            if (!begun) {
                begun = true;
                skipByteOrderMark();
            }
            return nextRecord();
        } catch (ZipException e) {
            return fail(Reason.GZIP_DAMAGED, "the packed data is damaged; what follows was not read, from");
        } catch (EOFException e) {
            return fail(Reason.GZIP_DAMAGED, "the packed data ends early; what follows was not read, from");
        }
    }

    /** Goes on to the next record, from wherever the last one ended. */
    abstract boolean nextRecord() throws IOException;

    /** Why the rest could not be cut into records, or null. */
    @Nullable
    Finding fault() {
        return fault;
    }

    /** The buffer that holds the record, from 0; overwritten by the next one. */
    byte[] buffer() {
        return record;
    }

    /** The record's bytes. Not to be asked for one that is {@link #tooLong}. */
    int length() {
        return (int) length;
    }

    /** True when only the beginning of the record was kept. */
    boolean tooLong() {
        return length > maxRecordBytes;
    }

    /** True when the record is an element of an array: what ends it is found by reading, and could be misread. */
    boolean inArray() {
        return false;
    }

    /** Offset of the record's first byte. */
    long start() {
        return start;
    }

    /** The line the record begins on, from 1. */
    long startLine() {
        return startLine;
    }

    /** The column the record begins in, from 1, in characters. */
    int startColumn() {
        return startColumn;
    }

    /** The line of the position, from 1. */
    long line() {
        return line;
    }

    /** Bytes of the source used up so far. */
    long offset() {
        return consumed + position;
    }

    /** Bytes of memory held for reading. */
    int held() {
        return read.length + record.length;
    }

    /** Begins a record at the position. */
    void begin() {
        length = 0;
        start = offset();
        startLine = line;
        startColumn = column();
    }

    /** Adds what lies between there and the position to the record, as far as it may be kept. */
    void keep(int from) {
        int count = position - from;
        long most = maxRecordBytes + 1L; // one more, for a carriage return that does not count
        int kept = (int) Math.min(count, Math.max(0, most - length));
        if (kept > 0) {
            if (length + kept > record.length) {
                long doubled = Math.max(length + kept, record.length * 2L);
                record = Arrays.copyOf(record, (int) Math.min(most, doubled));
            }
            System.arraycopy(read, from, record, (int) length, kept);
        }
        length += count;
    }

    /** Takes a carriage return off the end of the record. */
    void dropCarriageReturn() {
        if (length > 0 && length <= record.length && record[(int) length - 1] == '\r') {
            length--;
        }
    }

    /** The next byte that is not blank, left unread; or -1 at the end. */
    int peek() throws IOException {
        while (fill()) {
            byte b = read[position];
            if (!isBlank(b)) {
                return b & 0xFF;
            }
            position++;
            countLineOrCharacter(b);
        }
        return -1;
    }

    static boolean isBlank(byte b) {
        return b == ' ' || b == '\t' || b == '\r' || b == '\n';
    }

    /** Keeps count of where we are; to be called once the byte is behind the position. */
    void countLineOrCharacter(byte b) {
        if (b == '\n') {
            newLine();
        } else if ((b & 0xC0) == 0x80) { // a further byte of the same character
            lineStart++;
        }
    }

    /** The position is the first of a line. */
    void newLine() {
        line++;
        lineStart = offset();
    }

    private int column() {
        return (int) Math.min(Integer.MAX_VALUE, offset() - lineStart + 1);
    }

    /** Ends the reading; the words are followed by where. */
    boolean fail(Reason rule, String words) {
        fault = new Finding(rule, line, "", "%s line %s, column %s".formatted(words, line, column()));
        return false;
    }

    private void skipByteOrderMark() throws IOException {
        int count = 0;
        while (limit < 3 && count >= 0) {
            count = in.read(read, limit, 3 - limit);
            limit += Math.max(0, count);
        }
        if (limit == 3 && read[0] == (byte) 0xEF && read[1] == (byte) 0xBB && read[2] == (byte) 0xBF) {
            position = 3;
            lineStart = 3;
        }
    }

    /** True when there is a byte at the position. */
    boolean fill() throws IOException {
        while (position == limit) {
            consumed += limit;
            position = 0;
            limit = 0; // also for when the read throws
            int count = in.read(read);
            if (count < 0) {
                return false;
            }
            limit = count;
        }
        return true;
    }
}
