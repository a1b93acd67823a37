package io.cxt.soak;

import com.fasterxml.jackson.databind.JsonNode;
import io.cxt.fixture.Postgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
        try (Processes processes = new Processes(folder)) {
            String what = ManyChats.drop(
                    chats, source, Files.createDirectories(processes.data().resolve("inbox")));
            processes.control(FAULTS);
            int exit = watch(processes.run(HEAP, changes()), processes);
            JsonNode stats = processes.stats();
            Tenths tenths = new Tenths(samples, chats);
            System.out.printf(
                    "%d chats (%s), %s, %s, exit %d%nCXone: %s%n%s",
                    chats, what, postgres == null ? "SQLite" : "PostgreSQL", HEAP, exit, stats, tenths.table());
            tenths.growing().forEach(System.out::println);
            return exit == 0
                    && stats.path("acceptedDistinct").asLong() == chats
                    && tenths.growing().isEmpty();
        }
    }

    private int watch(Process cxt, Processes processes) throws Exception {
        Watched watched = new Watched(cxt, processes.gcLog());
        long begin = System.nanoTime();
        try {
            for (int second = 1; !cxt.waitFor(1, TimeUnit.SECONDS); second++) {
                if (second % COLLECT_EVERY == 0) {
                    watched.collect();
                }
                long sent = processes.stats().path("acceptedDistinct").asLong();
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

    private Map<String, String> changes() throws IOException {
        Map<String, String> changes = new HashMap<>();
        changes.put("CXONE_REQUESTS_PER_SECOND", "300");
        changes.put("CXONE_RETRY_FIRST_DELAY_MS", "200");
        if (postgres != null) {
            Path password = Files.writeString(folder.resolve("password"), postgres.password());
            Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
            changes.put("LEDGER_URL", postgres.url());
            changes.put("LEDGER_USERNAME", postgres.user());
            changes.put("LEDGER_PASSWORD_FILE", password.toString());
        }
        return changes;
    }
}
