package io.cxt.runtime;

import io.cxt.text.Nearest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.NoSuchBeanException;
import org.apache.camel.NoSuchEndpointException;
import org.apache.camel.PropertyBindingException;
import org.apache.camel.component.bean.MethodNotFoundException;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/** Faults of route files in words, with file, line and column, and what helps. */
final class RouteFault {
    /** Faults that Camel only words; all others have a type that names the thing. */
    private static final Pattern NO_PROPERTY = Pattern.compile("Property with key \\[([^]]+)]");

    private static final Pattern NO_PARAMETER = Pattern.compile("Unknown parameters=\\[\\{([^=]+)=");
    private static final Pattern TWICE = Pattern.compile(
            "(?:already exists with id: |Duplicate (?:route )?ids? detected: )([^\\s,]+?)[.,]?(?:\\s.*)?$");
    private static final Pattern NO_FIELD = Pattern.compile("Unsupported field: (\\S+)");

    private RouteFault() {}

    /** An id that stands in two places, of which Camel names none. */
    static String twice(String id, Map<String, String> files) {
        Pattern line =
                Pattern.compile("(?<![^\\s{,-])(?:id|routeId):\\s*[\"']?" + Pattern.quote(id) + "[\"']?(?![^\\s,}])");
        List<String> places = new ArrayList<>();
        files.forEach((name, text) -> {
            int number = 0;
            for (String each : text.split("\n", -1)) {
                number++;
                if (!each.stripLeading().startsWith("#") && line.matcher(each).find()) {
                    places.add("routes/%s, line %s".formatted(name, number));
                }
            }
        });
        return ("the id %s stands twice: %s. Give one of them another id, and a copy that is no route a name that does not"
                        + " end with .camel.yaml")
                .formatted(id, String.join(", and ", places));
    }

    /**
     * Puts a fault into words.
     *
     * @param file the file that was being loaded; null when it was found later, while the routes were built
     * @param files the text of each file by its name
     * @param beans the names that routes may call
     */
    static String inWords(Throwable fault, @Nullable String file, Map<String, String> files, Collection<String> beans) {
        String in = file;
        MarkedYamlEngineException marked = null;
        PropertyBindingException option = null;
        Throwable cause = fault;
        for (Throwable each = fault; each != null; each = each.getCause()) {
            cause = each;
            if (each instanceof PropertyBindingException && option == null) {
                option = (PropertyBindingException) each;
            }
            if (each instanceof FailedToCreateRouteException route) {
                in = route.getRouteId() + ".camel.yaml";
            }
            if (each instanceof MarkedYamlEngineException here
                    && here.getProblemMark().isPresent()) {
                marked = here; // the innermost one knows the field, those around it only the step
            }
        }
        if (marked == null && option != null && !(cause instanceof NoSuchBeanException)) {
            String name = String.valueOf(option.getPropertyName());
            return placeOf(name, in, files, 0) + "the option " + name
                    + " takes no such value, which is not shown here: it may be a password. Correct it";
        }
        return marked == null
                ? searched(cause, in, files, beans)
                : marked(marked, marked.getProblemMark().get(), in, files);
    }

    /** The mark of an unknown field is where its step begins: the field itself stands further down. */
    private static String marked(
            MarkedYamlEngineException fault, Mark mark, @Nullable String file, Map<String, String> files) {
        String what = firstLine(String.valueOf(fault.getProblem() == null ? fault.getMessage() : fault.getProblem()));
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

    /** For faults without a place: finds the name that they complain about. */
    private static String searched(
            Throwable fault, @Nullable String file, Map<String, String> files, Collection<String> beans) {
        String what = withoutValues(firstLine(String.valueOf(fault.getMessage())));
        if (fault instanceof NoSuchBeanException bean) {
            String name = String.valueOf(bean.getName());
            return placeOf(name, file, files, 0) + what + ". The nearest is " + Nearest.to(name, beans);
        }
        if (what.startsWith("Resource is empty") || what.startsWith("Unable to parse resource")) {
            return "routes/" + file + " holds no route. Put it back as it ships, or give it a name that does not end"
                    + " with .camel.yaml";
        }
        if (fault instanceof NoSuchEndpointException endpoint) {
            String scheme = endpoint.getUri().split("[:?]")[0];
            return placeOf(scheme, file, files, 0) + what + ". Check the spelling; or put camel-" + scheme
                    + " and what it needs into lib/";
        }
        if (fault instanceof MethodNotFoundException method) {
            return placeOf(method.getMethodName(), file, files, 0) + what + ". Check the spelling";
        }
        Matcher twice = TWICE.matcher(what);
        if (twice.find()) {
            return twice(twice.group(1), files);
        }
        Matcher property = NO_PROPERTY.matcher(what);
        if (property.find()) {
            return placeOf(property.group(1), file, files, 0) + what + ". Set " + property.group(1)
                    + " in config/application.properties";
        }
        Matcher parameter = NO_PARAMETER.matcher(what);
        return parameter.find()
                ? placeOf(parameter.group(1), file, files, 0) + what + ". Check the spelling"
                : (file == null ? "" : "routes/" + file + ": ") + what;
    }

    /** @param from how many lines to skip */
    private static String placeOf(String name, @Nullable String file, Map<String, String> files, int from) {
        String text = file == null ? null : files.get(file);
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

    private static String place(@Nullable String file, int line, int column) {
        return "routes/%s, line %s, column %s: ".formatted(file, line, column);
    }

    /** Camel quotes addresses and options with their values, of which any may be a password. */
    private static String withoutValues(String text) {
        return text.replaceAll("([?&{(]|, )([\\w.-]+)=[^&,}\\])\\s]+", "$1$2=…")
                .replaceFirst("((?:with value|For input string): ).*", "$1…");
    }

    private static String firstLine(String text) {
        return text.strip().lines().findFirst().orElse("").replaceFirst("\\.$", "");
    }
}
