package io.cxt.ledger;

import io.cxt.ledger.AuditChain.Head;
import io.cxt.ledger.AuditEvent.Type;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Checks the whole audit: every chain by itself, against what was signed, and against what the ledger says is posted. */
final class AuditCheck {

    private AuditCheck() {}

    /**
     * What a check of all chains found.
     *
     * @param fault the first place where a chain is broken, in words; null when none is
     */
    record Verdict(long events, long chains, String fault) {}

    /**
     * Reads every chain from its first row, computes each hash again, and holds it against what was signed, and against
     * what is posted. The session is to show one moment.
     */
    static Verdict verify(Session session, CheckpointCheck checkpoints) throws SQLException {
        Verifier verifier = new Verifier(checkpoints);
        session.each(
                "SELECT " + AuditChain.COLUMNS + " FROM audit_event ORDER BY chain, seq",
                AuditCheck::columns,
                verifier::check);
        verifier.end();
        Claims posted = new Claims();
        session.each(
                "SELECT interaction_id, part FROM delivery WHERE part > 0",
                row -> new Object[] {row.getString(1), row.getInt(2)},
                row -> posted.add(row[0], row[1]));
        if (verifier.fault == null && !posted.equal(verifier.claims)) {
            verifier.fault = unclaimed(session);
        }
        return new Verdict(verifier.events, verifier.chains, verifier.fault);
    }

    /** A delivery whose first claim is on no record; null when all have one. */
    private static String unclaimed(Session session) throws SQLException {
        return session.one(
                "SELECT state, source, source_index, part FROM delivery WHERE part > 0 AND NOT EXISTS (SELECT 1 FROM"
                        + " audit_event WHERE audit_event.interaction_id = delivery.interaction_id AND"
                        + " audit_event.part = delivery.part AND event = 'CLAIMED') LIMIT 1",
                row -> "part " + row.getInt(4) + " of " + row.getString(2) + "#" + row.getLong(3) + " is "
                        + row.getString(1)
                        + " in the ledger, and no chain has its claim. A chain was taken away, or the"
                        + " row was put in by hand");
    }

    /**
     * Counts and adds up which parts there are, so that two lists of millions are compared in no memory. Two sums are
     * the same by chance once in 2^64.
     */
    private static final class Claims {
        private final MessageDigest digest = AuditChain.sha256();
        private long count;
        private long sum;

        void add(Object interactionId, Object part) {
            count++;
            byte[] hash = digest.digest((part + "/" + interactionId).getBytes(StandardCharsets.UTF_8));
            sum += ByteBuffer.wrap(hash).getLong();
        }

        boolean equal(Claims other) {
            return count == other.count && sum == other.sum;
        }
    }

    private static Object[] columns(ResultSet row) throws SQLException {
        Object[] columns = new Object[AuditChain.HASH + 1];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = row.getObject(i + 1);
        }
        return columns;
    }

    private static final class Verifier {
        private final CheckpointCheck checkpoints;
        private final Claims claims = new Claims();
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
                before = Head.NONE;
            }
            events++;
            if (Type.CLAIMED.name().equals(row[3]) && row[9] instanceof Number attempt && attempt.intValue() == 1) {
                claims.add(row[4], row[5]);
            }
            Head here = new Head(((Number) row[1]).longValue(), (String) row[AuditChain.HASH]);
            if (fault == null) {
                fault = fault(row, here);
            }
            before = here;
        }

        private String fault(Object[] row, Head here) {
            if (here.seq() != before.seq() + 1) {
                return "chain %s: event %s is followed by %s; what was between is missing"
                        .formatted(chain, before.seq(), here.seq());
            }
            if (!AuditChain.hash(before.hash(), row).equals(here.hash())) {
                return "chain %s: event %s of %s was changed, or the one before it was"
                        .formatted(chain, here.seq(), row[2]);
            }
            return checkpoints.row(chain, here.seq(), here.hash());
        }

        private void endOfChain() {
            if (chain != null && fault == null) {
                fault = checkpoints.end(chain, before.seq());
            }
        }

        void end() {
            endOfChain();
            for (String gone : checkpoints.unmet()) {
                if (fault == null) {
                    fault = checkpoints.end(gone, 0);
                }
            }
            if (fault == null) {
                fault = checkpoints.missing(chains);
            }
        }
    }
}
