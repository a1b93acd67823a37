package io.cxt.soak;

import io.cxt.db.Database;
import io.cxt.db.LedgerSettings;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The distribution with its ledger in SQLite, in a PostgreSQL on this machine, and in one at the end of a line of 1 and
 * of 5 ms, in turn: how many transcripts a second, and what they cost the processor.
 */
public final class DatabaseRun {
    private static final int IN_FLIGHT = 64;
    private static final String LATENCY_MS = "20";
    private static final long LOOK_EVERY_MS = 20;
    /** Linux counts processor time in hundredths of a second. */
    private static final double TICKS = 100;

    private final int chats;

    private DatabaseRun(int chats) {
        this.chats = chats;
    }

    /**
     * @param arguments chats, runs, lines, and folders of distributions to compare. A line is {@code sqlite} or its round
     *     trip in ms; then, where wanted, {@code /fill=} and the fill factor of the table of deliveries
     */
    public static void main(String... arguments) throws Exception {
        int chats = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 20_000;
        int runs = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3;
        List<String> lines = List.of((arguments.length > 2 ? arguments[2] : "sqlite,0,1,5").split(","));
        List<String> distributions =
                arguments.length > 3 ? List.of(arguments).subList(3, arguments.length) : List.of("target/cxt");
        DatabaseRun all = new DatabaseRun(chats);
        System.out.printf(
                "%,d chats of 12 messages, %d in flight, CXone answers after %s ms%n%n"
                        + "| run | distribution | ledger | a second | CPU s per 1,000 | the server's | commits per 1,000 | connections in all"
                        + " | updates in place | KB for each | load before |%n|---|---|---|---|---|---|---|---|---|---|---|%n",
                chats, IN_FLIGHT, LATENCY_MS);
        for (int i = 1; i <= runs; i++) {
            for (String line : lines) {
                for (String distribution : distributions) {
                    all.measure(i, distribution, line);
                }
            }
        }
        System.exit(0);
    }

    private void measure(int number, String distribution, String line) throws Exception {
        Path folder = Files.createTempDirectory("cxt-database");
        String load = Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
        Map<String, String> changes = new HashMap<>();
        changes.put("CXONE_MAX_IN_FLIGHT", Integer.toString(IN_FLIGHT));
        changes.put("CXONE_REQUESTS_PER_SECOND", "10000");
        if (line.equals("sqlite")) {
            print(number, distribution, "SQLite", one(folder, distribution, changes), "", " | | | ", load);
            return;
        }
        try (EmbeddedPostgres server = EmbeddedPostgres.builder()
                        .setDataDirectory(folder.resolve("postgres").toFile())
                        .start();
                DelayedLine relay = new DelayedLine(server.getPort(), Integer.parseInt(line.split("/")[0]))) {
            int port = line.startsWith("0") ? server.getPort() : relay.port();
            prepare(server, line, folder);
            changes.put("LEDGER_URL", "jdbc:postgresql://127.0.0.1:" + port + "/postgres");
            changes.put("LEDGER_USERNAME", "postgres");
            int postmaster = Integer.parseInt(Files.readAllLines(folder.resolve("postgres/postmaster.pid"))
                    .get(0)
                    .strip());
            double[] result = one(folder, distribution, changes);
            String counts = counts(server);
            print(
                    number,
                    distribution,
                    "PostgreSQL, " + line.replaceFirst("/|$", " ms$0"),
                    result,
                    "%.3f".formatted(endedCpu(postmaster) * 1000 / chats),
                    counts,
                    load);
        } finally {
            new ProcessBuilder("rm", "-rf", folder.toString())
                    .inheritIO()
                    .start()
                    .waitFor();
        }
    }

    /** @return transcripts a second from the first tenth to the last, and the processor's seconds for 1,000 */
    private double[] one(Path folder, String distribution, Map<String, String> changes) throws Exception {
        try (Processes processes = new Processes(folder, Path.of(distribution), "--latency", LATENCY_MS)) {
            ManyChats.drop(
                    chats,
                    folder.resolve("none"),
                    Files.createDirectories(processes.data().resolve("inbox")));
            double cpu = endedCpu(ProcessHandle.current().pid());
            Process cxt = processes.run("-Xmx256m", changes);
            long from = reached(processes, cxt, chats / 10);
            long to = reached(processes, cxt, chats * 9 / 10);
            int exit = cxt.waitFor();
            long accepted = processes.stats().path("acceptedDistinct").asLong();
            if (exit != 0
                    || accepted != chats
                    || processes.stats().path("repeats").asLong() != 0) {
                throw new IOException("exit %d, %d accepted; see %s".formatted(exit, accepted, folder));
            }
            return new double[] {
                chats * 0.8 * 1e9 / (to - from),
                (endedCpu(ProcessHandle.current().pid()) - cpu) * 1000 / chats
            };
        }
    }

    private static long reached(Processes processes, Process cxt, int count) throws Exception {
        while (processes.stats().path("acceptedDistinct").asLong() < count
                && !cxt.waitFor(LOOK_EVERY_MS, TimeUnit.MILLISECONDS)) {
            // still at it
        }
        return System.nanoTime();
    }

    /** Seconds of the processor for all processes that a process started and that have ended. */
    private static double endedCpu(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[13]) + Long.parseLong(fields[14])) / TICKS;
    }

    private static void prepare(EmbeddedPostgres server, String line, Path folder) throws SQLException {
        String url = "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/postgres";
        new Database(new LedgerSettings(url, "postgres", null, folder)).migrate();
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            for (String option : line.split("/")) {
                if (option.startsWith("fill=")) {
                    statement.execute("ALTER TABLE delivery SET (fillfactor = " + option.substring(5) + ")");
                }
            }
        }
    }

    /** Commits for 1,000 chats, connections, share of updates that changed no index, and what is stored. */
    private String counts(EmbeddedPostgres server) throws SQLException {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT xact_commit, sessions, (SELECT n_tup_hot_upd * 1.0"
                        + " / n_tup_upd FROM pg_stat_user_tables WHERE relname = 'delivery'),"
                        + " (SELECT sum(pg_total_relation_size(relid)) FROM pg_stat_user_tables)"
                        + " FROM pg_stat_database WHERE datname = 'postgres'")) {
            row.next();
            return "%d | %d | %.2f | %.1f"
                    .formatted(
                            row.getLong(1) * 1000 / chats,
                            row.getLong(2),
                            row.getDouble(3),
                            row.getDouble(4) / 1024 / chats);
        }
    }

    private static void print(
            int number,
            String distribution,
            String ledger,
            double[] result,
            String server,
            String counts,
            String load) {
        System.out.printf(
                "| %d | %s | %s | %.0f | %.3f | %s | %s | %s |%n",
                number, distribution, ledger, result[0], result[1], server, counts, load);
    }
}
