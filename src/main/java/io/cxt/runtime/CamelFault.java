package io.cxt.runtime;

import io.cxt.intake.FailureCauses;
import io.cxt.settings.InvalidSettingsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.FailedToStartRouteException;
import org.apache.camel.PropertyBindingException;
import org.apache.camel.util.ObjectHelper;

/** Faults of Camel's own options in words. They name the option and never a value: it may be a password. */
public final class CamelFault {
    private CamelFault() {}

    /**
     * A fault of an option that no route file sets.
     *
     * @param properties what is configured, by name
     */
    static Optional<InvalidSettingsException> ofOption(Throwable fault, Map<String, String> properties) {
        PropertyBindingException option = ObjectHelper.getException(PropertyBindingException.class, fault);
        if (option != null) {
            return optionNames(option, properties)
                    .map(names -> refusal(names + " cannot be set: "
                            + (option.getTarget() == null
                                    ? "Camel"
                                    : option.getTarget().getClass().getName())
                            + " has no such option or takes no such value. Check the spelling, and the value, which is not shown"
                            + " here"));
        }
        ClassNotFoundException missing = ObjectHelper.getException(ClassNotFoundException.class, fault);
        if (missing == null) {
            return Optional.empty();
        }
        List<String> names = properties.entrySet().stream()
                .filter(each -> each.getKey().startsWith("camel.")
                        && each.getValue().endsWith(String.valueOf(missing.getMessage())))
                .map(Map.Entry::getKey)
                .toList();
        return names.isEmpty()
                ? Optional.empty()
                : Optional.of(refusal(String.join(" or ", names)
                        + " names a class that is not there. Check the spelling, or put its jar into lib/"));
    }

    /** Empty when it is an option of an endpoint in a route. */
    private static Optional<String> optionNames(PropertyBindingException fault, Map<String, String> properties) {
        String name = String.valueOf(fault.getOptionKey() == null ? fault.getPropertyName() : fault.getOptionKey());
        if (fault.getOptionPrefix() != null && fault.getOptionPrefix().startsWith("camel.")) {
            return Optional.of(fault.getOptionPrefix().replaceFirst("\\.$", "") + "." + name);
        }
        List<String> names = new ArrayList<>();
        for (String each : properties.keySet()) {
            if (each.startsWith("camel.") && plain(each).endsWith("." + plain(name))) {
                names.add(each);
            }
        }
        return names.isEmpty() ? Optional.empty() : Optional.of(String.join(" or ", names));
    }

    private static String plain(String name) {
        return name.replace("-", "").toLowerCase(Locale.ROOT);
    }

    private static InvalidSettingsException refusal(String words) {
        return new InvalidSettingsException(List.of(words));
    }

    /** Any other fault of a start, without its message: that may hold values. */
    public static InvalidSettingsException ofStart(Exception fault, Path routes) {
        FailedToStartRouteException route = ObjectHelper.getException(FailedToStartRouteException.class, fault);
        return refusal("The routes in %s cannot be started: %s%s. Look at %s and at the options camel.* in"
                .formatted(
                        routes,
                        route == null ? "" : "the route %s ends with ".formatted(route.getRouteId()),
                        FailureCauses.inWords(root(fault)),
                        route == null ? "the newest change there" : "what that route connects to")
                .concat(" config/application.properties"));
    }

    private static Throwable root(Throwable fault) {
        Throwable root = fault;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
