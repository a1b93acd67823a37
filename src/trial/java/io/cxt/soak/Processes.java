package io.cxt.soak;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.fixture.Await;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The distribution and the stand-in for CXone, each a process of its own, and what they say in one folder. */
final class Processes implements AutoCloseable {
    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Path folder;
    private final Path distribution;
    private final Process cxone;
    private final URI address;

    /** Starts the stand-in; it takes calls when this returns. */
    Processes(Path folder) throws IOException {
        this(folder, Path.of("target/cxt"));
    }

    /** @param options of the stand-in */
    Processes(Path folder, Path distribution, String... options) throws IOException {
        this.folder = folder;
        this.distribution = distribution;
        cxone = start(
                "cxone",
                Map.of(),
                Stream.concat(Stream.of("simulate"), Stream.of(options)).toArray(String[]::new));
        Await.until(() -> Files.size(folder.resolve("cxone.out")) > 0, Duration.ofSeconds(60));
        address = URI.create(Files.readString(folder.resolve("cxone.out")).strip());
    }

    /** @param heap for example {@code -Xmx128m}; collections are written to {@link #gcLog} */
    Process run(String heap, Map<String, String> changes) throws IOException {
        Map<String, String> environment = new HashMap<>();
        environment.put("JAVA_OPTS", heap + " -Xlog:gc:file=" + gcLog());
        environment.put("DATA_DIR", data().toString());
        environment.put("CXONE_BASE_URL", address.toString());
        environment.put("CXONE_CLIENT_ID", "client-1");
        environment.put("CXONE_CLIENT_SECRET", "secret-1");
        environment.put("CXONE_MAX_IN_FLIGHT", "32");
        environment.put("PICKUP_FILE_SETTLE_MS", "0");
        environment.put("OPS_ENABLED", "false");
        environment.putAll(changes);
        return start("cxt", environment, "run", "--once");
    }

    private Process start(String name, Map<String, String> environment, String... arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(Stream.concat(
                                Stream.of(distribution.resolve("bin/cxt").toString()), List.of(arguments).stream())
                        .toList())
                .redirectOutput(folder.resolve(name + ".out").toFile())
                .redirectError(folder.resolve(name + ".err").toFile());
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** Where the stand-in listens. */
    URI address() {
        return address;
    }

    Path data() {
        return folder.resolve("data");
    }

    Path gcLog() {
        return folder.resolve("gc.log");
    }

    /** Changes what the stand-in does. */
    void control(String change) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(address.resolve("/control"))
                .POST(HttpRequest.BodyPublishers.ofString(change))
                .build();
        String answer = http.send(request, BodyHandlers.ofString()).body();
        if (!answer.contains("traffic")) {
            throw new IllegalStateException("the stand-in does not play the faults: " + answer);
        }
    }

    JsonNode stats() throws Exception {
        HttpRequest ask = HttpRequest.newBuilder(address.resolve("/stats")).build();
        return json.readTree(http.send(ask, BodyHandlers.ofString()).body());
    }

    @Override
    public void close() {
        cxone.destroy();
    }
}
