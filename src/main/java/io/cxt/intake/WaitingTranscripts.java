package io.cxt.intake;

import io.cxt.files.DurableFiles;
import io.cxt.transcript.ReadingOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Transcripts that wait until their contact takes the next message. Meanwhile they lie on the disk; no thread, no call and
 * no memory but a record is held for them.
 */
public final class WaitingTranscripts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WaitingTranscripts.class);

    /** Each takes a kilobyte of memory, and a file while it waits. Beyond that the reader of a source waits, too. */
    private static final int MOST = 20_000;

    private final Path folder;
    private final ReadingOptions options;
    private final AtomicLong lastName = new AtomicLong();
    private final Semaphore places;
    private final Set<TranscriptInFlight> waiting = new HashSet<>();
    private final ScheduledThreadPoolExecutor alarm;
    private final ThreadPoolExecutor threads;
    private volatile Consumer<TranscriptInFlight> route = transcript -> {
        throw new IllegalStateException("no route takes transcripts that have waited");
    };
    private volatile BiConsumer<TranscriptInFlight, Throwable> failed =
            (transcript, fault) -> transcript.reading().breakOff(FailureCauses.inWords(fault));
    private boolean stopped;

    /**
     * @param folder of its own; what an earlier process left there is deleted, as its sources are read again
     * @param most how many transcripts continue at a time
     */
    public WaitingTranscripts(Path folder, ReadingOptions options, int most) {
        this(folder, options, most, MOST);
    }

    WaitingTranscripts(Path folder, ReadingOptions options, int most, int mostOpen) {
        places = new Semaphore(mostOpen);
        this.folder = folder;
        this.options = options;
        alarm = new ScheduledThreadPoolExecutor(1, task -> daemon(task, "cxt-waiting"));
        alarm.setRemoveOnCancelPolicy(true);
        threads = new ThreadPoolExecutor(
                most, most, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(), task -> daemon(task, "cxt-resumed"));
        threads.allowCoreThreadTimeOut(true);
        empty();
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    private void empty() {
        try {
            DurableFiles.restrictFolder(folder);
            DurableFiles.empty(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot use " + folder, e);
        }
    }

    /** @param route carries a transcript on, on the calling thread, until its route ends */
    public void resumeWith(Consumer<TranscriptInFlight> newRoute) {
        route = newRoute;
    }

    /** @param newFailed told of each that cannot be kept, or not be read again: its source stays */
    void failWith(BiConsumer<TranscriptInFlight, Throwable> newFailed) {
        failed = newFailed;
    }

    /** Threads that may wait for the disk or for CXone. */
    public ExecutorService threads() {
        return threads;
    }

    /** How many wait now. */
    public int count() {
        synchronized (waiting) {
            return waiting.size();
        }
    }

    /**
     * Puts a transcript away until a time, as {@link System#nanoTime}. It has its place from the first time until it is
     * over: those that go on must not have to wait for those that are new.
     *
     * @return false when it cannot be put away: its source stays
     */
    boolean add(TranscriptInFlight transcript, long until) {
        try {
            put(transcript, until);
            return true;
        } catch (Throwable e) {
            failed(transcript, e);
            return false;
        }
    }

    private void put(TranscriptInFlight transcript, long until) throws IOException, InterruptedException {
        boolean first = !transcript.hasWaited();
        if (first) {
            places.acquire();
            transcript.takesPlace();
        }
        transcript.shelve(folder.resolve(Long.toString(lastName.incrementAndGet())));
        long wait = Math.max(0, until - System.nanoTime());
        if (first) {
            LOG.info(
                    "waits interaction={} seconds={} reason=\"its contact takes no more messages before; it goes on by itself, message by message\"",
                    transcript.idForLog(),
                    TimeUnit.NANOSECONDS.toSeconds(wait));
        }
        synchronized (waiting) {
            if (!stopped) {
                waiting.add(transcript);
                alarm.schedule(() -> threads.execute(() -> resume(transcript)), wait, TimeUnit.NANOSECONDS);
                return;
            }
        }
        end(transcript);
    }

    /** A transcript that has waited is over. */
    void over() {
        places.release();
    }

    /** Whatever it was, nobody may wait for the transcript from now on. */
    private void failed(TranscriptInFlight transcript, Throwable fault) {
        synchronized (waiting) {
            waiting.remove(transcript);
        }
        if (fault instanceof InterruptedException || fault instanceof ClosedByInterruptException) {
            Thread.currentThread().interrupt();
            transcript.reading().breakOff(Intake.STOPPING);
        } else {
            failed.accept(transcript, fault);
        }
    }

    private void resume(TranscriptInFlight transcript) {
        synchronized (waiting) {
            if (!waiting.remove(transcript)) {
                return;
            }
        }
        boolean goesOn = false;
        try {
            transcript.unshelve(options);
            goesOn = true;
        } catch (Throwable e) {
            failed(transcript, e);
        } finally {
            if (!goesOn) {
                transcript.release();
            }
        }
        if (goesOn) {
            route.accept(transcript);
        }
    }

    /** Ends all of them undecided, and any that would wait from now on: their sources stay. */
    public void stop() {
        List<TranscriptInFlight> left;
        synchronized (waiting) {
            stopped = true;
            left = List.copyOf(waiting);
            waiting.clear();
        }
        left.forEach(WaitingTranscripts::end);
    }

    private static void end(TranscriptInFlight transcript) {
        transcript.reading().breakOff(Intake.STOPPING);
        transcript.release();
    }

    @Override
    public void close() {
        stop();
        alarm.shutdownNow();
        threads.shutdown();
        empty();
    }
}
