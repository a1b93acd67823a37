package io.cxt.embed;

import io.cxt.db.LedgerException;
import io.cxt.mapping.Mappings;
import io.cxt.ops.Gauges;
import io.cxt.ops.OpsSettings;
import io.cxt.runtime.CxtComponents;
import io.cxt.runtime.Guards;
import io.cxt.runtime.Observability;
import io.cxt.runtime.StartWarnings;
import io.cxt.settings.Fingerprint;
import io.cxt.settings.InvalidSettingsException;
import io.cxt.settings.Settings;
import io.cxt.steps.AnswerReading;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.ServiceStatus;
import org.apache.camel.VetoCamelContextStartException;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.LifecycleStrategySupport;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.support.service.BaseService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The routes of CXT for the Camel context of a host: {@code context.addRoutes(new CxtRoutes())}. All their names begin with
 * {@code cxt}. Added a second time, or while {@code cxt.cxone.base-url} is not set, it adds nothing.
 *
 * <p>Long because it also ends with the host's context, however that ends.
 */
public final class CxtRoutes extends RouteBuilder {
    private static final Logger LOG = LoggerFactory.getLogger(CxtRoutes.class);
    static final String PREFIX = "cxt-";
    private static final String SHIPPED = "classpath:io/cxt/routes/*.camel.yaml";

    /** Contexts that have CXT, until they stop. */
    private static final Map<CamelContext, CxtComponents> OPEN = new ConcurrentHashMap<>();

    private final Map<String, String> given;

    /** Uses the settings that the host has under {@code cxt.}. */
    public CxtRoutes() {
        this(Map.of());
    }

    /** @param given settings that override the host's: the names in application.properties, without {@code cxt.} */
    public CxtRoutes(Map<String, String> given) {
        this.given = Map.copyOf(given);
    }

    @Override
    public void configure() throws Exception {
        CamelContext camel = getContext();
        HostSettings host = new HostSettings(camel, given);
        if ("false".equals(host.ofHost("enabled"))
                || camel.getCamelContextExtension().getContextPlugin(CxtComponents.class) != null) {
            return;
        }
        host.refuseUnknown(System.getenv()); // first: a misspelt address is no address
        if (!wanted(host)) {
            return;
        }
        releaseFailed();
        Map<String, String> files = files(camel, host);
        Optional<Gauges> gauges = HostMeters.of(camel);
        AnswerReading.CallTimes times = gauges.isPresent() ? gauges.get()::call : (result, latency) -> {};
        Settings settings =
                new Settings(host.all()::get, name -> "Set cxt.%s among the application's properties".formatted(name));
        CxtComponents components = open(camel, host, settings, files, times);
        boolean added = false;
        try {
            add(components, host, files, gauges, settings);
            camel.getCamelContextExtension().addContextPlugin(CxtComponents.class, components);
            OPEN.put(camel, components);
            added = true;
        } finally {
            if (!added) {
                components.close(); // and the folder is free for the next attempt
            }
        }
        components.warnOfOtherProxies();
        LOG.info(
                "cxt is part of this application data.dir={} pickups={}",
                host.all().get("data.dir"),
                enabledPickups(host));
    }

    private static CxtComponents open(
            CamelContext camel,
            HostSettings host,
            Settings settings,
            Map<String, String> files,
            AnswerReading.CallTimes times)
            throws IOException {
        DataSource database = database(camel, host);
        Set<String> several = new TreeSet<>(
                camel.getRegistry().findByTypeWithName(DataSource.class).keySet());
        try {
            return CxtComponents.open(
                    settings,
                    new CxtComponents.Run(fingerprint(host, files), mappings(host), false, times, database),
                    Clock.systemUTC());
        } catch (LedgerException e) {
            if (host.ofHost("ledger.url") != null || several.size() < 2) {
                throw e;
            }
            throw new LedgerException(
                    ("%s. The application has several DataSources, %s, so none of them is taken for the ledger:"
                                    + " set cxt.ledger.url")
                            .formatted(e.getMessage(), String.join(" and ", several)),
                    e);
        }
    }

    private void add(
            CxtComponents components,
            HostSettings host,
            Map<String, String> files,
            Optional<Gauges> gauges,
            Settings settings)
            throws Exception {
        CamelContext camel = getContext();
        endWith(camel, components);
        host.answerPlaceholders(components.computed());
        components.bindTo(camel);
        Observability observability =
                new Observability(components, OpsSettings.from(settings).stall());
        observability.addHealth(camel);
        gauges.ifPresent(observability::addTo);
        PluginHelper.getRoutesLoader(camel)
                .loadRoutes(prefixed(files, host, components.computed().keySet()));
        Guards.check(
                ((ModelCamelContext) camel)
                        .getRouteDefinitions().stream()
                                .filter(route ->
                                        route.getId() != null && route.getId().startsWith(PREFIX))
                                .toList(),
                PREFIX,
                components.pickups().disabledRoutes(),
                components.target(),
                components.redacting());
        StartWarnings.logSteps((ModelCamelContext) camel, PREFIX);
    }

    private static Mappings mappings(HostSettings host) {
        String folder = host.ofHost("mappings");
        return folder == null ? Mappings.shipped() : Mappings.load(Path.of(folder));
    }

    private static boolean wanted(HostSettings host) {
        String enabled = host.ofHost("enabled");
        return enabled == null ? host.ofHost("cxone.base-url") != null : Boolean.parseBoolean(enabled);
    }

    private static List<String> enabledPickups(HostSettings host) {
        List<String> enabled = new ArrayList<>(List.of("direct:cxt-inject-transcript"));
        host.all().forEach((name, value) -> {
            if (name.matches("pickup\\.\\w+\\.enabled") && value.equals("true")) {
                enabled.add(name.substring("pickup.".length(), name.length() - ".enabled".length()));
            }
        });
        return enabled;
    }

    /** The host's only database, unless {@code cxt.ledger.url} is set; null for none. */
    private static @Nullable DataSource database(CamelContext camel, HostSettings host) {
        if (host.ofHost("ledger.url") != null) {
            return null;
        }
        Set<DataSource> found = camel.getRegistry().findByType(DataSource.class);
        if (found.size() != 1) {
            return null;
        }
        DataSource database = found.iterator().next();
        try (Connection connection = database.getConnection()) {
            String product = connection.getMetaData().getDatabaseProductName();
            if (!product.equals("PostgreSQL")) {
                throw new InvalidSettingsException(List.of(
                        ("The application's DataSource is %s; the ledger of CXT needs PostgreSQL or its own file."
                                        + " Set cxt.ledger.url, for example jdbc:sqlite:cxt-data/ledger.db")
                                .formatted(product)));
            }
            return database;
        } catch (SQLException e) {
            throw new LedgerException("The application's DataSource does not answer: " + e.getMessage(), e);
        }
    }

    /** Includes the host's libraries and options, as far as the class path names them. */
    private static String fingerprint(HostSettings host, Map<String, String> files) throws IOException {
        Map<String, byte[]> bytes = Fingerprint.program(System.getenv());
        files.forEach((name, text) -> bytes.put(name, text.getBytes(StandardCharsets.UTF_8)));
        return Fingerprint.of(host.all(), bytes);
    }

    /** The route files by their location. */
    private static Map<String, String> files(CamelContext camel, HostSettings host) throws Exception {
        String pattern = Optional.ofNullable(host.ofHost("routes")).orElse(SHIPPED);
        Map<String, String> files = new TreeMap<>();
        for (Resource resource :
                PluginHelper.getPackageScanResourceResolver(camel).findResources(pattern)) {
            try (InputStream in = resource.getInputStream()) {
                files.put(resource.getLocation(), new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        if (files.isEmpty()) {
            throw new InvalidSettingsException(List.of("cxt.routes: there are no route files at " + pattern));
        }
        return files;
    }

    private static List<Resource> prefixed(Map<String, String> files, HostSettings host, Set<String> computed) {
        List<String> routes = files.keySet().stream()
                .map(location -> location.replaceFirst(".*[/\\\\:]", "").replace(".camel.yaml", ""))
                .toList();
        Set<String> names = new TreeSet<>(host.names());
        names.addAll(computed);
        Prefix prefix = new Prefix(routes, names);
        List<Resource> resources = new ArrayList<>();
        files.forEach((location, text) -> resources.add(ResourceHelper.fromString(location, prefix.into(text))));
        return resources;
    }

    private static void endWith(CamelContext camel, CxtComponents components) {
        camel.addLifecycleStrategy(new LifecycleStrategySupport() {
            private boolean ended;

            @Override
            public void onContextInitializing(CamelContext context) throws VetoCamelContextStartException {
                if (ended) {
                    throw new VetoCamelContextStartException(
                            "CXT ended when this context was stopped, and does not start in it again. Make a new"
                                    + " CamelContext, and add CxtRoutes to it; to interrupt one, suspend and resume it",
                            context);
                }
            }

            @Override
            public void onContextStopped(CamelContext stopped) {
                ended = true;
                OPEN.remove(stopped);
                components.close();
            }
        });
    }

    /** Camel tells nobody when a context cannot be initialized, and its stop does nothing then. */
    private static void releaseFailed() {
        OPEN.forEach((camel, components) -> {
            if (camel instanceof BaseService context
                    && context.getStatus() == ServiceStatus.Stopped
                    && !context.isNew()
                    && !context.isBuild()
                    && OPEN.remove(camel, components)) {
                components.close();
            }
        });
    }
}
