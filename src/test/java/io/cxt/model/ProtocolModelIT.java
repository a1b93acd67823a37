package io.cxt.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Runs schedules for {@code -Dcxt.model.seconds} on each database, 12 by default, from the seed {@code -Dcxt.model.seed}
 * on; {@code -Dcxt.model.schedules=1} runs that one alone. A schedule that breaks the promise names its seed and tells its
 * story.
 */
@Tag("slow")
class ProtocolModelIT {
    private static final long FIRST_SEED = Long.getLong("cxt.model.seed", 1);
    private static final long SCHEDULES = Long.getLong("cxt.model.schedules", Long.MAX_VALUE);
    private static final long NANOS = Long.getLong("cxt.model.seconds", 12) * 1_000_000_000L;
    private static final int AT_ONCE = Integer.getInteger("cxt.model.threads", 4);

    private final List<Site> sites = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (Site site : sites) {
            site.close();
        }
    }

    @Test
    void the_promise_holds_on_sqlite() throws Exception {
        while (sites.size() < AT_ONCE) {
            sites.add(Site.sqlite());
        }
        run("SQLite", FIRST_SEED, SCHEDULES, NANOS);
    }

    @Test
    void the_promise_holds_for_several_instances_on_postgresql() throws Exception {
        while (sites.size() < AT_ONCE) {
            sites.add(Site.postgresql("model_" + sites.size(), 3));
        }
        run("PostgreSQL", FIRST_SEED, SCHEDULES, NANOS);
    }

    /** That the model can find something: a fault that there was, put back. */
    @Test
    void a_pace_that_is_wiped_by_another_limit_is_found() throws Exception {
        sites.add(Site.postgresql("model_faulty", 3));
        sites.get(0).wipe();

        assertThatThrownBy(() -> run("wiped pace", 1, 1000, Long.MAX_VALUE / 2))
                .hasMessageMatching("(?s)wiped pace, .*: a (turn|call) .*");
    }

    private void run(String database, long first, long most, long nanos) throws Exception {
        long end = System.nanoTime() + nanos;
        AtomicLong next = new AtomicLong(first);
        AtomicLong schedules = new AtomicLong();
        AtomicLong steps = new AtomicLong();
        AtomicBoolean broken = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(sites.size());
        List<Future<?>> running = new ArrayList<>();
        for (Site site : sites) {
            running.add(threads.submit(() -> {
                long seed = next.getAndIncrement();
                while (seed - first < most && System.nanoTime() - end < 0 && !broken.get()) {
                    World world = new World(site, seed);
                    try {
                        world.run();
                    } catch (Throwable e) {
                        broken.set(true);
                        throw new AssertionError(world.story(database, seed, e), e);
                    }
                    schedules.incrementAndGet();
                    steps.addAndGet(world.steps());
                    seed = next.getAndIncrement();
                }
                return null;
            }));
        }
        threads.shutdown();
        try {
            for (Future<?> each : running) {
                each.get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AssertionError found) {
                throw found;
            }
            throw e;
        } finally {
            threads.awaitTermination(1, TimeUnit.MINUTES); // before the databases are closed
        }
        System.out.printf("%s: %d schedules, %d steps%n", database, schedules.get(), steps.get());
        assertThat(schedules).hasPositiveValue();
    }
}
