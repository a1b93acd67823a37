package io.cxt.embed;

import static io.cxt.fixture.Chats.chat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.audit.OperatorLog;
import io.cxt.db.LedgerSettings;
import io.cxt.db.Owner;
import io.cxt.fixture.Await;
import io.cxt.fixture.LogRecorder;
import io.cxt.intake.SourceStaysException;
import io.cxt.ledger.ExportFile;
import io.cxt.ledger.Job;
import io.cxt.ledger.JobOrders;
import io.cxt.ledger.LedgerView;
import io.cxt.ledger.LetterQuery;
import io.cxt.settings.InvalidSettingsException;
import io.cxt.simulator.Broker;
import io.cxt.simulator.Fault;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import io.cxt.simulator.Withheld;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.FluentProducerTemplate;
import org.apache.camel.Route;
import org.apache.camel.builder.DeadLetterChannelBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.builder.RouteConfigurationBuilder;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.AsyncProcessorAwaitManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

@Tag("hosts")
class CxtRoutesIT {

    @TempDir
    Path data;

    private final List<CamelContext> hosts = new ArrayList<>();
    private StandIn cxone;

    @BeforeEach
    void startCxone() throws IOException {
        cxone = StandIn.start(StandInSettings.defaults());
    }

    @AfterEach
    void stopBoth() {
        hosts.forEach(CamelContext::stop);
        cxone.close();
    }

    private CamelContext host(String... settings) {
        Properties properties = new Properties();
        properties.setProperty("data.dir", "the host's own");
        properties.setProperty("cxt.data.dir", data.toString());
        properties.setProperty("cxt.cxone.base-url", cxone.baseUri().toString());
        properties.setProperty("cxt.cxone.client-id", "client-1");
        properties.setProperty("cxt.cxone.client-secret", "secret-of-the-client");
        for (int i = 0; i < settings.length; i += 2) {
            properties.setProperty(settings[i], settings[i + 1]);
        }
        CamelContext camel = new DefaultCamelContext();
        hosts.add(camel);
        camel.getPropertiesComponent().setInitialProperties(properties);
        return camel;
    }

    private static Map<?, ?> inject(CamelContext camel, String body) {
        return camel.createFluentProducerTemplate()
                .to("direct:cxt-inject-transcript")
                .withBody(body)
                .request(Map.class);
    }

    @Test
    void one_line_brings_the_routes_into_a_context_of_somebody_elses() throws Exception {
        CamelContext camel = host();
        camel.addRoutes(new CxtRoutes());
        camel.start();

        assertThat(inject(camel, chat("one")).get("outcome")).isEqualTo("injected");
        assertThat(cxone.counts().accepted()).isEqualTo(1);
        assertThat(data.resolve("archive")).isNotEmptyDirectory();
    }

    @Test
    void the_inbox_is_watched_when_it_is_switched_on() throws Exception {
        CamelContext camel = host("cxt.pickup.file.enabled", "true", "cxt.pickup.file.settle-ms", "0");
        camel.addRoutes(new CxtRoutes());
        camel.start();

        Files.writeString(data.resolve("inbox/chat.json"), chat("one"));

        Await.until(() -> Files.exists(data.resolve("inbox/.done/chat.json")), Duration.ofSeconds(60));
        assertThat(cxone.counts().accepted()).isEqualTo(1);
    }

    @Test
    void jobs_run_in_a_host_too() throws Exception {
        Path exports = Files.createDirectories(data.resolve("exports")).toRealPath();
        Path export = Files.writeString(exports.resolve("old.ndjson"), chat("old-1") + "\n" + chat("old-2"));
        CamelContext camel = host("cxt.backfill.folders", exports.toString());
        camel.addRoutes(new CxtRoutes());
        camel.start();
        cxone.next(Fault.status(400));
        assertThat(inject(camel, chat("one")).get("result")).isEqualTo("rejected");

        LedgerSettings ledger = new LedgerSettings("jdbc:sqlite:" + data.resolve("ledger.db"), null, null, data);
        BasicFileAttributes now = Files.readAttributes(export, BasicFileAttributes.class);
        ExportFile file = new ExportFile(
                export.toString(),
                export.toString(),
                now.size(),
                now.lastModifiedTime().to(TimeUnit.NANOSECONDS));
        try (LedgerView view = LedgerView.of(ledger);
                OperatorLog log = new OperatorLog(ledger)) {
            LetterQuery all = new LetterQuery(null, Set.of(), null);
            JobOrders.start(log, new JobOrders.Redrive(all, view.letters().newest(), "all", 50, 5, null), "anna", 0);
            String instance = Owner.instanceId(data);
            JobOrders.start(log, new JobOrders.Backfill(List.of(file), instance, "old", 50, 5, null), "anna", 0);

            Await.until(() -> view.jobs().open().isEmpty(), Duration.ofSeconds(60));
            assertThat(view.jobs().newest(2)).allMatch(job -> job.state() == Job.State.DONE);
        }
        assertThat(cxone.counts().accepted()).isEqualTo(3);
        assertThat(export).exists();
    }

    @Test
    void a_queue_is_a_door_of_a_host_too() throws Exception {
        try (Broker broker = Broker.start(data.resolve("broker"))) {
            broker.send(List.of(chat("one")));
            CamelContext camel = host("cxt.pickup.jms.enabled", "true", "cxt.pickup.jms.broker-url", broker.url());
            camel.addRoutes(new CxtRoutes());
            camel.start();

            Await.until(() -> broker.messages(Broker.QUEUE) == 0, Duration.ofSeconds(60));
            assertThat(cxone.counts().accepted()).isEqualTo(1);
            camel.stop();
        }
    }

    @Test
    void a_host_that_uses_the_same_names_is_not_disturbed() throws Exception {
        Map<String, Object> seen = new HashMap<>();
        CamelContext camel = host();
        camel.addRoutes(new RouteConfigurationBuilder() {
            @Override
            public void configuration() {
                routeConfiguration("failures")
                        .onException(Exception.class)
                        .handled(true)
                        .process(exchange -> seen.put("handled", exchange.getVariable("transcript")));
            }
        });
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:read-transcripts")
                        .routeId("read-transcripts")
                        .routeConfigurationId("failures")
                        .setVariable("transcript", constant("the host's"))
                        .setProperty("where", simple("{{data.dir}}"))
                        .to("direct:cxt-inject-transcript")
                        .id("insert")
                        .process(exchange -> seen.put("where", exchange.getProperty("where")))
                        .throwException(new IllegalStateException("the host's own trouble"));
            }
        });
        camel.addRoutes(new CxtRoutes());
        camel.start();

        camel.createProducerTemplate().sendBody("direct:read-transcripts", chat("one"));

        assertThat(seen).containsEntry("where", "the host's own").containsEntry("handled", "the host's");
        assertThat(cxone.counts().accepted()).isEqualTo(1);
        assertThat(camel.getRoutes())
                .extracting(Route::getId)
                .allMatch(id -> id.startsWith("cxt-") || id.equals("read-transcripts"));
        assertThat(camel.getRegistry().findByType(javax.sql.DataSource.class)).isEmpty();
    }

    /** It ends each fault, and the caller would take its own body for the answer. */
    @Test
    @Tag("fault-139")
    void an_error_handler_of_the_host_takes_no_fault_of_ours() throws Exception {
        CamelContext camel = host();
        camel.getCamelContextExtension()
                .setErrorHandlerFactory(new DeadLetterChannelBuilder("direct:letters-of-the-host"));
        List<Object> letters = new ArrayList<>();
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:letters-of-the-host")
                        .process(exchange -> letters.add(exchange.getMessage().getBody()));
            }
        });
        camel.addRoutes(new CxtRoutes());
        camel.start();

        assertThat(inject(camel, chat("one")).get("result")).isEqualTo("sent");
        assertThatThrownBy(() -> inject(camel, "x".repeat(9_000_000)))
                .hasRootCauseInstanceOf(IllegalArgumentException.class);
        cxone.next(Fault.status(400));
        assertThat(inject(camel, chat("two")).get("result")).isEqualTo("rejected");
        Files.move(data.resolve("dead-letters"), data.resolve("moved"));
        Files.writeString(data.resolve("dead-letters"), "no folder");
        assertThatThrownBy(() -> inject(camel, "{broken")).hasRootCauseInstanceOf(SourceStaysException.class);
        assertThat(letters).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pickup-body", "deliver-part", "archive-part"})
    @Tag("fault-139")
    void a_route_that_would_take_the_hosts_dead_letter_channel_is_refused(String edited) throws Exception {
        Path routes = Files.createDirectories(data.resolve("routes"));
        try (Stream<Path> shipped = Files.list(Path.of("routes"))) {
            for (Path each : shipped.toList()) {
                String text = Files.readString(each);
                Files.writeString(
                        routes.resolve(each.getFileName()),
                        each.endsWith(edited + ".camel.yaml")
                                ? text.replace("    errorHandler:\n      defaultErrorHandler: {}\n", "")
                                : text);
            }
        }
        CamelContext camel = host("cxt.routes", "file:" + routes + "/*.camel.yaml");
        camel.getCamelContextExtension().setErrorHandlerFactory(new DeadLetterChannelBuilder("log:letters"));

        assertThatThrownBy(() -> camel.addRoutes(new CxtRoutes()))
                .hasMessageContaining("routes/" + edited + ".camel.yaml has a deadLetterChannel")
                .hasMessageContaining("errorHandler: defaultErrorHandler");
    }

    @Test
    void an_unknown_setting_and_a_missing_one_stop_the_start_in_words() {
        CamelContext camel = host("cxt.cxone.client-idd", "x", "cxt.cxone.max-in-flight", "0");
        assertThatThrownBy(() -> camel.addRoutes(new CxtRoutes()))
                .hasMessageContaining("cxone.client-idd")
                .hasMessageContaining("cxone.client-id");
    }

    @Test
    @Tag("fault-119")
    void a_misspelt_address_stops_the_start_and_does_not_leave_cxt_out() {
        CamelContext camel = new DefaultCamelContext();
        camel.getPropertiesComponent().addInitialProperty("cxt.cxon.base-url", "https://api.example.com");

        assertThatThrownBy(() -> camel.addRoutes(new CxtRoutes()))
                .hasMessageContaining("no property cxon.base-url. The nearest is cxone.base-url");
    }

    @Test
    @Tag("fault-119")
    void a_name_in_the_environment_with_cxt_before_it_that_a_host_does_not_find_is_refused() {
        HostSettings host = new HostSettings(host(), Map.of());

        host.refuseUnknown(Map.of("CXT_CXONE_BASE_URL", "a", "CXT_ROUTES", "b", "CXT_HOME", "c", "CXONE_ANY", "d"));
        host.refuseUnknown(Map.of("CXT_CXONE_BASEURL", "as Spring writes it, which is here"));

        assertThatThrownBy(() -> host.refuseUnknown(Map.of("CXT_CXONE_BSE_URL", "a", "CXT_ENABLE", "b")))
                .hasMessageContainingAll(
                        "CXT_CXONE_BSE_URL is no setting of CXT. The nearest is CXT_CXONE_BASE_URL",
                        "CXT_ENABLE is no setting of CXT. The nearest is CXT_ENABLED");
    }

    @Test
    void a_missing_setting_is_named_as_the_host_must_write_it() {
        CamelContext camel = host("cxt.cxone.client-id", "");

        assertThatThrownBy(() -> camel.addRoutes(new CxtRoutes()))
                .hasMessageContaining("Set cxt.cxone.client-id among the application's properties");
    }

    @ParameterizedTest
    @CsvSource({
        "cxt.redaction.policy, {{my.polcy}}, a placeholder {{my.polcy}} that stands for nothing",
        "cxt.redaction.policy, {{env:NO_POLICY}}, a placeholder {{env:NO_POLICY}} that",
        "cxt.redaction.policy, a{{my.{{nope}}}}, a placeholder {{nope}} that",
        "cxt.redaction.policy, ${my.policy}, '${my.policy}, which CXT does not replace'",
        "cxt.cxone.base-url, {{no.address}}, a placeholder {{no.address}} that",
        "cxt.enabled, {{nope}}, a placeholder {{nope}} that",
    })
    void a_placeholder_of_a_host_that_stands_for_nothing_is_refused(String name, String value, String words) {
        CamelContext camel = host(name, value);

        assertThatThrownBy(() -> camel.addRoutes(new CxtRoutes()))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining(name.substring("cxt.".length()) + " has " + words);
        assertThat(data).isEmptyDirectory();
    }

    @Test
    void a_placeholder_with_a_value_of_its_own_has_that_value_in_a_host() {
        CamelContext camel = host(
                "cxt.cxone.max-in-flight", "{{my.nope:5}}",
                "cxt.redaction.policy", "{{?my.nope}}",
                "cxt.archive.folder", "{{my.folder}}/archive",
                "my.folder", "here");

        Map<String, String> all = new HostSettings(camel, Map.of()).all();

        assertThat(all)
                .containsEntry("cxone.max-in-flight", "5")
                .containsEntry("redaction.policy", "")
                .containsEntry("archive.folder", "here/archive");
    }

    @Test
    void a_host_that_lets_camel_ignore_what_is_missing_gets_the_defaults_and_the_same_words() {
        CamelContext camel = host("cxt.redaction.policy", "{{my.polcy}}");
        ((PropertiesComponent) camel.getPropertiesComponent()).setIgnoreMissingProperty(true);
        HostSettings host = new HostSettings(camel, Map.of());

        assertThat(host.ofHost("cxone.max-in-flight")).isNull();
        assertThatThrownBy(host::all)
                .hasMessageContaining("redaction.policy has {{my.polcy}}")
                .hasMessageNotContaining("cxone.");
    }

    @ParameterizedTest
    @CsvSource({
        "cxt.audit.feed-url, jdbc:sqlite:no-such-folder/feed.db",
        "cxt.archive.folder, file/archive",
        "cxt.audit.checkpoint-key-file, file",
        "cxt.routes, classpath:odd-routes/*.camel.yaml"
    })
    @Tag("fault-90")
    void a_start_that_fails_leaves_nothing_open_and_the_next_one_succeeds(String name, String value) throws Exception {
        Files.writeString(data.resolve("file"), "no key, and no folder");
        CamelContext camel =
                host(name, value.replaceFirst("^file", data.resolve("file").toString()));
        Set<Thread> before = Thread.getAllStackTraces().keySet();

        assertThatThrownBy(() -> camel.addRoutes(new CxtRoutes())).isInstanceOf(Exception.class);

        Await.until( // a thread that was told to end takes a moment
                () -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("cxt-") && !before.contains(thread)),
                Duration.ofSeconds(60));
        CamelContext next = host();
        next.addRoutes(new CxtRoutes());
        next.start();
        assertThat(inject(next, chat("one")).get("outcome")).isEqualTo("injected");
        camel.start(); // a host that goes on without
    }

    @ParameterizedTest
    @CsvSource({
        "nosuch:component",
        "direct:one?nosuch=option",
        "file:{{no.such.folder}}",
        "netty-http:http://256.0.0.1:1/x"
    })
    void a_start_that_another_route_spoils_leaves_the_folder_free(String from) throws Exception {
        CamelContext camel = host();
        camel.addRoutes(new CxtRoutes());
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from(from).to("direct:cxt-inject-transcript");
            }
        });
        assertThatThrownBy(camel::start).isInstanceOf(Exception.class);
        camel.stop();
        camel.close();

        CamelContext next = host();
        next.addRoutes(new CxtRoutes());
        next.start();
        assertThat(inject(next, chat("one")).get("outcome")).isEqualTo("injected");
    }

    @Test
    void a_context_that_was_stopped_is_not_started_again_and_says_what_to_do() throws Exception {
        CamelContext camel = host();
        camel.addRoutes(new CxtRoutes());
        camel.start();
        camel.stop();

        assertThatThrownBy(camel::start)
                .rootCause()
                .hasMessageContaining("Make a new CamelContext, and add CxtRoutes to it")
                .hasMessageNotContaining("cxtTaps");
    }

    @ParameterizedTest
    @CsvSource({"option", "component"})
    void the_proxy_of_a_host_is_for_its_own_calls(String where) throws Exception {
        CamelContext camel = host();
        if (where.equals("option")) {
            camel.setGlobalOptions(new HashMap<>(Map.of("http.proxyHost", "127.0.0.1", "http.proxyPort", "1")));
        } else {
            HttpComponent http = camel.getComponent("http", HttpComponent.class);
            http.setProxyHost("127.0.0.1");
            http.setProxyPort(1);
        }
        camel.addRoutes(new CxtRoutes());
        camel.start();

        assertThat(inject(camel, chat("one")).get("outcome")).isEqualTo("injected");
    }

    @Test
    void a_ledger_that_is_missed_names_the_data_sources_that_were_not_taken_for_it() throws Exception {
        CamelContext camel = host();
        camel.addRoutes(new CxtRoutes());
        camel.start();
        camel.stop();
        Files.delete(data.resolve("ledger.db"));
        CamelContext next = host();
        for (String name : List.of("orders", "audit")) {
            next.getRegistry().bind(name, DataSource.class, new PGSimpleDataSource());
        }

        assertThatThrownBy(() -> next.addRoutes(new CxtRoutes()))
                .hasMessageContainingAll(
                        "its ledger is not at", "several DataSources, audit and orders,", "cxt.ledger.url");
    }

    @ParameterizedTest
    @CsvSource({"inject-transcript", "inject-source"})
    void a_sender_that_the_host_interrupts_leaves_no_chat_in_its_log(String route) throws Exception {
        Withheld answers = new Withheld();
        cxone.next(answers.after(0, 1));
        CamelContext camel = host();
        camel.addRoutes(new CxtRoutes());
        camel.start();
        AsyncProcessorAwaitManager waiting =
                camel.getCamelContextExtension().getContextPlugin(AsyncProcessorAwaitManager.class);
        FluentProducerTemplate template = camel.createFluentProducerTemplate()
                .to("direct:cxt-" + route)
                .withBody(chat("one"))
                .withHeader(Exchange.FILE_NAME, "one.json");
        try (LogRecorder log = LogRecorder.install()) {
            CompletableFuture<Exchange> sender = CompletableFuture.supplyAsync(template::send);
            Await.until(() -> cxone.counts().posts() == 1 && waiting.size() > 0, Duration.ofSeconds(60));

            waiting.browse().forEach(thread -> waiting.interrupt(thread.getExchange()));

            assertThat(sender).succeedsWithin(Duration.ofSeconds(60));
            answers.release();
            assertThat(log.lines()).anyMatch(line -> line.contains("Interrupted while waiting"));
            assertThat(String.join("\n", log.lines())).doesNotContain("interactionId", "messages");
        }
    }

    @Test
    void without_an_address_nothing_is_added() throws Exception {
        CamelContext camel = new DefaultCamelContext();
        camel.addRoutes(new CxtRoutes());
        camel.start();

        assertThat(camel.getRoutes()).isEmpty();
    }

    @Test
    void health_is_that_of_the_host_and_the_record_is_closed_with_it() throws Exception {
        CamelContext camel = host();
        camel.addRoutes(new CxtRoutes());
        camel.start();
        List<String> checks = HealthCheckRegistry.get(camel).stream()
                .map(check -> check.getId())
                .filter(id -> id.startsWith("cxt"))
                .toList();

        camel.stop();

        assertThat(checks).contains("cxt-ledger", "cxt-lane", "cxt-progress");
        assertThat(io.cxt.fixture.RunningCxt.rows(data, "SELECT event FROM audit_event"))
                .startsWith("STARTED")
                .endsWith("STOPPED");
        CamelContext again = host();
        again.addRoutes(new CxtRoutes()); // the folder is free again
        again.start();
    }
}
