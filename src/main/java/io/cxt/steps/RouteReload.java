package io.cxt.steps;

import io.cxt.settings.InvalidSettingsException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.RouteWatcherReloadStrategy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes an edited route file up while the routes run. The whole folder is tried out first: when that fails, the routes
 * stay as they were, and the log says where the fault is.
 */
final class RouteReload extends RouteWatcherReloadStrategy {
    static final String ROUTES = "*.camel.yaml";
    private static final Logger LOG = LoggerFactory.getLogger(RouteReload.class);

    private final RouteTrial trial;
    private final Runnable reloaded;

    /** @param reloaded called when other routes run than before */
    RouteReload(Path folder, RouteTrial trial, Runnable reloaded) {
        super(folder.toString());
        this.trial = trial;
        this.reloaded = reloaded;
        setPattern(ROUTES);
        setRemoveAllRoutes(false);
    }

    @Override
    protected void onRouteReload(Collection<Resource> changed, boolean removeEverything) {
        try {
            List<Resource> all = trial.run();
            // A changed policy for failures concerns each route that it holds for.
            boolean policies =
                    changed.stream().anyMatch(file -> file.getLocation().endsWith("failures.camel.yaml"));
            super.onRouteReload(policies ? all : changed, removeEverything);
            LOG.info("reloaded routes={}", policies ? "all" : names(changed));
            reloaded.run();
        } catch (InvalidSettingsException | UncheckedIOException e) {
            LOG.error("the routes stay as they were reason=\"{}\"", e.getMessage());
        }
    }

    private static List<String> names(Collection<Resource> files) {
        return files.stream()
                .map(file -> file.getLocation().replaceFirst(".*/", ""))
                .toList();
    }
}
