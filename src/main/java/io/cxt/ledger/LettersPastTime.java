package io.cxt.ledger;

import io.cxt.audit.AuditEvent;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.OperatorLog;
import io.cxt.audit.OperatorLog.Telling;
import io.cxt.db.LedgerReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Dead letters that were kept for as long as a property says. */
public final class LettersPastTime {
    private static final String OPEN =
            " WHERE instance = ? AND state = 'OPEN' AND decided_at < ? AND id > ?" + LetterQuery.IN_NO_JOB;

    private LettersPastTime() {}

    /** By id, those behind one; at most {@link Letters#MOST_NAMES}. */
    static List<RecordedLetter> of(LedgerReader reader, String instance, Instant before, String after) {
        return reader.list(
                "SELECT " + RecordedLetter.COLUMNS + " FROM letter" + OPEN + " ORDER BY id LIMIT " + Letters.MOST_NAMES,
                RecordedLetter::read,
                instance,
                before.toEpochMilli(),
                after);
    }

    /**
     * Records that they are no letters any more; their files are removed after that.
     *
     * @return without those that somebody replays now, or has removed
     */
    public static List<RecordedLetter> gone(OperatorLog log, List<RecordedLetter> letters) {
        List<RecordedLetter> gone = new ArrayList<>();
        List<Telling> changes = new ArrayList<>();
        for (RecordedLetter letter : letters) {
            changes.add(session -> {
                String update = "UPDATE letter SET state = 'GONE' WHERE id = ? AND state = 'OPEN'";
                if (session.update(update + LetterQuery.IN_NO_JOB, letter.id()) == 0) {
                    return null;
                }
                gone.add(letter);
                return AuditEvent.of(Type.PRUNED)
                        .about(letter.interactionId(), null, letter.name())
                        .because("dead-letters", "%s %s".formatted(letter.outcome(), letter.reason()));
            });
        }
        log.changed(changes);
        return gone;
    }
}
