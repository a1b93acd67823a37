package io.cxt.steps;

import io.cxt.settings.InvalidSettingsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** Builds a folder of routes in a context that is never started, to find out what is wrong with them. */
final class RouteTrial {
    private final Path folder;
    private final Bundle bundle;
    private final Properties properties = new Properties();

    /** @param properties what routes may name in {@code {{…}}} */
    RouteTrial(Path folder, Bundle bundle, Map<String, String> properties) {
        this.folder = folder;
        this.bundle = bundle;
        this.properties.putAll(properties);
    }

    /**
     * Tries out what is in the folder now.
     *
     * @return the routes as they were tried
     * @throws InvalidSettingsException saying where the fault is, and what helps
     */
    List<Resource> run() {
        Map<String, String> files = files();
        List<Resource> resources = new ArrayList<>();
        files.forEach((name, text) -> resources.add(ResourceHelper.fromString("file:" + folder.resolve(name), text)));
        DefaultCamelContext trial = new DefaultCamelContext(false);
        String loading = null;
        try {
            trial.getPropertiesComponent().setInitialProperties(properties);
            bundle.bindBeans(trial);
            for (Resource resource : resources) {
                loading = resource.getLocation().replaceFirst(".*/", "");
                PluginHelper.getRoutesLoader(trial).loadRoutes(resource);
            }
            loading = null;
            trial.build();
            Guards.check(trial.getRouteDefinitions(), "", bundle.doors().shutRoutes());
            trial.init();
            return resources;
        } catch (InvalidSettingsException e) {
            throw e;
        } catch (Exception e) {
            throw new InvalidSettingsException(List.of(RouteFault.inWords(e, loading, files, bundle.beanNames())));
        } finally {
            trial.stop();
        }
    }

    private Map<String, String> files() {
        Map<String, String> files = new TreeMap<>();
        try (DirectoryStream<Path> list = Files.newDirectoryStream(folder, RouteReload.ROUTES)) {
            for (Path file : list) {
                files.put(file.getFileName().toString(), Files.readString(file));
            }
            return files;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the routes in " + folder, e);
        }
    }
}
