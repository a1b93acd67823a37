package io.cxt.mapping;

import io.cxt.transcript.Entry;
import io.cxt.transcript.EntryIterator;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.Finding;
import io.cxt.transcript.Reason;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** A source of which nothing is handed on: one entry that says why. */
final class RefusedSource extends EntryIterator {
    private final Closeable source;
    private final Entry only;

    private RefusedSource(List<Finding> findings, Closeable source) {
        this.source = source;
        this.only = entry(findings, 0);
    }

    /** A source that two mappings take. */
    static EntryReader ambiguous(String names, Closeable source) {
        String message = "two mappings take a file of this name: " + names;
        return of(new Finding(Reason.MAP_AMBIGUOUS, 1, "", message), source);
    }

    /** A source that is refused for one reason. */
    static EntryReader of(Finding finding, Closeable source) {
        return new RefusedSource(List.of(finding), source);
    }

    /** The one entry of a refused source. */
    static Entry entry(List<Finding> findings, long offset) {
        return new Entry(1, findings.get(0).line(), null, null, findings, List.of(), offset);
    }

    @Override
    protected Entry read() {
        end();
        return only;
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
