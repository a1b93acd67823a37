package io.cxt.ledger;

import io.cxt.db.LedgerReader;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/** Reads what is known of dead letters. {@link Letters} keeps it. */
public final class LedgerLetters {
    private final LedgerReader reader;

    LedgerLetters(LedgerReader reader) {
        this.reader = reader;
    }

    /** Passes on the dead letters that match, the oldest first. */
    public void each(LetterQuery query, Consumer<RecordedLetter> consumer) {
        query.each(reader, consumer);
    }

    /** The id of the newest letter; empty when there is none. */
    public String newest() {
        return reader.one("SELECT max(id) FROM letter", row -> row.getString(1)).orElse("");
    }

    /** Passes on the letters that a redrive would have, the oldest first. */
    public void redrivable(LetterQuery query, String upTo, Consumer<RecordedLetter> consumer) {
        query.redrivable(reader, upTo, consumer);
    }

    /** How many dead letters an instance has on record. */
    public long count(String instance) {
        return reader.number("SELECT count(*) FROM letter WHERE state = 'OPEN' AND instance = ?", instance);
    }

    /**
     * Open dead letters of an instance that were set aside before a time, in no open job, by id; some at a time.
     *
     * @param after the id behind which they are
     */
    public List<RecordedLetter> pastTime(String instance, Instant before, String after) {
        return LettersPastTime.of(reader, instance, before, after);
    }

    /** The dead letters of an interaction, or of a transcript without an id by its position, those with them that are none any more. */
    public List<RecordedLetter> of(String interactionId) {
        return Erasures.letters(reader, interactionId);
    }
}
