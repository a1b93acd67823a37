package com.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.nio.file.Path;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.main.Main;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportsTest {
    @TempDir
    Path folder;

    @Test
    void a_body_goes_into_the_box_and_its_outcome_comes_out() throws Exception {
        try (StandIn cxone = StandIn.start(StandInSettings.defaults())) {
            long start = System.nanoTime();
            Main main = new Main();
            main.addOverrideProperty("cxone", cxone.baseUri().toString());
            main.addOverrideProperty("folder", folder.toString());
            main.start();
            ProducerTemplate template = main.getCamelContext().createProducerTemplate();

            String good = template.requestBody("direct:exports", CHAT, String.class);
            System.out.printf("first transcript after %.1f s%n", (System.nanoTime() - start) / 1e9);
            String bad = template.requestBody("direct:exports", CHAT.replace("agentId", "agent"), String.class);
            main.stop();

            assertThat(good).isEqualTo("injected");
            assertThat(bad).isEqualTo("refused");
            assertThat(cxone.counts().accepted()).isEqualTo(1);
        }
    }

    private static final String CHAT = """
            {"interactionId": "chat-1", "agentId": "agt-1", "customerId": "cust-1", "messages": [
              {"from": {"id": "cust-1", "type": "customer"}, "to": {"id": "agt-1", "type": "agent"},
               "text": "Hello", "timestamp": "2024-06-15T09:00:00Z"}]}
            """;
}
