package io.cxt.story;

import io.cxt.audit.AuditEntry;
import io.cxt.cxone.Answer;
import io.cxt.cxone.Answers;
import io.cxt.cxone.Elsewhere;
import io.cxt.cxone.NextStep;
import io.cxt.ledger.DeliveryState;
import io.cxt.ledger.RecordedDelivery;
import io.cxt.text.SafeName;
import io.cxt.transcript.Reason;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One delivery in sentences.
 *
 * @param standing where it stands now
 * @param first where the transcript that had its id first came from; null unless the two are in conflict
 * @param calls each call, in order
 * @param toDo null when there is nothing to do
 */
public record DeliveryStory(
        RecordedDelivery delivery,
        String standing,
        @Nullable String first,
        List<String> calls,
        @Nullable String toDo) {
    private static final String GOES_ON =
            "nothing while cxt runs and calls are not stopped. If calls are stopped, the log (lane stopped) and cxt check --connect say"
                    + " what to do. If no cxt is running, start one: it continues. Only if the source is gone, drop the transcript into"
                    + " the inbox again.";

    private static final String AS_DOUBTED =
            " There is no dead letter of it. When calls can be made, cxone.in-doubt says what becomes of it: resend sends it marked"
                    + " may-repeat, lookup asks CXone first, park makes a dead letter of it.";

    /**
     * Tells it.
     *
     * @param events of its interaction, in the order in which they were written
     * @param maxBytes that one call may have
     */
    static DeliveryStory of(RecordedDelivery delivery, List<AuditEntry> events, int maxBytes) {
        DeliveryState state = delivery.state();
        int part = delivery.part();
        String what = part == 0
                ? "The transcript"
                : delivery.parts() == 1 ? "It" : "Part %s of %s".formatted(part, delivery.parts());
        boolean marked = delivery.mayRepeat() && !CallStory.onePostAtMost(part, events, delivery.attempts());
        return new DeliveryStory(
                delivery,
                what + " " + standing(state, delivery, marked) + withdrawn(state, part, events),
                state == DeliveryState.CONFLICT ? first(events).orElse(null) : null,
                CallStory.of(part, events),
                toDo(state, delivery, marked, events, maxBytes));
    }

    private static String standing(DeliveryState state, RecordedDelivery delivery, boolean marked) {
        String reason = text(delivery.reason());
        return switch (state) {
            case SENT ->
                "is in CXone as conversation %s, since %s%s."
                        .formatted(
                                delivery.conversationId() == null
                                        ? "(id unknown: CXone's answer could not be read)"
                                        : SafeName.log(delivery.conversationId())
                                                + (Reason.CXONE_ID_CUT.is(delivery.reason())
                                                        ? " (the beginning of an id that is too long to keep)"
                                                        : ""),
                                delivery.finishedAt(),
                                marked ? ", and may be there more than once" : "");
            case SENDING -> "was claimed and its call has no answer yet.";
            case REJECTED -> "was rejected: %s.".formatted(reason);
            case FAILED ->
                switch (known(delivery)) {
                    case LANE_CLOSED -> "waits in its source; it is sent as soon as calls can be made.";
                    case SOURCE_CHANGED -> "was not sent: its source changed or disappeared first.";
                    case REPLAYED -> "was put into the inbox again by a person and is sent next, marked may-repeat.";
                    default -> "failed after %s call(s): %s.".formatted(delivery.attempts(), reason);
                };
            case CONFLICT -> "has other content than the one that CXone has, or may have, under this id.";
            case IN_DOUBT ->
                known(delivery) == Reason.LANE_CLOSED
                        ? "waits in its source; an earlier call may have arrived, so that CXone may have it or not."
                        : Integer.valueOf(409).equals(status(delivery))
                                ? "is in CXone, as CXone says: a call that might be a repeat got HTTP 409."
                                : known(delivery) == Reason.DIGITAL_ELSEWHERE
                                        ? "may be in CXone or not: CXone shows a message under its id that cannot be taken for"
                                                + " it."
                                        : "may be in CXone or not: %s (%s).".formatted(whyInDoubt(delivery), reason);
            case EXCLUDED -> "was kept out of CXone on purpose, by a step in routes/.";
        };
    }

    private static String whyInDoubt(RecordedDelivery delivery) {
        return switch (known(delivery)) {
            case OTHER_LEDGER -> "another ledger may have sent it";
            case REDELIVERED -> "the broker delivered it before";
            default -> unclear(delivery) ? "the answer to a call says nothing" : "the answer to a call never came";
        };
    }

    /** Null when there is nothing to do. */
    private static @Nullable String toDo(
            DeliveryState state, RecordedDelivery delivery, boolean marked, List<AuditEntry> events, int maxBytes) {
        Integer status = status(delivery);
        String replay = "cxt dead-letters replay '%s/%s'"
                .formatted(SafeName.file(text(delivery.reason())), SafeName.file(delivery.interactionId()));
        return switch (state) {
            case SENT ->
                marked
                        ? "look the interaction id up in CXone. "
                                + (CallStory.sameContent(delivery.part(), events)
                                        ? "Once there: nothing. Twice: remove one of them; all calls carried the same Idempotency-Key."
                                        : "An earlier call carried other content, and another Idempotency-Key. Once there: compare it with"
                                                + " cxt archive restore, which has what was sent last. Twice: remove the older one.")
                        : known(delivery) == Reason.DIGITAL_NOT_CLOSED ? Reason.DIGITAL_NOT_CLOSED.hint() : null;
            case SENDING -> GOES_ON;
            case REJECTED ->
                known(delivery) == Reason.ERASED
                        ? Reason.ERASED.hint()
                        : status == null
                                ? unfit(events)
                                : NextStep.rejected(
                                        status, marked, delivery.parts() > 1, delivery.bytes(), maxBytes, replay);
            case FAILED ->
                switch (known(delivery)) {
                    case LANE_CLOSED, REPLAYED -> GOES_ON;
                    case SOURCE_CHANGED -> Reason.SOURCE_CHANGED.hint();
                    default -> NextStep.failed(replay);
                };
            case CONFLICT ->
                "compare `cxt archive restore` and dead-letters/; if both are right, give this one an id of its own and drop it"
                        + " again. Of a chat that is partly in CXone, only the messages that are not there.";
            case IN_DOUBT ->
                known(delivery) == Reason.LANE_CLOSED
                        ? GOES_ON + AS_DOUBTED
                        : known(delivery) == Reason.SOURCE_CHANGED
                                ? "look the interaction id up in CXone. If it is missing, drop the transcript into the inbox again:"
                                        + " its source does not hold it any more, and there is no dead letter of it."
                                : (parked(events) && status == null
                                                ? "cxone.in-doubt is park, so %s. "
                                                        .formatted(
                                                                delivery.attempts() == 0
                                                                        ? "no call was made"
                                                                        : "it was not made again")
                                                : "")
                                        + inDoubt(delivery, status, events, replay);
            case EXCLUDED -> "nothing. If it has to go in after all, change the step and drop it into the inbox again.";
        };
    }

    /** What to do about a transcript that is not as it should be. */
    private static String unfit(List<AuditEntry> events) {
        return events.stream().anyMatch(event -> "SENT".equals(event.event()))
                ? "nothing, unless this one says something else: one under its id is in CXone already. Delete its dead letter (cxt"
                        + " dead-letters list), which would be rejected again."
                : "correct the transcript in dead-letters/ (cxt dead-letters list), or the sender's original where that is gone,"
                        + " and drop it into the inbox again. Then delete the dead letter.";
    }

    private static String inDoubt(
            RecordedDelivery delivery, @Nullable Integer status, List<AuditEntry> events, String replay) {
        Elsewhere elsewhere = CallStory.elsewhere(delivery.part(), events);
        if (elsewhere != null && Reason.DIGITAL_ELSEWHERE.is(delivery.reason())) {
            return elsewhere.next(replay);
        }
        if (delivery.part() > 0 && delivery.messages() == 0) {
            return NextStep.notClosed(replay);
        }
        String refused = CallStory.notLookedUp(delivery.part(), events);
        return (refused == null ? "" : NextStep.notLookedUp(text(refused)))
                + NextStep.inDoubt(status, delivery.parts() > 1, delivery.reason(), replay);
    }

    /** What a person has removed since it was sent; empty for nothing. */
    private static String withdrawn(DeliveryState state, int part, List<AuditEntry> events) {
        String words = "";
        for (AuditEntry event : events) {
            if ("SENT".equals(event.event()) && Integer.valueOf(part).equals(event.part())) {
                words = "";
            } else if ("WITHDRAWN".equals(event.event())) {
                String what =
                        text(event.detail()).endsWith("incomplete") ? "Content of some of its chat" : "Content of it";
                words = " %s was removed from CXone by %s at %s: %s."
                        .formatted(what, text(event.actor()), event.at(), text(event.detail()));
            }
        }
        return state == DeliveryState.SENT ? words : "";
    }

    private static Reason known(RecordedDelivery delivery) {
        return Reason.of(delivery.reason()).orElse(Reason.CXONE_STATUS); // a later version's
    }

    private static boolean unclear(RecordedDelivery delivery) {
        Integer status = status(delivery);
        return status != null && Answers.kind(status) == Answer.Kind.UNCLEAR;
    }

    /** Null when the last call had no answer, or there was no call. */
    private static @Nullable Integer status(RecordedDelivery delivery) {
        return Integer.valueOf(0).equals(delivery.httpStatus()) ? null : delivery.httpStatus();
    }

    /** Where the transcript that had the id first came from. */
    private static Optional<String> first(List<AuditEntry> events) {
        return events.stream()
                .filter(event -> "CONFLICT".equals(event.event()) && event.detail() != null)
                .map(event -> SafeName.log(event.detail()))
                .reduce((before, last) -> last);
    }

    private static boolean parked(List<AuditEntry> events) {
        return events.stream()
                .filter(event -> "IN_DOUBT".equals(event.event()))
                .anyMatch(event -> (" " + event.detail() + " ").contains(" parked "));
    }

    private static String text(@Nullable String value) {
        return SafeName.log(String.valueOf(value));
    }
}
