package io.cxt.settings;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * {@code config/application.properties} with the environment and the system properties laid over it.
 *
 * <p>A property is looked for as a Java system property, then under its name in the environment, then in the file.
 * {@code {{other.name}}} and {@code {{env:NAME}}} inside a value are replaced, the second by nothing where the
 * environment has no such name.
 */
public final class PropertyFile {
    private static final List<String> AREAS =
            List.of("data.", "pickup.", "cxone.", "transcript.", "ledger.", "audit.", "archive.", "ops.");
    private static final int DEEPEST_REFERENCE = 10;

    private final Properties file;
    private final UnaryOperator<String> over;
    private final UnaryOperator<String> environment;

    private PropertyFile(Properties file, UnaryOperator<String> over, UnaryOperator<String> environment) {
        this.file = file;
        this.over = over;
        this.environment = environment;
    }

    /**
     * The reference alone, with somebody else's values laid over it.
     *
     * @param over gives a property's value, or null where it has none
     */
    public static PropertyFile of(Properties reference, UnaryOperator<String> over) {
        return new PropertyFile(reference, over, System::getenv);
    }

    /**
     * Reads the file and refuses names that mean nothing.
     *
     * @param reference the file that ships, which names every property there is
     * @throws InvalidSettingsException naming each unknown property and the nearest known one
     */
    public static PropertyFile read(Path path, Properties reference, Map<String, String> environment)
            throws IOException {
        Properties file = new Properties();
        file.putAll(reference);
        if (Files.exists(path)) {
            Properties given = new Properties();
            try (Reader reader = Files.newBufferedReader(path, StandardCharsets.UTF_8)) {
                given.load(reader);
            } catch (IllegalArgumentException e) {
                throw new InvalidSettingsException(
                        List.of("%s: a backslash followed by u needs four hex digits; write \\\\ for a backslash"
                                .formatted(path)));
            }
            refuseUnknown(path.toString(), given, reference);
            file.putAll(given);
        }
        UnaryOperator<String> over = name -> {
            String value = System.getProperty(name);
            return value != null ? value : environment.get(Settings.environmentName(name));
        };
        return new PropertyFile(file, over, environment::get);
    }

    /**
     * Refuses names that mean nothing.
     *
     * @param where they stand, for the message
     */
    public void refuseUnknown(String where, Properties given) {
        refuseUnknown(where, given, file);
    }

    private static void refuseUnknown(String where, Properties given, Properties reference) {
        List<String> problems = new ArrayList<>();
        for (String name : new TreeSet<>(given.stringPropertyNames())) {
            if (AREAS.stream().anyMatch(name::startsWith) && !reference.containsKey(name)) {
                problems.add("%s: there is no property %s. The nearest is %s"
                        .formatted(where, name, Nearest.to(name, reference.stringPropertyNames())));
            }
        }
        if (!problems.isEmpty()) {
            throw new InvalidSettingsException(problems);
        }
    }

    /** The value with its references replaced, or null when the property is not set anywhere. */
    public String get(String name) {
        return get(name, 0);
    }

    private String get(String name, int depth) {
        if (depth > DEEPEST_REFERENCE) {
            throw new InvalidSettingsException(List.of(name + " refers to itself through {{…}}"));
        }
        String value = over.apply(name);
        if (value != null && name.endsWith("-secret")) {
            return value; // nobody's template
        }
        if (value == null) {
            value = file.getProperty(name);
        }
        return value == null ? null : resolve(value, depth);
    }

    private String resolve(String value, int depth) {
        int open = value.indexOf("{{");
        int close = value.indexOf("}}", open + 2);
        if (open < 0 || close < 0) {
            return value;
        }
        String inner = value.substring(open + 2, close);
        String replacement = inner.startsWith("env:") ? environment.apply(inner.substring(4)) : get(inner, depth + 1);
        return value.substring(0, open)
                + (replacement == null ? "" : replacement)
                + resolve(value.substring(close + 2), depth);
    }

    /** Every property with its value, for a start of Camel; sorted by name. */
    public Map<String, String> all() {
        Map<String, String> values = new TreeMap<>();
        for (String name : file.stringPropertyNames()) {
            values.put(name, get(name));
        }
        return values;
    }
}
