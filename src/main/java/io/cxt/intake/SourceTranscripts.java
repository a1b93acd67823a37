package io.cxt.intake;

import io.cxt.db.LedgerException;
import io.cxt.files.HaltAt;
import io.cxt.intake.SourceReading.Outcome;
import io.cxt.ledger.CustomerKey;
import io.cxt.ledger.Delivery;
import io.cxt.ledger.Delivery.Standing;
import io.cxt.ledger.Letters;
import io.cxt.ledger.ReplayedLetter;
import io.cxt.redaction.Redaction;
import io.cxt.transcript.Entry;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.Finding;
import io.cxt.transcript.Origin;
import io.cxt.transcript.Reason;
import io.cxt.transcript.Transcript;
import io.cxt.transcript.TranscriptSettings;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The transcripts of a source, one at a time; ends early when the source has to stay. The splitter calls it from several
 * threads, one after the other.
 */
public final class SourceTranscripts implements Iterator<TranscriptInFlight>, Closeable {
    private final SourceReading reading;
    private final TranscriptSettings transcripts;
    private final ByteBudget budget;
    private final WaitingTranscripts waiting;
    private final Backlog backlog;
    private final CustomerKey customers;
    private final boolean idsChange;
    private final long maxRefusals;
    private final BooleanSupplier stopping;
    private final Consumer<Throwable> breakOff;
    private @Nullable LookAhead reader; // null: the source cannot be opened
    private boolean keptWhole;
    private long offset;

    /**
     * What all readings share.
     *
     * @param selections which transcripts are brought in, by the name of the pickup; all where there is none
     * @param maxRefusals rejected transcripts after which the rest of a source is not read
     */
    public record Needs(
            TranscriptSettings transcripts,
            ByteBudget budget,
            WaitingTranscripts waiting,
            Backlog backlog,
            AlreadyDelivered delivered,
            IdPrefixes prefixes,
            Letters letters,
            Map<String, Selection> selections,
            Redaction redaction,
            CustomerKey customers,
            long maxRefusals) {}

    SourceTranscripts(SourceReading reading, Needs needs, BooleanSupplier stopping, Consumer<Throwable> breakOff) {
        this.reading = reading;
        this.transcripts = needs.transcripts();
        this.budget = needs.budget();
        this.waiting = needs.waiting();
        this.backlog = needs.backlog();
        this.customers = needs.customers();
        this.idsChange = needs.redaction().changesIds();
        this.maxRefusals = needs.maxRefusals();
        this.stopping = stopping;
        this.breakOff = breakOff;
        try {
            ReplayedLetter letter = replayed(reading.source(), needs.letters());
            EntryReader entries = reading.source().open(letter, transcripts.options());
            reading.replays(letter);
            reading.prefixIds(letter == null ? needs.prefixes().of(reading.pickup()) : letter.idPrefix());
            reader = new LookAhead(selected(entries, letter), needs.delivered(), needs.redaction(), reading);
        } catch (IOException | LedgerException | Error e) {
            breakOff.accept(e);
        }
    }

    /** A dead letter is brought in whatever is selected: a person ordered it. */
    private EntryReader selected(EntryReader entries, @Nullable ReplayedLetter letter) {
        if (letter != null) {
            reading.select(Selection.ALL);
        }
        return reading.selection().all()
                ? entries
                : new SelectedEntries(entries, reading.selection(), entry -> {
                    reading.notSelected(entry);
                    return goesOn() && !reading.source().endsEarly();
                });
    }

    /** The dead letter that a source is; null when it is none. */
    private static @Nullable ReplayedLetter replayed(Source source, Letters letters) throws IOException {
        if (source.letter() != null) {
            return source.letter();
        }
        String hash = source.name().startsWith(IdPrefixes.REPLAY) ? source.contentHash() : null;
        return hash == null
                ? null
                : letters.replayed(source.name(), hash, source.name().startsWith(IdPrefixes.REPLAY_IN_DOUBT));
    }

    @Override
    public boolean hasNext() {
        try {
            while (reader != null && goesOn() && !reading.source().endsEarly()) {
                Entry entry = reader.peek();
                if (entry == null) {
                    reading.reachedEnd();
                    return false;
                }
                List<Delivery> known = reader.known(entry);
                if (known == null) {
                    if (reading.tally().refusals() >= maxRefusals && !endsSource(entry)) {
                        reader.endWith(tooManyRejected(entry));
                    }
                    return true;
                }
                skip(reader.take(), known);
            }
        } catch (UncheckedIOException e) {
            breakOff.accept(e.getCause());
        } catch (LedgerException | Error e) { // after an Error the splitter would wait forever
            breakOff.accept(e);
        }
        return false;
    }

    /** Reported in place of the first entry that is not read. */
    private Entry tooManyRejected(Entry unread) {
        String message =
                "%s of its transcripts were rejected, and pickup.max-refusals = %s; nothing was read from line %s on"
                        .formatted(reading.tally().refusals(), maxRefusals, unread.line());
        List<Finding> finding = List.of(new Finding(Reason.SOURCE_REFUSALS, unread.line(), "", message));
        return new Entry(unread.index(), unread.line(), null, null, finding, List.of(), unread.offset());
    }

    /**
     * What is wrong with the source itself, and the first that cannot be kept alone, is kept with all of the source, where
     * nobody else keeps that. A dead letter of one transcript is refused as that transcript, and stays a letter.
     */
    private Entry whole(Entry entry) {
        boolean stays = endsSource(entry)
                ? entry.raw() != null && reading.before(entry) != null
                : entry.raw() != null || entry.readable() || keptWhole;
        if (stays) {
            return entry;
        }
        keptWhole = true;
        byte[] whole = reading.source().whole();
        return new Entry(entry.index(), entry.line(), whole, null, entry.findings(), entry.notes(), entry.offset());
    }

    private static boolean endsSource(Entry entry) {
        return !entry.readable() && entry.findings().get(0).rule().endsSource();
    }

    private boolean goesOn() {
        if (stopping.getAsBoolean()) {
            reading.breakOff(Intake.STOPPING);
        }
        if (reading.source().othersHaveIt()) {
            reading.holdUp(SourceOpener.OTHER_LEDGER);
        }
        String by = reading.source().interruptedBy();
        if (by != null) {
            reading.holdUp(by);
        }
        return reading.goesOn();
    }

    /** Counts a transcript that CXone has already. */
    private void skip(Entry entry, List<Delivery> known) {
        TranscriptInFlight transcript = begun(entry, arranged(entry), ByteBudget.Share.NONE);
        transcript.cut(known.size());
        for (Delivery delivery : known) {
            boolean here = delivery.standing() == Standing.SENT_EARLIER;
            transcript.sent(here ? Outcome.SENT : Outcome.DUPLICATE, delivery.conversationId());
        }
        transcript.routeEnded();
    }

    @Override
    public TranscriptInFlight next() {
        if (reader == null) {
            throw new NoSuchElementException();
        }
        Entry entry = whole(reader.take());
        Transcript content = arranged(entry);
        long bytes = entry.raw() == null ? 0 : entry.raw().length;
        ByteBudget.Share share = budget.share(bytes);
        try {
            share.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            reading.breakOff(Intake.STOPPING);
        }
        return begun(entry, content, share);
    }

    private TranscriptInFlight begun(Entry entry, @Nullable Transcript content, ByteBudget.Share share) {
        HaltAt.reached("split");
        reading.notes().add(entry.notes());
        try {
            reading.source().awaitPlace();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            reading.breakOff(Intake.STOPPING);
        }
        backlog.advanced(reading, entry.offset() - offset);
        offset = entry.offset();
        TranscriptInFlight transcript = new TranscriptInFlight(reading, origin(entry), entry, content, share, waiting);
        reading.begin(transcript);
        if (endsSource(entry) && entry.raw() == null) {
            Finding bound = entry.findings().get(0);
            reading.exceeds(bound.rule().id() + ": " + bound.message());
        }
        return transcript;
    }

    /** A policy may have changed the customer's id in a dead letter, which is known from before. */
    private Origin origin(Entry entry) {
        ReplayedLetter letter = idsChange ? reading.before(entry) : null;
        String before = letter == null ? null : letter.customer();
        return reading.origin(entry).of(before == null ? customers.of(entry.customerId()) : before);
    }

    private @Nullable Transcript arranged(Entry entry) {
        return entry.readable() ? transcripts.arrange(entry.transcript()) : null;
    }

    @Override
    public void close() throws IOException {
        if (reader != null) {
            reader.close();
        }
    }
}
