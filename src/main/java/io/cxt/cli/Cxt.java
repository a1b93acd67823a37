package io.cxt.cli;

import io.cxt.text.Nearest;
import io.cxt.text.SafeName;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command: names the verbs and turns faults into messages and exit codes. */
@Command(
        name = "cxt",
        description = "Brings finished chat transcripts into NICE CXone: checked, paced, and on record.",
        mixinStandardHelpOptions = true,
        versionProvider = Cxt.Version.class,
        synopsisSubcommandLabel = "VERB",
        addMethodSubcommands = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  cxt demo                       see it work; needs no account",
            "  cxt validate chats.ndjson      what would be rejected, and why; sends nothing",
            "  cxt run --once                 send what is in the inbox, then end",
            "  cxt find ext_998877            what happened to one interaction",
            "",
            "Exit codes: 0 good; 1 findings in the data; 2 wrong usage, or nothing matched; 3 configuration, or no memory;",
            "4 something unreachable or refused; 5 audit chain broken; 6 partly done; 130 interrupted cleanly."
        })
public final class Cxt {
    private static final Logger LOG = LoggerFactory.getLogger(Cxt.class);

    private static final List<Map.Entry<String, Class<?>>> VERBS = List.of(
            Map.entry("run", RunCommand.class),
            Map.entry("demo", DemoCommand.class),
            Map.entry("validate", ValidateCommand.class),
            Map.entry("map", MapCommand.class),
            Map.entry("scan", ScanCommand.class),
            Map.entry("status", StatusCommand.class),
            Map.entry("day", DayCommand.class),
            Map.entry("find", FindCommand.class),
            Map.entry("console", ConsoleCommand.class),
            Map.entry("audit", AuditCommand.class),
            Map.entry("dead-letters", DeadLettersCommand.class),
            Map.entry("jobs", JobsCommand.class),
            Map.entry("archive", ArchiveCommand.class),
            Map.entry("hold", HoldCommand.class),
            Map.entry("release", ReleaseCommand.class),
            Map.entry("pace", PaceCommand.class),
            Map.entry("prune", PruneCommand.class),
            Map.entry("erase", EraseCommand.class),
            Map.entry("probe", ProbeCommand.class),
            Map.entry("reconcile", ReconcileCommand.class),
            Map.entry("withdraw", WithdrawCommand.class),
            Map.entry("backup", BackupCommand.class),
            Map.entry("restore", RestoreCommand.class),
            Map.entry("simulate", SimulateCommand.class),
            Map.entry("check", CheckCommand.class),
            Map.entry("rehearse", RehearseCommand.class),
            Map.entry("help", CommandLine.HelpCommand.class));

    /** Verbs that a service manager or a monitor calls without options. */
    private static final Map<String, Supplier<Callable<Integer>>> WITHOUT_OPTIONS =
            Map.of("run", RunCommand::new, "status", StatusCommand::new);

    /** Runs the command and returns its exit code. */
    public static int execute(String... arguments) {
        WarmUp.begin(arguments);
        if (arguments.length == 1 && WITHOUT_OPTIONS.containsKey(arguments[0])) {
            return written(call(WITHOUT_OPTIONS.get(arguments[0]).get()));
        }
        CommandLine line = line(verbs(arguments));
        line.setExecutionExceptionHandler(
                (fault, command, parsed) -> FailureMessage.explain(fault, asksForJson(parsed)));
        line.setExecutionStrategy(Cxt::callKnown);
        line.setParameterExceptionHandler(Cxt::misused);
        int exit = line.execute(arguments);
        CsvOutput.end();
        return written(exit);
    }

    /** The whole command, as completion and man page describe it. */
    static CommandLine line() {
        return line(VERBS.stream().map(Map.Entry::getValue));
    }

    private static CommandLine line(Stream<Class<?>> verbs) {
        CommandLine line = new CommandLine(new Cxt());
        verbs.forEach(line::addSubcommand);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.registerConverter(Output.class, Cxt::form);
        line.registerConverter(long.class, text -> number(text, Long::valueOf));
        line.registerConverter(Long.class, text -> number(text, Long::valueOf));
        line.registerConverter(int.class, text -> number(text, Integer::valueOf));
        line.registerConverter(Integer.class, text -> number(text, Integer::valueOf));
        return line;
    }

    private static Output form(String word) {
        try {
            return Output.asked(word);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(
                    "expected one of [table, json, csv] but was '" + SafeName.log(word) + "'");
        }
    }

    private static <N> N number(String text, Function<String, N> read) {
        try {
            return read.apply(text);
        } catch (NumberFormatException e) {
            throw new TypeConversionException(SafeName.log(text) + " is not a whole number or too large for one");
        }
    }

    /** Picocli would print the help asked for beside an unknown word, and exit with 0. */
    private static int callKnown(ParseResult parsed) {
        for (ParseResult at = parsed; at != null; at = at.subcommand()) {
            if (!at.unmatched().isEmpty()) {
                throw new UnmatchedArgumentException(at.commandSpec().commandLine(), at.unmatched());
            }
        }
        return new CommandLine.RunLast().execute(parsed);
    }

    /** Says what is wrong with the arguments and names the nearest valid one. */
    private static int misused(ParameterException fault, String... arguments) {
        CommandLine at = fault.getCommandLine();
        String command = at.getCommandSpec().qualifiedName();
        if (!(fault instanceof UnmatchedArgumentException unmatched)) {
            System.err.println(fault.getMessage());
            if (arguments.length == 0) {
                at.usage(System.err);
                return Exit.USAGE;
            }
            System.err.print("Usage: " + at.getHelp().synopsis("Usage: ".length()));
            System.err.println("See: " + command + " --help");
            return Exit.USAGE;
        }
        String word = unmatched.getUnmatched().get(0);
        boolean option = word.startsWith("-");
        List<String> known = option
                ? at.getCommandSpec().optionsMap().keySet().stream()
                        .filter(name -> name.startsWith("--"))
                        .toList()
                : at.getSubcommands().entrySet().stream()
                        .filter(verb ->
                                !verb.getValue().getCommandSpec().usageMessage().hidden())
                        .map(Map.Entry::getKey)
                        .toList();
        String shown = SafeName.log(word);
        System.err.println(
                known.isEmpty()
                        ? "%s takes no argument %s. See: %1$s --help".formatted(command, shown)
                        : "%s has no %s %s. The nearest is %s. See: %1$s --help"
                                .formatted(command, option ? "option" : "verb", shown, Nearest.to(word, known)));
        return Exit.USAGE;
    }

    /**
     * The exit code, or another one when the output could not be written. A reader that stops reading, as head does, is no
     * fault.
     */
    private static int written(int exit) {
        if (!System.out.checkError()) {
            return exit;
        }
        try (FileOutputStream out = new FileOutputStream(FileDescriptor.out)) {
            out.write('\n');
        } catch (IOException e) {
            if ("Broken pipe".equals(e.getMessage())) {
                return exit;
            }
        }
        System.err.println("The output is incomplete: stdout cannot be written, its disk may be full");
        return exit == Exit.GOOD ? Exit.UNREACHABLE : exit;
    }

    /** Only the verb that is asked for, if it is known: reflecting on all of them took half the time of a short verb. */
    private static Stream<Class<?>> verbs(String... arguments) {
        List<Class<?>> asked = VERBS.stream()
                .filter(verb -> arguments.length > 0 && verb.getKey().equals(arguments[0]))
                .filter(verb -> !verb.getKey().equals("help"))
                .<Class<?>>map(Map.Entry::getValue)
                .toList();
        return asked.isEmpty() ? VERBS.stream().map(Map.Entry::getValue) : asked.stream();
    }

    /** Bypasses the parser: Java cannot cache its old class files, and they took a fifth of a start. */
    private static int call(Callable<Integer> verb) {
        try {
            return verb.call();
        } catch (Exception e) {
            return FailureMessage.explain(e, false);
        }
    }

    private static boolean asksForJson(ParseResult parsed) {
        ParseResult verb = parsed;
        while (verb.hasSubcommand()) {
            verb = verb.subcommand();
        }
        return verb.matchedOptionValue("-o", Output.table) == Output.json && !CsvOutput.hasBegun();
    }

    /**
     * Ends the process after an {@link Error} in a thread: nobody can know what else it has broken. The ledger continues at
     * the next start.
     */
    public static void ended(Thread thread, Throwable fault) {
        boolean over = fault instanceof Error;
        LOG.error(
                "{} by={} thread={} next=\"{}\"",
                over ? "ended" : "a thread ended",
                FailureMessage.places(fault),
                thread.getName(),
                !over
                        ? "report this line with the output of cxt --version"
                        : fault instanceof OutOfMemoryError
                                ? "give it more memory, JAVA_OPTS=-Xmx512m, and start it again; nothing is lost"
                                : "start it again: nothing is lost. If it comes back, look at lib/ and at this Java");
        if (over) {
            Runtime.getRuntime().halt(Exit.CONFIGURATION);
        }
    }

    /** The version in the jar's manifest. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Cxt.class.getPackage().getImplementationVersion();
            return new String[] {"cxt " + (version == null ? "development" : version)};
        }
    }
}
