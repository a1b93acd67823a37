package io.cxt.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
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
            "",
            "Exit codes: 0 none would be rejected; 1 some would be rejected; 2 no such file; 6 none would be rejected, but",
            "something could not be read, or changed while it was read."
        })
final class ValidateCommand implements Callable<Integer> {
    @Parameters(paramLabel = "PATH", arity = "1..*", description = "Files, or folders of files.")
    private List<Path> paths;

    @Mixin
    private final Output.Option as = new Output.Option();

    @Option(names = "--show", description = "Also shows the first transcripts of each file as JSON, one per line.")
    private boolean show;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "3",
            description = "With --show: maximum number of transcripts per file. Default: ${DEFAULT-VALUE}.")
    private int limit;

    @Override
    public Integer call() {
        return new Validation(Installation.find(), as.output, show, limit).run(paths);
    }
}
