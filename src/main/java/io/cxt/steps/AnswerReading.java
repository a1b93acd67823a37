package io.cxt.steps;

import io.cxt.audit.AuditEvent.Type;
import io.cxt.cxone.Answer;
import io.cxt.cxone.Answers;
import io.cxt.cxone.CxoneSettings;
import io.cxt.cxone.NextStep;
import io.cxt.cxone.NoContact;
import io.cxt.cxone.SignIn;
import io.cxt.intake.Backlog;
import io.cxt.intake.Variables;
import io.cxt.ledger.BusyException;
import io.cxt.ledger.Deliveries;
import io.cxt.ledger.Delivery;
import io.cxt.ledger.DeliveryState;
import io.cxt.text.SafeName;
import io.cxt.transcript.Part;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Variable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What CXone's answer, or its absence, means for part and lane. Only a pause or stop counts before it is recorded. */
public final class AnswerReading {
    private static final Logger LOG = LoggerFactory.getLogger(AnswerReading.class);

    private static final Pattern ID_FORM = Pattern.compile("[\\w.:~@/+=-]{1,255}");

    private final Deliveries deliveries;
    private final CallGate gate;
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

    public AnswerReading(
            Deliveries deliveries,
            CallGate gate,
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
     * Records the answer, or its absence, and says what follows.
     *
     * @param body in memory already and cut at {@link io.cxt.cxone.CallLimits#MAX_ANSWER}
     * @param fault what kept the call from an answer; null when there is one
     * @return true when the call has to be repeated at once, which uses up no attempt
     * @throws TryAgainException when the call has to be repeated later, which uses up an attempt
     * @throws BusyException when another instance has taken the part over and decides; the answer is recorded
     */
    public boolean read(
            @Variable(Variables.CALL) PartInFlight call,
            @Header(Exchange.HTTP_RESPONSE_CODE) @Nullable Integer httpStatus,
            @Header("Retry-After") @Nullable Object retryAfter,
            @Header("Date") @Nullable Object date,
            @Body @Nullable InputStream body,
            @Variable(Variables.FAULT) @Nullable IOException fault)
            throws TryAgainException, BusyException, IOException {
        Duration latency = Duration.ofNanos(System.nanoTime() - call.startedAt());
        Answer answer = fault != null
                ? answers.unanswered(fault)
                : answers.read(
                        Objects.requireNonNull(httpStatus, "an answer has a status"),
                        all(retryAfter),
                        all(date),
                        body == null ? new byte[0] : body.readAllBytes());
        call.answered(answer);
        boolean stopped = gate.heard(call, answer);
        gate.landed(call);
        times.record(answer.kind().name().toLowerCase(Locale.ROOT), latency);
        Delivery delivery = call.delivery();
        boolean newToken = triesNewToken(call, answer);
        String detail = raw(retryAfter);
        switch (answer.kind()) {
            case ACCEPTED -> {
                deliveries.sent(delivery, answer.httpStatus(), answer.conversationId(), answer.reason(), latency);
                gate.answered(call);
                backlog.sentOne();
                logSent(delivery, answer);
                return false;
            }
            case REFUSED -> {
                if (answer.hasItAlready(delivery.doubted())) { // or a corrected one would be added beside it
                    deliveries.notSent(delivery, DeliveryState.IN_DOUBT, answer.httpStatus(), answer.reason(), latency);
                    gate.answered(call);
                    return false;
                }
                if (stopped) {
                    attempted(call, answer, detail, latency);
                    return true;
                }
                deliveries.notSent(delivery, DeliveryState.REJECTED, answer.httpStatus(), answer.reason(), latency);
                gate.answered(call);
                return false;
            }
            case THROTTLED -> {
                deliveries.attempted(delivery, Type.RATE_LIMITED, 429, answer.reason(), false, detail, latency);
                return true;
            }
            case UNAUTHORIZED, FORBIDDEN -> {
                attempted(call, answer, detail, latency);
                if (!newToken) {
                    String why =
                            fault == null ? NextStep.inWords(answer) : NoContact.inWords(fault, settings.baseUrl());
                    gate.stop(why, answer.kind() == Answer.Kind.UNAUTHORIZED);
                }
                return true;
            }
            case UNAVAILABLE -> {
                failed(call, answer, fault);
                attempted(call, answer, detail, latency);
                if (answer.httpStatus() == 503 && answer.retryAfter() != null && !call.overtaken(gate.passes())) {
                    return true; // all have to wait, as with 429
                }
                throw new TryAgainException(answer.failureReason());
            }
            case UNANSWERED -> {
                failed(call, answer, fault);
                if (!settings.resendInDoubt()) {
                    doubted(delivery, Type.ATTEMPT, answer, detail, latency);
                    deliveries.parked(delivery, answer.httpStatus(), answer.reason(), latency);
                    return false;
                }
                doubted(delivery, Type.IN_DOUBT, answer, "no answer", latency);
                throw new TryAgainException(answer.failureReason());
            }
            case UNCLEAR -> {
                if (stopped && answer.page() && settings.resendInDoubt()) {
                    doubted(delivery, Type.IN_DOUBT, answer, "no answer of CXone", latency);
                    return true; // most likely it never reached CXone: not every probe is to be set aside
                }
                doubted(delivery, Type.ATTEMPT, answer, null, latency);
                deliveries.notSent(delivery, DeliveryState.IN_DOUBT, answer.httpStatus(), answer.reason(), latency);
                return false;
            }
        }
        throw new IllegalStateException("no such answer: " + answer.kind());
    }

    /**
     * Drops a token that CXone refuses and tries another one once. While the lane is stopped, each probe has a new one
     * anyway.
     *
     * @return true when the call is to be repeated with another token
     */
    private boolean triesNewToken(PartInFlight call, Answer answer) {
        boolean refused = answer.httpStatus() == 401 || answer.httpStatus() == 403;
        boolean before = call.refusedToken(refused);
        if (!refused && answer.httpStatus() != 0) {
            signIn.accept(call.authorization());
        }
        if (!refused || gate.stopped()) {
            return false;
        }
        int inARow = signIn.reject(call.authorization());
        return inARow == 0 || inARow == 1 && !before;
    }

    /** A call failed, not by its content: all wait as long as CXone asks, or while half of the calls fail. */
    private void failed(PartInFlight call, Answer answer, @Nullable IOException fault) {
        if (answer.retryAfter() != null) {
            String why = "HTTP %s from CXone, which asks to come later".formatted(answer.httpStatus());
            gate.rest(answer.retryAfter(), call.startedAt(), why);
        } else {
            boolean answered = answer.kind() == Answer.Kind.UNAVAILABLE && answer.httpStatus() != 0;
            String why = fault == null ? "" : ": " + NoContact.inWords(fault, settings.baseUrl());
            gate.failed(call.startedAt(), answered, answer.reason() + why);
        }
    }

    private void attempted(PartInFlight call, Answer answer, @Nullable String detail, Duration latency) {
        deliveries.attempted(
                call.delivery(), Type.ATTEMPT, answer.httpStatus(), answer.reason(), false, detail, latency);
    }

    /** CXone may have it. */
    private void doubted(Delivery delivery, Type type, Answer answer, @Nullable String detail, Duration latency) {
        deliveries.attempted(delivery, type, answer.httpStatus(), answer.reason(), true, detail, latency);
    }

    /** An id of CXone, or of a gateway, may be any text: the ledger has it as it came. */
    private static String shown(@Nullable String conversationId) {
        if (conversationId == null) {
            return "unknown";
        }
        return ID_FORM.matcher(conversationId).matches() ? conversationId : "\"not shown: no form of an id\"";
    }

    private static void logSent(Delivery delivery, Answer answer) {
        Part part = delivery.part();
        LOG.info(
                "sent interaction={} conversation={} part={}/{} messages={} attempt={}{}",
                SafeName.value(part.interactionId()),
                shown(answer.conversationId()),
                part.part(),
                part.parts(),
                part.messages(),
                delivery.attempts(),
                delivery.doubted() ? " may-repeat=true" : "");
    }

    /** All headers of one name, with a comma between them. */
    private static @Nullable String all(@Nullable Object header) {
        return header instanceof Collection<?> several
                ? several.stream().map(String::valueOf).collect(Collectors.joining(","))
                : header == null ? null : header.toString();
    }

    private static @Nullable String raw(@Nullable Object retryAfter) {
        return retryAfter == null ? null : "retry-after=" + SafeName.log(retryAfter.toString());
    }
}
