package com.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.simulator.Fault;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.Route;
import org.apache.camel.main.Main;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApplicationTest {
    @TempDir
    Path folder;

    private final long start = System.nanoTime();
    private final Main application = Application.application();
    private StandIn cxone;

    @BeforeEach
    void startBoth() throws Exception {
        cxone = StandIn.start(StandInSettings.defaults());
        application.addOverrideProperty("cxt.cxone.base-url", cxone.baseUri().toString());
        application.addOverrideProperty("cxt.cxone.retry.max-retries", "0");
        application.addOverrideProperty("cxt.data.dir", folder.toString());
        application.addOverrideProperty(
                "cxt.pickup.file.folder", folder.resolve("chats").toString());
        application.addOverrideProperty("cxt.pickup.file.settle-ms", "0");
        application.start();
    }

    @AfterEach
    void stopBoth() {
        application.stop();
        cxone.close();
    }

    private ProducerTemplate template() {
        return application.getCamelContext().createProducerTemplate();
    }

    @Test
    void a_transcript_in_its_folder_arrives() throws Exception {
        Files.createDirectories(folder.resolve("chats"));
        Files.writeString(folder.resolve("chat.part"), CHAT);
        Files.move(folder.resolve("chat.part"), folder.resolve("chats/chat.json"));

        Path done = folder.resolve("chats/.done/chat.json");
        assertThat(cxone.await(counts -> Files.exists(done), Duration.ofSeconds(60)))
                .isTrue();
        System.out.printf("first transcript after %.1f s%n", (System.nanoTime() - start) / 1e9);

        application.stop();
    }

    @Test
    void the_applications_own_routes_and_properties_are_as_they_were() {
        assertThat(template().requestBody("direct:pickup-files", "one", String.class))
                .isEqualTo("one from /srv/parcels of the application's own by sea");
        assertThat(application.getCamelContext().getRoutes())
                .extracting(Route::getId)
                .filteredOn(id -> !id.startsWith("cxt-"))
                .containsExactly("pickup-files");
    }

    @Test
    void its_error_handlers_are_for_its_own_routes() {
        cxone.next(Fault.status(503));

        Map<?, ?> outcome = template().requestBody("direct:cxt-inject-transcript", CHAT, Map.class);

        assertThat(outcome.get("outcome")).isEqualTo("failed");
        assertThat(template().requestBody("direct:pickup-files", "broken", String.class))
                .isEqualTo("mishap in the parcel office");
        template().requestBody("direct:pickup-files", "lost");
        assertThat(Mishaps.SEEN).containsExactly("a parcel is lost");
    }

    private static final String CHAT = """
            {"interactionId": "chat-1", "agentId": "agt-1", "customerId": "cust-1", "messages": [
              {"from": {"id": "cust-1", "type": "customer"}, "to": {"id": "agt-1", "type": "agent"},
               "text": "Hello", "timestamp": "2024-06-15T09:00:00Z"}]}
            """;
}
