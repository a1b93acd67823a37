package io.cxt.steps;

import io.cxt.archive.Refusal;
import io.cxt.archive.Refusal.Fault;
import io.cxt.cxone.Answer;
import io.cxt.cxone.Elsewhere;
import io.cxt.cxone.NextStep;
import io.cxt.intake.KeptLetters;
import io.cxt.intake.SiteStepException;
import io.cxt.intake.SourceReading;
import io.cxt.intake.SourceReading.Outcome;
import io.cxt.intake.TranscriptInFlight;
import io.cxt.intake.Variables;
import io.cxt.ledger.Deliveries;
import io.cxt.ledger.Delivery;
import io.cxt.ledger.DeliveryState;
import io.cxt.redaction.RedactionNotes;
import io.cxt.text.SafeName;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Finding;
import io.cxt.transcript.Reason;
import io.cxt.transcript.Rules;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Variable;
import org.apache.camel.component.bean.validator.BeanValidationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets a transcript aside with its reason: dead letter, report, ledger and log say the same.
 *
 * <p>Long because the words for each outcome are beside what decides between them.
 */
public final class SetAside {
    private static final Logger LOG = LoggerFactory.getLogger(SetAside.class);
    private static final int MOST_FAULTS = 100;
    private static final String REPLAY = "cxt dead-letters replay with this letter's name";

    private final KeptLetters letters;
    private final Deliveries deliveries;
    private final String target;
    private final int maxBytes;
    private final Clock clock;

    /** @param maxBytes most bytes of a request, as configured */
    public SetAside(KeptLetters letters, Deliveries deliveries, String target, int maxBytes, Clock clock) {
        this.letters = letters;
        this.deliveries = deliveries;
        this.target = target;
        this.maxBytes = maxBytes;
        this.clock = clock;
    }

    /**
     * Keeps a transcript that is not sent with its reason: it could not be read, breaks a rule, is beyond the target's
     * limits, or CXone does not have it. An excluded one is recorded already.
     *
     * @param call the part that was not delivered; null when the transcript was never cut
     * @param why the broken rules, as the error handler caught them; any other exception says nothing of the transcript
     */
    public void keep(
            @Variable(Variables.TRANSCRIPT) TranscriptInFlight inFlight,
            @Variable(Variables.CALL) @Nullable PartInFlight call,
            @ExchangeProperty(Exchange.EXCEPTION_CAUGHT) @Nullable Exception why)
            throws IOException {
        if (inFlight.outcome() == Outcome.EXCLUDED) {
            return;
        }
        String id = inFlight.usableId();
        boolean erased = call == null
                ? id != null && deliveries.whole().erased(target, id)
                : call.delivery().standing() == Delivery.Standing.ERASED;
        if (erased) {
            erased(inFlight, Objects.requireNonNullElseGet(id, () -> inFlight.origin()
                    .position()));
        } else if (why instanceof OversizeException oversize) {
            refuse(inFlight, oversize.findings());
        } else if (why instanceof BeanValidationException broken) {
            refuse(
                    inFlight,
                    Rules.findings(
                            broken.getConstraintViolations(), inFlight.origin().line()));
        } else if (call != null) {
            undelivered(inFlight, call);
        } else {
            refuse(inFlight, inFlight.entry().findings());
        }
    }

    /**
     * Excludes what a step of the site keeps out of CXone on purpose: recorded and counted, and no failure.
     *
     * @throws SiteStepException when a part of it was sent
     */
    public void keptOut(@Variable(Variables.TRANSCRIPT) TranscriptInFlight inFlight) throws SiteStepException {
        if (inFlight.begunToGoOut()) {
            throw SiteStepException.forPerson("a part of it has gone out: call cxtSetAside.keptOut before map-and-cut");
        }
        String id = inFlight.usableId();
        byte[] raw = inFlight.entry().raw();
        int bytes = raw == null ? 0 : raw.length;
        deliveries.whole().excluded(target, id, inFlight.origin(), bytes, Reason.KEPT_OUT.id());
        inFlight.ended(Outcome.EXCLUDED);
        LOG.info(
                "excluded source={} line={} interaction={}",
                SafeName.value(inFlight.origin().source()),
                inFlight.origin().line(),
                SafeName.value(id == null ? inFlight.origin().position() : id));
    }

    private void refuse(TranscriptInFlight inFlight, List<Finding> findings) throws IOException {
        Entry entry = inFlight.entry();
        Entry judged = entry.arranged(inFlight.parsed());
        String id = inFlight.usableId();
        List<Fault> faults = findings.stream()
                .limit(MOST_FAULTS)
                .map(judged::locate)
                .map(finding -> new Fault(
                        finding.rule().id(), finding.line(), finding.pointer(), finding.message(), finding.hint()))
                .toList();
        String reason = faults.get(0).rule();
        String whatToDo = findings.get(0).rule().endsSource() || entry.raw() == null
                ? findings.get(0).rule().hint()
                : "Correct the transcript in the dead letter and drop it into the inbox again.";
        keep(inFlight, Outcome.REJECTED, reason, id, faults, null, null, whatToDo, entry.raw());
        String rules =
                findings.stream().map(finding -> finding.rule().id()).distinct().collect(Collectors.joining(","));
        int bytes = entry.raw() == null ? 0 : entry.raw().length;
        deliveries.whole().rejected(target, id, inFlight.origin(), bytes, reason, rules);
        LOG.warn(
                "rejected source={} line={} interaction={} reason=\"{}{} {}\" next=\"{}\"",
                SafeName.value(inFlight.origin().source()),
                inFlight.origin().line(),
                SafeName.value(id == null ? inFlight.origin().position() : id),
                reason,
                faults.get(0).pointer().isEmpty() ? "" : " " + faults.get(0).pointer(),
                faults.get(0).message(),
                faults.get(0).hint().replace('"', '\''));
    }

    /** What a person had erased before: nothing of it is kept. */
    private void erased(TranscriptInFlight inFlight, String id) throws IOException {
        String reason = Reason.ERASED.id();
        keep(inFlight, Outcome.REJECTED, reason, id, null, null, null, Reason.ERASED.hint(), null);
        deliveries.whole().rejected(target, id, inFlight.origin(), 0, reason, reason);
        LOG.warn(
                "rejected source={} line={} interaction={} reason=\"{}\" next=\"{}\"",
                SafeName.value(inFlight.origin().source()),
                inFlight.origin().line(),
                SafeName.value(id),
                reason,
                Reason.ERASED.hint());
    }

    /** What CXone rejected, what could not be delivered, and what a person has to decide. */
    private void undelivered(TranscriptInFlight inFlight, PartInFlight call) throws IOException {
        Delivery delivery = call.delivery();
        switch (delivery.standing()) {
            case CONFLICT, CUT_OTHERWISE ->
                undelivered(inFlight, call, Outcome.CONFLICT, Reason.OTHER_CONTENT.id(), null);
            case PARKED -> undelivered(inFlight, call, Outcome.IN_DOUBT, delivery.doubt(), null);
            case DECIDED_EARLIER -> {
                Outcome outcome = Outcome.valueOf(delivery.state().orElseThrow().name());
                undelivered(inFlight, call, outcome, delivery.reason(), delivery.httpStatus());
            }
            default -> {
                Answer answer = call.lastWord();
                Outcome outcome = answer.kind() == Answer.Kind.REFUSED && !answer.hasItAlready(delivery.doubted())
                        ? Outcome.REJECTED
                        : delivery.doubted() ? Outcome.IN_DOUBT : Outcome.FAILED;
                @Nullable Integer status = answer.httpStatus() == 0 ? null : (Integer) answer.httpStatus();
                undelivered(inFlight, call, outcome, answer.reason(), status);
            }
        }
    }

    private void undelivered(
            TranscriptInFlight inFlight,
            PartInFlight call,
            Outcome outcome,
            @Nullable String reason,
            @Nullable Integer httpStatus)
            throws IOException {
        Delivery delivery = call.delivery();
        String id = delivery.part().interactionId();
        String whatToDo = whatToDo(outcome, httpStatus, call);
        String known = Objects.requireNonNull(reason, "a part is decided against for a reason");
        String next = whatToDo + first(inFlight, outcome, delivery);
        keep(
                inFlight,
                outcome,
                known,
                id,
                null,
                httpStatus,
                delivery.attempts(),
                next,
                inFlight.entry().raw());
        LOG.warn(
                "{} source={} line={} interaction={} reason=\"{}\" attempts={} next=\"{}\"",
                outcome.word(),
                SafeName.value(inFlight.origin().source()),
                inFlight.origin().line(),
                SafeName.value(id),
                known,
                delivery.attempts(),
                whatToDo);
    }

    /** Where the difference may be what was taken out, and nothing else. */
    private String otherPolicy(TranscriptInFlight inFlight, Delivery delivery) {
        String now = RedactionNotes.policy(inFlight.entry().notes());
        String then = deliveries.whole().redaction(delivery.part().interactionId());
        return then == null || then.equals(now)
                ? ""
                : (" It was sent under redaction=%s, and this one is under redaction=%s: if that is all the difference, delete"
                                + " this dead letter, for CXone has the chat.")
                        .formatted(then.isEmpty() ? "none" : then, now.isEmpty() ? "none" : now);
    }

    private String first(TranscriptInFlight inFlight, Outcome outcome, Delivery delivery) {
        String first = outcome == Outcome.CONFLICT ? deliveries.whole().first(delivery.part()) : null;
        return first == null
                ? ""
                : otherPolicy(inFlight, delivery) + " The " + first
                        + ". If that is not the sender you expect, look at it: ids are one space for all who may"
                        + " deliver, unless pickup.*.id-prefix keeps them apart.";
    }

    private static String inDoubt(@Nullable Integer httpStatus, boolean ofSeveral, PartInFlight call) {
        Elsewhere elsewhere = call.elsewhere();
        if (elsewhere != null && Reason.DIGITAL_ELSEWHERE.is(call.delivery().doubt())) {
            return elsewhere.next(REPLAY);
        }
        if (call.part().messages() == 0) {
            return NextStep.notClosed(REPLAY);
        }
        String refused = call.delivery().lookUpRefused();
        return (refused == null ? "" : NextStep.notLookedUp(refused))
                + NextStep.inDoubt(httpStatus, ofSeveral, call.delivery().doubt(), REPLAY);
    }

    private String whatToDo(Outcome outcome, @Nullable Integer httpStatus, PartInFlight call) {
        Delivery delivery = call.delivery();
        boolean ofSeveral = delivery.part().parts() > 1;
        return switch (outcome) {
            case CONFLICT -> NextStep.conflict(delivery.partly());
            case IN_DOUBT -> inDoubt(httpStatus, ofSeveral, call);
            case FAILED -> NextStep.failed(REPLAY);
            default -> {
                int status = Objects.requireNonNull(httpStatus, "CXone rejects with a status");
                int bytes = delivery.part().payload().length;
                String next = NextStep.rejected(status, delivery.doubted(), ofSeveral, bytes, maxBytes, REPLAY);
                yield "CXone rejects it for good (HTTP %s). %s".formatted(status, next);
            }
        };
    }

    private void keep(
            TranscriptInFlight inFlight,
            Outcome outcome,
            String reason,
            @Nullable String id,
            @Nullable List<Fault> faults,
            @Nullable Integer httpStatus,
            @Nullable Integer attempts,
            String whatToDo,
            byte @Nullable [] raw)
            throws IOException {
        SourceReading reading = inFlight.reading();
        String prefix = reading.idPrefix();
        String from = reading.source().letter() != null ? inFlight.origin().source() : reading.pickup();
        Refusal refusal = new Refusal(
                DeliveryState.valueOf(outcome.name()).word(),
                reason,
                id,
                inFlight.origin().source(),
                inFlight.origin().line(),
                inFlight.origin().index(),
                faults,
                httpStatus,
                attempts,
                prefix.isEmpty()
                        ? whatToDo
                        : whatToDo
                                + " Put it where it came from (%s), or replay it: each id gets %s before it there."
                                        .formatted(from, prefix),
                null,
                Instant.ofEpochMilli(inFlight.reading().startedAt()).toString(),
                clock.instant().toString(),
                prefix.isEmpty() ? null : prefix);
        if (outcome == Outcome.REJECTED || outcome == Outcome.CONFLICT) {
            inFlight.reading().tally().refusedOne();
        }
        if (raw == null && !reason.equals(Reason.ERASED.id())) {
            inFlight.reading().needsSource();
        }
        Refusal kept = raw != null && inFlight.wholeSource()
                ? letters.keepWhole(refusal, raw, reading.source().wholeEnding())
                : letters.keep(
                        refusal,
                        raw,
                        reading.before(inFlight.entry()),
                        inFlight.origin().customer());
        reading.report().add(kept);
        inFlight.refuse(kept);
        inFlight.ended(outcome);
        inFlight.copyDue();
    }
}
