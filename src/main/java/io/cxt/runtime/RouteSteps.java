package io.cxt.runtime;

import io.cxt.settings.InvalidSettingsException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.OnExceptionDefinition;
import org.apache.camel.model.OptionalIdentifiedDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteDefinition;
import org.jspecify.annotations.Nullable;

/** Refuses what Camel starts with and no transcript gets through: a step that leads to no route, a number out of range. */
final class RouteSteps {
    private RouteSteps() {}

    /** One step: where it is, and what its placeholders stand for. */
    record Step(ProcessorDefinition<?> definition, Values values) {
        /** File, line and id, for a message. */
        String place() {
            OptionalIdentifiedDefinition<?> at = definition;
            String file = at.getLocation() == null ? null : at.getLocation().replaceFirst(".*[/:]", "");
            return (file == null
                            ? ""
                            : "routes/" + file + (at.getLineNumber() > 0 ? ", line " + at.getLineNumber() : "") + ": ")
                    + "the step "
                    + (at.getId() == null ? at.getShortName() : at.getId());
        }
    }

    /** What placeholders stand for in a route: first what its template was given. */
    record Values(CamelContext camel, Map<String, Object> given) {
        /** Null when a placeholder stands for nothing; Camel says so in its own words. */
        @Nullable
        String of(@Nullable String text) {
            if (text == null) {
                return null;
            }
            String value = text;
            for (Map.Entry<String, Object> each : given.entrySet()) {
                value = value.replace("{{" + each.getKey() + "}}", String.valueOf(each.getValue()));
            }
            try {
                return camel.resolvePropertyPlaceholders(value);
            } catch (IllegalArgumentException e) {
                return null;
            }
        }
    }

    /** @throws InvalidSettingsException naming file, step and what is allowed */
    static void checkNumbers(ModelCamelContext camel) {
        refuse(steps(camel).stream().flatMap(step -> StepNumbers.problems(step).stream()));
    }

    /**
     * Checks that each step leads to a route.
     *
     * @param elsewhere addresses that routes of no file take from, such as {@code direct:mine}
     * @throws InvalidSettingsException naming file, step and the nearest name
     */
    static void checkNames(ModelCamelContext camel, Collection<String> elsewhere) {
        refuse(DirectNames.problems(camel, steps(camel), elsewhere).stream());
    }

    private static void refuse(Stream<String> problems) {
        List<String> each = problems.distinct().toList(); // Camel copies shared steps into each route
        if (!each.isEmpty()) {
            throw new InvalidSettingsException(each);
        }
    }

    static Values values(CamelContext camel, RouteDefinition route) {
        return new Values(camel, route.getTemplateParameters() == null ? Map.of() : route.getTemplateParameters());
    }

    private static List<Step> steps(ModelCamelContext camel) {
        List<Step> steps = new ArrayList<>();
        for (RouteDefinition route : camel.getRouteDefinitions()) {
            add(route.getOutputs(), values(camel, route), steps);
        }
        Values values = new Values(camel, Map.of());
        for (RouteConfigurationDefinition shared : camel.getRouteConfigurationDefinitions()) {
            for (OnExceptionDefinition each : shared.getOnExceptions()) {
                steps.add(new Step(each, values));
                add(each.getOutputs(), values, steps);
            }
            shared.getOnCompletions().forEach(each -> add(each.getOutputs(), values, steps));
            shared.getIntercepts().forEach(each -> add(each.getOutputs(), values, steps));
            shared.getInterceptFroms().forEach(each -> add(each.getOutputs(), values, steps));
            shared.getInterceptSendTos().forEach(each -> add(each.getOutputs(), values, steps));
        }
        return steps;
    }

    private static void add(List<ProcessorDefinition<?>> outputs, Values values, List<Step> steps) {
        for (ProcessorDefinition<?> each :
                ProcessorDefinitionHelper.filterTypeInOutputs(outputs, ProcessorDefinition.class)) {
            if (!Guards.disabled(each)) {
                steps.add(new Step(each, values));
            }
        }
    }
}
