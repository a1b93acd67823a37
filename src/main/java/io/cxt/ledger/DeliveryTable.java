package io.cxt.ledger;

import io.cxt.audit.AuditChain;
import io.cxt.audit.AuditEvent;
import io.cxt.db.ClaimLease;
import io.cxt.db.LedgerReader;
import io.cxt.db.Owner;
import io.cxt.db.Session;
import io.cxt.ledger.Delivery.Row;
import io.cxt.transcript.Part;
import io.cxt.transcript.Reason;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;

/**
 * The table {@code delivery}: each change of a row, without the audit event that goes with it. Long because each of
 * them stands here as SQL.
 */
final class DeliveryTable {
    /** Why a claim was given back: no call could be made. */
    static final String RELEASED = Reason.LANE_CLOSED.id();

    /** Why a part that was in hand is not sent, or is in doubt for good: its source holds something else, or is gone. */
    static final String SOURCE_CHANGED = Reason.SOURCE_CHANGED.id();

    private static final String THIS_ROW = " WHERE target = ? AND interaction_id = ? AND part = ?";

    /** Still the claim of the call that was made here: nobody took it over when its lease had run out. */
    private static final String OUR_CALL = " AND owner = ? AND attempts = ? AND state = 'SENDING'";

    /** Still as it was looked up, or as the last claim here left it; a claim of others only while its lease is over. */
    private static final String AS_KNOWN = THIS_ROW + " AND state <> 'SENT' AND state = ? AND owner = ?"
            + " AND attempts = ? AND (state <> 'SENDING' OR substr(owner, 1, ?) = ? OR lease_until <= ?)";

    private static final String OUTCOME = " calling = 0, http_status = ?, conversation_id = ?, reason = ?,"
            + " finished_at = ?, latency_ms = ?, doubted =";

    private final Owner owner;
    private final boolean alone;
    private final ClaimLease lease;
    private final Clock clock;

    /**
     * @param alone true when no other process can be at work on this ledger
     * @param lease how long a claim is left alone by other instances after the owner's last sign of life
     */
    DeliveryTable(Owner owner, boolean alone, Duration lease, Clock clock) {
        this.owner = owner;
        this.alone = alone;
        this.lease = new ClaimLease(lease, clock);
        this.clock = clock;
    }

    ClaimLease lease() {
        return lease;
    }

    /** True when no other process can be at work on this ledger. */
    boolean alone() {
        return alone;
    }

    private static final String SELECTED = "SELECT state, content_hash, intake_id, source_index, owner, lease_until,"
            + " calling, doubted, attempts, archived_at, fed_at, http_status, reason, conversation_id,"
            + " CASE WHEN parts = 1 THEN content_hash ELSE transcript_hash END, messages, parts";
    private static final String SELECT = SELECTED + " FROM delivery" + THIS_ROW;

    private static Row row(ResultSet row) throws SQLException {
        return new Row(
                DeliveryState.valueOf(row.getString(1)),
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
                row.getString(14),
                row.getString(15),
                new Part.Begun(row.getInt(16), row.getInt(17)));
    }

    /** The row of a part; null when there is none. */
    Row find(LedgerReader reader, Part part) {
        return reader.one(SELECT, DeliveryTable::row, part.target(), part.interactionId(), part.part());
    }

    /** The rows of a transcript's parts, from the first on. */
    List<Row> parts(LedgerReader reader, String target, String interactionId) {
        return reader.list(
                SELECTED + " FROM delivery WHERE target = ? AND interaction_id = ? AND part > 0 ORDER BY part",
                DeliveryTable::row,
                target,
                interactionId);
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
    void each(LedgerReader reader, String target, Collection<String> interactionIds, int most, Told told) {
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
                    told.row(row.getString(18), row.getInt(19), row(row));
                    return null;
                },
                values.toArray());
    }

    /** Sixteen hex digits that stand for what a claim, or a refusal, writes into the row and its event does not name. */
    String facts(Part part) {
        return facts(
                part.target(),
                part.origin().intakeId(),
                part.origin().line(),
                part.parts(),
                part.messages(),
                part.payload().length,
                transcriptHash(part),
                owner.name());
    }

    static String facts(Object... values) {
        MessageDigest digest = AuditChain.sha256();
        for (Object value : values) {
            digest.update((Session.storable(value) + "\0").getBytes(StandardCharsets.UTF_8));
        }
        return HexFormat.of().formatHex(digest.digest(), 0, 8);
    }

    /** @return 0 when there was a row already */
    int insert(Session session, Part part, int number, DeliveryState state, String reason, boolean doubted)
            throws SQLException {
        long now = now(session);
        int calling = state == DeliveryState.SENDING ? 1 : 0;
        return session.update(
                "INSERT INTO delivery (target, interaction_id, part, parts, state, content_hash, transcript_hash,"
                        + " calling, doubted, attempts, reason, intake_id, source, source_index, source_line, messages,"
                        + " bytes, owner, lease_until, received_at, finished_at)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                        + " ON CONFLICT (target, interaction_id, part) DO NOTHING",
                part.target(),
                part.interactionId(),
                number,
                part.parts(),
                state.name(),
                part.hash(),
                transcriptHash(part),
                calling,
                doubted ? 1 : 0,
                calling,
                reason,
                part.origin().intakeId(),
                part.origin().source(),
                part.origin().index(),
                part.origin().line(),
                part.messages(),
                part.payload().length,
                owner.name(),
                lease.until(),
                now,
                state == DeliveryState.SENDING ? null : (Long) now);
    }

    /** @return 0 when the row is not as it was when it was looked up */
    int claimAgain(Session session, Delivery delivery) throws SQLException {
        Part part = delivery.part();
        return session.update(
                "UPDATE delivery SET state = 'SENDING', calling = 1, parts = ?, content_hash = ?, transcript_hash = ?,"
                        + " doubted = ?, attempts = ?, intake_id = ?, source = ?, source_index = ?, source_line = ?, messages = ?,"
                        + " bytes = ?, owner = ?, lease_until = ?, finished_at = NULL, reason = NULL,"
                        + " archived_at = NULL, archived_in = NULL, fed_at = NULL" + AS_KNOWN,
                asKnown(
                        delivery,
                        part.parts(),
                        part.hash(),
                        transcriptHash(part),
                        delivery.doubted() ? 1 : 0,
                        delivery.attempts() + 1,
                        part.origin().intakeId(),
                        part.origin().source(),
                        part.origin().index(),
                        part.origin().line(),
                        part.messages(),
                        part.payload().length,
                        owner.name(),
                        lease.until()));
    }

    private long now(Session session) {
        return session.time(clock).toEpochMilli();
    }

    /** What the row does not say already. */
    private static String transcriptHash(Part part) {
        return part.parts() == 1 ? null : part.transcriptHash();
    }

    /** Some values, and behind them those of {@link #AS_KNOWN}. */
    private Object[] asKnown(Delivery delivery, Object... first) {
        Part part = delivery.part();
        boolean ours = !delivery.firstCallHere();
        List<Object> values = new ArrayList<>(Arrays.asList(first));
        values.addAll(Arrays.asList(
                part.target(),
                part.interactionId(),
                part.part(),
                (ours ? DeliveryState.SENDING : delivery.state()).name(),
                ours ? owner.name() : delivery.owner(),
                delivery.attempts(),
                owner.instance().length(),
                owner.instance(),
                alone ? Long.MAX_VALUE : clock.millis()));
        return values.toArray();
    }

    void forgetRefusal(Session session, Part part) throws SQLException {
        session.update(
                "DELETE FROM delivery" + THIS_ROW + " AND state IN ('REJECTED', 'EXCLUDED')",
                part.target(),
                part.interactionId(),
                0);
    }

    /** @return 0 when the row is not, or no longer, as it was looked up or claimed here */
    int finish(Session session, Delivery delivery, DeliveryState state, AuditEvent event) throws SQLException {
        return session.update(
                "UPDATE delivery SET state = ?," + OUTCOME + " ?" + AS_KNOWN,
                asKnown(
                        delivery,
                        state.name(),
                        event.httpStatus(),
                        event.conversationId(),
                        event.reason(),
                        now(session),
                        event.latencyMs(),
                        delivery.doubted() ? 1 : 0));
    }

    /**
     * A yes to a call that was made here, whatever others have made of the row since; in doubt only when they have
     * called too.
     *
     * @return 0 when it holds other content by now, or a yes
     */
    int sentAfterAll(Session session, Delivery delivery, AuditEvent event) throws SQLException {
        Part part = delivery.part();
        return session.update(
                "UPDATE delivery SET state = 'SENT'," + OUTCOME + " CASE WHEN attempts = ? THEN ? ELSE 1 END" + THIS_ROW
                        + " AND content_hash = ? AND state <> 'SENT'",
                event.httpStatus(),
                event.conversationId(),
                event.reason(),
                now(session),
                event.latencyMs(),
                delivery.attempts(),
                delivery.doubted() ? 1 : 0,
                part.target(),
                part.interactionId(),
                part.part(),
                part.hash());
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

    /** @return 0 when the part is not claimed */
    int release(Session session, Delivery delivery) throws SQLException {
        Part part = delivery.part();
        return session.update(
                "UPDATE delivery SET state = ?, calling = 0, reason = ?, finished_at = ?" + THIS_ROW + OUR_CALL,
                (delivery.doubted() ? DeliveryState.IN_DOUBT : DeliveryState.FAILED).name(),
                RELEASED,
                now(session),
                part.target(),
                part.interactionId(),
                part.part(),
                owner.name(),
                delivery.attempts());
    }

    /** A part that was in hand when the reading of its source was cut off. */
    record Left(String interactionId, int part, DeliveryState state, int attempts, String hash, String position) {
        AuditEvent event() {
            String why = "its source does not hold it any more";
            return new AuditEvent(
                    state.name(),
                    interactionId,
                    part,
                    position,
                    "cxt",
                    null,
                    attempts,
                    null,
                    hash,
                    SOURCE_CHANGED,
                    null,
                    why);
        }
    }

    private static final String IN_HAND =
            " WHERE intake_id = ? AND (state = 'SENDING' OR state IN ('FAILED', 'IN_DOUBT') AND reason = '" + RELEASED
                    + "')";

    /**
     * The parts that a reading had in hand and its source does not hold any more are decided as what they are: not
     * sent, or in doubt.
     */
    static List<Left> leave(Session session, String intakeId, long now) throws SQLException {
        List<Left> left = session.list(
                "SELECT interaction_id, part, CASE WHEN calling = 1 OR doubted = 1 THEN 'IN_DOUBT' ELSE 'FAILED' END,"
                        + " attempts, content_hash, source, source_index FROM delivery" + IN_HAND,
                row -> new Left(
                        row.getString(1),
                        row.getInt(2),
                        DeliveryState.valueOf(row.getString(3)),
                        row.getInt(4),
                        row.getString(5),
                        row.getString(6) + "#" + row.getLong(7)),
                intakeId);
        if (!left.isEmpty()) {
            session.update(
                    "UPDATE delivery SET state = CASE WHEN calling = 1 OR doubted = 1 THEN 'IN_DOUBT' ELSE 'FAILED' END,"
                            + " doubted = CASE WHEN calling = 1 THEN 1 ELSE doubted END, calling = 0, reason = ?,"
                            + " finished_at = ?" + IN_HAND,
                    SOURCE_CHANGED,
                    now,
                    intakeId);
        }
        return left;
    }

    /** True when this very reading has come to this before. */
    boolean hasWhole(Session session, Part whole, DeliveryState state) throws SQLException {
        return session.one(
                        "SELECT 1 FROM delivery" + THIS_ROW + " AND intake_id = ? AND source_index = ? AND state = ?",
                        row -> row.getInt(1),
                        whole.target(),
                        whole.interactionId(),
                        0,
                        whole.origin().intakeId(),
                        whole.origin().index(),
                        state.name())
                != null;
    }

    /** @return false when a conflict stands there that nobody has decided: only another one takes its place */
    boolean setAside(Session session, Part part, DeliveryState state, String reason) throws SQLException {
        return insert(session, part, 0, state, reason, false) > 0
                || session.update(
                                "UPDATE delivery SET state = ?, content_hash = ?, transcript_hash = ?, parts = ?, messages = ?,"
                                        + " bytes = ?, owner = ?, reason = ?, intake_id = ?, source = ?, source_index = ?,"
                                        + " source_line = ?, finished_at = ?" + THIS_ROW
                                        + " AND (state <> 'CONFLICT' OR ? = 'CONFLICT')",
                                state.name(),
                                part.hash(),
                                transcriptHash(part),
                                part.parts(),
                                part.messages(),
                                part.payload().length,
                                owner.name(),
                                reason,
                                part.origin().intakeId(),
                                part.origin().source(),
                                part.origin().index(),
                                part.origin().line(),
                                now(session),
                                part.target(),
                                part.interactionId(),
                                0,
                                state.name())
                        > 0;
    }

    int archived(Session session, Part part, String place) throws SQLException {
        return session.update(
                "UPDATE delivery SET archived_at = ?, archived_in = ?" + THIS_ROW + " AND content_hash = ?",
                clock.millis(),
                place,
                part.target(),
                part.interactionId(),
                part.part(),
                part.hash());
    }

    int fed(Session session, Part part) throws SQLException {
        return session.update(
                "UPDATE delivery SET fed_at = ?" + THIS_ROW + " AND content_hash = ?",
                clock.millis(),
                part.target(),
                part.interactionId(),
                part.part(),
                part.hash());
    }

    int refusalFed(Session session, String target, String interactionId) throws SQLException {
        return session.update("UPDATE delivery SET fed_at = ?" + THIS_ROW, clock.millis(), target, interactionId, 0);
    }

    int renewLeases(Session session) throws SQLException {
        return session.update(
                "UPDATE delivery SET lease_until = ? WHERE state = 'SENDING' AND owner = ?",
                lease.until(),
                owner.name());
    }
}
