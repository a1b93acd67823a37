package io.cxt.cli;

import io.cxt.console.Console;
import io.cxt.console.ConsoleSettings;
import io.cxt.console.Running;
import io.cxt.db.LedgerException;
import io.cxt.db.LedgerSettings;
import io.cxt.intake.IntakeSettings;
import io.cxt.intake.UndecidedSources;
import io.cxt.intake.WaitingCounts;
import io.cxt.runtime.CamelFault;
import io.cxt.runtime.CxtComponents;
import io.cxt.runtime.Engine;
import io.cxt.settings.InvalidSettingsException;
import io.cxt.settings.Settings;
import io.cxt.text.SafeName;
import io.cxt.transcript.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs the routes until stopped, or until the sources are drained. Long because it also prints what came of them. */
@Command(
        name = "run",
        description = "Runs the routes in routes/ with the settings in config/.",
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  cxt run                          watch the inbox until stopped (Ctrl-C or SIGTERM stops cleanly)",
            "  cxt run --once                   send what is there, then end",
            "  cxt run --dev                    the same, and load edited route files at once",
            "  cxt run --once -o json           the same, with the summary as JSON",
            "  cxt run --once --since 2026-01 --until 2026-02 --dry-run     what would be sent of the files",
            "  JAVA_OPTS=-Xmx256m cxt run       with other options for Java"
        })
final class RunCommand implements Callable<Integer> {
    /** Counts that stand for no dead letter. */
    private static final Set<String> ON_ITS_WAY =
            Set.of("read", "sent", "duplicate", "queued", "excluded", "not-selected");

    private static final int MOST_NAMED = 10;
    private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);
    private static final Duration LOOK_EVERY = Duration.ofMillis(100);
    /** How long sources may take to end once the lane is stopped, before it is asked what is left. */
    private static final Duration SETTLES = Duration.ofSeconds(2);
    /** How long {@code --once} waits for a server that does not answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Option(
            names = "--once",
            description = "Drain all enabled sources, wait for their copies, print a summary, then end.")
    private boolean once;

    @Option(
            names = "--dev",
            description = "For editing routes: loads a changed file at once. A file with a fault changes nothing, and"
                    + " the log says where the fault is.")
    private boolean dev;

    @Mixin
    private final SelectOptions select = new SelectOptions();

    @Option(names = "--limit", paramLabel = "N", description = "Only the first N of these chats of each file.")
    private @Nullable String limit;

    @Option(
            names = "--dry-run",
            description = "With --once: sends nothing, and shows what would be sent of the files in the inbox.")
    private boolean dryRun;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORM",
            description = "The summary as ${COMPLETION-CANDIDATES}.")
    private Output output = Output.table;

    @Override
    public Integer call() throws Exception {
        Map<String, String> selected = select.given(limit);
        if (!once && (dryRun || !selected.isEmpty())) {
            throw new CommandRefused(
                    Exit.USAGE,
                    "--since, --until, --limit, --sample, --label and --dry-run need --once. Add it, or set"
                            + " pickup.file.select-*");
        }
        Installation installation = Installation.find(selected);
        if (dryRun) {
            return new Validation(installation, output, true, false, Integer.MAX_VALUE)
                    .run(List.of(IntakeSettings.from(installation.settings()).inbox()));
        }
        ConsoleSettings console = once ? null : console(installation.settings());
        Engine engine = installation.engine(once);
        if (dev) {
            engine.reloadEdited(installation::fingerprint);
        }
        Shutdown ending = new Shutdown(engine);
        boolean started = false;
        try {
            engine.start();
            started = true;
        } catch (InvalidSettingsException | LedgerException e) {
            throw e;
        } catch (Exception e) {
            throw CamelFault.ofStart(e, installation.routes());
        } finally {
            if (!started) {
                ending.over(); // the engine has closed itself
            }
        }
        LOG.info(
                "running routes={} {}",
                installation.routes(),
                engine.opsAddress().map(a -> "ops=" + a).orElse(""));
        engine.components().warnOfOtherProxies();
        if (console != null) {
            ending.closesFirst(serve(console, installation, engine)::close);
        }
        return once
                ? drain(
                        engine,
                        ending,
                        IntakeSettings.from(installation.settings()).dataFolder())
                : ending.await();
    }

    /** Null when it is disabled. */
    private static @Nullable ConsoleSettings console(Settings settings) {
        if (!settings.flag("console.enabled", false)) {
            return null;
        }
        ConsoleSettings console = ConsoleSettings.from(settings);
        console.fault().map(why -> why + ", or console.enabled to false").ifPresent(settings::problem);
        settings.check();
        return console;
    }

    private static Console serve(ConsoleSettings console, Installation installation, Engine engine)
            throws IOException, InterruptedException {
        CxtComponents components = engine.components();
        return Console.start(
                new Console.Shown(
                        console,
                        LedgerSettings.from(installation.settings()),
                        installation.properties(),
                        installation.mappings(),
                        () -> {
                            components.obeyNow(); // a person who has just pressed a button reads what holds now
                            WaitingCounts waiting = components.waiting();
                            double rate = components.lane().callsPerSecond();
                            return new Running(
                                    Double.isNaN(rate) ? null : (Double) rate,
                                    components.lane().pausedFor().toMillis() / 1000.0,
                                    components.lane().held().orElse(null),
                                    components.lane().stopReason().orElse(null),
                                    waiting.sources(),
                                    waiting.bytes(),
                                    engine.waitsFor());
                        }),
                Clock.systemUTC());
    }

    private int drain(Engine engine, Shutdown ending, Path data) throws InterruptedException {
        CxtComponents components = engine.components();
        Progress progress = Progress.start(components);
        long start = System.nanoTime();
        Optional<String> stopped = Optional.empty();
        while (!ending.begun() && stopped.isEmpty() && !components.atRest()) {
            progress.show();
            ending.await(LOOK_EVERY);
            stopped =
                    components.lane().endReason().or(() -> components.pickups().unreachable(PATIENCE));
        }
        long stop = System.nanoTime();
        while (!ending.begun()
                && components.backlog().openReadings() > 0
                && System.nanoTime() - stop < SETTLES.toNanos()) {
            ending.await(LOOK_EVERY);
        }
        progress.end(components.drained());
        boolean left = !components.drained();
        long passedOver = components.passedOver();
        if (!ending.close()) {
            return Exit.INTERRUPTED;
        }
        Map<String, Long> counts = components.backlog().counts(); // with what calls that were in flight became
        List<UndecidedSources.Broken> undecided = components.undecided().all();
        long rejected = components.pickups().rejected();
        if (rejected > 0) {
            System.err.println(
                    rejected + " messages cannot be read; they are in dead-letters/. See: cxt dead-letters list");
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        summarise(counts, left, passedOver, undecided, took, stopped.orElse(null));
        if (output != Output.json && setAside(counts)) {
            boolean erased = Files.isDirectory(data.resolve("dead-letters").resolve(Reason.ERASED.id()));
            System.out.println("What was not sent is in dead-letters/ with its reason"
                    + (erased ? " (of what was erased, the reason alone)" : "") + ": cxt dead-letters list");
        }
        if (stopped.isPresent()) {
            return Exit.UNREACHABLE;
        }
        boolean findings = rejected > 0 || setAside(counts);
        return left || !undecided.isEmpty() ? Exit.PARTLY : findings ? Exit.FINDINGS : Exit.GOOD;
    }

    private static boolean setAside(Map<String, Long> counts) {
        return counts.entrySet().stream()
                .anyMatch(count -> count.getValue() > 0 && !ON_ITS_WAY.contains(count.getKey()));
    }

    private void summarise(
            Map<String, Long> counts,
            boolean left,
            long passedOver,
            List<UndecidedSources.Broken> undecided,
            Duration took,
            @Nullable String stopped) {
        if (output == Output.json) {
            Map<String, Object> summary = new LinkedHashMap<>(counts);
            summary.put("seconds", took.toMillis() / 1000.0);
            summary.put("sourcesLeft", left);
            summary.put("passedOver", passedOver);
            summary.put("undecided", undecided.stream().map(RunCommand::inWords).toList());
            if (stopped != null) {
                summary.put("stopped", stopped);
            }
            System.out.println(Output.json(summary));
            return;
        }
        if (counts.getOrDefault("read", 0L) == 0) {
            System.out.println(stopped != null || left ? "Nothing was read." : "Nothing to do.");
        } else {
            StringBuilder words = new StringBuilder();
            counts.forEach((outcome, count) -> words.append(words.isEmpty() ? "" : ", ")
                    .append(count)
                    .append(' ')
                    .append(outcome));
            System.out.printf(Locale.ROOT, "%s, in %.1f s%n", words, took.toMillis() / 1000.0);
        }
        if (!undecided.isEmpty()) {
            System.out.println(
                    undecided.size() + " sources could not be decided and are not done; the log says what to do:");
            undecided.stream().limit(MOST_NAMED).forEach(source -> System.out.println("  " + inWords(source)));
        }
        if (stopped != null) {
            System.out.println("Stopped: " + stopped + (stopped.endsWith(".") ? "" : ".")
                    + " What was not sent stays where it came from; none of it is lost.");
        } else if (left && undecided.isEmpty()) {
            System.out.println(
                    "Some sources stay where they are and are read again on the next run; the log says why.");
        }
        if (passedOver > 0) {
            System.out.println(passedOver + " passed over: not transcript files. The log says what to do with each.");
        }
    }

    private static String inWords(UndecidedSources.Broken source) {
        return SafeName.log(source.source()) + ": " + source.why();
    }
}
