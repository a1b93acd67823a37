package io.cxt.transcript;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** A reader that reads one entry ahead. Damaged data is an entry; a source that cannot be read is an exception. */
public abstract class EntryIterator implements EntryReader {
    private @Nullable Entry ahead;
    private boolean ended;

    /** The next entry, or null at the end of the source. Not called again after null, {@link #end} or an exception. */
    protected abstract @Nullable Entry read() throws IOException;

    /** The entry that is being read is the last one. */
    protected final void end() {
        ended = true;
    }

    @Override
    public final boolean hasNext() {
        if (ahead == null && !ended) {
            try {
                ahead = read();
            } catch (IOException e) {
                ended = true;
                throw new UncheckedIOException(e);
            }
            ended |= ahead == null;
        }
        return ahead != null;
    }

    @Override
    public final Entry next() {
        Entry next = hasNext() ? ahead : null;
        if (next == null) {
            throw new NoSuchElementException();
        }
        ahead = null;
        return next;
    }
}
