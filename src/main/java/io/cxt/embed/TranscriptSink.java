package io.cxt.embed;

import io.cxt.runtime.CxtComponents;
import io.cxt.settings.InvalidSettingsException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Exchange;
import org.apache.camel.ExtendedCamelContext;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.spi.PropertiesComponent;
import org.jspecify.annotations.Nullable;

/** The bean of the kamelet {@code cxone-transcript-sink}: adds CXT to the context with the kamelet's parameters. */
public final class TranscriptSink implements CamelContextAware {
    /** The parameters with which CXT was added to a context. */
    private record Parameters(Map<String, String> values) {}

    private final Map<String, String> parameters = new TreeMap<>();
    private @Nullable CamelContext camel;
    private @Nullable ProducerTemplate template;

    /** Adds the routes once per context; all sinks of a context have the same parameters. */
    public void start() throws Exception {
        CamelContext context = Objects.requireNonNull(camel, "Camel sets the context first");
        Parameters ours = new Parameters(Map.copyOf(parameters));
        ExtendedCamelContext plugins = context.getCamelContextExtension();
        if (plugins.getContextPlugin(CxtComponents.class) == null) {
            addRoutes(context);
            plugins.addContextPlugin(Parameters.class, ours);
        } else if (!ours.equals(plugins.getContextPlugin(Parameters.class))) {
            throw new InvalidSettingsException(
                    List.of("One Camel context has one CXT, and it has other settings than this kamelet. Give each"
                            + " cxone-transcript-sink the same parameters, and no cxt.cxone.base-url beside them"));
        }
        template = context.createProducerTemplate();
    }

    /**
     * When a kamelet is created, the routes of its host are already built, so the added ones must be built here. Camel is in
     * the middle of building the kamelet itself; its local properties are restored afterwards.
     */
    private void addRoutes(CamelContext context) throws Exception {
        PropertiesComponent properties = context.getPropertiesComponent();
        Properties local = properties.getLocalProperties();
        try {
            context.addRoutes(new CxtRoutes(parameters));
            ModelCamelContext model = (ModelCamelContext) context;
            model.startRouteDefinitions(model.getRouteDefinitions().stream()
                    .filter(route ->
                            route.getId().startsWith(CxtRoutes.PREFIX) && context.getRoute(route.getId()) == null)
                    .toList());
        } finally {
            properties.setLocalProperties(local);
        }
    }

    /** Sends the body to CXT; its outcome replaces it. */
    public void bring(Exchange exchange) throws Exception {
        Objects.requireNonNull(template, "start() comes first").send("direct:cxt-inject-transcript", exchange);
    }

    private void set(String name, @Nullable String value) {
        if (value != null && !value.isBlank()) {
            parameters.put(name, value);
        }
    }

    public void setBaseUrl(String value) {
        set("cxone.base-url", value);
    }

    public void setClientId(String value) {
        set("cxone.client-id", value);
    }

    public void setClientSecret(@Nullable String value) {
        set("cxone.client-secret", value);
    }

    public void setClientSecretFile(@Nullable String value) {
        set("cxone.client-secret-file", value);
    }

    public void setDataDir(String value) {
        set("data.dir", value);
    }

    public void setRequestsPerSecond(String value) {
        set("cxone.requests-per-second", value);
    }

    public void setMaxInFlight(String value) {
        set("cxone.max-in-flight", value);
    }

    public void setInDoubt(String value) {
        set("cxone.in-doubt", value);
    }

    @Override
    public @Nullable CamelContext getCamelContext() {
        return camel;
    }

    @Override
    public void setCamelContext(CamelContext newCamel) {
        camel = newCamel;
    }
}
