package io.cxt.runtime;

import io.cxt.settings.InvalidSettingsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.OptionalIdentifiedDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.DefaultRegistry;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.jspecify.annotations.Nullable;

/** Builds a folder of routes in a context that never starts, to find their faults. */
final class RouteTrial {
    private static final String ROUTES = "*.camel.yaml";

    private final Path folder;
    private final CxtComponents components;
    private final Properties properties = new Properties();

    private final ModelCamelContext running;

    /**
     * @param properties what routes may name in {@code {{…}}}
     * @param running has beans that they may name beside CXT's own, such as those of {@code camel.beans}, and routes of
     *     no file
     */
    RouteTrial(Path folder, CxtComponents components, Map<String, String> properties, ModelCamelContext running) {
        this.running = running;
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
            trial.getCamelContextExtension().setRegistry(new DefaultRegistry(running.getRegistry()));
            Engine.settingsFirst(trial);
            trial.getPropertiesComponent().setInitialProperties(properties);
            components.bindBeans(trial);
            Set<Object> known = Collections.newSetFromMap(new IdentityHashMap<>());
            Set<String> ids = new HashSet<>();
            for (Resource resource : resources) {
                loading = name(resource);
                PluginHelper.getRoutesLoader(trial).loadRoutes(resource);
                refuseTwice(trial, known, ids, files);
            }
            loading = null;
            trial.build();
            Guards.check(
                    trial.getRouteDefinitions(),
                    "",
                    components.pickups().disabledRoutes(),
                    components.target(),
                    components.redacting());
            RouteSteps.checkNumbers(trial);
            StartWarnings.logSteps(trial, "");
            trial.init();
            RouteSteps.checkNames(trial, DirectNames.taken(running, route -> !ofFolder(route)));
            return new Tried(
                    resources,
                    trial.getRouteDefinitions().stream()
                            .map(RouteDefinition::getId)
                            .collect(Collectors.toSet()));
        } catch (InvalidSettingsException e) {
            throw e;
        } catch (Exception e) {
            throw new InvalidSettingsException(List.of(RouteFault.inWords(e, loading, files, components.beanNames())));
        } finally {
            trial.stop();
        }
    }

    private boolean ofFolder(RouteDefinition route) {
        return route.getResource() != null && route.getResource().getLocation().contains(folder.toString());
    }

    /** Camel takes the route of the later file and forgets the other, and it takes the first of two templates. */
    private static void refuseTwice(
            DefaultCamelContext trial, Set<Object> known, Set<String> ids, Map<String, String> files) {
        List<OptionalIdentifiedDefinition<?>> all = new ArrayList<>(trial.getRouteDefinitions());
        all.addAll(trial.getRouteTemplateDefinitions());
        for (OptionalIdentifiedDefinition<?> each : all) {
            String id = each.getId();
            if (known.add(each) && id != null && !ids.add(each.getShortName() + ' ' + id)) {
                throw new InvalidSettingsException(List.of(RouteFault.twice(id, files)));
            }
        }
    }

    /** True for what an editor puts beside a file while it is edited. */
    static boolean isLinkToNothing(Path file) {
        return Files.isSymbolicLink(file) && Files.notExists(file);
    }

    /** The text of each file in the folder now, by its name. */
    Map<String, String> files() {
        Map<String, String> files = new TreeMap<>();
        try (DirectoryStream<Path> list = Files.newDirectoryStream(folder, ROUTES)) {
            for (Path file : list) {
                if (!isLinkToNothing(file)) {
                    files.put(file.getFileName().toString(), Files.readString(file));
                }
            }
            return files;
        } catch (NoSuchFileException e) {
            return files(); // one was deleted since it was listed
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the routes in " + folder, e);
        }
    }
}
