package io.cxt.embed;

import io.cxt.runtime.CxtComponents;
import io.cxt.settings.InvalidSettingsException;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Exchange;
import org.apache.camel.ExtendedCamelContext;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.spi.PropertiesComponent;

/** What stands behind the kamelet {@code cxone-transcript-sink}: brings CXT into the context, with its parameters. */
public final class TranscriptSink implements CamelContextAware {
    /** The parameters that the bundle of a context was made with. */
    private record Parameters(Map<String, String> values) {}

    private final Map<String, String> parameters = new TreeMap<>();
    private CamelContext camel;
    private ProducerTemplate template;

    /** Brings the routes in, once for each context; all sinks of a context have the same parameters. */
    public void start() throws Exception {
        Parameters ours = new Parameters(Map.copyOf(parameters));
        ExtendedCamelContext plugins = camel.getCamelContextExtension();
        if (plugins.getContextPlugin(CxtComponents.class) == null) {
            addRoutes();
            plugins.addContextPlugin(Parameters.class, ours);
        } else if (!ours.equals(plugins.getContextPlugin(Parameters.class))) {
            throw new InvalidSettingsException(
                    List.of("One Camel context has one CXT, and it has other settings than this kamelet. Give each"
                            + " cxone-transcript-sink the same parameters, and no cxt.cxone.base-url beside them"));
        }
        template = camel.createProducerTemplate();
    }

    /**
     * A kamelet is made when the routes of its host are built already: what it adds then has to be built as well. Camel
     * is in the middle of building the kamelet itself, whose local properties must be there again afterwards.
     */
    private void addRoutes() throws Exception {
        PropertiesComponent properties = camel.getPropertiesComponent();
        Properties local = properties.getLocalProperties();
        try {
            camel.addRoutes(new CxtRoutes(parameters));
            ModelCamelContext model = (ModelCamelContext) camel;
            model.startRouteDefinitions(model.getRouteDefinitions().stream()
                    .filter(route ->
                            route.getId().startsWith(CxtRoutes.PREFIX) && camel.getRoute(route.getId()) == null)
                    .toList());
        } finally {
            properties.setLocalProperties(local);
        }
    }

    /** Hands the body over; the outcome takes its place. */
    public void bring(Exchange exchange) throws Exception {
        template.send("direct:cxt-inject-transcript", exchange);
    }

    private void set(String name, String value) {
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

    public void setClientSecret(String value) {
        set("cxone.client-secret", value);
    }

    public void setClientSecretFile(String value) {
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
    public CamelContext getCamelContext() {
        return camel;
    }

    @Override
    public void setCamelContext(CamelContext newCamel) {
        camel = newCamel;
    }
}
