package io.cxt.runtime;

import io.cxt.files.OpenFile.Look;
import io.cxt.intake.BackfillFolders;
import io.cxt.intake.OrphanedTranscripts;
import io.cxt.intake.Selection;
import io.cxt.ledger.ExportFile;
import io.cxt.ledger.Job;
import io.cxt.ledger.JobFile;
import io.cxt.ledger.JobFiles;
import io.cxt.ledger.Jobs;
import io.cxt.mapping.Mappings;
import io.cxt.pickup.body.BackfillFile;
import io.cxt.pickup.body.RedrivenLetter.Turns;
import io.cxt.text.SafeName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings in files of old exports, one after the other. A pause ends the reading of a file in its middle; later, as after a
 * kill, the same reading goes on: what was decided is passed over.
 */
final class BackfillWork implements JobWork<JobFile> {
    private static final Logger LOG = LoggerFactory.getLogger(BackfillWork.class);
    private static final Duration NOTE_EVERY = Duration.ofSeconds(2);

    private final Jobs jobs;
    private final JobFiles files;
    private final BackfillFolders folders;
    private final Mappings mappings;
    private final OrphanedTranscripts orphaned;
    private volatile @Nullable BackfillFile open;
    private long notedAt = System.nanoTime();

    BackfillWork(Jobs jobs, JobFiles files, BackfillFolders folders, Mappings mappings, OrphanedTranscripts orphaned) {
        this.jobs = jobs;
        this.files = files;
        this.folders = folders;
        this.mappings = mappings;
        this.orphaned = orphaned;
    }

    @Override
    public String kind() {
        return Job.BACKFILL;
    }

    @Override
    public List<JobFile> due(Job job, boolean begunOnly, int most) {
        return files.due(job, most).stream()
                .filter(file -> file.taken() || !begunOnly)
                .toList();
    }

    @Override
    public int instances(Job job) {
        return 1;
    }

    @Override
    public int places(int calls) {
        return 1;
    }

    @Override
    public @Nullable Exception go(Job job, JobFile known, int calls, Turns turns, Way way) {
        JobFile item = files.now(known).orElse(null);
        if (item == null) {
            return null; // it was decided since it became known
        }
        Path path = Path.of(item.file().path());
        Look look = Look.orNull(path);
        Optional<String> not =
                look == null ? Optional.of(Look.GONE) : folders.refuses(path).or(() -> change(item.file(), look));
        if (not.isPresent() || look == null) {
            leave(item, not.orElse(Look.GONE));
            return null;
        }
        try (BackfillFile file = new BackfillFile(
                item, files, look, mappings, turns, Selection.ofJob(job.filter()), calls, job.stopAfter())) {
            if (job.state() == Job.State.CANCELLING) {
                file.end();
            }
            open = file;
            Exception undecided = way.go(file);
            if (undecided != null && file.interruptedBy() != null) {
                tellUndecided(job, item, undecided);
                undecided = null; // it goes on when its job does
            }
            if (file.failures() != null) {
                jobs.pausedByFailures(job, file.failures());
            }
            if (undecided == null && !file.decided() && file.interruptedBy() == null) {
                leave(item, "it cannot be read to its end; see its report");
            }
            return undecided;
        } finally {
            open = null;
        }
    }

    private static Optional<String> change(ExportFile then, Look now) {
        return then.bytes() != now.size()
                ? Optional.of(
                        "it has %s bytes, and had %s when the job was started".formatted(now.size(), then.bytes()))
                : then.modifiedNanos() != now.modified().to(TimeUnit.NANOSECONDS)
                        ? Optional.of("it was written to since the job was started")
                        : Optional.empty();
    }

    private void leave(JobFile item, String why) {
        orphaned.end(BackfillFile.PICKUP, item.file().source());
        files.leave(item, why);
        LOG.warn(
                "job file left alone job={} file={} reason={} next=\"start another job on it, if it is to be brought in as it is\"",
                item.job(),
                SafeName.value(item.file().path()),
                SafeName.value(why));
    }

    @Override
    public void look(List<Job> all) {
        BackfillFile file = open;
        if (file == null) {
            return;
        }
        Optional<Job> job =
                all.stream().filter(each -> each.id() == file.job().job()).findFirst();
        if (job.isEmpty() || job.get().state() == Job.State.CANCELLING) {
            file.end();
        } else if (job.get().state() == Job.State.PAUSED && job.get().pausedBy() == null) {
            file.interrupt("its job is paused");
        } else if (file.failures() != null) {
            jobs.pausedByFailures(job.get(), file.failures());
        }
        long now = System.nanoTime();
        if (now - notedAt >= NOTE_EVERY.toNanos()) {
            notedAt = now;
            file.note();
        }
    }

    @Override
    public void tellUndecided(Job job, JobFile item, Exception why) {
        LOG.info(
                "job file interrupted job={} file={} reason={}",
                job.id(),
                SafeName.value(item.file().path()),
                SafeName.value(String.valueOf(why.getMessage())));
    }
}
