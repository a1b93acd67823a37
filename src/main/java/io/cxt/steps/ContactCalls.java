package io.cxt.steps;

import io.cxt.cxone.Answer;
import io.cxt.intake.TranscriptInFlight;
import io.cxt.ledger.Deliveries;
import io.cxt.ledger.Delivery;
import io.cxt.pace.ContactBucket;
import io.cxt.transcript.Part;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Holds each transcript to what its contact takes. What was called before, by this process or another, is in the ledger, so
 * that the limit holds over restarts.
 */
final class ContactCalls {
    /** Clocks of two instances differ by less. */
    private static final long SKEW_MILLIS = 5_000;

    private final ContactBucket.@Nullable Limit limit;
    private final Deliveries deliveries;
    private final Clock clock;

    /** @param limit null for none */
    ContactCalls(ContactBucket.@Nullable Limit limit, Deliveries deliveries, Clock clock) {
        this.limit = limit;
        this.deliveries = deliveries;
        this.clock = clock;
    }

    /** True when a part may be sent now; else its transcript waits, once its route has ended. */
    boolean admit(TranscriptInFlight transcript, Delivery delivery) {
        Part part = delivery.part();
        if (limit == null) {
            return true;
        }
        ContactBucket bucket = bucket(transcript, delivery, limit);
        long now = System.nanoTime();
        if (bucket.ready(1) - now <= 0) {
            return true;
        }
        int left = part.parts() - part.part() + 1;
        transcript.waitFor(part, bucket.ready(Math.min(left, Math.min(limit.perMinute(), limit.burst() - 1))));
        return false;
    }

    private ContactBucket bucket(TranscriptInFlight transcript, Delivery delivery, ContactBucket.Limit most) {
        ContactBucket known = transcript.contact();
        if (known == null) {
            long now = System.nanoTime();
            long wall = clock.millis();
            boolean first = delivery.part().part() == 1 && !delivery.known(); // then there is no other
            List<Long> calls = first ? List.of() : deliveries.calls(delivery.part());
            List<Long> ages = calls.stream()
                    .map(at -> TimeUnit.MILLISECONDS.toNanos(wall - at - SKEW_MILLIS))
                    .toList();
            known = ContactBucket.after(most, now, ages);
            transcript.contact(known);
        }
        return known;
    }

    /** Waits for a repeated call of a part that was admitted once. */
    void await(TranscriptInFlight transcript) throws InterruptedException {
        ContactBucket bucket = transcript.contact();
        if (bucket != null) {
            TimeUnit.NANOSECONDS.sleep(Math.max(0, bucket.ready(1) - System.nanoTime()));
        }
    }

    /**
     * Counts an answer for the contact, before it is counted for all.
     *
     * @return true when this contact has too many calls, and not all together: its transcript waits once its route has ended
     */
    static boolean heard(PartInFlight call, TranscriptInFlight transcript, Answer answer, CallGate gate) {
        ContactBucket contact = call.asking() ? null : transcript.contact();
        if (contact == null) {
            return false;
        }
        if (answer.kind() == Answer.Kind.ACCEPTED) {
            contact.accepted();
        }
        boolean alone = answer.kind() == Answer.Kind.THROTTLED && contact.refused(gate.passes(), gate.throttles());
        if (alone) {
            transcript.waitFor(call.part(), contact.afterRefusal(System.nanoTime(), answer.retryAfter()));
        }
        return alone;
    }

    /** A call left. */
    void used(TranscriptInFlight transcript) {
        ContactBucket bucket = transcript.contact();
        if (bucket != null) {
            bucket.used(System.nanoTime());
        }
    }
}
