package io.cxt.redaction;

import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/**
 * Goes through text line by line on its way. A line that is very long is gone through in pieces, which are cut where nothing
 * that is looked for goes on. A flush ends the text.
 */
final class RedactedStream extends FilterOutputStream {
    private static final int LONGEST = 256 * 1024;
    /** So much of a long line is looked through for a place to cut it. */
    private static final int LOOKED_BACK = 64 * 1024;
    /** Between values of JSON, XML and tables. */
    private static final String CUTS = "\"{}[]<>\n;\0";

    private final UnaryOperator<byte[]> left;
    private final Line line = new Line();

    /** @param left what is left of some bytes */
    RedactedStream(OutputStream into, UnaryOperator<byte[]> left) {
        super(into);
        this.left = left;
    }

    private static final class Line extends ByteArrayOutputStream {
        /** The first bytes, which it does not hold any more. */
        byte[] take(int length) {
            byte[] taken = Arrays.copyOf(buf, length);
            System.arraycopy(buf, length, buf, 0, count - length);
            count -= length;
            return taken;
        }

        int cut() {
            for (int i = count - 1; i > count - LOOKED_BACK; i--) {
                if (CUTS.indexOf(buf[i]) >= 0) {
                    return i + 1;
                }
            }
            return count;
        }
    }

    @Override
    public void write(int one) throws IOException {
        line.write(one);
        if (one == '\n') {
            out.write(left.apply(line.take(line.size())));
        } else if (line.size() == LONGEST) {
            out.write(left.apply(line.take(line.cut())));
        }
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
        for (int i = from; i < from + count; i++) {
            write(bytes[i]);
        }
    }

    @Override
    public void flush() throws IOException {
        if (line.size() > 0) {
            out.write(left.apply(line.take(line.size())));
        }
        out.flush();
    }
}
