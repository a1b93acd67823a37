package io.cxt.ledger;

import io.cxt.audit.AuditEvent;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.OperatorLog;
import io.cxt.db.Session;
import io.cxt.text.SafeName;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What persons order of jobs, each order in the audit with the change that it makes. Long because there is an order for each
 * kind of job.
 */
public final class JobOrders {
    private static final String TAKE_IN = "UPDATE letter SET job = ?, job_state = 'WAITING' WHERE id <= ?";
    private static final String INSERT = "INSERT INTO job (id, kind, state, filter, share, stop_after, total, bytes,"
            + " actor, note, created_at) SELECT ?, ?, 'WAITING', ?, ?, ?, ?, ?, ?, ?, ? WHERE 1 = 1";
    private static final int FILES_AT_ONCE = 50;
    private static final String FILE = "(?, ?, ?, ?, ?, ?, ?, 'WAITING')";
    private static final String FILES =
            "INSERT INTO job_source (job, seq, instance, path, source, bytes, modified, state) VALUES ";

    private JobOrders() {}

    /**
     * An order to redrive letters.
     *
     * @param upTo the id of the last letter that may be in it, so that it has those of its preview and no later ones
     * @param share of the lane, percent
     * @param stopAfter so many failures in a row pause it; 0 for never
     */
    public record Redrive(
            LetterQuery letters,
            String upTo,
            String filter,
            int share,
            int stopAfter,
            @Nullable String note) {
        public static final int SHARE = 20;
        public static final int STOP_AFTER = 5;

        /** @throws OrderRefused when a value is out of bounds */
        public Redrive {
            inBounds(share, stopAfter);
            note = Note.optional(note);
        }
    }

    /**
     * An order to bring in files.
     *
     * @param instance which reads them
     * @param filter what was asked for, in words
     * @param share of the lane, percent
     * @param stopAfter so many transcripts in a row that are not sent pause it; 0 for never
     */
    public record Backfill(
            List<ExportFile> files,
            String instance,
            String filter,
            int share,
            int stopAfter,
            @Nullable String note) {
        /** @throws OrderRefused when a value is out of bounds */
        public Backfill {
            inBounds(share, stopAfter);
            note = Note.optional(note);
        }
    }

    private static void inBounds(int share, int stopAfter) {
        if (share < 1 || share > 100) {
            throw new OrderRefused("share is %s; allowed: 1 to 100 percent".formatted(share));
        }
        if (stopAfter < 0) {
            throw new OrderRefused("stop-after is %s; allowed: 0 and more".formatted(stopAfter));
        }
    }

    /**
     * Starts a job on the letters that match and are in no other open job.
     *
     * @return its number
     * @throws OrderRefused when no letter matches any more
     */
    public static long start(OperatorLog log, Redrive order, String actor, long nowMillis) {
        long[] number = new long[1];
        log.changed(session -> {
            long job = session.number("SELECT max(id) FROM job") + 1;
            List<Object> values = new ArrayList<>(List.of(job, order.upTo()));
            StringBuilder sql = new StringBuilder(TAKE_IN);
            order.letters().addTo(sql, values);
            sql.append(LetterQuery.IN_NO_JOB).append(LetterQuery.NOT_CONFIRMED);
            long total = session.update(sql.toString(), values.toArray());
            if (total == 0) {
                throw new OrderRefused("No dead letter matches that is not in a job.");
            }
            session.update(
                    INSERT,
                    job,
                    Job.REDRIVE,
                    order.filter(),
                    order.share(),
                    order.stopAfter(),
                    total,
                    0,
                    actor,
                    order.note(),
                    nowMillis);
            number[0] = job;
            return started(
                    job, "redrive total=" + total, order.share(), order.stopAfter(), order.filter(), order.note());
        });
        return number[0];
    }

    /**
     * Starts a job on files.
     *
     * @return its number
     * @throws OrderRefused when one of them is in another job that has not ended
     */
    public static long start(OperatorLog log, Backfill order, String actor, long nowMillis) {
        long[] number = new long[1];
        long bytes = order.files().stream().mapToLong(ExportFile::bytes).sum();
        log.changed(session -> {
            long job = session.number("SELECT max(id) FROM job") + 1;
            takeIn(session, job, order);
            session.update(
                    INSERT,
                    job,
                    Job.BACKFILL,
                    order.filter(),
                    order.share(),
                    order.stopAfter(),
                    order.files().size(),
                    bytes,
                    actor,
                    order.note(),
                    nowMillis);
            number[0] = job;
            return started(
                    job,
                    "backfill files=%s bytes=%s".formatted(order.files().size(), bytes),
                    order.share(),
                    order.stopAfter(),
                    order.filter(),
                    order.note());
        });
        return number[0];
    }

    private static void takeIn(Session session, long job, Backfill order) throws SQLException {
        List<ExportFile> files = order.files();
        for (int from = 0; from < files.size(); from += FILES_AT_ONCE) {
            List<ExportFile> some = files.subList(from, Math.min(files.size(), from + FILES_AT_ONCE));
            List<Object> values = new ArrayList<>();
            for (int i = 0; i < some.size(); i++) {
                ExportFile file = some.get(i);
                values.addAll(List.of(job, from + i + 1L, order.instance(), file.path(), file.source()));
                values.addAll(List.of(file.bytes(), file.modifiedNanos()));
            }
            session.update(FILES + FILE + (", " + FILE).repeat(some.size() - 1), values.toArray());
        }
        Optional<String> other = session.one(
                "SELECT other.path, other.job FROM job_source mine JOIN job_source other ON other.source = mine.source"
                        + " AND other.job <> mine.job AND other.state IN ('WAITING', 'TAKEN') WHERE mine.job = ? LIMIT 1",
                row -> SafeName.log(row.getString(1)) + " is in job " + row.getLong(2),
                job);
        if (other.isPresent()) {
            throw new OrderRefused(other.get() + ", which has not ended.");
        }
    }

    private static AuditEvent started(
            long job, String what, int share, int stopAfter, String filter, @Nullable String note) {
        return told(
                Type.JOB_STARTED,
                job,
                "%s share=%s%% stop-after=%s %s%s"
                        .formatted(what, share, stopAfter, filter, note == null ? "" : ": " + note));
    }

    /** Pauses a job. @return false when it neither waits nor runs */
    public static boolean pause(OperatorLog log, Job job, String actor) {
        return !job.state().ended()
                && job.state() != Job.State.CANCELLING
                && change(
                        log,
                        Type.JOB_PAUSED,
                        job,
                        "UPDATE job SET state = 'PAUSED', why = ?, paused_by = NULL WHERE id = ?"
                                + " AND state IN ('WAITING', 'RUNNING', 'PAUSED')",
                        "by " + actor,
                        job.id());
    }

    /** Resumes a job. @return false when it is not paused */
    public static boolean resume(OperatorLog log, Job job) {
        return job.state() == Job.State.PAUSED
                && change(
                        log,
                        Type.JOB_RESUMED,
                        job,
                        "UPDATE job SET state = CASE WHEN started_at IS NULL THEN 'WAITING' ELSE 'RUNNING' END,"
                                + " why = NULL, paused_by = NULL, in_a_row = 0 WHERE id = ? AND state = 'PAUSED'",
                        job.id());
    }

    private static boolean change(OperatorLog log, Type type, Job job, String sql, Object... values) {
        int[] rows = new int[1];
        log.changed(session -> {
            rows[0] = session.update(sql, values);
            return told(type, job.id(), rows[0] > 0 ? "" : "changed nothing");
        });
        return rows[0] > 0;
    }

    /**
     * Cancels a job: what was begun is finished, all else is as if it had never been in it.
     *
     * @return false when it has ended
     */
    public static boolean cancel(OperatorLog log, Job job, long nowMillis) {
        if (job.state().ended()) {
            return false;
        }
        log.changed(session -> {
            session.update(
                    "UPDATE job SET state = 'CANCELLING', why = NULL, paused_by = NULL WHERE id = ? AND ended_at IS NULL",
                    job.id());
            int released = session.update(
                    "UPDATE letter SET job_state = 'cancelled' WHERE job = ? AND job_state = 'WAITING'", job.id());
            int files = session.update(
                    "UPDATE job_source SET state = 'cancelled' WHERE job = ? AND state = 'WAITING'", job.id());
            session.update("UPDATE job SET cancelled = cancelled + ? WHERE id = ?", released + files, job.id());
            session.update(
                    "UPDATE job SET state = 'CANCELLED', ended_at = ? WHERE id = ? AND state = 'CANCELLING' AND NOT EXISTS"
                            + " (SELECT 1 FROM letter WHERE job = ? AND job_state = 'TAKEN') AND NOT EXISTS"
                            + " (SELECT 1 FROM job_source WHERE job = ? AND state = 'TAKEN')",
                    nowMillis,
                    job.id(),
                    job.id(),
                    job.id());
            return told(Type.JOB_CANCELLED, job.id(), job.files() == null ? "letters=" + released : "files=" + files);
        });
        return true;
    }

    private static AuditEvent told(Type type, long job, String detail) {
        return AuditEvent.of(type).because(null, ("job=" + job + " " + detail).strip());
    }
}
