package io.cxt.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.cxt.cxone.Conversations;
import io.cxt.cxone.CxoneTarget;
import io.cxt.cxone.PartMaker;
import io.cxt.files.ChangedFileException;
import io.cxt.files.OpenFile;
import io.cxt.files.OpenFile.Look;
import io.cxt.mapping.Mappings;
import io.cxt.pickup.IgnoredFiles;
import io.cxt.settings.Settings;
import io.cxt.steps.TranscriptJson;
import io.cxt.text.SafeName;
import io.cxt.transcript.Entry;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.Finding;
import io.cxt.transcript.TranscriptSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Holds files against the rules that the routes apply, and sends nothing. Long because what is said of each file, read or
 * not, is here.
 */
@Command(
        name = "validate",
        description = "Holds files against the rules that the routes apply. Sends nothing, needs no account.",
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  cxt validate chats.ndjson            one file",
            "  cxt validate exports/                every transcript file in a folder",
            "  cxt validate -o json chats.json.gz   findings as JSON, one array",
            "  cxt validate export.csv              another format, by its file in config/mappings",
            "  cxt validate --show export.csv       also what that file makes of it",
            "",
            "Exit codes: 0 all would be taken; 1 some would be rejected; 2 no such file; 6 none would be rejected, but",
            "something could not be read, or changed while it was read."
        })
final class ValidateCommand implements Callable<Integer> {
    @Parameters(paramLabel = "PATH", arity = "1..*", description = "Files, or folders of files.")
    private List<Path> paths;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORM",
            defaultValue = "table",
            description = "${COMPLETION-CANDIDATES}.")
    private Output output;

    @Option(
            names = "--show",
            description = "Also shows what is read: the first transcripts of each file, as JSON, one a line.")
    private boolean show;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "3",
            description = "With --show: at most so many of a file; ${DEFAULT-VALUE}.")
    private int limit;

    private final CxoneTarget target = new Conversations();
    private TranscriptSettings settings;
    private PartMaker maker;
    private Mappings mappings;
    private long transcripts;
    private long refused;
    private long checked;
    private long passedOver;
    private long unchecked;
    private IgnoredFiles others;

    @Override
    public Integer call() {
        Installation installation = Installation.find();
        Settings configured = installation.settings();
        settings = TranscriptSettings.from(configured, target.limits());
        configured.check();
        maker = new PartMaker(target, settings, Clock.systemUTC());
        mappings = installation.mappings();
        others = new IgnoredFiles("validate", () -> mappings);
        List<Path> files = files();
        for (Path file : files) {
            validate(file);
        }
        if (output == Output.json) {
            Output.endOfItems();
        }
        System.err.printf("%s transcripts in %s files, %s would be rejected%n", transcripts, checked, refused);
        if (passedOver > 0) {
            System.err.printf("%s things in folders would be passed over%n", passedOver);
        }
        if (unchecked > 0) {
            System.err.printf("%s files or folders were not checked%n", unchecked);
        }
        return refused > 0 ? Exit.FINDINGS : unchecked > 0 ? Exit.PARTLY : Exit.GOOD;
    }

    /** What the paths stand for. */
    private List<Path> files() {
        List<Path> files = new ArrayList<>();
        for (Path path : paths) {
            if (Files.isDirectory(path)) {
                addInside(path, files);
            } else if (!Files.isRegularFile(path) && !barred(path)) {
                throw new CommandRefused(
                        Exit.USAGE,
                        Files.isSymbolicLink(path) && Files.notExists(path)
                                ? SafeName.log(path.toString()) + " is a link, and there is no file where it leads"
                                : "There is no file " + SafeName.log(path.toString()));
            } else if (!known(path)) {
                throw new CommandRefused(
                        Exit.USAGE, SafeName.log(path.toString()) + " is not a transcript file. Name it " + known());
            } else {
                files.add(path);
            }
        }
        if (files.isEmpty() && unchecked == 0) {
            throw new CommandRefused(Exit.USAGE, "No transcript file there: " + known());
        }
        return files;
    }

    /** Nobody but a reading can tell what it is. */
    private static boolean barred(Path path) {
        return !Files.exists(path) && !Files.notExists(path);
    }

    private void addInside(Path folder, List<Path> files) {
        try (Stream<Path> inside = Files.list(folder)) {
            passedOver += others.in(folder, (name, kind) -> sayPassedOver(folder.resolve(name), kind));
            inside.filter(file -> others.takes(file.getFileName().toString()) && mayBeFile(IgnoredFiles.kind(file)))
                    .sorted()
                    .forEach(files::add);
        } catch (IOException e) {
            sayUnchecked(folder, e);
        } catch (UncheckedIOException e) {
            sayUnchecked(folder, e.getCause());
        }
    }

    /** What is gone by now, and what cannot be looked at, is said when it is its turn. */
    private static boolean mayBeFile(IgnoredFiles.Kind kind) {
        return kind == null || kind == IgnoredFiles.Kind.FILE;
    }

    private boolean known(Path file) {
        return mappings.take(file.getFileName().toString());
    }

    private String known() {
        return mappings.names();
    }

    private void sayPassedOver(Path path, IgnoredFiles.Kind kind) {
        others.why(path.getFileName().toString(), kind)
                .ifPresent(why -> System.err.printf(
                        "%s would be passed over: %s. What to do: %s%n",
                        SafeName.log(path.toString()), why.reason(), why.next()));
    }

    /** One file; what cannot be read of it keeps no other from being checked. */
    private void validate(Path named) {
        try {
            Path file = named.toRealPath(); // a link that is named is followed
            Look look = Look.at(file);
            validate(named, file, look);
            if (look.differenceTo(Look.orNull(file)) != null) {
                throw new ChangedFileException("it was written to");
            }
            checked++;
        } catch (IOException e) {
            sayUnchecked(named, e);
        } catch (UncheckedIOException e) {
            sayUnchecked(named, e.getCause());
        }
    }

    private void validate(Path named, Path file, Look look) throws IOException {
        try (OpenFile content = OpenFile.open(file, look, named.getFileName().toString());
                EntryReader reader = mappings.open(content, content.name(), settings.options())) {
            int of = 0;
            while (reader.hasNext()) {
                Entry entry = reader.next();
                transcripts++;
                List<Finding> findings = findings(entry);
                refused += findings.isEmpty() ? 0 : 1;
                boolean shown = show && of++ < limit;
                if (shown) {
                    show(named, entry, findings);
                }
                if (!shown || output == Output.table) {
                    findings.forEach(finding -> print(named, entry, finding));
                }
            }
        }
    }

    private void sayUnchecked(Path path, IOException why) {
        unchecked++;
        System.err.printf("%s %s%n", SafeName.log(path.toString()), IgnoredFiles.unread(why));
    }

    private List<Finding> findings(Entry entry) {
        return entry.readable()
                ? maker.check(entry)
                : entry.findings().stream().map(entry::locate).toList();
    }

    /** What a mapping, or our own form, makes of an element; in a table a transcript a line, and nothing else on stdout. */
    private void show(Path file, Entry entry, List<Finding> findings) {
        JsonNode transcript = entry.readable() ? TranscriptJson.tree(entry.transcript()) : null;
        if (output == Output.json) {
            Map<String, Object> row = row(file, entry, entry.line());
            row.put("transcript", transcript);
            row.put("findings", findings.stream().map(ValidateCommand::words).toList());
            Output.item(row);
        } else if (transcript != null) {
            System.out.println(Output.line(transcript));
        }
    }

    private static Map<String, Object> row(Path file, Entry entry, long line) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("file", file.toString());
        row.put("line", line);
        row.put("index", entry.index());
        row.put("interactionId", entry.readable() ? entry.transcript().interactionId() : null);
        return row;
    }

    private static Map<String, Object> words(Finding finding) {
        Map<String, Object> words = new LinkedHashMap<>();
        words.put("pointer", finding.pointer());
        words.put("rule", finding.rule().id());
        words.put("message", finding.message());
        words.put("hint", finding.hint());
        return words;
    }

    private void print(Path file, Entry entry, Finding finding) {
        if (output == Output.json) {
            Map<String, Object> row = row(file, entry, finding.line());
            row.putAll(words(finding));
            Output.item(row);
        } else {
            (show ? System.err : System.out)
                    .printf(
                            "%s:%s %s %s %s%n    %s%n",
                            SafeName.log(file.toString()),
                            finding.line(),
                            finding.rule().id(),
                            finding.pointer().isEmpty() ? "/" : SafeName.log(finding.pointer()),
                            finding.message(),
                            finding.hint());
        }
    }
}
