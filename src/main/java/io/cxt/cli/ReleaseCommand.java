package io.cxt.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Ends a hold, or a pace that was set. */
@Command(
        name = "release",
        description = {
            "Ends what cxt hold or cxt pace began, before it ends by itself. After a hold calls start softly."
        },
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  cxt release lane --note 'maintenance is over'",
            "  cxt release source sftp --note 'files are right'",
            "  cxt release pace --note 'back to cxone.requests-per-second'"
        })
final class ReleaseCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "WHAT", description = "lane, source or pace.")
    private String what = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "NAME",
            description = "Of a source: file, sftp, jms, body or stream.")
    private @Nullable String name;

    @Mixin
    private final ControlChange change = new ControlChange();

    @Override
    public Integer call() {
        return change.end(ControlChange.what(what, name, List.of("lane", "source", "pace")));
    }
}
