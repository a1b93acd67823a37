package com.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kamelet in a route of a host that is YAML alone. */
class SinkTest {

    @TempDir
    Path data;

    private final CamelContext camel = new DefaultCamelContext();
    private StandIn cxone;

    @BeforeEach
    void startCxone() throws IOException {
        cxone = StandIn.start(StandInSettings.defaults());
        Properties properties = new Properties();
        properties.setProperty("address", cxone.baseUri().toString());
        properties.setProperty("folder", data.toString());
        properties.setProperty("secret", "a&b c%d+");
        camel.getPropertiesComponent().setInitialProperties(properties);
    }

    @AfterEach
    void stopBoth() {
        camel.stop();
        cxone.close();
    }

    private void route(String name, String more) throws Exception {
        PluginHelper.getRoutesLoader(camel)
                .loadRoutes(ResourceHelper.fromString(name + ".camel.yaml", """
                        - route:
                            id: %1$s
                            from:
                              uri: direct:%1$s
                              steps:
                                - to:
                                    uri: kamelet:cxone-transcript-sink
                                    parameters:
                                      baseUrl: "{{address}}"
                                      clientId: demo
                                      clientSecret: "RAW({{secret}})"
                                      dataDir: "{{folder}}"
                        %2$s
                                - setBody:
                                    simple: "${body[outcome]} ${body[interactionId]}"
                        """.formatted(name, more)));
    }

    private String send(String route, String body) {
        return camel.createFluentProducerTemplate()
                .to("direct:" + route)
                .withBody(body)
                .request(String.class);
    }

    @Test
    void a_transcript_goes_in_and_its_outcome_comes_out() throws Exception {
        route("mine", "");
        camel.start();

        assertThat(send("mine", chat("one"))).isEqualTo("injected one");
        assertThat(send("mine", chat("two").replaceAll("\\[.*]", "[]"))).isEqualTo("refused two");
        assertThat(cxone.counts().accepted()).isEqualTo(1);
        assertThat(data.resolve("dead-letters")).isNotEmptyDirectory();
    }

    @Test
    void two_routes_share_one_lane_and_one_record() throws Exception {
        route("mine", "");
        route("other", "");
        camel.start();

        assertThat(send("mine", chat("one"))).isEqualTo("injected one");
        assertThat(send("other", chat("one"))).isEqualTo("injected one");
        assertThat(cxone.counts().accepted()).isEqualTo(1);
    }

    @Test
    void other_parameters_in_the_same_context_stop_the_start_in_words() throws Exception {
        route("mine", "");
        route("other", "              requestsPerSecond: 7");

        assertThatThrownBy(camel::start).hasStackTraceContaining("One Camel context has one CXT");
    }

    @Test
    void a_bad_parameter_is_named() throws Exception {
        route("mine", "              maxInFlight: 0");

        assertThatThrownBy(camel::start).hasStackTraceContaining("cxone.max-in-flight is 0; allowed");
    }

    @Test
    void the_outcome_is_a_map_for_java() throws Exception {
        route("mine", "");
        camel.start();

        Map<?, ?> outcome = camel.createFluentProducerTemplate()
                .to("direct:cxt-inject-transcript")
                .withBody(chat("one"))
                .request(Map.class);

        assertThat(outcome.get("outcome")).isEqualTo("injected");
    }

    private static String chat(String id) {
        return "{\"interactionId\":\"" + id + "\",\"agentId\":\"agt-1\",\"customerId\":\"cust-1\",\"messages\":["
                + "{\"from\":{\"id\":\"cust-1\",\"type\":\"customer\"},\"to\":{\"id\":\"agt-1\",\"type\":\"agent\"},"
                + "\"text\":\"Hello\",\"timestamp\":\"2024-06-15T09:00:00Z\"}]}";
    }
}
