package io.cxt.cli;

import io.cxt.archive.SafeName;
import io.cxt.ledger.Database;
import io.cxt.ledger.LedgerSettings;
import io.cxt.ledger.LedgerView;
import io.cxt.ledger.State;
import io.cxt.settings.Settings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
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
    @Parameters(paramLabel = "ID", description = "The interaction id, or FILE#INDEX for a transcript without one.")
    private String id;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORM",
            defaultValue = "table",
            description = "${COMPLETION-CANDIDATES}.")
    private Output output;

    @Override
    public Integer call() {
        Settings settings = Installation.find().settings();
        LedgerSettings ledger = LedgerSettings.from(settings);
        settings.check();
        List<Map<String, Object>> deliveries = List.of();
        List<Map<String, Object>> events = new ArrayList<>();
        if (new Database(ledger).exists()) {
            try (LedgerView view = LedgerView.of(ledger)) {
                deliveries = view.deliveries(id);
                view.audit(id, null, null, null, null, Long.MAX_VALUE, events::add);
                if (events.isEmpty()) {
                    view.audit(null, null, id, null, null, Long.MAX_VALUE, events::add);
                }
            }
        }
        if (deliveries.isEmpty() && events.isEmpty()) {
            System.err.println("The ledger knows nothing of " + SafeName.log(id));
            return Exit.USAGE;
        }
        if (output == Output.json) {
            Map<String, Object> found = new LinkedHashMap<>();
            found.put("interactionId", id);
            found.put("deliveries", deliveries);
            found.put("events", events);
            System.out.println(Output.json(found));
        } else {
            deliveries.forEach(FindCommand::explain);
            System.out.println();
            System.out.print(Events.table(events));
        }
        return Exit.GOOD;
    }

    private static void explain(Map<String, Object> delivery) {
        State state = State.valueOf((String) delivery.get("state"));
        int part = ((Number) delivery.get("part")).intValue();
        int parts = ((Number) delivery.get("parts")).intValue();
        String what = part == 0 ? "The transcript" : parts == 1 ? "It" : "Part %d of %d".formatted(part, parts);
        Object conversation = delivery.get("conversationId");
        String words =
                switch (state) {
                    case SENT ->
                        "is in CXone as conversation %s, since %s."
                                .formatted(
                                        conversation == null
                                                ? "(id unknown: CXone's answer could not be read)"
                                                : conversation,
                                        delivery.get("finishedAt"));
                    case SENDING ->
                        "was claimed and its call has no answer yet. If no cxt is running, start one: it goes on.";
                    case REJECTED ->
                        "was refused: %s. Mend it in dead-letters/ and drop it into the inbox again."
                                .formatted(delivery.get("reason"));
                    case FAILED ->
                        "LANE-CLOSED".equals(delivery.get("reason"))
                                ? "waits in its source; it goes out by itself once calls can be made."
                                : "was given up after %s call(s): %s. Nothing is wrong with it: cxt dead-letters replay."
                                        .formatted(delivery.get("attempts"), delivery.get("reason"));
                    case CONFLICT ->
                        "came with other content after CXone had one under this id. Compare archive/ and dead-letters/.";
                    case IN_DOUBT ->
                        "may be in CXone: a call was made whose answer never came (%s). Look it up there; if it is missing:"
                                        .formatted(delivery.get("reason"))
                                + " cxt dead-letters replay.";
                };
        System.out.println(what + " " + SafeName.log(words));
        if (Boolean.TRUE.equals(delivery.get("mayRepeat"))) {
            System.out.println("  Marked: one of its calls had no answer, so CXone may hold it more than once.");
        }
        System.out.println("  from " + delivery.get("source") + " line " + delivery.get("sourceLine"));
    }
}
