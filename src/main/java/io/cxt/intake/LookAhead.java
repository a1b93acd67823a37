package io.cxt.intake;

import io.cxt.intake.AlreadyDelivered.Found;
import io.cxt.ledger.Delivery;
import io.cxt.ledger.FinishedDeliveries;
import io.cxt.redaction.Redaction;
import io.cxt.transcript.Entry;
import io.cxt.transcript.EntryReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a source a little ahead, so that the ledger is asked about many transcripts at once. The events about one batch
 * may be on their way to the disk while the next batch is read, and no longer.
 */
final class LookAhead implements Closeable {
    /** Transcripts that are read ahead are in no byte budget yet. */
    private static final long MOST_BYTES = 512 * 1024;

    private final EntryReader reader;
    private final @Nullable AlreadyDelivered delivered; // null: one at a time, without asking
    private final Redaction redaction;
    private final SourceReading reading;
    private final Deque<Entry> waiting = new ArrayDeque<>();
    private Found known = Found.NONE;
    private @Nullable UncheckedIOException fault;
    private boolean cutOff;

    LookAhead(EntryReader reader, AlreadyDelivered delivered, Redaction redaction, SourceReading reading) {
        this.reader = reader;
        this.delivered = delivered.begun() ? delivered : null;
        this.redaction = redaction;
        this.reading = reading;
    }

    /** The next entry, which stays; null at the end. */
    @Nullable
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

    /** Stops reading: the given entry is the last. */
    void endWith(Entry last) {
        cutOff = true;
        waiting.clear();
        waiting.add(last);
    }

    Entry take() {
        return waiting.remove();
    }

    /** The deliveries of an entry that the routes need not see; null for all others. */
    @Nullable
    List<Delivery> known(Entry entry) {
        return known.deliveries().get(entry);
    }

    /** Entries that were read before a fault of the source are still handed on. */
    private void fill() {
        int most = delivered == null ? 1 : FinishedDeliveries.MOST;
        long bytes = 0;
        try {
            while (waiting.size() < most && bytes < MOST_BYTES && reader.hasNext()) {
                Entry entry = redaction.withIdLeft(reader.next()).prefixed(reading.idPrefix());
                bytes += entry.raw() == null ? 0 : entry.raw().length;
                waiting.add(entry);
            }
        } catch (UncheckedIOException e) {
            fault = e;
        }
        if (delivered != null) {
            known = delivered.among(waiting, reading, known);
        }
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
