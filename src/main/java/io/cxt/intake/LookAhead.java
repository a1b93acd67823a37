package io.cxt.intake;

import io.cxt.intake.AlreadyDelivered.Found;
import io.cxt.ledger.Delivery;
import io.cxt.ledger.FinishedDeliveries;
import io.cxt.transcript.Entry;
import io.cxt.transcript.EntryReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Reads a source a little ahead, so that the ledger is asked about many transcripts at once. What it writes about those
 * may be on its way to the disk while the next ones are read, and no longer.
 */
final class LookAhead implements Closeable {
    /** What is read ahead is in no byte budget yet. */
    private static final long MOST_BYTES = 512 * 1024;

    private final EntryReader reader;
    private final AlreadyDelivered foregone; // null: one at a time, and nothing is asked
    private final SourceReading reading;
    private final Deque<Entry> waiting = new ArrayDeque<>();
    private Found known = Found.NONE;
    private UncheckedIOException fault;
    private boolean cutOff;

    LookAhead(EntryReader reader, AlreadyDelivered foregone, SourceReading reading) {
        this.reader = reader;
        this.foregone = foregone.begun() ? foregone : null;
        this.reading = reading;
    }

    /** The next entry, which stays; null at the end. */
    Entry peek() {
        if (waiting.isEmpty()) {
            if (fault != null) {
                throw fault;
            }
            if (!cutOff) {
                fill();
            }
        }
        if (waiting.isEmpty() && fault != null) {
            throw fault;
        }
        return waiting.peek();
    }

    /** Nothing is read on: the given one is the last. */
    void endWith(Entry last) {
        cutOff = true;
        waiting.clear();
        waiting.add(last);
    }

    Entry take() {
        return waiting.remove();
    }

    /** The deliveries of an entry that needs no way through the routes; null for all others. */
    List<Delivery> known(Entry entry) {
        return known.deliveries().get(entry);
    }

    /** What was read before a fault of the source still goes its way. */
    private void fill() {
        int most = foregone == null ? 1 : FinishedDeliveries.MOST;
        long bytes = 0;
        try {
            while (waiting.size() < most && bytes < MOST_BYTES && reader.hasNext()) {
                Entry entry = reader.next().prefixed(reading.idPrefix());
                bytes += entry.raw() == null ? 0 : entry.raw().length;
                waiting.add(entry);
            }
        } catch (UncheckedIOException e) {
            fault = e;
        }
        if (foregone != null) {
            known = foregone.among(waiting, reading, known);
        }
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
