package io.cxt.intake;

import io.cxt.transcript.Entry;
import io.cxt.transcript.EntryIterator;
import io.cxt.transcript.EntryReader;
import java.io.IOException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The entries of a source that are selected. The others are read and handed to a counter, and nobody else sees them. */
public final class SelectedEntries extends EntryIterator {
    private final EntryReader all;
    private final Selection selection;
    private final Predicate<Entry> leftOut;
    private long taken;

    /** @param leftOut is told of each entry that is not selected, and returns false to read no further */
    public SelectedEntries(EntryReader all, Selection selection, Predicate<Entry> leftOut) {
        this.all = all;
        this.selection = selection;
        this.leftOut = leftOut;
    }

    @Override
    protected @Nullable Entry read() {
        while (all.hasNext()) {
            Entry next = all.next();
            boolean ofSource = !next.readable() && next.findings().get(0).rule().endsSource();
            if (ofSource) {
                return next;
            }
            if ((selection.limit() == 0 || taken < selection.limit()) && selection.takes(next)) {
                taken += next.readable() ? 1 : 0;
                return next;
            }
            if (!leftOut.test(next)) {
                return null;
            }
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        all.close();
    }
}
