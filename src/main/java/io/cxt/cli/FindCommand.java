package io.cxt.cli;

import io.cxt.cxone.Answer;
import io.cxt.cxone.Answers;
import io.cxt.cxone.Conversations;
import io.cxt.cxone.NextStep;
import io.cxt.db.LedgerSettings;
import io.cxt.intake.IdPrefixes;
import io.cxt.ledger.DeliveryState;
import io.cxt.ledger.LedgerView;
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
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What happened to one interaction. */
@Command(
        name = "find",
        description = "What happened to one interaction: how it stands, every event, and what to do.",
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  cxt find ext_interaction_998877",
            "  cxt find 'chats.ndjson#17'     one without an id, by its place"
        })
final class FindCommand implements Callable<Integer> {
    private static final String GOES_ON =
            "nothing while cxt runs and calls are not stopped; if they are, the log says what a person must do (lane stopped), and"
                    + " so does cxt check --connect. If none is running, start one: it goes on. Only if its source is not"
                    + " there any more, drop the transcript into the inbox again.";

    @Parameters(paramLabel = "ID", description = "The interaction id, or FILE#INDEX for a transcript without one.")
    private String id;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORM",
            defaultValue = "table",
            description = "${COMPLETION-CANDIDATES}.")
    private Output output;

    private Set<String> asked;
    private int maxBytes;

    @Override
    public Integer call() {
        Settings settings = Installation.find().settings();
        LedgerSettings ledger = LedgerSettings.from(settings);
        IdPrefixes prefixes = IdPrefixes.from(settings);
        maxBytes = TranscriptSettings.from(settings, new Conversations().limits())
                .limits()
                .maxBytes();
        settings.check();
        List<Map<String, Object>> deliveries = new ArrayList<>();
        List<Map<String, Object>> events = new ArrayList<>();
        if (id.isBlank()) {
            throw new CommandRefused(Exit.USAGE, "Say which: cxt find ID, an interaction id or FILE#INDEX");
        }
        asked = SafeName.spellings(id);
        try (LedgerView view = DataDir.view(ledger, output)) {
            look(view, asked, deliveries, events);
            for (String prefix : prefixes.all()) { // it may have been asked for as its sender knows it
                Set<String> prefixed = asked.stream().map(prefix::concat).collect(Collectors.toSet());
                look(view, prefixed, deliveries, events);
            }
            if (events.isEmpty()) {
                view.events(Set.of(), null, asked, null, null, Long.MAX_VALUE, events::add);
            }
        }
        if (deliveries.isEmpty() && events.isEmpty()) {
            throw new CommandRefused(
                    Exit.USAGE, "The ledger of %s knows nothing of %s".formatted(ledger.shown(), SafeName.log(id)));
        }
        if (output == Output.json) {
            Map<String, Object> found = new LinkedHashMap<>();
            found.put("interactionId", id);
            found.put("deliveries", deliveries);
            found.put("events", events);
            System.out.println(Output.json(found));
        } else {
            for (Map<String, Object> delivery : deliveries) {
                explain(delivery, of(delivery, events));
            }
            System.out.println();
            System.out.print(Events.table(events));
        }
        return Exit.GOOD;
    }

    private static void look(
            LedgerView view, Set<String> ids, List<Map<String, Object>> deliveries, List<Map<String, Object>> events) {
        ids.forEach(each -> deliveries.addAll(view.deliveries(each)));
        view.events(ids, null, Set.of(), null, null, Long.MAX_VALUE, events::add);
    }

    private static List<Map<String, Object>> of(Map<String, Object> delivery, List<Map<String, Object>> events) {
        Object its = delivery.get("interactionId");
        return events.stream()
                .filter(event -> event.get("interactionId") == null || its.equals(event.get("interactionId")))
                .toList();
    }

    private void explain(Map<String, Object> delivery, List<Map<String, Object>> events) {
        DeliveryState state = DeliveryState.valueOf((String) delivery.get("state"));
        int part = ((Number) delivery.get("part")).intValue();
        int parts = ((Number) delivery.get("parts")).intValue();
        String what = part == 0 ? "The transcript" : parts == 1 ? "It" : "Part %s of %s".formatted(part, parts);
        boolean marked = Boolean.TRUE.equals(delivery.get("mayRepeat"));
        String sentAs = text(delivery, "interactionId");
        System.out.println(what + " " + standing(state, delivery, marked));
        if (!asked.contains(delivery.get("interactionId"))) {
            System.out.println("  with pickup.*.id-prefix, as " + sentAs);
        }
        if (state == DeliveryState.CONFLICT) {
            first(events).ifPresent(first -> System.out.println("  the " + first));
        }
        System.out.println("  from " + text(delivery, "source") + " line " + delivery.get("sourceLine"));
        if (delivery.get("archivedIn") != null) {
            System.out.println("  archived in " + text(delivery, "archivedIn"));
        }
        CallStory.of(part, events).forEach(call -> System.out.println("  " + call));
        String toDo = toDo(state, delivery, marked, events);
        if (toDo != null) {
            System.out.println("  What to do: " + toDo);
        }
    }

    private static String standing(DeliveryState state, Map<String, Object> delivery, boolean marked) {
        String reason = text(delivery, "reason");
        return switch (state) {
            case SENT ->
                "is in CXone as conversation %s, since %s%s."
                        .formatted(
                                delivery.get("conversationId") == null
                                        ? "(id unknown: CXone's answer could not be read)"
                                        : SafeName.log((String) delivery.get("conversationId"))
                                                + (Reason.CXONE_ID_CUT.is(text(delivery, "reason"))
                                                        ? " (the beginning of an id that is too long to keep)"
                                                        : ""),
                                delivery.get("finishedAt"),
                                marked ? ", and may be there more than once" : "");
            case SENDING -> "was claimed and its call has no answer yet.";
            case REJECTED -> "was rejected: %s.".formatted(reason);
            case FAILED ->
                switch (known(delivery)) {
                    case LANE_CLOSED -> "waits in its source; it is sent once calls can be made.";
                    case SOURCE_CHANGED -> "was not sent: its source held something else, or was gone.";
                    case REPLAYED -> "was put into the inbox again by a person and goes out next, marked may-repeat.";
                    default -> "was given up after %s call(s): %s.".formatted(delivery.get("attempts"), reason);
                };
            case CONFLICT -> "came with other content after CXone had, or may have had, one under this id.";
            case IN_DOUBT ->
                Integer.valueOf(409).equals(status(delivery))
                        ? "is in CXone, as CXone says: an earlier call had no answer, and its repeat got HTTP 409."
                        : "may be in CXone or not: a call was made whose answer %s (%s)."
                                .formatted(unclear(delivery) ? "does not tell" : "never came", reason);
            case EXCLUDED -> "was kept out of CXone on purpose, by a step in routes/.";
        };
    }

    /** Null when there is nothing to do. */
    private String toDo(
            DeliveryState state, Map<String, Object> delivery, boolean marked, List<Map<String, Object>> events) {
        String replay = "cxt dead-letters replay '%s/%s'"
                .formatted(
                        SafeName.file(text(delivery, "reason")), SafeName.file((String) delivery.get("interactionId")));
        return switch (state) {
            case SENT ->
                marked
                        ? "look the interaction id up in CXone. "
                                + (CallStory.sameContent(events)
                                        ? "Once there: nothing. Twice: remove one of them; all calls carried the same Idempotency-Key."
                                        : "An earlier call carried other content, and another Idempotency-Key. Once there: compare it with"
                                                + " cxt archive restore, which has what was sent last. Twice: remove the older one.")
                        : null;
            case SENDING -> GOES_ON;
            case REJECTED ->
                status(delivery) == null
                        ? "correct the transcript in dead-letters/ (cxt dead-letters list) and drop it into the inbox again."
                        : NextStep.rejected(
                                status(delivery),
                                marked,
                                ((Number) delivery.get("bytes")).longValue(),
                                maxBytes,
                                replay);
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
                        : (parked(events) && status(delivery) == null
                                        ? "cxone.in-doubt is park, so it was not made again. "
                                        : "")
                                + NextStep.inDoubt(status(delivery), replay);
            case EXCLUDED -> "nothing. If it has to go in after all, change the step and drop it into the inbox again.";
        };
    }

    private static Reason known(Map<String, Object> delivery) {
        return Reason.of(text(delivery, "reason")).orElse(Reason.CXONE_STATUS); // a later version's
    }

    private static boolean unclear(Map<String, Object> delivery) {
        return status(delivery) != null && Answers.kind(status(delivery)) == Answer.Kind.UNCLEAR;
    }

    /** Null when the last call had no answer, or there was none. */
    private static Integer status(Map<String, Object> delivery) {
        return delivery.get("httpStatus") instanceof Number status && status.intValue() != 0
                ? (Integer) status.intValue()
                : null;
    }

    private static Optional<String> first(List<Map<String, Object>> events) {
        return events.stream()
                .filter(event -> "CONFLICT".equals(event.get("event")) && event.get("detail") != null)
                .map(event -> SafeName.log((String) event.get("detail")))
                .reduce((before, last) -> last);
    }

    private static boolean parked(List<Map<String, Object>> events) {
        return events.stream()
                .anyMatch(event -> "IN_DOUBT".equals(event.get("event"))
                        && String.valueOf(event.get("detail")).endsWith("parked"));
    }

    private static String text(Map<String, Object> delivery, String name) {
        return SafeName.log(String.valueOf(delivery.get(name)));
    }
}
