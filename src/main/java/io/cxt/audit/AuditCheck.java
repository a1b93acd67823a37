package io.cxt.audit;

import io.cxt.audit.AuditChain.Head;
import io.cxt.db.Session;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks the audit: every chain, its checkpoints, and the tables that must agree with it. */
public final class AuditCheck {

    private AuditCheck() {}

    /**
     * What a check of all chains found.
     *
     * @param faults the first place where a chain is broken, and the first differences between the audit and the tables,
     *     in words; empty when there are none
     */
    public record Verdict(long events, long chains, List<String> faults) {}

    /** Compares the tables with the chains. */
    public interface TableCheck {
        void check(Session session, Findings findings) throws SQLException;
    }

    /**
     * Reads every chain from its first row, computes each hash again and compares it with the checkpoints; then compares
     * the tables with the chains. The session must show one moment.
     */
    public static Verdict verify(Session session, CheckpointCheck checkpoints, TableCheck tables) throws SQLException {
        Verifier verifier = new Verifier(checkpoints);
        session.each(
                "SELECT " + AuditChain.COLUMNS + " FROM audit_event ORDER BY chain, seq",
                AuditCheck::columns,
                verifier::check);
        verifier.end();
        Findings findings = new Findings(verifier.fault);
        tables.check(session, findings);
        return new Verdict(verifier.events, verifier.chains, findings.list());
    }

    static @Nullable Object[] columns(ResultSet row) throws SQLException {
        @Nullable Object[] columns = new Object[AuditChain.HASH + 1];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = row.getObject(i + 1);
        }
        return columns;
    }

    /** What is wrong with a row after the one before it, in words; null when nothing is. */
    static @Nullable String fault(@Nullable Object[] row, Head before, Head here) {
        if (here.seq() != before.seq() + 1) {
            return "chain %s: event %s is followed by %s; what was between is missing"
                    .formatted(row[0], before.seq(), here.seq());
        }
        return AuditChain.hash(before.hash(), row).equals(here.hash())
                ? null
                : "chain %s: event %s of %s was changed, or the one before it was"
                        .formatted(row[0], here.seq(), row[2]);
    }

    private static final class Verifier {
        private final CheckpointCheck checkpoints;
        private long events;
        private long chains;
        private @Nullable String fault;
        private @Nullable String chain;
        private Head before = Head.NONE;

        Verifier(CheckpointCheck checkpoints) {
            this.checkpoints = checkpoints;
        }

        void check(@Nullable Object[] row) {
            String name = String.valueOf(row[0]);
            if (!name.equals(chain)) {
                endOfChain();
                chain = name;
                chains++;
                before = Head.NONE;
            }
            events++;
            Head here = new Head(Long.parseLong(String.valueOf(row[1])), String.valueOf(row[AuditChain.HASH]));
            if (fault == null) {
                fault = fault(row, before, here);
            }
            if (fault == null) {
                fault = checkpoints.row(name, here.seq(), here.hash());
            }
            before = here;
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
