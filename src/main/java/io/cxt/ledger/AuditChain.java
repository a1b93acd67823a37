package io.cxt.ledger;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The append-only chain of audit events of one instance. Each row's hash is SHA-256 over the hash before it and the
 * row itself, so that a changed, missing or moved row shows.
 *
 * <p>One chain has one writer. Used from within the transaction of the change that an event tells of.
 */
final class AuditChain {
    private static final String GENESIS = "0".repeat(64);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);
    private static final HexFormat HEX = HexFormat.of();

    private final String name;
    private final String config;
    private final Clock clock;

    private Head last;
    private Head lastCommitted;
    private volatile Head head;

    /** The end of a chain: its last row's place and hash. */
    record Head(long seq, String hash) {}

    /**
     * A chain that goes on where the database ends.
     *
     * @param name one for each writer
     * @param config fingerprint of routes and configuration, noted in each row
     */
    AuditChain(String name, String config, Clock clock) {
        this.name = name;
        this.config = config;
        this.clock = clock;
    }

    void begin(Session session) throws SQLException {
        if (lastCommitted == null) {
            Head found = session.one(
                    "SELECT seq, hash FROM audit_event WHERE chain = ? ORDER BY seq DESC LIMIT 1",
                    row -> new Head(row.getLong(1), row.getString(2)),
                    name);
            lastCommitted = found == null ? new Head(0, GENESIS) : found;
        }
        last = lastCommitted;
    }

    void committed() {
        lastCommitted = last;
        head = last;
    }

    /** Where the chain ends on the disk, as far as this process knows; null before its first commit. */
    Head head() {
        return head;
    }

    String name() {
        return name;
    }

    void rolledBack() {
        lastCommitted = null;
    }

    /** Adds an event to the chain, within the session's transaction. */
    void append(Session session, AuditEvent event) throws SQLException {
        String at = time(Instant.now(clock));
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
        session.update(INSERT, row);
        last = new Head(last.seq + 1, hash);
    }

    /** True when an event of the same kind, on the same attempt at the same part, stands behind a place in the chain. */
    boolean has(Session session, AuditEvent event, long behind) throws SQLException {
        return session.one(
                        "SELECT 1 FROM audit_event WHERE interaction_id = ? AND chain = ? AND seq > ? AND event = ?"
                                + " AND part = ? AND attempt = ? LIMIT 1",
                        row -> row.getInt(1),
                        event.interactionId(),
                        name,
                        behind,
                        event.event(),
                        event.part(),
                        event.attempt())
                != null;
    }

    /** A time as the audit has it. */
    static String time(Instant instant) {
        return TIME.format(instant.truncatedTo(ChronoUnit.MICROS));
    }

    private static final int HASH = 16;
    private static final String COLUMNS = "chain, seq, at, event, interaction_id, part, source, actor, http_status,"
            + " attempt, latency_ms, payload_hash, reason, conversation_id, detail, config, hash";
    private static final String INSERT =
            "INSERT INTO audit_event (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    /** Over the hash before and each column with its length in front, so that no two rows look alike. */
    static String hash(String before, Object[] row) {
        StringBuilder text = new StringBuilder(512).append(before);
        for (int i = 0; i < HASH; i++) {
            if (row[i] == null) {
                text.append('-');
            } else {
                String value = row[i].toString();
                text.append(value.length()).append(':').append(value);
            }
        }
        try {
            return HEX.formatHex(
                    MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * What a check of all chains found.
     *
     * @param fault the first place where a chain is broken, in words; null when none is
     */
    record Verdict(long events, long chains, String fault) {}

    /** Reads every chain from its first row, computes each hash again, and holds it against what was signed. */
    static Verdict verify(Session session, CheckpointCheck checkpoints) throws SQLException {
        Verifier verifier = new Verifier(checkpoints);
        session.each(
                "SELECT " + COLUMNS + " FROM audit_event ORDER BY chain, seq", AuditChain::columns, verifier::check);
        verifier.end();
        return new Verdict(verifier.events, verifier.chains, verifier.fault);
    }

    private static Object[] columns(ResultSet row) throws SQLException {
        Object[] columns = new Object[HASH + 1];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = row.getObject(i + 1);
        }
        return columns;
    }

    private static final class Verifier {
        private final CheckpointCheck checkpoints;
        private long events;
        private long chains;
        private String fault;
        private String chain;
        private Head before;

        Verifier(CheckpointCheck checkpoints) {
            this.checkpoints = checkpoints;
        }

        void check(Object[] row) {
            if (!row[0].equals(chain)) {
                endOfChain();
                chain = (String) row[0];
                chains++;
                before = new Head(0, GENESIS);
            }
            events++;
            Head here = new Head(((Number) row[1]).longValue(), (String) row[HASH]);
            if (fault == null) {
                fault = fault(row, here);
            }
            before = here;
        }

        private String fault(Object[] row, Head here) {
            if (here.seq != before.seq + 1) {
                return "chain %s: event %d is followed by %d; what was between is missing"
                        .formatted(chain, before.seq, here.seq);
            }
            if (!hash(before.hash, row).equals(here.hash)) {
                return "chain %s: event %d of %s was changed, or the one before it was"
                        .formatted(chain, here.seq, row[2]);
            }
            return checkpoints.row(chain, here.seq, here.hash);
        }

        private void endOfChain() {
            if (chain != null && fault == null) {
                fault = checkpoints.end(chain, before.seq);
            }
        }

        void end() {
            endOfChain();
            for (String gone : checkpoints.unmet()) {
                if (fault == null) {
                    fault = checkpoints.end(gone, 0);
                }
            }
        }
    }
}
