package io.cxt.pace;

import io.cxt.fixture.Await;
import io.cxt.fixture.Chats;
import io.cxt.fixture.Command;
import io.cxt.fixture.Postgres;
import io.cxt.simulator.ReceivedCall;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** CXT against a tenant with a limit: how much of it is used, and how often it is refused. Program of src/bench/limits. */
public final class LimitsRun {
    private static final int LATENCY_MS = 50;
    static final int IN_FLIGHT = 64;
    private static final int CHATS_IN_A_FILE = 1000;
    static final Duration START = Duration.ofSeconds(60);

    private final int seconds;

    private LimitsRun(int seconds) {
        this.seconds = seconds;
    }

    /** @param arguments seconds for each line; limits; bursts; rates as a share of the limit; instances: lists with commas */
    public static void main(String... arguments) throws Exception {
        warmUp();
        if (arguments.length > 0 && arguments[0].equals("tenants")) {
            TenantsRun.main();
            return;
        }
        LimitsRun run = new LimitsRun(arguments.length > 0 ? Integer.parseInt(arguments[0]) : 60);
        System.out.printf("latency %d ms, %d calls in flight each, %d s a line%n", LATENCY_MS, IN_FLIGHT, run.seconds);
        System.out.println("""
                | limit | burst | rate set | instances | used | refused | in the last half: used | refused | calls inside a Retry-After | busiest 100 ms to even share | CPU s for 1,000 |
                |---|---|---|---|---|---|---|---|---|---|---|""");
        for (String limit : list(arguments, 1, "50,500")) {
            for (String burst : list(arguments, 2, "1,50")) {
                for (String share : list(arguments, 3, "1,1.2,0")) {
                    for (String instances : list(arguments, 4, "1")) {
                        run.line(
                                Integer.parseInt(limit),
                                Integer.parseInt(burst),
                                (int) (Integer.parseInt(limit) * Double.parseDouble(share)),
                                Integer.parseInt(instances));
                    }
                }
            }
        }
    }

    /** A tenant's first refusal must not take longer than the others because Java reads the classes that it takes. */
    private static void warmUp() throws Exception {
        try (StandIn cxone = StandIn.start(StandInSettings.defaults().withRate(50, 1))) {
            HttpClient client = HttpClient.newHttpClient();
            String token = client.send(
                            post(cxone, "/api/v2/oauth/token", "application/x-www-form-urlencoded")
                                    .POST(BodyPublishers.ofString("grant_type=client_credentials&client_id=a"
                                            + "&client_secret=b&scope=conversations:chat:write"))
                                    .build(),
                            BodyHandlers.ofString())
                    .body()
                    .replaceAll(".*\"access_token\"\\s*:\\s*\"([^\"]*)\".*", "$1");
            for (String chat : Chats.lines("warm", CHATS_IN_A_FILE).split("\n")) {
                client.send(
                        post(cxone, "/api/v2/conversations/channels/chat", "application/json")
                                .header("Authorization", "Bearer " + token)
                                .POST(BodyPublishers.ofString(chat))
                                .build(),
                        BodyHandlers.discarding());
            }
        }
    }

    private static HttpRequest.Builder post(StandIn cxone, String path, String type) {
        return HttpRequest.newBuilder(URI.create(cxone.baseUri() + path)).header("Content-Type", type);
    }

    private static String[] list(String[] arguments, int at, String fallback) {
        return (arguments.length > at ? arguments[at] : fallback).split(",");
    }

    private void line(int limit, int burst, int set, int instances) throws Exception {
        Path folder = Files.createTempDirectory("cxt-limits");
        Optional<Postgres> database =
                instances == 1 ? Optional.empty() : Optional.of(Postgres.start(folder.resolve("pg")));
        List<Command> running = new ArrayList<>();
        try (StandIn cxone = StandIn.start(StandInSettings.defaults()
                .withJournal(1_000_000)
                .withLatency(LATENCY_MS)
                .withRate(limit, burst))) {
            fill(folder.resolve("inbox"), limit * (seconds + 60));
            for (int instance = 0; instance < instances; instance++) {
                running.add(
                        Command.start(folder, environment(folder, instance, set, cxone, database), "run", "--once"));
            }
            Await.until(() -> !cxone.calls().isEmpty(), START);
            long begin = cxone.calls().get(0).arrivedNanos();
            Await.until(() -> System.nanoTime() - begin > seconds * 1_000_000_000L, Duration.ofSeconds(seconds + 30));
            report(limit, burst, set, running, begin, cxone);
        } finally {
            running.forEach(Command::close);
            if (database.isPresent()) {
                database.get().close();
            }
        }
    }

    private void report(int limit, int burst, int set, List<Command> instances, long begin, StandIn cxone) {
        double cpu = instances.stream()
                .mapToDouble(each ->
                        each.process().info().totalCpuDuration().orElseThrow().toMillis())
                .sum();
        List<ReceivedCall> all = cxone.calls();
        double[] whole = share(all, begin, begin + seconds * 1_000_000_000L, limit, burst);
        double[] half = share(all, begin + seconds * 500_000_000L, begin + seconds * 1_000_000_000L, limit, 0);
        System.out.printf(
                "| %d | %d | %d | %d | %.3f | %.2f %% | %.3f | %.2f %% | %d | %.2f | %.2f |%n",
                limit,
                burst,
                set,
                instances.size(),
                whole[0],
                100 * whole[1],
                half[0],
                100 * half[1],
                cxone.counts().callsDuringRetryAfter(),
                busiest(all, 100_000_000L) / (limit / 10.0),
                cpu / cxone.counts().accepted());
    }

    /** What of the limit was used, the burst at the beginning left out, and what was refused. */
    private static double[] share(List<ReceivedCall> all, long from, long to, int limit, int burst) {
        List<ReceivedCall> seen = all.stream()
                .filter(call -> call.arrivedNanos() >= from && call.arrivedNanos() < to)
                .toList();
        long accepted = seen.stream().filter(ReceivedCall::accepted).count();
        return new double[] {
            accepted / (limit * (to - from) / 1e9), seen.isEmpty() ? 0 : 1 - accepted / (double) seen.size()
        };
    }

    static int busiest(List<ReceivedCall> all, long window) {
        List<Long> arrivals =
                all.stream().map(ReceivedCall::arrivedNanos).sorted().toList();
        int most = 0;
        int from = 0;
        for (int to = 0; to < arrivals.size(); to++) {
            while (arrivals.get(to) - arrivals.get(from) >= window) {
                from++;
            }
            most = Math.max(most, to - from + 1);
        }
        return most;
    }

    static void fill(Path inbox, int chats) throws IOException {
        Files.createDirectories(inbox);
        for (int file = 0; file * CHATS_IN_A_FILE < chats; file++) {
            Files.writeString(inbox.resolve("file-" + file + ".ndjson"), Chats.lines("chat-" + file, CHATS_IN_A_FILE));
        }
    }

    static Map<String, String> environment(
            Path folder, int instance, int set, StandIn cxone, Optional<Postgres> database) throws IOException {
        Map<String, String> environment = new HashMap<>();
        environment.put("DATA_DIR", folder.resolve("data-" + instance).toString());
        environment.put("PICKUP_FILE_FOLDER", folder.resolve("inbox").toString());
        environment.put("PICKUP_FILE_SETTLE_MS", "0");
        environment.put("CXONE_BASE_URL", cxone.baseUri().toString());
        environment.put("CXONE_CLIENT_ID", "client-1");
        environment.put("CXONE_CLIENT_SECRET", "secret-1");
        environment.put("CXONE_REQUESTS_PER_SECOND", Integer.toString(set));
        environment.put("CXONE_MAX_IN_FLIGHT", Integer.toString(IN_FLIGHT));
        if (database.isPresent()) {
            Path password = folder.resolve("password");
            Files.writeString(password, database.get().password());
            Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
            environment.put("LEDGER_URL", database.get().url());
            environment.put("LEDGER_USERNAME", database.get().user());
            environment.put("LEDGER_PASSWORD_FILE", password.toString());
        }
        return environment;
    }
}
