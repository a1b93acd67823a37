package io.cxt.cli;

import io.cxt.console.Console;
import io.cxt.console.ConsoleSettings;
import io.cxt.db.LedgerSettings;
import io.cxt.files.FilePermissions;
import io.cxt.ledger.LedgerView;
import io.cxt.settings.Settings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.time.Clock;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;

/** Serves the console alone, or prints an address for one sign-in on that of a run. */
@Command(
        name = "console",
        description = {
            "Serves pages for a browser: what was sent, what was not and why, the audit trail, the settings.",
            "It only reads, writes nothing, and needs no secret of CXone: data.dir may be a copy."
        },
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "[url]",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cxt console                          until Ctrl-C; prints an address for one sign-in",
            "  DATA_DIR=/mnt/copy cxt console       the same of a copy",
            "  cxt console url                      an address for the console of a cxt run"
        })
final class ConsoleCommand implements Callable<Integer> {

    @Override
    public Integer call() throws IOException, InterruptedException {
        Installation installation = Installation.find();
        Settings settings = installation.settings();
        LedgerSettings ledger = LedgerSettings.from(settings);
        ConsoleSettings console = ConsoleSettings.from(settings);
        console.fault().ifPresent(settings::problem);
        settings.check();
        DataDir.view(ledger, Output.table).close();
        Clock clock = Clock.systemUTC();
        Console served = Console.start(
                new Console.Shown(console, ledger, installation.properties(), installation.mappings(), null), clock);
        Runtime.getRuntime().addShutdownHook(new Thread(served::close, "cxt-console-stop"));
        print(served, clock);
        BufferedReader terminal = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
        while (terminal.readLine() != null) {
            print(served, clock);
        }
        new CountDownLatch(1).await(); // until a signal ends the process
        return Exit.GOOD;
    }

    private static void print(Console served, Clock clock) {
        System.out.println(served.signInAddress(FilePermissions.user(), clock));
        System.err.println("The address is good for one sign-in within 5 minutes. Enter: another one. Ctrl-C: end");
    }

    @Command(
            name = "url",
            description = "Prints an address for one sign-in on the console of the cxt run with this data.dir.",
            mixinStandardHelpOptions = true)
    int url() throws IOException {
        Settings settings = Installation.find().settings();
        LedgerSettings ledger = LedgerSettings.from(settings);
        ConsoleSettings console = ConsoleSettings.from(settings);
        settings.check();
        DataDir.require(ledger);
        if (!console.enabled() && LedgerView.inUse(ledger)) {
            throw new CommandRefused(
                    Exit.USAGE,
                    "console.enabled is false for this command. If the cxt run that works with %s serves a console, it has that from its environment: set CONSOLE_ENABLED=true, and CONSOLE_PORT if it is set there, for this command, too. Otherwise set console.enabled to true and start it again; or serve one alone: cxt console"
                            .formatted(ledger.shown()));
        }
        if (!console.enabled() || !LedgerView.inUse(ledger)) {
            throw new CommandRefused(
                    Exit.USAGE,
                    "No cxt run serves a console with %s. Set console.enabled to true and start it; or serve one alone: cxt console"
                            .formatted(ledger.shown()));
        }
        System.out.println(Console.signInAddress(console, ledger, FilePermissions.user(), Clock.systemUTC())
                .orElseThrow(() -> new CommandRefused(
                        Exit.USAGE,
                        "The cxt that runs with %s serves no console with such a sign-in: look at console.enabled and console.sign-in"
                                .formatted(ledger.shown()))));
        return Exit.GOOD;
    }
}
