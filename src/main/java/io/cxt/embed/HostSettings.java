package io.cxt.embed;

import io.cxt.settings.InvalidSettingsException;
import io.cxt.settings.PropertyFile;
import io.cxt.settings.Settings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.PropertiesSource;
import org.jspecify.annotations.Nullable;

/** CXT's properties as a host sets them: the same names with {@code cxt.} before them. */
final class HostSettings {
    private static final String AREA = "cxt.";

    /** Defaults that differ from the stand-alone program: pickups are disabled, and the data is not in ./data. */
    private static final Map<String, String> DEFAULTS =
            Map.of("pickup.file.enabled", "false", "data.dir", "./cxt-data");

    /** Settings of a host that are not properties of CXT. */
    private static final Set<String> OF_HOSTS = Set.of("enabled", "routes", "mappings");

    /** The name in Camel's message; what is not a plain name may be a secret. */
    private static final Pattern MISSING = Pattern.compile("with key \\[((?:env:|sys:)?[\\w.-]+)]");

    private final CamelContext camel;
    private final Map<String, String> given;
    private final PropertyFile properties;
    private @Nullable Map<String, String> all;

    /** @param given settings that override the host's, without {@code cxt.} */
    HostSettings(CamelContext camel, Map<String, String> given) {
        this.camel = camel;
        this.given = given;
        this.properties = PropertyFile.of(reference(), this::ofHost);
    }

    private static Properties reference() {
        Properties reference = PropertyFile.shipped();
        reference.putAll(DEFAULTS);
        return reference;
    }

    /**
     * What the host itself sets, such as {@code enabled}; null when it sets nothing.
     *
     * @throws InvalidSettingsException when it has a placeholder that stands for nothing
     */
    @Nullable
    String ofHost(String name) {
        String value = given.get(name);
        if (value != null) {
            return value;
        }
        String placeholder = "{{" + AREA + name + "}}";
        Optional<String> found = camel.getPropertiesComponent().resolveProperty(AREA + name);
        if (found.isEmpty()) {
            refuseUnresolved(name);
        }
        return found.filter(each -> !each.equals(placeholder))
                .orElse(null); // that is how Camel ignores what is missing
    }

    /** Camel gives nothing both for a name that is not set and for a value with a placeholder that stands for nothing. */
    private void refuseUnresolved(String name) {
        try {
            camel.getPropertiesComponent().parseUri("{{?" + AREA + name + "}}");
        } catch (IllegalArgumentException e) {
            Matcher key = MISSING.matcher(String.valueOf(e.getMessage()));
            throw new InvalidSettingsException(List.of(
                    "cxt.%s has %s that stands for nothing. Set it among the application's properties or in the environment, or write {{NAME:VALUE}} for what holds without it"
                            .formatted(
                                    name,
                                    key.find() ? "a placeholder {{%s}}".formatted(key.group(1)) : "a placeholder")));
        }
    }

    Set<String> names() {
        return all().keySet();
    }

    /** Every property with its value. Looked up once, because Camel logs a line for each look-up. */
    Map<String, String> all() {
        Map<String, String> known = all;
        if (known == null) {
            known = properties.all();
            all = known;
        }
        return known;
    }

    /** Refuses unknown names under {@code cxt.}, and in the environment under {@code CXT_}. */
    void refuseUnknown(Map<String, String> environment) {
        Properties names = camel.getPropertiesComponent()
                .loadProperties(name -> name.startsWith(AREA), name -> name.substring(AREA.length()));
        SpringNames.in(camel, AREA).forEach(name -> names.setProperty(name.substring(AREA.length()), ""));
        properties.refuseUnknown(
                "the host's properties, each with cxt. before it",
                names.stringPropertyNames(),
                OF_HOSTS,
                environment,
                SpringNames.there(camel));
    }

    /** Lets routes resolve {@code {{cxt.…}}}, including defaults, but no other name. */
    void answerPlaceholders(Map<String, String> computed) {
        Map<String, String> values = new TreeMap<>(computed);
        all().forEach((name, value) -> {
            if (!Settings.isSecret(name)) {
                values.put(name, value);
            }
        });
        camel.getPropertiesComponent().addPropertiesSource(new PropertiesSource() {
            @Override
            public String getName() {
                return "cxt";
            }

            @Override
            public @Nullable String getProperty(String name) {
                return name.startsWith(AREA) ? values.get(name.substring(AREA.length())) : null;
            }
        });
    }
}
