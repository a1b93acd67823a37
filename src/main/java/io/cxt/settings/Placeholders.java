package io.cxt.settings;

import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Replaces placeholders in values as Camel does: <code>{{name}}</code>, <code>{{env:NAME}}</code> and
 * <code>{{sys:name}}</code>, with <code>{{name:value}}</code> a value of its own where nothing sets the name, with
 * <code>{{?name}}</code> nothing then. A name may have placeholders. <code>\{{</code> begins none.
 */
final class Placeholders {
    private static final String OPEN = "{{";
    private static final String CLOSE = "}}";
    private static final String ENVIRONMENT = "env:";
    private static final String SYSTEM = "sys:";

    /** What other functions of Camel begin with, or look like: not names with a value of their own behind the colon. */
    private static final Set<String> FUNCTIONS = Set.of(
            "file",
            "resource",
            "classpath",
            "bean",
            "service",
            "service.name",
            "service.host",
            "service.port",
            "secret",
            "configmap",
            "aws",
            "azure",
            "gcp",
            "hashicorp",
            "ibm",
            "cyberark",
            "vault");

    private final Function<String, @Nullable String> properties;
    private final Function<String, @Nullable String> environment;
    private final Consumer<String> unresolved;

    /**
     * @param properties gives a property's value with its own placeholders replaced, or null where nothing sets it
     * @param unresolved is told each placeholder that stands for nothing, without its braces
     */
    Placeholders(
            Function<String, @Nullable String> properties,
            Function<String, @Nullable String> environment,
            Consumer<String> unresolved) {
        this.properties = properties;
        this.environment = environment;
        this.unresolved = unresolved;
    }

    /** True for a placeholder that the process stands for, not the settings. */
    static boolean ofProcess(String placeholder) {
        return placeholder.startsWith(ENVIRONMENT) || placeholder.startsWith(SYSTEM);
    }

    /** The text with its placeholders replaced. One that stands for nothing stays; so does one that does not end. */
    String replace(String text) {
        StringBuilder replaced = new StringBuilder();
        int at = 0;
        for (int open = next(OPEN, text, 0); open >= 0; open = next(OPEN, text, at)) {
            int close = end(text, open + OPEN.length());
            if (close < 0) {
                break;
            }
            String key = replace(text.substring(open + OPEN.length(), close));
            String value = value(key);
            if (value == null) {
                unresolved.accept(key);
                value = OPEN + key + CLOSE;
            }
            replaced.append(text, at, open).append(value);
            at = close + CLOSE.length();
        }
        return replaced.append(text, at, text.length()).toString();
    }

    /** True if a placeholder begins and does not end. */
    static boolean open(String text) {
        int open = next(OPEN, text, 0);
        while (open >= 0) {
            int close = end(text, open + OPEN.length());
            if (close < 0) {
                return true;
            }
            open = next(OPEN, text, close + CLOSE.length());
        }
        return false;
    }

    /** The text without the backslashes that keep {@code {{} and {@code }}} from being placeholders. */
    static String unescaped(String text) {
        return text.replace("\\" + OPEN, OPEN).replace("\\" + CLOSE, CLOSE);
    }

    /** True if a text has a placeholder with this name, which may begin with {@code env:}. */
    static boolean mentions(String text, String name) {
        return text.contains(OPEN + name + CLOSE)
                || text.contains(OPEN + name + ":")
                || text.contains(OPEN + "?" + name + CLOSE);
    }

    private @Nullable String value(String key) {
        if (key.startsWith("?")) {
            String value = value(key.substring(1));
            return value == null ? "" : value;
        }
        String kind = ofProcess(key) ? key.substring(0, ENVIRONMENT.length()) : "";
        String name = key.substring(kind.length());
        int colon = name.indexOf(':');
        if (colon < 0 || kind.isEmpty() && FUNCTIONS.contains(name.substring(0, colon))) {
            return value(kind, name);
        }
        String value = value(kind, name.substring(0, colon));
        return value == null ? name.substring(colon + 1) : value;
    }

    private @Nullable String value(String kind, String name) {
        if (name.isEmpty()) {
            return null;
        }
        return switch (kind) {
            case ENVIRONMENT -> { // empty is not set, as for a property that the environment sets
                String value = environment.apply(name);
                yield value == null || value.isBlank() ? null : value;
            }
            case SYSTEM -> System.getProperty(name);
            default -> properties.apply(name);
        };
    }

    /** Where the placeholder ends whose name begins at an index; -1 where it does not. */
    private static int end(String text, int from) {
        int close = next(CLOSE, text, from);
        int inner = next(OPEN, text, from);
        while (inner >= 0 && close > inner) {
            int after = end(text, inner + OPEN.length());
            if (after < 0) {
                return -1;
            }
            close = next(CLOSE, text, after + CLOSE.length());
            inner = next(OPEN, text, after + CLOSE.length());
        }
        return close;
    }

    /** The next one without a backslash before it; two backslashes are none. */
    private static int next(String token, String text, int from) {
        int at = text.indexOf(token, from);
        while (at > 0 && text.charAt(at - 1) == '\\' && (at == 1 || text.charAt(at - 2) != '\\')) {
            at = text.indexOf(token, at + 1);
        }
        return at;
    }
}
