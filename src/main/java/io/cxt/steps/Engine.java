package io.cxt.steps;

import io.cxt.ledger.State;
import io.cxt.ops.Condition;
import io.cxt.ops.Gauges;
import io.cxt.ops.OpsSettings;
import io.cxt.settings.PropertyFile;
import io.cxt.settings.Settings;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;

/** CXT as a program of its own: camel-main on a folder of routes and a property file. */
public final class Engine implements AutoCloseable {
    private final Main camel = new Main();
    private final Bundle bundle;
    private final OpsSettings ops;

    /**
     * Opens the ledger and gets everything ready; {@link #start} begins.
     *
     * @param once true for a run that drains its sources and ends: it gives up where a person must act first, and
     *     serves no health and metrics
     */
    public Engine(PropertyFile properties, Path routes, String fingerprint, boolean once) {
        Settings settings = new Settings(properties::get);
        OpsSettings wanted = OpsSettings.from(settings);
        ops = new OpsSettings(wanted.enabled() && !once, wanted.host(), wanted.port(), wanted.stall());
        PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        Gauges gauges = new Gauges(meters);
        bundle = new Bundle(settings, new Bundle.Run(fingerprint, once, gauges::call), Clock.systemUTC());

        camel.setDefaultPropertyPlaceholderLocation("false");
        PROPERTIES.forEach(camel::addInitialProperty);
        camel.addInitialProperty("camel.main.routesIncludePattern", "file:" + routes + "/*.camel.yaml");
        camel.addInitialProperty("cxone.call-url", bundle.callUrl());
        properties.all().forEach((name, value) -> {
            if (!name.equals("cxone.client-secret")) {
                camel.addInitialProperty(name, value);
            }
        });
        camel.addMainListener(new MainListenerSupport() {
            @Override
            public void beforeConfigure(BaseMainSupport main) {
                bundle.bindTo(main.getCamelContext());
                if (ops.enabled()) {
                    main.getCamelContext().getRegistry().bind("metricsRegistry", meters);
                    Readiness.addTo(main.getCamelContext(), conditions());
                }
            }
        });
        if (ops.enabled()) {
            serve(gauges);
        }
    }

    /** What every run of CXT wants of Camel; a property file may say otherwise. */
    private static final Map<String, String> PROPERTIES = Map.of(
            "camel.main.name", "cxt",
            "camel.main.jmxEnabled", "false",
            "camel.main.streamCachingEnabled", "false",
            "camel.main.useBreadcrumb", "false",
            "camel.main.loadStatisticsEnabled", "false",
            "camel.main.startupSummaryLevel", "Off",
            "camel.main.autoConfigurationLogSummary", "false",
            "camel.main.routesReloadRemoveAllRoutes", "false",
            "camel.main.shutdownTimeout", "60",
            "camel.main.shutdownLogInflightExchangesOnTimeout", "false");

    private void serve(Gauges gauges) {
        camel.addInitialProperty("camel.management.enabled", "true");
        camel.addInitialProperty("camel.management.host", ops.host());
        camel.addInitialProperty("camel.management.port", Integer.toString(ops.port()));
        camel.addInitialProperty("camel.management.healthCheckEnabled", "true");
        camel.addInitialProperty("camel.management.healthPath", "/observe/health");
        camel.addInitialProperty("camel.management.metricsEnabled", "true");
        camel.addInitialProperty("camel.health.exposureLevel", "full");
        camel.addInitialProperty("camel.metrics.enabled", "true");
        camel.addInitialProperty("camel.metrics.path", "/observe/metrics");
        camel.addInitialProperty("camel.metrics.enableRoutePolicy", "false");
        camel.addInitialProperty("camel.metrics.enableExchangeEventNotifier", "false");
        camel.addInitialProperty("camel.metrics.enableRouteEventNotifier", "false");
        camel.addInitialProperty("camel.metrics.binders", "jvm-memory,jvm-thread,file-descriptor,processor");

        gauges.byTag(
                "cxt.deliveries",
                "Deliveries in the ledger by state",
                "state",
                Arrays.stream(State.values()).map(State::name).toList(),
                () -> bundle.ledger().view().countsByState(),
                (counts, state) -> counts.get(State.valueOf(state)));
        Backlog backlog = bundle.backlog();
        gauges.gauge(
                "cxt.lane.paused.seconds",
                "How long calls are still held after HTTP 429",
                () -> bundle.lane().pausedFor().toMillis() / 1000.0);
        gauges.gauge(
                "cxt.lane.stopped",
                "1 while a person must act before calls go on",
                () -> bundle.lane().stopReason().isPresent() ? 1 : 0);
        gauges.gauge("cxt.backlog.sources", "Sources that are being read", backlog::openReadings);
        gauges.gauge("cxt.backlog.bytes", "Bytes of files that wait in the inbox", bundle::bytesWaiting);
        gauges.gauge("cxt.backlog.oldest.seconds", "How long the oldest source has been in work", () -> backlog.oldest()
                .toSeconds());
        gauges.gauge(
                "cxt.stalled",
                "1 when there is work and nothing was sent for ops.stall-minutes",
                () -> stalled().isPresent() ? 1 : 0);
    }

    private List<Condition> conditions() {
        return List.of(
                new Condition("cxt-ledger", () -> Optional.ofNullable(
                                bundle.ledger().trouble())
                        .map(trouble -> "The ledger cannot be written: " + trouble + ". Nothing is sent until it can")),
                new Condition("cxt-lane", () -> bundle.lane().stopReason()),
                new Condition("cxt-progress", this::stalled));
    }

    private Optional<String> stalled() {
        Backlog backlog = bundle.backlog();
        boolean work = backlog.openReadings() > 0;
        Duration quiet = backlog.sinceLastSent();
        return work && backlog.oldest().compareTo(ops.stall()) > 0 && quiet.compareTo(ops.stall()) > 0
                ? Optional.of("There is work and nothing was sent for %d minutes. See the log for the reason"
                        .formatted(quiet.toMinutes()))
                : Optional.empty();
    }

    /** Starts the routes. Returns when they run. */
    public void start() throws Exception {
        boolean started = false;
        try {
            camel.start();
            started = true;
        } finally {
            if (!started) {
                close();
            }
        }
    }

    public Bundle bundle() {
        return bundle;
    }

    /** Where health and metrics are served; empty when they are not. */
    public Optional<String> opsAddress() {
        return ops.enabled() ? Optional.of("http://%s:%d/observe".formatted(ops.host(), ops.port())) : Optional.empty();
    }

    /** Ends intake, lets calls that are on their way come to their end, and lets go of the ledger. */
    @Override
    public void close() {
        try {
            camel.stop();
        } catch (Exception e) {
            throw new IllegalStateException("CXT did not stop in order; the next start goes on where this one was", e);
        } finally {
            bundle.close();
        }
    }
}
