package io.cxt.ledger;

import io.cxt.db.LedgerReader;
import java.util.List;
import java.util.function.Consumer;

/** Where in the archive parts were that are erased: a file from a backup brings them back to the same place. */
public final class ErasedCopies {
    private static final String GONE = " archived_at IS NULL AND archived_in IS NOT NULL AND state = 'SENT'";

    private final LedgerReader reader;

    ErasedCopies(LedgerReader reader) {
        this.reader = reader;
    }

    /** Those of an interaction. */
    public List<ArchivedPart> of(String interactionId) {
        return reader.list(
                LedgerView.EACH_TARGET + "SELECT " + ArchivedPart.COLUMNS
                        + " FROM targets JOIN delivery ON delivery.target = targets.target AND interaction_id = ? WHERE"
                        + GONE,
                ArchivedPart::read,
                interactionId);
    }

    /** Passes on all of them, grouped by file. */
    public void each(Consumer<ArchivedPart> consumer) {
        reader.each(
                "SELECT " + ArchivedPart.COLUMNS + " FROM delivery WHERE" + GONE
                        + " ORDER BY length(archived_in), archived_in",
                ArchivedPart::read,
                consumer);
    }
}
