package io.cxt.cli;

import io.cxt.cxone.CxoneTarget.Probed;
import io.cxt.cxone.SignInException;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Finds out about a tenant what is not published. */
@Command(
        name = "probe",
        description = {
            "Makes about twenty calls on the archive channel that settle what is not published of CXone.",
            "They ask what a repeated message gets, whether old times are kept, how long texts and ids may be, how",
            "far a search lags. Prints what to set. Leaves one closed contact, named as a probe. Each call is in the",
            "audit. Exit code 4 when nothing is settled, 6 when a question stays open."
        },
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false,
        footerHeading = "%nExamples:%n",
        footer = {"  cxt probe --yes"})
final class ProbeCommand implements Callable<Integer> {
    private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern(
                    "'cxt-probe-'uuuuMMdd'T'HHmmss", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    @Option(names = "--yes", description = "Confirms it. Without this nothing is called.")
    private boolean yes;

    @Mixin
    private final Output.Option as = new Output.Option();

    @Override
    public Integer call() throws IOException, SignInException {
        try (SentTranscripts sent = new SentTranscripts(as.output, "try", false)) {
            if (!yes) {
                throw new CommandRefused(
                        Exit.USAGE,
                        "This makes about twenty calls at %s and leaves a contact in the channel. To do it: cxt probe --yes"
                                .formatted(sent.cxone.way()));
            }
            List<Probed> found = sent.cxone.target().probe(NAME.format(Instant.now()), sent.caller);
            if (as.output == Output.json) {
                System.out.println(Output.json(found));
            } else {
                System.out.print(Output.table(
                        List.of("QUESTION", "ANSWER", "SET"),
                        found.stream()
                                .map(one -> List.of(one.question(), one.answer(), one.property()))
                                .toList()));
            }
            return next(found, sent.cxone.target().rights());
        }
    }

    private static int next(List<Probed> found, String rights) {
        long open = found.stream().filter(one -> !one.settled()).count();
        if (open == found.size()) {
            System.err.println("Nothing is settled. " + rights + " Then run it again: cxt probe --yes");
            return Exit.UNREACHABLE;
        }
        System.err.println(
                found.stream().allMatch(one -> one.property().isEmpty())
                        ? "There is nothing to set. Next: send ten chats, look at them in CXone, and run cxt reconcile"
                        : "Set what stands in the column SET, then send ten chats, look at them in CXone, and run cxt reconcile");
        if (open > 0) {
            System.err.println("CXone left %s of the questions open. %s Then run it again: cxt probe --yes"
                    .formatted(open, rights));
            return Exit.PARTLY;
        }
        return Exit.GOOD;
    }
}
