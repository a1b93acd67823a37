package io.cxt.kill;

import io.cxt.files.HaltAt;
import io.cxt.fixture.Await;
import io.cxt.fixture.Command;
import io.cxt.simulator.Fault;
import io.cxt.simulator.FaultPlan;
import io.cxt.simulator.ReceivedCall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Starts CXT on an inbox with work, ends it in the middle, and starts it again on what is left and more; then waits
 * until it has ended, replays what was set aside against a CXone that is well again, and reconciles. Every other time it
 * is SIGKILL at a random number of posts; else the process ends itself at a named step, as suddenly.
 */
final class KillRun {
    /** For what all kills have left over, at a CXone that goes on refusing some. */
    private static final Duration TO_THE_END = Duration.ofMinutes(10);

    private static final Duration LIMIT = Duration.ofSeconds(120);

    private final Site site;
    private final Load load;
    private final RunningJobs jobs;
    private final Random random;
    private final long seed;
    private final Map<String, Integer> killedAt = new TreeMap<>();
    private int kills;

    KillRun(Site site, long seed) throws Exception {
        this.site = site;
        this.seed = seed;
        load = new Load(site);
        jobs = new RunningJobs(site.first(), site.exports());
        random = new Random(seed);
    }

    /** Kills so often, then lets it end, and counts. */
    Verdict kill(int wanted) throws Exception {
        for (int round = 0; kills < wanted; round++) {
            load.mixed("round-" + round, someIdAtCxone());
            if (jobs.possible()) {
                jobs.redrive();
                jobs.backfill("export-" + round, load.export("export-" + round));
            }
            if (round % 2 == 0) {
                killFromOutside(Round.outside(round % 8 == 6));
            } else {
                haltAt(Round.STEPS.get((round / 2 + Math.floorMod(seed, Round.STEPS.size())) % Round.STEPS.size()));
            }
        }
        play(Round.USUAL);
        toTheEnd();
        List<String> without = Letters.missing(site, load);
        play(FaultPlan.NONE);
        replayAll();
        toTheEnd();
        return Reconciliation.of(site, load).alsoLost(without).alsoLost(jobs.wrong());
    }

    /** Let in, whether or not that is on record; and never refused, for what was refused may be corrected. */
    private String someIdAtCxone() {
        Set<String> refused = site.cxone.calls().stream()
                .filter(call -> call.status() == 400)
                .map(ReceivedCall::interactionId)
                .collect(Collectors.toSet());
        List<String> ids = site.cxone.calls().stream()
                .filter(ReceivedCall::accepted)
                .map(ReceivedCall::interactionId)
                .filter(id -> !refused.contains(id))
                .distinct()
                .filter(id -> load.good().contains(id) && !load.otherContent().contains(id))
                .toList();
        return ids.isEmpty() ? null : ids.get(random.nextInt(ids.size()));
    }

    private void play(FaultPlan faults) {
        site.cxone.change(traffic -> traffic.withFaults(faults.withSeed(seed)));
    }

    private void killFromOutside(Round round) throws Exception {
        play(round.faults());
        long posts = site.cxone.counts().posts() + 1 + random.nextInt(round.most());
        try (Command command = site.start(0, null, round.settings())) {
            Await.until(
                    () -> site.cxone.counts().posts() >= posts
                            || !command.process().isAlive(),
                    LIMIT);
            count(round, command.process().isAlive());
        }
    }

    private void haltAt(Round round) throws Exception {
        play(round.faults());
        if (round.forbidden()) {
            Fault[] faults = new Fault[1 + random.nextInt(20)];
            Arrays.fill(faults, Fault.none());
            faults[faults.length - 1] = Fault.status(404);
            site.cxone.next(faults);
        }
        String where = round.step() + ":" + (1 + random.nextInt(round.most()));
        try (Command command = site.start(0, where, round.settings())) {
            count(round, command.ended().exit() == HaltAt.EXIT);
        }
        if (site.cxone.faultsLeft() != 0) {
            throw new AssertionError(site.cxone.faultsLeft() + " faults were not played");
        }
    }

    private void toTheEnd() throws Exception {
        try (Command last = site.start(0, null)) {
            Command.Ended ended = last.ended(TO_THE_END);
            if (ended.exit() > 1) {
                throw new AssertionError("the last run ended with " + ended.exit() + ": " + ended.err());
            }
        }
    }

    /** What people do when CXone is well again; whatever breaks a rule is refused once more. */
    private void replayAll() throws Exception {
        Command.Ended replay = site.cxt(0, "dead-letters", "replay", "--all");
        if (replay.exit() != 0) {
            throw new AssertionError("the replay ended with " + replay.exit() + ": " + replay.err());
        }
        load.alsoDropped(inInbox());
    }

    private List<String> inInbox() throws IOException {
        try (Stream<Path> files = Files.list(site.inbox)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith(".cxt-owner"))
                    .toList();
        }
    }

    private void count(Round round, boolean killed) throws SQLException {
        killedAt.merge(round.name(), 0, Integer::sum);
        if (killed) {
            kills++;
            jobs.killed();
            killedAt.merge(round.name(), 1, Integer::sum);
        }
    }

    int kills() {
        return kills;
    }

    /** How often it was killed at which step. */
    Map<String, Integer> killedAt() {
        return Collections.unmodifiableMap(killedAt);
    }

    String summary(String database) {
        return "%s, %d transcripts, %d refused ones and %d of other content in %d files, %s, %d kills: %s"
                .formatted(
                        database,
                        load.good().size(),
                        load.refused().size(),
                        load.otherContent().size(),
                        load.files().size(),
                        jobs,
                        kills,
                        killedAt);
    }
}
