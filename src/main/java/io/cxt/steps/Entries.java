package io.cxt.steps;

import io.cxt.settings.HaltAt;
import io.cxt.transcript.Entry;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.Transcript;
import io.cxt.transcript.TranscriptSettings;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The transcripts of a source, one at a time; ends early when the source has to stay. Used by several threads in turn,
 * as the splitter does.
 */
final class Entries implements Iterator<Passage>, Closeable {
    private final Reading reading;
    private final TranscriptSettings transcripts;
    private final ByteBudget budget;
    private final Backlog backlog;
    private final BooleanSupplier stopping;
    private final Consumer<IOException> breakOff;
    private EntryReader reader;
    private long offset;

    Entries(
            Reading reading,
            TranscriptSettings transcripts,
            ByteBudget budget,
            Backlog backlog,
            BooleanSupplier stopping,
            Consumer<IOException> breakOff) {
        this.reading = reading;
        this.transcripts = transcripts;
        this.budget = budget;
        this.backlog = backlog;
        this.stopping = stopping;
        this.breakOff = breakOff;
        try {
            reader = reading.source().open(transcripts.options());
        } catch (IOException e) {
            breakOff.accept(e);
        }
    }

    @Override
    public boolean hasNext() {
        if (stopping.getAsBoolean()) {
            reading.breakOff(Intake.STOPPING);
        }
        if (reader == null || reading.brokenOff() != null) {
            return false;
        }
        try {
            return reader.hasNext();
        } catch (UncheckedIOException e) {
            breakOff.accept(e.getCause());
            return false;
        }
    }

    @Override
    public Passage next() {
        if (reader == null) {
            throw new NoSuchElementException();
        }
        Entry entry = reader.next();
        HaltAt.reached("split");
        long bytes = entry.raw() == null ? 0 : entry.raw().length;
        try {
            budget.take(bytes);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            reading.breakOff(Intake.STOPPING);
        }
        backlog.advanced(reading, entry.offset() - offset);
        offset = entry.offset();
        reading.begin();
        return new Passage(reading, entry, arranged(entry), () -> budget.giveBack(bytes));
    }

    private Transcript arranged(Entry entry) {
        return entry.readable() ? transcripts.arrange(entry.transcript()) : null;
    }

    @Override
    public void close() throws IOException {
        if (reader != null) {
            reader.close();
        }
    }
}
