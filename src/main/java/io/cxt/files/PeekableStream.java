package io.cxt.files;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A stream whose beginning can be looked at before it is read. A fault that is met while looking is thrown when reading
 * gets there, so that what comes before it is still read.
 */
public final class PeekableStream extends InputStream {
    private static final byte[] NOTHING = {};

    private final InputStream in;
    private byte[] ahead = NOTHING;
    private int position;
    private int limit;
    private boolean ended;
    private @Nullable IOException fault;

    public PeekableStream(InputStream in) {
        this.in = in;
    }

    /**
     * The next bytes, which stay.
     *
     * @param most how many; there are fewer only where the source ends or fails, however it hands them over
     */
    public byte[] peek(int most) {
        if (most > ahead.length - position) {
            ahead = Arrays.copyOfRange(ahead, position, position + most);
            limit -= position;
            position = 0;
        }
        while (limit - position < most && !ended) {
            try {
                int count = in.read(ahead, limit, position + most - limit);
                ended = count < 0;
                limit += Math.max(0, count);
            } catch (IOException e) {
                fault = e;
                ended = true;
            }
        }
        return Arrays.copyOfRange(ahead, position, Math.min(limit, position + most));
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        if (position < limit) {
            int count = Math.min(length, limit - position);
            System.arraycopy(ahead, position, to, offset, count);
            position += count;
            if (position == limit) {
                ahead = NOTHING;
                position = 0;
                limit = 0;
            }
            return count;
        }
        if (fault != null) {
            throw fault;
        }
        return ended ? -1 : in.read(to, offset, length);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
