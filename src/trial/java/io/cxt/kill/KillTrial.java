package io.cxt.kill;

import io.cxt.soak.DelayedLine;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What KillIT does, as often as wanted, on one database or with several instances; {@code src/kill/run}. */
public final class KillTrial {
    private KillTrial() {}

    /**
     * @param arguments how many kills, the database ({@code sqlite} or {@code postgresql}), a seed; the same after
     *     {@code digital}, or {@code erase}; or {@code instances},
     *     how many, how many transcripts, ms of a round trip to the database; all optional
     */
    public static void main(String... arguments) throws Exception {
        Path folder = Files.createTempDirectory("cxt-kill");
        boolean good = arguments.length > 0 && arguments[0].equals("erase")
                ? erase(folder, number(arguments, 1, 40), arguments)
                : arguments.length > 0 && arguments[0].equals("digital")
                        ? digital(folder, number(arguments, 1, 100), arguments)
                        : arguments.length > 0 && arguments[0].equals("instances")
                                ? instances(
                                        folder,
                                        number(arguments, 1, 4),
                                        number(arguments, 2, 5000),
                                        number(arguments, 3, 0))
                                : kills(
                                        folder,
                                        number(arguments, 0, 100),
                                        arguments.length > 1 && arguments[1].equals("postgresql"),
                                        arguments.length > 2 ? Long.parseLong(arguments[2]) : 1);
        System.out.println(good ? "All is accounted for." : "Look into " + folder);
        System.exit(good ? 0 : 1);
    }

    private static boolean erase(Path folder, int kills, String... arguments) throws Exception {
        boolean postgresql = arguments.length > 2 && arguments[2].equals("postgresql");
        try (Site site = Site.open(folder, postgresql)) {
            EraseKillRun run = new EraseKillRun(site, number(arguments, 3, 1));
            List<String> wrong = run.kill(kills);
            System.out.println(run.summary(postgresql ? "PostgreSQL" : "SQLite"));
            wrong.stream().limit(50).forEach(System.out::println);
            return wrong.isEmpty();
        }
    }

    private static boolean digital(Path folder, int kills, String... arguments) throws Exception {
        boolean postgresql = arguments.length > 2 && arguments[2].equals("postgresql");
        try (DigitalKillRun run = new DigitalKillRun(folder, postgresql, number(arguments, 3, 1))) {
            List<String> wrong = run.kill(kills);
            System.out.println(run.summary());
            wrong.stream().limit(50).forEach(System.out::println);
            return wrong.isEmpty();
        }
    }

    private static int number(String[] arguments, int at, int otherwise) {
        return arguments.length > at ? Integer.parseInt(arguments[at]) : otherwise;
    }

    private static boolean kills(Path folder, int kills, boolean postgresql, long seed) throws Exception {
        try (Site site = Site.open(folder, postgresql)) {
            KillRun run = new KillRun(site, seed);
            Verdict verdict = run.kill(kills);
            System.out.println(verdict.table(run.summary(postgresql ? "PostgreSQL" : "SQLite")));
            return verdict.good() && verdict.repeatsOfKills() <= (long) kills * Site.IN_HAND;
        }
    }

    private static boolean instances(Path folder, int instances, int chats, int roundTripMs) throws Exception {
        try (Site site = Site.open(folder, true);
                DelayedLine line = new DelayedLine(
                        URI.create(site.ledgerUrl().substring(5)).getPort(), roundTripMs)) {
            InstancesRun run = new InstancesRun(site);
            String far = site.ledgerUrl().replaceFirst(":[0-9]+/", ":" + line.port() + "/");
            Verdict verdict = run.run(instances, chats, roundTripMs == 0 ? Map.of() : Map.of("LEDGER_URL", far));
            System.out.println(verdict.table("PostgreSQL %d ms away, %d transcripts, %d instances, one killed, %.1f s"
                    .formatted(roundTripMs, chats, instances, run.seconds())));
            run.complaints().stream().limit(20).forEach(System.out::println);
            return verdict.good()
                    && verdict.repeats() <= Site.IN_HAND
                    && run.complaints().isEmpty();
        }
    }
}
