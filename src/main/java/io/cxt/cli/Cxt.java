package io.cxt.cli;

import io.cxt.ledger.LedgerException;
import io.cxt.settings.InvalidSettingsException;
import io.cxt.steps.PassedOver;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParseResult;

/** The top of the command: names the verbs and turns faults into words and exit codes. */
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
            "  cxt validate chats.ndjson      what would be refused, and why; sends nothing",
            "  cxt run --once                 bring in what is in the inbox, then end",
            "  cxt find ext_998877            what happened to one interaction",
            "",
            "Exit codes: 0 good; 1 findings in the data; 2 wrong usage, or nothing matched; 3 configuration, or no memory;",
            "4 something unreachable or refused; 5 audit chain broken; 6 partly done; 130 interrupted cleanly."
        })
public final class Cxt {
    private static final Logger LOG = LoggerFactory.getLogger(Cxt.class);
    private static final int MOST_PLACES = 5;

    private static final List<Map.Entry<String, Class<?>>> VERBS = List.of(
            Map.entry("run", RunCommand.class),
            Map.entry("demo", DemoCommand.class),
            Map.entry("validate", ValidateCommand.class),
            Map.entry("status", StatusCommand.class),
            Map.entry("find", FindCommand.class),
            Map.entry("audit", AuditCommand.class),
            Map.entry("dead-letters", DeadLettersCommand.class),
            Map.entry("archive", ArchiveCommand.class),
            Map.entry("simulate", SimulateCommand.class),
            Map.entry("check", CheckCommand.class),
            Map.entry("rehearse", RehearseCommand.class));

    /** What a service and a look at it call, by the verb alone. */
    private static final Map<String, Supplier<Callable<Integer>>> WITHOUT_OPTIONS =
            Map.of("run", RunCommand::new, "status", StatusCommand::new);

    /** Runs the command and returns its exit code. */
    public static int execute(String... arguments) {
        WarmUp.begin(arguments);
        if (arguments.length == 1 && WITHOUT_OPTIONS.containsKey(arguments[0])) {
            return call(WITHOUT_OPTIONS.get(arguments[0]).get());
        }
        CommandLine line = new CommandLine(new Cxt());
        verbs(arguments).forEach(line::addSubcommand);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler((fault, command, parsed) -> explain(fault, asksForJson(parsed)));
        return line.execute(arguments);
    }

    /** Only the one that is asked for, where it is known: to look at all of them took half of the time of a short verb. */
    private static Stream<Class<?>> verbs(String... arguments) {
        List<Class<?>> asked = VERBS.stream()
                .filter(verb -> arguments.length > 0 && verb.getKey().equals(arguments[0]))
                .<Class<?>>map(Map.Entry::getValue)
                .toList();
        return asked.isEmpty() ? VERBS.stream().map(Map.Entry::getValue) : asked.stream();
    }

    /** Past the parser, whose classes are of a form too old for Java to keep: a fifth of a start was theirs. */
    private static int call(Callable<Integer> verb) {
        try {
            return verb.call();
        } catch (Exception e) {
            return explain(e, false);
        }
    }

    private static boolean asksForJson(ParseResult parsed) {
        ParseResult verb = parsed;
        while (verb.hasSubcommand()) {
            verb = verb.subcommand();
        }
        return verb.matchedOptionValue("-o", Output.table) == Output.json;
    }

    /** @param json true when stdout is to hold one JSON value, whatever happens */
    private static int explain(Exception fault, boolean json) {
        String words = words(fault);
        System.err.println(words);
        if (json) {
            Output.error(words);
        }
        return fault instanceof Refused refused
                ? refused.exit()
                : fault instanceof InvalidSettingsException ? Exit.CONFIGURATION : Exit.UNREACHABLE;
    }

    private static String words(Exception fault) {
        if (fault instanceof Refused || fault instanceof InvalidSettingsException || fault instanceof LedgerException) {
            return fault.getMessage();
        }
        if (fault.getCause() instanceof AccessDeniedException denied) {
            return denied.getFile() + " " + PassedOver.unread(denied);
        }
        return fault instanceof UncheckedIOException io
                ? io.getMessage() + " (" + io.getCause() + ")"
                : "Unforeseen: " + places(fault) + ". Report this line with the output of cxt --version";
    }

    /**
     * Ends the process after an {@link Error} that a thread has met: what else it has broken, nobody can know. The ledger
     * goes on at the next start.
     */
    public static void ended(Thread thread, Throwable fault) {
        boolean over = fault instanceof Error;
        LOG.error(
                "{} by={} thread={} next=\"{}\"",
                over ? "ended" : "a thread ended",
                places(fault),
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

    /** Kinds and places alone: what an exception says may be anything, also a customer's words. */
    private static String places(Throwable fault) {
        String here = fault.getClass().getName()
                + Stream.of(fault.getStackTrace())
                        .limit(MOST_PLACES)
                        .map(place -> " at " + place)
                        .collect(Collectors.joining());
        return fault.getCause() == null ? here : here + ", because of " + places(fault.getCause());
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
