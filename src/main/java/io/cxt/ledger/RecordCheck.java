package io.cxt.ledger;

import io.cxt.audit.Closing;
import io.cxt.audit.Closing.Rested;
import io.cxt.audit.RecordedEvent;
import io.cxt.db.Session;
import io.cxt.text.SafeText;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Compares the tables with the audit: replays each interaction's events and compares its rows with the result. One
 * interaction is in memory at a time. The session must show one moment.
 */
final class RecordCheck {
    /** Of {@code delivery} and of the events, in one order; on SQLite by the tables' indexes. */
    private static final String DELIVERIES = "SELECT interaction_id AS id, 2 AS kind, target AS chain, 0 AS seq, part,"
            + " state, source, http_status, attempts, latency_ms, content_hash, reason, conversation_id,"
            + " NULL AS detail, NULL AS at, " + AuditedRow.COLUMNS + " FROM delivery%s"
            + " UNION ALL SELECT id, 1, target, 0, part, kind, '', NULL, NULL, NULL, hash, NULL, NULL, NULL, NULL"
            + "%s FROM audit_closed WHERE kind <> 'reading'"
            + " UNION ALL SELECT interaction_id, 0, " + RecordedEvent.COLUMNS + "%s FROM audit_event"
            + " WHERE interaction_id IS NOT NULL AND event NOT IN ('SKIPPED_DUPLICATE', 'QUEUED')"
            + " UNION ALL SELECT source, 0, " + RecordedEvent.COLUMNS + "%s FROM audit_event"
            + " WHERE interaction_id IS NULL AND part = 0 ORDER BY 1, 2, 3, 4";

    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    private final Session session;
    private final Consumer<String> findings;
    private @Nullable Replayed interaction;
    private String readingId = "";
    private @Nullable ReplayedIntake reading;
    /** Its hash when its events went; null when they are all there. */
    private @Nullable String resting;

    private long untold;

    /** @param findings receives each difference, in words */
    RecordCheck(Session session, Consumer<String> findings) {
        this.session = session;
        this.findings = findings;
    }

    /** Compares both tables with the audit. */
    static void check(Session session, Consumer<String> findings) throws SQLException {
        RecordCheck tables = new RecordCheck(session, findings);
        tables.deliveries();
        tables.intakes();
        tables.resting();
    }

    void deliveries() throws SQLException {
        List<String> targets = session.list("SELECT DISTINCT target FROM delivery LIMIT 2", row -> row.getString(1));
        boolean one = targets.size() == 1; // then SQLite has no need to sort
        String nulls = ", NULL".repeat(AuditedRow.COLUMNS.split(",").length);
        session.each(
                DELIVERIES.formatted(one ? " WHERE target = ?" : "", nulls, nulls, nulls),
                row -> guarded(row, this::read),
                none -> {},
                one ? targets.toArray() : new Object[0]);
        if (interaction != null) {
            interaction.end();
        }
    }

    /** The hashes of what rests on events that are gone: those that were signed. */
    void resting() throws SQLException {
        BigInteger[] sum = {BigInteger.ZERO};
        long[] rows = {0};
        session.each("SELECT hash FROM audit_closed", row -> row.getString(1), hash -> {
            sum[0] = sum[0].add(HASH.matcher(hash).matches() ? new BigInteger(hash, 16) : BigInteger.ONE);
            rows[0]++;
        });
        Rested found = Rested.of(rows[0], sum[0]);
        Rested signed =
                Closing.newest(Closing.all(session)).map(Closing::rested).orElse(Rested.NONE);
        if (!found.equals(signed)) {
            findings.accept(
                    ("table audit_closed: %s hashes of rows with the sum %s are in it, and %s with the sum %s were signed."
                                    + " It was changed by hand: a chat may be sent twice. %s")
                            .formatted(found.rows(), found.sum(), signed.rows(), signed.sum(), Replayed.RESTORE));
        }
    }

    /** Takes a row or an event. */
    private interface Taker {
        void take(ResultSet row) throws SQLException;
    }

    /** What CXT never writes, and no number or time can be made of, is a finding like any other. */
    private boolean guarded(ResultSet row, Taker taker) throws SQLException {
        try {
            taker.take(row);
        } catch (RuntimeException e) {
            findings.accept("%s: an event or a row holds what cxt never writes (%s). It was changed by hand. %s"
                    .formatted(SafeText.brief(row.getString(1)), e.getClass().getSimpleName(), Replayed.RESTORE));
        }
        return true;
    }

    /** Readings; those that were opened before their events named them are only counted. */
    void intakes() throws SQLException {
        session.each(ReplayedIntake.SQL, row -> guarded(row, this::readIntake), none -> {});
        endReading();
        long old = session.number(ReplayedIntake.OLD);
        if (untold > old) {
            findings.accept(("table intake: %s readings are in it of which no event tells, and there were %s. Some were"
                            + " put in by hand: a source of that name may be passed over. " + Replayed.RESTORE)
                    .formatted(untold, old));
        }
    }

    private void readIntake(ResultSet row) throws SQLException {
        String id = row.getString(1);
        ReplayedIntake replayed = reading;
        if (replayed == null || !id.equals(readingId)) {
            endReading();
            replayed = new ReplayedIntake();
            readingId = id;
            resting = null;
        }
        reading = replayed;
        if (row.getInt(2) == 0) {
            replayed.event(RecordedEvent.read(null, row));
        } else if (row.getInt(2) == 1) {
            resting = row.getString(11);
        } else if (resting != null) {
            if (!resting.equals(RestingRows.hash(id, row, ReplayedIntake.FIRST))) {
                findings.accept(
                        "reading %s: it is not as it was when its events were pruned. The row was changed by hand. %s"
                                .formatted(SafeText.brief(id), Replayed.RESTORE));
            }
            reading = null;
        } else {
            String difference = replayed.known() ? replayed.difference(row) : null;
            untold += replayed.known() ? 0 : 1;
            if (difference != null) {
                findings.accept("reading %s: %s. The row was changed by hand. %s"
                        .formatted(SafeText.brief(id), difference, Replayed.RESTORE));
            }
            reading = null;
        }
    }

    private void endReading() {
        if (reading != null) {
            findings.accept("reading %s: the audit tells of it, and its row is gone. %s"
                    .formatted(SafeText.brief(readingId), Replayed.RESTORE));
        }
    }

    private void read(ResultSet row) throws SQLException {
        String id = row.getString(1);
        Replayed replayed = interaction;
        if (replayed == null || !id.equals(replayed.id())) {
            if (replayed != null) {
                replayed.end();
            }
            replayed = new Replayed(id, findings);
            interaction = replayed;
        }
        if (row.getInt(2) == 0) {
            replayed.event(RecordedEvent.read(id, row));
        } else if (row.getInt(2) == 1) {
            replayed.resting(row.getString(6), row.getString(3), row.getInt(5), row.getString(11));
        } else {
            replayed.row(AuditedRow.read(id, row));
        }
    }
}
