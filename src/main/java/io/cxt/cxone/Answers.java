package io.cxt.cxone;

import io.cxt.cxone.Answer.Kind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;

/** Tells what an HTTP answer, or the lack of one, means for the transcript. */
public final class Answers {
    private final Target target;
    private final RetryAfter retryAfter;

    public Answers(Target target, RetryAfter retryAfter) {
        this.target = target;
        this.retryAfter = retryAfter;
    }

    /**
     * Reads an answer.
     *
     * @param retryAfterHeader the raw header, or null
     * @param dateHeader the answer's own time, or null; a Retry-After given as a date is measured against it
     * @param body what could be read of the body; never null
     */
    public Answer read(int httpStatus, String retryAfterHeader, String dateHeader, byte[] body) {
        String reason = "CXONE-" + httpStatus;
        if (httpStatus >= 200 && httpStatus < 300) {
            String conversationId = target.conversationId(body);
            String oddity = conversationId == null ? "CXONE-ID-UNKNOWN" : httpStatus == 201 ? null : reason;
            return new Answer(Kind.ACCEPTED, httpStatus, oddity, conversationId, null);
        }
        Duration wait = retryAfter.parse(retryAfterHeader, dateHeader).orElse(null);
        return new Answer(kind(httpStatus), httpStatus, reason, null, wait);
    }

    private static Kind kind(int httpStatus) {
        if (httpStatus >= 300 && httpStatus < 400) {
            return Kind.FORBIDDEN; // a redirect is not followed with a bearer: the address is wrong for every call
        }
        return switch (httpStatus) {
            case 401 -> Kind.UNAUTHORIZED;
            case 403 -> Kind.FORBIDDEN;
            case 429 -> Kind.THROTTLED;
            case 408, 500, 503 -> Kind.UNAVAILABLE;
            case 502, 504 -> Kind.UNANSWERED; // a gateway speaks, and does not know what became of the call
            default -> Kind.REFUSED;
        };
    }

    /** What a call that ended in an exception means: most of all, whether CXone can have got it. */
    public Answer unanswered(IOException fault) {
        if (fault instanceof UnknownHostException) {
            return none(Kind.UNAVAILABLE, "NET-DNS");
        }
        if (fault instanceof ConnectException
                || fault instanceof ConnectTimeoutException
                || fault instanceof NoRouteToHostException
                || fault instanceof ConnectionRequestTimeoutException) {
            return none(Kind.UNAVAILABLE, "NET-CONNECT");
        }
        boolean late = fault.getCause() instanceof SocketTimeoutException; // within TLS
        if (fault instanceof SSLException && !late) {
            return none(handshake(fault) ? Kind.UNAVAILABLE : Kind.UNANSWERED, "NET-TLS");
        }
        if (late || fault instanceof DeadlineExceededException || fault instanceof SocketTimeoutException) {
            return none(Kind.UNANSWERED, "NET-TIMEOUT");
        }
        return none(Kind.UNANSWERED, "NET-RESET");
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
