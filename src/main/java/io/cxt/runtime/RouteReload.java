package io.cxt.runtime;

import io.cxt.intake.FailureCauses;
import io.cxt.settings.InvalidSettingsException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.service.ServiceSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reloads edited route files while the routes run and stops the routes that are in no file any more. Files are read
 * once two looks find them equal. The complete folder is tried first: when that fails, the routes stay as they were,
 * and the log says where the fault is.
 */
final class RouteReload extends ServiceSupport {
    private static final Logger LOG = LoggerFactory.getLogger(RouteReload.class);
    private static final long LOOK_EVERY_MS = 250;
    private static final Pattern POLICIES = Pattern.compile("(?m)^\\s*-\\s+route-?[cC]onfiguration:");
    private static final Pattern TEMPLATES = Pattern.compile("(?m)^\\s*-\\s+(route-?[tT]emplate|templated-?[rR]oute):");

    private final RouteTrial trial;
    private final Runnable reloaded;
    private final CamelContext camel;
    private Map<String, String> loaded = Map.of();
    private @Nullable Map<String, String> seen;
    private Map<String, String> tried = Map.of();
    private @Nullable ScheduledExecutorService looks;

    /** @param reloaded called after a reload */
    RouteReload(CamelContext camel, RouteTrial trial, Runnable reloaded) {
        this.camel = camel;
        this.trial = trial;
        this.reloaded = reloaded;
    }

    @Override
    protected void doStart() {
        loaded = trial.files();
        tried = loaded;
        looks = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "cxt-routes");
            thread.setDaemon(true);
            return thread;
        });
        looks.scheduleWithFixedDelay(this::look, LOOK_EVERY_MS, LOOK_EVERY_MS, TimeUnit.MILLISECONDS);
    }

    @Override
    protected void doStop() {
        if (looks != null) {
            looks.shutdownNow();
        }
    }

    private void look() {
        try {
            Map<String, String> now = trial.files();
            boolean still = now.equals(seen)
                    && now.values().stream().noneMatch(String::isBlank); // an editor has emptied one to write it anew
            seen = now;
            if (still && !now.equals(tried)) {
                tried = now;
                reload(now);
            }
        } catch (InvalidSettingsException | UncheckedIOException e) {
            LOG.error("the routes stay as they were reason=\"{}\"", e.getMessage());
        } catch (Exception e) {
            LOG.error(
                    "the routes are not all as edited reason=\"{}\" next=\"correct the files, or start cxt again\"",
                    FailureCauses.inWords(e));
        }
    }

    private void reload(Map<String, String> now) throws Exception {
        RouteTrial.Tried all = trial.run(now);
        Set<String> changed = new TreeSet<>(now.keySet());
        changed.addAll(loaded.keySet());
        changed.removeIf(name -> Objects.equals(now.get(name), loaded.get(name)));
        if (changed.isEmpty()) {
            LOG.info("reloaded routes=none reason=\"the files are again as they were loaded\"");
            return;
        }
        Set<String> templates = having(TEMPLATES, now);
        templates.addAll(having(TEMPLATES, loaded));
        for (String name : changed) {
            if (templates.contains(name)) { // Camel takes the route away, and makes no other
                throw new InvalidSettingsException(List.of(
                        "routes/%s has a template, or a route that is made of one. Start cxt again".formatted(name)));
            }
        }
        // A changed policy for failures concerns each route that it holds for.
        boolean policies = changed.stream()
                .anyMatch(name -> having(POLICIES, now).contains(name)
                        || having(POLICIES, loaded).contains(name));
        List<Resource> resources = all.resources().stream()
                .filter(file ->
                        policies ? !templates.contains(RouteTrial.name(file)) : changed.contains(RouteTrial.name(file)))
                .toList();
        loaded = now;
        stopOthers(changed, all.routes()); // before another route reads the same place
        stopOthers(changed, PluginHelper.getRoutesLoader(camel).updateRoutes(resources));
        LOG.info("reloaded routes={}", !policies ? changed : templates.isEmpty() ? "all" : "all but " + templates);
        reloaded.run();
    }

    /** The files that have one of these. */
    private static Set<String> having(Pattern words, Map<String, String> files) {
        Set<String> names = new TreeSet<>();
        files.forEach((name, text) -> {
            if (words.matcher(text).find()) {
                names.add(name);
            }
        });
        return names;
    }

    /** Stops the routes of these files, except some. */
    private void stopOthers(Set<String> files, Collection<String> but) throws Exception {
        for (Route route : List.copyOf(camel.getRoutes())) {
            Resource file = route.getSourceResource();
            if (file != null && files.contains(RouteTrial.name(file)) && !but.contains(route.getRouteId())) {
                camel.getRouteController().stopRoute(route.getRouteId());
                camel.removeRoute(route.getRouteId());
                LOG.info(
                        "stopped route={} file={} reason=\"no file has a route of that id any more\"",
                        route.getRouteId(),
                        RouteTrial.name(file));
            }
        }
    }
}
