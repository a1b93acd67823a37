package io.cxt.cli;

import io.cxt.ledger.ControlRow;
import io.cxt.text.SafeName;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sets how many calls a second may leave, for all instances. */
@Command(
        name = "pace",
        description = {
            "Sets how many calls a second may leave, for all instances together.",
            "That holds in place of cxone.requests-per-second, and over restarts. CXone's own limit holds beside it:",
            "after HTTP 429 fewer leave, whatever is set. cxone.max-in-flight and the time of a call limit it, too:",
            "16 calls of 200 ms each are 80 a second."
        },
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  cxt pace 5 --until 6h --note 'call centre opens'",
            "  cxt pace 0 --note 'find the limit'             0 finds the limit, 10000 is none",
            "  cxt release pace --note 'as configured'"
        })
final class PaceCommand implements Callable<Integer> {
    @Parameters(paramLabel = "N", description = "Calls a second: 0, which finds the limit, to 10000. Also 0.5.")
    private String rate = "";

    @Option(
            names = "--until",
            paramLabel = "TIME",
            description = "When it ends by itself: 2h, 2026-11-22T06:00:00+01:00. Without it a person ends it.")
    private @Nullable String until;

    @Mixin
    private final ControlChange change = new ControlChange();

    @Override
    public Integer call() {
        return change.set(ControlRow.PACE, rate(), until);
    }

    private double rate() {
        if (!rate.matches("\\d{1,5}(\\.\\d{1,3})?")) {
            throw new CommandRefused(
                    Exit.USAGE, "N is %s, which is not a number of calls a second".formatted(SafeName.log(rate)));
        }
        return Double.parseDouble(rate);
    }
}
