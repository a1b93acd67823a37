package io.cxt.ledger;

import io.cxt.audit.AuditEvent;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.OperatorLog;
import io.cxt.db.Session;
import java.sql.SQLException;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** Files that were abandoned, and whose readings the ledger counts as undecided. */
public final class AbandonedSources {
    static final String OPEN = "SELECT id FROM intake WHERE door = 'file' AND source = ? AND closed_at IS NULL"
            + " AND undecided IS NOT NULL AND NOT EXISTS (SELECT 1 FROM delivery WHERE state = 'SENDING'"
            + " AND intake_id = intake.id)";

    private AbandonedSources() {}

    /**
     * Ends the readings of a file that is about to be removed: nobody will read it to its end. It is on record when this returns.
     * One of which a part is on its way stays as it is.
     */
    public static void removed(OperatorLog log, LedgerView view, String source) {
        for (String id : view.abandoned(source)) {
            log.changed(session -> end(session, id, source));
        }
    }

    private static @Nullable AuditEvent end(Session session, String id, String source) throws SQLException {
        long now = session.time(Clock.systemUTC()).toEpochMilli(); // that of the event
        int ended = session.update("UPDATE intake SET closed_at = ? WHERE id = ? AND closed_at IS NULL", now, id);
        return ended == 0
                ? null
                : AuditEvent.of(Type.INTAKE_FAILED)
                        .about(null, null, source)
                        .because(ReplayedIntake.REMOVED, ReplayedIntake.READING + id);
    }
}
