package io.cxt.cli;

import static io.cxt.fixture.Chats.chat;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.Await;
import io.cxt.fixture.Command;
import io.cxt.fixture.Command.Ended;
import io.cxt.fixture.Ports;
import io.cxt.fixture.RunningCxt;
import io.cxt.fixture.Verb;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code cxt console}, and the console of {@code cxt run}, as processes. */
@Timeout(180)
@Tag("slow")
class ConsoleCommandIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path scratch;

    @Test
    void a_copy_is_shown_without_a_secret_of_cxone_and_stays_as_it_is() throws Exception {
        Path data = scratch.resolve("d");
        try (StandIn cxone = StandIn.start(StandInSettings.defaults());
                RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("one.json", chat("one"));
        }
        byte[] ledger = Files.readAllBytes(data.resolve("ledger.db"));
        int port = Ports.free();

        try (Command console =
                Command.start(scratch, Map.of("DATA_DIR", data.toString(), "CONSOLE_PORT", "" + port), "console")) {
            Await.until(() -> console.out().contains("token="), LIMIT);
            Browsing anybody = new Browsing(port);

            anybody.signIn(console.out().strip());

            assertThat(anybody.get("/chats?id=one")).contains("is in CXone as conversation conv-1");
            assertThat(console.err()).contains("data.dir " + data, "console listening", "good for one sign-in");
            console.process().destroy();
            assertThat(console.ended().exit()).isEqualTo(143);
        }
        assertThat(Files.readAllBytes(data.resolve("ledger.db"))).isEqualTo(ledger);
        assertThat(data.resolve("console.key")).doesNotExist();
    }

    @Test
    void a_run_serves_it_and_the_command_gives_an_address() throws Exception {
        Path data = scratch.resolve("d");
        int port = Ports.free();
        Map<String, String> environment = new HashMap<>(Map.of(
                "DATA_DIR", data.toString(),
                "CXONE_CLIENT_ID", "client-1",
                "CXONE_CLIENT_SECRET", "s3cret",
                "OPS_ENABLED", "false",
                "CONSOLE_ENABLED", "true",
                "CONSOLE_PORT", "" + port));
        try (StandIn cxone = StandIn.start(StandInSettings.defaults())) {
            environment.put("CXONE_BASE_URL", cxone.baseUri().toString());
            try (Command run = Command.start(scratch, environment, "run")) {
                Await.until(() -> run.err().contains("console listening"), LIMIT);
                Ended url = Verb.of(environment, "console", "url");
                assertThat(url.err()).isEmpty();
                assertThat(Verb.of(Map.of("DATA_DIR", data.toString()), "console", "url")
                                .err())
                        .contains("set CONSOLE_ENABLED=true, and CONSOLE_PORT");
                Browsing anna = new Browsing(port);

                anna.signIn(url.out().strip());

                assertThat(anna.get("/")).contains("✓ Calls can be made", "No source is open.");
                assertThat(anna.post("/hold", "what=lane&until=2h&note=x"))
                        .contains("▲ No call leaves: The lane is held");
                assertThat(anna.post("/release", "what=lane&note=x")).contains("✓ Calls can be made");
                assertThat(anna.get("/settings"))
                        .contains("CONSOLE_PORT", "set, not shown")
                        .doesNotContain("s3cret");
                assertThat(anna.get("/audit?chain=operator")).contains("SIGNED_IN_CONSOLE");
                run.process().destroy();
                assertThat(run.ended().exit()).isEqualTo(130);
                assertThat(run.err()).contains("stopped cleanly").doesNotContain("token=");
            }
        }
        assertThat(Verb.of(Map.of("DATA_DIR", data.toString()), "audit", "verify")
                        .exit())
                .isZero();
        assertThat(data.resolve("ledger.db-wal")).doesNotExist();
    }

    @Test
    void what_cannot_be_served_is_said_with_what_to_do() throws Exception {
        Map<String, String> environment =
                Map.of("DATA_DIR", scratch.resolve("none").toString());
        assertThat(Verb.of(environment, "console"))
                .returns(2, Ended::exit)
                .extracting(Ended::err)
                .asString()
                .contains("There is no folder");
        Files.createDirectories(scratch.resolve("d"));
        Map<String, String> there =
                new HashMap<>(Map.of("DATA_DIR", scratch.resolve("d").toString()));
        assertThat(Verb.of(there, "console", "url").err()).contains("Set console.enabled to true", "cxt console");

        there.put("CONSOLE_HOST", "0.0.0.0");
        for (List<String> verb : List.of(List.of("console"), List.of("console", "url"))) {
            assertThat(Verb.of(there, verb.toArray(String[]::new)))
                    .returns(3, Ended::exit)
                    .extracting(Ended::err)
                    .asString()
                    .contains("console.host is 0.0.0.0 and others can reach it");
        }
        there.put("CONSOLE_ENABLED", "true");
        assertThat(Verb.of(there, "run").err()).contains("console.host is 0.0.0.0 and others can reach it");
        assertThat(scratch.resolve("d/ledger.db")).doesNotExist();
    }

    /** A browser that keeps cookies. */
    private static final class Browsing {
        private final HttpClient client =
                HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
        private final String address;

        Browsing(int port) {
            address = "http://127.0.0.1:" + port;
        }

        void signIn(String url) throws Exception {
            HttpRequest post = HttpRequest.newBuilder(URI.create(address + "/sign-in"))
                    .header("Origin", address)
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(BodyPublishers.ofString(url.replaceFirst(".*\\?", "")))
                    .build();
            assertThat(client.send(post, BodyHandlers.ofString()).statusCode()).isEqualTo(303);
        }

        /** Sends a form, and gives the page that it leads to. */
        String post(String path, String form) throws Exception {
            HttpRequest post = HttpRequest.newBuilder(URI.create(address + path))
                    .header("Origin", address)
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(BodyPublishers.ofString(form))
                    .build();
            HttpResponse<String> answer = client.send(post, BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(303);
            return get(answer.headers().firstValue("Location").orElseThrow());
        }

        String get(String path) throws Exception {
            return client.send(
                            HttpRequest.newBuilder(URI.create(address + path)).build(), BodyHandlers.ofString())
                    .body();
        }
    }
}
