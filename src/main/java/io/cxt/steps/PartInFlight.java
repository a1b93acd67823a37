package io.cxt.steps;

import io.cxt.cxone.Answer;
import io.cxt.cxone.ClaimedCall;
import io.cxt.cxone.Elsewhere;
import io.cxt.ledger.Delivery;
import io.cxt.ledger.Delivery.Standing;
import io.cxt.transcript.Part;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A part in flight and the calls made for it. Used by the thread that makes its {@link SingleCall}.
 *
 * <p>Long because what one call of a part leaves for the next is all here.
 */
public final class PartInFlight {
    private final Delivery delivery;
    private final SingleCall single = new SingleCall();
    private @Nullable String authorization;
    private @Nullable ClaimedCall claimed;
    private @Nullable String leftAs;
    private long permit;
    private long startedAt;
    private boolean inFlight;
    private boolean tokenRefused;
    private long passesSeen = -1;
    private @Nullable Answer answer;
    /** The last one to a call that takes the part; null when there was none. */
    private @Nullable Answer posted;

    private boolean asking;
    private boolean missing;
    private @Nullable Elsewhere elsewhere;
    private long doubtedAt = System.nanoTime();
    private boolean archived;
    private int tries;

    PartInFlight(Delivery delivery) {
        this.delivery = delivery;
    }

    public Delivery delivery() {
        return delivery;
    }

    public Part part() {
        return delivery.part();
    }

    /** Who makes a call for it. */
    SingleCall single() {
        return single;
    }

    /** The value of the Authorization header for the next call. */
    public String authorization() {
        return Objects.requireNonNull(authorization, "a call is authorized before it is made");
    }

    void authorize(String newAuthorization) {
        authorization = newAuthorization;
    }

    /** @param newPermit when its permit was due */
    void takeOff(long newPermit) {
        claimed = null;
        leftAs = null;
        permit = newPermit;
        startedAt = System.nanoTime();
        inFlight = true;
    }

    /** When the permit of the last call was due. */
    long permit() {
        return permit;
    }

    /** Its connection stands, and it leaves. */
    void left(long at) {
        startedAt = at;
    }

    /** The next call is this one. */
    void claimed(ClaimedCall call) {
        claimed = call;
    }

    /** The call that was written for the last claim; null before. */
    @Nullable
    ClaimedCall claimed() {
        return claimed;
    }

    /**
     * Its bytes leave now: one claim is one call.
     *
     * @param word of the client for the call
     */
    void leaves(String word) {
        leftAs = word;
    }

    /** The client's word for the call that left as it was claimed; null when none did. */
    @Nullable
    String leftAs() {
        return leftAs;
    }

    /** True the first time after a takeoff. */
    boolean land() {
        boolean flew = inFlight;
        inFlight = false;
        return flew;
    }

    long startedAt() {
        return startedAt;
    }

    /** @return whether its token was refused the last time, as well */
    boolean refusedToken(boolean refused) {
        boolean before = tokenRefused;
        tokenRefused = refused;
        return before;
    }

    /**
     * CXone asks to wait.
     *
     * @param passes calls that CXone has accepted so far
     * @return true when CXone accepted others since it last asked this one to wait: then not all have to wait
     */
    boolean overtaken(long passes) {
        boolean overtaken = passesSeen >= 0 && passes > passesSeen;
        passesSeen = passes;
        return overtaken;
    }

    /** What the last call came to. Ask only after a call. */
    Answer answer() {
        return Objects.requireNonNull(answer, "no call was made for this part");
    }

    /** What its outcome is told by: the last answer; where that was to a look-up, that a call may have arrived. */
    Answer lastWord() {
        Answer last = answer();
        String doubt = asking ? delivery.doubt() : null;
        return doubt == null ? last : new Answer(Answer.Kind.UNANSWERED, 0, doubt, null, null);
    }

    void answered(Answer newAnswer) {
        answer = newAnswer;
        if (!asking) {
            posted = newAnswer;
        } else if (newAnswer.kind() == Answer.Kind.MISSING) {
            elsewhere = newAnswer.elsewhere();
        }
    }

    /** The answer that said neither yes nor no, to the last call that takes the part; null when it was another. */
    @Nullable
    Answer unclear() {
        return posted != null && posted.kind() == Answer.Kind.UNCLEAR ? posted : null;
    }

    /** The rejection that the last call got which takes the part, where CXone may have it already; null when it was another. */
    @Nullable
    Answer duplicate() {
        return posted != null && posted.kind() == Answer.Kind.DUPLICATE ? posted : null;
    }

    /** True when CXone answered the last call that takes the part, and neither took it nor left it undecided. */
    boolean metAnother() {
        return duplicate() != null || posted != null && posted.kind() == Answer.Kind.UNCLEAR && !posted.page();
    }

    /** The next call asks whether CXone has the part. */
    void ask(boolean whether) {
        asking = whether;
    }

    /** True when the last call asked whether CXone has the part. */
    boolean asking() {
        return asking;
    }

    /** A call may have arrived; what was known of CXone before is not known any more. */
    void doubted() {
        missing = false;
        doubtedAt = System.nanoTime();
    }

    /** When a call was last found to be in doubt, as {@link System#nanoTime}. */
    long doubtedAt() {
        return doubtedAt;
    }

    /** CXone says that it does not have it. */
    void missing() {
        missing = true;
    }

    /** What CXone showed last in place of the part; null for nothing. A rejection may be about that. */
    @Nullable
    Elsewhere elsewhere() {
        return elsewhere;
    }

    /** True when an earlier call may have arrived, and CXone has not said since that it does not have the part. */
    boolean perhapsThere() {
        return delivery.doubted() && !missing;
    }

    /** True when CXone said so after the last call that may have arrived. */
    boolean knownMissing() {
        return missing;
    }

    /** An attempt failed that may be tried again. */
    void tried() {
        tries++;
    }

    /** How many attempts have failed that may be tried again. */
    int tries() {
        return tries;
    }

    /** The archive has the part. */
    void kept() {
        archived = true;
    }

    /** True when the archive has the part: from the tap of this reading or, by the ledger, from an earlier one. */
    boolean archived() {
        return archived || (sentEarlier() && delivery.archived());
    }

    /** True when CXone has the part. */
    boolean delivered() {
        return sentEarlier() || (answer != null && answer.kind() == Answer.Kind.ACCEPTED);
    }

    private boolean sentEarlier() {
        return delivery.standing() == Standing.SENT_EARLIER || delivery.standing() == Standing.DUPLICATE;
    }

    /** CXone's id of the conversation, from the answer or the ledger; null when it is not known. */
    @Nullable
    String conversationId() {
        return answer == null ? delivery.conversationId() : answer.conversationId();
    }

    /** Leaves header and payload out: toString ends up in exception messages and logs. */
    @Override
    public String toString() {
        return "Call[" + part() + "]";
    }
}
