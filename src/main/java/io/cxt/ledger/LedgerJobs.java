package io.cxt.ledger;

import io.cxt.db.LedgerReader;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads the jobs that persons have ordered. {@link Jobs} works on them. */
public final class LedgerJobs {
    private final LedgerReader reader;

    LedgerJobs(LedgerReader reader) {
        this.reader = reader;
    }

    /** The newest jobs, the newest first. */
    public List<Job> newest(int most) {
        return reader.list("SELECT " + Job.COLUMNS + " FROM job ORDER BY id DESC LIMIT ?", Job::read, most);
    }

    /** The jobs that have not ended, the oldest first. */
    public List<Job> open() {
        return reader.list(Jobs.OPEN, Job::read);
    }

    /** The job of this number; empty when there is none. */
    public Optional<Job> find(long number) {
        return reader.one("SELECT " + Job.COLUMNS + " FROM job WHERE id = ?", Job::read, number);
    }

    /** Where the audit tells of a job, chain by chain. */
    public List<Job.Receipt> receipts(Job job) {
        return reader.list(
                "SELECT chain, from_seq, to_seq, hash, EXISTS (SELECT 1 FROM audit_event WHERE audit_event.chain ="
                        + " job_receipt.chain AND seq = to_seq AND audit_event.hash = job_receipt.hash) OR EXISTS (SELECT 1 FROM"
                        + " audit_closing WHERE audit_closing.chain = job_receipt.chain AND seq >= to_seq) FROM job_receipt"
                        + " WHERE job = ? ORDER BY chain",
                row -> new Job.Receipt(
                        row.getString(1), row.getLong(2), row.getLong(3), row.getString(4), row.getBoolean(5)),
                job.id());
    }

    /** What each instance has left to do of a job. */
    public List<Job.Left> left(Job job) {
        return reader.list(
                "SELECT items.instance, count(*), max(instance.host), max(instance.seen_at) FROM (SELECT instance FROM letter"
                        + " WHERE job = ? AND job_state IN ('WAITING', 'TAKEN') UNION ALL SELECT instance FROM job_source"
                        + " WHERE job = ? AND state IN ('WAITING', 'TAKEN')) items LEFT JOIN instance"
                        + " ON instance.name = items.instance GROUP BY items.instance ORDER BY items.instance",
                row -> new Job.Left(
                        row.getString(1),
                        row.getLong(2),
                        row.getString(3),
                        row.getObject(4) == null ? null : Instant.ofEpochMilli(row.getLong(4))),
                job.id(),
                job.id());
    }

    /**
     * Passes on the letters of a job that are dead letters still, and those that it left alone because their files were gone, the
     * oldest first. Those that a later job has picked up are that job's. Of a back-fill: what came from its files.
     */
    public void failed(Job job, Consumer<JobLetter> consumer) {
        if (job.files() != null) {
            reader.each(
                    "SELECT " + RecordedLetter.COLUMNS + ", outcome AS job_state FROM letter WHERE state = 'OPEN'"
                            + " AND decided_at >= ? AND EXISTS (SELECT 1 FROM job_source WHERE job_source.source ="
                            + " letter.source AND job_source.job = ?) ORDER BY id",
                    JobLetter::read,
                    consumer,
                    job.createdAt().toEpochMilli(),
                    job.id());
            return;
        }
        reader.each(
                "SELECT " + RecordedLetter.COLUMNS
                        + ", CASE WHEN state = 'GONE' THEN '" + JobLetter.GONE + "' ELSE job_state END AS job_state"
                        + " FROM letter WHERE job = ? AND (state = 'OPEN'"
                        + " AND job_state IN ('rejected', 'failed', 'conflict', 'in-doubt', 'left-alone')"
                        + " OR state = 'GONE' AND job_state = 'left-alone') ORDER BY id",
                JobLetter::read,
                consumer,
                job.id());
    }

    /** Passes on the files of a job that were left alone, in their order. */
    public void leftAlone(Job job, Consumer<JobFile> consumer) {
        reader.each(
                "SELECT " + JobFile.COLUMNS + " FROM job_source WHERE job = ? AND state = 'left-alone' ORDER BY seq",
                JobFile::read,
                consumer,
                job.id());
    }

    /** The job that a letter is in and that has not ended; empty when there is none. */
    public Optional<Long> openWith(String instance, String letter) {
        return reader.one(
                "SELECT job FROM letter WHERE instance = ? AND name = ? AND state = 'OPEN'"
                        + " AND job_state IN ('WAITING', 'TAKEN')",
                row -> row.getLong(1),
                instance,
                letter);
    }
}
