package io.cxt.ledger;

import io.cxt.audit.AuditChain;
import io.cxt.audit.AuditEvent;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.RecordedEvent;
import io.cxt.db.ChangeQueue;
import io.cxt.db.ClaimLease;
import io.cxt.db.GroupCommit;
import io.cxt.db.LedgerReader;
import io.cxt.db.Session;
import io.cxt.db.Staged;
import io.cxt.files.HaltAt;
import io.cxt.ledger.LookUps.Known;
import io.cxt.text.SafeText;
import io.cxt.transcript.Part;
import io.cxt.transcript.Reason;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The states of parts. Every change is written in one transaction with its audit event, and is on the disk when the
 * method returns, unless it says otherwise. One thread at a time has a part, from {@link #lookUp(Part)} to
 * {@link #unlock}.
 *
 * <p>Long because no state of a part is changed elsewhere.
 */
public final class Deliveries {
    static final String MAY_REPEAT = "may-repeat";

    /** In the claim of a call that brings nothing: it asks whether CXone has the part. */
    public static final String LOOK_UP = "look-up";

    /** In {@code LOOKED_UP}: CXone answered, and does not show the part. */
    public static final String NOT_FOUND = "not found";

    static final String TAKEN_OVER = "taken-over";
    private static final String EARLIER = Reason.EARLIER_CALL.id();
    private static final String PARKED = "parked";

    /** Beside a call, a wait for the ledger of this part of its time cannot be told from none. */
    private static final int CALL_TO_COMMIT = 25;

    private final GroupCommit commits;
    private final LedgerReader reader;
    private final AuditChain chain;
    private final DeliveryTable table;
    private final DeliveryAssessor assessor;
    private final OutcomeRecorder outcomes;
    private final WholeTranscripts whole;
    private final PartLocks locks = new PartLocks();
    private final LookUps lookUps;
    private final Predicate<String> onlyLetterDoubts;
    private final Doubts doubts;

    /** @param onlyLetterDoubts true for an id without a row whose dead letter says that CXone may have it */
    Deliveries(
            GroupCommit commits,
            LedgerReader reader,
            AuditChain chain,
            DeliveryTable table,
            DeliveryAssessor assessor,
            Predicate<String> onlyLetterDoubts,
            Doubts doubts) {
        this.doubts = doubts;
        this.onlyLetterDoubts = onlyLetterDoubts;
        this.commits = commits;
        this.reader = reader;
        this.chain = chain;
        this.table = table;
        this.assessor = assessor;
        lookUps = new LookUps(reader, table);
        outcomes = new OutcomeRecorder(commits, chain, table);
        whole = new WholeTranscripts(commits, reader, chain, table);
    }

    /** Transcripts that are decided as a whole. */
    public WholeTranscripts whole() {
        return whole;
    }

    /**
     * Locks a part for this thread and assesses it. Waits while another thread has the same part locked, so a thread
     * must not look up the same part twice. A part that another instance is sending is not locked.
     */
    public Delivery lookUp(Part part) {
        return lookUp(part, null, () -> null);
    }

    /**
     * As {@link #lookUp(Part)}, for a part that may have been sent where this ledger does not see it.
     *
     * @param perhapsSent why CXone may already have a part that the ledger does not know, by what is known of its source; null
     *     when that says nothing
     * @param ended when the chat ended, or null when not known; asked only where there was another ledger
     */
    public Delivery lookUp(Part part, @Nullable Reason perhapsSent, Supplier<@Nullable Instant> ended) {
        return lookUp(part, known -> {
            boolean byLetter =
                    perhapsSent == null && known.row().isEmpty() && onlyLetterDoubts.test(part.interactionId());
            Delivery delivery = assessor.assess(part, known.row(), byLetter ? Reason.EARLIER_CALL : perhapsSent);
            return doubts.sentElsewhere(ended) ? assessor.sentElsewhere(delivery, known.row()) : delivery;
        });
    }

    /**
     * As {@link #lookUp(Part)}, for a part of a dead letter in doubt that a person wants sent, where the ledger does not know
     * the doubt: what would be posted is marked, whatever {@code cxone.in-doubt} says.
     */
    public Delivery lookUpReplayed(Part part) {
        return lookUp(part, known -> {
            Delivery delivery = assessor.assess(part, known.row(), null);
            if (delivery.standing() == Delivery.Standing.UNSENT && !delivery.doubted()) {
                delivery.inDoubt(EARLIER);
            }
            return delivery;
        });
    }

    private Delivery lookUp(Part part, Function<Known, Delivery> assessing) {
        locks.lock(part);
        boolean ours = false;
        try {
            Known known = lookUps.find(part);
            Delivery delivery = known.erased()
                    ? new Delivery(part, known.row(), Delivery.Standing.ERASED, false, null)
                    : assessing.apply(known);
            delivery.rejectedBefore(known.rejected());
            ours = delivery.standing() != Delivery.Standing.BUSY;
            return delivery;
        } finally {
            if (!ours) {
                locks.unlock(part);
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

    /** When each call about the transcript of a part ended, in milliseconds since 1970; one on its way counts as ended now. */
    public List<Long> calls(Part part) {
        return table.calls(reader, part);
    }

    /** Unlocks a part; does nothing when it is not this very object that is locked. */
    public void unlock(Part part) {
        locks.unlock(part);
    }

    /**
     * Records that a call is about to be made that brings the part.
     *
     * @throws BusyException when another instance was faster, or the interaction was erased, so that no call may be made
     */
    public void claim(Delivery delivery) throws BusyException {
        claim(delivery, false);
    }

    /**
     * Records that a call is about to be made, before every call.
     *
     * @param asks true for one that asks whether CXone has the part, and brings nothing
     * @throws BusyException when another instance was faster, or the interaction was erased, so that no call may be made
     */
    public void claim(Delivery delivery, boolean asks) throws BusyException {
        Part part = delivery.part();
        int attempt = delivery.attempts() + 1;
        boolean first = !delivery.known() && attempt == 1;
        ClaimLease.Claim claim = table.lease().claim();
        Staged<Boolean> claiming = session -> {
            ChangeQueue.Change row = first
                    ? table.insert(session, part, DeliveryState.SENDING, null, delivery.doubted())
                    : table.claimAgain(session, delivery);
            if (delivery.rejectedBefore() && delivery.firstCallHere() && part.part() == 1) {
                table.forgetRejection(session, part, attempt);
            }
            return then -> row.rows() > 0 && claimed(then, delivery, attempt, asks);
        };
        boolean done = commits.call(claiming);
        if (!done) {
            throw new BusyException(SafeText.brief(part.origin().position())
                    + " is being sent by another instance, or was erased meanwhile");
        }
        delivery.called(claim);
        HaltAt.reached("claimed");
    }

    private boolean claimed(Session session, Delivery delivery, int attempt, boolean asks) throws SQLException {
        Part part = delivery.part();
        if (delivery.cutOff() && delivery.firstCallHere()) {
            AuditEvent doubt = AuditEvent.of(Type.IN_DOUBT, part, attempt - 1);
            chain.append(session, doubt.because(delivery.doubt(), "a call of a process that ended may have arrived"));
        }
        chain.append(
                session,
                AuditEvent.of(Type.CLAIMED, part, attempt).because(delivery.doubt(), claimDetail(delivery, asks)));
        return true;
    }

    /**
     * The last check before a claimed call leaves.
     *
     * @throws BusyException when its lease has expired, as after a freeze: another instance may have made the call
     */
    public void requireLease(Delivery delivery) throws BusyException {
        if (!table.alone() && !delivery.leased()) {
            throw new BusyException(SafeText.brief(delivery.part().origin().position())
                    + " waited longer for its call than ledger.lease-seconds; another instance may have made it");
        }
    }

    private String claimDetail(Delivery delivery, boolean asks) {
        Part part = delivery.part();
        List<String> detail = new ArrayList<>(List.of("messages=" + part.messages()));
        if (part.parts() > 1) {
            detail.add("parts=" + part.parts());
        }
        if (delivery.doubted()) {
            detail.add(asks ? LOOK_UP : MAY_REPEAT);
        }
        detail.addAll(part.notes());
        detail.add(table.facts(part));
        return String.join(" ", detail);
    }

    /** CXone accepted it. Recorded whatever others have made of the part since; a row that is SENT stays as it is. */
    public void sent(
            Delivery delivery,
            int httpStatus,
            @Nullable String conversationId,
            @Nullable String reason,
            Duration latency) {
        finish(delivery, DeliveryState.SENT, httpStatus, conversationId, reason, null, latency);
    }

    /**
     * It was not sent, or not for certain: REJECTED, FAILED or IN_DOUBT.
     *
     * @throws BusyException when another instance has taken the part over; the answer is recorded
     */
    public void notSent(
            Delivery delivery, DeliveryState state, int httpStatus, @Nullable String reason, Duration latency)
            throws BusyException {
        requireOurs(delivery, finish(delivery, state, httpStatus, null, reason, null, latency));
    }

    /**
     * A call may have arrived, and the site wants a person to check before another is made.
     *
     * @throws BusyException when the part is no longer as it was looked up or claimed
     */
    public void parked(Delivery delivery, int httpStatus, @Nullable String reason, Duration latency)
            throws BusyException {
        requireOurs(
                delivery,
                delivery.known() || !delivery.firstCallHere()
                        ? finish(delivery, DeliveryState.IN_DOUBT, httpStatus, null, reason, PARKED, latency)
                        : parkedUnknown(delivery.part(), reason));
        delivery.decide();
    }

    /** Only the sender of the part knows that an earlier call may have been made. */
    private boolean parkedUnknown(Part part, @Nullable String reason) {
        Staged<Boolean> parking = session -> {
            ChangeQueue.Change row = table.insert(session, part, DeliveryState.IN_DOUBT, reason, true);
            return then -> {
                boolean ours = row.rows() > 0;
                if (ours) {
                    chain.append(
                            then,
                            AuditEvent.of(Type.IN_DOUBT, part, 0)
                                    .because(reason, MAY_REPEAT + " " + PARKED + " " + table.facts(part)));
                }
                return ours;
            };
        };
        return commits.call(parking);
    }

    private static void requireOurs(Delivery delivery, boolean ours) throws BusyException {
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
            @Nullable String conversationId,
            @Nullable String reason,
            @Nullable String more,
            Duration latency) {
        HaltAt.reached("answered");
        commits.spare(latency.dividedBy(CALL_TO_COMMIT));
        String detail = more == null ? delivery.doubted() ? MAY_REPEAT : null : MAY_REPEAT + " " + more;
        if (delivery.firstCallHere()) { // no claim of this chain says whose it is
            detail = RecordedEvent.with(detail, DeliveryTable.target(delivery.part()));
        }
        AuditEvent outcome = AuditEvent.of(Type.valueOf(state.name()), delivery.part(), delivery.attempts())
                .answered(status(httpStatus), latency.toMillis(), conversationId)
                .because(reason, delivery.withTrace(detail));
        boolean ours =
                outcomes.record(delivery, outcome, (session, event) -> table.finish(session, delivery, state, event));
        HaltAt.reached(state.word());
        delivery.decide();
        return ours || state == DeliveryState.SENT;
    }

    /**
     * A call has ended and the part is still in flight: too many calls, a temporary fault, or no answer at all.
     *
     * @param doubted true when CXone may have got it
     * @param detail what the answer said, for example the raw Retry-After; made safe by the caller
     */
    public void attempted(
            Delivery delivery,
            Type type,
            int httpStatus,
            @Nullable String reason,
            boolean doubted,
            @Nullable String detail,
            Duration latency) {
        if (doubted) {
            delivery.inDoubt(reason);
        }
        HaltAt.reached("answered");
        AuditEvent outcome = AuditEvent.of(type, delivery.part(), delivery.attempts())
                .answered(status(httpStatus), latency.toMillis(), null)
                .because(
                        reason,
                        delivery.withTrace(
                                doubted && type != Type.IN_DOUBT ? RecordedEvent.with(detail, MAY_REPEAT) : detail));
        outcomes.record(delivery, outcome, (session, event) -> table.attempted(session, delivery, event));
        HaltAt.reached("attempted");
    }

    private static @Nullable Integer status(int httpStatus) {
        return httpStatus == 0 ? null : (Integer) httpStatus;
    }

    /** Releases a claim because no call can be made now; the source will be read again. */
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
        commits.note(chain.appending(AuditEvent.of(Type.SKIPPED_DUPLICATE, delivery.part(), 0)));
        HaltAt.reached("skipped");
    }

    /**
     * Notes that the archive has it. Does not wait for the disk; the close of its intake does.
     *
     * @param place where in the archive it is
     */
    public void archived(Part part, String place) {
        commits.note(Staged.queueing(session -> table.archived(session, part, place)));
        HaltAt.reached("archived");
    }

    /** Notes that the audit feed has it. Does not wait for the disk; the close of its intake does. */
    public void fed(Part part) {
        fed(part, true);
    }

    /**
     * Notes that the audit feed has a part, or that the row of its transcript's last part stands for it.
     *
     * @param own false when it has no row of its own
     */
    public void fed(Part part, boolean own) {
        commits.note(Staged.queueing(session -> table.fed(session, part, own)));
        HaltAt.reached("fed");
    }

    /** Tells the other instances that this one lives. */
    void renewLeases() {
        Runnable renewed = table.lease().renewing();
        commits.submit(table::renewLeases).thenRun(renewed);
    }
}
