package io.cxt.kill;

import io.cxt.fixture.Await;
import io.cxt.fixture.Command;
import io.cxt.settings.HaltAt;
import io.cxt.simulator.Fault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Starts CXT on an inbox with work, ends it in the middle, and starts it again on what is left and more; then lets it
 * come to its end and reconciles. Every other time it is SIGKILL at a random number of posts; else the process ends
 * itself at a named step, as suddenly.
 */
public final class KillRun {
    /** Each step, with the most times it is taken before the end: rare ones are taken once or twice a start. */
    private static final Map<String, Integer> STEPS = new TreeMap<>(Map.ofEntries(
            Map.entry("opened", 4),
            Map.entry("split", 40),
            Map.entry("refused", 2),
            Map.entry("claimed", 40),
            Map.entry("answered", 40),
            Map.entry("attempted", 2),
            Map.entry("sent", 40),
            Map.entry("rejected", 1),
            Map.entry("skipped", 1),
            Map.entry("written", 40),
            Map.entry("renamed", 40),
            Map.entry("archived", 40),
            Map.entry("fed", 40),
            Map.entry("closed", 4)));

    private static final Duration LIMIT = Duration.ofSeconds(120);

    private final Site site;
    private final Load load;
    private final Random random;
    private final Map<String, Integer> killedAt = new TreeMap<>();
    private int kills;

    KillRun(Site site, long seed) throws Exception {
        this.site = site;
        load = new Load(site);
        random = new Random(seed);
        site.cxone.change(traffic -> traffic.withFaults(traffic.faults()
                .with(Fault.status(503), 4)
                .with(Fault.status(400), 1)
                .withSeed(seed)));
    }

    /** @param arguments how many kills, the database ({@code sqlite} or {@code postgresql}), a seed; all optional */
    public static void main(String... arguments) throws Exception {
        int kills = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 100;
        boolean postgresql = arguments.length > 1 && arguments[1].equals("postgresql");
        long seed = arguments.length > 2 ? Long.parseLong(arguments[2]) : 1;
        Path folder = Files.createTempDirectory("cxt-kill");
        boolean good = false;
        try (Site site = Site.open(folder, postgresql)) {
            KillRun run = new KillRun(site, seed);
            Verdict verdict = run.kill(kills);
            System.out.println(verdict.table(run.summary(postgresql ? "PostgreSQL" : "SQLite")));
            good = verdict.good() && verdict.repeats() <= (long) kills * Site.IN_FLIGHT;
        }
        System.out.println(good ? "All is accounted for." : "Look into " + folder);
        System.exit(good ? 0 : 1);
    }

    /** Kills so often, then lets it end, and counts. */
    Verdict kill(int wanted) throws Exception {
        List<String> steps = List.copyOf(STEPS.keySet());
        for (int round = 0; kills < wanted; round++) {
            load.mixed("round-" + round);
            if (round % 2 == 0) {
                killFromOutside();
            } else {
                String step = steps.get(round / 2 % steps.size());
                haltAt(step, 1 + random.nextInt(STEPS.get(step)));
            }
        }
        try (Command last = site.start(0, null)) {
            Command.Ended ended = last.ended();
            if (ended.exit() > 1) {
                throw new AssertionError("the last run ended with " + ended.exit() + ": " + ended.err());
            }
        }
        return Reconciliation.of(site, load);
    }

    private void killFromOutside() throws Exception {
        long posts = site.cxone.counts().posts() + 1 + random.nextInt(40);
        try (Command command = site.start(0, null)) {
            Await.until(
                    () -> site.cxone.counts().posts() >= posts
                            || !command.process().isAlive(),
                    LIMIT);
            count("SIGKILL", command.process().isAlive());
        }
    }

    private void haltAt(String step, int times) throws Exception {
        try (Command command = site.start(0, step + ":" + times)) {
            count(step, command.ended().exit() == HaltAt.EXIT);
        }
    }

    private void count(String how, boolean killed) {
        if (killed) {
            kills++;
            killedAt.merge(how, 1, Integer::sum);
        }
    }

    int kills() {
        return kills;
    }

    String summary(String database) {
        return "%s, %d transcripts and %d refused ones in %d files, %d kills: %s"
                .formatted(
                        database,
                        load.good().size(),
                        load.refused().size(),
                        load.files().size(),
                        kills,
                        killedAt);
    }
}
