package io.cxt.runtime;

import io.cxt.archive.DeadLetters.Letter;
import io.cxt.archive.Refusal;
import io.cxt.db.LedgerException;
import io.cxt.files.OpenFile.Look;
import io.cxt.intake.IdPrefixes;
import io.cxt.intake.KeptLetters;
import io.cxt.intake.UndecidedSources;
import io.cxt.ledger.Job;
import io.cxt.ledger.JobLetter;
import io.cxt.ledger.Jobs;
import io.cxt.ledger.RecordedLetter;
import io.cxt.ledger.ReplayedLetter;
import io.cxt.pace.Lane;
import io.cxt.pace.PaceStore;
import io.cxt.pickup.body.RedrivenLetter;
import io.cxt.text.SafeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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
 * Works on jobs: hands over the letters that lie in this instance's {@code data.dir}, one job after the other. A job has a
 * share of the calls in flight and of the calls a second, so that new transcripts always find room.
 *
 * <p>What is known of a job is in the ledger; here is only what is in flight. A letter whose way ends undecided, as at a stop
 * or a kill, is handed over again under the same name, so that its reading goes on.
 *
 * <p>Long because the order of looking, handing over and ending is one loop.
 */
final class JobRunner implements AutoCloseable {
    /** Hands a letter to the routes and waits until it is decided. */
    interface Way {
        /** @return why it is not decided now; null when it is */
        @Nullable
        Exception go(RedrivenLetter letter);
    }

    private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);
    private static final Duration COUNT_EVERY = Duration.ofSeconds(5);
    private static final Duration LEDGER_AWAY = Duration.ofSeconds(5);
    /** Letters that are known in advance. */
    private static final int AHEAD = 200;
    /** So many tries did not decide a letter. */
    private static final int HOPELESS = 5;
    /** Calls a second of the whole lane while nobody knows its rate. */
    private static final double SLOW = 10;

    private final Jobs jobs;
    private final KeptLetters letters;
    private final Lane lane;
    private final double configuredRate;
    private final int maxInFlight;
    private final Lane turns = new Lane(PaceStore.own(1), Duration.ofSeconds(1), Duration.ofSeconds(1), false);
    private final ExecutorService threads;
    private final Thread loop = new Thread(this::run, "cxt-jobs");

    /** Guarded by this. */
    private final Set<String> inFlight = new HashSet<>();
    /** Letters that were not decided: how often, and until when each is left alone. Guarded by this. */
    private final Map<String, HeldBack> heldBack = new HashMap<>();

    private final Deque<JobLetter> ahead = new ArrayDeque<>();
    private @Nullable Job current;
    private volatile @Nullable Way way;
    private volatile boolean stopping;
    private volatile boolean atRest;
    private double rate = 1;
    private long lookedAt = System.nanoTime() - LOOK_EVERY.toNanos();
    private long countedAt = System.nanoTime() - COUNT_EVERY.toNanos();
    private int instances = 1;

    private record HeldBack(int times, long until) {}

    /** @param configuredRate {@code cxone.requests-per-second} */
    JobRunner(Jobs jobs, KeptLetters letters, Lane lane, int maxInFlight, double configuredRate) {
        this.jobs = jobs;
        this.letters = letters;
        this.lane = lane;
        this.maxInFlight = maxInFlight;
        this.configuredRate = configuredRate;
        AtomicInteger number = new AtomicInteger();
        threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "cxt-job-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        loop.setDaemon(true);
    }

    void begin(Way toRoutes) {
        way = toRoutes;
        if (!stopping) {
            loop.start();
        }
    }

    /** True when no letter of this instance waits in a job that goes on by itself. */
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

    /** Waits until a letter is decided, or a time has passed. */
    private synchronized void await(Duration time) {
        try {
            if (!stopping) {
                wait(time.toMillis());
            }
        } catch (InterruptedException e) {
            stopping = true;
        }
    }

    /** Looks at the jobs when that is due, and hands over as many letters as there is room for. */
    private void round() {
        long now = System.nanoTime();
        if (now - lookedAt >= LOOK_EVERY.toNanos()) {
            current = look();
            lookedAt = now;
        }
        Job job = current;
        if (job == null) {
            atRest = free() == maxInFlight;
            return;
        }
        if (ahead.isEmpty()) {
            ahead.addAll(jobs.due(job, job.state() == Job.State.CANCELLING, AHEAD));
        }
        int places = Math.max(1, maxInFlight * job.share() / 100) - (maxInFlight - free());
        while (places > 0 && !ahead.isEmpty() && !stopping) {
            JobLetter letter = ahead.remove();
            if (takesPlace(letter.letter().id())) {
                places--;
                threads.execute(() -> goes(job, letter));
            }
        }
        atRest = ahead.isEmpty() && onlyHopeless();
    }

    /** True when nothing is in flight, and what is left was tried so often that another try would not help now. */
    private synchronized boolean onlyHopeless() {
        return inFlight.isEmpty()
                && !heldBack.isEmpty()
                && heldBack.values().stream().allMatch(held -> held.times >= HOPELESS);
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
        for (Job job : jobs.open()) {
            boolean ours = jobs.instance().equals(job.pausedBy());
            if (closed.isPresent() && runs(job) && !due(job).isEmpty()) {
                jobs.pausedByLane(job, closed.get());
                LOG.warn("job paused job={} letters={} reason={}", job.id(), job.total(), SafeName.value(closed.get()));
            } else if (closed.isEmpty() && job.state() == Job.State.PAUSED && ours) {
                jobs.resumedByLane(job);
                tell("job resumed", job, "the lane is open");
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

    /** True for a job of which this instance has letters to do now. Begins it, or ends it, where that is due. */
    private boolean goesOn(Job job, boolean closed) {
        boolean runs = runs(job);
        List<JobLetter> due = due(job);
        if (due.isEmpty()) {
            if (jobs.end(job)) {
                tell("job ended", job, "see cxt jobs show " + job.id());
            }
            return false;
        }
        if (closed || !runs && due.stream().noneMatch(JobLetter::taken)) {
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

    private List<JobLetter> due(Job job) {
        return jobs.due(job, false, 1);
    }

    private void pace(Job job) {
        long now = System.nanoTime();
        if (now - countedAt >= COUNT_EVERY.toNanos()) {
            instances = Math.max(1, jobs.instances(job));
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
        LOG.info("{} job={} letters={} reason={}", event, job.id(), job.total(), SafeName.value(words));
    }

    private void goes(Job job, JobLetter due) {
        RecordedLetter row = due.letter();
        Exception undecided = null;
        try {
            Optional<RecordedLetter> now = due.taken() ? jobs.taken(job, row.id()) : Optional.of(row);
            undecided = now.isPresent() ? goes(job, now.get(), due.taken()) : null;
        } catch (IOException | RuntimeException e) {
            undecided = e; // a fault of ours, too: the letter stays, and is tried again later
        } finally {
            over(job, row.id(), undecided);
        }
    }

    /** @return why it is not decided now; null when it is, or stays as it is */
    private @Nullable Exception goes(Job job, RecordedLetter row, boolean taken) throws IOException {
        Letter letter = letters.named(row.name());
        Look asked = Look.orNull(letter.reason());
        Refusal refusal;
        byte[] content;
        try {
            refusal = letter.refusal();
            content = whole(letter) && !withdrawn(row) ? Files.readAllBytes(letter.transcript()) : null;
        } catch (NoSuchFileException e) {
            jobs.leave(job, row, true);
            return null;
        }
        if (content == null || asked == null) {
            jobs.leave(job, row, false);
            return null;
        }
        if (!taken && !jobs.take(job, row)) {
            return null;
        }
        ReplayedLetter known = new ReplayedLetter(
                refusal.idPrefix() == null ? "" : refusal.idPrefix(),
                row.id(),
                row.source(),
                row.sourceIndex(),
                row.sourceLine());
        Exception undecided = way().go(new RedrivenLetter(
                IdPrefixes.REPLAY + row.id() + ".json",
                content,
                known,
                () -> turns.awaitPermit(turns.pass()),
                outcome -> jobs.decided(job.id(), row.id(), outcome == null ? JobLetter.LEFT_ALONE : outcome)));
        if (undecided == null) {
            letters.removeFormer(row.id(), letter, asked);
        }
        return undecided;
    }

    private Way way() {
        Way toRoutes = way;
        if (toRoutes == null) {
            throw new IllegalStateException("letters go once the routes run");
        }
        return toRoutes;
    }

    /** False for a letter of which there is no transcript, or one that is packed: those are replayed by name. */
    private static boolean whole(Letter letter) {
        return letter.transcript().toString().endsWith(".json") && Files.exists(letter.transcript());
    }

    private boolean withdrawn(RecordedLetter row) {
        return row.interactionId() != null && jobs.withdrawn(row.interactionId());
    }

    private synchronized void over(Job job, String id, @Nullable Exception undecided) {
        inFlight.remove(id);
        if (undecided == null) {
            heldBack.remove(id);
        } else {
            HeldBack before = heldBack.get(id);
            int times = before == null ? 1 : before.times + 1;
            heldBack.put(
                    id,
                    new HeldBack(
                            times,
                            System.nanoTime() + UndecidedSources.wait(times).toNanos()));
            if (times == 1 && !stopping) {
                LOG.warn(
                        "job letter undecided job={} letter={} reason={} next=\"nothing is lost: it is tried again\"",
                        job.id(),
                        id,
                        SafeName.value(String.valueOf(undecided.getMessage())));
            }
        }
        notifyAll();
    }

    /** Hands over no more letters. Those in flight end as all calls do. */
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
