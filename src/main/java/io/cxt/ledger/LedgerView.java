package io.cxt.ledger;

import io.cxt.db.Database;
import io.cxt.db.JdbcUrl;
import io.cxt.db.LedgerException;
import io.cxt.db.LedgerReader;
import io.cxt.db.LedgerSettings;
import io.cxt.db.Owner;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the ledger for people and programs, also beside a running CXT.. What it does
 * not answer itself is in {@link LedgerAudit}, {@link LedgerLetters}, {@link LedgerJobs} and {@link LedgerStatus}.
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

    /** The dead letters on record. */
    public LedgerLetters letters() {
        return new LedgerLetters(reader);
    }

    /** What persons have ordered. */
    public LedgerJobs jobs() {
        return new LedgerJobs(reader);
    }

    /** The audit's events and chains. */
    public LedgerAudit audit() {
        return new LedgerAudit(reader, settings);
    }

    /** Its lists, a page at a time. */
    public LedgerLists lists() {
        return new LedgerLists(reader);
    }

    /** The readings of a file that was abandoned, by id. */
    List<String> abandoned(String source) {
        return reader.list(AbandonedSources.OPEN, row -> row.getString(1), source);
    }

    /** Its audit events that are past their time. */
    public LedgerClosing closing() {
        return new LedgerClosing(reader, settings);
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

    /** What persons hold or set, those that have ended by themselves with them. */
    public List<ControlRow> controls() {
        return findControls().all();
    }

    /** The same, and what time it is by the clock that decides what has ended. */
    public ControlTable.Found findControls() {
        return ControlTable.find(reader, Clock.systemUTC());
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

    /** Why an interaction cannot be erased now, in words; null when it can. */
    public @Nullable String whyNotErased(String interactionId, Set<String> targets) {
        return Erasures.hindrance(reader, interactionId, targets);
    }

    /** Passes on all parts that are marked as archived, grouped by file. */
    public void archived(Consumer<ArchivedPart> consumer) {
        reader.each(
                "SELECT " + ArchivedPart.COLUMNS + " FROM delivery WHERE state = 'SENT'"
                        + " AND archived_at IS NOT NULL ORDER BY length(archived_in), archived_in",
                ArchivedPart::read,
                consumer);
    }

    /** Which copies were erased. */
    public ErasedCopies erasedCopies() {
        return new ErasedCopies(reader);
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
