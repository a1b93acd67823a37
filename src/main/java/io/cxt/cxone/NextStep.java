package io.cxt.cxone;

import io.cxt.transcript.Reason;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What to do next about an answer, by its status: where it stops all calls, where a sign-in got it, and where a transcript
 * was set aside for it.
 *
 * <p>Long because what to do about each kind of answer stands here, side by side.
 */
public final class NextStep {
    /** Below that nothing is to be gained by smaller parts: transcript.max-bytes may be 1024 at least. */
    private static final long SMALL = 4_096;

    private NextStep() {}

    /** Why an answer stops all calls. */
    public static String inWords(Answer answer, CxoneTarget target) {
        boolean ofRights = answer.kind() == Answer.Kind.UNAUTHORIZED
                || answer.httpStatus() == 403
                || answer.httpStatus() == 404 && target.looksUp();
        String says = answer.kind() == Answer.Kind.UNAUTHORIZED ? "refuses a new token:" : "answers";
        return ofRights
                ? "CXone %s HTTP %s. %s".formatted(says, answer.httpStatus(), target.rights())
                : inWords(answer);
    }

    /** Why the answer to the question whether CXone has a part stops all calls. */
    public static String ofLookUp(Answer answer, CxoneTarget target) {
        int status = answer.httpStatus();
        return "CXone answers HTTP %s to the search for a message whose answer never came, not to a message. %s"
                .formatted(status, ofCall(status, target.lookUpRights()));
    }

    /**
     * What to do about an answer to a call that a command made.
     *
     * @param rights what to do where the user lacks them
     */
    public static String ofCommand(int status, String rights) {
        return switch (Answers.kind(status)) {
            case UNAVAILABLE, THROTTLED, UNANSWERED -> "Wait until CXone is well again.";
            default -> ofCall(status, rights);
        };
    }

    private static String ofCall(int status, String rights) {
        return status == 401 || status == 403 || status == 404 ? rights : next(status);
    }

    /** The same of an answer that says nothing of rights. */
    public static String inWords(Answer answer) {
        int status = answer.httpStatus();
        String reason = answer.reason();
        return switch (answer.kind()) {
            case REFUSED ->
                ("CXone rejected one transcript after another with HTTP %s and took none in between. Ten transcripts in a row"
                                + " are hardly wrong alike: look for a rule of a gateway, proxy or firewall. Once it is"
                                + " changed, calls go on by themselves, and those rejected before come back with: cxt"
                                + " dead-letters replay --all --reason %s. If the transcripts are wrong all the same, take"
                                + " them out of their source and start CXT again.")
                        .formatted(status, reason);
            case DUPLICATE ->
                ("CXone refuses one chat after another with HTTP %s, as if it had them, and shows none of them when it is"
                                + " asked. Ten chats in a row are hardly alike: look for a rule of a gateway, proxy or firewall,"
                                + " and at the channel. Once it is changed, calls go on by themselves, and those set aside"
                                + " before come back with: cxt dead-letters replay --all --reason %s.")
                        .formatted(status, reason);
            case UNCLEAR ->
                answer.page()
                        ? ("The answer is a page, not CXone's (HTTP %s): check proxy and firewall, and cxone.base-url. What"
                                        + " is in dead-letters/%s may have arrived: look it up in CXone; if it is missing,"
                                        + " run: cxt dead-letters replay --all --reason %s.")
                                .formatted(status, reason, reason)
                        : ("CXone answers HTTP %s, and no conversation id as it should be, so that nobody knows whether it has"
                                        + " the chat: check proxy and firewall, and cxone.base-url. Look what is in"
                                        + " dead-letters/%s up in CXone; replay what is missing.")
                                .formatted(status, reason);
            default -> "CXone answers HTTP %s. %s".formatted(status, next(status));
        };
    }

    /** What to do about an answer to a sign-in that holds no token. */
    static String atSignIn(Answer answer, SignInForm form) {
        return switch (answer.kind()) {
            case UNAUTHORIZED, REFUSED -> secret(form);
            case FORBIDDEN -> answer.httpStatus() == 403 ? secret(form) : next(answer.httpStatus());
            case THROTTLED ->
                "Too many ask for a token at the moment. Nothing is wrong with the client and its secret; it is asked again"
                        + " after a pause. If this goes on, see who else signs in as this client.";
            case ACCEPTED, UNCLEAR ->
                "Something else than CXone's sign-in answers there: check proxy and firewall, and cxone.base-url.";
            default ->
                "CXone's sign-in is not well, or a gateway before it. It is asked again; if this goes on, ask who runs it.";
        };
    }

    /** The same where the answer is none of an OAuth server's: it says nothing of client and secret. */
    static String atSignIn(Answer answer, String text, SignInForm form) {
        if (answer.httpStatus() / 100 == 4 && text.toLowerCase(Locale.ROOT).contains("certificate")) {
            return "It seems to ask for a client certificate. Name one in cxone.key-store, or have the one there accepted;"
                    + " see its words with: cxt check --connect.";
        }
        return switch (answer.kind()) {
            case REFUSED, UNAUTHORIZED, FORBIDDEN ->
                ("The answer is a page or a text, as a proxy or gateway gives it. See its words with: cxt check --connect. Check"
                                + " proxy and firewall, and cxone.base-url; if it is CXone's after all, %s.")
                        .formatted(
                                form == SignInForm.CLIENT_CREDENTIALS
                                        ? "cxone.client-id and CXONE_CLIENT_SECRET"
                                        : "cxone.access-key-id and CXONE_ACCESS_KEY_SECRET");
            default -> atSignIn(answer, form);
        };
    }

    private static final String SECRET =
            "Check cxone.client-id and CXONE_CLIENT_SECRET, and that the client has the scopes in cxone.scope.";

    private static String secret(SignInForm form) {
        return form == SignInForm.CLIENT_CREDENTIALS
                ? SECRET
                : "Check cxone.access-key-id and CXONE_ACCESS_KEY_SECRET, that the access key is active, and that its user may"
                        + " use the API.";
    }

    /** What a status says of address, proxy or client. */
    private static String next(int httpStatus) {
        return switch (httpStatus) {
            case 401 -> SECRET;
            case 402 -> "The account may not use this API. Ask who administers CXone for a licence.";
            case 403 -> "Check that the client has the scopes in cxone.scope and may create chats.";
            case 304 ->
                "It says that nothing has changed, which nobody asked: a cache or proxy wrote it. Check cxone.base-url and the"
                        + " proxy.";
            case 404, 405, 410 ->
                "Nothing takes chats at this address. Check cxone.base-url, and the path that a gateway or proxy puts before"
                        + " or takes off it.";
            case 407 ->
                "A proxy wants a sign-in of its own. Set cxone.proxy, cxone.proxy-username and cxone.proxy-password-file, and"
                        + " check them; or have it let this machine through to cxone.base-url without one.";
            case 421 -> "The server is not the one for this host name. Check cxone.base-url, and where its name leads.";
            case 431 ->
                "The headers are too large for something on the way, most likely the token. Name fewer scopes in cxone.scope,"
                        + " or have the gateway or proxy take larger headers.";
            case 451 -> "Something on the way may not let this through by law. Ask who runs the network, and CXone.";
            case 511 -> "This network wants a sign-in before it lets anything through. Sign this machine in.";
            default ->
                httpStatus / 100 == 3
                        ? "It is a redirect, which is not followed: the token would go to an address that nobody set. Check"
                                + " cxone.base-url."
                        : "That speaks of the address, a proxy or the client, and not of a transcript. Check cxone.base-url,"
                                + " proxy and firewall.";
        };
    }

    /**
     * What to do about a transcript that CXone rejected.
     *
     * @param doubted true when an earlier call for it may have arrived
     * @param partly true when it is sent in several parts, and others may be missing
     * @param bytes of the request
     * @param maxBytes what {@code transcript.max-bytes} is
     * @param replay the command that sends its dead letter again
     */
    public static String rejected(
            int httpStatus, boolean doubted, boolean partly, long bytes, int maxBytes, String replay) {
        if (partly && (httpStatus == 409 || doubted)) {
            return ("CXone may have this part of the chat already, and does not have all of it. Do not delete the dead letter: look"
                            + " what is there of it in CXone, then run %s. It goes on with this part.")
                    .formatted(replay);
        }
        String first = doubted
                ? "An earlier call may have arrived: look the interactionId up in CXone first, and if it is there, delete this"
                        + " letter. If it is not: "
                : "";
        return first
                + switch (httpStatus) {
                    case 400, 422 -> "Correct the transcript in the dead letter and drop it into the inbox again.";
                    case 409 ->
                        "CXone has something under this interactionId already: look it up there. If it is this chat, there is"
                                + " nothing to fix and nothing to send; if it is another, give this one an id of its own.";
                    case 413 ->
                        (bytes < SMALL
                                ? ("Its %s bytes are few: something before CXone takes hardly anything. Ask who runs the gateway or"
                                                + " proxy for its limit, and have it raised; then run: %s.")
                                        .formatted(bytes, replay)
                                : ("Its %s bytes are more than CXone, or a gateway before it, takes. Set transcript.max-bytes (now %s)"
                                                + " below that, for example to %s, with transcript.oversize = split; then run: %s.")
                                        .formatted(bytes, maxBytes, Long.highestOneBit(bytes - 1), replay));
                    default -> notOfTranscript(httpStatus, replay);
                };
    }

    private static String notOfTranscript(int httpStatus, String replay) {
        return switch (Answers.kind(httpStatus)) {
            case UNAVAILABLE, THROTTLED, UNANSWERED -> failed(replay);
            case REFUSED ->
                "Nothing to fix in the transcript: CXone, or a gateway before it, does not take such calls at all. Check"
                        + " cxone.base-url, proxy and gateway; then run: %s.".formatted(replay);
            default -> "%s Nothing to fix in the transcript; then run: %s.".formatted(next(httpStatus), replay);
        };
    }

    /**
     * What to do about a transcript whose interaction id CXone has with other content.
     *
     * @param partly true when CXone has, or may have, a part of what is more than one request
     */
    public static String conflict(boolean partly) {
        return partly
                ? "CXone has parts of a transcript under this interactionId. Compare it with archive/ (cxt find,"
                        + " cxt archive restore). If it is the same chat, do not send it whole under another id:"
                        + " that would bring those parts a second time. Drop only the messages that CXone does"
                        + " not have, under an id of their own."
                : "CXone has another transcript under this interactionId. Compare it with archive/; if both are"
                        + " right, give this one an id of its own and drop it into the inbox again.";
    }

    /** What to do about a transcript whose attempts are used up. */
    public static String failed(String replay) {
        return "Nothing to fix: when CXone is well again, run: %s.".formatted(replay);
    }

    /**
     * What to do before all else about a transcript that CXone may have and that could not be looked up.
     *
     * @param reason of the answer to the look-up, for example {@code CXONE-403}
     */
    public static String notLookedUp(String reason) {
        return ("CXone was asked whether it has it, and did not say (%s): a replay asks again and ends the same until that"
                        + " works. Check with cxt check --connect that the user of the access key may search messages, or set"
                        + " cxone.in-doubt = park and look for it yourself. ")
                .formatted(reason);
    }

    /** What to do about a chat whose messages are all there, and whose last call, which changes its contact, has no answer. */
    public static String notClosed(String replay) {
        return ("CXone has all messages of the chat. Whether it took the change of the contact's status, or the lock of its"
                        + " thread, is not known: look at the contact there, or run %s. It sets that again, and sends no message.")
                .formatted(replay);
    }

    /**
     * What to do about a transcript that CXone may have.
     *
     * @param httpStatus of the last answer; null when there was none
     * @param partly true when it is sent in several parts, and others may be missing
     */
    public static String inDoubt(@Nullable Integer httpStatus, boolean partly, String replay) {
        return inDoubt(httpStatus, partly, null, replay);
    }

    /** @param reason why it is in doubt, where that may be known without a call; null where it is not */
    public static String inDoubt(@Nullable Integer httpStatus, boolean partly, @Nullable String reason, String replay) {
        if (partly) {
            return ("CXone may have this part of the chat, and does not have all of it. Do not delete the dead letter: run %s. It"
                            + " goes on with this part; what is known to be there is not sent again.")
                    .formatted(replay);
        }
        if (httpStatus != null && httpStatus == 409) {
            return "CXone says it has it: look the interactionId up there. Nothing to fix, and nothing to send again.";
        }
        String cause = Reason.OTHER_LEDGER.is(reason)
                ? Reason.OTHER_LEDGER.meaning()
                : Reason.REDELIVERED.is(reason)
                        ? Reason.REDELIVERED.meaning()
                        : "A call may have arrived whose answer never came.";
        if (httpStatus != null) {
            cause = switch (Answers.kind(httpStatus)) {
                case UNCLEAR ->
                    "The answer (HTTP %s) does not say that CXone has it: perhaps a proxy or firewall wrote it."
                            .formatted(httpStatus);
                case UNANSWERED ->
                    "The answer (HTTP %s) is a gateway's, which cannot tell whether CXone has it."
                            .formatted(httpStatus);
                default -> cause;
            };
        }
        return "%s Look the interactionId up in CXone. If it is there: delete the dead letter. If it is missing: %s."
                .formatted(cause, replay);
    }
}
