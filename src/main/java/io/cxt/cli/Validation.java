package io.cxt.cli;

import io.cxt.cxone.CxoneTarget;
import io.cxt.cxone.PartMaker;
import io.cxt.cxone.Targets;
import io.cxt.files.ChangedFileException;
import io.cxt.files.OpenFile;
import io.cxt.files.OpenFile.Look;
import io.cxt.intake.SelectedEntries;
import io.cxt.intake.Selection;
import io.cxt.mapping.Mappings;
import io.cxt.pickup.IgnoredFiles;
import io.cxt.redaction.Redaction;
import io.cxt.redaction.RedactionNotes;
import io.cxt.settings.Settings;
import io.cxt.text.SafeName;
import io.cxt.transcript.Entry;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.Finding;
import io.cxt.transcript.Transcript;
import io.cxt.transcript.TranscriptSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One run of {@code cxt validate}: which files it checks, against which rules, and what it counts. */
final class Validation {
    private final TranscriptSettings settings;
    private final PartMaker maker;
    private final Mappings mappings;
    private final IgnoredFiles others;
    private final FindingsPrinter printer;
    private final Output output;
    private final boolean show;
    private final boolean redact;
    private final Redaction redaction;
    private final Map<String, Integer> takenOut = new TreeMap<>();
    private final int limit;
    private final Selection selection;
    private long transcripts;
    private long notSelected;
    private long rejected;
    private long checked;
    private long passedOver;
    private long unchecked;

    /**
     * @param show true to show transcripts, too
     * @param redact true to list what the policy would take out
     * @param limit how many of each file
     */
    Validation(Installation installation, Output output, boolean show, boolean redact, int limit) {
        Settings configured = installation.settings();
        CxoneTarget target = Targets.forRules(configured);
        settings = TranscriptSettings.from(configured, target.limits());
        selection = Selection.of("file", configured);
        redaction = Redaction.from(configured);
        configured.check();
        if (redact && !redaction.on()) {
            throw new CommandRefused(
                    Exit.USAGE,
                    "redaction.policy is not set. Set it, or try one: REDACTION_POLICY=cards cxt validate --redact FILE");
        }
        maker = new PartMaker(target, settings, Clock.systemUTC());
        mappings = installation.mappings();
        others = new IgnoredFiles("validate", () -> mappings);
        printer = new FindingsPrinter(output, show);
        this.output = output;
        this.show = show;
        this.redact = redact;
        this.limit = limit;
    }

    /** Checks the files, prints findings and counts, and returns the exit code. */
    int run(List<Path> paths) {
        List<Path> files = files(paths);
        for (Path file : files) {
            validate(file);
        }
        if (output == Output.json) {
            Output.endOfItems();
        }
        System.err.printf("%s transcripts in %s files, %s would be rejected%n", transcripts, checked, rejected);
        if (redact) {
            System.err.printf("%s would take out: %s%n", redaction.label(), takenOut.isEmpty() ? "nothing" : takenOut);
        }
        if (notSelected > 0) {
            System.err.printf("%s were not selected%n", notSelected);
        }
        if (passedOver > 0) {
            System.err.printf("%s things in folders would be passed over%n", passedOver);
        }
        if (unchecked > 0) {
            System.err.printf("%s files or folders were not checked%n", unchecked);
        }
        return rejected > 0 ? Exit.FINDINGS : unchecked > 0 ? Exit.PARTLY : Exit.GOOD;
    }

    /** The files that the paths name, and those in the folders. */
    private List<Path> files(List<Path> paths) {
        List<Path> files = new ArrayList<>();
        for (Path path : paths) {
            if (Files.isDirectory(path)) {
                addInside(path, files);
            } else if (!Files.isRegularFile(path) && !barred(path)) {
                throw new CommandRefused(
                        Exit.USAGE,
                        Files.isSymbolicLink(path) && Files.notExists(path)
                                ? SafeName.log(path.toString()) + " is a link to a file that does not exist"
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

    /** Only opening it can tell what it is. */
    private static boolean barred(Path path) {
        return !Files.exists(path) && !Files.notExists(path);
    }

    private void addInside(Path folder, List<Path> files) {
        try (Stream<Path> inside = Files.list(folder)) {
            passedOver += others.in(folder, (name, kind) -> sayPassedOver(folder.resolve(name), kind));
            inside.filter(file -> others.takes(file.getFileName().toString()) && mayBeFile(IgnoredFiles.kind(file)))
                    .sorted()
                    .forEach(files::add);
        } catch (IOException | UncheckedIOException e) {
            sayUnchecked(folder, e);
        }
    }

    /** A file that is gone or unreadable is reported when it is its turn. */
    private static boolean mayBeFile(IgnoredFiles.@Nullable Kind kind) {
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

    /** Checks one file; if it cannot be read, the others are still checked. */
    private void validate(Path named) {
        try {
            Path file = named.toRealPath(); // a link that is named is followed
            Look look = Look.at(file);
            validate(named, file, look);
            if (look.differenceTo(Look.orNull(file)) != null) {
                throw new ChangedFileException("it was written to");
            }
            checked++;
        } catch (IOException | UncheckedIOException e) {
            sayUnchecked(named, e);
        }
    }

    private void validate(Path named, Path file, Look look) throws IOException {
        try (OpenFile content = OpenFile.open(file, look, named.getFileName().toString());
                EntryReader reader = new SelectedEntries(
                        mappings.open(content, content.name(), settings.options()), selection, this::leftOut)) {
            int of = 0;
            while (reader.hasNext()) {
                Entry entry = left(named, reader.next());
                transcripts++;
                List<Finding> findings = findings(entry);
                rejected += findings.isEmpty() ? 0 : 1;
                printer.print(named, entry, findings, show && of++ < limit);
            }
        }
    }

    /** What the routes would see of an entry. */
    private Entry left(Path file, Entry entry) {
        Transcript judged = entry.readable() ? settings.arrange(entry.transcript()) : null;
        if (redact && judged != null) {
            List<Map<String, Integer>> byMessage = redaction.found(judged.messages());
            for (int i = 0; i < byMessage.size(); i++) {
                printer.print(file, entry, "/messages/" + i + "/text", byMessage.get(i));
            }
        } else if (redact && entry.raw() != null) {
            printer.print(file, entry, "", redaction.found(new String(entry.raw(), StandardCharsets.UTF_8)));
        }
        Entry left = redaction.left(entry, judged);
        RedactionNotes.counts(left.notes()).forEach((rule, count) -> takenOut.merge(rule, count, Integer::sum));
        return left;
    }

    private boolean leftOut(Entry entry) {
        notSelected++;
        return true;
    }

    private void sayUnchecked(Path path, Exception fault) {
        unchecked++;
        IOException why = fault instanceof UncheckedIOException wrapped
                ? Objects.requireNonNull(wrapped.getCause())
                : (IOException) fault;
        System.err.printf("%s %s%n", SafeName.log(path.toString()), IgnoredFiles.unread(why));
    }

    private List<Finding> findings(Entry entry) {
        return entry.readable()
                ? maker.check(entry)
                : entry.findings().stream().map(entry::locate).toList();
    }
}
