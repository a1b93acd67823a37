package io.cxt.cli;

import io.cxt.cxone.CxoneTarget;
import io.cxt.cxone.Targets;
import io.cxt.files.RereadableSource;
import io.cxt.mapping.Mapping;
import io.cxt.mapping.MappingGuess;
import io.cxt.mapping.Mappings;
import io.cxt.settings.Settings;
import io.cxt.text.SafeName;
import io.cxt.transcript.TranscriptSettings;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists mappings, tries one on a file, and makes a first one for a file that none reads. */
@Command(
        name = "map",
        description =
                "Finds and tries the mapping for another format. Sends nothing, changes no file and needs no account.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "list|guess|try",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cxt map list                               the mappings in config/mappings",
            "  cxt map guess export.json                  what it is, and the mapping for it or a first one",
            "  cxt map guess export.csv --write my-chats  writes my-chats.properties, to edit and try",
            "  cxt map try export.csv --mapping my-chats.properties",
            "  cxt map try export.json --mapping intercom what it becomes, message by message"
        })
final class MapCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say which: cxt map list, guess or try");
    }

    @Command(
            name = "list",
            description = "Lists the mappings in config/mappings: what each reads, and the names of its files.",
            mixinStandardHelpOptions = true)
    int list(@Mixin Output.Option as) {
        List<Mapping> all = Installation.find().mappings().all();
        if (as.output == Output.json) {
            System.out.println(Output.json(all.stream().map(MapCommand::row).toList()));
        } else {
            System.out.print(Output.table(
                    List.of("MAPPING", "READS", "FILES"),
                    all.stream()
                            .map(mapping ->
                                    List.of(nameOf(mapping), mapping.about(), String.join(", ", mapping.patterns())))
                            .toList()));
        }
        return Exit.GOOD;
    }

    private static Map<String, Object> row(Mapping mapping) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("mapping", nameOf(mapping));
        row.put("reads", mapping.about());
        row.put("files", mapping.patterns());
        return row;
    }

    private static String nameOf(Mapping mapping) {
        return mapping.name().replaceFirst("\\.properties$", "");
    }

    @Command(
            name = "try",
            description = {
                "Shows the transcripts that a mapping makes of a file.",
                "Each message is beside its place in the file, with what was left out, and what would be rejected."
            },
            mixinStandardHelpOptions = true,
            footerHeading = "%nExit codes:%n",
            footer = "  0 nothing would be rejected; 1 something would; 2 no such file or mapping.")
    int tryOut(
            @Parameters(paramLabel = "FILE", description = "A file in another format.") Path file,
            @Option(
                            names = "--mapping",
                            paramLabel = "M",
                            description = {
                                "A mapping of cxt map list, or a .properties file elsewhere. Default: the one that takes the name of the",
                                "file."
                            })
                    @Nullable
                    String mapping,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "3",
                            description = "Maximum number of chats shown. All are counted. Default: ${DEFAULT-VALUE}.")
                    int limit,
            @Mixin Output.Option as)
            throws IOException {
        Installation installation = Installation.find();
        Settings settings = installation.settings();
        CxoneTarget target = Targets.forRules(settings);
        TranscriptSettings transcripts = TranscriptSettings.from(settings, target.limits());
        return new MappingTrial(target, transcripts, as.output, limit)
                .run(regular(file), mapping(installation.mappings(), file, mapping));
    }

    private static Mapping mapping(Mappings all, Path file, @Nullable String wanted) {
        if (wanted == null) {
            String name = String.valueOf(file.getFileName());
            return all.forFile(name)
                    .orElseThrow(() -> new CommandRefused(
                            Exit.USAGE,
                            "No mapping takes a file of this name. Say --mapping with a name of cxt map list, or ask cxt map guess "
                                    + SafeName.log(file.toString())));
        }
        Path own = Path.of(wanted).toAbsolutePath();
        Path folder = own.getParent();
        if (wanted.endsWith(".properties") && folder != null && Files.isRegularFile(own)) {
            return Mappings.load(folder, String.valueOf(own.getFileName()));
        }
        return all.named(wanted)
                .orElseThrow(() -> new CommandRefused(
                        Exit.USAGE, "There is no mapping %s: see cxt map list".formatted(SafeName.log(wanted))));
    }

    @Command(
            name = "guess",
            description = {
                "Says what a file is and which mapping reads it.",
                "Where none does, it prints a first mapping to edit. Only the beginning of the file is read."
            },
            mixinStandardHelpOptions = true,
            footerHeading = "%nExit codes:%n",
            footer =
                    "  0 a mapping, or a first one; 1 nothing in it looks like chats; 2 no such file, or a mapping of that name exists.")
    int guess(
            @Parameters(paramLabel = "FILE", description = "A file in another format.") Path file,
            @Option(
                            names = "--write",
                            paramLabel = "PATH",
                            description = {
                                "Writes the first mapping as PATH.properties and PATH.jslt. Once it is right, move both into",
                                "config/mappings."
                            })
                    @Nullable
                    Path write)
            throws IOException {
        Installation installation = Installation.find();
        regular(file);
        String fileName = String.valueOf(file.getFileName()).replaceFirst("\\.gz$", "");
        String name = write == null ? "my-chats" : String.valueOf(write.getFileName());
        if (!name.matches("[A-Za-z0-9._-]{1,64}")) {
            throw new CommandRefused(
                    Exit.USAGE, "--write ends in a name of letters, digits, . _ and -, for example my-chats");
        }
        MappingGuess guess = MappingGuess.of(RereadableSource.of(file), name, files(fileName), installation.mappings());
        System.out.printf("%s: %s%n", SafeName.log(fileName), guess.form());
        guess.columns().forEach(column -> System.out.println("  " + column));
        guess.fitting().forEach(mapping -> sayFits(mapping, file));
        if (guess.fitting().isEmpty() || write != null) {
            return draft(guess, file, write);
        }
        return Exit.GOOD;
    }

    private static void sayFits(Mapping mapping, Path file) {
        System.out.printf(
                "The mapping %s reads it%s.%n  cxt map try %s --mapping %s%nTo bring it in, name the file as the mapping does: %s%n",
                nameOf(mapping),
                mapping.about().isEmpty() ? "" : " (" + mapping.about() + ")",
                SafeName.argument(file.toString()),
                SafeName.argument(nameOf(mapping)),
                String.join(", ", mapping.patterns()));
    }

    private static int draft(MappingGuess guess, Path file, @Nullable Path write) throws IOException {
        if (guess.drafts().isEmpty()) {
            System.out.println(
                    "No mapping reads it, and nothing in it looks like messages. docs/mappings.md says how to write one.");
            return Exit.FINDINGS;
        }
        List<String> written = new ArrayList<>();
        for (Map.Entry<String, String> draft : guess.drafts().entrySet()) {
            if (write == null) {
                System.out.printf("%n--- %s%n%s", draft.getKey(), draft.getValue());
                continue;
            }
            Path to = write.resolveSibling(draft.getKey());
            try {
                Files.writeString(to, draft.getValue(), StandardOpenOption.CREATE_NEW);
            } catch (FileAlreadyExistsException e) {
                throw new CommandRefused(
                        Exit.USAGE,
                        "There is %s already; say --write with another name".formatted(SafeName.log(to.toString())));
            }
            written.add(to.toString());
        }
        if (write == null) {
            System.out.println("\nNo mapping reads it. Above is a first one: --write PATH makes files of it.");
        } else {
            System.out.printf(
                    "Written: %s. Check every line, then%n  cxt map try %s --mapping %s%nOnce it is right, move it into"
                            + " config/mappings.%n",
                    SafeName.log(String.join(", ", written)),
                    SafeName.argument(file.toString()),
                    SafeName.argument(written.get(0)));
        }
        return Exit.GOOD;
    }

    /** Names of files like this one: with other digits, and what follows them. */
    private static String files(String fileName) {
        int dot = fileName.lastIndexOf('.');
        String ending = dot <= 0 ? "" : fileName.substring(dot).toLowerCase(Locale.ROOT);
        String stem = dot <= 0 ? fileName : fileName.substring(0, dot);
        String letters = stem.replaceFirst("[0-9].*$", "").replaceAll("[^\\p{L}\\p{N} ._-]", "?");
        return letters + "*" + ending;
    }

    private static Path regular(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new CommandRefused(Exit.USAGE, "There is no file " + SafeName.log(file.toString()));
        }
        return file;
    }
}
