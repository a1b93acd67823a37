package io.cxt.runtime;

import io.cxt.settings.InvalidSettingsException;
import io.cxt.text.Nearest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.NoSuchBeanException;
import org.apache.camel.NoSuchEndpointException;
import org.apache.camel.component.bean.MethodNotFoundException;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.Registry;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.DefaultRegistry;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/** Builds a folder of routes in a context that never starts, to find their faults. */
final class RouteTrial {
    private static final String ROUTES = "*.camel.yaml";

    private final Path folder;
    private final CxtComponents components;
    private final Properties properties = new Properties();

    private final Registry beans;

    /**
     * @param properties what routes may name in {@code {{…}}}
     * @param beans beans they may name beside CXT's own, such as those of {@code camel.beans}
     */
    RouteTrial(Path folder, CxtComponents components, Map<String, String> properties, Registry beans) {
        this.beans = beans;
        this.folder = folder;
        this.components = components;
        this.properties.putAll(properties);
    }

    /**
     * What was tried.
     *
     * @param resources the files, as they were read
     * @param routes the ids of their routes
     */
    record Tried(List<Resource> resources, Set<String> routes) {}

    /** A file's name without its folder. */
    static String name(Resource file) {
        return file.getLocation().replaceFirst(".*/", "");
    }

    /**
     * Tries route files.
     *
     * @param files the text of each by its name
     * @throws InvalidSettingsException saying where the fault is and what helps
     */
    Tried run(Map<String, String> files) {
        List<Resource> resources = new ArrayList<>();
        files.forEach((name, text) -> resources.add(ResourceHelper.fromString("file:" + folder.resolve(name), text)));
        DefaultCamelContext trial = new DefaultCamelContext(false);
        @Nullable String loading = null;
        try {
            trial.getCamelContextExtension().setRegistry(new DefaultRegistry(beans));
            Engine.settingsFirst(trial);
            trial.getPropertiesComponent().setInitialProperties(properties);
            components.bindBeans(trial);
            for (Resource resource : resources) {
                loading = name(resource);
                PluginHelper.getRoutesLoader(trial).loadRoutes(resource);
            }
            loading = null;
            trial.build();
            Guards.check(
                    trial.getRouteDefinitions(),
                    "",
                    components.pickups().disabledRoutes(),
                    components.target(),
                    components.redacting());
            StartWarnings.logSteps(trial, "");
            trial.init();
            return new Tried(
                    resources,
                    trial.getRouteDefinitions().stream()
                            .map(RouteDefinition::getId)
                            .collect(Collectors.toSet()));
        } catch (InvalidSettingsException e) {
            throw e;
        } catch (Exception e) {
            throw new InvalidSettingsException(List.of(inWords(e, loading, files, components.beanNames())));
        } finally {
            trial.stop();
        }
    }

    /** The text of each file in the folder now, by its name. */
    Map<String, String> files() {
        Map<String, String> files = new TreeMap<>();
        try (DirectoryStream<Path> list = Files.newDirectoryStream(folder, ROUTES)) {
            for (Path file : list) {
                files.put(file.getFileName().toString(), Files.readString(file));
            }
            return files;
        } catch (NoSuchFileException e) {
            return files(); // one was deleted since it was listed
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the routes in " + folder, e);
        }
    }

    /** Three faults that Camel only words; all others have a type that names the thing. */
    private static final Pattern NO_PROPERTY = Pattern.compile("Property with key \\[([^]]+)]");

    private static final Pattern NO_PARAMETER = Pattern.compile("Unknown parameters=\\[\\{([^=]+)=");
    private static final Pattern NO_FIELD = Pattern.compile("Unsupported field: (\\S+)");

    /**
     * Puts a fault into words.
     *
     * @param file the file that was being loaded; null when it was found later, while the routes were built
     * @param files the text of each file by its name
     * @param beans the names that routes may call
     */
    private static String inWords(
            Throwable fault, @Nullable String file, Map<String, String> files, Collection<String> beans) {
        String in = file;
        MarkedYamlEngineException marked = null;
        Throwable cause = fault;
        for (Throwable each = fault; each != null; each = each.getCause()) {
            cause = each;
            if (each instanceof FailedToCreateRouteException route) {
                in = route.getRouteId() + ".camel.yaml";
            }
            if (each instanceof MarkedYamlEngineException here
                    && here.getProblemMark().isPresent()) {
                marked = here; // the innermost one knows the field, those around it only the step
            }
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
        String what = firstLine(String.valueOf(fault.getMessage()));
        if (fault instanceof NoSuchBeanException bean) {
            String name = String.valueOf(bean.getName());
            return placeOf(name, file, files, 0) + what + ". The nearest is " + Nearest.to(name, beans);
        }
        if (fault instanceof NoSuchEndpointException endpoint) {
            String scheme = endpoint.getUri().split("[:?]")[0];
            return placeOf(scheme, file, files, 0) + what + ". Check the spelling; or put camel-" + scheme
                    + " and what it needs into lib/";
        }
        if (fault instanceof MethodNotFoundException method) {
            return placeOf(method.getMethodName(), file, files, 0) + what + ". Check the spelling";
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

    private static String firstLine(String text) {
        return text.strip().lines().findFirst().orElse("").replaceFirst("\\.$", "");
    }
}
