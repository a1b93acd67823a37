package io.cxt.ledger;

import io.cxt.audit.AuditChain;
import io.cxt.audit.AuditEvent;
import io.cxt.audit.RecordedEvent;
import io.cxt.db.ChangeQueue;
import io.cxt.db.ClaimLease;
import io.cxt.db.LedgerReader;
import io.cxt.db.Owner;
import io.cxt.db.Session;
import io.cxt.transcript.Part;
import io.cxt.transcript.Reason;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code delivery}: the rows of parts and each change of one, without its audit event. Long because each
 * change is SQL with all its columns.
 */
final class DeliveryTable {
    /** Why a claim was released: no call could be made. */
    static final String RELEASED = Reason.LANE_CLOSED.id();

    static final String THIS_ROW = " WHERE target = ? AND interaction_id = ? AND part = ?";

    /** Still the claim of the call that was made here: no instance took it over after its lease. */
    private static final String OUR_CALL = " AND owner = ? AND attempts = ? AND state = 'SENDING'";

    /** Still as it was looked up, or as the last claim here left it; a claim of others only after its lease. */
    private static final String AS_KNOWN = THIS_ROW + " AND state <> 'SENT' AND state = ? AND owner = ?"
            + " AND attempts = ? AND (state <> 'SENDING' OR substr(owner, 1, ?) = ? OR lease_until <= ?)";

    private static final String OUTCOME = " calling = 0, http_status = ?, conversation_id = ?, reason = ?,"
            + " finished_at = ?, latency_ms = ?, doubted =";

    private final Owner owner;
    private final boolean alone;
    /** Not a later part of what is erased. With the lock, this and an erasure, which marks part 1, wait for each other. */
    private final String unlessErased;

    private final ClaimLease lease;
    private final Clock clock;

    /**
     * @param alone true when no other process can work with this ledger
     * @param lease how long other instances respect a claim after its owner's last sign of life
     */
    DeliveryTable(Owner owner, boolean alone, Duration lease, Clock clock) {
        this.owner = owner;
        this.alone = alone;
        unlessErased = " AND (? <= 1 OR COALESCE((SELECT erased FROM delivery" + THIS_ROW + (alone ? "" : " FOR SHARE")
                + "), 0) = 0)";
        this.lease = new ClaimLease(lease, clock);
        this.clock = clock;
    }

    Owner owner() {
        return owner;
    }

    ClaimLease lease() {
        return lease;
    }

    /** True when no other process can work with this ledger. */
    boolean alone() {
        return alone;
    }

    /** Under the interaction: what is changed of one keeps its order. */
    private static ChangeQueue.Change queue(Session session, Part part, String sql, @Nullable Object... values) {
        return session.queue(part.interactionId(), sql, values);
    }

    /** The row of a part, that of its whole transcript (part 0), and that of part 1, by number. */
    Map<Integer, DeliveryRow> find(LedgerReader reader, Part part) {
        Map<Integer, DeliveryRow> rows = new HashMap<>();
        reader.list(
                "SELECT " + DeliveryRow.COLUMNS
                        + ", part FROM delivery WHERE target = ? AND interaction_id = ? AND part IN (0, 1, ?)",
                row -> rows.put(row.getInt(19), DeliveryRow.read(row)),
                part.target(),
                part.interactionId(),
                part.part());
        return rows;
    }

    /** The rows of a transcript's parts, from the first on. */
    List<DeliveryRow> parts(LedgerReader reader, String target, String interactionId) {
        return reader.list(
                "SELECT " + DeliveryRow.COLUMNS
                        + " FROM delivery WHERE target = ? AND interaction_id = ? AND part > 0 ORDER BY part",
                DeliveryRow::read,
                target,
                interactionId);
    }

    /** When each call about a transcript ended. Of several calls for one part only the time of the last is known. */
    List<Long> calls(LedgerReader reader, Part part) {
        List<Long> calls = new ArrayList<>();
        reader.list(
                "SELECT attempts, finished_at FROM delivery WHERE target = ? AND interaction_id = ? AND part > 0",
                row -> {
                    long ended = row.getLong(2);
                    for (int i = row.getInt(1); i > 0; i--) {
                        calls.add(ended == 0 ? clock.millis() : ended);
                    }
                    return null;
                },
                part.target(),
                part.interactionId());
        return calls;
    }

    /** Receives a row, and which part it is of. */
    interface RowConsumer {
        void accept(String interactionId, int part, DeliveryRow row);
    }

    /**
     * Passes on every row of some transcripts.
     *
     * @param most how many ids the statement takes, so that it is always the same one
     */
    void each(LedgerReader reader, String target, Collection<String> interactionIds, int most, RowConsumer consumer) {
        String sql = "SELECT " + DeliveryRow.COLUMNS
                + ", interaction_id, part FROM delivery WHERE target = ? AND interaction_id IN (?"
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
                    consumer.accept(row.getString(19), row.getInt(20), DeliveryRow.read(row));
                    return null;
                },
                values.toArray());
    }

    /**
     * Two words for an event: the target, and a hash of what a claim, or a rejection, writes into the row and its event does
     * not name, so that a change of it is detected.
     */
    String facts(Part part) {
        return target(part) + " " + ReplayedPart.FACTS
                + "="
                + facts(
                        part.target(),
                        part.origin().intakeId(),
                        part.origin().line(),
                        part.parts(),
                        part.messages(),
                        part.payload().length,
                        transcriptHash(part),
                        owner.name(),
                        part.origin().customer());
    }

    /** A word for an event that is behind no claim of its own chain. */
    static String target(Part part) {
        return RecordedEvent.TARGET + "=" + part.target();
    }

    /** Sixteen hex digits that stand for some columns; a last one that is null adds nothing. */
    static String facts(@Nullable Object... values) {
        MessageDigest digest = AuditChain.sha256();
        int last = values.length - 1;
        for (@Nullable Object value : values[last] == null ? Arrays.copyOf(values, last) : values) {
            digest.update((Session.storable(value) + "\0").getBytes(StandardCharsets.UTF_8));
        }
        return HexFormat.of().formatHex(digest.digest(), 0, 8);
    }

    /** Without VALUES: the driver of PostgreSQL may be set to rewrite those, and then counts nothing. */
    private static final String INSERT =
            "INSERT INTO delivery (target, interaction_id, part, parts, state, content_hash, transcript_hash,"
                    + " calling, doubted, attempts, reason, intake_id, source, source_index, source_line, messages,"
                    + " bytes, owner, lease_until, received_at, finished_at, customer)"
                    + " SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? WHERE 1 = 1";

    /** A conflict that waits for a person stays, and what this very reading has set aside. */
    private static final String SET_ASIDE =
            "DO UPDATE SET state = excluded.state, content_hash = excluded.content_hash,"
                    + " transcript_hash = excluded.transcript_hash, parts = excluded.parts, messages = excluded.messages,"
                    + " bytes = excluded.bytes, owner = excluded.owner, reason = excluded.reason,"
                    + " intake_id = excluded.intake_id, source = excluded.source, source_index = excluded.source_index,"
                    + " source_line = excluded.source_line, finished_at = excluded.finished_at,"
                    + " customer = excluded.customer"
                    + " WHERE excluded.state = 'CONFLICT' OR delivery.state <> 'CONFLICT'"
                    + " AND (delivery.intake_id = excluded.intake_id AND delivery.source_index = excluded.source_index"
                    + " AND delivery.state = excluded.state) IS NOT TRUE";

    /** Changes no row when there was one already. */
    ChangeQueue.Change insert(
            Session session, Part part, DeliveryState state, @Nullable String reason, boolean doubted) {
        return insert("DO NOTHING", session, part, part.part(), state, reason, doubted);
    }

    /**
     * Sets a transcript aside as a whole, as part 0. Changes no row where an undecided conflict is there, unless by another
     * one; nor where this very reading has done so before.
     */
    ChangeQueue.Change setAside(Session session, Part part, DeliveryState state, String reason) {
        return insert(SET_ASIDE, session, part, 0, state, reason, false);
    }

    private ChangeQueue.Change insert(
            String known,
            Session session,
            Part part,
            int number,
            DeliveryState state,
            @Nullable String reason,
            boolean doubted) {
        long now = now(session);
        int calling = state == DeliveryState.SENDING ? 1 : 0;
        return queue(
                session,
                part,
                INSERT + unlessErased + " ON CONFLICT (target, interaction_id, part) " + known,
                unlessErased(
                        part,
                        number,
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
                        state == DeliveryState.SENDING ? null : (Long) now,
                        part.origin().customer()));
    }

    /** Some values, and behind them those of {@link #unlessErased}. */
    private static @Nullable Object[] unlessErased(Part part, int number, @Nullable Object... first) {
        List<@Nullable Object> values = new ArrayList<>(Arrays.asList(first));
        values.addAll(List.of(number, part.target(), part.interactionId(), 1));
        return values.toArray();
    }

    private static final String CLAIM_AGAIN =
            "UPDATE delivery SET state = 'SENDING', calling = 1, parts = ?, content_hash = ?, transcript_hash = ?,"
                    + " doubted = ?, attempts = ?, intake_id = ?, source = ?, source_index = ?, source_line = ?, messages = ?,"
                    + " bytes = ?, owner = ?, lease_until = ?, customer = ?, finished_at = NULL, reason = NULL,"
                    + " archived_at = NULL, archived_in = NULL, fed_at = NULL" + AS_KNOWN + " AND erased = 0";

    /** Changes no row that is not as it was when it was looked up. */
    ChangeQueue.Change claimAgain(Session session, Delivery delivery) {
        Part part = delivery.part();
        return queue(
                session,
                part,
                CLAIM_AGAIN + unlessErased,
                unlessErased(
                        part,
                        part.part(),
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
                                lease.until(),
                                part.origin().customer())));
    }

    /** The transaction's time, in milliseconds since 1970. */
    long now(Session session) {
        return session.time(clock).toEpochMilli();
    }

    /** What the row keeps of the transcript's hash; null when the part's own hash says it. */
    static @Nullable String transcriptHash(Part part) {
        String whole = part.transcriptHash();
        return part.parts() == 1 && Objects.equals(part.hash(), whole) ? null : whole;
    }

    /** Some values, and behind them those of {@link #AS_KNOWN}. */
    private @Nullable Object[] asKnown(Delivery delivery, @Nullable Object... first) {
        Part part = delivery.part();
        boolean ours = !delivery.firstCallHere();
        List<@Nullable Object> values = new ArrayList<>(Arrays.asList(first));
        values.addAll(Arrays.asList(
                part.target(),
                part.interactionId(),
                part.part(),
                ours
                        ? DeliveryState.SENDING.name()
                        : delivery.state().map(Enum::name).orElse(null),
                ours ? owner.name() : delivery.owner().orElse(null),
                delivery.attempts(),
                owner.instance().length(),
                owner.instance(),
                alone ? Long.MAX_VALUE : clock.millis()));
        return values.toArray();
    }

    /** Deletes the row of the whole transcript when it was rejected or excluded before, and is claimed here now. */
    void forgetRejection(Session session, Part part, int attempt) {
        queue(
                session,
                part,
                "DELETE FROM delivery" + THIS_ROW + " AND state IN ('REJECTED', 'EXCLUDED') AND EXISTS (SELECT 1"
                        + " FROM delivery" + THIS_ROW + OUR_CALL + ")",
                part.target(),
                part.interactionId(),
                0,
                part.target(),
                part.interactionId(),
                part.part(),
                owner.name(),
                attempt);
    }

    /** Changes no row that is not, or no longer, as it was looked up or claimed here. */
    ChangeQueue.Change finish(Session session, Delivery delivery, DeliveryState state, AuditEvent event) {
        return queue(
                session,
                delivery.part(),
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
     * CXone accepted a call that was made here, whatever others have made of the row since; in doubt only when they have
     * called too.
     *
     * @return 0 when the row has other content by now, or is SENT
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

    /** Changes no row whose claim is not, or no longer, that of the call that was made here. */
    ChangeQueue.Change attempted(Session session, Delivery delivery, AuditEvent event) {
        Part part = delivery.part();
        return queue(
                session,
                part,
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

    void archived(Session session, Part part, String place) {
        queue(
                session,
                part,
                "UPDATE delivery SET archived_at = ?, archived_in = ?" + THIS_ROW + " AND content_hash = ?",
                clock.millis(),
                place,
                part.target(),
                part.interactionId(),
                part.part(),
                part.hash());
    }

    void fed(Session session, Part part, boolean ownRow) {
        queue(
                session,
                part,
                "UPDATE delivery SET fed_at = ?" + THIS_ROW + " AND content_hash = ?",
                ownRow ? clock.millis() : 0L,
                part.target(),
                part.interactionId(),
                part.part(),
                part.hash());
    }

    int renewLeases(Session session) throws SQLException {
        return session.update(
                "UPDATE delivery SET lease_until = ? WHERE state = 'SENDING' AND owner = ?",
                lease.until(),
                owner.name());
    }
}
