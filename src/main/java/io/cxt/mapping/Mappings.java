package io.cxt.mapping;

import io.cxt.files.RereadableSource;
import io.cxt.json.TranscriptReader;
import io.cxt.settings.InvalidSettingsException;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.ReadingOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** All mapping files, read and checked once at start. For all threads. */
public final class Mappings {

    /** What ships inside the jar; a test holds it against {@code config/mappings}. */
    static final List<String> SHIPPED = List.of(
            "amazon-connect.properties",
            "botframework.properties",
            "contact-lens.properties",
            "copilot-studio.properties",
            "crisp.properties",
            "cxone-analytics.properties",
            "cxone-media.properties",
            "dynamics365.properties",
            "freshchat.properties",
            "genesys-messages.properties",
            "genesys-transcript.properties",
            "google-ccai.properties",
            "intercom.properties",
            "livechat.properties",
            "liveperson.properties",
            "omnichannel.properties",
            "rasa.properties",
            "rows.properties",
            "salesforce-chat.properties",
            "salesforce-entries.properties",
            "salesforce-messaging.properties",
            "slack.properties",
            "tawk.properties",
            "telegram.properties",
            "twilio.properties",
            "vcon.properties",
            "whatsapp.properties",
            "zendesk-chat.properties",
            "zendesk-messaging.properties");

    private final List<Mapping> all;

    private Mappings(List<Mapping> all) {
        this.all = all;
    }

    /**
     * Every {@code *.properties} in the folder.
     *
     * @throws InvalidSettingsException with all problems of all files, each with the file, the property and what is
     *     allowed
     */
    public static Mappings load(Path folder) {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.properties")) {
            files.forEach(file -> names.add(file.getFileName().toString()));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the mappings in " + folder, e);
        }
        return read(names.stream().sorted().toList(), new MappingFolder(folder));
    }

    /** The mappings that ship with CXT, for a host without a folder of its own. */
    public static Mappings shipped() {
        return read(SHIPPED, new MappingFolder(null));
    }

    private static Mappings read(List<String> names, MappingFolder folder) {
        List<Mapping> all = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (String name : names) {
            MappingFile file = MappingFile.read(name, folder);
            Mapping mapping = file.mapping();
            problems.addAll(file.problems());
            all.add(mapping);
        }
        if (problems.isEmpty()) {
            refuseSamePattern(all, folder, problems);
        }
        if (!problems.isEmpty()) {
            throw new InvalidSettingsException(problems);
        }
        return new Mappings(List.copyOf(all));
    }

    private static void refuseSamePattern(List<Mapping> all, MappingFolder folder, List<String> problems) {
        for (int i = 0; i < all.size(); i++) {
            for (Mapping other : all.subList(i + 1, all.size())) {
                for (String pattern : all.get(i).files().patterns()) {
                    if (other.files().patterns().contains(pattern)) {
                        problems.add("%s: files has the pattern %s, and so has %s. One file can go by one mapping only:"
                                        .formatted(
                                                folder.name(other.name()),
                                                pattern,
                                                folder.name(all.get(i).name()))
                                + " change it in one of them");
                    }
                }
            }
        }
    }

    /**
     * The mapping for a file of this name, packed or not: the one with the longest pattern that matches; empty when there
     * is none. When two patterns are as long, it is one that refuses every source and says which two.
     */
    public Optional<Mapping> forFile(String fileName) {
        int fit = all.stream().mapToInt(mapping -> mapping.fit(fileName)).max().orElse(-1);
        List<Mapping> takers = fit < 0
                ? List.of()
                : all.stream().filter(mapping -> mapping.fit(fileName) == fit).toList();
        return takers.size() < 2 ? takers.stream().findFirst() : Optional.of(ambiguous(takers));
    }

    /** True when a file of this name holds transcripts, in our own form or in one that a mapping knows. */
    public boolean take(String fileName) {
        return TranscriptReader.formOf(fileName).isPresent()
                || forFile(fileName).isPresent();
    }

    /** Begins to read a file by its name, which nobody else writes to: as the mapping for it says, else in our own form. */
    public EntryReader open(Path file, ReadingOptions options) throws IOException {
        return open(RereadableSource.of(file), file.getFileName().toString(), options);
    }

    /**
     * Begins to read what a file of this name holds. What is longer than the options allow ends in an entry that says so.
     *
     * @throws IllegalArgumentException when {@link #take} does not hold for the name
     */
    public EntryReader open(RereadableSource content, String fileName, ReadingOptions options) throws IOException {
        return BoundedSource.open(
                content,
                options.maxSourceBytes(),
                bounded -> unbounded(bounded, new SourceFile(fileName, content.path()), options));
    }

    private EntryReader unbounded(RereadableSource content, SourceFile file, ReadingOptions options)
            throws IOException {
        Optional<Mapping> mapping = forFile(file.name());
        return mapping.isPresent() ? mapping.get().open(content, file, options) : own(content, file.name(), options);
    }

    /**
     * Begins to read a dead letter: by the mapping of its source where it holds a chat as it came, else in our own form.
     *
     * @param fileName of the letter
     * @param cameIn the source that the letter holds a chat of as it came; null when it holds a transcript
     */
    public EntryReader openLetter(
            RereadableSource letter, String fileName, @Nullable String cameIn, ReadingOptions options)
            throws IOException {
        Optional<Mapping> mapping = cameIn == null ? Optional.empty() : forFile(cameIn);
        return BoundedSource.open(
                letter,
                options.maxSourceBytes(),
                bounded ->
                        cameIn != null && mapping.isPresent() && mapping.get().keeps(bounded, options)
                                ? mapping.get().open(bounded, new SourceFile(cameIn, null), options)
                                : own(bounded, fileName, options));
    }

    private EntryReader own(RereadableSource content, String fileName, ReadingOptions options) throws IOException {
        TranscriptReader.Form form = TranscriptReader.formOf(fileName)
                .orElseThrow(
                        () -> new IllegalArgumentException("not a name of a transcript file; allowed: " + names()));
        return TranscriptReader.open(content.open(), form, options).refusingNone();
    }

    /**
     * One mapping file, wherever it lies.
     *
     * @throws InvalidSettingsException with all problems of the file
     */
    public static Mapping load(Path folder, String name) {
        return read(List.of(name), new MappingFolder(folder)).all.get(0);
    }

    /** The mapping whose file has this name, with or without its ending. */
    public Optional<Mapping> named(String name) {
        return all.stream()
                .filter(mapping -> mapping.name().equals(name) || mapping.name().equals(name + ".properties"))
                .findFirst();
    }

    /** The mappings that a source is in the form of, whatever it is called. */
    public List<Mapping> fitting(RereadableSource content) {
        return all.stream().filter(mapping -> mapping.fits(content)).toList();
    }

    /** Every mapping, by the name of its file. */
    public List<Mapping> all() {
        return all;
    }

    /** What a file can be named, for a message. */
    public String names() {
        String patterns = all.stream()
                .map(mapping ->
                        "%s (%s)".formatted(String.join(", ", mapping.files().patterns()), mapping.name()))
                .collect(Collectors.joining("; "));
        return ".json, .ndjson or .jsonl, or as a mapping in config/mappings says: " + patterns
                + "; each also with .gz";
    }

    private static Mapping ambiguous(List<Mapping> takers) {
        String names = takers.stream().map(Mapping::name).collect(Collectors.joining(" and "));
        return new Mapping(
                names,
                takers.get(0).files(),
                "",
                (content, file, options) -> RefusedSource.ambiguous(names, content.open()));
    }
}
