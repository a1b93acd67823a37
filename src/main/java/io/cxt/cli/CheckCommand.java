package io.cxt.cli;

import io.cxt.archive.ArchiveSettings;
import io.cxt.archive.SafeName;
import io.cxt.cxone.CallLimits;
import io.cxt.cxone.Conversations;
import io.cxt.cxone.CxoneSettings;
import io.cxt.cxone.ForwardProxy;
import io.cxt.cxone.SignIn;
import io.cxt.cxone.SignInException;
import io.cxt.ledger.Database;
import io.cxt.ledger.FeedSource;
import io.cxt.ledger.LedgerException;
import io.cxt.ledger.LedgerSettings;
import io.cxt.ledger.LedgerView;
import io.cxt.ledger.OperatorLog;
import io.cxt.ops.OpsSettings;
import io.cxt.settings.Settings;
import io.cxt.steps.JmsLook;
import io.cxt.steps.JmsSettings;
import io.cxt.steps.SftpFaults;
import io.cxt.steps.SftpSettings;
import io.cxt.transcript.TranscriptSettings;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Whether the configuration is usable, and what it points to answers. */
@Command(
        name = "check",
        description = {
            "Checks the configuration; with --connect also what it points to. Posts nothing.",
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

    private boolean unreachable;

    @Override
    public Integer call() throws IOException {
        Installation installation = Installation.find();
        Settings settings = installation.settings();
        CxoneSettings cxone = CxoneSettings.from(settings);
        LedgerSettings ledger = LedgerSettings.from(settings);
        LedgerSettings.lease(settings);
        TranscriptSettings.from(settings, new Conversations().limits());
        OpsSettings.from(settings);
        Path inbox = settings.path(
                "pickup.file.folder", ledger.folder().resolve("inbox").toString());
        settings.number("pickup.file.settle-ms", 1_000, 0, 600_000);
        settings.integer("pickup.max-refusals", 1_000, 1, 1_000_000);
        settings.flag("pickup.file.enabled", true);
        ArchiveSettings.from(settings, ledger.folder());
        SftpSettings sftp = SftpSettings.from(settings);
        JmsSettings jms = JmsSettings.from(settings);
        FeedSource.from(settings);
        if (!Files.isDirectory(installation.routes())) {
            settings.problem("There are no routes at " + installation.routes());
        }
        settings.check();
        if (jms != null) {
            new JmsLook(jms).close(); // its URL can be used
        }
        installation.mappings();
        System.out.println("ok  configuration " + installation.fingerprint());
        for (String line : Unsafe.in(installation.properties().all(), installation.home())) {
            System.out.println("UNSAFE " + line);
        }
        if (cxone.proxy() == null) {
            ForwardProxy.ofOthers().ifPresent(words -> System.out.println("note " + words));
        }
        if (connect) {
            if (openLedger(ledger)) {
                signIn(cxone, ledger); // not without a record
            }
            look(inbox);
            if (sftp != null) {
                tell("SFTP folder " + sftp.folder(), new SftpFaults(sftp).fault());
            }
            if (jms != null) {
                look(jms);
            }
        }
        return unreachable ? Exit.UNREACHABLE : Exit.GOOD;
    }

    private void signIn(CxoneSettings cxone, LedgerSettings ledger) {
        try (OperatorLog log = new OperatorLog(ledger);
                CallLimits limits = new CallLimits(cxone.callDeadline().toMillis(), cxone.proxy());
                SignIn signIn = new SignIn(cxone, new Conversations(), limits, log::signedIn)) {
            signIn.authorization();
            System.out.println("ok  sign-in at " + cxone.way());
        } catch (SignInException e) {
            bad(e.getMessage());
            if (e.answered() != null) {
                System.out.println("    its answer begins: " + firstWords(e.answered(), cxone));
            }
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
        new OperatorLog(settings).close(); // makes it, as a run would
        new Database(settings).requireSessions();
        try (LedgerView view = LedgerView.of(settings)) {
            System.out.println("ok  ledger " + view.countsByState());
            return true;
        } catch (LedgerException e) {
            bad(e.getMessage());
            return false;
        }
    }

    private void look(Path inbox) {
        if (!Files.exists(inbox)) {
            System.out.println("ok  inbox: none yet, it is made at the first run");
        } else if (Files.isDirectory(inbox) && Files.isReadable(inbox) && Files.isWritable(inbox)) {
            System.out.println("ok  inbox " + inbox);
        } else {
            bad("The inbox %s must be a folder that you can read and write".formatted(inbox));
        }
    }

    private void look(JmsSettings jms) {
        try (JmsLook broker = new JmsLook(jms)) {
            tell("queue %s and dead-letter queue %s".formatted(jms.queue(), jms.deadLetterQueue()), broker.fault());
            broker.remarks().forEach(remark -> System.out.println("UNSAFE " + remark));
        }
    }

    /** @param fault null when it is good */
    private void tell(String what, String fault) {
        if (fault == null) {
            System.out.println("ok  " + what);
        } else {
            bad(fault);
        }
    }

    private void bad(String what) {
        unreachable = true;
        System.out.println("BAD " + what);
    }
}
