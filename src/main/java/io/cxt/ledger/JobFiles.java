package io.cxt.ledger;

import io.cxt.audit.AuditChain;
import io.cxt.db.ChangeQueue;
import io.cxt.db.GroupCommit;
import io.cxt.db.LedgerReader;
import io.cxt.db.Session;
import io.cxt.db.Staged;
import io.cxt.files.HaltAt;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The files of jobs, for the instance that reads them. What is counted of a file is added to its job in the same
 * transaction.
 */
public final class JobFiles {
    /** Each with its column. */
    private static final Map<String, String> COUNTED = Map.of(
            "read", "transcripts",
            "sent", "sent",
            "duplicate", "duplicate",
            "rejected", "rejected",
            "failed", "failed",
            "conflict", "conflict",
            "in-doubt", "in_doubt",
            "queued", "queued",
            "excluded", "excluded");

    private static final List<String> WORDS = COUNTED.keySet().stream().sorted().toList();

    private static final String DUE = "SELECT " + JobFile.COLUMNS + " FROM job_source WHERE job = ? AND instance = ?"
            + " AND state IN ('WAITING', 'TAKEN') ORDER BY seq LIMIT ?";
    private static final String TAKE = "UPDATE job_source SET state = 'TAKEN' WHERE job = ? AND seq = ?"
            + " AND EXISTS (SELECT 1 FROM job WHERE job.id = job_source.job AND (job.state = 'RUNNING'"
            + " AND job_source.state = 'WAITING' OR job.state IN ('RUNNING', 'CANCELLING') AND job_source.state = 'TAKEN'))";

    /** Before the row of the file has the new counts. */
    private static final String ADD = "UPDATE job SET "
            + WORDS.stream()
                    .map(word -> "%1$s = job.%1$s + ? - file.%1$s, ".formatted(COUNTED.get(word)))
                    .collect(Collectors.joining())
            + "bytes_read = job.bytes_read + ? - file.bytes_read, worked_ms = job.worked_ms + ?"
            + " FROM job_source file WHERE file.job = job.id AND file.seq = ? AND file.state = 'TAKEN' AND job.id = ?";

    private static final String NOTE = "UPDATE job_source SET "
            + WORDS.stream()
                    .map(word -> "%s = ?, ".formatted(COUNTED.get(word)))
                    .collect(Collectors.joining())
            + "bytes_read = ? WHERE job = ? AND seq = ? AND state = 'TAKEN'";

    private static final String OVER = "UPDATE job_source SET state = ?, why = ? WHERE job = ? AND seq = ? AND state ";

    private static final String COUNT = "UPDATE job SET files = files + ?, cancelled = cancelled + ?,"
            + " left_alone = left_alone + ? WHERE id = ?";

    private final GroupCommit commits;
    private final LedgerReader reader;
    private final AuditChain chain;
    private CompletableFuture<?> last = CompletableFuture.completedFuture(null);

    JobFiles(GroupCommit commits, LedgerReader reader, AuditChain chain) {
        this.commits = commits;
        this.reader = reader;
        this.chain = chain;
    }

    /** The files of a job that this instance has to read, in their order: one that was begun comes first. */
    public List<JobFile> due(Job job, int most) {
        return reader.list(DUE, JobFile::read, job.id(), chain.name(), most);
    }

    /**
     * A file as it is now; empty when work on it has ended.
     */
    public Optional<JobFile> now(JobFile file) {
        return reader.one(
                "SELECT " + JobFile.COLUMNS + " FROM job_source WHERE job = ? AND seq = ?"
                        + " AND state IN ('WAITING', 'TAKEN')",
                JobFile::read,
                file.job(),
                file.seq());
    }

    /**
     * To be written with the begin of its reading.
     *
     * @param notTaken called when its job does not run any more, with true when it was begun before
     */
    public Staged<Void> beginning(JobFile file, Consumer<Boolean> notTaken) {
        return session -> {
            ChangeQueue.Change taken = session.queue(file.id(), TAKE, file.job(), file.seq());
            return then -> {
                if (taken.rows() == 0) {
                    notTaken.accept(then.any(
                            "SELECT 1 FROM job_source WHERE job = ? AND seq = ? AND state = 'TAKEN'",
                            file.job(),
                            file.seq()));
                } else {
                    Jobs.noteReceipt(then, chain, file.job());
                }
                return null;
            };
        };
    }

    /**
     * How far a reading is.
     *
     * @param counts transcripts: {@code read}, and each outcome by its word
     * @param bytesRead of the file as it is on the disk
     * @param worked since this was noted before
     */
    public record Progress(Map<String, Long> counts, long bytesRead, Duration worked) {}

    /** Notes how far a reading is. Does not wait for the disk. @return false while the note before is not there yet */
    public boolean note(JobFile file, Progress progress) {
        if (!last.isDone()) {
            return false;
        }
        last = commits.submit(session -> {
            write(session, file, progress);
            return null;
        });
        return true;
    }

    /**
     * What became of a file, to be written with the end of its reading.
     *
     * @param state as in {@link JobFile#state}
     * @param why it is left alone; null when it is not
     */
    public Staged<Void> decided(JobFile file, Progress progress, String state, @Nullable String why) {
        return none -> session -> {
            write(session, file, progress);
            over(session, file, state, why, OVER + "= 'TAKEN'");
            return null;
        };
    }

    /** A file is not read, or not to its end. @param why in words */
    public void leave(JobFile file, String why) {
        commits.call(session -> {
            over(session, file, JobLetter.LEFT_ALONE, why, OVER + "IN ('WAITING', 'TAKEN')");
            return null;
        });
        HaltAt.reached("file-left");
    }

    private void over(Session session, JobFile file, String state, @Nullable String why, String sql)
            throws SQLException {
        if (session.update(sql, state, why, file.job(), file.seq()) > 0) {
            session.update(
                    COUNT,
                    state.equals(JobFile.DONE) ? 1 : 0,
                    state.equals(JobLetter.CANCELLED) ? 1 : 0,
                    state.equals(JobLetter.LEFT_ALONE) ? 1 : 0,
                    file.job());
            Jobs.noteReceipt(session, chain, file.job());
        }
    }

    private static void write(Session session, JobFile file, Progress progress) throws SQLException {
        List<Object> values = new ArrayList<>();
        WORDS.forEach(word -> values.add(progress.counts().getOrDefault(word, 0L)));
        values.add(progress.bytesRead());
        List<Object> added = new ArrayList<>(values);
        added.addAll(List.of(progress.worked().toMillis(), file.seq(), file.job()));
        session.update(ADD, added.toArray());
        values.addAll(List.of(file.job(), file.seq()));
        session.update(NOTE, values.toArray());
    }
}
