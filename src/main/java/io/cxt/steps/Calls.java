package io.cxt.steps;

import io.cxt.cxone.Answer;
import io.cxt.cxone.Answer.Kind;
import io.cxt.cxone.CxoneSettings;
import io.cxt.cxone.CxoneTarget;
import io.cxt.cxone.SignIn;
import io.cxt.intake.Intake;
import io.cxt.intake.SiteStepException;
import io.cxt.intake.Source;
import io.cxt.intake.SourceReading.Outcome;
import io.cxt.intake.TranscriptInFlight;
import io.cxt.intake.Variables;
import io.cxt.ledger.BusyException;
import io.cxt.ledger.Deliveries;
import io.cxt.ledger.Delivery;
import io.cxt.ledger.DeliveryState;
import io.cxt.ledger.Intakes;
import io.cxt.pace.ContactBucket;
import io.cxt.pace.LaneClosedException;
import io.cxt.pickup.WhenOver;
import io.cxt.text.SafeText;
import io.cxt.transcript.Part;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Headers;
import org.apache.camel.Variable;
import org.jspecify.annotations.Nullable;

/** The steps around a call to CXone: permit and claim before it, and what follows for the part after it. */
public final class Calls {
    private final Deliveries deliveries;
    private final Intakes intakes;
    private final CallGate gate;
    private final CallSignIn signIn;
    private final CxoneSettings settings;
    private final ContactCalls contacts;
    private final StrayCalls strays;
    private final CallRequests requests;
    private final boolean archiving;

    public Calls(
            Deliveries deliveries,
            Intakes intakes,
            CallGate gate,
            SignIn signIn,
            CxoneSettings settings,
            boolean archiving,
            Clock clock) {
        this.deliveries = deliveries;
        this.intakes = intakes;
        this.gate = gate;
        this.signIn = new CallSignIn(signIn, gate, settings.maxRetries());
        this.settings = settings;
        this.archiving = archiving;
        this.strays = new StrayCalls(deliveries);
        this.requests = new CallRequests(settings);
        CxoneTarget.ContactLimit most = settings.target().contactLimit();
        ContactBucket.Limit limit = most == null ? null : new ContactBucket.Limit(most.burst(), most.perMinute());
        this.contacts = new ContactCalls(limit, deliveries, clock);
    }

    /**
     * Locks a part until its exchange ends and looks up its standing in the ledger.
     *
     * @param body the part
     * @throws SiteStepException when the body is no part, or the routes have led here with this part before: the second
     *     time would wait for the first
     */
    public PartInFlight lookUp(
            @Body @Nullable Object body,
            @Variable(Variables.TRANSCRIPT) TranscriptInFlight transcript,
            Exchange exchange)
            throws BusyException, SiteStepException {
        boolean again = exchange.getVariable(Variables.CALL) != null; // then the body is what CXone answered
        if (!again && !(body instanceof Part)) {
            throw SiteStepException.notA("part", "look-up", "Hand on each of those that map-and-cut made", body);
        }
        if (again || !(body instanceof Part part) || !transcript.handOn(part)) {
            throw SiteStepException.forPerson(
                    "a part is handed on twice: the steps in routes/ lead to direct:deliver-part once more than needed");
        }
        WhenOver.of(exchange, () -> deliveries.unlock(part)); // before the lock, so that nothing can come between
        Delivery delivery = transcript.reading().lookUp(part, transcript::endedAt, deliveries);
        if (delivery.standing() == Delivery.Standing.BUSY) {
            throw new BusyException(SafeText.brief(part.origin().position()) + " is being sent by "
                    + delivery.owner().orElse("another instance"));
        }
        return new PartInFlight(delivery);
    }

    /** True when the part is to be posted now; one whose contact takes no call yet waits with its transcript. */
    public boolean unsent(
            @Variable(Variables.CALL) PartInFlight call,
            @Variable(Variables.TRANSCRIPT) TranscriptInFlight transcript) {
        if (call.delivery().standing() != Delivery.Standing.UNSENT) {
            transcript.contact(null); // another source may have sent it meanwhile: the ledger knows when
            return false;
        }
        return contacts.admit(transcript, call.delivery());
    }

    /**
     * Waits for a token and a permit, claims the part and waits until fewer calls than allowed are in flight. The claim
     * is on the disk before the call can leave. No call leaves whose part another instance may have taken over, as
     * after a freeze.
     *
     * @throws SiteStepException when the call before is not over: this one would leave beside it
     */
    public void begin(
            @Variable(Variables.CALL) PartInFlight call,
            @Variable(Variables.TRANSCRIPT) TranscriptInFlight transcript,
            Exchange exchange)
            throws LaneClosedException, BusyException, InterruptedException, SiteStepException {
        if (call.single().begin(exchange)) { // once: a call may be made again and again for days
            WhenOver.of(exchange, () -> strays.over(call, exchange, gate));
        }
        transcript.reading().source().awaitTurn();
        signIn.authorization(); // before the permit: calls that waited for a token together must not leave together
        long due = gate.pass();
        if (gate.stopped()) {
            signIn.renew(); // a probe: rights live in tokens, and a person may have changed them
        }
        String authorization =
                signIn.authorization(); // usually the same token, but the permit may have been minutes away
        Source source = transcript.reading().source();
        if (source.shared() && !intakes.keeps(source.pickup(), source.name())) {
            throw new BusyException(Intake.TAKEN_OVER);
        }
        contacts.await(transcript);
        deliveries.claim(call.delivery(), requests.asks(call));
        call.authorize(authorization);
        gate.takeOff(call, due);
        contacts.used(transcript);
        deliveries.requireLease(call.delivery());
    }

    /**
     * Writes the request: the headers that are not the same for every part, and what is sent.
     *
     * @return the body; null for a call that asks whether CXone has the part
     */
    public byte @Nullable [] request(
            @Variable(Variables.CALL) PartInFlight call,
            @Variable(Variables.TRANSCRIPT) TranscriptInFlight transcript,
            @Headers Map<String, Object> headers) {
        return requests.write(call, transcript.lastConversation(), headers);
    }

    /** An attempt failed that may be tried again. */
    public static void tried(Exchange exchange) {
        Objects.requireNonNull(exchange.getVariable(Variables.CALL, PartInFlight.class), "an attempt is for a part")
                .tried();
    }

    /** True when the next attempt is missing because CXT stops, and not because the retries are used up. */
    public boolean triesLeft(PartInFlight call, int retries) {
        return call.tries() <= retries;
    }

    /** The attempts are used up. */
    public void giveUp(@Variable(Variables.CALL) PartInFlight call) throws BusyException {
        if (call.answer().kind() == Kind.MISSING) {
            gate.lostWithoutFault(call);
        }
        Answer last = call.lastWord();
        DeliveryState state = call.delivery().doubted() ? DeliveryState.IN_DOUBT : DeliveryState.FAILED;
        deliveries.notSent(call.delivery(), state, last.httpStatus(), last.reason(), Duration.ZERO);
    }

    /** No call can be made now: releases the claim; the source stays. */
    public void release(
            @Variable(Variables.CALL) PartInFlight call,
            @Variable(Variables.TRANSCRIPT) TranscriptInFlight transcript,
            @ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Exception why) {
        transcript.holdUp(why, String.valueOf(why.getMessage()));
        deliveries.release(call.delivery());
    }

    /** Asked by the route: an expression on the variable itself would look a method up for each part. */
    public boolean archives(@Variable(Variables.NEXT) NextStage next) {
        return next.isArchive();
    }

    public boolean records(@Variable(Variables.NEXT) NextStage next) {
        return next.isRecord();
    }

    public boolean setsAside(@Variable(Variables.NEXT) NextStage next) {
        return next.isSetAside();
    }

    /** Says what follows for a part whose outcome is decided. */
    public NextStage next(
            @Variable(Variables.CALL) PartInFlight call, @Variable(Variables.TRANSCRIPT) TranscriptInFlight transcript)
            throws BusyException {
        Delivery delivery = call.delivery();
        switch (delivery.standing()) {
            case UNSENT -> {
                if (transcript.waits() || !delivery.decided()) {
                    return NextStage.NONE; // undecided where a step in routes/ caught what ends or repeats a call
                }
                if (call.answer().kind() != Kind.ACCEPTED) {
                    return NextStage.SET_ASIDE;
                }
                transcript.sent(Outcome.SENT, call.conversationId());
            }
            case SENT_EARLIER -> transcript.sent(Outcome.SENT, call.conversationId());
            case DUPLICATE -> {
                deliveries.skipped(delivery);
                transcript.sent(Outcome.DUPLICATE, call.conversationId());
            }
            case CONFLICT, CUT_OTHERWISE -> {
                if (delivery.standing() == Delivery.Standing.CUT_OTHERWISE && transcript.foundBegun()) {
                    deliveries.unlock(delivery.part());
                    return NextStage.NONE; // it is cut again, as it was begun
                }
                deliveries.whole().conflict(delivery);
                return NextStage.SET_ASIDE;
            }
            case PARKED -> {
                deliveries.parked(delivery, 0, delivery.doubt(), Duration.ZERO);
                return NextStage.SET_ASIDE;
            }
            case DECIDED_EARLIER, ERASED -> {
                return NextStage.SET_ASIDE;
            }
            case BUSY -> throw new IllegalStateException("a part that another instance sends is not looked up here");
        }
        if (delivery.fed() && (delivery.archived() || !archiving)) {
            return NextStage.NONE;
        }
        transcript.copyDue();
        return archiving && !delivery.archived() ? NextStage.ARCHIVE : NextStage.RECORD;
    }
}
