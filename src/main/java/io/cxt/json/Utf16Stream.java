package io.cxt.json;

import io.cxt.files.PeekableStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * UTF-16 as UTF-8. Half a character, or half a code unit at the end, becomes bytes that are not UTF-8, so that the strict
 * decoder refuses the transcript they stand in and no other.
 */
public final class Utf16Stream extends InputStream {
    private static final int UNITS = 8 * 1024;

    private final InputStream in;
    private final int highByte; // its place in a unit: 0 or 1
    private final byte[] units = new byte[2 * UNITS];
    private final byte[] bytes = new byte[4 * UNITS];
    private int position;
    private int limit;
    private int high; // the first half of a character that is not written yet; 0 for none
    private boolean ended;

    /** @param in what follows the byte order mark */
    private Utf16Stream(InputStream in, boolean bigEndian) {
        this.in = in;
        this.highByte = bigEndian ? 0 : 1;
    }

    /** The text as UTF-8: as it is where its first bytes, which are read at once, do not show UTF-16. */
    public static InputStream asUtf8(InputStream text) throws IOException {
        PeekableStream in = new PeekableStream(text);
        byte[] seen = in.peek(OtherFormat.UTF16_BYTES);
        String encoding = OtherFormat.utf16(seen);
        return encoding == null ? in : of(in, seen, encoding);
    }

    /** @param seen the next bytes of the stream, which show the encoding */
    static Utf16Stream of(PeekableStream in, byte[] seen, String encoding) throws IOException {
        in.skipNBytes(OtherFormat.startsWithUtf16Mark(seen) ? 2 : 0);
        return new Utf16Stream(in, encoding.endsWith("BE"));
    }

    @Override
    public int read() throws IOException {
        return position < limit || fill() ? bytes[position++] & 0xFF : -1;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        if (position == limit && !fill()) {
            return -1;
        }
        int count = Math.min(length, limit - position);
        System.arraycopy(bytes, position, to, offset, count);
        position += count;
        return count;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private boolean fill() throws IOException {
        position = 0;
        limit = 0;
        while (limit == 0 && !ended) {
            int count = in.readNBytes(units, 0, units.length);
            for (int i = 0; i + 1 < count; i += 2) {
                take((units[i + highByte] & 0xFF) << 8 | units[i + 1 - highByte] & 0xFF);
            }
            ended = count < units.length;
            if (ended) {
                flushHalf();
                if (count % 2 == 1) {
                    bytes[limit++] = (byte) 0xFF;
                }
            }
        }
        return limit > 0;
    }

    private void take(int unit) {
        if (high != 0 && unit >= 0xDC00 && unit < 0xE000) {
            int point = 0x10000 + (high - 0xD800 << 10) + unit - 0xDC00;
            bytes[limit++] = (byte) (0xF0 | point >> 18);
            bytes[limit++] = (byte) (0x80 | point >> 12 & 0x3F);
            bytes[limit++] = (byte) (0x80 | point >> 6 & 0x3F);
            bytes[limit++] = (byte) (0x80 | point & 0x3F);
            high = 0;
            return;
        }
        flushHalf();
        if (unit >= 0xD800 && unit < 0xDC00) {
            high = unit;
        } else {
            write(unit);
        }
    }

    private void flushHalf() {
        if (high != 0) {
            write(high);
            high = 0;
        }
    }

    private void write(int unit) {
        if (unit < 0x80) {
            bytes[limit++] = (byte) unit;
        } else if (unit < 0x800) {
            bytes[limit++] = (byte) (0xC0 | unit >> 6);
            bytes[limit++] = (byte) (0x80 | unit & 0x3F);
        } else {
            bytes[limit++] = (byte) (0xE0 | unit >> 12);
            bytes[limit++] = (byte) (0x80 | unit >> 6 & 0x3F);
            bytes[limit++] = (byte) (0x80 | unit & 0x3F);
        }
    }
}
