package io.cxt.runtime;

import io.cxt.archive.DeadLetters.Letter;
import io.cxt.archive.Refusal;
import io.cxt.files.OpenFile.Look;
import io.cxt.intake.IdPrefixes;
import io.cxt.intake.KeptLetters;
import io.cxt.ledger.Job;
import io.cxt.ledger.JobLetter;
import io.cxt.ledger.Jobs;
import io.cxt.ledger.RecordedLetter;
import io.cxt.ledger.ReplayedLetter;
import io.cxt.pickup.body.RedrivenLetter;
import io.cxt.text.SafeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends dead letters again. A letter whose way ends undecided, as at a stop or a kill, is handed over again under the same
 * name, so that its reading goes on.
 */
record RedriveWork(Jobs jobs, KeptLetters letters) implements JobWork<JobLetter> {
    private static final Logger LOG = LoggerFactory.getLogger(RedriveWork.class);

    @Override
    public String kind() {
        return Job.REDRIVE;
    }

    @Override
    public List<JobLetter> due(Job job, boolean begunOnly, int most) {
        return jobs.due(job, begunOnly, most);
    }

    @Override
    public int instances(Job job) {
        return jobs.instances(job);
    }

    @Override
    public int places(int calls) {
        return calls;
    }

    @Override
    public @Nullable Exception go(Job job, JobLetter due, int calls, RedrivenLetter.Turns turns, Way way)
            throws IOException {
        Optional<RecordedLetter> now = due.taken() ? jobs.taken(job, due.id()) : Optional.of(due.letter());
        return now.isPresent() ? go(job, now.get(), due.taken(), turns, way) : null;
    }

    private @Nullable Exception go(Job job, RecordedLetter row, boolean taken, RedrivenLetter.Turns turns, Way way)
            throws IOException {
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
        Exception undecided = way.go(new RedrivenLetter(
                IdPrefixes.REPLAY + row.id() + ".json",
                content,
                known,
                turns,
                outcome -> jobs.decided(job.id(), row.id(), outcome == null ? JobLetter.LEFT_ALONE : outcome)));
        if (undecided == null) {
            letters.removeFormer(row.id(), letter, asked);
        }
        return undecided;
    }

    /** False for a letter of which there is no transcript, or one that is packed: those are replayed by name. */
    private static boolean whole(Letter letter) {
        return letter.transcript().toString().endsWith(".json") && Files.exists(letter.transcript());
    }

    private boolean withdrawn(RecordedLetter row) {
        return row.interactionId() != null && jobs.withdrawn(row.interactionId());
    }

    @Override
    public void tellUndecided(Job job, JobLetter item, Exception why) {
        LOG.warn(
                "job letter undecided job={} letter={} reason={} next=\"nothing is lost: it is tried again\"",
                job.id(),
                item.id(),
                SafeName.value(String.valueOf(why.getMessage())));
    }
}
