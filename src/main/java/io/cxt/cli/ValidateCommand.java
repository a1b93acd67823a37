package io.cxt.cli;

import io.cxt.archive.SafeName;
import io.cxt.cxone.Conversations;
import io.cxt.cxone.Target;
import io.cxt.mapping.Mappings;
import io.cxt.settings.Settings;
import io.cxt.transcript.Entry;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.Finding;
import io.cxt.transcript.Origin;
import io.cxt.transcript.Rules;
import io.cxt.transcript.TranscriptSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Holds files against the rules that the routes apply, and sends nothing. */
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
            "  cxt validate export.csv              another format, by its file in config/mappings"
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

    private final Rules rules = new Rules();
    private final Target target = new Conversations();
    private TranscriptSettings settings;
    private Mappings mappings;
    private long transcripts;
    private long refused;
    private boolean first = true;

    @Override
    public Integer call() throws IOException {
        Installation installation = Installation.find();
        Settings configured = installation.settings();
        settings = TranscriptSettings.from(configured, target.limits());
        configured.check();
        mappings = installation.mappings();
        List<Path> files = files();
        if (files == null) {
            return Exit.USAGE;
        }
        if (output == Output.json) {
            System.out.print("[");
        }
        for (Path file : files) {
            validate(file);
        }
        if (output == Output.json) {
            System.out.println(first ? "]" : System.lineSeparator() + "]");
        }
        System.err.printf("%d transcripts in %d files, %d would be refused%n", transcripts, files.size(), refused);
        return refused > 0 ? Exit.FINDINGS : Exit.GOOD;
    }

    /** What the paths stand for; null, with a word on stderr, when one of them stands for nothing. */
    private List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path path : paths) {
            if (Files.isDirectory(path)) {
                try (Stream<Path> inside = Files.list(path)) {
                    inside.filter(file -> Files.isRegularFile(file) && known(file))
                            .sorted()
                            .forEach(files::add);
                }
            } else if (!Files.isRegularFile(path)) {
                System.err.println("There is no file " + SafeName.log(path.toString()));
                return null;
            } else if (!known(path)) {
                System.err.println(SafeName.log(path.toString()) + " is not a transcript file. Name it " + known());
                return null;
            } else {
                files.add(path);
            }
        }
        if (files.isEmpty()) {
            System.err.println("No transcript file there: " + known());
            return null;
        }
        return files;
    }

    private boolean known(Path file) {
        return mappings.take(file.getFileName().toString());
    }

    private String known() {
        return ".json, .ndjson or .jsonl, or as a mapping in config/mappings says: " + mappings.patterns()
                + "; each also with .gz";
    }

    private void validate(Path file) throws IOException {
        try (EntryReader reader = mappings.open(file, settings.options())) {
            while (reader.hasNext()) {
                Entry entry = reader.next();
                transcripts++;
                List<Finding> findings = findings(entry);
                if (!findings.isEmpty()) {
                    refused++;
                    findings.forEach(finding -> print(file, entry, finding));
                }
            }
        }
    }

    private List<Finding> findings(Entry entry) {
        if (!entry.readable()) {
            return entry.findings().stream().map(entry::locate).toList();
        }
        Entry arranged = entry.arranged(settings.arrange(entry.transcript()));
        List<Finding> broken = rules.check(arranged.transcript(), entry.line());
        if (broken.isEmpty()) {
            Origin origin = new Origin("", "", entry.index(), entry.line());
            broken = target.prepare(arranged, origin, settings.limits()).findings();
        }
        return broken.stream().map(arranged::locate).toList();
    }

    private void print(Path file, Entry entry, Finding finding) {
        if (output == Output.json) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("file", file.toString());
            row.put("line", finding.line());
            row.put("index", entry.index());
            row.put("interactionId", entry.readable() ? entry.transcript().interactionId() : null);
            row.put("pointer", finding.pointer());
            row.put("rule", finding.rule().id());
            row.put("message", finding.message());
            row.put("hint", finding.hint());
            System.out.print((first ? "" : ",") + System.lineSeparator() + Output.json(row));
            first = false;
        } else {
            System.out.printf(
                    "%s:%d %s %s %s%n    %s%n",
                    SafeName.log(file.toString()),
                    finding.line(),
                    finding.rule().id(),
                    finding.pointer().isEmpty() ? "/" : SafeName.log(finding.pointer()),
                    finding.message(),
                    finding.hint());
        }
    }
}
