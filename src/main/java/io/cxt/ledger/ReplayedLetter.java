package io.cxt.ledger;

import org.jspecify.annotations.Nullable;

/**
 * A dead letter that is in the inbox again.
 *
 * @param idPrefix what goes before the id that it has
 * @param id of the letter; null when the ledger had no row of it
 * @param interactionId of the transcript that it holds; null when it holds something else
 * @param source where it came from first; likewise null
 * @param customer whose chat it holds, as a keyed hash; null when not known
 * @param unknownDoubt true when the letter says that CXone may have it, and the ledger does not know that
 */
public record ReplayedLetter(
        String idPrefix,
        @Nullable String id,
        @Nullable String interactionId,
        @Nullable String source,
        long index,
        long line,
        @Nullable String customer,
        boolean unknownDoubt) {

    /** The source that the letter may hold a chat of as it came; null when it holds a transcript. */
    public @Nullable String cameIn() {
        return interactionId == null ? source : null;
    }
}
