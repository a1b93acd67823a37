package io.cxt.soak;

import com.fasterxml.jackson.databind.JsonNode;
import io.cxt.fixture.Postgres;
import io.cxt.simulator.digital.DigitalStandIn;
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
    private static final String SIGN_IN = "/authentication/v1/token/access-key";

    /** 5 % of the calls: refused for now, held back, lost after they arrived, slow. */
    private static final String FAULTS = """
            {"latencyMillis": 20,
             "faults": {"503": 2.4, "429;Retry-After: 1": 0.1, "reset-after-body": 1, "latency=500": 1.5}}""";

    private final boolean digital;
    private final Path folder;
    private final Postgres postgres;
    private final List<Sample> samples = new ArrayList<>();

    private SoakRun(boolean digital, Path folder, Postgres postgres) {
        this.digital = digital;
        this.folder = folder;
        this.postgres = postgres;
    }

    /**
     * @param arguments chats, database ({@code sqlite} or {@code postgresql}), folder with real chats; all optional. The
     *     same after {@code digital}
     */
    public static void main(String... arguments) throws Exception {
        boolean digital = arguments.length > 0 && arguments[0].equals("digital");
        List<String> rest = List.of(arguments).subList(digital ? 1 : 0, arguments.length);
        int chats = rest.isEmpty() ? 30_000 : Integer.parseInt(rest.get(0));
        boolean postgresql = rest.size() > 1 && rest.get(1).equals("postgresql");
        Path source = Path.of(rest.size() > 2 ? rest.get(2) : "../shared/data");
        Path folder = Files.createTempDirectory("cxt-soak");
        boolean good;
        try (Postgres postgres = postgresql ? Postgres.start(folder.resolve("postgres")) : null) {
            good = new SoakRun(digital, folder, postgres).run(chats, source);
        }
        System.out.println(good ? "Flat, and all is sent." : "Look into " + folder);
        System.exit(good ? 0 : 1);
    }

    private boolean run(int chats, Path source) throws Exception {
        String[] options = digital ? new String[] {"--target", "cxone-digital"} : new String[0];
        try (Processes processes = new Processes(folder, Path.of("target/cxt"), options)) {
            ManyChats.Dropped dropped = ManyChats.drop(
                    chats, source, Files.createDirectories(processes.data().resolve("inbox")));
            long wanted = digital ? dropped.messages() : chats;
            processes.control(FAULTS);
            int exit = watch(processes.run(HEAP, changes(processes)), processes);
            JsonNode stats = processes.stats();
            Tenths tenths = new Tenths(samples, wanted);
            System.out.printf(
                    "%d chats (%s), %s, %s, exit %d%nCXone: %s%n%s",
                    chats,
                    dropped.what(),
                    postgres == null ? "SQLite" : "PostgreSQL",
                    HEAP,
                    exit,
                    stats,
                    tenths.table());
            tenths.growing().forEach(System.out::println);
            return exit == 0
                    && sent(stats) == wanted
                    && (!digital || stats.path("contacts").asLong() == chats && isInOrder(stats))
                    && tenths.growing().isEmpty();
        }
    }

    /** Chats that CXone has, or messages. */
    private long sent(JsonNode stats) {
        return stats.path(digital ? "distinct" : "acceptedDistinct").asLong();
    }

    /** No message twice, no call before its time, no chat in two contacts. */
    private static boolean isInOrder(JsonNode stats) {
        return stats.path("accepted").asLong() == stats.path("distinct").asLong()
                && stats.path("earlyContact").asLong() == 0
                && stats.path("splitContacts").asLong() == 0;
    }

    private int watch(Process cxt, Processes processes) throws Exception {
        Watched watched = new Watched(cxt, processes.gcLog());
        long begin = System.nanoTime();
        try {
            for (int second = 1; !cxt.waitFor(1, TimeUnit.SECONDS); second++) {
                if (second % COLLECT_EVERY == 0) {
                    watched.collect();
                }
                long sent = sent(processes.stats());
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

    private Map<String, String> changes(Processes processes) throws IOException {
        Map<String, String> changes = new HashMap<>();
        changes.put("CXONE_REQUESTS_PER_SECOND", "300");
        changes.put("CXONE_RETRY_FIRST_DELAY_MS", "200");
        if (digital) {
            changes.put("CXONE_TARGET", "cxone-digital");
            changes.put(
                    "CXONE_SIGN_IN_URL", processes.address().resolve(SIGN_IN).toString());
            changes.put("CXONE_ACCESS_KEY_ID", "key-1");
            changes.put("CXONE_ACCESS_KEY_SECRET", "secret-1");
            changes.put("CXONE_DIGITAL_CHANNEL_ID", DigitalStandIn.CHANNEL);
            changes.put("CXONE_DIGITAL_ARCHIVE_CHANNEL", "confirmed");
        }
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
