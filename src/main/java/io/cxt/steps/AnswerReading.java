package io.cxt.steps;

import io.cxt.audit.AuditEvent.Type;
import io.cxt.cxone.Answer;
import io.cxt.cxone.Answers;
import io.cxt.cxone.ChangedCallException;
import io.cxt.cxone.CxoneSettings;
import io.cxt.cxone.Duplicates;
import io.cxt.cxone.Elsewhere;
import io.cxt.cxone.HeldBackException;
import io.cxt.cxone.InDoubt;
import io.cxt.cxone.NextStep;
import io.cxt.cxone.NoContact;
import io.cxt.cxone.SignIn;
import io.cxt.intake.Backlog;
import io.cxt.intake.SiteStepException;
import io.cxt.intake.TranscriptInFlight;
import io.cxt.intake.Variables;
import io.cxt.ledger.BusyException;
import io.cxt.ledger.Deliveries;
import io.cxt.ledger.Delivery;
import io.cxt.ledger.DeliveryState;
import io.cxt.text.SafeName;
import io.cxt.transcript.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Headers;
import org.apache.camel.Variable;
import org.jspecify.annotations.Nullable;

/**
 * What CXone's answer, or its absence, means for part and lane. Only a pause or stop counts before it is recorded.
 *
 * <p>Long because what follows from each kind of answer stands here, side by side.
 */
public final class AnswerReading {
    private final Deliveries deliveries;
    private final CallGate gate;
    private final SignIn signIn;
    private final Answers answers;
    private final CxoneSettings settings;
    private final Backlog backlog;
    private final CallTimes times;
    private final StrayCalls strays;
    private final SentLog sentLog = new SentLog();

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
        this.strays = new StrayCalls(deliveries);
    }

    /**
     * Records the answer, or its absence, and says what follows.
     *
     * @param answered the headers of the answer
     * @param body in memory already and cut at {@link io.cxt.cxone.CallLimits#MAX_ANSWER}
     * @param fault what kept the call from an answer; null when there is one
     * @return true when the call has to be repeated at once, which uses up no attempt
     * @throws TryAgainException when the call has to be repeated later, which uses up an attempt
     * @throws BusyException when another instance has taken the part over and decides; the answer is recorded
     * @throws SiteStepException when the call did not leave as it was claimed
     */
    public boolean read(
            @Variable(Variables.CALL) PartInFlight call,
            @Variable(Variables.TRANSCRIPT) TranscriptInFlight transcript,
            @Headers Map<String, Object> answered,
            @Header(Exchange.HTTP_RESPONSE_CODE) @Nullable Integer httpStatus,
            @Body @Nullable InputStream body,
            @Variable(Variables.FAULT) @Nullable IOException fault)
            throws TryAgainException, BusyException, SiteStepException, IOException {
        try {
            return record(call, transcript, answered, httpStatus, body, fault);
        } finally {
            gate.landed(call); // where reading it failed
            call.single().over();
        }
    }

    private boolean record(
            PartInFlight call,
            TranscriptInFlight transcript,
            Map<String, Object> answered,
            @Nullable Integer httpStatus,
            @Nullable InputStream body,
            @Nullable IOException fault)
            throws TryAgainException, BusyException, SiteStepException, IOException {
        Duration latency = Duration.ofNanos(System.nanoTime() - call.startedAt());
        if (fault instanceof HeldBackException) {
            gate.landed(call);
            deliveries.attempted(
                    call.delivery(), Type.ATTEMPT, 0, null, false, "not sent: " + fault.getMessage(), latency);
            return true;
        }
        if (fault instanceof ChangedCallException || fault == null && call.leftAs() == null) {
            gate.landed(call);
            strays.refuse(call, httpStatus, fault, latency);
        }
        Map<String, Object> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.putAll(answered); // Camel's own map tells large letters from small where a host wants that
        Object retryAfter = headers.get("Retry-After");
        Object date = headers.get("Date");
        byte[] bytes = body == null ? new byte[0] : body.readAllBytes();
        int status = fault != null ? 0 : Objects.requireNonNull(httpStatus, "an answer has a status");
        Answer answer = fault != null
                ? answers.unanswered(fault, call.asking())
                : call.asking()
                        ? answers.lookedUp(call.part(), status, all(retryAfter), all(date), bytes)
                        : answers.read(
                                call.part(),
                                call.perhapsThere() || call.elsewhere() != null,
                                call.elsewhere() != null
                                        ? Duplicates.LOOK_UP
                                        : settings.target().duplicates(),
                                status,
                                all(retryAfter),
                                all(date),
                                bytes);
        if (answer.kind() == Answer.Kind.ACCEPTED && answer.conversationId() == null) {
            answer = answer.in(transcript.lastConversation());
        }
        call.answered(answer);
        boolean contactOnly = ContactCalls.heard(call, transcript, answer, gate);
        boolean stopped = !contactOnly && gate.heard(call, answer);
        gate.landed(call);
        times.record(answer.kind().name().toLowerCase(Locale.ROOT), latency);
        Delivery delivery = call.delivery();
        delivery.traced(fault == null ? settings.target().trace(headers::get, bytes) : null);
        boolean newToken = triesNewToken(call, answer);
        String detail = raw(retryAfter);
        switch (answer.kind()) {
            case ACCEPTED -> {
                String note = SentLog.isSplit(transcript, call, settings.target())
                        ? Reason.DIGITAL_SPLIT_CONTACT.id()
                        : answer.reason();
                deliveries.sent(delivery, answer.httpStatus(), answer.conversationId(), note, latency);
                gate.answered(call);
                backlog.sentOne();
                sentLog.sent(delivery, answer, settings.target(), transcript);
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
                return !contactOnly;
            }
            case UNAUTHORIZED, FORBIDDEN -> {
                attempted(call, answer, detail, latency);
                if (!newToken) {
                    String why = fault != null
                            ? NoContact.inWords(fault, settings.baseUrl())
                            : call.asking()
                                    ? NextStep.ofLookUp(answer, settings.target())
                                    : NextStep.inWords(answer, settings.target());
                    gate.stop(why, answer.kind() == Answer.Kind.UNAUTHORIZED);
                }
                return true;
            }
            case DUPLICATE -> {
                doubted(delivery, Type.IN_DOUBT, answer, "no answer that confirms it", latency);
                call.doubted();
                if (stopped) {
                    return true; // a probe: it is not about this chat
                }
                gate.answered(call);
                throw new TryAgainException(answer.failureReason());
            }
            case MISSING -> {
                return repeats(call, answer, latency);
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
                if (settings.parksInDoubt()) {
                    doubted(delivery, Type.ATTEMPT, answer, detail, latency);
                    deliveries.parked(delivery, answer.httpStatus(), answer.reason(), latency);
                    return false;
                }
                doubted(delivery, Type.IN_DOUBT, answer, "no answer", latency);
                call.doubted();
                throw new TryAgainException(answer.failureReason());
            }
            case UNCLEAR -> {
                if (settings.inDoubt() == InDoubt.LOOKUP && !stopped) {
                    doubted(delivery, Type.IN_DOUBT, answer, "no answer that confirms it", latency);
                    call.doubted();
                    throw new TryAgainException(answer.failureReason());
                }
                if (stopped && answer.page() && !settings.parksInDoubt()) {
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
     * CXone does not show a part. Once it would be visible, it is sent again; where CXone shows something else under its id,
     * only if that leaves room for it.
     *
     * @return false when the part is in doubt
     */
    private boolean repeats(PartInFlight call, Answer answer, Duration latency)
            throws TryAgainException, BusyException {
        Delivery delivery = call.delivery();
        Elsewhere elsewhere = answer.elsewhere();
        String found = elsewhere == null ? Deliveries.NOT_FOUND : Deliveries.NOT_FOUND + " " + elsewhere.word();
        boolean visible = System.nanoTime() - call.doubtedAt()
                >= settings.target().searchLag().toNanos();
        boolean taken = visible && elsewhere != null && (call.metAnother() || !elsewhere.leavesRoom());
        boolean stopped = visible && gate.lostWithoutFault(call);
        String doubt = taken && !stopped ? Reason.DIGITAL_ELSEWHERE.id() : delivery.doubt();
        deliveries.attempted(delivery, Type.LOOKED_UP, answer.httpStatus(), doubt, true, found, latency);
        delivery.unanswered(null);
        if (!visible) {
            throw new TryAgainException(answer.failureReason());
        }
        if (taken && !stopped) {
            deliveries.notSent(delivery, DeliveryState.IN_DOUBT, 0, doubt, latency);
            gate.answered(call);
            return false;
        }
        if (!taken) {
            call.missing();
        }
        return true;
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
            gate.failed(call.startedAt(), answered, answer.reason() + (call.asking() ? " to a look-up" : "") + why);
        }
    }

    private void attempted(PartInFlight call, Answer answer, @Nullable String detail, Duration latency) {
        Type type = call.asking() ? Type.LOOKED_UP : Type.ATTEMPT;
        deliveries.attempted(call.delivery(), type, answer.httpStatus(), answer.reason(), false, detail, latency);
        call.delivery().unanswered(call.asking() ? answer.reason() : null);
    }

    /** CXone may have it. */
    private void doubted(Delivery delivery, Type type, Answer answer, @Nullable String detail, Duration latency) {
        deliveries.attempted(delivery, type, answer.httpStatus(), answer.reason(), true, detail, latency);
        delivery.unanswered(null);
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
