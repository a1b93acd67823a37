package io.cxt.runtime;

import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.FeedRows;
import io.cxt.db.LedgerException;
import io.cxt.mapping.Mappings;
import io.cxt.ops.Gauges;
import io.cxt.ops.OpsSettings;
import io.cxt.ops.WebServer;
import io.cxt.settings.InvalidSettingsException;
import io.cxt.settings.PropertyFile;
import io.cxt.settings.Settings;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainHttpServerFactory;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SetBodyDefinition;
import org.apache.camel.spi.InflightRepository;
import org.apache.camel.support.LifecycleStrategySupport;
import org.apache.camel.util.ObjectHelper;
import org.jspecify.annotations.Nullable;

/**
 * CXT as a program of its own: camel-main on a folder of routes and a property file.
 *
 * <p>Long because all that configures camel-main stands here, and a check takes the same path as a start.
 */
public final class Engine implements AutoCloseable {
    private final Main camel = new Main();
    private final CxtComponents components;
    private final Path routes;
    private final Map<String, String> placeholders;
    private final OpsSettings ops;
    private final RouteStarts starts;
    private boolean reloading;
    private final @Nullable WebServer web; // null when nothing is served

    /**
     * Opens the ledger and prepares everything; {@link #start} starts it.
     *
     * @param once true for a run that drains its sources and ends: it ends where a person must act first and serves no
     *     health and metrics
     */
    public Engine(PropertyFile properties, Path routes, Mappings mappings, String fingerprint, boolean once) {
        this.routes = routes;
        placeholders = new TreeMap<>(properties.all()); // first: it names all placeholders that stand for nothing
        Settings settings = new Settings(properties::get);
        OpsSettings wanted = OpsSettings.from(settings);
        ops = new OpsSettings(wanted.enabled() && !once, wanted.host(), wanted.port(), wanted.stall());
        ops.fault().ifPresent(settings::problem);
        web = ops.enabled() ? new WebServer(ops.host(), ops.port(), ops.host()) : null;
        PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        Gauges gauges = new Gauges(meters);
        components = CxtComponents.open(
                settings, new CxtComponents.Run(fingerprint, mappings, once, gauges::call, null), Clock.systemUTC());
        starts = new RouteStarts(
                !"false".equals(placeholders.get("pickup.file.enabled")),
                components.pickups().disabledRoutes());
        Observability observability = new Observability(components, ops.stall());

        // The caller stops it. Camel's own hook waits for the context to be stopped, and in a race with close() it
        // waits
        // in the very thread that was to stop it: for shutdownTimeout and 15 s more.
        camel.setShutdownStrategy(new SimpleMainShutdownStrategy());
        camel.setDefaultPropertyPlaceholderLocation("false");
        PROPERTIES.forEach(camel::addInitialProperty);
        camel.addInitialProperty("camel.main.routesIncludePattern", "file:" + routes + "/*.camel.yaml");
        placeholders.keySet().removeIf(Settings::isSecret);
        placeholders.putAll(components.computed());
        placeholders.forEach(camel::addInitialProperty);
        camel.addMainListener(new MainListenerSupport() {
            @Override
            public void beforeConfigure(BaseMainSupport main) {
                settingsFirst(main.getCamelContext());
                components.bindTo(main.getCamelContext());
                main.getCamelContext()
                        .getRegistry()
                        .bind("cxt-site-server", MainHttpServerFactory.class, SiteServer.factory(ops.host()));
                if (web != null) {
                    observability.addHealth(main.getCamelContext());
                    main.getCamelContext().addLifecycleStrategy(serve(web, meters));
                }
            }

            @Override
            public void afterConfigure(BaseMainSupport main) {
                ModelCamelContext context = (ModelCamelContext) main.getCamelContext();
                Guards.check(
                        context.getRouteDefinitions(),
                        "",
                        components.pickups().disabledRoutes(),
                        components.target(),
                        components.redacting());
                RouteSteps.checkNumbers(context);
                RouteSteps.checkNames(context, List.of());
                StartWarnings.logSteps(context, "");
                starts.checkConfigured(context, camel.configure());
                PrintingOptions.check(camel.configure());
            }
        });
        if (web != null) {
            observability.addTo(gauges);
        }
    }

    /** What every run of CXT sets in Camel; a property file may override it. */
    private static final Map<String, String> PROPERTIES = Map.ofEntries(
            Map.entry("camel.main.name", "cxt"),
            Map.entry("camel.main.jmxEnabled", "false"),
            Map.entry("camel.main.streamCachingEnabled", "false"),
            Map.entry("camel.main.useBreadcrumb", "false"),
            Map.entry("camel.main.loadStatisticsEnabled", "false"),
            Map.entry("camel.main.startupSummaryLevel", "Off"),
            Map.entry("camel.main.autoConfigurationLogSummary", "false"),
            Map.entry("camel.main.routesReloadRemoveAllRoutes", "false"),
            Map.entry("camel.main.shutdownTimeout", "7"),
            Map.entry("camel.main.shutdownLogInflightExchangesOnTimeout", "false"),
            Map.entry("camel.main.logDebugMaxChars", "-1"));

    /** Without this, Camel would prefer an environment variable of a property's plain name to the settings. */
    static void settingsFirst(CamelContext camel) {
        PropertiesComponent properties = (PropertiesComponent) camel.getPropertiesComponent();
        properties.setEnvironmentVariableMode(PropertiesComponent.ENVIRONMENT_VARIABLES_MODE_FALLBACK);
        properties.setSystemPropertiesMode(PropertiesComponent.SYSTEM_PROPERTIES_MODE_FALLBACK);
    }

    /** Answers probes from the start on. */
    private LifecycleStrategySupport serve(WebServer server, PrometheusMeterRegistry meters) {
        return new LifecycleStrategySupport() {
            @Override
            public void onContextStarting(CamelContext camel) {
                try {
                    server.start(OpsPages.of(camel, meters));
                } catch (IOException e) {
                    throw new InvalidSettingsException(List.of(ops.fault().orElseGet(e::getMessage)));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("Interrupted while CXT started", e);
                }
            }
        };
    }

    /**
     * Reloads edited route files while the routes run; a faulty one changes nothing. Call before the start.
     *
     * @param fingerprint of routes and configuration after a reload
     */
    public void reloadEdited(Supplier<String> fingerprint) {
        reloading = true;
        camel.addMainListener(new MainListenerSupport() {
            @Override
            public void afterConfigure(BaseMainSupport main) {
                try {
                    CamelContext context = main.getCamelContext();
                    context.addService(new RouteReload(context, trial(), () -> components
                            .ledger()
                            .note(Type.CONFIG_CHANGED, "config=" + fingerprint.get())));
                } catch (Exception e) {
                    throw new IllegalStateException("Cannot watch " + routes, e);
                }
            }
        });
    }

    private RouteTrial trial() {
        return new RouteTrial(routes, components, placeholders, (ModelCamelContext) camel.getCamelContext());
    }

    /**
     * Starts the routes and returns when they run.
     *
     * @throws InvalidSettingsException naming file, line and column when a route cannot be built
     */
    public void start() throws Exception {
        boolean started = false;
        if (!reloading && ShippedRoutes.lead(routes, placeholders.get("pickup.hand-to"))) {
            components.alreadyDelivered().begin();
        }
        try {
            startCamel();
            starts.checkStarted(camel.getCamelContext());
            started = true;
        } finally {
            if (!started) {
                close();
            }
        }
    }

    private void startCamel() throws Exception {
        try {
            camel.start();
        } catch (Exception e) {
            LedgerException unrecorded = ObjectHelper.getException(LedgerException.class, e);
            if (unrecorded != null) {
                throw unrecorded;
            }
            throw inWords(e);
        }
    }

    /**
     * Loads and builds the routes as a start does, starts nothing, and closes itself.
     *
     * @return the statement of the route record-audit, its values as question marks; null when it has none
     * @throws InvalidSettingsException naming file, line and column when a route cannot be built
     */
    public @Nullable String load() throws Exception {
        try {
            camel.init();
            camel.getCamelContext().init();
            RouteDefinition record = ((ModelCamelContext) camel.getCamelContext()).getRouteDefinition("record-audit");
            for (ProcessorDefinition<?> step : record.getOutputs()) {
                if (step instanceof SetBodyDefinition body) {
                    return FeedRows.numbered(body.getExpression().getExpression());
                }
            }
            return null;
        } catch (Exception e) {
            throw inWords(e);
        } finally {
            close();
        }
    }

    private Exception inWords(Exception fault) {
        Optional<InvalidSettingsException> option = CamelFault.ofOption(fault, placeholders);
        if (option.isPresent()) {
            return option.get();
        }
        RouteTrial trial = trial();
        trial.run(trial.files()); // words it better, where a route is at fault
        InvalidSettingsException ours = ObjectHelper.getException(InvalidSettingsException.class, fault);
        return ours == null ? fault : ours;
    }

    /** The Camel context that the routes run in. */
    public CamelContext camelContext() {
        return camel.getCamelContext();
    }

    public CxtComponents components() {
        return components;
    }

    /** Where health and metrics are served; empty when they are not. */
    public Optional<String> opsAddress() {
        return ops.enabled() ? Optional.of("http://%s:%s/observe".formatted(ops.host(), ops.port())) : Optional.empty();
    }

    /** What is in flight, in words for a log line. */
    public String waitsFor() {
        InflightRepository inFlight = camel.getCamelContext().getInflightRepository();
        return "%s calls in flight, %s copies, %s sources"
                .formatted(
                        components.callsInFlight(),
                        inFlight.size("archive-part") + inFlight.size("record-audit"),
                        components.backlog().openReadings());
    }

    /** True when it was stopped before everything in flight was done. */
    public boolean cutOff() {
        return camel.getCamelContext().getShutdownStrategy().isTimeoutOccurred();
    }

    /** Ends intake, waits for the calls in flight and closes the ledger. */
    @Override
    public void close() {
        try {
            camel.stop();
        } catch (Exception e) {
            throw new IllegalStateException("CXT did not stop in order; the next start goes on where this one was", e);
        } finally {
            if (web != null) {
                web.close();
            }
            components.close();
        }
    }
}
