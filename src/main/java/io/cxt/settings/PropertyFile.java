package io.cxt.settings;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code config/application.properties}, overridden by the environment and the system properties.
 *
 * <p>A property is looked for as a Java system property, then in the environment under its name with {@code CXT_} before
 * it, then without, then in the file. Blanks around a value are no part of it; an empty one means the default.
 * {@code {{other.name}}} and {@code {{env:NAME}}} inside a value are replaced, the second by nothing where the
 * environment has no such name.
 */
public final class PropertyFile {
    private static final int DEEPEST_REFERENCE = 10;
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final Properties reference;
    private final Properties file;
    private final UnaryOperator<String> over;
    private final UnaryOperator<String> environment;
    /** What sets a property from outside of the file. */
    private final Map<String, String> outside = new TreeMap<>();

    private PropertyFile(
            Properties reference, Properties file, UnaryOperator<String> over, UnaryOperator<String> environment) {
        this.reference = reference;
        this.file = file;
        this.over = over;
        this.environment = environment;
    }

    /**
     * The reference, overridden by the values of a host.
     *
     * @param over gives a property's value, or null where it has none
     */
    public static PropertyFile of(Properties reference, UnaryOperator<String> over) {
        return new PropertyFile(reference, reference, over, System::getenv);
    }

    /** {@link #read(Path, Properties, Map, Map, String)} without given settings and without routes. */
    public static PropertyFile read(Path path, Properties reference, Map<String, String> environment)
            throws IOException {
        return read(path, reference, environment, Map.of(), "");
    }

    /**
     * Reads the file and refuses unknown names in it, in the environment and among Java's options.
     *
     * @param reference the shipped file, which names every property
     * @param given settings that win over all others
     * @param routes the text of the routes, which may refer to a site's own names
     * @throws InvalidSettingsException naming each unknown name and the nearest known one, or saying why the file cannot
     *     be read
     */
    public static PropertyFile read(
            Path path, Properties reference, Map<String, String> environment, Map<String, String> given, String routes)
            throws IOException {
        Properties in = load(path);
        Predicate<String> own = name -> {
            String mention = "{{" + name + "}}";
            return in.values().stream().anyMatch(value -> value.toString().contains(mention))
                    || routes.contains(mention);
        };
        Set<String> names = new TreeSet<>(reference.stringPropertyNames());
        List<String> problems = new KnownNames(names, own).problemsIn(path.toString(), in.stringPropertyNames());
        names.addAll(in.stringPropertyNames());
        for (String name : names) {
            KnownNames.quotes(path + ": " + name, in.getProperty(name, ""), "").ifPresent(problems::add);
        }
        KnownNames known = new KnownNames(names, own);
        problems.addAll(known.problemsInOptions(System.getProperties().stringPropertyNames()));
        problems.addAll(known.problemsIn(environment));
        if (!problems.isEmpty()) {
            throw new InvalidSettingsException(problems);
        }
        Properties file = new Properties();
        file.putAll(reference);
        file.putAll(in);
        PropertyFile properties = new PropertyFile(
                reference,
                file,
                name -> given.containsKey(name)
                        ? given.get(name)
                        : outside(setBy(name, environment), name, environment),
                environment::get);
        for (String name : names) {
            String by = given.containsKey(name) ? null : setBy(name, environment);
            if (by != null) {
                properties.outside.put(name, by);
            }
        }
        return properties;
    }

    private static Properties load(Path path) throws IOException {
        Properties in = new Properties();
        if (Files.notExists(path, LinkOption.NOFOLLOW_LINKS)) {
            return in;
        }
        String fault;
        try {
            String text = Files.readString(path);
            in.load(new StringReader(text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text));
            return in;
        } catch (IllegalArgumentException e) {
            fault = ": a backslash followed by u needs four hex digits; write \\\\ for a backslash";
        } catch (CharacterCodingException e) {
            fault = " is not in UTF-8. Save it in that encoding";
        } catch (NoSuchFileException e) {
            fault = " is a link that leads nowhere. Put the file in its place";
        } catch (AccessDeniedException e) {
            fault = " cannot be read by the user who runs cxt. Give that user the right: chown, or chmod u+r";
        } catch (IOException e) {
            if (!Files.isDirectory(path)) {
                throw e;
            }
            fault = " is a folder. Put the file in its place";
        }
        throw new InvalidSettingsException(List.of(path + fault));
    }

    /** What overrides the file: Java's option {@code -D…} or a name in the environment; null for neither. */
    private static @Nullable String setBy(String name, Map<String, String> environment) {
        if (System.getProperty(name) != null) {
            return "-D" + name;
        }
        String twin = Settings.environmentName(name);
        return Stream.of(KnownNames.PREFIX + twin, twin)
                .filter(each -> environment.get(each) != null && !KnownNames.ofService(each, environment.get(each)))
                .findFirst()
                .orElse(null);
    }

    private static @Nullable String outside(@Nullable String by, String name, Map<String, String> environment) {
        return by == null ? null : by.startsWith("-D") ? System.getProperty(name) : environment.get(by);
    }

    /** The file that ships in the jar, which names every property. */
    public static Properties shipped() {
        Properties shipped = new Properties();
        try (InputStream in = PropertyFile.class.getResourceAsStream("/io/cxt/config/application.properties")) {
            shipped.load(new InputStreamReader(in, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the settings in the jar of cxt", e);
        }
        return shipped;
    }

    /** What gives a property its value: {@code -D} or a name in the environment, {@code file}, or {@code default}. */
    public String origin(String name) {
        boolean shipped =
                file.getProperty(name, "").isBlank() || file.getProperty(name).equals(reference.getProperty(name));
        return outside.getOrDefault(name, shipped ? "default" : "file");
    }

    /** The names in the environment and among Java's options that set a property, sorted by property. */
    public List<String> fromEnvironment() {
        return List.copyOf(outside.values());
    }

    /**
     * Refuses unknown names among a host's properties and in its environment.
     *
     * @param where the names are, for the message
     * @param names without {@code cxt.}
     * @param others what a host can set beside the properties
     * @param relaxed true where the host finds {@code CXT_CXONE_BASEURL} as well as {@code CXT_CXONE_BASE_URL}
     */
    public void refuseUnknown(
            String where, Set<String> names, Set<String> others, Map<String, String> environment, boolean relaxed) {
        Set<String> all = new TreeSet<>(file.stringPropertyNames());
        all.addAll(others);
        KnownNames known = new KnownNames(all, name -> false);
        List<String> problems = known.problemsIn(where, names);
        problems.addAll(known.problemsInHost(environment, relaxed));
        if (!problems.isEmpty()) {
            throw new InvalidSettingsException(problems);
        }
    }

    /** The value with its references replaced; null when the property is not set anywhere. */
    public @Nullable String get(String name) {
        return get(name, 0);
    }

    private @Nullable String get(String name, int depth) {
        if (depth > DEEPEST_REFERENCE) {
            throw new InvalidSettingsException(List.of(name + " refers to itself through {{…}}"));
        }
        String value = over.apply(name);
        if (value != null && name.endsWith("-secret") && !value.isBlank()) {
            return value; // not a template
        }
        if (value == null) {
            value = file.getProperty(name);
        }
        String resolved = value == null ? null : resolve(value, depth).strip();
        return "".equals(resolved)
                ? resolve(reference.getProperty(name, ""), depth).strip()
                : resolved;
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
