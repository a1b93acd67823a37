package io.cxt.steps;

import io.cxt.archive.SafeName;
import io.cxt.cxone.Answer;
import io.cxt.cxone.Answers;
import io.cxt.cxone.CxoneSettings;
import io.cxt.cxone.SignIn;
import io.cxt.ledger.AuditEvent.Type;
import io.cxt.ledger.Deliveries;
import io.cxt.ledger.Delivery;
import io.cxt.ledger.State;
import io.cxt.transcript.Part;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Variable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What CXone's answer, or the lack of one, means for the part and for the lane; each on record before it counts, but for
 * the pause after a 429, which waits for nothing.
 */
public final class AnswerReading {
    private static final Logger LOG = LoggerFactory.getLogger(AnswerReading.class);

    private final Deliveries deliveries;
    private final Gate gate;
    private final SignIn signIn;
    private final Answers answers;
    private final CxoneSettings settings;
    private final Backlog backlog;
    private final CallTimes times;

    /** Told how long each call took. */
    public interface CallTimes {
        /** @param result {@code accepted}, {@code throttled} and so on */
        void record(String result, Duration latency);
    }

    AnswerReading(
            Deliveries deliveries,
            Gate gate,
            SignIn signIn,
            Answers answers,
            CxoneSettings settings,
            Backlog backlog,
            CallTimes times) {
        this.deliveries = deliveries;
        this.gate = gate;
        this.signIn = signIn;
        this.answers = answers;
        this.settings = settings;
        this.backlog = backlog;
        this.times = times;
    }

    /**
     * Puts the answer, or the lack of one, on record and tells what follows.
     *
     * @param body in memory already, and cut at {@link io.cxt.cxone.CallLimits#MAX_ANSWER}
     * @param fault what kept the call from an answer; null when there is one
     * @return true when the call has to be made again at once, which uses up no attempt
     * @throws TryAgainException when the call has to be made again later, which does
     */
    public boolean read(
            @Variable(Variables.CALL) Call call,
            @Header(Exchange.HTTP_RESPONSE_CODE) Integer httpStatus,
            @Header("Retry-After") Object retryAfter,
            @Header("Date") Object date,
            @Body InputStream body,
            @Variable(Variables.FAULT) IOException fault)
            throws TryAgainException, IOException {
        Duration latency = Duration.ofNanos(System.nanoTime() - call.startedAt());
        gate.landed(call);
        Answer answer = fault != null
                ? answers.unanswered(fault)
                : answers.read(
                        httpStatus, first(retryAfter), first(date), body == null ? new byte[0] : body.readAllBytes());
        call.answered(answer);
        times.record(answer.kind().name().toLowerCase(Locale.ROOT), latency);
        Delivery delivery = call.delivery();
        switch (answer.kind()) {
            case ACCEPTED -> {
                deliveries.sent(delivery, answer.httpStatus(), answer.conversationId(), answer.reason(), latency);
                gate.passed(call);
                backlog.sentOne();
                logSent(delivery, answer);
                return false;
            }
            case REFUSED -> {
                deliveries.givenUp(delivery, State.REJECTED, answer.httpStatus(), answer.reason(), latency);
                gate.passed(call);
                return false;
            }
            case THROTTLED -> {
                // Before it is on record: whoever waits for the disk must not keep the others calling.
                gate.pause(answer.retryAfter(), call.startedAt(), "HTTP 429 from CXone");
                deliveries.attempted(
                        delivery, Type.RATE_LIMITED, 429, answer.reason(), false, raw(retryAfter), latency);
                return true;
            }
            case UNAUTHORIZED -> {
                attempted(call, answer, latency, false);
                signIn.reject(call.authorization());
                if (call.tokenRenewed()) {
                    gate.stop("CXone refuses a new token: HTTP 401. Check that the client may use the chat API,"
                            + " and cxone.scope.");
                }
                call.renewToken();
                return true;
            }
            case FORBIDDEN -> {
                attempted(call, answer, latency, false);
                gate.stop(forbidden(answer.httpStatus()));
                return true;
            }
            case UNAVAILABLE -> {
                attempted(call, answer, latency, false);
                gate.failed(call.startedAt(), answer.httpStatus() != 0, answer.reason());
                throw new TryAgainException(answer.reason());
            }
            case UNANSWERED -> {
                gate.failed(call.startedAt(), false, answer.reason());
                if (!settings.resendInDoubt()) {
                    deliveries.attempted(
                            delivery, Type.ATTEMPT, answer.httpStatus(), answer.reason(), true, null, latency);
                    deliveries.parked(delivery, answer.httpStatus(), answer.reason(), latency);
                    return false;
                }
                deliveries.attempted(
                        delivery, Type.IN_DOUBT, answer.httpStatus(), answer.reason(), true, "no answer", latency);
                throw new TryAgainException(answer.reason());
            }
        }
        throw new IllegalStateException("no such answer: " + answer.kind());
    }

    private void attempted(Call call, Answer answer, Duration latency, boolean doubted) {
        deliveries.attempted(
                call.delivery(), Type.ATTEMPT, answer.httpStatus(), answer.reason(), doubted, null, latency);
    }

    private static String forbidden(int httpStatus) {
        return httpStatus == 403
                ? "CXone answers HTTP 403. Check that the client has the scopes in cxone.scope and may create chats."
                : "CXone answers with a redirect (HTTP %d), which is not followed. Check cxone.base-url."
                        .formatted(httpStatus);
    }

    private static void logSent(Delivery delivery, Answer answer) {
        Part part = delivery.part();
        LOG.info(
                "injected interaction={} conversation={} part={}/{} messages={} attempt={}{}",
                SafeName.log(part.interactionId()),
                answer.conversationId() == null ? "unknown" : SafeName.log(answer.conversationId()),
                part.part(),
                part.parts(),
                part.messages(),
                delivery.attempts(),
                delivery.doubted() ? " may-repeat=true" : "");
    }

    /** Of several headers of one name the first. */
    private static String first(Object header) {
        Object value = header instanceof Collection<?> several && !several.isEmpty()
                ? several.iterator().next()
                : header;
        return value == null ? null : value.toString();
    }

    private static String raw(Object retryAfter) {
        return retryAfter == null ? null : "retry-after=" + SafeName.log(retryAfter.toString());
    }
}
