package com.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.nio.file.Path;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApplicationTest {
    @TempDir
    Path folder;

    @Test
    void one_line_and_a_transcript_goes_in() throws Exception {
        long start = System.nanoTime();
        try (StandIn cxone = StandIn.start(StandInSettings.defaults());
                CamelContext camel = Application.start(cxone.baseUri().toString(), "secret", folder.toString())) {

            Map<?, ?> outcome =
                    camel.createProducerTemplate().requestBody("direct:cxt-inject-transcript", CHAT, Map.class);

            System.out.printf("first transcript after %.1f s%n", (System.nanoTime() - start) / 1e9);
            assertThat(outcome.get("outcome")).isEqualTo("injected");
            assertThat(cxone.counts().accepted()).isEqualTo(1);
            assertThat(camel.getRoutes()).extracting(Route::getId).allMatch(id -> id.startsWith("cxt-"));
        }
    }

    private static final String CHAT = """
            {"interactionId": "chat-1", "agentId": "agt-1", "customerId": "cust-1", "messages": [
              {"from": {"id": "cust-1", "type": "customer"}, "to": {"id": "agt-1", "type": "agent"},
               "text": "Hello", "timestamp": "2024-06-15T09:00:00Z"}]}
            """;
}
