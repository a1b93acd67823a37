package io.cxt.kill;

import io.cxt.db.LedgerSettings;
import io.cxt.fixture.Await;
import io.cxt.fixture.BrokerProcess;
import io.cxt.fixture.Chats;
import io.cxt.fixture.Command;
import io.cxt.fixture.Postgres;
import io.cxt.ledger.LedgerView;
import io.cxt.simulator.Broker;
import io.cxt.simulator.ReceivedCall;
import io.cxt.simulator.ReceivedPart;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The worked example of config/scale-out: one instance splits files onto a queue, several send, on one PostgreSQL and
 * one budget. Each instance, the broker and the database are processes of their own.
 */
public final class ScaleOutRun {
    private static final Path EXAMPLE = Path.of("config/scale-out");
    private static final int CHATS_IN_A_FILE = 500;
    /** Few, so that the senders, the broker, the database and the stand-in find room on one small machine. */
    private static final int IN_FLIGHT = 4;

    private static final Duration LIMIT = Duration.ofSeconds(300);

    /** What came of it. */
    record Result(
            int instances, int chats, double perSecond, int busiestSecond, long repeats, long unmarked, long lost) {
        static final String HEAD = """
                | senders | transcripts | a second | busiest second | lost | repeats | of them unmarked |
                |---|---|---|---|---|---|---|""";

        String row() {
            return "| %d | %d | %.0f | %d | %d | %d | %d |"
                    .formatted(instances, chats, perSecond, busiestSecond, lost, repeats, unmarked);
        }
    }

    private final Path folder;
    private final int budget;
    private final int latencyMs;

    ScaleOutRun(Path folder, int budget, int latencyMs) {
        this.folder = folder;
        this.budget = budget;
        this.latencyMs = latencyMs;
    }

    /** @param arguments calls a second that the tenant allows, latency in milliseconds, seconds for each; all optional */
    public static void main(String... arguments) throws Exception {
        int budget = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 120;
        int latencyMs = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 100;
        int seconds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 20;
        System.out.printf(
                "budget %d calls a second, latency %d ms, %d calls in flight each%n", budget, latencyMs, IN_FLIGHT);
        System.out.println(Result.HEAD);
        boolean good = true;
        for (int[] of : new int[][] {{1, 0}, {2, 0}, {4, 0}, {4, 1}}) {
            int chats = Math.min(budget, of[0] * IN_FLIGHT * 1000 / latencyMs) * seconds;
            Result result = new ScaleOutRun(Files.createTempDirectory("cxt-scale-out"), budget, latencyMs)
                    .run(of[0], chats, of[1] == 1);
            System.out.println(result.row() + (of[1] == 1 ? " one sender killed in the middle" : ""));
            good &= result.lost() + result.unmarked() == 0 && result.busiestSecond() <= budget;
        }
        System.out.println(good ? "All is accounted for." : "Not as it should be.");
        System.exit(good ? 0 : 1);
    }

    Result run(int senders, int chats, boolean killOne) throws Exception {
        try (Postgres database = Postgres.start(folder.resolve("postgres"));
                BrokerProcess broker = BrokerProcess.start(folder.resolve("broker"));
                StandIn cxone = StandIn.start(
                        StandInSettings.defaults().withJournal(1_000_000).withLatency(latencyMs))) {
            split(database, broker, cxone, chats);
            if (cxone.counts().posts() > 0) {
                throw new IllegalStateException("the splitter sent something");
            }
            List<Command> running = new ArrayList<>();
            try {
                for (int sender = 1; sender <= senders; sender++) {
                    running.add(Command.start(
                            folder,
                            environment("sender", "sender-" + sender, database, broker, cxone),
                            "run",
                            "--once"));
                }
                if (killOne) {
                    Await.until(() -> cxone.counts().posts() >= chats / 2, LIMIT);
                    running.remove(0).close();
                }
                for (Command each : running) {
                    ended(each);
                }
            } finally {
                running.forEach(Command::close);
            }
            return result(database, cxone, senders, chats);
        }
    }

    private void split(Postgres database, BrokerProcess broker, StandIn cxone, int chats) throws Exception {
        Path inbox = Files.createDirectories(folder.resolve("inbox"));
        for (int file = 0; file * CHATS_IN_A_FILE < chats; file++) {
            int count = Math.min(CHATS_IN_A_FILE, chats - file * CHATS_IN_A_FILE);
            Files.writeString(inbox.resolve("file-" + file + ".ndjson"), Chats.lines("chat-" + file, count));
        }
        Map<String, String> environment = environment("splitter", "splitter", database, broker, cxone);
        environment.put("PICKUP_FILE_FOLDER", inbox.toString());
        environment.put("PICKUP_FILE_SETTLE_MS", "0");
        ended(Command.start(folder, environment, "run", "--once"));
    }

    private static void ended(Command command) throws Exception {
        Command.Ended ended = command.ended();
        if (ended.exit() != 0) {
            throw new IllegalStateException("an instance ended with " + ended.exit() + ": " + ended.err());
        }
    }

    /** The files of the example, with addresses that are here. */
    private Map<String, String> environment(
            String role, String instance, Postgres database, BrokerProcess broker, StandIn cxone) throws IOException {
        Map<String, String> environment = new HashMap<>();
        for (String file : List.of("common", role)) {
            Files.readAllLines(EXAMPLE.resolve(file + ".env")).stream()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("=", 2))
                    .forEach(setting -> environment.put(setting[0], setting[1]));
        }
        environment.put("DATA_DIR", folder.resolve(instance).toString());
        environment.put("CXONE_BASE_URL", cxone.baseUri().toString());
        environment.put("CXONE_CLIENT_SECRET_FILE", secret("client-secret").toString());
        environment.put("CXONE_REQUESTS_PER_SECOND", Integer.toString(budget));
        environment.put("LEDGER_URL", database.url());
        environment.put("LEDGER_USERNAME", database.user());
        environment.put("LEDGER_PASSWORD_FILE", secret("ledger-password").toString());
        environment.put("LEDGER_LEASE_SECONDS", "3");
        environment.put("PICKUP_JMS_BROKER_URL", broker.url());
        environment.put("PICKUP_JMS_QUEUE", Broker.QUEUE);
        environment.put("CXONE_MAX_IN_FLIGHT", Integer.toString(IN_FLIGHT));
        environment.put("JAVA_TOOL_OPTIONS", "-Xmx256m");
        return environment;
    }

    private Path secret(String name) throws IOException {
        Path file = folder.resolve(name);
        if (Files.notExists(file)) {
            Files.writeString(file, "postgres");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        }
        return file;
    }

    private Result result(Postgres database, StandIn cxone, int senders, int chats) throws Exception {
        List<Long> arrivals =
                cxone.calls().stream().map(ReceivedCall::arrivedNanos).sorted().toList();
        long repeats = 0;
        long unmarked = 0;
        for (ReceivedPart delivery : cxone.deliveries()) {
            int again = delivery.count() - 1;
            repeats += again;
            unmarked += again == 0 ? 0 : Math.max(0, again - marks(database, delivery.interactionId()));
        }
        String fault;
        LedgerSettings ledger =
                new LedgerSettings(database.url(), database.user(), database.password(), folder.resolve("sender-1"));
        try (LedgerView view = LedgerView.of(ledger)) {
            fault = view.audit().verify(Reconciliation.instances(folder)).fault();
        }
        if (fault != null) {
            throw new IllegalStateException(fault);
        }
        return new Result(
                senders,
                chats,
                steadyPerSecond(arrivals),
                busiestSecond(arrivals),
                repeats,
                unmarked,
                chats - cxone.deliveries().size());
    }

    private static int marks(Postgres database, String interactionId) throws Exception {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM audit_event WHERE event = 'CLAIMED'"
                        + " AND detail LIKE '%may-repeat%' AND interaction_id = '" + interactionId + "'")) {
            row.next();
            return row.getInt(1);
        }
    }

    /** Without the first and the last fifth, in which instances start and end. */
    private static double steadyPerSecond(List<Long> arrivals) {
        int from = arrivals.size() / 5;
        int to = arrivals.size() - 1 - from;
        return (to - from) * 1e9 / (arrivals.get(to) - arrivals.get(from));
    }

    /** Most calls in any 1,000 ms. */
    private static int busiestSecond(List<Long> arrivals) {
        int most = 0;
        int from = 0;
        for (int to = 0; to < arrivals.size(); to++) {
            while (arrivals.get(to) - arrivals.get(from) >= 1_000_000_000L) {
                from++;
            }
            most = Math.max(most, to - from + 1);
        }
        return most;
    }
}
