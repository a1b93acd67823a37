package io.cxt.runtime;

import io.cxt.settings.InvalidSettingsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.main.MainConfigurationProperties;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.PatternHelper;
import org.jspecify.annotations.Nullable;

/** Refuses options of Camel with which a route that CXT needs would be there and decide nothing: a run would wait for ever. */
final class RouteStarts {
    static final String REMOVE =
            "Remove it from config/application.properties, the environment and the options of Java";

    private final Predicate<String> needed;

    /**
     * @param watched false where {@code pickup-files} may stand still
     * @param disabled the routes that may be absent
     */
    RouteStarts(boolean watched, Set<String> disabled) {
        needed = id -> ShippedRoutes.has(id) && !disabled.contains(id) && (watched || !id.equals("pickup-files"));
    }

    /** Before the start, from what is configured. */
    void checkConfigured(CamelContext camel, MainConfigurationProperties options) {
        List<String> problems = new ArrayList<>();
        unfit(camel).ifPresent(why -> problems.add(why + ". " + REMOVE));
        if (!options.isAutoStartup()) {
            problems.add("camel.main.autoStartup is false: no route would start. " + REMOVE);
        }
        if (options.getDurationMaxMessages() > 0
                || options.getDurationMaxSeconds() > 0
                || options.getDurationMaxIdleSeconds() > 0) {
            problems.add(
                    "camel.main.durationMax… is set: Camel would stop the routes in the middle of the work, and CXT would wait"
                            + " for them. Use cxt run --once to end when all is done, and timeout or a service manager to end earlier. "
                            + REMOVE);
        }
        for (RouteDefinition route : ((ModelCamelContext) camel).getRouteDefinitions()) {
            String id = route.getRouteId();
            String why = needed.test(id) ? why(camel, route, id) : null;
            if (why != null) {
                problems.add("The route %s would not start, and CXT needs it: %s".formatted(id, why));
            }
        }
        refuse(problems);
    }

    /** An option with which no transcript would be decided, in a host as well. */
    static Optional<String> unfit(CamelContext camel) {
        return camel.getCamelContextExtension().getExchangeFactory().isPooled()
                ? Optional.of(
                        "camel.main.exchangeFactory is pooled: Camel would take back exchanges that CXT still works on, and no"
                                + " transcript would be decided")
                : Optional.empty();
    }

    private static @Nullable String why(CamelContext camel, RouteDefinition route, String id) {
        String excluded = camel.getAutoStartupExcludePattern();
        if (excluded != null && PatternHelper.matchPatterns(id, excluded.split(","))) {
            return "camel.main.autoStartupExcludePattern is %s. Take it out there".formatted(excluded);
        }
        return isOff(camel, route)
                ? "routes/%s.camel.yaml has autoStartup: %s. Remove it".formatted(id, route.getAutoStartup())
                : null;
    }

    private static boolean isOff(CamelContext camel, RouteDefinition route) {
        String auto = route.getAutoStartup();
        return auto != null && "false".equalsIgnoreCase(camel.resolvePropertyPlaceholders(auto));
    }

    /**
     * What keeps a route that CXT needs from taking anything, so that who hands on to it would wait for ever; in a host as well. Of
     * {@code pickup-files} a setting says whether it starts.
     */
    static Optional<String> switchedOff(RouteDefinition route, String id) {
        CamelContext camel = route.getCamelContext();
        if (!id.equals("pickup-files") && isOff(camel, route)) {
            return Optional.of(switchedOff(id, "autoStartup", route.getAutoStartup()));
        }
        String precondition = route.getPrecondition();
        return precondition == null
                        || camel.resolveLanguage("simple")
                                .createPredicate(camel.resolvePropertyPlaceholders(precondition))
                                .matches(new DefaultExchange(camel))
                ? Optional.empty()
                : Optional.of(switchedOff(id, "precondition", precondition));
    }

    private static String switchedOff(String id, String option, String value) {
        return "routes/%s.camel.yaml has %s: %s, with which it would take nothing, and CXT needs it. Remove that line"
                .formatted(id, option, value);
    }

    /** After the start. With {@code camel.routecontroller.enabled} routes start later, in the background. */
    void checkStarted(CamelContext camel) {
        List<String> problems = new ArrayList<>();
        for (Route route : camel.getRoutes()) {
            String id = route.getRouteId();
            if (needed.test(id)
                    && !camel.getRouteController().isSupervising()
                    && !camel.getRouteController().getRouteStatus(id).isStarted()) {
                problems.add(
                        "The route %s did not start, and CXT needs it. Look at the options camel.* in".formatted(id)
                                + " config/application.properties, and put routes/%s.camel.yaml back as it ships"
                                        .formatted(id));
            }
        }
        refuse(problems);
    }

    private static void refuse(List<String> problems) {
        if (!problems.isEmpty()) {
            throw new InvalidSettingsException(problems);
        }
    }
}
