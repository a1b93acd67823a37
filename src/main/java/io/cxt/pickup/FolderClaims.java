package io.cxt.pickup;

import io.cxt.ledger.Doubts;
import io.cxt.ledger.Intakes;
import java.time.Duration;

/** Claims folders for a ledger. */
public record FolderClaims(FolderOwner us, Intakes intakes, Doubts doubts) {
    /** For tests, which do not wait so long. */
    static final String SILENCE_MS = "cxt.claim-silence-ms";

    /** A claim that has not begun. */
    public FolderClaim on(FolderMarker marker, Reachability contact) {
        Duration silence = Duration.ofMillis(Long.getLong(SILENCE_MS, FolderClaim.SILENCE.toMillis()));
        FolderDoubts here = FolderDoubts.of(doubts, contact.pickup());
        return new FolderClaim(marker, us, contact, here, () -> intakes.unfinished(contact.pickup()), silence);
    }
}
