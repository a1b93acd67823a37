package io.cxt.steps;

import io.cxt.ledger.Delivery;
import io.cxt.ledger.Settled;
import io.cxt.steps.Foregone.Found;
import io.cxt.transcript.Entry;
import io.cxt.transcript.EntryReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Reads a source a little ahead, so that the ledger is asked about many transcripts at once, and writes about some while
 * the next ones are read.
 */
final class Ahead implements Closeable {
    /** What is read ahead, twice so much, is in no byte budget yet. */
    private static final long MOST_BYTES = 256 * 1024;

    private final EntryReader reader;
    private final Foregone foregone; // null: one at a time, and nothing is asked
    private final Reading reading;
    private Batch now;
    private Batch next;

    /** @param fault that ended the reading behind these entries; null when none did */
    private record Batch(Deque<Entry> entries, Found known, UncheckedIOException fault) {}

    Ahead(EntryReader reader, Foregone foregone, Reading reading) {
        this.reader = reader;
        this.foregone = foregone.begun() ? foregone : null;
        this.reading = reading;
    }

    /** The next entry, which stays; null at the end. */
    Entry peek() {
        if (now == null || now.entries.isEmpty() && now.fault == null) {
            advance();
        }
        if (now.entries.isEmpty() && now.fault != null) {
            throw now.fault;
        }
        return now.entries.peek();
    }

    Entry take() {
        return now.entries.remove();
    }

    /** The deliveries of an entry that needs no way through the routes; null for all others. */
    List<Delivery> known(Entry entry) {
        return now.known.deliveries().get(entry);
    }

    private void advance() {
        Batch coming = next == null ? read() : next;
        boolean more = foregone != null && !coming.entries.isEmpty() && coming.fault == null;
        next = more ? read() : null;
        coming.known.onDisk().run();
        now = coming;
    }

    /** What was read before a fault of the source still goes its way. */
    private Batch read() {
        int most = foregone == null ? 1 : Settled.MOST;
        Deque<Entry> entries = new ArrayDeque<>();
        UncheckedIOException fault = null;
        long bytes = 0;
        try {
            while (entries.size() < most && bytes < MOST_BYTES && reader.hasNext()) {
                Entry entry = reader.next();
                bytes += entry.raw() == null ? 0 : entry.raw().length;
                entries.add(entry);
            }
        } catch (UncheckedIOException e) {
            fault = e;
        }
        return new Batch(entries, foregone == null ? Found.NONE : foregone.among(entries, reading), fault);
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
