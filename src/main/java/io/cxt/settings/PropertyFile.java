package io.cxt.settings;

import io.cxt.text.Nearest;
import io.cxt.text.SafeText;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code config/application.properties}, overridden by the environment and the system properties.
 *
 * <p>A property is looked for as a Java system property, then in the environment under its name with {@code CXT_} before
 * it, then without, then in the file. Blanks around a value are no part of it; an empty one means the default.
 * {@link Placeholders} inside a value are replaced. One that stands for nothing is refused: where it names a property at
 * once, where it names something in the environment when the value is read, since not each command needs what a run does.
 *
 * <p>Long because each refusal says where the value comes from and what to write.
 */
public final class PropertyFile {
    private static final int DEEPEST_REFERENCE = 10;
    private static final String BYTE_ORDER_MARK = "\uFEFF";
    /** As other software writes them. */
    private static final Pattern OTHER_PLACEHOLDER = Pattern.compile("\\$\\{([\\w.-]+)(:[^}]*)?}");

    private final Properties reference;
    private final Properties file;
    private final UnaryOperator<String> over;
    private final UnaryOperator<String> environment;
    private final boolean resolved;
    /** What sets a property from outside of the file. */
    private final Map<String, String> outside = new TreeMap<>();

    private PropertyFile(
            Properties reference,
            Properties file,
            UnaryOperator<String> over,
            UnaryOperator<String> environment,
            boolean resolved) {
        this.reference = reference;
        this.file = file;
        this.over = over;
        this.environment = environment;
        this.resolved = resolved;
    }

    /**
     * The reference, overridden by the values of a host.
     *
     * @param over gives a property's value, or null where it has none
     */
    public static PropertyFile of(Properties reference, UnaryOperator<String> over) {
        return new PropertyFile(reference, reference, over, System::getenv, false);
    }

    /** Values whose placeholders are replaced already. */
    public static PropertyFile resolved(Map<String, String> values) {
        Properties file = new Properties();
        file.putAll(values);
        return new PropertyFile(file, file, values::get, System::getenv, true);
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
     * @throws InvalidSettingsException naming each unknown name and the nearest known one, and each placeholder that names
     *     no property, or saying why the file cannot be read
     */
    public static PropertyFile read(
            Path path, Properties reference, Map<String, String> environment, Map<String, String> given, String routes)
            throws IOException {
        Properties in = load(path);
        Predicate<String> own = name -> Placeholders.mentions(routes, name)
                || in.values().stream().anyMatch(value -> Placeholders.mentions(value.toString(), name));
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
                environment::get,
                false);
        for (String name : names) {
            String by = given.containsKey(name) ? null : setBy(name, environment);
            if (by != null) {
                properties.outside.put(name, by);
            }
        }
        Set<Fault> faults = new LinkedHashSet<>();
        properties.all(faults);
        faults.removeIf(Fault::ofProcess);
        refuse(faults);
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

    /**
     * The value with its placeholders replaced; null when the property is not set anywhere.
     *
     * @throws InvalidSettingsException when one of them stands for nothing
     */
    public @Nullable String get(String name) {
        Set<Fault> faults = new LinkedHashSet<>();
        String value = value(name, 0, faults);
        refuse(faults);
        return value == null || Settings.isSecret(name) ? value : Placeholders.unescaped(value);
    }

    private static void refuse(Set<Fault> faults) {
        if (!faults.isEmpty()) {
            throw new InvalidSettingsException(
                    faults.stream().map(Fault::words).distinct().toList());
        }
    }

    /**
     * Why a value cannot be used.
     *
     * @param ofProcess true when the value is fine where the environment or the options of Java have a name
     */
    private record Fault(String words, boolean ofProcess) {}

    private @Nullable String value(String name, int depth, Set<Fault> faults) {
        String given;
        try {
            given = over.apply(name);
        } catch (InvalidSettingsException e) {
            faults.add(new Fault(String.valueOf(e.getMessage()), false));
            return null;
        }
        String value = given == null ? file.getProperty(name) : given;
        if (value == null || resolved) {
            return value;
        }
        if (reference.containsKey(name)) {
            refuseOthers(name, value, faults);
        }
        if (given != null && Settings.isSecret(name) && !given.isBlank()) {
            return given; // not a template
        }
        String replaced = replace(name, value, depth, faults).strip();
        return replaced.isEmpty()
                ? replace(name, reference.getProperty(name, ""), depth, faults).strip()
                : replaced;
    }

    /** Of a secret only what is nothing else: any character may be in one. */
    private void refuseOthers(String name, String text, Set<Fault> faults) {
        boolean secret = Settings.isSecret(name);
        Matcher other = OTHER_PLACEHOLDER.matcher(text);
        if (secret ? other.matches() : other.find()) {
            faults.add(new Fault(
                    "%s has %s, which CXT does not replace. Write {{%s}} for a property or {{env:%3$s}} for a name in the environment"
                            .formatted(where(name), other.group(), other.group(1)),
                    false));
        }
        if (!secret && Placeholders.open(text)) {
            faults.add(new Fault(
                    where(name) + " has {{ without }} behind it. Add it, or write \\{{ for the characters", false));
        }
    }

    private String where(String name) {
        return outside.containsKey(name) ? "%s (%s)".formatted(outside.get(name), name) : name;
    }

    private String replace(String name, String text, int depth, Set<Fault> faults) {
        if (depth > DEEPEST_REFERENCE) {
            faults.add(new Fault(name + " refers to itself through {{…}}. Correct it", false));
            return text;
        }
        String where = where(name);
        return new Placeholders(
                        other -> value(other, depth + 1, faults),
                        environment,
                        key -> faults.add(new Fault(unresolved(where, name, key), Placeholders.ofProcess(key))))
                .replace(text);
    }

    private String unresolved(String where, String name, String key) {
        String bare = key.replaceFirst("^(env|sys):", "");
        boolean plain = bare.matches("[\\w.-]+");
        if (!plain || Settings.isSecret(name) && !Placeholders.ofProcess(key) && !key.contains(".")) {
            return "%s has a placeholder {{…}} that CXT does not know%s. Write {{other.property}}, {{env:NAME}} or {{sys:name}}; \\{{ for the characters"
                    .formatted(where, Settings.isSecret(name) ? "" : ": {{%s}}".formatted(SafeText.brief(key)));
        }
        if (key.startsWith("env:")) {
            return "%s has {{%s}}, and the environment has no %s. Set it there, or write {{%2$s:VALUE}} for what holds without it"
                    .formatted(where, key, bare);
        }
        if (key.startsWith("sys:")) {
            return "%s has {{%s}}, and Java has no option -D%s. Set it, or write {{%2$s:VALUE}} for what holds without it"
                    .formatted(where, key, bare);
        }
        String nearest = Nearest.to(key, file.stringPropertyNames());
        boolean near = Nearest.edits(key, nearest, 3) <= 3;
        return "%s has {{%s}}, and there is no property %2$s.%s Set it, correct the name, or write {{%2$s:VALUE}} for what holds without it"
                .formatted(where, key, near ? " The nearest is %s.".formatted(nearest) : "");
    }

    /**
     * Every property with its value, for a start of Camel; sorted by name.
     *
     * @throws InvalidSettingsException naming each placeholder that stands for nothing
     */
    public Map<String, String> all() {
        Set<Fault> faults = new LinkedHashSet<>();
        Map<String, String> values = all(faults);
        refuse(faults);
        return values;
    }

    /** The same for a reader: a placeholder that stands for nothing in this process is left as it is. */
    public Map<String, String> readable() {
        return all(new LinkedHashSet<>());
    }

    private Map<String, String> all(Set<Fault> faults) {
        Map<String, String> values = new TreeMap<>();
        for (String name : file.stringPropertyNames()) {
            values.put(name, value(name, 0, faults));
        }
        return values;
    }
}
