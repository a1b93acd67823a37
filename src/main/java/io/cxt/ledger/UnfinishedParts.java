package io.cxt.ledger;

import io.cxt.audit.AuditChain;
import io.cxt.audit.AuditEvent;
import io.cxt.audit.RecordedEvent;
import io.cxt.db.Session;
import io.cxt.transcript.Reason;
import java.sql.SQLException;
import java.util.List;

/**
 * Parts that were in flight when the reading of their source was interrupted, and that the source no longer contains.
 * They are decided as what they are: not sent, or in doubt.
 */
final class UnfinishedParts {
    /** Why such a part is not sent, or stays in doubt: its source has other content now, or is gone. */
    static final String SOURCE_CHANGED = Reason.SOURCE_CHANGED.id();

    private static final String UNFINISHED =
            " WHERE intake_id = ? AND (state = 'SENDING' OR state IN ('FAILED', 'IN_DOUBT') AND reason = '"
                    + DeliveryTable.RELEASED + "')";

    private UnfinishedParts() {}

    /**
     * Decides those of a reading, with their audit events.
     *
     * @param now in milliseconds since 1970
     * @return their interaction ids
     */
    static List<String> decide(Session session, AuditChain chain, String intakeId, long now) throws SQLException {
        List<AuditEvent> events = session.list(
                "SELECT interaction_id, part, CASE WHEN calling = 1 OR doubted = 1 THEN 'IN_DOUBT' ELSE 'FAILED' END,"
                        + " attempts, content_hash, source, source_index, target FROM delivery" + UNFINISHED,
                row -> new AuditEvent(
                        row.getString(3),
                        row.getString(1),
                        row.getInt(2),
                        row.getString(6) + "#" + row.getLong(7),
                        "cxt",
                        null,
                        row.getInt(4),
                        null,
                        row.getString(5),
                        SOURCE_CHANGED,
                        null,
                        "its source does not hold it any more %s=%s".formatted(RecordedEvent.TARGET, row.getString(8))),
                intakeId);
        if (!events.isEmpty()) {
            session.update(
                    "UPDATE delivery SET state = CASE WHEN calling = 1 OR doubted = 1 THEN 'IN_DOUBT' ELSE 'FAILED' END,"
                            + " doubted = CASE WHEN calling = 1 THEN 1 ELSE doubted END, calling = 0, reason = ?,"
                            + " finished_at = ?" + UNFINISHED,
                    SOURCE_CHANGED,
                    now,
                    intakeId);
        }
        for (AuditEvent event : events) {
            chain.append(session, event);
        }
        return events.stream().map(AuditEvent::interactionId).distinct().toList();
    }
}
