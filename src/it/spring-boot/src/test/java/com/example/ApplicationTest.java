package com.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

@TestMethodOrder(OrderAnnotation.class)
class ApplicationTest {
    @TempDir
    static Path folder;

    private static EmbeddedPostgres postgres;
    private static StandIn cxone;
    private static ConfigurableApplicationContext application;
    private static long start;

    @BeforeAll
    static void startAll() throws Exception {
        postgres = EmbeddedPostgres.builder()
                .setPGStartupWait(Duration.ofMinutes(1))
                .start();
        new JdbcTemplate(postgres.getPostgresDatabase()).execute("CREATE TABLE parcel (id INT PRIMARY KEY)");
        cxone = StandIn.start(StandInSettings.defaults());
        start = System.nanoTime();
        application = SpringApplication.run(
                Application.class,
                "--server.address=127.0.0.1",
                "--server.port=0",
                "--spring.datasource.url=" + postgres.getJdbcUrl("postgres", "postgres"),
                "--spring.datasource.username=postgres",
                "--cxt.cxone.base-url=" + cxone.baseUri(),
                "--cxt.pickup.file.settle-ms=0",
                "--cxt.data.dir=" + folder);
    }

    @AfterAll
    static void stopAll() throws Exception {
        if (application != null) {
            application.close();
        }
        cxone.close();
        postgres.close();
    }

    private static List<String> rows(String sql) {
        return new JdbcTemplate(application.getBean(DataSource.class)).queryForList(sql, String.class);
    }

    private static String get(String path) throws Exception {
        URI uri = URI.create(
                "http://127.0.0.1:%s%s".formatted(application.getEnvironment().getProperty("local.server.port"), path));
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .body();
    }

    @Test
    @Order(1)
    void a_transcript_in_the_inbox_arrives() throws Exception {
        Files.writeString(folder.resolve("chat.part"), CHAT);
        Files.move(folder.resolve("chat.part"), folder.resolve("inbox/chat.json"));

        assertThat(cxone.await(counts -> counts.accepted() == 1, Duration.ofSeconds(60)))
                .isTrue();
        System.out.printf("first transcript after %.1f s%n", (System.nanoTime() - start) / 1e9);
    }

    @Test
    @Order(2)
    void it_is_on_record_in_the_applications_database_and_the_applications_tables_are_alone_in_theirs() {
        assertThat(rows("SELECT interaction_id FROM cxt.delivery")).containsExactly("chat-1");
        assertThat(folder.resolve("ledger.db")).doesNotExist();
        assertThat(rows("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"))
                .containsExactly("parcel");
    }

    @Test
    @Order(2)
    void the_application_finds_its_own_tables_on_every_connection_of_its_pool() {
        for (int i = 0; i < 20; i++) {
            assertThat(rows("SELECT count(*) FROM parcel")).containsExactly("0");
        }
    }

    @Test
    @Order(3)
    void a_refusal_has_its_findings_with_the_validator_of_spring_too() {
        Map<?, ?> outcome = application
                .getBean(ProducerTemplate.class)
                .requestBody("direct:cxt-inject-transcript", CHAT.replace("\"agentId\": \"agt-1\",", ""), Map.class);

        assertThat(outcome.get("outcome")).isEqualTo("refused");
        assertThat(outcome.get("findings").toString()).contains("rule=ID-AGENT");
    }

    @Test
    @Order(4)
    void its_health_is_in_the_actuator() throws Exception {
        assertThat(get("/actuator/health")).contains("\"status\":\"UP\"", "cxt-ledger", "cxt-lane");
    }

    @Test
    @Order(5)
    void a_misspelt_setting_stops_the_start_and_the_nearest_is_named() {
        assertThatThrownBy(() -> SpringApplication.run(
                        Application.class,
                        "--server.port=0",
                        "--cxt.cxone.base-url=" + cxone.baseUri(),
                        "--cxt.cxone.request-per-second=5"))
                .hasStackTraceContaining("The nearest is cxone.requests-per-second");
    }

    private static final String CHAT = """
            {"interactionId": "chat-1", "agentId": "agt-1", "customerId": "cust-1", "messages": [
              {"from": {"id": "cust-1", "type": "customer"}, "to": {"id": "agt-1", "type": "agent"},
               "text": "Hello", "timestamp": "2024-06-15T09:00:00Z"}]}
            """;
}
