package io.cxt.mapping;

import io.cxt.files.RereadableSource;
import io.cxt.transcript.Entry;
import io.cxt.transcript.EntryIterator;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.Finding;
import io.cxt.transcript.Reason;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A source with a bound, whatever it holds: records, blanks, or gzip that unpacks without end. One that is longer ends in
 * an entry that says so; where that is known before it is read, it is the only one.
 */
final class BoundedSource extends EntryIterator {
    private final EntryReader reader;
    private final long most;
    private @Nullable Entry before;

    private BoundedSource(EntryReader reader, long most) {
        this.reader = reader;
        this.most = most;
    }

    /** Makes the reader of a content. */
    interface Opening {
        EntryReader open(RereadableSource content) throws IOException;
    }

    static EntryReader open(RereadableSource content, long most, Opening opening) throws IOException {
        if (content.atLeast() > most) {
            String message = "the source has %s bytes, more than pickup.max-source-bytes = %s; nothing of it was read"
                    .formatted(content.atLeast(), most);
            return RefusedSource.of(new Finding(Reason.SOURCE_SIZE, 1, "", message), () -> {});
        }
        return new BoundedSource(opening.open(() -> new Counted(content.open(), most)), most);
    }

    @Override
    protected @Nullable Entry read() {
        try {
            if (!reader.hasNext()) {
                return null;
            }
            before = reader.next();
            return before;
        } catch (UncheckedIOException e) {
            if (!(e.getCause() instanceof BoundMet)) {
                throw e;
            }
            end();
            return last();
        }
    }

    private Entry last() {
        long line = before == null ? 1 : before.line();
        String message = "the source unpacks to more than pickup.max-source-bytes = %s; %s"
                .formatted(
                        most,
                        before == null
                                ? "nothing of it was taken"
                                : "nothing was taken behind the transcript on line " + line);
        return new Entry(
                before == null ? 1 : before.index() + 1,
                line,
                null,
                null,
                List.of(new Finding(Reason.SOURCE_SIZE, line, "", message)),
                List.of(),
                before == null ? 0 : before.offset());
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }

    private static final class BoundMet extends IOException {
        private static final long serialVersionUID = 1L;
    }

    private static final class Counted extends FilterInputStream {
        private long left;

        Counted(InputStream in, long most) {
            super(in);
            this.left = most;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            int count = in.read(to, offset, length);
            left -= Math.max(0, count);
            if (left < 0) {
                throw new BoundMet();
            }
            return count;
        }
    }
}
