package io.cxt.runtime;

import io.cxt.text.Nearest;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.FailedToCreateRouteException;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/** What is wrong with an edited route file: file, line, column, and what helps. */
final class RouteFault {
    private static final Pattern NO_BEAN = Pattern.compile("No bean could be found in the registry for: (\\S+)");
    private static final Pattern NO_PROPERTY = Pattern.compile("Property with key \\[([^]]+)]");
    private static final Pattern NO_PARAMETER = Pattern.compile("Unknown parameters=\\[\\{([^=]+)=");
    private static final Pattern NO_COMPONENT = Pattern.compile("No endpoint could be found for: ([\\w-]+)");
    private static final Pattern NO_METHOD = Pattern.compile("Method with name: (\\S+) not found");
    private static final Pattern NO_FIELD = Pattern.compile("Unsupported field: (\\S+)");

    private RouteFault() {}

    /**
     * Puts a fault into words.
     *
     * @param file the file that was being loaded; null when it was found later, while the routes were built
     * @param files the text of each file by its name
     * @param beans the names that routes may call
     */
    static String inWords(Throwable fault, String file, Map<String, String> files, Collection<String> beans) {
        Throwable cause = fault;
        String in = file;
        MarkedYamlEngineException marked = null; // the innermost: around it are the steps that it stands in
        while (true) {
            if (cause instanceof FailedToCreateRouteException route) {
                in = route.getRouteId() + ".camel.yaml";
            }
            if (cause instanceof MarkedYamlEngineException inner
                    && inner.getProblemMark().isPresent()) {
                marked = inner;
            }
            if (cause.getCause() == null) {
                return marked == null
                        ? searched(firstLine(String.valueOf(cause.getMessage())), in, files, beans)
                        : marked(marked, marked.getProblemMark().get(), in, files);
            }
            cause = cause.getCause();
        }
    }

    /** A field that no step has is marked where its step begins: the field itself stands further down. */
    private static String marked(MarkedYamlEngineException fault, Mark mark, String file, Map<String, String> files) {
        String what = firstLine(fault.getProblem() == null ? fault.getMessage() : fault.getProblem());
        Matcher field = NO_FIELD.matcher(what);
        if (field.find()) {
            String found = placeOf(field.group(1) + ":", file, files, mark.getLine());
            return (found.contains(", line ") ? found : placeOf(field.group(1) + ":", file, files, 0))
                    + what
                    + ". Check the spelling, and how far the line is indented";
        }
        return place(file, mark.getLine() + 1, mark.getColumn() + 1)
                + what
                + ". Check the indentation, quotes and colons of this line and the one before";
    }

    /** For faults that carry no place: where the name that they complain of stands. */
    private static String searched(String what, String file, Map<String, String> files, Collection<String> beans) {
        for (Pattern pattern : List.of(NO_BEAN, NO_PROPERTY, NO_PARAMETER, NO_COMPONENT, NO_METHOD)) {
            Matcher found = pattern.matcher(what);
            if (found.find()) {
                String name = found.group(1).replaceAll("[.,]$", "");
                return placeOf(name, file, files, 0) + what + hint(pattern, name, beans);
            }
        }
        return (file == null ? "" : "routes/" + file + ": ") + what;
    }

    private static String hint(Pattern pattern, String name, Collection<String> beans) {
        if (pattern == NO_BEAN) {
            return ". The nearest is " + Nearest.to(name, beans);
        }
        if (pattern == NO_PROPERTY) {
            return ". Set " + name + " in config/application.properties";
        }
        if (pattern == NO_COMPONENT) {
            return ". Check the spelling; or put camel-" + name + " and what it needs into lib/";
        }
        return ". Check the spelling";
    }

    /** @param from how many lines to pass over */
    private static String placeOf(String name, String file, Map<String, String> files, int from) {
        String text = files.get(file);
        if (text == null) {
            return file == null ? "" : "routes/" + file + ": ";
        }
        int line = 0;
        for (String each : text.split("\n", -1)) {
            line++;
            int column = each.indexOf(name);
            if (line > from && column >= 0 && !each.stripLeading().startsWith("#")) {
                return place(file, line, column + 1);
            }
        }
        return "routes/" + file + ": ";
    }

    private static String place(String file, int line, int column) {
        return "routes/%s, line %s, column %s: ".formatted(file, line, column);
    }

    private static String firstLine(String text) {
        return text.strip().lines().findFirst().orElse("").replaceFirst("\\.$", "");
    }
}
