package io.cxt.ledger;

import io.cxt.audit.RecordedEvent;
import io.cxt.db.ClaimLease;
import io.cxt.transcript.Part;
import io.cxt.transcript.Reason;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A part in flight, with what the ledger knows of it. Used by the thread that has the part; everything lasting is in the
 * ledger.
 */
public final class Delivery {
    /** What the ledger says of a part before a call. */
    public enum Standing {
        /** It may be posted. */
        UNSENT,
        /** This reading of the source has posted it already, before it was broken off. */
        SENT_EARLIER,
        /** CXone has the very same content, from another time or place. */
        DUPLICATE,
        /** CXone has, or may have, other content under the same id and part. */
        CONFLICT,
        /** CXone has, or may have, a part of this very transcript that was cut by other limits. */
        CUT_OTHERWISE,
        /** This reading of the source has decided against it already, before it was broken off. */
        DECIDED_EARLIER,
        /** A call may have arrived, and {@code cxone.in-doubt} is {@code park}. */
        PARKED,
        /** Another instance is sending it, and decides. */
        BUSY,
        /** The interaction was erased on a person's order, and is refused. */
        ERASED
    }

    private static final String CUT_OFF = Reason.CALL_CUT_OFF.id();
    private static final String EARLIER = Reason.EARLIER_CALL.id();

    private final Part part;
    /** Empty when the ledger does not know the part. */
    private final Optional<DeliveryRow> row;

    private final Standing standing;
    private @Nullable String doubt;
    private int attempts;
    private boolean rejectedBefore;
    private boolean decided;
    private @Nullable String trace;
    private @Nullable String lookUpRefused;
    private ClaimLease.Claim claim = () -> true;

    /** @param doubt why a part without a row is doubted; null when the row tells */
    Delivery(Part part, Optional<DeliveryRow> row, Standing standing, boolean doubted, @Nullable String doubt) {
        this.part = part;
        this.row = row;
        this.standing = standing;
        this.doubt = doubted ? row.map(Delivery::doubt).orElse(doubt) : null;
        this.attempts = attemptsBefore();
    }

    private static String doubt(DeliveryRow row) {
        if (row.state() != DeliveryState.IN_DOUBT) {
            return row.calling() ? CUT_OFF : EARLIER;
        }
        return row.reason() == null ? EARLIER : row.reason();
    }

    private int attemptsBefore() {
        return row.map(DeliveryRow::attempts).orElse(0);
    }

    public Part part() {
        return part;
    }

    public Standing standing() {
        return standing;
    }

    /** The state in the ledger; empty when it does not know the part. */
    public Optional<DeliveryState> state() {
        return row.map(DeliveryRow::state);
    }

    /** True when CXone has, or may have, a part of what is more than one request. */
    public boolean partly() {
        return part.part() > 1 || row.filter(known -> known.cut().parts() > 1).isPresent();
    }

    /** The run of an instance that had claimed it last when it was looked up; empty when none ever had. */
    public Optional<String> owner() {
        return row.map(DeliveryRow::owner);
    }

    /** The status of the last answer in the ledger; null when there is none. */
    public @Nullable Integer httpStatus() {
        return row.map(DeliveryRow::httpStatus).orElse(null);
    }

    /** The reason in the ledger; null when there is none. */
    public @Nullable String reason() {
        return row.map(DeliveryRow::reason).orElse(null);
    }

    /** The conversation id in the ledger; null when there is none. */
    public @Nullable String conversationId() {
        return row.map(DeliveryRow::conversationId).orElse(null);
    }

    /** Calls made so far, over all processes. */
    public int attempts() {
        return attempts;
    }

    /** True when a call was made whose answer never came, so that another one may be a repeat. */
    public boolean doubted() {
        return doubt != null;
    }

    /**
     * What became of the call that may have arrived: {@code CALL-CUT-OFF} when its process ended, {@code NET-RESET} and
     * the like when it had no answer, {@code EARLIER-CALL} when the audit alone knows. Where this ledger knows nothing of it:
     * {@code REDELIVERED} when a broker says that its message came before, {@code OTHER-LEDGER} when another ledger may have
     * sent it. Null when there is no doubt.
     */
    public @Nullable String doubt() {
        return doubt;
    }

    /** True when a process ended while it made a call. */
    boolean cutOff() {
        return CUT_OFF.equals(doubt);
    }

    /** True when the archive had it before this delivery began. */
    public boolean archived() {
        return row.filter(DeliveryRow::archived).isPresent();
    }

    /** True when the audit feed had it before this delivery began. */
    public boolean fed() {
        return row.filter(DeliveryRow::fed).isPresent();
    }

    /** True until this process has made its first call of this delivery. */
    boolean firstCallHere() {
        return attempts == attemptsBefore();
    }

    public boolean known() {
        return row.isPresent();
    }

    void rejectedBefore(boolean rejected) {
        rejectedBefore = rejected;
    }

    /** CXone's own word for the answer to the last call; null for none. */
    public void traced(@Nullable String word) {
        trace = word;
    }

    /** @param reason why the last look-up has no answer; null when it has one, or the last call was none */
    public void unanswered(@Nullable String reason) {
        lookUpRefused = reason;
    }

    /** Why the last look-up in this process has no answer; null when there was none. */
    public @Nullable String lookUpRefused() {
        return lookUpRefused;
    }

    /** The detail of an event, with CXone's own word for the answer. */
    @Nullable
    String withTrace(@Nullable String detail) {
        return trace == null ? detail : RecordedEvent.with(detail, "trace=" + trace);
    }

    /** True when its transcript was rejected or excluded as a whole, by what the ledger said at the look-up. */
    boolean rejectedBefore() {
        return rejectedBefore;
    }

    /** @param made the claim before the call */
    void called(ClaimLease.Claim made) {
        attempts++;
        claim = made;
    }

    void decide() {
        decided = true;
    }

    /** True once this process has recorded how it ended. */
    public boolean decided() {
        return decided;
    }

    /** True while no other instance takes the call over. */
    boolean leased() {
        return claim.holds();
    }

    void inDoubt(@Nullable String why) {
        doubt = why;
    }
}
