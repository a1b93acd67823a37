package io.cxt.kill;

import io.cxt.fixture.Await;
import io.cxt.fixture.Command;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Several instances on one folder and one PostgreSQL, one of which is killed in the middle. */
final class InstancesRun {
    private static final int CHATS_IN_A_FILE = 50;
    private static final Duration LIMIT = Duration.ofSeconds(300);

    /** Fewer than even a busy machine sends. */
    private static final int CHATS_A_SECOND = 50;

    private final Site site;
    private final Load load;
    private final List<String> complaints = new ArrayList<>();
    private double seconds;

    InstancesRun(Site site) throws Exception {
        this.site = site;
        load = new Load(site);
    }

    /** @param changes names of environment variables of each instance and their values */
    Verdict run(int instances, int chats, Map<String, String> changes) throws Exception {
        for (int file = 0; file < chats / CHATS_IN_A_FILE; file++) {
            load.plain("file-" + file, CHATS_IN_A_FILE);
        }
        Duration limit = LIMIT.plusSeconds(chats / CHATS_A_SECOND);
        long begin = System.nanoTime();
        List<Command> running = new ArrayList<>();
        try {
            for (int instance = 0; instance < instances; instance++) {
                running.add(site.start(instance, null, changes));
            }
            Await.until(() -> site.cxone.counts().posts() >= chats / 2 || noneAlive(running), limit);
            running.get(0).close();
            for (Command survivor : running.subList(1, instances)) {
                end(survivor, limit);
            }
        } finally {
            running.forEach(Command::close);
        }
        seconds = (System.nanoTime() - begin) / 1e9;
        return Reconciliation.of(site, load);
    }

    private static boolean noneAlive(List<Command> running) {
        return running.stream().noneMatch(command -> command.process().isAlive());
    }

    private void end(Command survivor, Duration limit) throws Exception {
        Command.Ended ended = survivor.ended(limit);
        if (ended.exit() != 0) {
            complaints.add("an instance ended with " + ended.exit());
        }
        ended.err()
                .lines()
                .filter(line -> line.contains("WARN") || line.contains("ERROR") || line.contains("Exception"))
                .forEach(complaints::add);
    }

    /** What the survivors had to complain about: nothing is what it should be. */
    double seconds() {
        return seconds;
    }

    List<String> complaints() {
        return complaints;
    }
}
