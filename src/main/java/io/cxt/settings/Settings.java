package io.cxt.settings;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Reads typed values out of named properties and collects every problem, so that an operator corrects them in one go.
 *
 * <p>Each area's settings record reads its own properties from here; {@link #check()} then throws once.
 */
public final class Settings {
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final Function<String, String> lookup;
    private final UnaryOperator<String> howToSet;
    private final List<String> problems = new ArrayList<>();

    /** @param lookup gives a property's value, or null where it is not set */
    public Settings(Function<String, String> lookup) {
        this(lookup, name -> "Set it in config/application.properties, or as %s in the environment"
                .formatted(environmentName(name)));
    }

    /** @param howToSet tells a person, in a sentence without its full stop, where a property is set */
    public Settings(Function<String, String> lookup, UnaryOperator<String> howToSet) {
        this.lookup = lookup;
        this.howToSet = howToSet;
    }

    /** True for a property that holds a secret itself, and not the name of a file with one. */
    public static boolean isSecret(String property) {
        return property.endsWith("-secret");
    }

    /** The same values for a reader whose problems do not matter here. */
    public Settings separately() {
        return new Settings(lookup, howToSet);
    }

    /** The value, or empty when it is missing or blank. */
    public Optional<String> optional(String name) {
        return Optional.ofNullable(lookup.apply(name)).map(String::trim).filter(value -> !value.isEmpty());
    }

    /** The value; a problem when there is none. */
    public String required(String name, String whatItIs) {
        return optional(name).orElseGet(() -> {
            problem("%s is not set: %s. %s".formatted(name, whatItIs, howToSet.apply(name)));
            return "";
        });
    }

    /** A whole number from {@code least} to {@code most}. */
    public long number(String name, long fallback, long least, long most) {
        Optional<String> text = optional(name);
        if (text.isEmpty()) {
            return fallback;
        }
        try {
            long value = Long.parseLong(text.get());
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // reported below
        }
        problem("%s is %s; allowed: whole numbers from %s to %s".formatted(name, text.get(), least, most));
        return fallback;
    }

    /** {@link #number} for values that fit an int. */
    public int integer(String name, int fallback, int least, int most) {
        return (int) number(name, fallback, least, most);
    }

    /** True or false, written like that. */
    public boolean flag(String name, boolean fallback) {
        return choice(name, Boolean.toString(fallback), "true", "false").equals("true");
    }

    /** One of the given words. */
    public String choice(String name, String fallback, String... allowed) {
        String value = optional(name).orElse(fallback);
        if (List.of(allowed).contains(value)) {
            return value;
        }
        problem("%s is %s; allowed: %s".formatted(name, value, String.join(", ", allowed)));
        return fallback;
    }

    /** A path; a relative one starts at the folder in which the program was started. */
    public Path path(String name, String fallback) {
        return Path.of(optional(name).orElse(fallback)).toAbsolutePath().normalize();
    }

    /**
     * A secret in the property itself or in the file named by {@code <name>-file}. Other users must not be able to read the
     * file. It is one line; its line break and a byte order mark are not part of the secret.
     */
    public Optional<String> secret(String name) {
        Optional<String> file = optional(name + "-file");
        if (file.isPresent()) {
            return secretFile(name + "-file");
        }
        return optional(name).filter(value -> oneLine(value, "%s has".formatted(name)));
    }

    /** The one line in the file that the property names, or empty when it is not set. */
    public Optional<String> secretFile(String name) {
        return optional(name).flatMap(file -> readSecret(name, Path.of(file))
                .map(text -> text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text)
                .filter(text -> oneLine(text, "%s: %s has".formatted(name, file))));
    }

    /** All that is in the file that the property names, without its last line break; empty when it is not set. */
    public Optional<String> secretText(String name) {
        return optional(name).flatMap(file -> readSecret(name, Path.of(file)));
    }

    private boolean oneLine(String secret, String where) {
        if (secret.indexOf('\n') < 0 && secret.indexOf('\r') < 0) {
            return true;
        }
        problem("%s more than one line. The secret is one line, with at most one line break at its end: remove the rest"
                .formatted(where));
        return false;
    }

    /** The file that the property names and that holds something secret, or empty when it is not set. */
    public Optional<Path> secretPath(String name) {
        return optional(name)
                .filter(file -> readSecret(name, Path.of(file)).isPresent())
                .map(Path::of);
    }

    private Optional<String> readSecret(String name, Path file) {
        try {
            if (Files.isDirectory(file)) {
                problem("%s: %s is a folder. Name the file in it".formatted(name, file));
                return Optional.empty();
            }
            if (readableByOthers(file)) {
                problem("%s: others can read %s. Run: chmod 600 %s".formatted(name, file, file));
                return Optional.empty();
            }
            String secret = Files.readString(file).replaceFirst("\\R\\z", "");
            if (secret.isBlank() || secret.equals(BYTE_ORDER_MARK)) {
                problem("%s: %s is empty. Write the secret into it, or correct the name".formatted(name, file));
                return Optional.empty();
            }
            return Optional.of(secret);
        } catch (IOException e) {
            problem("%s: %s %s"
                    .formatted(
                            name,
                            file,
                            e instanceof CharacterCodingException
                                    ? "is not text in UTF-8. Save it in that encoding"
                                    : e instanceof NoSuchFileException
                                            ? "does not exist. Create it (chmod 600), or correct the name"
                                            : e instanceof AccessDeniedException
                                                    ? "may not be read by " + System.getProperty("user.name")
                                                            + ". Give it to that user (chown), and chmod 600"
                                                    : "cannot be read (%s)"
                                                            .formatted(
                                                                    e.getClass().getSimpleName())));
            return Optional.empty();
        }
    }

    private static boolean readableByOthers(Path file) throws IOException {
        if (!Files.getFileStore(file).supportsFileAttributeView("posix")) {
            return false;
        }
        return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
    }

    /** Adds a problem in the operator's words: the property, the value, what is allowed. */
    public void problem(String text) {
        problems.add(text);
    }

    /** Throws if there are problems. */
    public void check() {
        if (!problems.isEmpty()) {
            throw new InvalidSettingsException(problems);
        }
    }

    /** The environment's name of a property: upper case, with {@code _} for {@code .} and {@code -}. */
    public static String environmentName(String property) {
        return property.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }
}
