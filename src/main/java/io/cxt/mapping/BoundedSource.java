package io.cxt.mapping;

import io.cxt.files.Gunzip;
import io.cxt.files.PeekableStream;
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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A source with a bound, whatever it holds: records, blanks, or gzip that unpacks without end. One that is longer ends in
 * an entry that says so; where that is known before it is read, it is the only one.
 */
final class BoundedSource extends EntryIterator {
    private final EntryReader reader;
    private final long most;
    private final AtomicBoolean packed;
    private @Nullable Entry before;

    private BoundedSource(EntryReader reader, long most, AtomicBoolean packed) {
        this.reader = reader;
        this.most = most;
        this.packed = packed;
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
        AtomicBoolean packed = new AtomicBoolean();
        return new BoundedSource(opening.open(() -> new Counted(content.open(), most, packed)), most, packed);
    }

    @Override
    protected @Nullable Entry read() {
        try {
            if (!reader.hasNext()) {
                return null;
            }
            Entry next = reader.next();
            before = before == null && packed.get() ? readUnpacked(next) : next;
            return before;
        } catch (UncheckedIOException e) {
            if (!(e.getCause() instanceof BoundMet)) {
                throw e;
            }
            end();
            return last();
        }
    }

    /** For the audit: its name did not say that it is packed. */
    private static Entry readUnpacked(Entry first) {
        List<String> noted = new ArrayList<>(List.of("read-as:gzip"));
        noted.addAll(first.notes());
        return first.noted(noted);
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

    /** Counts what is read; unpacks it first where it is packed and its name does not say so. */
    private static final class Counted extends FilterInputStream {
        private final AtomicBoolean packed;
        private boolean begun;
        private long left;

        Counted(InputStream in, long most, AtomicBoolean packed) {
            super(in);
            this.left = most;
            this.packed = packed;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            if (!begun) {
                begun = true;
                PeekableStream named = new PeekableStream(in);
                in = Gunzip.unpacked(named);
                packed.compareAndSet(false, in != named);
            }
            int count = in.read(to, offset, length);
            left -= Math.max(0, count);
            if (left < 0) {
                throw new BoundMet();
            }
            return count;
        }
    }
}
