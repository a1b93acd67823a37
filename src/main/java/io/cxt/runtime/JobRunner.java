package io.cxt.runtime;

import io.cxt.db.LedgerException;
import io.cxt.intake.UndecidedSources;
import io.cxt.ledger.Job;
import io.cxt.ledger.JobItem;
import io.cxt.ledger.Jobs;
import io.cxt.pace.Lane;
import io.cxt.pace.PaceStore;
import io.cxt.text.SafeName;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works on the jobs of one kind: does the items that this instance has to do, one job after the other. A job has a share of the
 * calls in flight and of the calls a second, so that new transcripts always find room.
 *
 * <p>What is known of a job is in the ledger; here is only what is in flight.
 *
 * <p>Long because the order of looking, handing over and ending is one loop.
 */
final class JobRunner<T extends JobItem> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);
    private static final Duration COUNT_EVERY = Duration.ofSeconds(5);
    private static final Duration LEDGER_AWAY = Duration.ofSeconds(5);
    /** Items that are known in advance. */
    private static final int AHEAD = 200;
    /** So many tries did not decide an item. */
    private static final int HOPELESS = 5;
    /** Calls a second of the whole lane while nobody knows its rate. */
    private static final double SLOW = 10;

    private final Jobs jobs;
    private final JobWork<T> work;
    private final Lane lane;
    private final double configuredRate;
    private final int maxInFlight;
    private final Lane turns = new Lane(PaceStore.own(1), Duration.ofSeconds(1), Duration.ofSeconds(1), false);
    private final ExecutorService threads;
    private final Thread loop;

    /** Guarded by this. */
    private final Set<String> inFlight = new HashSet<>();
    /** Items that were not decided: how often, and until when each is left alone. Guarded by this. */
    private final Map<String, HeldBack> heldBack = new HashMap<>();

    private final Deque<T> ahead = new ArrayDeque<>();
    private @Nullable Job current;
    private volatile JobWork.@Nullable Way way;
    private volatile boolean stopping;
    private volatile boolean atRest;
    private boolean resumedOne;
    private double rate = 1;
    private long lookedAt = System.nanoTime() - LOOK_EVERY.toNanos();
    private long countedAt = System.nanoTime() - COUNT_EVERY.toNanos();
    private int instances = 1;

    private record HeldBack(long job, int times, long until) {}

    /** @param configuredRate {@code cxone.requests-per-second} */
    JobRunner(Jobs jobs, JobWork<T> work, Lane lane, int maxInFlight, double configuredRate) {
        this.jobs = jobs;
        this.work = work;
        this.lane = lane;
        this.maxInFlight = maxInFlight;
        this.configuredRate = configuredRate;
        AtomicInteger number = new AtomicInteger();
        threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "cxt-" + work.kind() + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        loop = new Thread(this::run, "cxt-jobs-" + work.kind());
        loop.setDaemon(true);
    }

    void begin(JobWork.Way toRoutes) {
        way = toRoutes;
        if (!stopping) {
            loop.start();
        }
    }

    /** True when nothing of this instance waits in a job that goes on by itself. */
    boolean atRest() {
        return atRest;
    }

    private void run() {
        while (!stopping) {
            Duration rest = LOOK_EVERY;
            try {
                round();
            } catch (LedgerException e) {
                LOG.debug("The ledger cannot be asked or written: jobs wait", e);
                rest = LEDGER_AWAY;
            } catch (RuntimeException e) {
                LOG.error(
                        "jobs failed reason={} next=\"report this line; jobs are tried again\"",
                        e.getClass().getName());
                rest = LEDGER_AWAY;
            }
            await(rest);
        }
    }

    /** Waits until an item is decided, or a time has passed. */
    private synchronized void await(Duration time) {
        try {
            if (!stopping) {
                wait(time.toMillis());
            }
        } catch (InterruptedException e) {
            stopping = true;
        }
    }

    /** Looks at the jobs when that is due, and hands over as many items as there is room for. */
    private void round() {
        long now = System.nanoTime();
        if (now - lookedAt >= LOOK_EVERY.toNanos()) {
            current = look();
            lookedAt = now;
        }
        Job job = current;
        if (job == null) {
            atRest = free() == maxInFlight && !resumedOne;
            return;
        }
        if (ahead.isEmpty()) {
            ahead.addAll(work.due(job, job.state() == Job.State.CANCELLING, AHEAD));
        }
        int places = work.places(calls(job)) - (maxInFlight - free());
        while (places > 0 && !ahead.isEmpty() && !stopping) {
            T item = ahead.remove();
            if (takesPlace(item.id())) {
                places--;
                threads.execute(() -> goes(job, item));
            }
        }
        atRest = ahead.isEmpty() && onlyHopeless(job);
    }

    /** How many calls in flight a job may have. */
    private int calls(Job job) {
        return Math.max(1, maxInFlight * job.share() / 100);
    }

    /** True when nothing is in flight, and what is left of a job was tried so often that another try would not help now. */
    synchronized boolean onlyHopeless(Job job) {
        List<HeldBack> left =
                heldBack.values().stream().filter(held -> held.job == job.id()).toList();
        return inFlight.isEmpty() && !left.isEmpty() && left.stream().allMatch(held -> held.times >= HOPELESS);
    }

    private synchronized int free() {
        return maxInFlight - inFlight.size();
    }

    /** False for one that is in flight, or left alone for a while. */
    private synchronized boolean takesPlace(String id) {
        HeldBack held = heldBack.get(id);
        return (held == null || System.nanoTime() - held.until >= 0) && inFlight.add(id);
    }

    /** The job to work on; null when there is none. */
    private @Nullable Job look() {
        Optional<String> closed = lane.held().or(lane::stopReason);
        Job found = null;
        List<Job> open = jobs.open(work.kind());
        work.look(open);
        forgetOthers(open);
        resumedOne = false;
        for (Job job : open) {
            if (current != null && current.id() == job.id()) {
                tellPaused(job);
            }
            String pausedBy = job.state() == Job.State.PAUSED ? job.pausedBy() : null;
            if (closed.isPresent() && runs(job) && !due(job).isEmpty()) {
                jobs.pausedByLane(job, closed.get());
                LOG.warn(
                        "job paused job={} total={} reason={} next=\"it goes on by itself when the lane does\"",
                        job.id(),
                        job.total(),
                        SafeName.value(closed.get()));
            } else if (closed.isEmpty() && pausedBy != null) {
                boolean ours = jobs.instance().equals(pausedBy);
                if (ours || jobs.away(pausedBy)) {
                    String why = ours ? "the lane is open" : "the instance that paused it is away";
                    jobs.resumed(job, why);
                    tell("job resumed", job, why);
                    resumedOne = true; // the next look picks it up
                }
            }
            if (found == null && goesOn(job, closed.isPresent())) {
                found = job;
            }
        }
        if (found == null || current == null || found.id() != current.id() || found.state() != current.state()) {
            ahead.clear();
        }
        if (found != null) {
            pace(found);
        }
        return found;
    }

    private synchronized void forgetOthers(List<Job> open) {
        heldBack.values().removeIf(held -> open.stream().noneMatch(job -> job.id() == held.job));
    }

    /** A job that ran at the last look and waits for a person now. */
    private static void tellPaused(Job job) {
        if (job.state() == Job.State.PAUSED && job.pausedBy() == null) {
            LOG.warn(
                    "job paused job={} total={} reason={} next=\"see cxt jobs failed {}; go on with cxt jobs resume {}\"",
                    job.id(),
                    job.total(),
                    SafeName.value(String.valueOf(job.why())),
                    job.id(),
                    job.id());
        }
    }

    /** True for a job of which this instance has something to do now. Begins it, or ends it, where that is due. */
    private boolean goesOn(Job job, boolean closed) {
        boolean runs = runs(job);
        List<T> due = due(job);
        if (due.isEmpty()) {
            if (jobs.end(job)) {
                tell("job ended", job, "see cxt jobs show " + job.id());
            }
            return false;
        }
        if (closed || !runs && due.stream().noneMatch(JobItem::taken)) {
            return false;
        }
        if (job.state() == Job.State.WAITING) {
            jobs.begin(job);
            tell("job begins", job, job.filter());
        }
        return runs || job.state() == Job.State.CANCELLING;
    }

    private static boolean runs(Job job) {
        return job.state() == Job.State.RUNNING || job.state() == Job.State.WAITING;
    }

    private List<T> due(Job job) {
        return work.due(job, false, 1);
    }

    private void pace(Job job) {
        long now = System.nanoTime();
        if (now - countedAt >= COUNT_EVERY.toNanos()) {
            instances = Math.max(1, work.instances(job));
            countedAt = now;
        }
        double all = lane.callsPerSecond();
        double of = !Double.isNaN(all) ? all : configuredRate > 0 ? configuredRate : SLOW;
        double wanted = Math.max(0.01, of * job.share() / 100 / instances);
        if (Math.abs(wanted - rate) > rate / 50) {
            turns.limit(wanted);
            rate = wanted;
        }
    }

    private static void tell(String event, Job job, String words) {
        LOG.info("{} job={} total={} reason={}", event, job.id(), job.total(), SafeName.value(words));
    }

    private void goes(Job job, T item) {
        Exception undecided = null;
        try {
            undecided = work.go(job, item, calls(job), turns::permit, way());
        } catch (IOException | RuntimeException e) {
            undecided = e; // a fault of ours, too: the item stays, and is tried again later
        } finally {
            over(job, item, undecided);
        }
    }

    private JobWork.Way way() {
        JobWork.Way toRoutes = way;
        if (toRoutes == null) {
            throw new IllegalStateException("nothing goes before the routes run");
        }
        return toRoutes;
    }

    synchronized void over(Job job, T item, @Nullable Exception undecided) {
        String id = item.id();
        inFlight.remove(id);
        if (undecided == null) {
            heldBack.remove(id);
        } else {
            HeldBack before = heldBack.get(id);
            int times = before == null || before.job != job.id() ? 1 : before.times + 1;
            heldBack.put(
                    id,
                    new HeldBack(
                            job.id(),
                            times,
                            System.nanoTime() + UndecidedSources.wait(times).toNanos()));
            if (times == 1 && !stopping) {
                work.tellUndecided(job, item, undecided);
            }
        }
        notifyAll();
    }

    /** Hands over nothing more. What is in flight ends as all calls do. */
    void stop() {
        stopping = true;
        turns.close();
        synchronized (this) {
            notifyAll();
        }
    }

    @Override
    public void close() {
        stop();
        threads.shutdownNow();
    }
}
