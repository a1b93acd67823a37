package io.cxt.ledger;

import io.cxt.db.ClaimLease;
import io.cxt.transcript.Part;
import io.cxt.transcript.Reason;

/**
 * One part on its way, with what the ledger knows of it. Held by the thread that carries the part; everything that
 * lasts is in the ledger.
 */
public final class Delivery {
    /** What the ledger says of a part before it is posted. */
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
        PARKED
    }

    /** What the ledger keeps of a part. */
    record Row(
            DeliveryState state,
            String hash,
            String intakeId,
            long sourceIndex,
            String owner,
            long leaseUntil,
            boolean calling,
            boolean doubted,
            int attempts,
            boolean archived,
            boolean fed,
            Integer httpStatus,
            String reason,
            String conversationId,
            String transcriptHash,
            Part.Begun cut) {

        /** True when a call may be on its way, or has come to no answer. */
        boolean mayBeThere() {
            return calling || doubted || state == DeliveryState.IN_DOUBT;
        }
    }

    private static final String CUT_OFF = Reason.CALL_CUT_OFF.id();
    private static final String EARLIER = Reason.EARLIER_CALL.id();
    private static final String REDELIVERED = Reason.REDELIVERED.id();

    private final Part part;
    private final Row row;
    private final Standing standing;
    private String doubt;
    private int attempts;
    private ClaimLease.Claim claim = () -> true;

    Delivery(Part part, Row row, Standing standing, boolean doubted) {
        this.part = part;
        this.row = row;
        this.standing = standing;
        this.doubt = doubted ? doubt(row) : null;
        this.attempts = row == null ? 0 : row.attempts;
    }

    private static String doubt(Row row) {
        if (row == null) {
            return REDELIVERED;
        }
        if (row.state != DeliveryState.IN_DOUBT) {
            return row.calling ? CUT_OFF : EARLIER;
        }
        return row.reason == null ? EARLIER : row.reason;
    }

    public Part part() {
        return part;
    }

    public Standing standing() {
        return standing;
    }

    /** The state that the ledger holds; null when it holds none. */
    public DeliveryState state() {
        return row == null ? null : row.state;
    }

    /** True when CXone has, or may have, a part of what is more than one request. */
    public boolean partly() {
        return part.part() > 1 || row != null && row.cut.parts() > 1;
    }

    /** Who had claimed it last when it was looked up; null when nobody ever had. */
    String owner() {
        return row == null ? null : row.owner;
    }

    /** The status of the last answer that the ledger holds; null when there was none. */
    public Integer httpStatus() {
        return row == null ? null : row.httpStatus;
    }

    /** The reason that the ledger holds; null when it holds none. */
    public String reason() {
        return row == null ? null : row.reason;
    }

    /** The conversation id that the ledger holds; null when it holds none. */
    public String conversationId() {
        return row == null ? null : row.conversationId;
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
     * the like when it had no answer, {@code EARLIER-CALL} when the audit alone knows, {@code REDELIVERED} when a broker
     * says that its message came before, and this ledger knows nothing of it. Null when there is no doubt.
     */
    public String doubt() {
        return doubt;
    }

    /** True when a process ended while it made a call. */
    boolean cutOff() {
        return CUT_OFF.equals(doubt);
    }

    /** True when the archive had it before this delivery began. */
    public boolean archived() {
        return row != null && row.archived;
    }

    /** True when the audit feed had it before this delivery began. */
    public boolean fed() {
        return row != null && row.fed;
    }

    /** True until this process has made its first call of this delivery. */
    boolean firstCallHere() {
        return attempts == (row == null ? 0 : row.attempts);
    }

    public boolean known() {
        return row != null;
    }

    /** @param made the claim before the call */
    void called(ClaimLease.Claim made) {
        attempts++;
        claim = made;
    }

    /** True while no other instance takes the call over. */
    boolean leased() {
        return claim.holds();
    }

    void inDoubt(String why) {
        doubt = why;
    }
}
