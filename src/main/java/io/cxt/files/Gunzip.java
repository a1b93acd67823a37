package io.cxt.files;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * Unpacks gzip (RFC 1952), one member after the other, and never takes a damaged file for a whole one.
 *
 * <p>{@code GZIPInputStream} ends quietly when what follows a member is cut short or is no gzip; half of two
 * concatenated files would go missing unseen. Here that is a {@link ZipException} or, for an early end, an
 * {@link EOFException}; any other IOException comes from the disk. Zero bytes after the last member are padding.
 */
public final class Gunzip extends InputStream {

    private static final int HEADER_CRC = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int RESERVED = 0xE0;

    private final InputStream in;
    private final byte[] packed = new byte[64 * 1024];
    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
    private int position;
    private int limit;
    private boolean inMember;
    private boolean begun;

    Gunzip(InputStream in) {
        this.in = in;
    }

    /** The bytes of a file of this name: unpacked when it ends in {@code .gz}. */
    public static InputStream open(InputStream in, String fileName) {
        return isPacked(fileName) ? new Gunzip(in) : in;
    }

    /** The same bytes, unpacked when they begin as gzip does, whatever the name says. */
    public static InputStream unpacked(PeekableStream in) {
        return isGzip(in.peek(2)) ? new Gunzip(in) : in;
    }

    /** True when these first bytes are those of gzip. */
    public static boolean isGzip(byte[] first) {
        return first.length > 1 && first[0] == 0x1F && first[1] == (byte) 0x8B;
    }

    /** True for the name of a file that is unpacked while it is read. */
    public static boolean isPacked(String fileName) {
        return fileName.toLowerCase(Locale.ROOT).endsWith(".gz");
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (inMember || nextMember()) {
            int count = inflate(to, offset, length);
            if (count > 0) {
                crc.update(to, offset, count);
                return count;
            }
            if (inflater.finished()) {
                endMember();
            } else if (inflater.needsInput()) {
                feed(more());
            } else {
                throw new ZipException("needs a dictionary");
            }
        }
        return -1;
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        in.close();
    }

    private int inflate(byte[] to, int offset, int length) throws ZipException {
        try {
            return inflater.inflate(to, offset, length);
        } catch (DataFormatException e) {
            throw new ZipException("is not deflated data");
        }
    }

    /** Reads the header of the next member, if there is one. */
    private boolean nextMember() throws IOException {
        int first = begun ? afterPadding() : next();
        if (first < 0) {
            return false;
        }
        if (first != 0x1F || next() != 0x8B || next() != 8) {
            throw new ZipException("is not gzip");
        }
        int flags = next();
        if ((flags & RESERVED) != 0) {
            throw new ZipException("is not gzip as we know it");
        }
        skip(6); // time, flags of the packer, operating system
        if ((flags & EXTRA) != 0) {
            skip(next() | next() << 8);
        }
        if ((flags & NAME) != 0) {
            skipText();
        }
        if ((flags & COMMENT) != 0) {
            skipText();
        }
        if ((flags & HEADER_CRC) != 0) {
            skip(2);
        }
        inflater.reset();
        feed(position);
        crc.reset();
        inMember = true;
        begun = true;
        return true;
    }

    /** Gives the inflater all that is there; what it leaves over is taken back at the end of the member. */
    private void feed(int from) {
        inflater.setInput(packed, from, limit - from);
        position = limit;
    }

    private void endMember() throws IOException {
        position = limit - inflater.getRemaining();
        if (nextInt() != crc.getValue() || nextInt() != (inflater.getBytesWritten() & 0xFFFFFFFFL)) {
            throw new ZipException("does not match its checksum");
        }
        inMember = false;
    }

    /** The first byte of a further member, or -1 when only padding is left. */
    private int afterPadding() throws IOException {
        while (position < limit || fill()) {
            int b = next();
            if (b != 0) {
                return b;
            }
        }
        return -1;
    }

    private void skipText() throws IOException {
        while (next() != 0) {
            // up to and with the zero at its end
        }
    }

    private void skip(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            next();
        }
    }

    private long nextInt() throws IOException {
        return next() | next() << 8 | next() << 16 | (long) next() << 24;
    }

    private int next() throws IOException {
        int at = more();
        position++;
        return packed[at] & 0xFF;
    }

    /** Where the next packed byte stands. */
    private int more() throws IOException {
        if (position == limit && !fill()) {
            throw new EOFException("ends early");
        }
        return position;
    }

    private boolean fill() throws IOException {
        position = 0;
        limit = Math.max(0, in.read(packed));
        return limit > 0;
    }
}
