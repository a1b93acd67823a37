package io.cxt.bench;

import io.cxt.audit.AuditQuery;
import io.cxt.db.LedgerSettings;
import io.cxt.ledger.Deliveries;
import io.cxt.ledger.Delivery;
import io.cxt.ledger.Ledger;
import io.cxt.ledger.LedgerView;
import io.cxt.transcript.Origin;
import io.cxt.transcript.Part;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What a look-up and a delivery cost in a ledger that has grown: rows are filled in with SQL, in the order of their
 * random ids, two audit events each; then real deliveries with random ids are measured.
 */
public final class LedgerSize {
    private static final int LOOK_UPS = 20_000;
    private static final int DELIVERIES = 20_000;
    private static final int THREADS = 16;
    private static final String ID = "lower(hex(x)) || '-' || n";

    private final LedgerSettings settings;
    private final Random random = new Random(1);
    private long filled;

    private LedgerSize(Path folder) {
        settings = new LedgerSettings("jdbc:sqlite:" + folder.resolve("ledger.db"), null, null, folder);
    }

    /** @param rows how many deliveries the ledger is to have, ascending; a table row for each */
    public static void main(String... rows) throws Exception {
        Path folder = Files.createTempDirectory("cxt-ledger-size");
        LedgerSize size = new LedgerSize(folder);
        System.out.println("| deliveries in the ledger | size on disk | look-up, known id | look-up, new id |"
                + " delivery (claim, outcome, archived, fed), a second | CPU for each | `cxt find` reads in |");
        System.out.println("|---|---|---|---|---|---|---|");
        for (String each : rows) {
            size.grow(Long.parseLong(each));
            size.measure();
        }
    }

    private void grow(long rows) throws Exception {
        Ledger.open(settings, "bench", true, Clock.systemUTC()).close(); // makes the tables
        try (Connection connection = DriverManager.getConnection(settings.url());
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA synchronous = OFF");
            statement.execute("PRAGMA cache_size = -1000000");
            while (filled < rows) {
                long step = Math.min(1_000_000, rows - filled);
                fill(statement, filled, filled + step);
                filled += step;
            }
            statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }

    private static void fill(Statement statement, long from, long to) throws SQLException {
        String numbers = "WITH RECURSIVE numbers(n) AS (SELECT " + from
                + " UNION ALL SELECT n + 1 FROM numbers WHERE n < " + (to - 1) + ") ";
        statement.execute("CREATE TEMP TABLE ids AS " + numbers + "SELECT n, randomblob(12) AS x FROM numbers");
        statement.execute(
                "INSERT INTO delivery (target, interaction_id, part, parts, state, content_hash, calling, doubted,"
                        + " attempts, http_status, conversation_id, intake_id, source, source_index, source_line, messages,"
                        + " bytes, owner, lease_until, received_at, finished_at, latency_ms, archived_at, archived_in, fed_at)"
                        + " SELECT 'conversations', " + ID
                        + ", 1, 1, 'SENT', hex(x) || hex(x), 0, 0, 1, 201, hex(x), 'intake-'"
                        + " || (n / 1000), 'chats.ndjson', n, n, 12, 2500, 'bench', 0, 1700000000000, 1700000000000, 100,"
                        + " 1700000000000, '2026-11-22/101500.000-0a1b2c3d.ndjson.gz@' || n || ':1', 1700000000000"
                        + " FROM ids ORDER BY 2");
        for (String event : List.of("CLAIMED", "SENT")) {
            statement.execute("INSERT INTO audit_event (chain, seq, at, event, interaction_id, part, source, actor,"
                    + " http_status, attempt, latency_ms, payload_hash, config, hash) SELECT 'filled-" + event + "', n,"
                    + " '2026-11-22T10:15:00.000000Z', '" + event + "', " + ID
                    + ", 1, 'chats.ndjson#' || n, 'cxt', 201,"
                    + " 1, 100, hex(x) || hex(x), 'bench', hex(x) || hex(x) FROM ids ORDER BY " + ID);
        }
        statement.execute("DROP TABLE ids");
    }

    private void measure() throws Exception {
        List<String> known = some("SELECT interaction_id FROM delivery WHERE rowid IN (%s)");
        try (Ledger ledger = Ledger.open(settings, "bench", true, Clock.systemUTC())) {
            Deliveries deliveries = ledger.deliveries();
            double knownMicros = lookUps(deliveries, known);
            double newMicros = lookUps(deliveries, fresh());
            String intake = ledger.intakes().open("file", "chats.ndjson", 1);
            List<String> ids = fresh();
            long cpu = cpuNanos();
            long began = System.nanoTime();
            deliver(deliveries, intake, ids);
            double seconds = (System.nanoTime() - began) / 1e9;
            double micros = (cpuNanos() - cpu) / 1e3 / ids.size();
            filled += ids.size();
            System.out.printf(
                    "| %,d | %,d MB | %.0f us | %.0f us | %,.0f | %.0f us | %.1f ms |%n",
                    filled - ids.size(),
                    Files.size(settings.folder().resolve("ledger.db")) >> 20,
                    knownMicros,
                    newMicros,
                    ids.size() / seconds,
                    micros,
                    find(known));
        }
    }

    private List<String> some(String sql) throws SQLException {
        StringBuilder rows = new StringBuilder("0");
        random.longs(LOOK_UPS, 1, filled + 1).forEach(row -> rows.append(',').append(row));
        List<String> ids = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(settings.url());
                Statement statement = connection.createStatement();
                var found = statement.executeQuery(sql.formatted(rows))) {
            while (found.next()) {
                ids.add(found.getString(1));
            }
        }
        java.util.Collections.shuffle(ids, random);
        return ids;
    }

    private static List<String> fresh() {
        List<String> ids = new ArrayList<>(DELIVERIES);
        for (int i = 0; i < DELIVERIES; i++) {
            ids.add(UUID.randomUUID().toString());
        }
        return ids;
    }

    private static Part part(String id, String intake) {
        byte[] payload = id.getBytes(StandardCharsets.UTF_8);
        return Part.of("conversations", id, 1, 1, 12, payload, List.of(), new Origin(intake, "chats.ndjson", 1, 1));
    }

    private static double lookUps(Deliveries deliveries, List<String> ids) throws Exception {
        long began = System.nanoTime();
        for (String id : ids) {
            Part part = part(id, "none");
            deliveries.lookUp(part);
            deliveries.unlock(part);
        }
        return (System.nanoTime() - began) / 1e3 / ids.size();
    }

    private static void deliver(Deliveries deliveries, String intake, List<String> ids) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> ends = new ArrayList<>();
            for (String id : ids) {
                ends.add(threads.submit(() -> {
                    Part part = part(id, intake);
                    Delivery delivery = deliveries.lookUp(part);
                    deliveries.claim(delivery);
                    deliveries.sent(delivery, 201, "conv", null, Duration.ofMillis(1));
                    deliveries.archived(part, "2026-11-22/101500.000-0a1b2c3d.ndjson.gz@1:1");
                    deliveries.fed(part);
                    deliveries.unlock(part);
                    return null;
                }));
            }
            for (Future<?> end : ends) {
                end.get();
            }
        } finally {
            threads.shutdown();
        }
    }

    private double find(List<String> ids) {
        int count = 200;
        long began = System.nanoTime();
        try (LedgerView view = LedgerView.of(settings)) {
            for (String id : ids.subList(0, Math.min(count, ids.size()))) {
                view.deliveries(id);
                view.audit().events(AuditQuery.ofInteraction(Set.of(id)), event -> {});
            }
        }
        return (System.nanoTime() - began) / 1e6 / count;
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean)
                        java.lang.management.ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
