package io.cxt.text;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;

/** Turns text that did not come as bytes into bytes, and hides no fault in it. */
public final class Utf8 {
    private Utf8() {}

    /**
     * The text as UTF-8. Half a character (a lone surrogate), for which Java would write a question mark, becomes three
     * bytes that are not UTF-8, so that the reader finds them.
     */
    public static byte[] bytes(String text) {
        if (StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length() + 16);
        text.codePoints().forEach(point -> {
            if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
                bytes.write(0xE0 | point >> 12);
                bytes.write(0x80 | point >> 6 & 0x3F);
                bytes.write(0x80 | point & 0x3F);
            } else {
                bytes.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
            }
        });
        return bytes.toByteArray();
    }

    /** The text as {@link #bytes} writes it, a few kilobytes at a time. */
    public static InputStream stream(Reader text) {
        return new InputStream() {
            private final char[] chars = new char[8192];
            private byte[] bytes = {};
            private int next;
            private boolean halfBegun; // the first of chars is the first half of a character

            @Override
            public int read() throws IOException {
                return hasNext() ? bytes[next++] & 0xFF : -1;
            }

            @Override
            public int read(byte[] to, int from, int most) throws IOException {
                if (most == 0 || !hasNext()) {
                    return most == 0 ? 0 : -1;
                }
                int count = Math.min(most, bytes.length - next);
                System.arraycopy(bytes, next, to, from, count);
                next += count;
                return count;
            }

            private boolean hasNext() throws IOException {
                while (next == bytes.length) {
                    int before = halfBegun ? 1 : 0;
                    int count = text.read(chars, before, chars.length - before);
                    int length = before + Math.max(0, count);
                    if (count < 0 && length == 0) {
                        return false;
                    }
                    halfBegun = count > 0 && Character.isHighSurrogate(chars[length - 1]);
                    bytes = Utf8.bytes(new String(chars, 0, halfBegun ? length - 1 : length));
                    next = 0;
                    chars[0] = chars[Math.max(0, length - 1)];
                }
                return true;
            }

            @Override
            public void close() throws IOException {
                text.close();
            }
        };
    }
}
