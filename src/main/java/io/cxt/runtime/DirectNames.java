package io.cxt.runtime;

import io.cxt.text.Nearest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.apache.camel.model.EnrichDefinition;
import org.apache.camel.model.ExpressionNode;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.PollEnrichDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RecipientListDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RoutingSlipDefinition;
import org.apache.camel.model.SendDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.model.language.ConstantExpression;
import org.jspecify.annotations.Nullable;

/** Finds steps that hand on to a {@code direct:} name that no route takes. What is computed for each exchange is not known. */
final class DirectNames {
    private static final String DIRECT = "direct:";

    private DirectNames() {}

    static List<String> problems(ModelCamelContext camel, List<RouteSteps.Step> steps, Collection<String> elsewhere) {
        Set<String> taken = taken(camel, route -> true);
        taken.addAll(elsewhere);
        for (RouteSteps.Step step : steps) {
            if (step.definition() instanceof PollEnrichDefinition poll) { // it takes from there, as a route does
                addresses(poll, step.values()).forEach(address -> addDirect(address, taken));
            }
        }
        List<String> problems = new ArrayList<>();
        for (RouteSteps.Step step : steps) {
            if (step.definition() instanceof PollEnrichDefinition) {
                continue;
            }
            for (String address : addresses(step.definition(), step.values())) {
                String name = direct(address);
                if (name != null && !taken.contains(name) && !address.contains("failIfNoConsumers=false")) {
                    problems.add("%s hands on to %s, which no route takes. %s"
                            .formatted(step.place(), name, hint(name, taken)));
                }
            }
        }
        return problems;
    }

    private static String hint(String name, Set<String> taken) {
        String route = name.substring(DIRECT.length());
        return ShippedRoutes.has(route)
                ? "The route %s is disabled, or is not in routes/".formatted(route)
                : "The nearest is " + Nearest.to(name, taken);
    }

    /** The {@code direct:} addresses that some routes take from. */
    static Set<String> taken(ModelCamelContext camel, Predicate<RouteDefinition> which) {
        Set<String> taken = new TreeSet<>();
        for (RouteDefinition route : camel.getRouteDefinitions()) {
            if (route.getInput() != null && which.test(route)) {
                addDirect(RouteSteps.values(camel, route).of(route.getInput().getEndpointUri()), taken);
            }
        }
        return taken;
    }

    private static void addDirect(@Nullable String address, Set<String> taken) {
        String name = direct(address);
        if (name != null) {
            taken.add(name);
        }
    }

    /** The address without options; null when it is none of {@code direct:} or is not known. */
    private static @Nullable String direct(@Nullable String address) {
        if (address == null || !address.startsWith(DIRECT) || address.contains("{")) {
            return null;
        }
        return DIRECT
                + address.substring(DIRECT.length()).replaceFirst("^//", "").replaceFirst("\\?.*", "");
    }

    private static List<String> addresses(ProcessorDefinition<?> step, RouteSteps.Values values) {
        if (step instanceof SendDefinition<?> send) {
            return known(values.of(send.getEndpointUri()));
        }
        if (step instanceof ToDynamicDefinition dynamic) { // also a wire tap
            return known(values.of(dynamic.getUri()));
        }
        boolean several = step instanceof RecipientListDefinition || step instanceof RoutingSlipDefinition;
        boolean one = step instanceof EnrichDefinition || step instanceof PollEnrichDefinition;
        if ((several || one)
                && step instanceof ExpressionNode node
                && node.getExpression() instanceof ConstantExpression constant) {
            String text = values.of(constant.getExpression());
            return several && text != null ? List.of(text.strip().split("\\s*,\\s*")) : known(text);
        }
        return List.of();
    }

    private static List<String> known(@Nullable String address) {
        return address == null ? List.of() : List.of(address);
    }
}
