package io.cxt.ledger;

import io.cxt.audit.AuditChain.Head;
import io.cxt.audit.AuditChain;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.AuditEvent;
import io.cxt.audit.RecordedEvent;
import io.cxt.db.BusyException;
import io.cxt.db.ClaimLease;
import io.cxt.db.GroupCommit;
import io.cxt.db.LedgerException;
import io.cxt.db.LedgerReader;
import io.cxt.db.Session;
import io.cxt.files.HaltAt;
import io.cxt.text.SafeText;
import io.cxt.transcript.Origin;
import io.cxt.transcript.Part;
import io.cxt.transcript.Reason;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The states of what is posted. Every change is written in one transaction with the audit event that tells of it, and
 * is on the disk when the method returns, unless it says otherwise.
 *
 * <p>Long because no change of state is made elsewhere. A part is in the hands of one thread at a time, from
 * {@link #lookUp} to {@link #letGo}.
 */
public final class Deliveries {
    private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);
    static final String MAY_REPEAT = "may-repeat";
    static final String TAKEN_OVER = "taken-over";
    /** Of a rejected or excluded transcript whose row stays what it is: a conflict that waits for a person. */
    static final String BESIDE_CONFLICT = "beside-conflict";

    private static final String PARKED = "parked";

    private final GroupCommit commits;
    private final LedgerReader reader;
    private final AuditChain chain;
    private final DeliveryTable table;
    private final DeliveryAssessor standings;
    private final ConcurrentMap<String, Hold> inHand = new ConcurrentHashMap<>();

    /** Who has a part in hand: the very object, for the same part may come from another source too. */
    private record Hold(Part part, CompletableFuture<Void> over) {}

    Deliveries(
            GroupCommit commits,
            LedgerReader reader,
            AuditChain chain,
            DeliveryTable table,
            DeliveryAssessor standings) {
        this.commits = commits;
        this.reader = reader;
        this.chain = chain;
        this.table = table;
        this.standings = standings;
    }

    /**
     * Takes a part in hand and tells how it stands. Waits while another thread has the same part in hand, so a thread
     * must not look up what it has in hand itself.
     *
     * @throws BusyException when another instance is at work on it
     */
    public Delivery lookUp(Part part) throws BusyException {
        return lookUp(part, false);
    }

    /**
     * The same for a part of a source that may have been read where this ledger does not see it.
     *
     * @param perhapsSent true when a part of which nothing is known may be with CXone already
     */
    public Delivery lookUp(Part part, boolean perhapsSent) throws BusyException {
        Hold mine = new Hold(part, new CompletableFuture<>());
        Hold other = inHand.putIfAbsent(key(part), mine);
        while (other != null) {
            other.over.join();
            other = inHand.putIfAbsent(key(part), mine);
        }
        boolean decided = false;
        try {
            Delivery delivery = standings.of(part, table.find(reader, part), perhapsSent);
            decided = true;
            return delivery;
        } finally {
            if (!decided) {
                letGo(part);
            }
        }
    }

    /**
     * The parts of a transcript that CXone has or may have, from the first on, as they were cut then.
     *
     * @param transcriptHash of the whole transcript
     * @return empty when there are none, or they are of another transcript
     */
    public List<Part.Begun> begun(String target, String interactionId, String transcriptHash) {
        return DeliveryAssessor.begun(table.parts(reader, target, interactionId), transcriptHash);
    }

    /** Lets others have the part; nothing happens when it is not this one that is in hand. */
    public void letGo(Part part) {
        Hold hold = inHand.get(key(part));
        if (hold != null && hold.part == part && inHand.remove(key(part), hold)) {
            hold.over.complete(null);
        }
    }

    private static String key(Part part) {
        return part.part() + "/" + part.interactionId();
    }

    /**
     * Puts on record that a call is about to be made. Comes before every call, the repeated ones too.
     *
     * @throws BusyException when another instance was quicker
     */
    public void claim(Delivery delivery) throws BusyException {
        Part part = delivery.part();
        int attempt = delivery.attempts() + 1;
        boolean first = !delivery.known() && attempt == 1;
        ClaimLease.Claim claim = table.lease().claim();
        boolean done = commits.call(session -> {
            int changed = first
                    ? table.insert(session, part, part.part(), DeliveryState.SENDING, null, delivery.doubted())
                    : table.claimAgain(session, delivery);
            if (changed == 0) {
                return false;
            }
            if (delivery.firstCallHere() && part.part() == 1) {
                table.forgetRefusal(session, part);
            }
            if (delivery.cutOff() && delivery.firstCallHere()) {
                AuditEvent doubt = AuditEvent.of(Type.IN_DOUBT, part, attempt - 1);
                chain.append(
                        session, doubt.because(delivery.doubt(), "a call of a process that ended may have arrived"));
            }
            chain.append(
                    session,
                    AuditEvent.of(Type.CLAIMED, part, attempt).because(delivery.doubt(), claimDetail(delivery)));
            return true;
        });
        if (!done) {
            throw new BusyException(SafeText.brief(part.origin().position()) + " is being sent by another instance");
        }
        delivery.called(claim);
        HaltAt.reached("claimed");
    }

    /**
     * The last look before a claimed call leaves.
     *
     * @throws BusyException when its lease is over, as after a freeze: another instance may have made the call
     */
    public void requireLease(Delivery delivery) throws BusyException {
        if (!table.alone() && !delivery.leased()) {
            throw new BusyException(SafeText.brief(delivery.part().origin().position())
                    + " waited longer for its call than ledger.lease-seconds; another instance may have made it");
        }
    }

    private String claimDetail(Delivery delivery) {
        Part part = delivery.part();
        List<String> detail = new ArrayList<>(List.of("messages=" + part.messages()));
        if (part.parts() > 1) {
            detail.add("parts=" + part.parts());
        }
        if (delivery.doubted()) {
            detail.add(MAY_REPEAT);
        }
        detail.addAll(part.notes());
        detail.add(facts(part));
        return String.join(" ", detail);
    }

    /** Stands in an event for what else the row holds, so that it cannot be changed unseen. */
    private String facts(Part part) {
        return ReplayedPart.FACTS + "=" + table.facts(part);
    }

    /** CXone said yes. On record whatever others have made of the part since; the row keeps a yes that it has. */
    public void sent(Delivery delivery, int httpStatus, String conversationId, String reason, Duration latency) {
        finish(delivery, DeliveryState.SENT, httpStatus, conversationId, reason, null, latency);
    }

    /**
     * Decided against it: REJECTED, FAILED or IN_DOUBT.
     *
     * @throws BusyException when another instance has taken the part over; the answer is on record
     */
    public void givenUp(Delivery delivery, DeliveryState state, int httpStatus, String reason, Duration latency)
            throws BusyException {
        ours(delivery, finish(delivery, state, httpStatus, null, reason, null, latency));
    }

    /**
     * A call may have arrived, and the site wants a person to look before another is made.
     *
     * @throws BusyException when the part is no longer as it was looked up or claimed
     */
    public void parked(Delivery delivery, int httpStatus, String reason, Duration latency) throws BusyException {
        ours(
                delivery,
                delivery.known() || !delivery.firstCallHere()
                        ? finish(delivery, DeliveryState.IN_DOUBT, httpStatus, null, reason, PARKED, latency)
                        : parkedUnknown(delivery.part(), reason));
    }

    /** An earlier call may have been made that only the sender of the part knows of. */
    private boolean parkedUnknown(Part part, String reason) {
        return commits.call(session -> {
            boolean ours = table.insert(session, part, part.part(), DeliveryState.IN_DOUBT, reason, true) > 0;
            if (ours) {
                chain.append(
                        session,
                        AuditEvent.of(Type.IN_DOUBT, part, 0)
                                .because(reason, MAY_REPEAT + " " + PARKED + " " + facts(part)));
            }
            return ours;
        });
    }

    private static void ours(Delivery delivery, boolean ours) throws BusyException {
        if (!ours) {
            throw new BusyException(SafeText.brief(delivery.part().origin().position())
                    + " was decided by another instance in the meantime");
        }
    }

    /** @return false when another instance has the part, and decides */
    private boolean finish(
            Delivery delivery,
            DeliveryState state,
            int httpStatus,
            String conversationId,
            String reason,
            String more,
            Duration latency) {
        HaltAt.reached("answered");
        String detail = more == null ? delivery.doubted() ? MAY_REPEAT : null : MAY_REPEAT + " " + more;
        AuditEvent outcome = AuditEvent.of(Type.valueOf(state.name()), delivery.part(), delivery.attempts())
                .answered(status(httpStatus), latency.toMillis(), conversationId)
                .because(reason, detail);
        boolean ours = record(delivery, outcome, (session, event) -> table.finish(session, delivery, state, event));
        HaltAt.reached(state.word());
        return ours || state == DeliveryState.SENT;
    }

    /** What is written of an outcome beside its event. */
    private interface Change {
        /** @return 0 when the row is not as it is known here */
        int write(Session session, AuditEvent outcome) throws SQLException;
    }

    /**
     * Writes what a call came to. Where the row is not as it is known here, either the chain has this very outcome, in
     * a commit that was not acknowledged; or another instance took the part over, and the outcome is on record all the
     * same.
     *
     * @return false when another instance took it over
     */
    private boolean record(Delivery delivery, AuditEvent outcome, Change change) {
        Head before = chain.head();
        long known = before == null ? 0 : before.seq();
        return lasting(outcome, (session, event) -> {
            if (change.write(session, event) > 0) {
                chain.append(session, event);
                return true;
            }
            if (chain.has(session, event, known)) {
                return true;
            }
            if (delivery.firstCallHere()) {
                return false; // no call was made here, so that there is nothing to tell
            }
            if (event.event().equals(Type.SENT.name())) {
                table.sentAfterAll(session, delivery, event);
            }
            chain.append(session, event.because(event.reason(), RecordedEvent.with(event.detail(), TAKEN_OVER)));
            return false;
        });
    }

    /**
     * A call is over, and the part goes on: too many calls, a fault that may pass, or no answer at all.
     *
     * @param doubted true when CXone may have got it
     * @param detail what the answer said, for example the raw Retry-After; made safe by the caller
     */
    public void attempted(
            Delivery delivery,
            Type type,
            int httpStatus,
            String reason,
            boolean doubted,
            String detail,
            Duration latency) {
        if (doubted) {
            delivery.inDoubt(reason);
        }
        HaltAt.reached("answered");
        AuditEvent outcome = AuditEvent.of(type, delivery.part(), delivery.attempts())
                .answered(status(httpStatus), latency.toMillis(), null)
                .because(reason, doubted && type != Type.IN_DOUBT ? RecordedEvent.with(detail, MAY_REPEAT) : detail);
        record(delivery, outcome, (session, event) -> table.attempted(session, delivery, event));
        HaltAt.reached("attempted");
    }

    /** Work that writes an outcome. */
    private interface Recording {
        boolean run(Session session, AuditEvent outcome) throws SQLException;
    }

    /** An outcome that the database does not take as it is, is written with our own words alone. */
    private boolean lasting(AuditEvent outcome, Recording recording) {
        try {
            return commits.callLasting(session -> recording.run(session, outcome));
        } catch (LedgerException e) {
            if (!e.ofData()) {
                throw e;
            }
            LOG.warn(
                    "outcome shortened source={} event={} reason=\"the database refuses a value: {}\" next=\"look the"
                            + " interaction up with cxt find; CXone's own words of it are lost\"",
                    outcome.source(),
                    outcome.event(),
                    e.state());
            return commits.callLasting(session -> recording.run(session, outcome.shortened()));
        }
    }

    private static Integer status(int httpStatus) {
        return httpStatus == 0 ? null : (Integer) httpStatus;
    }

    /** Gives a claim back because no call can be made now; the source will be read again. */
    public void release(Delivery delivery) {
        if (delivery.attempts() == 0) {
            return; // never claimed
        }
        commits.call(session -> {
            if (table.release(session, delivery) > 0) {
                chain.append(
                        session,
                        AuditEvent.of(Type.RELEASED, delivery.part(), delivery.attempts())
                                .because(DeliveryTable.RELEASED, null));
            }
            return null;
        });
        HaltAt.reached("released");
    }

    /** The same content again: no call. Does not wait for the disk; the close of its intake does. */
    public void skipped(Delivery delivery) {
        commits.submitLasting(session -> {
            chain.append(session, AuditEvent.of(Type.SKIPPED_DUPLICATE, delivery.part(), 0));
            return null;
        });
        HaltAt.reached("skipped");
    }

    /** Other content under an id that CXone has: kept beside it as part 0, for a person to decide. */
    public void conflict(Delivery delivery) {
        String first = first(delivery.part());
        commits.call(session -> {
            table.setAside(session, delivery.part(), DeliveryState.CONFLICT, Reason.OTHER_CONTENT.id());
            chain.append(
                    session,
                    AuditEvent.of(Type.CONFLICT, delivery.part(), 0)
                            .because(Reason.OTHER_CONTENT.id(), RecordedEvent.with(first, facts(delivery.part()))));
            return null;
        });
        HaltAt.reached("conflict");
    }

    /**
     * Where the transcript came from that had the interaction id first: {@code first door=… source=… at=… instance=…},
     * and who delivered it as far as its door knows.
     *
     * @return null when none is known
     */
    public String first(Part part) {
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
                part.interactionId());
    }

    /**
     * Refused by our own rules before it became a part: kept as part 0.
     *
     * @param interactionId the transcript's id, or null when it has none that can be used
     * @param reason the first rule's id
     * @param rules the ids of all rules that were broken
     */
    public void refused(String target, String interactionId, Origin origin, int bytes, String reason, String rules) {
        keptWhole(DeliveryState.REJECTED, target, interactionId, origin, reason, rules + " bytes=" + bytes);
        HaltAt.reached("refused");
    }

    /** Kept out on purpose before it became a part: kept as part 0, until it goes out after all. */
    public void excluded(String target, String interactionId, Origin origin, int bytes, String reason) {
        keptWhole(DeliveryState.EXCLUDED, target, interactionId, origin, reason, "bytes=" + bytes);
    }

    private void keptWhole(
            DeliveryState state, String target, String interactionId, Origin origin, String reason, String detail) {
        String id = interactionId == null ? origin.position() : interactionId;
        Part whole = new Part(target, id, 0, 1, 0, new byte[0], null, null, List.of(), origin);
        AuditEvent event = AuditEvent.of(Type.valueOf(state.name()), whole, 0)
                .about(interactionId, 0, origin.position())
                .because(reason, detail + " " + facts(whole));
        commits.call(session -> {
            if (!table.hasWhole(session, whole, state)) { // else this reading came so far before it was broken off
                boolean row = table.setAside(session, whole, state, reason);
                chain.append(
                        session,
                        row ? event : event.because(reason, RecordedEvent.with(event.detail(), BESIDE_CONFLICT)));
            }
            return null;
        });
    }

    /**
     * Noted that the archive has it. Does not wait for the disk; the close of its intake does.
     *
     * @param place where in the archive it is
     */
    public void archived(Part part, String place) {
        commits.submitLasting(session -> table.archived(session, part, place));
        HaltAt.reached("archived");
    }

    /** Noted that the audit feed has it. Does not wait for the disk; the close of its intake does. */
    public void fed(Part part) {
        commits.submitLasting(session -> table.fed(session, part));
        HaltAt.reached("fed");
    }

    /** The same of a transcript that was refused as a whole. */
    public void refusalFed(String target, String interactionId) {
        commits.submitLasting(session -> table.refusalFed(session, target, interactionId));
        HaltAt.reached("fed");
    }

    /** Tells the other instances that this one lives. */
    void renewLeases() {
        Runnable renewed = table.lease().renewing();
        commits.submit(table::renewLeases).thenRun(renewed);
    }
}
