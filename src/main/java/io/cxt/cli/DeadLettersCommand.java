package io.cxt.cli;

import io.cxt.archive.DeadLetters;
import io.cxt.archive.DeadLetters.Letter;
import io.cxt.archive.DurableFiles;
import io.cxt.archive.Refusal;
import io.cxt.archive.SafeName;
import io.cxt.ledger.LedgerSettings;
import io.cxt.ledger.OperatorLog;
import io.cxt.ledger.OperatorLog.Again;
import io.cxt.ledger.State;
import io.cxt.mapping.OpenFile.Look;
import io.cxt.settings.Settings;
import io.cxt.steps.IdPrefixes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What did not go out. */
@Command(
        name = "dead-letters",
        description = "What did not go out: list it, see why, drop it into the inbox again.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "list|show|replay",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cxt dead-letters list",
            "  cxt dead-letters show TS-ORDER/ext_1",
            "  cxt dead-letters replay CXONE-503/ext_2",
            "  cxt dead-letters replay --all --reason CXONE-503"
        })
final class DeadLettersCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say which: cxt dead-letters list, show or replay");
    }

    @Command(name = "list", description = "All of them, by reason and name.", mixinStandardHelpOptions = true)
    int list(
            @Option(
                            names = {"-o", "--output"},
                            paramLabel = "FORM",
                            defaultValue = "table",
                            description = "${COMPLETION-CANDIDATES}.")
                    Output output)
            throws IOException {
        List<List<String>> rows = new ArrayList<>();
        List<Map<String, Object>> letters = new ArrayList<>();
        for (Letter letter : deadLetters().list()) {
            Refusal refusal = letter.refusal();
            rows.add(List.of(
                    letter.name(),
                    refusal.outcome(),
                    refusal.source() + ":" + refusal.line(),
                    refusal.decidedAt(),
                    why(refusal)));
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("name", letter.name());
            row.put("refusal", refusal);
            letters.add(row);
        }
        System.out.print(
                output == Output.json
                        ? Output.json(letters) + System.lineSeparator()
                        : Output.table(List.of("NAME", "OUTCOME", "FROM", "AT", "WHY"), rows));
        return Exit.GOOD;
    }

    private static String why(Refusal refusal) {
        if (refusal.faults() == null) {
            return refusal.reason();
        }
        Refusal.Fault first = refusal.faults().get(0);
        return "%s %s %s".formatted(first.rule(), first.pointer(), first.message());
    }

    @Command(name = "show", description = "Why one is there, and what to do.", mixinStandardHelpOptions = true)
    int show(@Parameters(paramLabel = "NAME", description = "As in the list.") String name) throws IOException {
        Optional<Letter> letter = find(name);
        if (letter.isEmpty()) {
            return none(name);
        }
        System.out.println(Output.json(letter.get().refusal()));
        System.err.println("The transcript: " + letter.get().transcript());
        return Exit.GOOD;
    }

    private static int none(String name) {
        System.err.println("There is no dead letter %s. See: cxt dead-letters list".formatted(SafeName.log(name)));
        return Exit.USAGE;
    }

    @Command(
            name = "replay",
            description = "Puts dead letters into the inbox again. What CXone has is not sent twice.",
            mixinStandardHelpOptions = true)
    int replay(
            @Parameters(paramLabel = "NAME", arity = "0..*", description = "As in the list.") List<String> names,
            @Option(names = "--all", description = "All of them.") boolean all,
            @Option(names = "--reason", paramLabel = "REASON", description = "With --all: only those of one reason.")
                    String reason)
            throws IOException {
        if ((names == null || names.isEmpty()) != all) {
            throw new ParameterException(spec.commandLine(), "Name the dead letters to replay, or say --all");
        }
        List<Letter> letters = new ArrayList<>();
        if (all) {
            deadLetters().list().stream()
                    .filter(letter -> reason == null || letter.name().startsWith(reason + "/"))
                    .forEach(letters::add);
        } else {
            for (String name : names) {
                Optional<Letter> letter = find(name);
                if (letter.isEmpty()) {
                    return none(name);
                }
                letters.add(letter.get());
            }
        }
        if (letters.isEmpty()) {
            System.err.println("There is nothing to replay");
            return Exit.USAGE;
        }
        Settings settings = Installation.find().settings();
        LedgerSettings ledger = LedgerSettings.from(settings);
        Path inbox = settings.path(
                "pickup.file.folder", ledger.folder().resolve("inbox").toString());
        String inboxPrefix = IdPrefixes.from(settings).of("file");
        settings.check();
        int replayed = 0;
        try (OperatorLog log = new OperatorLog(ledger)) {
            for (Letter letter : letters) {
                if (replay(letter, inbox, inboxPrefix, log)) {
                    replayed++;
                }
            }
        }
        System.out.println(replayed + " put into the inbox");
        if (!settings.flag("pickup.file.enabled", true)) {
            System.out.println(
                    "pickup.file.enabled is false, so they wait there. Bring them in with: PICKUP_FILE_ENABLED=true"
                            + " cxt run --once, while no other cxt runs on this data.dir");
        }
        return replayed == letters.size() ? Exit.GOOD : Exit.PARTLY;
    }

    private static boolean replay(Letter letter, Path inbox, String inboxPrefix, OperatorLog log) throws IOException {
        if (!Files.exists(letter.transcript())) {
            System.err.println(letter.name() + " has no transcript beside it: it was too large to keep twice, or was"
                    + " moved. Take it from its source, see: cxt dead-letters show " + letter.name());
            return false;
        }
        Look asked = Look.at(letter.reason());
        Refusal refusal = letter.refusal();
        byte[] content = Files.readAllBytes(letter.transcript());
        String name = IdPrefixes.REPLAY + letter.name().replace('/', '-') + "-" + System.currentTimeMillis();
        String prefix = refusal.idPrefix() == null ? "" : refusal.idPrefix();
        log.replayed(
                refusal.interactionId(),
                letter.name(),
                State.IN_DOUBT.word().equals(refusal.outcome()),
                prefix.equals(inboxPrefix)
                        ? null
                        : new Again(name + ".json", OperatorLog.hash(new ByteArrayInputStream(content)), prefix));
        DurableFiles.keep(inbox, name, ".json", content);
        if (asked.equals(Look.orNull(letter.reason()))) { // else it was refused again meanwhile, and is a letter again
            Files.deleteIfExists(letter.transcript());
            Files.deleteIfExists(letter.reason());
        }
        return true;
    }

    private static Optional<Letter> find(String name) {
        return deadLetters().list().stream()
                .filter(letter -> letter.name().equals(name))
                .findFirst();
    }

    private static DeadLetters deadLetters() {
        Path data = Installation.find().dataFolder();
        return new DeadLetters(data.resolve("dead-letters"), data);
    }
}
