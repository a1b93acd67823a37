package io.cxt.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks files against the rules that the routes apply, and sends nothing. */
@Command(
        name = "validate",
        description = "Checks files against the rules that the routes apply. Sends nothing and needs no account.",
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  cxt validate chats.ndjson            one file",
            "  cxt validate exports/                every transcript file in a folder",
            "  cxt validate -o json chats.json.gz   findings as JSON, one array",
            "  cxt validate export.csv              another format, by its mapping in config/mappings",
            "  cxt validate --show export.csv       also what the mapping makes of it",
            "  cxt validate --since 2026-01 exports/     only some of the chats",
            "  cxt validate --redact chats.ndjson   what redaction.policy would take out",
            "",
            "Exit codes: 0 none would be rejected; 1 some would be rejected; 2 no such file; 6 none would be rejected, but",
            "something could not be read, or changed while it was read."
        })
final class ValidateCommand implements Callable<Integer> {
    private static final int SHOWN = 3;

    @Parameters(paramLabel = "PATH", arity = "1..*", description = "Files, or folders of files.")
    private List<Path> paths;

    @Mixin
    private final Output.Option as = new Output.Option();

    @Option(names = "--show", description = "Also shows the first transcripts of each file as JSON, one per line.")
    private boolean show;

    @Option(
            names = "--redact",
            description = "Also lists what redaction.policy would take out: place, rule and count, never the value.")
    private boolean redact;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description =
                    "With --show: maximum number of transcripts per file that are shown. Default: 3. Without: checks"
                            + " only the first N of each file.")
    private @Nullable Integer limit;

    @Mixin
    private final SelectOptions select = new SelectOptions();

    @Override
    public Integer call() {
        String checked = show || limit == null ? null : limit.toString();
        return new Validation(
                        Installation.find(select.given(checked)),
                        as.output,
                        show,
                        redact,
                        limit == null ? SHOWN : limit)
                .run(paths);
    }
}
