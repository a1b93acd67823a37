package io.cxt.ledger;

import io.cxt.audit.AuditBundle;
import io.cxt.audit.AuditCheck;
import io.cxt.audit.AuditEntry;
import io.cxt.audit.AuditPages;
import io.cxt.audit.AuditQuery;
import io.cxt.audit.CheckpointCheck;
import io.cxt.audit.CheckpointPruning;
import io.cxt.audit.Closing;
import io.cxt.audit.FeedSource;
import io.cxt.db.Database;
import io.cxt.db.JdbcUrl;
import io.cxt.db.LedgerException;
import io.cxt.db.LedgerReader;
import io.cxt.db.LedgerSettings;
import io.cxt.db.Owner;
import io.cxt.db.Session;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the ledger for people and programs, also beside a running CXT.
 *
 * <p>Long because every question that a command asks is here.
 */
public final class LedgerView implements AutoCloseable {
    private final LedgerReader reader;
    private final LedgerSettings settings;

    LedgerView(LedgerReader reader, LedgerSettings settings) {
        this.reader = reader;
        this.settings = settings;
    }

    /**
     * Opens the ledger for reading, whether or not a CXT runs. Creates none.
     *
     * @throws LedgerException when there is none that can be read, saying what to do
     */
    public static LedgerView of(LedgerSettings settings) {
        Database database = new Database(settings);
        database.requireReadable();
        return new LedgerView(new LedgerReader(database), settings);
    }

    /**
     * What remains of a ledger that is gone, or has no tables, in words with what to do; null when it is there, or never
     * was.
     *
     * @throws LedgerException when that cannot be found out
     */
    public static @Nullable String missing(LedgerSettings settings) {
        try {
            List<Path> left = settings.leftBehind();
            return left.isEmpty() || new Database(settings).holdsTables()
                    ? null
                    : "the ledger is missing: %s holds none, and what belongs to it is still there: %s. Put the ledger back from a copy"
                            .formatted(
                                    JdbcUrl.shown(settings.url()),
                                    left.stream().map(Path::toString).collect(Collectors.joining(", ")));
        } catch (IOException e) {
            throw new LedgerException("Cannot look into %s: %s".formatted(settings.folder(), e), e);
        } catch (SQLException e) {
            throw new LedgerException("Cannot read the ledger: " + Database.reason(e), e);
        }
    }

    /** True while a cxt works with this {@code data.dir}. Creates nothing. */
    public static boolean inUse(LedgerSettings settings) {
        try {
            return Owner.isLocked(settings.folder());
        } catch (IOException e) {
            return false;
        }
    }

    /** The schema of PostgreSQL in which the tables are. */
    public String schema() {
        return reader.one("SELECT current_schema()", row -> row.getString(1)).orElse("public");
    }

    /** The state of the ledger as a whole. */
    public LedgerStatus status() {
        return new LedgerStatus(reader);
    }

    /** Its lists, a page at a time. */
    public LedgerLists lists() {
        return new LedgerLists(reader);
    }

    /** When the last event was written that was pruned, as the audit writes times; null when none of the interaction was. */
    public @Nullable String prunedUpTo(String interactionId) {
        return reader.any("SELECT 1 FROM audit_closed WHERE id = ?", interactionId) ? prunedUpTo() : null;
    }

    /** When the last event of any chain was written that was pruned, as the audit writes times; null when none was. */
    public @Nullable String prunedUpTo() {
        return reader.ask(Closing::all).stream()
                .map(Closing::until)
                .max(String::compareTo)
                .orElse(null);
    }

    /** The closing records, that of each chain. */
    public List<Closing> closings() {
        return reader.ask(Closing::all);
    }

    /** The checkpoints of its chains, as far as they are signed here. */
    public CheckpointPruning checkpoints(List<String> copies, String instance) {
        return new CheckpointPruning(settings, copies, instance);
    }

    /** The readings of a file that was abandoned, by id. */
    List<String> abandoned(String source) {
        return reader.list(AbandonedSources.OPEN, row -> row.getString(1), source);
    }

    /** Its audit events that are past their time. */
    public LedgerClosing closing() {
        return new LedgerClosing(reader, settings);
    }

    /** The audit, a page at a time. */
    public AuditPages auditPages() {
        return new AuditPages(reader);
    }

    /** The targets that have deliveries, each found in one step of an index that begins with them. */
    static final String EACH_TARGET = "WITH RECURSIVE targets(target) AS (SELECT min(target) FROM delivery"
            + " UNION ALL SELECT (SELECT min(target) FROM delivery WHERE target > targets.target) FROM targets"
            + " WHERE targets.target IS NOT NULL) ";

    /** Every delivery of an interaction, the parts in order. */
    public List<RecordedDelivery> deliveries(String interactionId) {
        return reader.list(
                EACH_TARGET + "SELECT " + RecordedDelivery.COLUMNS
                        + " FROM targets JOIN delivery ON delivery.target = targets.target AND interaction_id = ?"
                        + " ORDER BY delivery.target, part",
                RecordedDelivery::read,
                interactionId);
    }

    /**
     * The interactions of which CXone has every part, by id.
     *
     * @param since only those whose last part was sent then or later, in milliseconds since 1970
     * @param after only those behind this one; empty for all
     * @param most how many
     */
    public List<String> sent(String target, long since, String after, int most) {
        return reader.list(
                "SELECT interaction_id FROM delivery WHERE target = ? AND part > 0 AND interaction_id > ? GROUP BY interaction_id"
                        + " HAVING min(state) = 'SENT' AND max(state) = 'SENT' AND count(*) = max(part)"
                        + " AND max(CAST(part AS BIGINT) * 1000000 + parts) % 1000000 = max(part)"
                        + " AND max(finished_at) >= ? ORDER BY interaction_id LIMIT ?",
                row -> row.getString(1), target, after, since, most);
    }

    /** The targets other than this one that something was sent to. */
    public List<String> othersSentTo(String target) {
        return reader.list(
                EACH_TARGET + "SELECT target FROM targets WHERE target <> ? AND EXISTS"
                        + " (SELECT 1 FROM delivery WHERE delivery.target = targets.target AND state = 'SENT')",
                row -> row.getString(1),
                target);
    }

    /** Passes on the dead letters that match, the oldest first. */
    public void letters(LetterQuery query, Consumer<RecordedLetter> consumer) {
        query.each(reader, consumer);
    }

    /** What persons hold or set, those that have ended by themselves with them. */
    public List<ControlRow> controls() {
        return findControls().all();
    }

    /** The same, and what time it is by the clock that decides what has ended. */
    public ControlTable.Found findControls() {
        return ControlTable.find(reader, Clock.systemUTC());
    }

    /** The newest jobs, the newest first. */
    public List<Job> jobs(int most) {
        return reader.list("SELECT " + Job.COLUMNS + " FROM job ORDER BY id DESC LIMIT ?", Job::read, most);
    }

    /** The jobs that have not ended, the oldest first. */
    public List<Job> openJobs() {
        return reader.list(Jobs.OPEN, Job::read);
    }

    /** The job of this number; empty when there is none. */
    public Optional<Job> job(long id) {
        return reader.one("SELECT " + Job.COLUMNS + " FROM job WHERE id = ?", Job::read, id);
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
    public Optional<Long> openJob(String instance, String letter) {
        return reader.one(
                "SELECT job FROM letter WHERE instance = ? AND name = ? AND state = 'OPEN'"
                        + " AND job_state IN ('WAITING', 'TAKEN')",
                row -> row.getLong(1),
                instance,
                letter);
    }

    /** The id of the newest letter; empty when there is none. */
    public String lastLetter() {
        return reader.one("SELECT max(id) FROM letter", row -> row.getString(1)).orElse("");
    }

    /** Passes on the letters that a redrive would have, the oldest first. */
    public void redrivable(LetterQuery query, String upTo, Consumer<RecordedLetter> consumer) {
        query.redrivable(reader, upTo, consumer);
    }

    /** True when content of the interaction was removed from CXone on a person's order. */
    public boolean withdrawn(String interactionId) {
        return reader.any(
                "SELECT 1 FROM audit_event WHERE interaction_id = ? AND event = 'WITHDRAWN' UNION ALL SELECT 1 FROM audit_closed"
                        + " WHERE id = ? AND kind = 'withdrawn' LIMIT 1",
                interactionId,
                interactionId);
    }

    /** How many dead letters an instance has on record. */
    public long letters(String instance) {
        return reader.number("SELECT count(*) FROM letter WHERE state = 'OPEN' AND instance = ?", instance);
    }

    /** Passes on the audit events that match, in the order in which they were written. */
    public void events(AuditQuery query, Consumer<AuditEntry> consumer) {
        query.each(reader, consumer);
    }

    /**
     * The result of a check of the audit.
     *
     * @param faults the first broken place, and rows that the audit contradicts, in words; empty when all is intact
     * @param notes how far each chain is signed, or why that is not known
     */
    public record Verification(long events, long chains, List<String> faults, List<String> notes) {
        /** The first fault; null when there is none. */
        public @Nullable String fault() {
            return faults.isEmpty() ? null : faults.get(0);
        }
    }

    /** Verifies a ledger that no other instance writes to. */
    public Verification verify() {
        return verify(Set.of(), null);
    }

    /** Verifies a ledger that other instances write to, too. */
    public Verification verify(Set<String> chains) {
        return verify(chains, null);
    }

    /**
     * Computes every chain again from its first event and compares it with its checkpoints, and the deliveries with the
     * chains.
     *
     * @param chains of other instances on the same PostgreSQL, whose checkpoints are elsewhere
     * @param copy a folder or file with copies of the checkpoints, in place of the originals; null for those
     */
    public Verification verify(Set<String> chains, @Nullable Path copy) {
        try (CheckpointCheck checkpoints = new CheckpointCheck(settings, chains, copy)) {
            AuditCheck.Verdict verdict = reader.ask(
                    session -> session.atOnce(moment -> AuditCheck.verify(moment, checkpoints, RecordCheck::check)));
            return new Verification(verdict.events(), verdict.chains(), verdict.faults(), checkpoints.notes());
        } catch (IOException e) {
            throw new LedgerException(
                    "Cannot read the checkpoints in %s: %s. Look at their permissions"
                            .formatted(settings.checkpointFolder(), e),
                    e);
        }
    }

    /**
     * Writes a bundle of audit events as they are at one moment.
     *
     * @param runs what would run now
     */
    public AuditBundle.Written export(AuditBundle bundle, Map<String, ?> runs, OutputStream out) throws IOException {
        try (Session session = new Session(new Database(settings).openForReading())) {
            return session.atOnce(moment -> bundle.write(moment, runs, out));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (SQLException e) {
            throw new LedgerException("Cannot read the ledger: " + Database.reason(e), e);
        }
    }

    /**
     * Compares the audit feed with the deliveries.
     *
     * @param elsewhere the feed's database; null when it is the ledger's
     * @param findings receives each difference, in words
     * @return what was not compared and why, in words; null when all was
     */
    public @Nullable String verifyFeed(@Nullable FeedSource elsewhere, Consumer<String> findings) {
        Database database = new Database(settings);
        try (Session moment = new Session(database.openForReading());
                Session ledger = new Session(database.openForReading());
                Session feed =
                        elsewhere == null ? new Session(database.openForReading()) : new Session(elsewhere.open());
                Session feedMoment =
                        elsewhere == null ? new Session(database.openForReading()) : new Session(elsewhere.open())) {
            FeedCheck check = new FeedCheck(ledger, feed, findings);
            String unfit = check.unfit();
            if (unfit == null) {
                check.there(moment);
                check.sent(feedMoment);
            }
            return unfit;
        } catch (SQLException e) {
            return Database.reason(e);
        }
    }

    /**
     * A part in the archive.
     *
     * @param place where; null for what was kept before places were recorded
     * @param at when the copy was made
     * @param owner the run of an instance that sent it
     */
    public record Archived(
            String interactionId,
            int part,
            int parts,
            String hash,
            @Nullable String place,
            Instant at,
            @Nullable String owner) {}

    /**
     * Open dead letters of an instance that were set aside before a time, in no open job, by id; some at a time.
     *
     * @param after the id behind which they are
     */
    public List<RecordedLetter> lettersPastTime(String instance, Instant before, String after) {
        return LettersPastTime.of(reader, instance, before, after);
    }

    /** The hash of an event; null when there is none. */
    public @Nullable String eventHash(String chain, long seq) {
        return reader.one(
                        "SELECT hash FROM audit_event WHERE chain = ? AND seq = ?", row -> row.getString(1), chain, seq)
                .orElse(null);
    }

    /**
     * What the ledger knows a customer by: a keyed hash of the id, which is as it stands in the chats, blanks and all.
     *
     * @throws LedgerException when customers are not kept here, or the key is missing
     */
    public String customer(String customerId) {
        CustomerKey key = CustomerKey.of(settings, reader.one(CustomerKey.KNOWN, row -> row.getString(1)));
        return Objects.requireNonNull(key.of(customerId), "the id is not blank");
    }

    /** Those hashes of content that another interaction has sent, too. Reads all deliveries once. */
    public List<String> alsoOfOthers(Set<String> hashes, String interactionId) {
        if (hashes.isEmpty()) {
            return List.of();
        }
        List<Object> values = new ArrayList<>(hashes);
        values.add(interactionId);
        return reader.list(
                "SELECT DISTINCT content_hash FROM delivery WHERE content_hash IN (?" + ", ?".repeat(hashes.size() - 1)
                        + ") AND interaction_id <> ?",
                row -> row.getString(1),
                values.toArray());
    }

    /** True when an interaction was erased, and is refused in one of the targets. */
    public boolean erased(String interactionId) {
        return reader.any(
                EACH_TARGET + "SELECT 1 FROM targets JOIN delivery ON delivery.target = targets.target"
                        + " AND interaction_id = ? AND part = 1 AND erased = 1",
                interactionId);
    }

    /** The dead letters of an interaction, or of a transcript without an id by its position, those with them that are none any more. */
    public List<RecordedLetter> lettersOf(String interactionId) {
        return Erasures.letters(reader, interactionId);
    }

    /** Why an interaction cannot be erased now, in words; null when it can. */
    public @Nullable String whyNotErased(String interactionId, Set<String> targets) {
        return Erasures.hindrance(reader, interactionId, targets);
    }

    /** Passes on all parts that are marked as archived, grouped by file. */
    public void archived(Consumer<Archived> consumer) {
        reader.each(
                "SELECT interaction_id, part, parts, content_hash, archived_in, archived_at, owner FROM delivery WHERE state = 'SENT'"
                        + " AND archived_at IS NOT NULL ORDER BY length(archived_in), archived_in",
                row -> new Archived(
                        row.getString(1),
                        row.getInt(2),
                        row.getInt(3),
                        row.getString(4),
                        row.getString(5),
                        Instant.ofEpochMilli(row.getLong(6)),
                        row.getString(7)),
                consumer);
    }

    /** Which copies ought to be there. */
    public MissingCopies missingCopies() {
        return new MissingCopies(reader);
    }

    @Override
    public void close() {
        reader.close();
    }
}
