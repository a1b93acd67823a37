package io.cxt.cli;

import io.cxt.archive.DeadLetters;
import io.cxt.archive.DeadLetters.Letter;
import io.cxt.archive.Refusal;
import io.cxt.audit.OperatorLog;
import io.cxt.audit.OperatorLog.Again;
import io.cxt.db.LedgerSettings;
import io.cxt.files.DurableFiles;
import io.cxt.files.OpenFile.Look;
import io.cxt.intake.IdPrefixes;
import io.cxt.ledger.DeliveryState;
import io.cxt.ledger.LedgerView;
import io.cxt.pickup.IgnoredFiles;
import io.cxt.settings.Settings;
import io.cxt.text.SafeName;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What did not go out. Long because what is listed, shown and replayed is found in one way, while others take it. */
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
        int unreadable = 0;
        for (Letter letter : letters(output)) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("name", letter.name());
            try {
                Refusal refusal = letter.refusal();
                rows.add(List.of(
                        letter.name(),
                        refusal.outcome(),
                        refusal.source() + "#" + refusal.index(),
                        refusal.decidedAt(),
                        why(refusal)));
                row.put("refusal", refusal);
            } catch (NoSuchFileException e) {
                continue; // it went meanwhile: replayed, or taken away
            } catch (IOException e) {
                String why = "its reason " + IgnoredFiles.unread(e);
                rows.add(List.of(letter.name(), "", "", "", why));
                row.put("error", why);
                unreadable++;
            }
            letters.add(row);
        }
        System.out.print(
                output == Output.json
                        ? Output.json(letters) + System.lineSeparator()
                        : Output.table(List.of("NAME", "OUTCOME", "FROM", "AT", "WHY"), rows));
        return unreadable > 0 ? Exit.PARTLY : Exit.GOOD;
    }

    private static String why(Refusal refusal) {
        if (refusal.faults() == null) {
            return refusal.reason();
        }
        Refusal.Fault first = refusal.faults().get(0);
        return "%s %s %s".formatted(first.rule(), first.pointer(), first.message());
    }

    @Command(name = "show", description = "Why one is there, and what to do.", mixinStandardHelpOptions = true)
    int show(
            @Parameters(paramLabel = "NAME", description = "As in the list.") String name,
            @Option(
                            names = {"-o", "--output"},
                            paramLabel = "FORM",
                            defaultValue = "table",
                            description = "${COMPLETION-CANDIDATES}; json has the place of the transcript, too.")
                    Output output)
            throws IOException {
        try {
            Letter letter = find(name, letters(output));
            Refusal refusal = letter.refusal();
            if (output == Output.json) {
                Map<String, Object> shown = new LinkedHashMap<>();
                shown.put("name", letter.name());
                shown.put("transcript", letter.transcript().toString());
                shown.put("refusal", refusal);
                System.out.println(Output.json(shown));
            } else {
                System.out.println(Output.json(refusal));
                System.err.println(
                        "The transcript: " + SafeName.log(letter.transcript().toString()));
            }
            return Exit.GOOD;
        } catch (NoSuchFileException e) {
            throw none(name);
        }
    }

    private static CommandRefused none(String name) {
        return new CommandRefused(
                Exit.USAGE, "There is no dead letter %s. See: cxt dead-letters list".formatted(SafeName.log(name)));
    }

    @Command(
            name = "replay",
            description = {
                "Puts dead letters into the inbox again. What the ledger knows as sent is not sent twice; one in doubt goes",
                "out again, marked may-repeat: look it up in CXone first. --all leaves out what CXone says it has."
            },
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
        List<Letter> there = letters(Output.table);
        List<Letter> letters = new ArrayList<>();
        if (all) {
            int there409 = 0;
            int doubted = 0;
            for (Letter letter : there) {
                if (reason != null && !letter.name().startsWith(reason + "/")) {
                    continue;
                }
                Refusal refusal = readable(letter);
                boolean inDoubt =
                        refusal != null && DeliveryState.IN_DOUBT.word().equals(refusal.outcome());
                if (inDoubt && Integer.valueOf(409).equals(refusal.httpStatus())) {
                    there409++;
                    continue;
                }
                doubted += inDoubt ? 1 : 0;
                letters.add(letter);
            }
            if (there409 > 0) {
                System.err.println(
                        there409 + " left as they are: CXone says it has them (HTTP 409). Delete them, or name one");
            }
            if (doubted > 0) {
                System.err.println(
                        doubted + " of them are in doubt: CXone may have them. They go out again, marked may-repeat");
            }
        } else {
            for (String name : names) {
                letters.add(find(name, there));
            }
        }
        if (letters.isEmpty()) {
            throw new CommandRefused(Exit.USAGE, "There is nothing to replay");
        }
        Settings settings = Installation.find().settings();
        LedgerSettings ledger = LedgerSettings.from(settings);
        Path inbox = settings.path(
                "pickup.file.folder", ledger.folder().resolve("inbox").toString());
        String inboxPrefix = IdPrefixes.from(settings).of("file");
        settings.check();
        LedgerView.of(ledger).close(); // there is one: none is made here
        int replayed = 0;
        int gone = 0;
        try (OperatorLog log = new OperatorLog(ledger)) {
            for (Letter letter : letters) {
                Boolean done = replay(letter, inbox, inboxPrefix, log);
                if (done == null) {
                    gone++;
                    System.err.println(SafeName.log(letter.name())
                            + " is not there any more: somebody else has replayed it or taken it away");
                } else if (done) {
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
        return replayed + (all ? gone : 0) == letters.size() ? Exit.GOOD : Exit.PARTLY;
    }

    /** @return null when it cannot be read, which its replay will say */
    private static Refusal readable(Letter letter) {
        try {
            return letter.refusal();
        } catch (IOException e) {
            return null;
        }
    }

    /** @return null when it went meanwhile */
    private static Boolean replay(Letter letter, Path inbox, String inboxPrefix, OperatorLog log) throws IOException {
        Look asked = Look.orNull(letter.reason());
        if (asked == null) {
            return null;
        }
        if (!Files.exists(letter.transcript())) {
            if (!asked.equals(Look.orNull(letter.reason()))) {
                return null;
            }
            System.err.println(SafeName.log(letter.name())
                    + " has no transcript beside it: it was too large to keep twice, or was"
                    + " moved. Take it from its source, see: cxt dead-letters show " + SafeName.shell(letter.name()));
            return false;
        }
        String ending = letter.transcript()
                .getFileName()
                .toString()
                .substring(letter.name().length() - letter.name().indexOf('/') - 1);
        if (ending.startsWith(".bin")) {
            System.err.println(letter.name() + " holds no transcript, but what a message of another kind held. See: cxt"
                    + " dead-letters show " + letter.name());
            return false;
        }
        Refusal refusal;
        byte[] content;
        try {
            refusal = letter.refusal();
            content = Files.readAllBytes(letter.transcript());
        } catch (NoSuchFileException e) {
            return null;
        }
        String name = IdPrefixes.REPLAY + letter.name().replace('/', '-') + "-" + System.currentTimeMillis();
        String prefix = refusal.idPrefix() == null ? "" : refusal.idPrefix();
        log.replayed(
                refusal.interactionId(),
                letter.name(),
                DeliveryState.IN_DOUBT.word().equals(refusal.outcome()),
                prefix.equals(inboxPrefix)
                        ? null
                        : new Again(name + ending, OperatorLog.hash(new ByteArrayInputStream(content)), prefix));
        DurableFiles.keep(inbox, name, ending, content);
        if (asked.equals(Look.orNull(letter.reason()))) { // else it was refused again meanwhile, and is a letter again
            Files.deleteIfExists(letter.reason()); // first: a letter without its transcript is one that never had any
            Files.deleteIfExists(letter.transcript());
        }
        return true;
    }

    private static final Pattern PLACE = Pattern.compile("(?s)(.+)#(\\d+)");

    /**
     * The letter of a name as the list has it, of one of its files, of {@code REASON/interaction id}, or of
     * {@code REASON/chats.json#7}.
     */
    private static Letter find(String asked, List<Letter> letters) {
        String name = asked.replaceFirst("^(.*/)?dead-letters/", "").replaceFirst("(\\.reason)?\\.json(\\.gz)?$", "");
        int slash = name.indexOf('/') + 1;
        Set<String> names = new LinkedHashSet<>(List.of(asked, name));
        for (String id : SafeName.spellings(name.substring(slash))) {
            Matcher place = PLACE.matcher(id);
            names.add(name.substring(0, slash) + SafeName.file(id));
            names.add(name.substring(0, slash)
                    + (place.matches() ? SafeName.file(place.group(1)) + "-" + place.group(2) : ""));
        }
        return letters.stream()
                .filter(letter -> names.contains(letter.name()))
                .findFirst()
                .orElseThrow(() -> none(asked));
    }

    private static List<Letter> letters(Output output) {
        Settings settings = Installation.find().settings();
        LedgerSettings ledger = LedgerSettings.from(settings);
        settings.check();
        DataDir.requireUsed(ledger, output);
        return new DeadLetters(ledger.folder().resolve("dead-letters"), ledger.folder()).list();
    }
}
