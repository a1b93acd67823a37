package io.cxt.cli;

import io.cxt.archive.DeadLetters;
import io.cxt.archive.DeadLetters.Letter;
import io.cxt.archive.Refusal;
import io.cxt.db.LedgerSettings;
import io.cxt.ledger.JobOrders;
import io.cxt.ledger.LedgerView;
import io.cxt.ledger.LetterQuery;
import io.cxt.settings.Settings;
import io.cxt.text.SafeName;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists, shows and replays what was not sent. */
@Command(
        name = "dead-letters",
        description = "Lists, shows and replays what was not sent.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "list|show|replay",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cxt dead-letters list",
            "  cxt dead-letters list --reason CXONE-503 --since 2h",
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

    @Command(
            name = "list",
            description = {
                "Lists dead letters, the oldest first.",
                "They are those of all instances, as the ledger has them. Where it cannot be asked, those in the",
                "folder, by reason and name."
            },
            mixinStandardHelpOptions = true)
    int list(
            @Option(names = "--reason", paramLabel = "REASON", description = "Only with this reason.") String reason,
            @Option(names = "--source", paramLabel = "FILE", description = "Only from this source.") String source,
            @Option(
                            names = "--since",
                            paramLabel = "TIME",
                            description = "Set aside at or after TIME: 2h (ago), 2026-11-22T10.")
                    String since,
            @Mixin Output.Option as)
            throws IOException {
        Set<String> sources = source == null ? Set.of() : SafeName.spellings(source);
        LetterQuery query = new LetterQuery(reason, sources, TimeOption.past("--since", since, Instant.now()));
        return new DeadLettersList(ledger(as.output), query, as.output).print();
    }

    @Command(
            name = "show",
            description = "Shows why a dead letter is there, and what to do.",
            mixinStandardHelpOptions = true)
    int show(
            @Parameters(paramLabel = "NAME", description = "Name as in the list.") String name,
            @Option(
                            names = {"-o", "--output"},
                            paramLabel = "FORM",
                            defaultValue = "table",
                            description = "${COMPLETION-CANDIDATES}; json also names the transcript's file.")
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

    private CommandRefused none(String name) {
        LedgerSettings ledger = ledger(Output.table);
        DeadLetters files = new DeadLetters(ledger.folder().resolve("dead-letters"), ledger.folder());
        Optional<Path> alone = names(name).stream()
                .map(files::withoutReason)
                .flatMap(Optional::stream)
                .findFirst();
        return alone.isPresent()
                ? new CommandRefused(
                        Exit.USAGE,
                        ("%s lies there without its .reason.json, which says how it came there and makes it a dead letter. Put that"
                                        + " file back; or look its interaction up (cxt find), and in CXone, and move the transcript into the"
                                        + " inbox: what the ledger knows as sent makes no call, and what it knows to be in doubt is treated as"
                                        + " cxone.in-doubt says")
                                .formatted(SafeName.log(alone.get().toString())))
                : new CommandRefused(
                        Exit.USAGE,
                        "There is no dead letter %s. See: cxt dead-letters list".formatted(SafeName.log(name)));
    }

    @Command(
            name = "replay",
            description = {
                "Puts dead letters into the inbox again.",
                "What the ledger knows as sent is not sent twice. One in doubt is sent again, marked may-repeat: look",
                "it up in CXone first. One whose chat was withdrawn stays. --all leaves out what CXone says it has;",
                "while cxt run works, it starts a job (cxt jobs), with a fifth of the lane. So do named ones while the CXT that",
                "runs does not read the inbox, as in a host."
            },
            mixinStandardHelpOptions = true)
    int replay(
            @Parameters(paramLabel = "NAME", arity = "0..*", description = "Name as in the list.") List<String> names,
            @Option(names = "--all", description = "All dead letters.") boolean all,
            @Option(
                            names = "--reason",
                            paramLabel = "REASON",
                            description = "With --all: only dead letters with this reason.")
                    String reason)
            throws IOException {
        if ((names == null || names.isEmpty()) != all) {
            throw new ParameterException(spec.commandLine(), "Name the dead letters to replay, or say --all");
        }
        LedgerSettings ledger = ledger(Output.table);
        if (all && LedgerView.inUse(ledger)) {
            return startJob(ledger, reason);
        }
        List<Letter> there = letters(Output.table);
        DeadLettersReplay replay = new DeadLettersReplay(all);
        if (all) {
            return replay.run(DeadLettersReplay.safe(there, reason));
        }
        List<Letter> named = names.stream().map(name -> find(name, there)).toList();
        return replay.nobodyReadsInbox() ? replay.startJobs(named) : replay.run(named);
    }

    /** While cxt runs, a job does it: it goes on after a restart, and leaves room for what comes in. */
    private static int startJob(LedgerSettings ledger, @Nullable String reason) {
        LetterQuery letters = new LetterQuery(reason, Set.of(), null);
        String upTo;
        boolean[] some = new boolean[1];
        try (LedgerView view = LedgerView.of(ledger)) {
            upTo = view.letters().newest();
            view.letters().redrivable(letters, upTo, letter -> some[0] = true);
        }
        if (!some[0]) {
            throw new CommandRefused(Exit.USAGE, "There is nothing to replay");
        }
        String filter = reason == null ? "all" : "reason=" + SafeName.log(reason);
        long job =
                JobsStart.start(ledger, new JobOrders.Redrive(letters, upTo, filter, JobOrders.Redrive.SHARE, 0, null));
        System.out.printf("cxt runs, so job %s replays them. See: cxt jobs show %1$s%n", job);
        return Exit.GOOD;
    }

    private static final Pattern PLACE = Pattern.compile("(?s)(.+)#(\\d+)");

    /**
     * The letter of a name as the list has it, of one of its files, of {@code REASON/interaction id}, or of
     * {@code REASON/chats.json#7}.
     */
    private Letter find(String asked, List<Letter> letters) {
        Set<String> names = names(asked);
        return letters.stream()
                .filter(letter -> names.contains(letter.name()))
                .findFirst()
                .orElseThrow(() -> none(asked));
    }

    private static Set<String> names(String asked) {
        String name = asked.replaceFirst("^(.*/)?dead-letters/", "").replaceFirst("(\\.reason)?\\.json(\\.gz)?$", "");
        int slash = name.indexOf('/') + 1;
        Set<String> names = new LinkedHashSet<>(List.of(asked, name));
        for (String id : SafeName.spellings(name.substring(slash))) {
            Matcher place = PLACE.matcher(id);
            names.add(name.substring(0, slash) + SafeName.file(id));
            names.add(name.substring(0, slash)
                    + (place.matches() ? SafeName.file(place.group(1)) + "-" + place.group(2) : ""));
        }
        return names;
    }

    private static LedgerSettings ledger(Output output) {
        Settings settings = Installation.find().settings();
        LedgerSettings ledger = LedgerSettings.from(settings);
        settings.check();
        DataDir.requireUsed(ledger, output);
        return ledger;
    }

    private static List<Letter> letters(Output output) {
        LedgerSettings ledger = ledger(output);
        return new DeadLetters(ledger.folder().resolve("dead-letters"), ledger.folder()).list();
    }
}
