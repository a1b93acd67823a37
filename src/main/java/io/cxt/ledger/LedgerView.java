package io.cxt.ledger;

import io.cxt.audit.AuditChain;
import io.cxt.audit.AuditCheck;
import io.cxt.audit.CheckpointCheck;
import io.cxt.audit.FeedSource;
import io.cxt.db.Database;
import io.cxt.db.JdbcUrl;
import io.cxt.db.LedgerException;
import io.cxt.db.LedgerReader;
import io.cxt.db.LedgerSettings;
import io.cxt.db.Owner;
import io.cxt.db.Session;
import io.cxt.transcript.Rfc3339;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * What people ask of the ledger. Reads only; works beside a running CXT. Long because each question stands here as SQL.
 */
public final class LedgerView implements AutoCloseable {
    /** Beside the columns of an event: it was changed, or the one before it was. */
    public static final String CHANGED = "changed";

    private final LedgerReader reader;
    private final LedgerSettings settings;

    LedgerView(LedgerReader reader, LedgerSettings settings) {
        this.reader = reader;
        this.settings = settings;
    }

    /**
     * Looks into a database that no process of ours may have open. Makes none.
     *
     * @throws LedgerException when there is none that can be read, saying what to do
     */
    public static LedgerView of(LedgerSettings settings) {
        Database database = new Database(settings);
        database.requireReadable();
        return new LedgerView(new LedgerReader(database), settings);
    }

    /**
     * What is left of a ledger that is gone, or has no tables, in words with what to do; null when it is there, or never
     * was.
     *
     * @throws LedgerException when that cannot be told
     */
    public static String missing(LedgerSettings settings) {
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

    /** True while a cxt works with this {@code data.dir}. Makes nothing. */
    public static boolean inUse(LedgerSettings settings) {
        try {
            return Owner.isLocked(settings.folder());
        } catch (IOException e) {
            return false;
        }
    }

    /** How many deliveries are in each state; states without any are there with 0. */
    public Map<DeliveryState, Long> countsByState() {
        Map<DeliveryState, Long> counts = new LinkedHashMap<>();
        for (DeliveryState state : DeliveryState.values()) {
            counts.put(state, 0L);
        }
        reader.each(
                "SELECT state, count(*) FROM delivery GROUP BY state",
                row -> Map.entry(DeliveryState.valueOf(row.getString(1)), row.getLong(2)),
                entry -> counts.put(entry.getKey(), entry.getValue()));
        return counts;
    }

    /** How many of those that are not sent wait in their sources, and go out by themselves once calls can be made. */
    public long waiting() {
        return reader.one(
                "SELECT count(*) FROM delivery WHERE state = 'FAILED' AND reason IN ('LANE-CLOSED', 'REPLAYED')",
                row -> row.getLong(1));
    }

    /** Mean time of the calls that CXone answered with yes, in seconds; 0 when there were none. */
    public double averageLatencySeconds() {
        Double mean = reader.one(
                "SELECT avg(latency_ms) FROM delivery WHERE state = 'SENT'",
                row -> row.getObject(1) == null ? null : row.getDouble(1));
        return mean == null ? 0 : mean / 1000;
    }

    /**
     * Sources that were taken up and never came to their end.
     *
     * @param oldestOpenedAt when the oldest of them was; null when there is none
     */
    public record Unfinished(long intakes, Instant oldestOpenedAt, List<String> sources) {
        /**
         * True when the oldest is from before a time, and nobody has done anything since.
         *
         * @param lastEventAt when anybody last wrote into the audit; null when nobody ever did
         */
        public boolean stalled(Instant lastEventAt, Instant before) {
            return oldestOpenedAt != null
                    && oldestOpenedAt.isBefore(before)
                    && (lastEventAt == null || lastEventAt.isBefore(before));
        }
    }

    /**
     * Sources that were taken up and never came to their end, the oldest first, at most ten by name. Without bodies of
     * other routes: their senders were told, and hand them over under another name.
     */
    public Unfinished unfinished() {
        List<Object[]> open = reader.list(
                "SELECT source, opened_at FROM intake WHERE closed_at IS NULL AND door <> 'body' ORDER BY opened_at",
                row -> new Object[] {row.getString(1), row.getLong(2)});
        List<String> sources =
                open.stream().limit(10).map(row -> (String) row[0]).toList();
        Instant oldest = open.isEmpty() ? null : Instant.ofEpochMilli((Long) open.get(0)[1]);
        return new Unfinished(open.size(), oldest, sources);
    }

    /**
     * A source that cannot be decided, and why.
     *
     * @param since when that was first so
     */
    public record Undecided(String door, String source, String why, Instant since) {}

    /** Sources that cannot be decided, the longest so first: they wait where they are, or in {@code .failed}. */
    public List<Undecided> undecided() {
        return reader.list(
                "SELECT door, source, undecided, undecided_at FROM intake"
                        + " WHERE closed_at IS NULL AND undecided IS NOT NULL ORDER BY undecided_at",
                row -> new Undecided(
                        row.getString(1), row.getString(2), row.getString(3), Instant.ofEpochMilli(row.getLong(4))));
    }

    /** When any instance, or a command, last wrote into the audit; null when none ever did. */
    public Instant lastEventAt() {
        return reader.ask(AuditChain::lastEventAt);
    }

    /** When the last transcript was sent; null when none ever was. */
    public Instant lastSentAt() {
        return reader.one(
                "SELECT max(finished_at) FROM delivery WHERE state = 'SENT'",
                row -> row.getObject(1) == null ? null : Instant.ofEpochMilli(row.getLong(1)));
    }

    /** The targets that have deliveries, each found in one step of an index that begins with them. */
    private static final String EACH_TARGET = "WITH RECURSIVE targets(target) AS (SELECT min(target) FROM delivery"
            + " UNION ALL SELECT (SELECT min(target) FROM delivery WHERE target > targets.target) FROM targets"
            + " WHERE targets.target IS NOT NULL) ";

    /** Every delivery of an interaction, the parts in order, as column name to value. */
    public List<Map<String, Object>> deliveries(String interactionId) {
        return reader.list(
                EACH_TARGET
                        + "SELECT delivery.target, interaction_id, part, parts, state, doubted AS may_repeat, attempts, http_status,"
                        + " reason, conversation_id, source, source_index, source_line, messages, bytes,"
                        + " content_hash, received_at, finished_at, latency_ms, archived_at, archived_in, fed_at"
                        + " FROM targets JOIN delivery ON delivery.target = targets.target AND interaction_id = ?"
                        + " ORDER BY delivery.target, part",
                LedgerView::columns,
                interactionId);
    }

    /**
     * The audit events that match, in the order in which they were written. A null matches all.
     *
     * @param source a source, or one place in it: {@code chats.json#7}
     * @param from the first moment: RFC 3339 with any zone, or the beginning of one in UTC, for example a day
     * @param until the first moment that is not meant any more, in the same forms
     */
    public void audit(
            String interactionId,
            String event,
            String source,
            String from,
            String until,
            long most,
            Consumer<Map<String, Object>> consumer) {
        Set<String> ids = interactionId == null ? Set.of() : Set.of(interactionId);
        events(ids, event, source == null ? Set.of() : Set.of(source), from, until, most, consumer);
    }

    /** The same for an id, or a source, that may be spelt in several ways. Without any, all match. */
    public void events(
            Set<String> interactionIds,
            String event,
            Set<String> sources,
            String from,
            String until,
            long most,
            Consumer<Map<String, Object>> consumer) {
        StringBuilder sql = new StringBuilder("SELECT seq, at, event, interaction_id, part, source, actor, http_status,"
                + " attempt, latency_ms, payload_hash, reason, conversation_id, detail, config, chain, hash,"
                + " (SELECT hash FROM audit_event before WHERE before.chain = audit_event.chain"
                + " AND before.seq = audit_event.seq - 1) AS before FROM audit_event WHERE 1 = 1");
        List<Object> values = new ArrayList<>();
        if (!interactionIds.isEmpty()) {
            sql.append(" AND interaction_id IN (?")
                    .append(", ?".repeat(interactionIds.size() - 1))
                    .append(")");
            values.addAll(interactionIds);
        }
        where(sql, values, " AND event = ?", event);
        if (!sources.isEmpty()) {
            sql.append(" AND (1 = 0");
            for (String source : sources) {
                where(sql, values, " OR source = ? OR substr(source, 1, length(?)) = ?", source);
                values.add(source + "#"); // not LIKE: on SQLite it would not tell A from a
                values.add(source + "#");
            }
            sql.append(")");
        }
        where(sql, values, " AND at >= ?", asWritten(from));
        where(sql, values, " AND at < ?", asWritten(until));
        sql.append(" ORDER BY at, chain, seq LIMIT ?");
        values.add(most);
        reader.each(sql.toString(), LedgerView::event, consumer, values.toArray());
    }

    /** An event; {@code changed} is true when its hash is not that of what it holds. */
    private static Map<String, Object> event(ResultSet row) throws SQLException {
        Map<String, Object> columns = columns(row);
        Object hash = columns.remove("hash");
        Object before = columns.remove("before");
        Object[] values = Arrays.stream(AuditChain.COLUMNS.split(", *"))
                .map(column -> columns.get(camelCase(column)))
                .toArray();
        String from = before == null ? AuditChain.Head.NONE.hash() : before.toString();
        if (!AuditChain.hash(from, values).equals(hash)) {
            columns.put(CHANGED, true);
        }
        return columns;
    }

    /** Times are compared as text, which takes the same number of digits on both sides. */
    private static String asWritten(String time) {
        return Rfc3339.parse(time).map(AuditChain::time).orElse(time);
    }

    private static void where(StringBuilder sql, List<Object> values, String condition, String value) {
        if (value != null) {
            sql.append(condition);
            values.add(value);
        }
    }

    private static Map<String, Object> columns(ResultSet row) throws SQLException {
        ResultSetMetaData names = row.getMetaData();
        Map<String, Object> columns = new LinkedHashMap<>();
        for (int i = 1; i <= names.getColumnCount(); i++) {
            columns.put(camelCase(names.getColumnLabel(i)), value(names.getColumnLabel(i), row.getObject(i)));
        }
        return columns;
    }

    private static Object value(String column, Object value) {
        if (value instanceof Number number && column.endsWith("_at")) {
            return Instant.ofEpochMilli(number.longValue()).toString();
        }
        return value instanceof Number number && column.equals("may_repeat")
                ? (Object) (number.intValue() == 1)
                : value;
    }

    private static String camelCase(String column) {
        StringBuilder name = new StringBuilder();
        for (String word : column.split("_")) {
            name.append(name.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return name.toString();
    }

    /**
     * What a check of the audit found.
     *
     * @param faults the first broken place, and rows that the audit does not bear out, in words; empty when all is whole
     * @param notes how far each chain is signed, or why that cannot be told
     */
    public record Verification(long events, long chains, List<String> faults, List<String> notes) {
        /** The first; null when there is none. */
        public String fault() {
            return faults.isEmpty() ? null : faults.get(0);
        }
    }

    /** The same where no other instance writes to this ledger. */
    public Verification verify() {
        return verify(Set.of());
    }

    /**
     * Computes every chain again from its first event, holds it against its checkpoints, and the deliveries against the
     * chains.
     *
     * @param chains of other instances on the same PostgreSQL, whose checkpoints are elsewhere
     */
    public Verification verify(Set<String> chains) {
        try (CheckpointCheck checkpoints = new CheckpointCheck(settings, chains)) {
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
     * Holds the audit feed against the deliveries.
     *
     * @param elsewhere the feed's database; null when it is the ledger's
     * @param findings told each difference, in words
     * @return what was not compared and why, in words; null when all was
     */
    public String verifyFeed(FeedSource elsewhere, Consumer<String> findings) {
        Database database = new Database(settings);
        try (Session moment = new Session(database.openForReading());
                Session ledger = new Session(database.openForReading());
                Session feed = elsewhere == null
                        ? new Session(database.openForReading())
                        : new Session(elsewhere.getConnection());
                Session feedMoment = elsewhere == null
                        ? new Session(database.openForReading())
                        : new Session(elsewhere.getConnection())) {
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
     * What is in the archive of what was sent.
     *
     * @param place where; null for what was kept before places were on record
     */
    public record Archived(String interactionId, int part, int parts, String hash, String place) {}

    /** Tells all that is marked as archived; places of one file come one behind the other, in portions. */
    public void archived(Consumer<Archived> consumer) {
        reader.each(
                "SELECT interaction_id, part, parts, content_hash, archived_in FROM delivery WHERE state = 'SENT'"
                        + " AND archived_at IS NOT NULL ORDER BY length(archived_in), archived_in",
                row -> new Archived(row.getString(1), row.getInt(2), row.getInt(3), row.getString(4), row.getString(5)),
                consumer);
    }

    @Override
    public void close() {
        reader.close();
    }
}
