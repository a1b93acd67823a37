package io.cxt.cli;

import io.cxt.archive.ArchiveSettings;
import io.cxt.audit.FeedSource;
import io.cxt.audit.OperatorLog;
import io.cxt.cxone.CallLimits;
import io.cxt.cxone.Conversations;
import io.cxt.cxone.CxoneSettings;
import io.cxt.cxone.ForwardProxy;
import io.cxt.cxone.SignIn;
import io.cxt.cxone.SignInException;
import io.cxt.db.Database;
import io.cxt.db.LedgerException;
import io.cxt.db.LedgerSettings;
import io.cxt.ledger.LedgerView;
import io.cxt.ops.OpsSettings;
import io.cxt.pickup.IgnoredFiles;
import io.cxt.pickup.jms.JmsProbe;
import io.cxt.pickup.jms.JmsSettings;
import io.cxt.pickup.sftp.SftpFaults;
import io.cxt.pickup.sftp.SftpSettings;
import io.cxt.runtime.Engine;
import io.cxt.settings.InvalidSettingsException;
import io.cxt.settings.PropertyFile;
import io.cxt.settings.Settings;
import io.cxt.text.SafeName;
import io.cxt.transcript.TranscriptSettings;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Whether the configuration is usable, and what it points to answers. Long because each thing is looked at here once. */
@Command(
        name = "check",
        description = {
            "Checks configuration, routes and mappings; with --connect also what they point to. Posts nothing.",
            "What works and is not safe is named with UNSAFE, and does not change the exit code."
        },
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false,
        footerHeading = "%nExamples:%n",
        footer = {"  cxt check", "  cxt check --connect        signs in, opens the ledger, looks at the sources"})
final class CheckCommand implements Callable<Integer> {
    @Option(names = "--connect", description = "Sign in to CXone, open the ledger, look at the sources.")
    private boolean connect;

    /** A shorter id would be found in other words, and tells nothing. */
    private static final int SHORTEST_MASKED = 4;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORM",
            defaultValue = "table",
            description = "${COMPLETION-CANDIDATES}.")
    private Output output;

    private CheckReport report;

    @Override
    public Integer call() throws IOException {
        report = new CheckReport(output);
        try {
            check();
            report.end();
            return report.foundBad() ? Exit.UNREACHABLE : Exit.GOOD;
        } catch (InvalidSettingsException e) {
            if (output == Output.table) {
                throw e;
            }
            e.getMessage().lines().forEach(problem -> report.bad("configuration", problem));
            report.end();
            return Exit.CONFIGURATION;
        }
    }

    private void check() throws IOException {
        Installation installation = Installation.find();
        Settings settings = installation.settings();
        CxoneSettings cxone = CxoneSettings.from(settings);
        LedgerSettings ledger = LedgerSettings.from(settings);
        LedgerSettings.lease(settings);
        TranscriptSettings.from(settings, new Conversations().limits());
        OpsSettings ops = OpsSettings.from(settings);
        Path inbox = settings.path(
                "pickup.file.folder", ledger.folder().resolve("inbox").toString());
        settings.number("pickup.file.settle-ms", 1_000, 0, 600_000);
        settings.integer("pickup.max-refusals", 1_000, 1, 1_000_000);
        boolean watched = settings.flag("pickup.file.enabled", true);
        ArchiveSettings archive = ArchiveSettings.from(settings, ledger.folder());
        SftpSettings sftp = SftpSettings.from(settings);
        JmsSettings jms = JmsSettings.from(settings);
        FeedSource elsewhere = FeedSource.from(settings).orElse(null);
        if (!Files.isDirectory(installation.routes())) {
            settings.problem("There are no routes at " + installation.routes());
        }
        settings.check();
        if (jms != null) {
            new JmsProbe(jms).close(); // its URL can be used
        }
        String statement = load(installation);
        report.good("configuration", installation.fingerprint());
        if (!installation.properties().fromEnvironment().isEmpty()) {
            report.good(
                    "environment",
                    "sets " + String.join(", ", installation.properties().fromEnvironment()));
        }
        for (String line : RiskySettings.in(installation.properties().all(), installation.home())) {
            report.unsafe("configuration", line);
        }
        if (cxone.proxy() == null) {
            ForwardProxy.ofOthers().ifPresent(words -> report.note("proxy", words));
        }
        if (connect) {
            if (openLedger(ledger)) {
                signIn(cxone, ledger); // not without a record
                if (elsewhere == null) {
                    look("audit feed", FeedSource.in(ledger), statement);
                }
            } else {
                report.unsafe(
                        "sign-in", "The sign-in was not tried: it goes on record in the ledger. Repair that first");
            }
            if (elsewhere != null) {
                look("audit.feed-url", elsewhere, statement);
            }
            CheckedPlaces places = new CheckedPlaces(report);
            if (watched) {
                places.inbox(inbox, new IgnoredFiles("check", installation::mappings));
            }
            if (archive.enabled()) {
                places.write("archive.folder", archive.folder(), "");
            }
            places.write("dead-letters", ledger.folder().resolve("dead-letters"), "");
            places.write("reports", ledger.folder().resolve("reports"), "");
            if (ops.enabled()) {
                places.port(ops, LedgerView.inUse(ledger));
            }
            if (sftp != null) {
                report.tell("SFTP folder " + sftp.folder(), "", new SftpFaults(sftp).fault());
            }
            if (jms != null) {
                look(jms);
            }
        }
    }

    /**
     * Loads the routes and mappings as a run does, on a ledger and folders that are thrown away: nothing is started, and
     * nothing is made where a run would.
     *
     * @return the statement that the audit feed is written with; null for none
     */
    private String load(Installation installation) throws IOException {
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
            Properties values = new Properties();
            values.putAll(installation.properties().all());
            values.putAll(Map.of(
                    "data.dir", trial.toString(),
                    "ledger.url", "jdbc:sqlite:" + trial.resolve("ledger.db"),
                    "audit.feed-url", "",
                    "audit.checkpoint-folder", trial.resolve("checkpoints").toString(),
                    "audit.checkpoint-key-file", trial.resolve("checkpoint.key").toString(),
                    "archive.folder", trial.resolve("archive").toString(),
                    "pickup.file.folder", trial.resolve("inbox").toString()));
            return new Engine(
                            PropertyFile.of(values, none -> null),
                            installation.routes(),
                            installation.mappings(),
                            "",
                            true)
                    .load();
        } catch (InvalidSettingsException e) {
            throw e;
        } catch (Exception e) {
            throw new InvalidSettingsException(
                    List.of("The routes in %s cannot be loaded: %s".formatted(installation.routes(), e)));
        } finally {
            try (Stream<Path> made = Files.walk(trial)) {
                made.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            }
        }
    }

    private void look(String what, FeedSource feed, String statement) {
        try (feed) {
            String fault = statement == null ? null : feed.fault(statement);
            if (FeedSource.NO_TABLE.equals(fault)) {
                report.good(what, fault);
            } else {
                report.tell(
                        what, "takes the statement of routes/record-audit", fault == null ? null : what + ": " + fault);
            }
        }
    }

    private void signIn(CxoneSettings cxone, LedgerSettings ledger) {
        try (OperatorLog log = new OperatorLog(ledger);
                CallLimits limits = new CallLimits(cxone.callDeadline().toMillis(), cxone.proxy());
                SignIn signIn = new SignIn(cxone, new Conversations(), limits, log::signedIn)) {
            signIn.authorization();
            report.good("sign-in", "at " + cxone.way());
        } catch (SignInException e) {
            report.bad(
                    "sign-in",
                    e.getMessage()
                            + (e.answered() == null
                                    ? ""
                                    : " (its answer begins: %s)".formatted(firstWords(e.answered(), cxone))));
        }
    }

    /** Text without tags, of one line, without what CXT has sent: some servers give all of it back. */
    private static String firstWords(String answered, CxoneSettings cxone) {
        String text = answered.replaceAll("(?is)<(style|script)\\b.*?</\\1>|<[^>]*>?", " ");
        text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
        text = text.replaceAll("&(apos|#0*39|#x0*27);", "'")
                .replace("&#34;", "\"")
                .replace("&amp;", "&");
        for (String sent : cxone.secrets()) {
            if (!sent.equals(cxone.clientId()) || sent.length() >= SHORTEST_MASKED) {
                text = text.replace(sent, "***").replace(URLEncoder.encode(sent, StandardCharsets.UTF_8), "***");
            }
        }
        String line = SafeName.log(text.replaceAll("\\s+", " ").strip());
        return line.isEmpty() ? "(a page without text)" : line;
    }

    private boolean openLedger(LedgerSettings settings) {
        try {
            new OperatorLog(settings).close(); // makes it, as a run would
            new Database(settings).requireSessions();
            try (LedgerView view = LedgerView.of(settings)) {
                report.good("ledger", view.status().countsByState().toString());
                return true;
            }
        } catch (LedgerException e) {
            report.bad("ledger", e.getMessage());
            return false;
        }
    }

    private void look(JmsSettings jms) {
        String what = "queue %s and dead-letter queue %s".formatted(jms.queue(), jms.deadLetterQueue());
        try (JmsProbe broker = new JmsProbe(jms)) {
            report.tell(what, "", broker.fault());
            broker.remarks().forEach(remark -> report.unsafe(what, remark));
        }
    }
}
