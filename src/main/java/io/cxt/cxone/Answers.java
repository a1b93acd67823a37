package io.cxt.cxone;

import io.cxt.cxone.Answer.Kind;
import io.cxt.transcript.Part;
import io.cxt.transcript.Reason;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.jspecify.annotations.Nullable;

/** Tells what an HTTP answer, or the lack of one, means for the transcript. */
public record Answers(CxoneTarget target, RetryAfter retryAfter) {
    /** The longest conversation id that every ledger and feed can keep. */
    private static final int LONGEST_ID = 255;

    /**
     * Reads the answer to a call that takes a part.
     *
     * @param repeated true when an earlier call for it may have arrived
     */
    public Answer read(
            Part part,
            boolean repeated,
            int httpStatus,
            @Nullable String retryAfterHeader,
            @Nullable String dateHeader,
            byte[] body) {
        return read(part, repeated, target.duplicates(), httpStatus, retryAfterHeader, dateHeader, body);
    }

    /**
     * The same.
     *
     * @param duplicates what a rejection means that a repeat gets
     */
    public Answer read(
            Part part,
            boolean repeated,
            Duplicates duplicates,
            int httpStatus,
            @Nullable String retryAfterHeader,
            @Nullable String dateHeader,
            byte[] body) {
        CxoneTarget.Confirmation yes = httpStatus / 100 == 2 ? target.confirmation(part, httpStatus, body) : null;
        if (yes != null) {
            return accepted(httpStatus, yes);
        }
        if (target.isHarmless(part, httpStatus)) {
            return new Answer(Kind.ACCEPTED, httpStatus, Reason.DIGITAL_NOT_CLOSED.id(), null, null);
        }
        boolean perhaps = httpStatus == 409 || repeated && (httpStatus == 400 || httpStatus == 422);
        String reason = Reason.CXONE_STATUS.id(httpStatus);
        return switch (perhaps ? duplicates : Duplicates.REFUSE) {
            case ACCEPT -> new Answer(Kind.ACCEPTED, httpStatus, reason, null, null);
            case LOOK_UP -> new Answer(Kind.DUPLICATE, httpStatus, reason, null, null);
            case REFUSE -> read(httpStatus, retryAfterHeader, dateHeader, body);
        };
    }

    private static Answer accepted(int httpStatus, CxoneTarget.Confirmation yes) {
        String id = yes.conversationId();
        String kept = id == null ? null : kept(id);
        String note = !Objects.equals(kept, id)
                ? Reason.CXONE_ID_CUT.id()
                : yes.expected() ? null : Reason.CXONE_STATUS.id(httpStatus);
        return new Answer(Kind.ACCEPTED, httpStatus, note, kept, null);
    }

    /**
     * Reads an answer that confirms no part.
     *
     * @param retryAfterHeader the raw header, or null
     * @param dateHeader the answer's own time, or null; a Retry-After given as a date is measured against it
     * @param body what could be read of the body; never null
     */
    Answer read(int httpStatus, @Nullable String retryAfterHeader, @Nullable String dateHeader, byte[] body) {
        if (httpStatus / 100 == 2) {
            String reason = page(body)
                    ? Reason.CXONE_PAGE.id()
                    : httpStatus == 200 || httpStatus == 201
                            ? Reason.CXONE_ID_UNKNOWN.id()
                            : Reason.CXONE_STATUS.id(httpStatus);
            return new Answer(Kind.UNCLEAR, httpStatus, reason, null, null);
        }
        boolean asks = retryAfterHeader != null;
        Duration wait = retryAfter
                .parse(retryAfterHeader, dateHeader)
                .orElse(asks && httpStatus != 429 ? Duration.ZERO : null); // a 429 asks without one, too
        Kind kind = httpStatus == 413 && asks ? Kind.UNAVAILABLE : kind(httpStatus); // RFC 9110 section 15.5.14
        return new Answer(kind, httpStatus, Reason.CXONE_STATUS.id(httpStatus), null, wait);
    }

    private static String kept(String id) {
        boolean halved = id.length() > LONGEST_ID && Character.isHighSurrogate(id.charAt(LONGEST_ID - 1));
        return id.substring(0, Math.min(id.length(), halved ? LONGEST_ID - 1 : LONGEST_ID));
    }

    private static boolean page(byte[] body) {
        return new String(body, 0, Math.min(body.length, 1024), StandardCharsets.ISO_8859_1)
                .replaceFirst("^\\u00ef\\u00bb\\u00bf", "") // the mark of UTF-8
                .stripLeading()
                .startsWith("<");
    }

    /**
     * What a status other than a yes means, by its class. Those are listed that say something of the transcript; a client
     * error that is not speaks of address, proxy or client, and no transcript pays for it.
     */
    public static Kind kind(int httpStatus) {
        return switch (httpStatus) {
            case 400, 409, 413, 415, 422, 501, 505, 510 -> Kind.REFUSED;
            case 401 -> Kind.UNAUTHORIZED;
            case 408, 423, 425 -> Kind.UNAVAILABLE;
            case 429 -> Kind.THROTTLED;
            case 511 -> Kind.FORBIDDEN;
            // A gateway speaks, and does not know what became of the call.
            case 499, 502, 504, 520, 522, 524, 527, 530, 598, 599 -> Kind.UNANSWERED;
            default ->
                switch (httpStatus / 100) {
                    case 3, 4 -> Kind.FORBIDDEN; // a redirect is not followed with a bearer
                    case 5 -> Kind.UNAVAILABLE;
                    default -> Kind.UNCLEAR;
                };
        };
    }

    /** Reads the answer to the question whether CXone has a part. */
    public Answer lookedUp(
            Part part, int httpStatus, @Nullable String retryAfterHeader, @Nullable String dateHeader, byte[] body) {
        CxoneTarget.LookedUp found = httpStatus / 100 == 2 ? target.lookedUp(part, body) : null;
        if (found == null) {
            return asked(read(httpStatus, retryAfterHeader, dateHeader, body));
        }
        String id = found.conversationId();
        return found.times() == 0
                ? new Answer(Kind.MISSING, httpStatus, Reason.CXONE_LOOKED_UP.id(), null, null, found.elsewhere())
                : new Answer(
                        Kind.ACCEPTED, httpStatus, Reason.CXONE_LOOKED_UP.id(), id == null ? null : kept(id), null);
    }

    /** A question brings nothing, so that no lack of an answer leaves anything in doubt. */
    private static Answer asked(Answer answer) {
        return switch (answer.kind()) {
            case REFUSED, UNCLEAR, UNANSWERED ->
                new Answer(Kind.UNAVAILABLE, answer.httpStatus(), answer.reason(), null, answer.retryAfter());
            default -> answer;
        };
    }

    /** As {@link #unanswered(IOException)}, for a question where that is what the call was. */
    public Answer unanswered(IOException fault, boolean question) {
        Answer answer = unanswered(fault);
        return question ? asked(answer) : answer;
    }

    /** What a call that ended in an exception means: most of all, whether CXone can have got it. */
    public Answer unanswered(IOException fault) {
        if (fault instanceof NotSentException notSent) {
            return notSent(notSent);
        }
        if (fault instanceof UnknownHostException) {
            return none(Kind.UNAVAILABLE, Reason.NET_DNS.id());
        }
        if (fault instanceof ConnectException
                || fault instanceof ConnectTimeoutException
                || fault instanceof NoRouteToHostException
                || fault instanceof ConnectionRequestTimeoutException) {
            return none(Kind.UNAVAILABLE, Reason.NET_CONNECT.id());
        }
        boolean late = fault.getCause() instanceof SocketTimeoutException; // within TLS
        if (fault instanceof SSLException && !late) {
            return none(handshake(fault) ? Kind.UNAVAILABLE : Kind.UNANSWERED, Reason.NET_TLS.id());
        }
        if (late || fault instanceof DeadlineExceededException || fault instanceof SocketTimeoutException) {
            return none(Kind.UNANSWERED, Reason.NET_TIMEOUT.id());
        }
        return none(Kind.UNANSWERED, Reason.NET_RESET.id());
    }

    /** Nothing is in doubt; what a proxy refuses to this machine or host it refuses to all, and a person must act. */
    private static Answer notSent(NotSentException fault) {
        if (fault.status() != 0) {
            boolean stops =
                    switch (kind(fault.status())) {
                        case REFUSED, UNAUTHORIZED, FORBIDDEN -> true;
                        default -> false;
                    };
            return none(stops ? Kind.FORBIDDEN : Kind.UNAVAILABLE, Reason.PROXY_STATUS.id(fault.status()));
        }
        Throwable cause = fault.getCause();
        Reason reason = fault.ofProxy()
                ? Reason.NET_PROXY
                : cause instanceof UnknownHostException
                        ? Reason.NET_DNS
                        : cause instanceof SSLException ? Reason.NET_TLS : Reason.NET_CONNECT;
        return none(Kind.UNAVAILABLE, reason.id());
    }

    /** Certificate and handshake faults come before the first byte of the request. */
    private static boolean handshake(IOException fault) {
        return fault instanceof javax.net.ssl.SSLHandshakeException
                || fault instanceof javax.net.ssl.SSLPeerUnverifiedException;
    }

    private static Answer none(Kind kind, String reason) {
        return new Answer(kind, 0, reason, null, null);
    }
}
