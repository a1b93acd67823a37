package io.cxt.cli;

import io.cxt.audit.AuditEntry;
import io.cxt.audit.AuditQuery;
import io.cxt.cxone.Answer;
import io.cxt.cxone.Answers;
import io.cxt.cxone.NextStep;
import io.cxt.cxone.Targets;
import io.cxt.db.LedgerSettings;
import io.cxt.intake.IdPrefixes;
import io.cxt.ledger.DeliveryState;
import io.cxt.ledger.LedgerView;
import io.cxt.ledger.RecordedDelivery;
import io.cxt.settings.Settings;
import io.cxt.text.SafeName;
import io.cxt.transcript.Reason;
import io.cxt.transcript.TranscriptSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Prints what happened to one interaction. */
@Command(
        name = "find",
        description = "Shows what happened to one interaction: its state, every event, and what to do.",
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  cxt find ext_interaction_998877",
            "  cxt find 'chats.ndjson#17'     one without an id, by its position"
        })
final class FindCommand implements Callable<Integer> {
    private static final String GOES_ON =
            "nothing while cxt runs and calls are not stopped. If calls are stopped, the log (lane stopped) and cxt check --connect say"
                    + " what to do. If no cxt is running, start one: it continues. Only if the source is gone, drop the transcript into"
                    + " the inbox again.";

    @Parameters(paramLabel = "ID", description = "Interaction id, or FILE#INDEX for a transcript without one.")
    private String id;

    @Mixin
    private final Output.Option as = new Output.Option();

    private Set<String> asked = Set.of();
    private int maxBytes;

    @Override
    public Integer call() {
        Settings settings = Installation.find().settings();
        LedgerSettings ledger = LedgerSettings.from(settings);
        IdPrefixes prefixes = IdPrefixes.from(settings);
        maxBytes = TranscriptSettings.from(settings, Targets.forRules(settings).limits())
                .limits()
                .maxBytes();
        settings.check();
        List<RecordedDelivery> deliveries = new ArrayList<>();
        List<AuditEntry> events = new ArrayList<>();
        if (id.isBlank()) {
            throw new CommandRefused(Exit.USAGE, "Say which: cxt find ID, an interaction id or FILE#INDEX");
        }
        asked = SafeName.spellings(id);
        try (LedgerView view = DataDir.view(ledger, as.output)) {
            look(view, asked, deliveries, events);
            for (String prefix : prefixes.all()) { // the id may be the one that its sender knows
                Set<String> prefixed = asked.stream().map(prefix::concat).collect(Collectors.toSet());
                look(view, prefixed, deliveries, events);
            }
            if (events.isEmpty()) {
                view.events(AuditQuery.ofSource(asked), events::add);
            }
        }
        if (deliveries.isEmpty() && events.isEmpty()) {
            throw new CommandRefused(
                    Exit.USAGE, "The ledger of %s knows nothing of %s".formatted(ledger.shown(), SafeName.log(id)));
        }
        if (as.output == Output.json) {
            Map<String, Object> found = new LinkedHashMap<>();
            found.put("interactionId", id);
            found.put("deliveries", deliveries);
            found.put("events", events);
            System.out.println(Output.json(found));
        } else {
            for (RecordedDelivery delivery : deliveries) {
                explain(delivery, of(delivery, events));
            }
            System.out.println();
            System.out.print(Output.events(events));
        }
        return Exit.GOOD;
    }

    private static void look(
            LedgerView view, Set<String> ids, List<RecordedDelivery> deliveries, List<AuditEntry> events) {
        ids.forEach(each -> deliveries.addAll(view.deliveries(each)));
        view.events(AuditQuery.ofInteraction(ids), events::add);
    }

    private static List<AuditEntry> of(RecordedDelivery delivery, List<AuditEntry> events) {
        String its = delivery.interactionId();
        return events.stream()
                .filter(event -> event.interactionId() == null || its.equals(event.interactionId()))
                .toList();
    }

    private void explain(RecordedDelivery delivery, List<AuditEntry> events) {
        DeliveryState state = delivery.state();
        int part = delivery.part();
        int parts = delivery.parts();
        String what = part == 0 ? "The transcript" : parts == 1 ? "It" : "Part %s of %s".formatted(part, parts);
        boolean marked = delivery.mayRepeat();
        String sentAs = text(delivery.interactionId());
        System.out.println(what + " " + standing(state, delivery, marked));
        if (!asked.contains(delivery.interactionId())) {
            System.out.println("  with pickup.*.id-prefix, as " + sentAs);
        }
        if (state == DeliveryState.CONFLICT) {
            first(events).ifPresent(first -> System.out.println("  the " + first));
        }
        System.out.println("  from " + text(delivery.source()) + " line " + delivery.sourceLine());
        if (delivery.archivedIn() != null) {
            System.out.println("  archived in " + text(delivery.archivedIn()));
        }
        CallStory.of(part, events).forEach(call -> System.out.println("  " + call));
        String toDo = toDo(state, delivery, marked, events);
        if (toDo != null) {
            System.out.println("  What to do: " + toDo);
        }
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
                Integer.valueOf(409).equals(status(delivery))
                        ? "is in CXone, as CXone says: an earlier call had no answer and its repeat got HTTP 409."
                        : "may be in CXone or not: the answer to a call %s (%s)."
                                .formatted(unclear(delivery) ? "says nothing" : "never came", reason);
            case EXCLUDED -> "was kept out of CXone on purpose, by a step in routes/.";
        };
    }

    /** Null when there is nothing to do. */
    private @Nullable String toDo(
            DeliveryState state, RecordedDelivery delivery, boolean marked, List<AuditEntry> events) {
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
                        : null;
            case SENDING -> GOES_ON;
            case REJECTED ->
                status == null
                        ? "correct the transcript in dead-letters/ (cxt dead-letters list) and drop it into the inbox again."
                        : NextStep.rejected(status, marked, delivery.parts() > 1, delivery.bytes(), maxBytes, replay);
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
                known(delivery) == Reason.SOURCE_CHANGED
                        ? "look the interaction id up in CXone. If it is missing, drop the transcript into the inbox again:"
                                + " its source does not hold it any more, and there is no dead letter of it."
                        : (parked(events) && status == null ? "cxone.in-doubt is park, so it was not made again. " : "")
                                + NextStep.inDoubt(status, delivery.parts() > 1, replay);
            case EXCLUDED -> "nothing. If it has to go in after all, change the step and drop it into the inbox again.";
        };
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
                .anyMatch(event -> String.valueOf(event.detail()).endsWith("parked"));
    }

    private static String text(@Nullable String value) {
        return SafeName.log(String.valueOf(value));
    }
}
