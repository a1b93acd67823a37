package io.cxt.runtime;

import io.cxt.archive.DeadLetters.Letter;
import io.cxt.archive.Refusal;
import io.cxt.files.OpenFile.Look;
import io.cxt.intake.FailureCauses;
import io.cxt.intake.IdPrefixes;
import io.cxt.intake.KeptLetters;
import io.cxt.intake.LetterContent;
import io.cxt.ledger.Job;
import io.cxt.ledger.JobLetter;
import io.cxt.ledger.Jobs;
import io.cxt.ledger.RecordedLetter;
import io.cxt.ledger.ReplayedLetter;
import io.cxt.mapping.Mappings;
import io.cxt.pickup.body.RedrivenLetter;
import io.cxt.text.SafeName;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends dead letters again. A letter whose way ends undecided, as at a stop or a kill, is handed over again under the same
 * name, so that its reading goes on.
 */
record RedriveWork(Jobs jobs, KeptLetters letters, Mappings mappings) implements JobWork<JobLetter> {
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
        try {
            refusal = letter.refusal();
        } catch (NoSuchFileException e) {
            LOG.warn(
                    "job letter left alone job={} letter={} reason=\"its files are gone from dead-letters/\" next=\"if nobody removed them"
                            + " on purpose, look its id up with cxt find, and have its sender drop it again\"",
                    job.id(),
                    SafeName.value(row.name()));
            jobs.leave(job, row, true);
            return null;
        } catch (IOException e) {
            LOG.warn(
                    "job letter left alone job={} letter={} reason=\"its reason.json cannot be read: {}\" next=\"put that file back,"
                            + " or remove it with its transcript; then start another job\"",
                    job.id(),
                    SafeName.value(row.name()),
                    e.getClass().getSimpleName());
            jobs.leave(job, row, false);
            return null;
        }
        Optional<LetterContent> content = LetterContent.of(letter);
        if (content.isEmpty() || asked == null || withdrawn(row)) {
            jobs.leave(job, row, false);
            return null;
        }
        String name = IdPrefixes.REPLAY + row.id() + content.get().ending();
        boolean doubted = letter.inDoubt(refusal) || row.inDoubt();
        boolean unknownDoubt = doubted && (row.interactionId() == null || !jobs.knowsDoubt(row.interactionId(), name));
        if (!taken && !jobs.take(job, row, doubted)) {
            return null;
        }
        ReplayedLetter known = new ReplayedLetter(
                refusal.idPrefix() == null ? "" : refusal.idPrefix(),
                row.id(),
                row.interactionId(),
                row.source(),
                row.sourceIndex(),
                row.sourceLine(),
                row.customer(),
                unknownDoubt);
        AtomicBoolean decided = new AtomicBoolean();
        Exception undecided = way.go(new RedrivenLetter(name, content.get(), mappings, known, turns, outcome -> {
            decided.set(true);
            return jobs.decided(
                    job.id(),
                    row.id(),
                    outcome == null ? JobLetter.LEFT_ALONE : outcome,
                    content.get().packed());
        }));
        if (undecided == null && decided.get()) {
            removeFormer(job, row, letter, asked);
        } else if (undecided == null) {
            jobs.leave(job, row, false); // it cannot be read to its end
        }
        return undecided;
    }

    private void removeFormer(Job job, RecordedLetter row, Letter letter, Look asked) {
        try {
            letters.removeFormer(row.id(), letter, asked);
        } catch (IOException e) {
            LOG.warn(
                    "job letter file stays job={} letter={} reason=\"{}\" next=\"the letter is decided; let CXT remove files there,"
                            + " and the next start does\"",
                    job.id(),
                    SafeName.value(row.name()),
                    FailureCauses.inWords(e));
        }
    }

    private boolean withdrawn(RecordedLetter row) {
        return row.interactionId() != null && jobs.withdrawn(row.interactionId());
    }

    @Override
    public void tellUndecided(Job job, JobLetter item, Exception why) {
        LOG.warn(
                "job letter undecided job={} letter={} reason={} next=\"nothing is lost: it is tried again\"",
                job.id(),
                SafeName.value(item.letter().name()),
                SafeName.value(String.valueOf(why.getMessage())));
    }
}
