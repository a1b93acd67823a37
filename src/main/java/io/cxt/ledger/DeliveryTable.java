package io.cxt.ledger;

import io.cxt.ledger.Delivery.Row;
import io.cxt.transcript.Part;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The table {@code delivery}: each change of a row, without the audit event that goes with it. Long because each of
 * them stands here as SQL.
 */
final class DeliveryTable {
    private static final String THIS_ROW = " WHERE target = ? AND interaction_id = ? AND part = ?";

    /** Still the claim of the call that was made here: nobody took it over when its lease had run out. */
    private static final String OUR_CALL = " AND owner = ? AND attempts = ? AND state = 'SENDING'";

    private static final String FINISH = "UPDATE delivery SET state = ?, calling = 0, doubted = ?, http_status = ?,"
            + " conversation_id = ?, reason = ?, finished_at = ?, latency_ms = ?" + THIS_ROW;

    private final Owner owner;
    private final boolean alone;
    private final Duration lease;
    private final Clock clock;

    /**
     * @param alone true when no other process can be at work on this ledger
     * @param lease how long a claim is left alone by other instances after the owner's last sign of life
     */
    DeliveryTable(Owner owner, boolean alone, Duration lease, Clock clock) {
        this.owner = owner;
        this.alone = alone;
        this.lease = lease;
        this.clock = clock;
    }

    private static final String SELECTED = "SELECT state, content_hash, intake_id, source_index, owner, lease_until,"
            + " calling, doubted, attempts, archived_at, fed_at, http_status, reason, conversation_id";
    private static final String SELECT = SELECTED + " FROM delivery" + THIS_ROW;

    private static Row row(ResultSet row) throws SQLException {
        return new Row(
                State.valueOf(row.getString(1)),
                row.getString(2),
                row.getString(3),
                row.getLong(4),
                row.getString(5),
                row.getLong(6),
                row.getInt(7) == 1,
                row.getInt(8) == 1,
                row.getInt(9),
                row.getObject(10) != null,
                row.getObject(11) != null,
                row.getObject(12) == null ? null : (Integer) row.getInt(12),
                row.getString(13),
                row.getString(14));
    }

    /** The row of a part; null when there is none. */
    Row find(Reader reader, Part part) {
        return reader.one(SELECT, DeliveryTable::row, part.target(), part.interactionId(), part.part());
    }

    /** Told a row, and which part it is of. */
    interface Told {
        void row(String interactionId, int part, Row row);
    }

    /**
     * Tells every part of some transcripts.
     *
     * @param most how many ids the statement takes, so that it is always the same one
     */
    void each(Reader reader, String target, Collection<String> interactionIds, int most, Told told) {
        String sql =
                SELECTED + ", interaction_id, part FROM delivery WHERE target = ? AND part > 0 AND interaction_id IN (?"
                        + ", ?".repeat(most - 1) + ")";
        List<Object> values = new ArrayList<>(most + 1);
        values.add(target);
        values.addAll(interactionIds);
        while (values.size() <= most) {
            values.add(values.get(1));
        }
        reader.list(
                sql,
                row -> {
                    told.row(row.getString(15), row.getInt(16), row(row));
                    return null;
                },
                values.toArray());
    }

    /** @return 0 when there was a row already */
    int insert(Session session, Part part, int number, State state, String reason) throws SQLException {
        long now = clock.millis();
        int calling = state == State.SENDING ? 1 : 0;
        return session.update(
                "INSERT INTO delivery (target, interaction_id, part, parts, state, content_hash, calling, doubted,"
                        + " attempts, reason, intake_id, source, source_index, source_line, messages, bytes, owner,"
                        + " lease_until, received_at, finished_at)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                        + " ON CONFLICT (target, interaction_id, part) DO NOTHING",
                part.target(),
                part.interactionId(),
                number,
                part.parts(),
                state.name(),
                part.hash(),
                calling,
                calling,
                reason,
                part.origin().intakeId(),
                part.origin().source(),
                part.origin().index(),
                part.origin().line(),
                part.messages(),
                part.payload().length,
                owner.name(),
                now + lease.toMillis(),
                now,
                state == State.SENDING ? null : (Long) now);
    }

    /** @return 0 when the row is not as it was when it was looked up */
    int claimAgain(Session session, Part part, boolean doubted, int attempt) throws SQLException {
        return session.update(
                "UPDATE delivery SET state = 'SENDING', calling = 1, parts = ?, content_hash = ?, doubted = ?,"
                        + " attempts = ?, intake_id = ?, source = ?, source_index = ?, source_line = ?, messages = ?,"
                        + " bytes = ?, owner = ?, lease_until = ?, finished_at = NULL, reason = NULL,"
                        + " archived_at = NULL, archived_in = NULL, fed_at = NULL"
                        + THIS_ROW + " AND state <> 'SENT' AND attempts = ?"
                        + " AND (state <> 'SENDING' OR substr(owner, 1, ?) = ? OR lease_until <= ?)",
                part.parts(),
                part.hash(),
                doubted ? 1 : 0,
                attempt,
                part.origin().intakeId(),
                part.origin().source(),
                part.origin().index(),
                part.origin().line(),
                part.messages(),
                part.payload().length,
                owner.name(),
                clock.millis() + lease.toMillis(),
                part.target(),
                part.interactionId(),
                part.part(),
                attempt - 1,
                owner.instance().length(),
                owner.instance(),
                alone ? Long.MAX_VALUE : clock.millis());
    }

    void forgetRefusal(Session session, Part part) throws SQLException {
        session.update(
                "DELETE FROM delivery" + THIS_ROW + " AND state = 'REJECTED'", part.target(), part.interactionId(), 0);
    }

    /** @return 0 when the claim is not, or no longer, that of the call that was made here */
    int finish(Session session, Delivery delivery, State state, AuditEvent event) throws SQLException {
        if (delivery.firstCallHere()) {
            return finishWithoutCall(session, delivery, state, event);
        }
        Part part = delivery.part();
        return session.update(
                FINISH + OUR_CALL,
                state.name(),
                delivery.doubted() ? 1 : 0,
                event.httpStatus(),
                event.conversationId(),
                event.reason(),
                clock.millis(),
                event.latencyMs(),
                part.target(),
                part.interactionId(),
                part.part(),
                owner.name(),
                delivery.attempts());
    }

    private int finishWithoutCall(Session session, Delivery delivery, State state, AuditEvent event)
            throws SQLException {
        Part part = delivery.part();
        return session.update(
                FINISH,
                state.name(),
                delivery.doubted() ? 1 : 0,
                event.httpStatus(),
                event.conversationId(),
                event.reason(),
                clock.millis(),
                event.latencyMs(),
                part.target(),
                part.interactionId(),
                part.part());
    }

    /** @return 0 when the claim is not, or no longer, that of the call that was made here */
    int attempted(Session session, Delivery delivery, AuditEvent event) throws SQLException {
        Part part = delivery.part();
        return session.update(
                "UPDATE delivery SET calling = 0, doubted = ?, http_status = ?, reason = ?" + THIS_ROW + OUR_CALL
                        + " AND calling = 1",
                delivery.doubted() ? 1 : 0,
                event.httpStatus(),
                event.reason(),
                part.target(),
                part.interactionId(),
                part.part(),
                owner.name(),
                delivery.attempts());
    }

    /** True when the outcome of the call that was made here is in the row already. */
    boolean has(Session session, Delivery delivery) throws SQLException {
        Part part = delivery.part();
        return session.one(
                        "SELECT 1 FROM delivery" + THIS_ROW + " AND owner = ? AND attempts = ? AND calling = 0",
                        row -> row.getInt(1),
                        part.target(),
                        part.interactionId(),
                        part.part(),
                        owner.name(),
                        delivery.attempts())
                != null;
    }

    /** @return 0 when the part is not claimed */
    int release(Session session, Delivery delivery, String reason) throws SQLException {
        Part part = delivery.part();
        return session.update(
                "UPDATE delivery SET state = ?, calling = 0, intake_id = NULL, reason = ?, finished_at = ?" + THIS_ROW
                        + OUR_CALL,
                (delivery.doubted() ? State.IN_DOUBT : State.FAILED).name(),
                reason,
                clock.millis(),
                part.target(),
                part.interactionId(),
                part.part(),
                owner.name(),
                delivery.attempts());
    }

    /** What is in doubt may be sent by whoever reads it next; the doubt stays with it. */
    static void openAgain(Session session, String interactionId) throws SQLException {
        session.update(
                "UPDATE delivery SET state = 'FAILED', doubted = 1, reason = 'REPLAYED', intake_id = NULL"
                        + " WHERE interaction_id = ? AND state = 'IN_DOUBT'",
                interactionId);
    }

    boolean refusedBefore(Session session, Part whole) throws SQLException {
        return session.one(
                        "SELECT 1 FROM delivery" + THIS_ROW + " AND intake_id = ? AND source_index = ?",
                        row -> row.getInt(1),
                        whole.target(),
                        whole.interactionId(),
                        0,
                        whole.origin().intakeId(),
                        whole.origin().index())
                != null;
    }

    void setAside(Session session, Part part, State state, String reason) throws SQLException {
        if (insert(session, part, 0, state, reason) == 0) {
            session.update(
                    "UPDATE delivery SET state = ?, content_hash = ?, reason = ?, intake_id = ?, source = ?,"
                            + " source_index = ?, source_line = ?, finished_at = ?" + THIS_ROW,
                    state.name(),
                    part.hash(),
                    reason,
                    part.origin().intakeId(),
                    part.origin().source(),
                    part.origin().index(),
                    part.origin().line(),
                    clock.millis(),
                    part.target(),
                    part.interactionId(),
                    0);
        }
    }

    int archived(Session session, Part part, String place) throws SQLException {
        return session.update(
                "UPDATE delivery SET archived_at = ?, archived_in = ?" + THIS_ROW,
                clock.millis(),
                place,
                part.target(),
                part.interactionId(),
                part.part());
    }

    int fed(Session session, String target, String interactionId, int part) throws SQLException {
        return session.update("UPDATE delivery SET fed_at = ?" + THIS_ROW, clock.millis(), target, interactionId, part);
    }

    int renewLeases(Session session) throws SQLException {
        return session.update(
                "UPDATE delivery SET lease_until = ? WHERE state = 'SENDING' AND owner = ?",
                clock.millis() + lease.toMillis(),
                owner.name());
    }
}
