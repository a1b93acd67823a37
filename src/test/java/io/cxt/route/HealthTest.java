package io.cxt.route;

import static io.cxt.fixture.Chats.lines;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.fixture.Ports;
import io.cxt.fixture.RunningCxt;
import io.cxt.ops.Gauges;
import io.cxt.runtime.Observability;
import io.cxt.simulator.Fault;
import io.cxt.simulator.FaultPlan;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import io.cxt.simulator.Withheld;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HealthTest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    Path data;

    @Test
    @Tag("fault-113")
    void a_stopped_lane_is_seen_in_readiness_and_metrics_and_its_end_too() throws Exception {
        int port = Ports.free();
        try (StandIn cxone = StandIn.start(StandInSettings.defaults());
                RunningCxt cxt = RunningCxt.start(
                        data,
                        cxone,
                        "ops.enabled",
                        "true",
                        "ops.port",
                        Integer.toString(port),
                        "cxone.retry.max-wait-ms",
                        "500")) {
            assertThat(get(port, "health").statusCode()).isEqualTo(200);
            assertThat(asked(port, "evil.example.com"))
                    .startsWith("HTTP/1.1 421")
                    .contains("ops.host");
            for (String name :
                    List.of("127.0.0.1:" + port, "[::1]", "localhost", "cxt:1", "cxt.chats.svc.cluster.local")) {
                assertThat(asked(port, name)).startsWith("HTTP/1.1 200");
            }
            asBefore(port);
            halfRequests(port);
            cxone.change(traffic -> traffic.withFaults(FaultPlan.NONE.with(Fault.status(403), 100)));
            cxt.put("chats.ndjson", lines("chat", 5).getBytes(StandardCharsets.UTF_8));
            cxt.awaits(() -> cxt.engine().components().lane().stopReason().isPresent());

            HttpResponse<String> ready = get(port, "health/ready");
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.body()).contains("cxt-lane", "HTTP 403", "cxone.scope");
            assertThat(get(port, "health/live").statusCode()).isEqualTo(200);
            cxt.awaits(
                    () -> get(port, "metrics").body().contains("cxt_backlog_sources 1.0")); // counted every few seconds
            assertThat(get(port, "metrics").body())
                    .contains("cxt_lane_stopped 1.0", "cxt_stalled 0.0")
                    .contains("cxt_deliveries{state=\"SENT\"} 0.0", "cxt_lane_paused_seconds", "cxt_backlog_bytes")
                    .contains("cxt_build_info{target=\"conversations\",version=", "cxt_sources_given_up_total 0.0");

            cxone.change(traffic -> traffic.withFaults(FaultPlan.NONE));
            cxt.awaits(() -> cxt.files("inbox").contains(".done/chats.ndjson"));

            assertThat(get(port, "health/ready").statusCode()).isEqualTo(200);
            assertThat(get(port, "metrics").body()).contains("cxt_lane_stopped 0.0", "cxt_call_seconds_count{result=");
        }
    }

    @Test
    void a_server_that_would_be_less_safe_than_it_is_set_does_not_start() throws Exception {
        Path file = Files.createDirectories(data.resolve("config")).resolve("application.properties");
        RunningCxt.copyOfRoutes(data.resolve("routes"));
        try (StandIn cxone = StandIn.start(StandInSettings.defaults())) {
            for (String wish : List.of("authenticationEnabled", "useGlobalSslContextParameters", "staticEnabled")) {
                Files.writeString(file, "camel.server.enabled = true\ncamel.server." + wish + " = true\n");
                assertThatThrownBy(() -> RunningCxt.installed(data, data, cxone), wish)
                        .hasStackTraceContaining("Take authenticationEnabled")
                        .hasStackTraceContaining("put a proxy before it");
            }
            Files.writeString(file, "camel.management.enabled = true\n");
            assertThatThrownBy(() -> RunningCxt.installed(data, data, cxone))
                    .hasStackTraceContaining("health and metrics are served on ops.port");
        }
    }

    @Test
    @Tag("fault-124")
    void figures_tell_what_waits_what_was_sent_and_how_fast() throws Exception {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        byte[] chats = (lines("chat", 60) + "{}\n").getBytes(StandardCharsets.UTF_8);
        try (StandIn cxone = StandIn.start(StandInSettings.defaults());
                RunningCxt cxt =
                        RunningCxt.start(data, cxone, "cxone.requests-per-second", "40", "cxone.max-in-flight", "2")) {
            new Observability(cxt.engine().components(), Duration.ofMinutes(1)).addTo(new Gauges(meters));
            assertThat(of(meters, "cxt.last.sent.timestamp.seconds")).isZero();

            Withheld answers = new Withheld();
            cxone.next(answers.after(5, 2)); // as many as there may be in flight
            cxt.put("one.ndjson", chats);
            cxt.awaits(() -> of(meters, "cxt.backlog.bytes") > 0 && of(meters, "cxt.backlog.bytes") < chats.length);
            assertThat(of(meters, "cxt.backlog.sources")).isEqualTo(1);
            answers.release();
            cxt.awaits(() -> !Double.isNaN(of(meters, "cxt.lane.calls.per.second")));
            assertThat(of(meters, "cxt.lane.calls.per.second")).isBetween(1.0, 40.0);
            cxt.put("not-json.json", new byte[] {'{'});

            cxt.awaits(() -> of(meters, "cxt.backlog.sources") == 0);
            cxt.awaits(() -> cxt.engine().components().drained());
            assertThat(of(meters, "cxt.backlog.bytes")).isZero();
            assertThat(of(meters, "cxt.last.sent.timestamp.seconds"))
                    .isBetween(System.currentTimeMillis() / 1000.0 - 60, System.currentTimeMillis() / 1000.0);
            assertThat(of(meters, "cxt.dead.letters")).isEqualTo(2);
            assertThat(meters.get("cxt.sources.given.up").functionCounter().count())
                    .isZero();
            assertThat(meters.get("cxt.build.info").gauge().getId().getTags())
                    .contains(io.micrometer.core.instrument.Tag.of("target", "conversations"));
        }
    }

    private static double of(SimpleMeterRegistry meters, String name) {
        return meters.get(name).gauge().value();
    }

    private static String asked(int port, String host) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            send(socket, "GET /observe/health/live HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Dashboards and probes rely on these answers, to the letter: those of Camel 4.17's management server. */
    private static void asBefore(int port) throws Exception {
        String notFound = "404 text/html; charset=utf-8 <html><body><h1>Resource not found</h1></body></html>";
        String live = "200 application/json {\"status\":\"UP\",\"checks\":[{\"name\":\"context\",\"status\":\"UP\"}]}";
        assertThat(answer(port, "GET", "/observe/health/live", "*/*")).isEqualTo(live);
        assertThat(answer(port, "GET", "/observe/health/live/", "application/json"))
                .isEqualTo(live);
        assertThat(answer(port, "GET", "/observe/health/ready?x=1", "*/*"))
                .startsWith(
                        "200 application/json {\"status\":\"UP\",\"checks\":[{\"name\":\"context\",\"status\":\"UP\"},{\"name\":\"")
                .contains("{\"name\":\"route:set-aside\",\"status\":\"UP\"}", "{\"name\":\"consumer:pickup-files\",")
                .endsWith("{\"name\":\"cxt-progress\",\"status\":\"UP\"},{\"name\":\"cxt-file\",\"status\":\"UP\"}]}");
        assertThat(answer(port, "GET", "/observe/metrics", "*/*"))
                .startsWith("200 text/plain; version=0.0.4; charset=utf-8 # HELP cxt_backlog_bytes ")
                .contains(
                        "\njvm_memory_used_bytes{area=\"heap\",id=\"",
                        "\njvm_threads_live_threads ",
                        "\njvm_buffer_count_buffers{")
                .contains("\nprocess_files_open_files ", "\nprocess_cpu_usage ", "\nsystem_cpu_count ");
        for (String path :
                List.of("/", "/observe", "/observe/", "/observe/health/other", "/observe/metrics/x", "/q/health")) {
            assertThat(answer(port, "GET", path, "*/*")).as(path).isEqualTo(notFound);
        }
        assertThat(answer(port, "POST", "/x", "*/*")).isEqualTo(notFound);
        for (String method : List.of("POST", "PUT", "DELETE", "HEAD", "OPTIONS", "TRACE")) {
            assertThat(answer(port, method, "/observe/health", "*/*"))
                    .as(method)
                    .isEqualTo("405  ");
            assertThat(answer(port, method, "/observe/metrics", "*/*"))
                    .as(method)
                    .isEqualTo("405  ");
        }
        assertThat(answer(port, "GET", "/observe/health", "text/plain")).isEqualTo("406  ");
        assertThat(answer(port, "GET", "/observe/metrics", "application/json")).isEqualTo("406  ");
    }

    private static String answer(int port, String method, String path, String accept) throws Exception {
        HttpResponse<String> answer = HTTP.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .header("Accept", accept)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        return answer.statusCode() + " "
                + answer.headers().firstValue("Content-Type").orElse("") + " " + answer.body();
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Of many that never end the oldest are closed, and others are served. */
    private static void halfRequests(int port) throws IOException {
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < 100; i++) {
                Socket socket = new Socket("127.0.0.1", port);
                sockets.add(socket);
                send(socket, "GET /observe/health HTTP/1.1\r\nHost: ");
            }
            assertThat(asked(port, "localhost")).startsWith("HTTP/1.1 200");
            for (Socket closed : sockets.subList(0, 30)) {
                closed.setSoTimeout(20_000);
                assertThat(closed.getInputStream().read()).isEqualTo(-1);
            }
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private static HttpResponse<String> get(int port, String what) throws Exception {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/observe/" + what))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
