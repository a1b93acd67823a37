package io.cxt.cxone;

import io.cxt.transcript.Reason;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What became of one call.
 *
 * @param kind what to do now
 * @param httpStatus the status, or 0 when there was no answer
 * @param reason a stable word for reports and the audit, for example {@code CXONE-503} or {@code NET-TIMEOUT};
 *     null for a yes as the contract says
 * @param conversationId what CXone calls the conversation; null when it said nothing readable
 * @param retryAfter how long CXone asks us to stay away; zero when it asks for no time that can be used, and the pause is
 *     ours; null when it does not ask
 * @param elsewhere what CXone shows in place of the part that it was asked for; null for nothing
 */
public record Answer(
        Kind kind,
        int httpStatus,
        @Nullable String reason,
        @Nullable String conversationId,
        @Nullable Duration retryAfter,
        @Nullable Elsewhere elsewhere) {

    public Answer(
            Kind kind,
            int httpStatus,
            @Nullable String reason,
            @Nullable String conversationId,
            @Nullable Duration retryAfter) {
        this(kind, httpStatus, reason, conversationId, retryAfter, null);
    }

    /** The reason of an answer other than a yes. */
    public String failureReason() {
        return Objects.requireNonNull(reason, "an answer other than a yes has a reason");
    }

    /** The same answer, in a conversation that it does not name. */
    public Answer in(@Nullable String conversation) {
        return new Answer(kind, httpStatus, reason, conversation, retryAfter, elsewhere);
    }

    /** True when the answer is a web page: something on the way spoke, and not CXone. */
    public boolean page() {
        return Reason.CXONE_PAGE.is(reason);
    }

    /** True when CXone says no to the repeat of a call because it has what the first one brought. */
    public boolean hasItAlready(boolean repeated) {
        return repeated && httpStatus == 409;
    }

    /** Each kind of answer, and with that what follows. */
    public enum Kind {
        /** CXone has it. */
        ACCEPTED,
        /** Asked whether it has it, CXone does not show it: nothing at all, or something {@link Answer#elsewhere}. */
        MISSING,
        /** CXone rejects it, and may have it already: it is looked up. */
        DUPLICATE,
        /** CXone will never take it as it is. */
        REFUSED,
        /** Too many calls: the lane pauses, and the call uses up no attempt. */
        THROTTLED,
        /** The token is not good any more: a new one, and the call again. */
        UNAUTHORIZED,
        /** Rights, address, proxy or client are wrong: nothing else will pass either, a person must act. */
        FORBIDDEN,
        /** CXone did not take it, and may another time. */
        UNAVAILABLE,
        /** The call may have arrived; its answer did not. */
        UNANSWERED,
        /** An answer came that is not one of CXone's contract: the call may have arrived, and nothing says so. */
        UNCLEAR
    }
}
