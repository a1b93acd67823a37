package io.cxt.soak;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.fixture.Await;
import io.cxt.fixture.Postgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The distribution as a process of 128 MB of heap, against the stand-in as another, over many chats. */
public final class SoakRun {
    private static final String HEAP = "-Xmx128m";
    private static final int COLLECT_EVERY = 5;

    /** 5 % of the calls: refused for now, held back, lost after they arrived, slow. */
    private static final String FAULTS = """
            {"latencyMillis": 20,
             "faults": {"503": 2.4, "429;Retry-After: 1": 0.1, "reset-after-body": 1, "latency=500": 1.5}}""";

    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Path folder;
    private final Postgres postgres;
    private final List<Sample> samples = new ArrayList<>();

    private SoakRun(Path folder, Postgres postgres) {
        this.folder = folder;
        this.postgres = postgres;
    }

    /** @param arguments chats, database ({@code sqlite} or {@code postgresql}), folder with real chats; all optional */
    public static void main(String... arguments) throws Exception {
        int chats = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 30_000;
        boolean postgresql = arguments.length > 1 && arguments[1].equals("postgresql");
        Path source = Path.of(arguments.length > 2 ? arguments[2] : "../shared/data");
        Path folder = Files.createTempDirectory("cxt-soak");
        boolean good;
        try (Postgres postgres = postgresql ? Postgres.start(folder.resolve("postgres")) : null) {
            good = new SoakRun(folder, postgres).run(chats, source);
        }
        System.out.println(good ? "Flat, and all is sent." : "Look into " + folder);
        System.exit(good ? 0 : 1);
    }

    private boolean run(int chats, Path source) throws Exception {
        String what = ManyChats.drop(chats, source, Files.createDirectories(folder.resolve("data/inbox")));
        Process cxone = start("cxone", Map.of(), "simulate");
        try {
            Await.until(() -> Files.size(folder.resolve("cxone.out")) > 0, Duration.ofSeconds(60));
            URI address =
                    URI.create(Files.readString(folder.resolve("cxone.out")).strip());
            control(address);
            int exit = watch(start("cxt", environment(address), "run", "--once"), address);
            JsonNode stats = stats(address);
            Tenths tenths = new Tenths(samples, chats);
            System.out.printf(
                    "%d chats (%s), %s, %s, exit %d%nCXone: %s%n%s",
                    chats, what, postgres == null ? "SQLite" : "PostgreSQL", HEAP, exit, stats, tenths.table());
            tenths.growing().forEach(System.out::println);
            return exit == 0
                    && stats.path("acceptedDistinct").asLong() == chats
                    && tenths.growing().isEmpty();
        } finally {
            cxone.destroy();
        }
    }

    private int watch(Process cxt, URI address) throws Exception {
        Watched watched = new Watched(cxt, folder.resolve("gc.log"));
        long begin = System.nanoTime();
        try {
            for (int second = 1; !cxt.waitFor(1, TimeUnit.SECONDS); second++) {
                if (second % COLLECT_EVERY == 0) {
                    watched.collect();
                }
                long sent = stats(address).path("acceptedDistinct").asLong();
                try {
                    samples.add(watched.sample((System.nanoTime() - begin) / 1e9, sent));
                } catch (IOException e) {
                    System.err.println("no sample, the process is ending: " + e.getMessage());
                }
            }
            return cxt.exitValue();
        } finally {
            cxt.destroy();
        }
    }

    private Process start(String name, Map<String, String> environment, String... arguments) throws IOException {
        List<String> line = new ArrayList<>(List.of("target/cxt/bin/cxt"));
        line.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(line)
                .redirectOutput(folder.resolve(name + ".out").toFile())
                .redirectError(folder.resolve(name + ".err").toFile());
        builder.environment().putAll(environment);
        return builder.start();
    }

    private Map<String, String> environment(URI cxone) throws IOException {
        Map<String, String> environment = new HashMap<>();
        environment.put("JAVA_OPTS", HEAP + " -Xlog:gc:file=" + folder.resolve("gc.log"));
        environment.put("DATA_DIR", folder.resolve("data").toString());
        environment.put("CXONE_BASE_URL", cxone.toString());
        environment.put("CXONE_CLIENT_ID", "client-1");
        environment.put("CXONE_CLIENT_SECRET", "secret-1");
        environment.put("CXONE_REQUESTS_PER_SECOND", "300");
        environment.put("CXONE_MAX_IN_FLIGHT", "32");
        environment.put("CXONE_RETRY_FIRST_DELAY_MS", "200");
        environment.put("PICKUP_FILE_SETTLE_MS", "0");
        environment.put("OPS_ENABLED", "false");
        if (postgres != null) {
            Path password = Files.writeString(folder.resolve("password"), postgres.password());
            Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
            environment.put("LEDGER_URL", postgres.url());
            environment.put("LEDGER_USERNAME", postgres.user());
            environment.put("LEDGER_PASSWORD_FILE", password.toString());
        }
        return environment;
    }

    private void control(URI cxone) throws Exception {
        HttpRequest change = HttpRequest.newBuilder(cxone.resolve("/control"))
                .POST(HttpRequest.BodyPublishers.ofString(FAULTS))
                .build();
        String answer = http.send(change, BodyHandlers.ofString()).body();
        if (!answer.contains("traffic")) {
            throw new IllegalStateException("the stand-in does not play the faults: " + answer);
        }
    }

    private JsonNode stats(URI cxone) throws Exception {
        HttpRequest ask = HttpRequest.newBuilder(cxone.resolve("/stats")).build();
        return json.readTree(http.send(ask, BodyHandlers.ofString()).body());
    }
}
