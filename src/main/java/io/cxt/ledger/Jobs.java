package io.cxt.ledger;

import io.cxt.audit.AuditChain;
import io.cxt.audit.AuditChain.Head;
import io.cxt.audit.AuditEvent;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.db.ChangeQueue;
import io.cxt.db.GroupCommit;
import io.cxt.db.LedgerReader;
import io.cxt.db.Session;
import io.cxt.db.Staged;
import io.cxt.files.HaltAt;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The jobs, for the instance that works on them: on those of their letters that lie in its {@code data.dir}, which one
 * process has at a time.
 *
 * <p>Long because every change that a run makes to a job is here, each with its audit event.
 */
public final class Jobs {
    /** An instance without a sign of life for so long is away; one that runs gives one each ten seconds. */
    public static final Duration AWAY = Duration.ofSeconds(60);

    /** In doubt, and a person wants it sent: marked, whatever {@code cxone.in-doubt} says. */
    static final String OPEN_AGAIN =
            "UPDATE delivery SET state = 'FAILED', doubted = 1, reason = 'REPLAYED', intake_id = NULL"
                    + " WHERE interaction_id = ? AND state = 'IN_DOUBT'";

    static final String OPEN = "SELECT " + Job.COLUMNS + " FROM job WHERE ended_at IS NULL ORDER BY id";
    private static final String DUE = "SELECT " + RecordedLetter.COLUMNS + ", job_state FROM letter"
            + " WHERE job = ? AND job_state = ? AND instance = ? ORDER BY id LIMIT ?";
    private static final String TAKE = "UPDATE letter SET job_state = 'TAKEN', replays = replays + 1"
            + " WHERE id = ? AND job = ? AND job_state = 'WAITING'"
            + " AND EXISTS (SELECT 1 FROM job WHERE job.id = letter.job AND state = 'RUNNING')";
    private static final String SETTLED = "UPDATE letter SET job_state = ?, state = 'SETTLED', former = name"
            + " WHERE id = ? AND job = ? AND job_state = 'TAKEN'";
    private static final String STAYS =
            "UPDATE letter SET job_state = ? WHERE id = ? AND job = ? AND job_state IN ('WAITING', 'TAKEN')";
    /** What became of a packed letter is in the same job. */
    private static final String OF_PACKED = "UPDATE letter SET job = ?, job_state = outcome WHERE state = 'OPEN'"
            + " AND job IS NULL AND source = (SELECT source FROM letter packed WHERE packed.id = ?) AND id > ?";

    private static final String GONE = "UPDATE letter SET job_state = ?, state = 'GONE'"
            + " WHERE id = ? AND job = ? AND job_state IN ('WAITING', 'TAKEN')";
    private static final String COUNT = "UPDATE job SET sent = sent + ?, duplicate = duplicate + ?,"
            + " rejected = rejected + ?, failed = failed + ?, conflict = conflict + ?, in_doubt = in_doubt + ?,"
            + " queued = queued + ?, excluded = excluded + ?, left_alone = left_alone + ?,"
            + " in_a_row = CASE WHEN ? = 1 THEN in_a_row + 1 ELSE 0 END WHERE id = ?";
    private static final List<String> COUNTED = List.of(
            "sent",
            "duplicate",
            "rejected",
            "failed",
            "conflict",
            "in-doubt",
            "queued",
            "excluded",
            JobLetter.LEFT_ALONE);
    private static final Set<String> FAILURES = Set.of("rejected", "failed", "conflict", "in-doubt");

    private static final String STOP = "UPDATE job SET state = 'PAUSED', why = ? WHERE id = ? AND state = 'RUNNING'"
            + " AND stop_after > 0 AND in_a_row >= stop_after";
    private static final String RECEIPT = "INSERT INTO job_receipt (job, chain, from_seq, to_seq, hash)"
            + " SELECT ?, ?, ?, ?, ? WHERE 1 = 1 ON CONFLICT (job, chain) DO UPDATE SET to_seq = excluded.to_seq,"
            + " hash = excluded.hash";
    private static final String END = "UPDATE job SET state = CASE WHEN state = 'CANCELLING' THEN 'CANCELLED'"
            + " WHEN rejected + failed + conflict + in_doubt + left_alone > 0 THEN 'DONE_WITH_FAILURES' ELSE 'DONE' END,"
            + " ended_at = ?, why = NULL, paused_by = NULL WHERE id = ? AND ended_at IS NULL AND NOT EXISTS"
            + " (SELECT 1 FROM letter WHERE job = ? AND job_state IN ('WAITING', 'TAKEN')) AND NOT EXISTS"
            + " (SELECT 1 FROM job_source WHERE job = ? AND state IN ('WAITING', 'TAKEN'))";

    private static final String OPEN_ITEMS =
            "SELECT 1 FROM letter WHERE job = ? AND job_state IN ('WAITING', 'TAKEN') UNION ALL"
                    + " SELECT 1 FROM job_source WHERE job = ? AND state IN ('WAITING', 'TAKEN') LIMIT 1";

    private final GroupCommit commits;
    private final LedgerReader reader;
    private final AuditChain chain;
    private final Clock clock;

    Jobs(GroupCommit commits, LedgerReader reader, AuditChain chain, Clock clock) {
        this.commits = commits;
        this.reader = reader;
        this.chain = chain;
        this.clock = clock;
    }

    /** The name of this instance, as letters have it. */
    public String instance() {
        return chain.name();
    }

    /** The jobs of a kind that have not ended, the oldest first. */
    public List<Job> open(String kind) {
        return reader.list(OPEN, Job::read).stream()
                .filter(job -> job.kind().equals(kind))
                .toList();
    }

    /**
     * The letters of a job that this instance has to work on, those that were begun first.
     *
     * @param begunOnly true to leave out those that wait
     * @param most of each kind
     */
    public List<JobLetter> due(Job job, boolean begunOnly, int most) {
        List<JobLetter> due = due(job, JobLetter.TAKEN, most);
        if (!begunOnly) {
            due.addAll(due(job, JobLetter.WAITING, most));
        }
        return due;
    }

    /** A letter that was begun, as it is now; empty when it is decided meanwhile. */
    public Optional<RecordedLetter> taken(Job job, String letter) {
        return reader.one(
                "SELECT " + RecordedLetter.COLUMNS + " FROM letter WHERE id = ? AND job = ? AND job_state = 'TAKEN'",
                RecordedLetter::read,
                letter,
                job.id());
    }

    private List<JobLetter> due(Job job, String state, int most) {
        return reader.list(DUE, JobLetter::read, job.id(), state, instance(), most);
    }

    /** How many instances have letters of a job left to do. */
    public int instances(Job job) {
        return (int) reader.number(
                "SELECT count(DISTINCT instance) FROM letter WHERE job = ? AND job_state IN ('WAITING', 'TAKEN')",
                job.id());
    }

    /** True when content of the interaction was removed from CXone on a person's order. */
    public boolean withdrawn(String interactionId) {
        return reader.any(
                "SELECT 1 FROM audit_event WHERE interaction_id = ? AND event = 'WITHDRAWN' UNION ALL SELECT 1 FROM audit_closed"
                        + " WHERE id = ? AND kind = 'withdrawn' LIMIT 1",
                interactionId,
                interactionId);
    }

    /**
     * True when the ledger knows that CXone may have an interaction; what the given source, as long as it is open, has marked
     * itself does not count.
     */
    public boolean knowsDoubt(String interactionId, String source) {
        return reader.any(
                LedgerView.EACH_TARGET
                        + "SELECT 1 FROM targets JOIN delivery ON delivery.target = targets.target AND interaction_id = ?"
                        + " AND part > 0 AND (state = 'IN_DOUBT' OR doubted = 1) AND NOT EXISTS (SELECT 1 FROM intake"
                        + " WHERE intake.id = delivery.intake_id AND intake.source = ? AND closed_at IS NULL) LIMIT 1",
                interactionId,
                source);
    }

    /** A job begins. */
    public void begin(Job job) {
        commits.call(session -> session.update(
                "UPDATE job SET state = 'RUNNING', started_at = ? WHERE id = ? AND state = 'WAITING'",
                now(session),
                job.id()));
    }

    /**
     * Records that a letter is replayed, before anything is done with it. One in doubt is opened again with that.
     *
     * @param doubted true when CXone may have it
     * @return false when it waits no more, or the job does not run
     */
    public boolean take(Job job, RecordedLetter letter, boolean doubted) {
        Staged<Boolean> taking = session -> {
            ChangeQueue.Change taken = session.queue(letter.id(), TAKE, letter.id(), job.id());
            return then -> {
                if (taken.rows() == 0) {
                    return false;
                }
                if (doubted && letter.interactionId() != null) {
                    then.update(OPEN_AGAIN, letter.interactionId());
                }
                chain.append(
                        then,
                        AuditEvent.of(Type.REPLAYED)
                                .about(letter.interactionId(), null, letter.name())
                                .because(null, "job=" + job.id() + " letter=" + letter.id())
                                .by(job.actor()));
                noteReceipt(then, chain, job.id());
                return true;
            };
        };
        boolean taken = commits.call(taking);
        HaltAt.reached("taken");
        return taken;
    }

    /**
     * What became of a letter, with the job's count; to be written with the end of its reading. Does nothing when the letter is
     * decided already.
     *
     * @param outcome a word for an outcome of a transcript, of several the worst
     * @param packed true for a whole message: what is not sent of it is letters of their own, and it is settled
     */
    public Staged<Void> decided(long job, String letter, String outcome, boolean packed) {
        boolean settled = (packed || !FAILURES.contains(outcome)) && !outcome.equals(JobLetter.LEFT_ALONE);
        return session -> {
            ChangeQueue.Change row = session.queue(letter, settled ? SETTLED : STAYS, outcome, letter, job);
            return then -> {
                if (row.rows() > 0) {
                    if (packed) {
                        then.update(OF_PACKED, job, letter, letter);
                    }
                    count(then, job, outcome);
                    noteReceipt(then, chain, job);
                }
                return null;
            };
        };
    }

    /**
     * A letter stays as it is, and no call is made.
     *
     * @param gone true when a person has removed its file
     */
    public void leave(Job job, RecordedLetter letter, boolean gone) {
        Staged<Void> leaving = session -> {
            ChangeQueue.Change row =
                    session.queue(letter.id(), gone ? GONE : STAYS, JobLetter.LEFT_ALONE, letter.id(), job.id());
            return then -> {
                if (row.rows() > 0) {
                    count(then, job.id(), JobLetter.LEFT_ALONE);
                }
                return null;
            };
        };
        commits.call(leaving);
    }

    private void count(Session session, long job, String outcome) throws SQLException {
        Object[] values = new Object[COUNTED.size() + 2];
        for (int i = 0; i < COUNTED.size(); i++) {
            values[i] = outcome.equals(COUNTED.get(i)) ? 1 : 0;
        }
        boolean failure = FAILURES.contains(outcome);
        values[COUNTED.size()] = failure ? 1 : 0;
        values[COUNTED.size() + 1] = job;
        session.update(COUNT, values);
        String why = "the last letters in a row failed again, the last of them as " + outcome;
        if (failure && session.update(STOP, why, job) > 0) {
            chain.append(session, AuditEvent.of(Type.JOB_PAUSED).because(null, "job=" + job + " " + why));
        }
    }

    /** The event that was appended last is of this job. */
    static void noteReceipt(Session session, AuditChain chain, long job) throws SQLException {
        Head tail = chain.tail();
        session.update(RECEIPT, job, chain.name(), tail.seq(), tail.seq(), tail.hash());
    }

    /**
     * The lane of this instance lets no call through: the job waits until it does.
     *
     * @param why in words
     */
    public void pausedByLane(Job job, String why) {
        change(
                Type.JOB_PAUSED,
                job,
                why,
                session -> session.update(
                        "UPDATE job SET state = 'PAUSED', why = ?, paused_by = ? WHERE id = ?"
                                + " AND state IN ('WAITING', 'RUNNING')",
                        why,
                        instance(),
                        job.id()));
    }

    /** True when an instance has ended, or gives no sign of life. */
    public boolean away(String other) {
        return !reader.any(
                "SELECT 1 FROM instance WHERE name = ? AND lane <> ? AND seen_at >= ?",
                other,
                Instances.ENDED,
                clock.millis() - AWAY.toMillis());
    }

    /**
     * The lane of the instance that paused a job lets calls through again, or that instance is away.
     *
     * @param why in words
     */
    public void resumed(Job job, String why) {
        change(
                Type.JOB_RESUMED,
                job,
                why,
                session -> session.update(
                        "UPDATE job SET state = CASE WHEN started_at IS NULL THEN 'WAITING' ELSE 'RUNNING' END,"
                                + " why = NULL, paused_by = NULL"
                                + " WHERE id = ? AND state = 'PAUSED' AND paused_by = ?",
                        job.id(),
                        job.pausedBy()));
    }

    /** A person must act before a job goes on. */
    public void pausedByFailures(Job job, String why) {
        change(
                Type.JOB_PAUSED,
                job,
                why,
                session -> session.update(
                        "UPDATE job SET state = 'PAUSED', why = ? WHERE id = ? AND state = 'RUNNING'", why, job.id()));
    }

    /** Ends a job of which no instance has anything left to do. @return false when one has */
    public boolean end(Job job) {
        if (reader.any(OPEN_ITEMS, job.id(), job.id())) {
            return false;
        }
        return commits.call(session -> {
            boolean ended = session.update(END, now(session), job.id(), job.id(), job.id()) > 0;
            if (ended) {
                Job now = session.one("SELECT " + Job.COLUMNS + " FROM job WHERE id = ?", Job::read, job.id())
                        .orElseThrow();
                chain.append(
                        session,
                        AuditEvent.of(Type.JOB_ENDED)
                                .because(
                                        null,
                                        "job=%s %s total=%s %s"
                                                .formatted(now.id(), now.state(), now.total(), now.countsInWords())));
                noteReceipt(session, chain, job.id());
            }
            return ended;
        });
    }

    private void change(Type type, Job job, String why, GroupCommit.Work<Integer> update) {
        commits.call(session -> {
            Integer changed = update.run(session);
            if (changed != null && changed > 0) {
                chain.append(session, AuditEvent.of(type).because(null, "job=" + job.id() + " " + why));
            }
            return null;
        });
    }

    private long now(Session session) {
        return session.time(clock).toEpochMilli();
    }
}
