package io.cxt.model;

import io.cxt.audit.AuditEvent.Type;
import io.cxt.fixture.Parts;
import io.cxt.ledger.BusyException;
import io.cxt.ledger.Deliveries;
import io.cxt.ledger.Delivery;
import io.cxt.ledger.Delivery.Standing;
import io.cxt.ledger.DeliveryState;
import io.cxt.model.Source.Letter;
import io.cxt.model.Source.Transcript;
import io.cxt.model.Tenant.Post;
import io.cxt.model.Tenant.Word;
import io.cxt.transcript.Origin;
import io.cxt.transcript.Part;
import java.time.Duration;

/**
 * One transcript on its way, part by part, as the routes deliver-part, send-part and call-cxone take it. Whatever another
 * instance could come between is a phase of its own.
 */
final class Carrier {
    private static final int MOST_RETRIES = 1;

    private enum Phase {
        LOOK_UP,
        DECIDE,
        TURN,
        CLAIM,
        CALL,
        ANSWER,
        PARK,
        GIVE_UP,
        COPY
    }

    final Instance.Reading reading;
    private final Instance instance;
    private final World world;
    private final Deliveries deliveries;
    private final Transcript transcript;
    private final Origin origin;
    private Phase phase = Phase.LOOK_UP;
    private Part part;
    private Delivery delivery;
    private long due;
    private int retries;
    private Post post;

    Carrier(Instance instance, Instance.Reading reading, Transcript transcript, int index) {
        this.instance = instance;
        this.reading = reading;
        this.transcript = transcript;
        world = instance.world;
        deliveries = instance.ledger.deliveries();
        origin = new Origin(reading.id, reading.source.name, index, index);
        part = transcript.part(1, origin);
    }

    boolean isOf(Transcript other) {
        return transcript.id().equals(other.id());
    }

    private boolean hasInHand(Part other) {
        return delivery != null && other.interactionId().equals(part.interactionId()) && other.part() == part.part();
    }

    /** False while another thread of this instance has the part in hand, for which the look-up waits. */
    boolean canGoOn() {
        return phase != Phase.LOOK_UP || instance.carriers.stream().noneMatch(each -> each.hasInHand(part));
    }

    /** True while CXT may stop, or the lane close, before the call is made. */
    boolean waitsForLane() {
        return phase == Phase.TURN || phase == Phase.CALL;
    }

    boolean tells() {
        return phase != Phase.LOOK_UP && phase != Phase.TURN;
    }

    void goOn() {
        try {
            step();
        } catch (BusyException e) {
            release(); // others have taken the part over, and decide
        }
    }

    private void step() throws BusyException {
        switch (phase) {
            case LOOK_UP -> lookUp();
            case DECIDE -> decide();
            case TURN -> {
                due = world.turn(instance);
                phase = Phase.CLAIM;
            }
            case CLAIM -> claim();
            case CALL -> call();
            case ANSWER -> answer();
            case PARK -> {
                deliveries.parked(delivery, 0, "NET-RESET", Parts.LATENCY);
                setAside(true);
            }
            case GIVE_UP -> {
                DeliveryState state = delivery.doubted() ? DeliveryState.IN_DOUBT : DeliveryState.FAILED;
                deliveries.notSent(delivery, state, post.httpStatus(), reason(), Duration.ZERO);
                setAside(state == DeliveryState.IN_DOUBT);
            }
            case COPY -> {
                deliveries.archived(part, "place");
                deliveries.fed(part);
                instance.ledger.settle();
                next();
            }
        }
    }

    private void lookUp() {
        Delivery found = deliveries.lookUp(part);
        if (found.standing() == Standing.BUSY) {
            heldUp();
        } else {
            delivery = found;
            phase = delivery.standing() == Standing.UNSENT ? Phase.TURN : Phase.DECIDE;
            world.tell(delivery.standing() + (delivery.doubted() ? ", doubted" : ""));
        }
    }

    private void decide() throws BusyException {
        switch (delivery.standing()) {
            case SENT_EARLIER -> phase = Phase.COPY;
            case DUPLICATE -> {
                deliveries.skipped(delivery);
                instance.ledger.settle();
                phase = Phase.COPY;
            }
            case CONFLICT, CUT_OTHERWISE -> {
                deliveries.whole().conflict(delivery);
                setAside(false);
            }
            case PARKED -> {
                deliveries.parked(delivery, 0, delivery.doubt(), Duration.ZERO);
                setAside(true);
            }
            case DECIDED_EARLIER -> setAside(delivery.state().orElseThrow() == DeliveryState.IN_DOUBT);
            case UNSENT, BUSY -> throw new IllegalStateException();
        }
    }

    private void claim() {
        try {
            deliveries.claim(delivery);
            phase = Phase.CALL;
        } catch (BusyException e) {
            release();
        }
    }

    /** No call now: the claim is given back, and the source stays. */
    void release() {
        deliveries.release(delivery);
        heldUp();
    }

    private void heldUp() {
        world.tell("stays");
        reading.heldUp = true;
        over();
    }

    private void call() {
        world.awaitTime(due);
        instance.lane.hearInTime();
        if (due < instance.lane.pausedUntil()) {
            due = world.turn(instance);
            world.tell("a pause came between");
            return;
        }
        world.awaitTime(instance.lane.leaves());
        post = world.post(instance, part, delivery.attempts());
        phase = Phase.ANSWER;
    }

    private void answer() throws BusyException {
        world.tell("hears " + post.word());
        switch (post.word()) {
            case YES -> {
                deliveries.sent(delivery, 201, post.conversationId(), null, Parts.LATENCY);
                instance.lane.passed(post.at());
                phase = Phase.COPY;
            }
            case REFUSED -> {
                deliveries.notSent(delivery, DeliveryState.REJECTED, 400, reason(), Parts.LATENCY);
                instance.lane.passed(post.at());
                setAside(false);
            }
            case THROTTLED -> {
                world.paused(instance.lane.refused(post.retryAfter(), post.at()));
                attempted(Type.RATE_LIMITED, false, "retry-after=" + post.retryAfter());
                phase = Phase.TURN;
            }
            case UNAUTHORIZED -> {
                attempted(Type.ATTEMPT, false, null);
                phase = Phase.TURN;
            }
            case UNAVAILABLE -> {
                attempted(Type.ATTEMPT, false, null);
                tryAgain();
            }
            case UNANSWERED -> {
                if (instance.resendInDoubt) {
                    attempted(Type.IN_DOUBT, true, "no answer");
                    tryAgain();
                } else {
                    attempted(Type.ATTEMPT, true, null);
                    phase = Phase.PARK;
                }
            }
        }
        world.heard(post);
    }

    private void attempted(Type type, boolean doubted, String detail) {
        deliveries.attempted(delivery, type, post.httpStatus(), reason(), doubted, detail, Parts.LATENCY);
    }

    private String reason() {
        return post.word() == Word.UNANSWERED ? "NET-RESET" : "CXONE-" + post.httpStatus();
    }

    private void tryAgain() {
        retries++;
        phase = retries <= MOST_RETRIES ? Phase.TURN : Phase.GIVE_UP;
    }

    /** The rest is not sent once a part is refused. */
    private void setAside(boolean inDoubt) {
        world.setAside(new Letter(transcript, inDoubt));
        over();
    }

    private void next() {
        if (part.part() == transcript.parts()) {
            over();
            return;
        }
        deliveries.unlock(part);
        delivery = null;
        retries = 0;
        part = transcript.part(part.part() + 1, origin);
        phase = Phase.LOOK_UP;
    }

    private void over() {
        deliveries.unlock(part);
        instance.carriers.remove(this);
    }

    @Override
    public String toString() {
        return "%s part %d of %s in %s"
                .formatted(
                        phase.name().toLowerCase(java.util.Locale.ROOT), part.part(), transcript, reading.source.name);
    }
}
