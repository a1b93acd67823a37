package io.cxt.audit;

import io.cxt.audit.AuditChain.Head;
import io.cxt.db.Owner;
import io.cxt.db.Session;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks the audit: every chain, its checkpoints, and the tables that must agree with it. */
public final class AuditCheck {

    private static final int AT = 2;

    private static final long NO_NUMBER = Long.MIN_VALUE;

    private AuditCheck() {}

    /**
     * What a check of all chains found.
     *
     * @param faults the first place where a chain is broken, and the first differences between the audit and the tables,
     *     in words; empty when there are none
     * @param notes where the time of an event is before that of the one before it, in words
     */
    public record Verdict(long events, long chains, List<String> faults, List<String> notes) {}

    /** Compares the tables with the chains. */
    public interface TableCheck {
        void check(Session session, Findings findings) throws SQLException;
    }

    /**
     * Reads every chain from its first row, computes each hash again and compares it with the checkpoints; then compares
     * the tables with the chains. The session must show one moment.
     */
    public static Verdict verify(Session session, CheckpointCheck checkpoints, TableCheck tables) throws SQLException {
        Verifier verifier = new Verifier(checkpoints, session);
        session.each(
                "SELECT " + AuditChain.COLUMNS + " FROM audit_event ORDER BY chain, seq",
                AuditCheck::columns,
                verifier::check);
        verifier.end();
        Findings findings = new Findings(verifier.fault);
        tables.check(session, findings);
        return new Verdict(verifier.events, verifier.chains, findings.list(), verifier.setBack);
    }

    static @Nullable Object[] columns(ResultSet row) throws SQLException {
        @Nullable Object[] columns = new Object[AuditChain.HASH + 1];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = row.getObject(i + 1);
        }
        return columns;
    }

    /** Where a row is, and its hash. */
    static Head head(@Nullable Object[] row) {
        String hash = String.valueOf(row[AuditChain.HASH]);
        return new Head(row[1] instanceof Number seq ? seq.longValue() : NO_NUMBER, hash);
    }

    /** What is wrong with a row after the one before it, in words; null when nothing is. */
    static @Nullable String fault(@Nullable Object[] row, Head before, Head here) {
        if (here.seq() == NO_NUMBER) { // SQLite keeps any text in a column of numbers
            return "chain %s: an event of %s has no number in place of its seq. It was changed by hand"
                    .formatted(row[0], row[AT]);
        }
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
        private static final Pattern CLOSED = Pattern.compile(" chain=(\\S+) ");

        /** So little is a correction of the clock, and is not noted. */
        private static final Duration SMALL = Duration.ofSeconds(1);

        private static final int MOST_NOTES = 20;

        private final CheckpointCheck checkpoints;
        private final List<String> setBack = new ArrayList<>();
        private String at = "";
        private long events;
        private long chains;
        private @Nullable String fault;
        private @Nullable String chain;
        private Head before = Head.NONE;

        /** By chain: its closing record, until its first row was met. */
        private final Map<String, Closing> closings = new TreeMap<>();
        /** By chain: who ordered what its closing record is about. */
        private final Map<String, String> by = new HashMap<>();

        Verifier(CheckpointCheck checkpoints, Session session) throws SQLException {
            this.checkpoints = checkpoints;
            session.list("SELECT chain, seq, hash, line FROM audit_closing ORDER BY chain", row -> {
                Closing closing = Closing.parse(row.getString(4));
                if (closing == null
                        || !closing.chain().equals(row.getString(1))
                        || !closing.end().equals(new Head(row.getLong(2), row.getString(3)))) {
                    fault =
                            "chain %s: its closing record in the ledger is none that cxt writes. The database was changed"
                                    .formatted(row.getString(1));
                } else {
                    fault = fault == null ? checkpoints.closing(closing) : fault;
                    closings.put(closing.chain(), closing);
                }
                return null;
            });
            session.list(
                    "SELECT actor, detail FROM audit_event WHERE chain = ? AND event = ? AND reason = 'ledger' ORDER BY seq",
                    row -> {
                        Matcher chains = CLOSED.matcher(String.valueOf(row.getString(2)));
                        return chains.find() ? by.put(chains.group(1), row.getString(1)) : null;
                    },
                    Owner.OPERATOR_CHAIN,
                    AuditEvent.Type.PRUNED.name());
        }

        void check(@Nullable Object[] row) {
            String name = String.valueOf(row[0]);
            if (!name.equals(chain)) {
                endOfChain();
                chain = name;
                chains++;
                before = Head.NONE;
                at = "";
                Closing closing = closings.remove(name);
                if (closing != null) {
                    before = closing.end();
                    fault = fault == null ? checkpoints.begin(closing, by.get(name)) : fault;
                }
            }
            events++;
            Head here = head(row);
            if (fault == null) {
                fault = fault(row, before, here);
            }
            if (fault == null) {
                fault = checkpoints.row(name, here.seq(), here.hash());
            }
            before = here;
            time(name, here.seq(), String.valueOf(row[AT]));
        }

        private void time(String name, long seq, String now) {
            if (now.compareTo(at) < 0 && fault == null && setBack.size() < MOST_NOTES && isLater(at, now)) {
                setBack.add("chain %s: the clock was set back at event %s, from %s to %s; seq is the order"
                        .formatted(name, seq, at, now));
            }
            at = now;
        }

        /** False also for what is no time: one who can forge a whole chain does not end its check with it. */
        private static boolean isLater(String one, String other) {
            try {
                return Duration.between(Instant.parse(other), Instant.parse(one))
                                .compareTo(SMALL)
                        > 0;
            } catch (DateTimeParseException e) {
                return false;
            }
        }

        private void endOfChain() {
            if (chain != null && fault == null) {
                fault = checkpoints.end(chain, before.seq());
            }
        }

        void end() {
            endOfChain();
            closings.keySet().stream().findFirst().filter(none -> fault == null).ifPresent(gone -> {
                fault = "chain %s: its first events were pruned, and those behind them are gone".formatted(gone);
            });
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
