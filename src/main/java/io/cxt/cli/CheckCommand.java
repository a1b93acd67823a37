package io.cxt.cli;

import io.cxt.cxone.ForwardProxy;
import io.cxt.db.LedgerSettings;
import io.cxt.ledger.LedgerView;
import io.cxt.pickup.IgnoredFiles;
import io.cxt.pickup.jms.JmsProbe;
import io.cxt.runtime.CamelFault;
import io.cxt.runtime.Engine;
import io.cxt.settings.InvalidSettingsException;
import io.cxt.settings.PropertyFile;
import io.cxt.settings.Settings;
import io.cxt.text.SafeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Checks that the configuration is usable and that what it points to answers. */
@Command(
        name = "check",
        description = {
            "Checks configuration, routes and mappings; with --connect also what they point to. Posts nothing.",
            "Lines with UNSAFE name what works but is not safe; they do not change the exit code."
        },
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false,
        footerHeading = "%nExamples:%n",
        footer = {"  cxt check", "  cxt check --connect        signs in, opens the ledger, looks at the sources"})
final class CheckCommand implements Callable<Integer> {
    @Option(names = "--connect", description = "Sign in to CXone, open the ledger, look at the sources.")
    private boolean connect;

    @Mixin
    private final Output.Option as = new Output.Option();

    @Override
    public Integer call() throws IOException {
        CheckReport report = new CheckReport(as.output);
        try {
            check(report);
            report.end();
            return report.foundBad() ? Exit.UNREACHABLE : Exit.GOOD;
        } catch (InvalidSettingsException e) {
            if (as.output == Output.table) {
                throw e;
            }
            String.valueOf(e.getMessage()).lines().forEach(problem -> report.bad("configuration", problem));
            report.end();
            return Exit.CONFIGURATION;
        }
    }

    private void check(CheckReport report) throws IOException {
        Installation installation = Installation.find();
        Map<String, String> values = installation.properties().all();
        Settings settings = installation.settings();
        AllSettings all = AllSettings.from(settings);
        if (!Files.isDirectory(installation.routes())) {
            settings.problem("There are no routes at " + installation.routes());
        }
        settings.check();
        if (all.jms() != null) {
            new JmsProbe(all.jms()).close(); // its URL can be used
        }
        String statement = load(installation, report);
        report.good("configuration", installation.fingerprint());
        if (!installation.properties().fromEnvironment().isEmpty()) {
            report.good(
                    "environment",
                    "sets " + String.join(", ", installation.properties().fromEnvironment()));
        }
        for (String line : RiskySettings.in(values, installation.home())) {
            report.unsafe("configuration", line);
        }
        for (String line : all.cxone().target().idleSettings()) {
            report.note("configuration", line);
        }
        if (all.cxone().proxy() == null) {
            ForwardProxy.ofOthers().ifPresent(words -> report.note("proxy", words));
        }
        if (connect) {
            CheckedConnections connections = new CheckedConnections(report);
            connections.records(all, statement);
            places(report, all, new IgnoredFiles("check", installation::mappings));
            copies(report, LedgerSettings.checkpointCopies(installation.settings()));
            connections.pickups(all);
        }
    }

    private static void places(CheckReport report, AllSettings all, IgnoredFiles others) {
        Path data = all.ledger().folder();
        CheckedPlaces places = new CheckedPlaces(report);
        if (all.watched()) {
            places.inbox(all.inbox(), others);
        }
        if (all.archive().enabled()) {
            places.write("archive.folder", all.archive().folder(), "");
        }
        places.write("dead-letters", data.resolve("dead-letters"), "");
        places.write("reports", data.resolve("reports"), "");
        if (all.ops().enabled()) {
            places.port(all.ops(), LedgerView.inUse(all.ledger()));
        }
    }

    /** Of addresses only the first copy shows whether they take one. */
    private static void copies(CheckReport report, List<String> copies) {
        for (String place : copies) {
            if (place.matches("https?:.*")) {
                report.note("audit.checkpoint-copies", SafeName.log(place) + " is not tried");
            } else if (Files.isDirectory(Path.of(place))) {
                new CheckedPlaces(report).write("audit.checkpoint-copies", Path.of(place), "");
            } else {
                report.unsafe(
                        "audit.checkpoint-copies",
                        "There is no folder %s. Mount or create it: until then no checkpoint is copied there"
                                .formatted(SafeName.log(place)));
            }
        }
    }

    /**
     * Loads the routes and mappings as a run does, on a ledger and folders that are deleted afterwards: nothing starts, and
     * nothing is created where a run would create it.
     *
     * @return the statement that the audit feed is written with; null for none
     */
    private static @Nullable String load(Installation installation, CheckReport report) throws IOException {
        Path trial;
        try {
            trial = Files.createTempDirectory("cxt-check");
        } catch (IOException e) {
            report.unsafe(
                    "routes",
                    "The routes were not tried: Java has no temporary folder that can be written. Set JAVA_OPTS=-Djava.io.tmpdir=FOLDER");
            return null;
        }
        try {
            Map<String, String> values = new TreeMap<>(installation.properties().all());
            values.putAll(Map.of(
                    "data.dir", trial.toString(),
                    "ledger.url", "jdbc:sqlite:" + trial.resolve("ledger.db"),
                    "ledger.customer-key-file", "",
                    "audit.feed-url", "",
                    "audit.checkpoint-folder", trial.resolve("checkpoints").toString(),
                    "audit.checkpoint-key-file", trial.resolve("checkpoint.key").toString(),
                    "audit.checkpoint-copies", "",
                    "archive.folder", trial.resolve("archive").toString(),
                    "pickup.file.folder", trial.resolve("inbox").toString()));
            return new Engine(PropertyFile.resolved(values), installation.routes(), installation.mappings(), "", true)
                    .load();
        } catch (InvalidSettingsException e) {
            throw e;
        } catch (Exception e) {
            throw CamelFault.ofStart(e, installation.routes());
        } finally {
            try (Stream<Path> made = Files.walk(trial)) {
                made.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            }
        }
    }
}
