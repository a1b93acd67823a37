package io.cxt.intake;

import io.cxt.db.LedgerException;
import io.cxt.files.HaltAt;
import io.cxt.intake.SourceReading.Outcome;
import io.cxt.ledger.Delivery;
import io.cxt.ledger.Delivery.Standing;
import io.cxt.ledger.Intakes;
import io.cxt.transcript.Entry;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.Finding;
import io.cxt.transcript.Reason;
import io.cxt.transcript.Transcript;
import io.cxt.transcript.TranscriptSettings;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The transcripts of a source, one at a time; ends early when the source has to stay. Used by several threads in turn,
 * as the splitter does.
 */
public final class SourceTranscripts implements Iterator<TranscriptInFlight>, Closeable {
    private final SourceReading reading;
    private final TranscriptSettings transcripts;
    private final ByteBudget budget;
    private final Backlog backlog;
    private final long maxRefusals;
    private final BooleanSupplier stopping;
    private final Consumer<Throwable> breakOff;
    private LookAhead reader;
    private long offset;

    /**
     * What every reading needs.
     *
     * @param maxRefusals so many of one source are refused before it ends
     */
    public record Needs(
            TranscriptSettings transcripts,
            ByteBudget budget,
            Backlog backlog,
            AlreadyDelivered foregone,
            IdPrefixes prefixes,
            Intakes intakes,
            long maxRefusals) {}

    SourceTranscripts(SourceReading reading, Needs needs, BooleanSupplier stopping, Consumer<Throwable> breakOff) {
        this.reading = reading;
        this.transcripts = needs.transcripts();
        this.budget = needs.budget();
        this.backlog = needs.backlog();
        this.maxRefusals = needs.maxRefusals();
        this.stopping = stopping;
        this.breakOff = breakOff;
        try {
            EntryReader entries = reading.source().open(transcripts.options());
            reading.prefixIds(needs.prefixes().of(reading.source(), needs.intakes()));
            reader = new LookAhead(entries, needs.foregone(), reading);
        } catch (IOException | LedgerException | Error e) {
            breakOff.accept(e);
        }
    }

    @Override
    public boolean hasNext() {
        try {
            while (goesOn()) {
                Entry entry = reader.peek();
                List<Delivery> known = entry == null ? null : reader.known(entry);
                if (known == null) {
                    if (entry != null && reading.tally().refusals() >= maxRefusals && !endsSource(entry)) {
                        reader.endWith(tooManyRefused(entry));
                    }
                    return entry != null;
                }
                passOver(reader.take(), known);
            }
        } catch (UncheckedIOException e) {
            breakOff.accept(e.getCause());
        } catch (LedgerException | Error e) { // the splitter would wait for good after an Error
            breakOff.accept(e);
        }
        return false;
    }

    /** Told in the place of the first that is not read. */
    private Entry tooManyRefused(Entry unread) {
        String message =
                "%s of its transcripts were refused, and pickup.max-refusals = %s; nothing was read from line %s on"
                        .formatted(reading.tally().refusals(), maxRefusals, unread.line());
        List<Finding> finding = List.of(new Finding(Reason.SOURCE_REFUSALS, unread.line(), "", message));
        return new Entry(
                unread.index(), unread.line(), reading.source().whole(), null, finding, List.of(), unread.offset());
    }

    private static boolean endsSource(Entry entry) {
        return !entry.readable() && entry.findings().get(0).rule().endsSource();
    }

    private boolean goesOn() {
        if (stopping.getAsBoolean()) {
            reading.breakOff(Intake.STOPPING);
        }
        if (reading.source().othersHaveIt()) {
            reading.holdUp(SourceStaysException.OTHER_LEDGER);
        }
        return reader != null && reading.brokenOff() == null;
    }

    /** Counts a transcript that CXone has, and is done with it. */
    private void passOver(Entry entry, List<Delivery> known) {
        TranscriptInFlight passage = begun(entry, arranged(entry), () -> {});
        passage.cut(known.size());
        for (Delivery delivery : known) {
            boolean here = delivery.standing() == Standing.SENT_EARLIER;
            passage.sent(here ? Outcome.SENT : Outcome.DUPLICATE, delivery.conversationId());
        }
        passage.wayIsOver();
    }

    @Override
    public TranscriptInFlight next() {
        if (reader == null) {
            throw new NoSuchElementException();
        }
        Entry entry = reader.take();
        Transcript transcript = arranged(entry);
        long bytes = entry.raw() == null ? 0 : entry.raw().length;
        try {
            budget.take(bytes);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            reading.breakOff(Intake.STOPPING);
            return begun(entry, transcript, () -> {});
        }
        return begun(entry, transcript, () -> budget.giveBack(bytes));
    }

    private TranscriptInFlight begun(Entry entry, Transcript transcript, Runnable whenOver) {
        HaltAt.reached("split");
        backlog.advanced(reading, entry.offset() - offset);
        offset = entry.offset();
        TranscriptInFlight passage = new TranscriptInFlight(reading, entry, transcript, whenOver);
        reading.begin(passage);
        if (endsSource(entry) && entry.raw() == null) {
            Finding bound = entry.findings().get(0);
            reading.endUnread(bound.rule().id() + ": " + bound.message());
        }
        return passage;
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
