package io.cxt.embed;

import static io.cxt.fixture.Chats.chat;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.Await;
import io.cxt.fixture.DigitalSite;
import io.cxt.fixture.LogRecorder;
import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.RunningStandIn;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import io.cxt.simulator.digital.DigitalStandIn;
import io.cxt.simulator.digital.DigitalSwitches;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.builder.RouteConfigurationBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.ExchangeHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A host's interceptors meet the calls of CXT, too: what leaves is what is on record, or nothing does. */
@Timeout(120)
@Tag("fault-135")
class InterceptedCallTest {
    private static final Processor NOTHING = exchange -> {};

    private static final Map<String, Processor> CHANGES = new LinkedHashMap<>();

    static {
        CHANGES.put("the body", exchange -> exchange.getMessage().setBody("{\"wrapped\": true}"));
        CHANGES.put("the header Authorization", header("Authorization", "Basic aG9zdDpzM2NyZXQ="));
        CHANGES.put("the header Idempotency-Key", header("Idempotency-Key", "another"));
        CHANGES.put("the header Content-Type", header("Content-Type", "text/plain"));
        CHANGES.put("the header Content-Encoding and the body", header("Content-Encoding", "gzip"));
        CHANGES.put("the method", header(Exchange.HTTP_METHOD, "PATCH"));
        CHANGES.put("the address", header(Exchange.HTTP_QUERY, "tenant=2"));
        CHANGES.put("the address of another server", exchange -> {
            String uri = exchange.getContext().resolvePropertyPlaceholders("{{cxt.cxone.base-url}}");
            exchange.getMessage().setHeader(Exchange.HTTP_URI, uri.replace("127.0.0.1", "localhost"));
        });
    }

    @TempDir
    Path data;

    private final CamelContext camel = new DefaultCamelContext();
    private final AtomicReference<Processor> change = new AtomicReference<>(NOTHING);
    private final AtomicReference<Boolean> skips = new AtomicReference<>(false);

    @AfterEach
    void stop() {
        camel.stop();
    }

    private static Processor header(String name, Object value) {
        return exchange -> exchange.getMessage().setHeader(name, value);
    }

    private void start(String mode, RunningStandIn<?> cxone, String... settings) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("cxt.data.dir", data.toString());
        properties.setProperty("cxt.cxone.base-url", cxone.baseUri().toString());
        for (int i = 0; i < settings.length; i += 2) {
            properties.setProperty("cxt." + settings[i], settings[i + 1]);
        }
        camel.getPropertiesComponent().setInitialProperties(properties);
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                Processor changes = exchange -> change.get().process(exchange);
                if (mode.equals("changes")) {
                    interceptSendToEndpoint("http*").process(changes);
                } else {
                    interceptSendToEndpoint("http*")
                            .onWhen(exchange -> skips.get())
                            .skipSendToOriginalEndpoint()
                            .process(changes);
                }
                from("direct:mine").routeId("mine").to("direct:cxt-inject-transcript");
            }
        });
        camel.addRoutes(new CxtRoutes());
        camel.start();
    }

    private String result(String id) {
        return String.valueOf(camel.createFluentProducerTemplate()
                .to("direct:cxt-inject-transcript")
                .withBody(chat(id))
                .request(Map.class)
                .get("result"));
    }

    private Throwable fault(String id) {
        Exception fault = camel.createFluentProducerTemplate()
                .to("direct:cxt-inject-transcript")
                .withBody(chat(id))
                .send()
                .getException();
        assertThat(fault).as(id).isNotNull();
        return fault;
    }

    private List<String> events(String id) {
        return RunningCxt.rows(
                data, "SELECT event, detail FROM audit_event WHERE interaction_id = '%s' ORDER BY seq".formatted(id));
    }

    /** Each change is tried, then none. */
    private void changesDoNotLeave(LongSupplier calls) throws Exception {
        try (LogRecorder log = LogRecorder.install()) {
            int number = 0;
            for (Map.Entry<String, Processor> each : CHANGES.entrySet()) {
                String id = "chat-" + ++number;
                String what = each.getKey().replace(" of another server", "");
                long before = calls.getAsLong();
                change.set(each.getValue());

                Throwable fault = fault(id);

                assertThat(calls.getAsLong()).as(each.getKey()).isEqualTo(before);
                assertThat(fault)
                        .as(each.getKey())
                        .hasStackTraceContaining("changed %s of a call that is on record".formatted(what));
                isSentUnmarked(id, "ATTEMPT not sent: changed after the claim: " + what.replace(" and ", ", "));
            }
            assertThat(log.lines())
                    .anyMatch(line -> line.contains("next=\"look for an interceptSendToEndpoint")
                            && line.contains("HttpClientConfigurer"));
            assertThat(String.join("\n", log.lines())).doesNotContain("s3cret", "aG9zdDpzM2NyZXQ=", "wrapped");
        }
    }

    /** Once nothing is in the way; and nothing was ever in doubt. */
    private void isSentUnmarked(String id, String attempt) {
        change.set(NOTHING);
        skips.set(false);
        assertThat(result(id)).as(id).isEqualTo("sent");
        assertThat(events(id))
                .as(id)
                .anyMatch(event -> event.startsWith(attempt))
                .noneMatch(event -> event.contains("may-repeat") || event.startsWith("IN_DOUBT"));
    }

    @Test
    void a_call_that_a_host_changes_does_not_leave() throws Exception {
        try (StandIn cxone = StandIn.start(StandInSettings.defaults().withHeadersAndBodies())) {
            start("changes", cxone, "cxone.client-id", "client-1", "cxone.client-secret", RunningCxt.SECRET);

            changesDoNotLeave(() -> cxone.counts().posts());

            change.set(header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
            assertThat(result("traced")).isEqualTo("sent");
            assertThat(cxone.calls()).last().satisfies(call -> assertThat(call.headers())
                    .containsKey("traceparent"));
        }
    }

    @Test
    void a_message_that_a_host_changes_does_not_leave() throws Exception {
        try (DigitalStandIn cxone = DigitalStandIn.start(StandInSettings.defaults(), DigitalSwitches.defaults())) {
            start("changes", cxone, DigitalSite.settings(cxone));

            changesDoNotLeave(() -> cxone.calls().size());
        }
    }

    @Test
    void a_call_that_a_host_prevents_or_answers_itself_is_told_from_one_that_left() throws Exception {
        try (StandIn cxone = StandIn.start(StandInSettings.defaults())) {
            start("skips", cxone, "cxone.client-id", "client-1", "cxone.client-secret", RunningCxt.SECRET);

            skips.set(true);
            assertThat(fault("skipped")).hasStackTraceContaining("prevented a call that is on record");
            isSentUnmarked("skipped", "ATTEMPT not sent: prevented after the claim");

            skips.set(true);
            change.set(exchange -> exchange.setRouteStop(true));
            assertThat(fault("stopped")).isNotNull();
            isSentUnmarked("stopped", "ATTEMPT not sent: prevented after the claim");

            skips.set(true);
            change.set(exchange -> {
                exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 201);
                exchange.getMessage().setBody("{\"conversationId\": \"made-up\"}");
            });
            assertThat(fault("mocked")).hasStackTraceContaining("answered a call in place of CXone");
            assertThat(events("mocked")).anyMatch(event -> event.startsWith("IN_DOUBT"));
            assertThat(cxone.counts().posts()).isEqualTo(2);

            skips.set(false);
            assertThat(result("mocked")).isEqualTo("sent");
            assertThat(events("mocked")).anyMatch(event -> event.startsWith("CLAIMED") && event.contains("may-repeat"));
        }
    }

    @Test
    void what_a_host_wraps_around_all_routes_is_not_for_those_of_cxt() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        camel.addRoutes(new RouteConfigurationBuilder() {
            @Override
            public void configuration() {
                routeConfiguration()
                        .intercept()
                        .process(exchange -> seen.add("intercepted " + ExchangeHelper.getAtRouteId(exchange)));
                routeConfiguration()
                        .onCompletion()
                        .process(exchange -> seen.add("completed " + exchange.getFromRouteId()));
            }
        });
        try (StandIn cxone = StandIn.start(StandInSettings.defaults())) {
            start("changes", cxone, "cxone.client-id", "client-1", "cxone.client-secret", RunningCxt.SECRET);

            camel.createProducerTemplate().sendBody("direct:mine", chat("one"));
            camel.createProducerTemplate()
                    .sendBodyAndHeader("direct:cxt-inject-source", chat("two"), Exchange.FILE_NAME, "two.json");

            assertThat(cxone.counts().accepted()).isEqualTo(2);
            Await.until(() -> seen.stream().anyMatch(each -> each.startsWith("completed")), Duration.ofSeconds(60));
            assertThat(seen).allMatch(each -> each.endsWith(" mine")).anyMatch(each -> each.startsWith("intercepted"));
        }
    }
}
