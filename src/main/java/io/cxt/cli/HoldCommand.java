package io.cxt.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Holds the lane, or a source, for all instances. */
@Command(
        name = "hold",
        description = {
            "Holds all calls to CXone (lane), or what one pickup takes in (source).",
            "Every instance obeys within two seconds, and after a restart, until it ends. Calls that are under way",
            "end. What waits is kept, and sent later. Holding a source leaves what it has picked up to go on."
        },
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  cxt hold lane --until 2h --note 'tenant maintenance CHG-88'",
            "  cxt hold source sftp --note 'wrong files'     until cxt release source sftp"
        })
final class HoldCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "WHAT", description = "lane or source.")
    private String what = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "NAME",
            description = "Of a source: file, sftp, jms, body or stream. Senders of a body or stream get an error.")
    private @Nullable String name;

    @Option(
            names = "--until",
            paramLabel = "TIME",
            description = "When it ends by itself: 2h, 2026-11-22T06:00:00+01:00. Without it a person ends it.")
    private @Nullable String until;

    @Mixin
    private final ControlChange change = new ControlChange();

    @Override
    public Integer call() {
        return change.set(ControlChange.what(what, name, List.of("lane", "source")), null, until);
    }
}
