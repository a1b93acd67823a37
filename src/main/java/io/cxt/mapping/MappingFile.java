package io.cxt.mapping;

import io.cxt.text.Nearest;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One mapping file while it is read: its values, and every problem with them in the words of the one who wrote it. */
final class MappingFile {
    private static final Set<String> COMMON = Set.of("format", "files", "signs", "about");

    private final String name;
    private final MappingFolder folder;
    private final Properties values = new Properties();
    private final List<String> problems = new ArrayList<>();

    private MappingFile(String name, MappingFolder folder) {
        this.name = name;
        this.folder = folder;
    }

    /** Values that stand in no file. */
    static MappingFile of(Map<String, String> values) {
        MappingFile file = new MappingFile("", new MappingFolder(null));
        file.values.putAll(values);
        return file;
    }

    static MappingFile read(String name, MappingFolder folder) {
        MappingFile file = new MappingFile(name, folder);
        try (Reader reader = file.open(name)) {
            file.values.load(reader);
        } catch (IOException e) {
            file.problem("cannot be read (%s)".formatted(e.getClass().getSimpleName()));
        } catch (IllegalArgumentException e) {
            file.problem("a backslash followed by u needs four hex digits; write \\\\ for a backslash");
        }
        return file;
    }

    /** The mapping it describes; of use only when there is no problem. */
    @Nullable
    Mapping mapping() {
        if (!problems.isEmpty()) {
            return null;
        }
        List<String> inFiles = new ArrayList<>();
        FileNames files = FileNames.of(required("files", "which files it is for, for example *.csv"), inFiles);
        inFiles.forEach(this::problem);
        String format = required("format", "csv, jslt, text or xml");
        ChatFormat read =
                switch (format) {
                    case "csv" -> Table.read(this);
                    case "jslt" -> Template.ofJson(this);
                    case "text" -> Template.ofText(this);
                    case "xml" -> Template.ofXml(this);
                    default -> null;
                };
        if (read == null && !format.isEmpty()) {
            problem("format is %s; allowed: csv, jslt, text, xml".formatted(format));
        }
        return read == null ? null : new Mapping(name, files, optional("about").orElse(""), read);
    }

    /** Every problem, each beginning with the file's name. */
    List<String> problems() {
        return problems;
    }

    void problem(String words) {
        problems.add(folder.name(name) + ": " + words);
    }

    /** A file beside this one, as text. */
    Reader open(String file) throws IOException {
        return new InputStreamReader(folder.open(file), StandardCharsets.UTF_8);
    }

    /** The value as it stands, or empty when it is missing or blank. */
    Optional<String> optional(String key) {
        return Optional.ofNullable(values.getProperty(key)).map(String::strip).filter(value -> !value.isEmpty());
    }

    String required(String key, String whatItIs) {
        return optional(key).orElseGet(() -> {
            problem("%s is not set: %s".formatted(key, whatItIs));
            return "";
        });
    }

    /** One of several words, of which the first is the default. */
    String oneOf(String key, String... allowed) {
        String value = optional(key).orElse(allowed[0]);
        if (!List.of(allowed).contains(value)) {
            problem("%s is %s; allowed: %s".formatted(key, value, String.join(", ", allowed)));
        }
        return value;
    }

    /** The names behind a first word that has values, for example those of {@code refuse.}. */
    List<String> under(String firstWord) {
        return values.stringPropertyNames().stream()
                .filter(key -> key.startsWith(firstWord) && optional(key).isPresent())
                .map(key -> key.substring(firstWord.length()))
                .sorted()
                .toList();
    }

    /** Says which keys mean nothing. */
    void refuseUnknown(Set<String> known, @Nullable String openFirstWord) {
        Set<String> all = new TreeSet<>(known);
        all.addAll(COMMON);
        for (String key : new TreeSet<>(values.stringPropertyNames())) {
            if (!all.contains(key) && (openFirstWord == null || !key.startsWith(openFirstWord))) {
                problem("there is no property %s. The nearest is %s".formatted(key, Nearest.to(key, all)));
            }
        }
    }
}
