package io.cxt.audit;

import io.cxt.audit.Checkpoint.Others;
import io.cxt.db.Owner;
import io.cxt.db.Session;
import io.cxt.db.Staged;
import io.cxt.db.TransactionListener;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The append-only chain of audit events of one instance. Each row's hash is SHA-256 over the hash before it and the
 * row itself, so that a changed, missing or moved row shows.
 *
 * <p>One chain has one writer. Used within the transaction of the change that an event records.
 */
public final class AuditChain implements TransactionListener {
    private static final String GENESIS = "0".repeat(64);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);
    private static final HexFormat HEX = HexFormat.of();

    /** SQLite's code where there is no database: all waits until it is back. */
    private static final int CANNOT_OPEN = 14;

    /** Whether a chain has an event. */
    public static final String HOLDS = "SELECT 1 FROM audit_event WHERE chain = ? AND seq = ? AND hash = ?";

    private final String name;
    private final String config;
    private final Clock clock;

    /** The end of the chain in the open transaction. */
    private Head last = Head.NONE;
    /** Null when it must be read. */
    private @Nullable Head lastCommitted;

    private volatile Head head = Head.NONE;
    private final MinuteTally tally;

    /** The end of a chain: place and hash of its last row. */
    public record Head(long seq, String hash) {
        /** The end of an empty chain. */
        public static final Head NONE = new Head(0, GENESIS);
    }

    /**
     * A chain that continues at its last row in the database.
     *
     * @param name one for each writer
     * @param config fingerprint of routes and configuration, noted in each row
     */
    public AuditChain(String name, String config, Clock clock) {
        this.name = name;
        this.config = config;
        this.clock = clock;
        this.tally = new MinuteTally(name);
    }

    @Override
    public void begin(Session session) throws SQLException {
        Head end = lastCommitted;
        if (end == null) {
            end = end(session, name);
            requireHeld(session, end);
            lastCommitted = end;
        }
        last = end;
    }

    /** What was sent since is not known to an older copy of the ledger, which may stand in its place. */
    private void requireHeld(Session session, Head end) throws SQLException {
        Head written = head;
        if (written.seq() > 0 && !end.equals(written) && !session.any(HOLDS, name, written.seq(), written.hash())) {
            String words =
                    "the ledger does not hold event %s of %s, which was written to it: it is an older copy, or another"
                            + " one. Nothing is sent. Stop cxt, and start it again: what the ledger does not know is then marked";
            throw new SQLException(words.formatted(written.seq(), name), null, CANNOT_OPEN);
        }
    }

    private static Head end(Session session, String chain) throws SQLException {
        return session.one(
                        "SELECT seq, hash FROM audit_event WHERE chain = ? ORDER BY seq DESC LIMIT 1",
                        row -> new Head(row.getLong(1), row.getString(2)),
                        chain)
                .orElse(Head.NONE);
    }

    static final String EACH_CHAIN = "WITH RECURSIVE chains(chain) AS (SELECT min(chain) FROM audit_event UNION"
            + " ALL SELECT (SELECT min(chain) FROM audit_event WHERE chain > chains.chain) FROM chains"
            + " WHERE chains.chain IS NOT NULL) ";

    /** The names of all chains. */
    public static final String NAMES = EACH_CHAIN + "SELECT chain FROM chains WHERE chain IS NOT NULL";

    /** When the last event of any chain was written; empty when there is none. */
    public static Optional<Instant> lastEventAt(Session session) throws SQLException {
        return session.one(
                        EACH_CHAIN
                                + "SELECT max((SELECT at FROM audit_event WHERE chain = chains.chain ORDER BY seq DESC LIMIT 1))"
                                + " FROM chains WHERE chain IS NOT NULL",
                        row -> row.getString(1))
                .map(Instant::parse);
    }

    /** The other chains of the ledger. Each is one step in the table's index. */
    static Others others(Session session) throws SQLException {
        long chains = session.number(EACH_CHAIN + "SELECT count(chain) FROM chains");
        return new Others(chains, end(session, Owner.OPERATOR_CHAIN));
    }

    @Override
    public void ending(Session session) {
        tally.write(session, session.time(clock));
    }

    @Override
    public void committed() {
        lastCommitted = last;
        head = last;
    }

    /** Where the chain ends on the disk, as far as this process knows; {@link Head#NONE} before its first commit. */
    public Head head() {
        return head;
    }

    /** Where the chain ends in the open transaction. */
    public Head tail() {
        return last;
    }

    public String name() {
        return name;
    }

    @Override
    public void rolledBack() {
        tally.clear();
        lastCommitted = null;
    }

    /** Adds an event to the chain, within the session's transaction; it is queued. */
    public void append(Session session, AuditEvent event) throws SQLException {
        String at = time(session.time(clock));
        @Nullable
        Object[] row = {
            name,
            last.seq + 1,
            at,
            event.event(),
            event.interactionId(),
            event.part(),
            event.source(),
            event.actor(),
            event.httpStatus(),
            event.attempt(),
            event.latencyMs(),
            event.payloadHash(),
            event.reason(),
            event.conversationId(),
            event.detail(),
            config,
            null
        };
        Arrays.setAll(row, i -> Session.storable(row[i])); // the hash is of what can be read again
        String hash = hash(last.hash, row);
        row[HASH] = hash;
        session.queue(null, INSERT, row);
        last = new Head(last.seq + 1, hash);
        tally.add(event);
    }

    /** Work that adds events and does nothing else. */
    public Staged<Void> appending(AuditEvent... events) {
        return none -> session -> {
            for (AuditEvent event : events) {
                append(session, event);
            }
            return null;
        };
    }

    /** True when the chain has, after a place, an event of the same kind on the same attempt at the same part. */
    public boolean has(Session session, AuditEvent event, long after) throws SQLException {
        return session.any(
                "SELECT 1 FROM audit_event WHERE interaction_id = ? AND chain = ? AND seq > ? AND event = ?"
                        + " AND part = ? AND attempt = ? LIMIT 1",
                event.interactionId(),
                name,
                after,
                event.event(),
                event.part(),
                event.attempt());
    }

    /** A time as the audit has it. */
    public static String time(Instant instant) {
        return TIME.format(instant.truncatedTo(ChronoUnit.MICROS));
    }

    static final int HASH = 16;
    static final String COLUMNS = "chain, seq, at, event, interaction_id, part, source, actor, http_status,"
            + " attempt, latency_ms, payload_hash, reason, conversation_id, detail, config, hash";
    private static final String INSERT =
            "INSERT INTO audit_event (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    /** The hash over the previous hash and each column with its length before it, so that no two rows give the same text. */
    public static String hash(String before, @Nullable Object[] row) {
        return hash(before, Arrays.asList(row).subList(0, HASH));
    }

    /** The hash over a text and values, each with its length before it; numbers in decimal. */
    public static String hash(String before, List<? extends @Nullable Object> values) {
        StringBuilder text = new StringBuilder(512).append(before);
        for (Object column : values) {
            if (column == null) {
                text.append('-');
            } else {
                String value = column.toString();
                text.append(value.length()).append(':').append(value);
            }
        }
        return HEX.formatHex(sha256().digest(text.toString().getBytes(StandardCharsets.UTF_8)));
    }

    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
