package io.cxt.pickup.body;

import io.cxt.db.Staged;
import io.cxt.files.FilePermissions;
import io.cxt.files.OpenFile.Look;
import io.cxt.intake.Selection;
import io.cxt.intake.SourceReading;
import io.cxt.intake.SourceReading.Outcome;
import io.cxt.intake.TranscriptInFlight;
import io.cxt.ledger.JobFile;
import io.cxt.ledger.JobFiles;
import io.cxt.ledger.JobFiles.Progress;
import io.cxt.ledger.JobLetter;
import io.cxt.mapping.Mappings;
import io.cxt.pace.LaneClosedException;
import io.cxt.pickup.LocalFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file of a back-fill, which a job hands over as body. It is read where it lies and stays there. At most so many of its
 * transcripts are in flight as its job may have, and its calls wait for the job's turn.
 */
public final class BackfillFile extends LocalFile {
    /** The name of its pickup. */
    public static final String PICKUP = "backfill";

    private static final Set<Outcome> FAILURES =
            EnumSet.of(Outcome.REJECTED, Outcome.FAILED, Outcome.CONFLICT, Outcome.IN_DOUBT);
    /** How far gzip packs chats, measured on real ones. */
    private static final int TYPICAL_PACKING = 6;

    private final JobFile job;
    private final JobFiles jobs;
    private final Look atFirst;
    private final RedrivenLetter.Turns turns;
    private final Selection selection;
    private final int stopAfter;
    private volatile @Nullable SourceReading reading;
    private volatile boolean ends;
    private volatile @Nullable String interruptedBy;
    private volatile boolean decided;
    /** Guarded by this. */
    private int places;
    /** Guarded by this. */
    private int failuresInARow;
    /** Guarded by this. */
    private @Nullable String lastFailure;
    /** Since when the work is not on record. Guarded by this. */
    private long notedAt = System.nanoTime();

    /**
     * @param look how it is now
     * @param most transcripts in flight
     * @param stopAfter so many failures in a row interrupt it; 0 for never
     */
    public BackfillFile(
            JobFile job,
            JobFiles jobs,
            Look look,
            Mappings mappings,
            RedrivenLetter.Turns turns,
            Selection selection,
            int most,
            int stopAfter) {
        super(
                Path.of(job.file().path()),
                look,
                job.file().source(),
                Path.of(job.file().path()).getFileName().toString(),
                mappings);
        this.job = job;
        this.jobs = jobs;
        this.atFirst = look;
        this.turns = turns;
        this.selection = selection;
        this.places = most;
        this.stopAfter = stopAfter;
    }

    public JobFile job() {
        return job;
    }

    /** Nothing more of it is read now; what is in flight is finished. It is handed over again. @param why in words */
    public void interrupt(String why) {
        interruptedBy = why;
    }

    /** Nothing more of it is read at all; what is in flight is finished. */
    public void end() {
        ends = true;
    }

    /** True when each of its transcripts that were read is decided, and that is on record. */
    public boolean decided() {
        return decided;
    }

    /** Why its job is to wait for a person; null while it need not. */
    public synchronized @Nullable String failures() {
        return stopAfter > 0 && failuresInARow >= stopAfter
                ? "the last transcripts in a row were not sent, the last of them " + lastFailure
                : null;
    }

    /** Notes how far it is. */
    public synchronized void note() {
        SourceReading open = reading;
        if (open != null) {
            long now = System.nanoTime();
            if (jobs.note(job, progress(open.counts(), now))) {
                notedAt = now;
            }
        }
    }

    private Progress progress(Map<String, Long> counts, long now) {
        SourceReading open = reading;
        long read = open == null ? 0 : packed() ? open.bytes() / TYPICAL_PACKING : open.bytes();
        return new Progress(counts, Math.min(bytes(), read), Duration.ofNanos(now - notedAt));
    }

    /** The name of its report. */
    String reportName() {
        return PICKUP + "-" + job.job() + "-" + file.getFileName();
    }

    @Override
    public String pickup() {
        return PICKUP;
    }

    @Override
    public Selection selection() {
        return selection;
    }

    @Override
    public String detail() {
        return "job=" + job.job();
    }

    @Override
    public @Nullable String mayNotBeRead() {
        return FilePermissions.toRead(file);
    }

    @Override
    public boolean stays() {
        return true;
    }

    @Override
    public String whenAbandoned() {
        return "start a job on it again";
    }

    @Override
    public boolean besideOthers() {
        return true;
    }

    @Override
    public void opened(SourceReading now) {
        reading = now;
    }

    @Override
    public @Nullable String interruptedBy() {
        String failures = failures();
        return failures == null ? interruptedBy : failures;
    }

    @Override
    public boolean endsEarly() {
        return ends;
    }

    @Override
    public synchronized void awaitPlace() throws InterruptedException {
        places--;
        while (places < 0) {
            wait();
        }
    }

    @Override
    public synchronized void over(TranscriptInFlight transcript) {
        places++;
        Outcome outcome = transcript.outcome();
        if (outcome != null) {
            boolean failure = FAILURES.contains(outcome);
            failuresInARow = failure ? failuresInARow + 1 : 0;
            lastFailure = outcome.word();
        }
        notifyAll();
    }

    @Override
    public void awaitTurn() throws LaneClosedException, InterruptedException {
        turns.await();
    }

    @Override
    public Staged<Void> beginning() {
        return jobs.beginning(job, this::notTaken);
    }

    private void notTaken(boolean begunBefore) {
        if (begunBefore) {
            interrupt("its job does not run");
        } else {
            end(); // nothing of it is begun
        }
    }

    @Override
    public synchronized Staged<Void> ending(Map<String, Long> counts) {
        decided = true;
        Progress last = progress(counts, System.nanoTime());
        String change = atFirst.differenceTo(Look.orNull(file));
        if (ends) {
            return jobs.decided(job, last, JobLetter.CANCELLED, null);
        }
        return change == null
                ? jobs.decided(job, new Progress(counts, bytes(), last.worked()), JobFile.DONE, null)
                : jobs.decided(job, last, JobLetter.LEFT_ALONE, "while it was read: " + change);
    }
}
