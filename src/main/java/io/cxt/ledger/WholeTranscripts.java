package io.cxt.ledger;

import io.cxt.audit.AuditChain;
import io.cxt.audit.AuditEvent;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.RecordedEvent;
import io.cxt.db.ChangeQueue;
import io.cxt.db.GroupCommit;
import io.cxt.db.LedgerReader;
import io.cxt.db.Session;
import io.cxt.db.Staged;
import io.cxt.files.HaltAt;
import io.cxt.transcript.Origin;
import io.cxt.transcript.Part;
import io.cxt.transcript.Reason;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Transcripts that are decided as a whole, before they became parts: rejected, excluded, or in conflict. Part 0. */
public final class WholeTranscripts {
    /** Of a rejected or excluded transcript whose row stays what it is: a conflict that waits for a person. */
    static final String BESIDE_CONFLICT = "beside-conflict";

    private static final String OTHER_CONTENT = Reason.OTHER_CONTENT.id();
    private static final String REDACTION = "redaction=";

    private final GroupCommit commits;
    private final LedgerReader reader;
    private final AuditChain chain;
    private final DeliveryTable table;

    WholeTranscripts(GroupCommit commits, LedgerReader reader, AuditChain chain, DeliveryTable table) {
        this.commits = commits;
        this.reader = reader;
        this.chain = chain;
        this.table = table;
    }

    /**
     * Rejected by our own rules.
     *
     * @param interactionId the transcript's id, or null when it has none that can be used
     * @param reason the first rule's id
     * @param rules the ids of all rules that were broken
     */
    public void rejected(
            String target, @Nullable String interactionId, Origin origin, int bytes, String reason, String rules) {
        record(DeliveryState.REJECTED, target, interactionId, origin, reason, rules + " bytes=" + bytes);
        HaltAt.reached("refused");
    }

    /** Excluded on purpose, until it is sent after all. */
    public void excluded(String target, @Nullable String interactionId, Origin origin, int bytes, String reason) {
        record(DeliveryState.EXCLUDED, target, interactionId, origin, reason, "bytes=" + bytes);
    }

    private void record(
            DeliveryState state,
            String target,
            @Nullable String interactionId,
            Origin origin,
            String reason,
            String detail) {
        String id = interactionId == null ? origin.position() : interactionId;
        Part whole = new Part(target, id, 0, 1, 0, new byte[0], null, null, List.of(), origin, null);
        AuditEvent event = AuditEvent.of(Type.valueOf(state.name()), whole, 0)
                .about(interactionId, 0, origin.position())
                .because(reason, detail + " " + table.facts(whole));
        Staged<Void> recording = session -> {
            ChangeQueue.Change row = table.setAside(session, whole, state, reason);
            return then -> {
                if (row.rows() > 0) {
                    chain.append(then, event);
                } else if (!has(then, whole, state)) { // else this reading came as far before it was interrupted
                    chain.append(then, event.because(reason, RecordedEvent.with(event.detail(), BESIDE_CONFLICT)));
                }
                return null;
            };
        };
        commits.call(recording);
    }

    /** Other content under an id that CXone has: kept beside it, for a person to decide. */
    public void conflict(Delivery delivery) {
        String first = first(delivery.part());
        AuditEvent event = AuditEvent.of(Type.CONFLICT, delivery.part(), 0)
                .because(OTHER_CONTENT, RecordedEvent.with(first, table.facts(delivery.part())));
        Staged<Void> recording = session -> {
            table.setAside(session, delivery.part(), DeliveryState.CONFLICT, OTHER_CONTENT);
            return chain.appending(event).queue(session);
        };
        commits.call(recording);
        HaltAt.reached("conflict");
    }

    /**
     * Where the transcript came from that had the interaction id first: {@code first door=… source=… at=… instance=…},
     * and who delivered it as far as its pickup knows.
     *
     * @return null when none is known
     */
    public @Nullable String first(Part part) {
        return reader.one(
                        "SELECT door, delivery.source, source_index, received_at, owner, detail FROM delivery"
                                + " LEFT JOIN intake ON intake.id = intake_id"
                                + " WHERE target = ? AND interaction_id = ? AND part > 0 ORDER BY part LIMIT 1",
                        row -> "first door=%s source=%s#%s at=%s instance=%s%s"
                                .formatted(
                                        row.getString(1),
                                        row.getString(2),
                                        row.getLong(3),
                                        Instant.ofEpochMilli(row.getLong(4)),
                                        String.valueOf(row.getString(5)).replaceFirst("/.*", ""),
                                        row.getString(6) == null ? "" : " " + row.getString(6)),
                        part.target(),
                        part.interactionId())
                .orElse(null);
    }

    /** The policy of redaction under which the first part of an interaction was claimed last; empty for none, null when not on record. */
    public @Nullable String redaction(String interactionId) {
        return reader.one(
                        "SELECT detail FROM audit_event WHERE interaction_id = ? AND event = ? AND part = 1 ORDER BY at DESC LIMIT 1",
                        row -> String.valueOf(row.getString(1)),
                        interactionId,
                        Type.CLAIMED.name())
                .map(detail -> {
                    int at = detail.indexOf(REDACTION);
                    return at < 0
                            ? ""
                            : detail.substring(at + REDACTION.length()).replaceFirst(" .*", "");
                })
                .orElse(null);
    }

    /** True when the interaction was erased on a person's order. */
    public boolean erased(String target, String interactionId) {
        return reader.any(
                "SELECT 1 FROM delivery" + DeliveryTable.THIS_ROW + " AND erased = 1", target, interactionId, 1);
    }

    /** Notes that the audit feed has it. Does not wait for the disk; the close of its intake does. */
    public void fed(String target, String interactionId) {
        commits.note(Staged.queueing(session -> session.queue(
                interactionId,
                "UPDATE delivery SET fed_at = ?" + DeliveryTable.THIS_ROW,
                table.now(session),
                target,
                interactionId,
                0)));
        HaltAt.reached("fed");
    }

    /** True when this very reading has recorded it before. */
    private static boolean has(Session session, Part whole, DeliveryState state) throws SQLException {
        return session.any(
                "SELECT 1 FROM delivery" + DeliveryTable.THIS_ROW
                        + " AND intake_id = ? AND source_index = ? AND state = ?",
                whole.target(),
                whole.interactionId(),
                0,
                whole.origin().intakeId(),
                whole.origin().index(),
                state.name());
    }
}
