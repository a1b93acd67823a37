package io.cxt.ledger;

import io.cxt.audit.AuditChain;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.ChainClosing;
import io.cxt.audit.Closing.Rested;
import io.cxt.audit.RecordedEvent;
import io.cxt.db.Session;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code audit_closed}: a hash of each row whose events, or the first of them, are not in the audit any more. A row that
 * changes later has events again, from its claim on; until then it must have its hash.
 */
final class RestingRows implements ChainClosing.Rests {
    static final String DELIVERY = "delivery";
    static final String READING = "reading";
    static final String WITHDRAWN = "withdrawn";

    private static final int MOST = 100;
    private static final String SOME = " IN (?" + ", ?".repeat(MOST - 1) + ")";
    private static final Pattern ID = Pattern.compile(ReplayedIntake.READING + "(.{36})$");
    private static final Set<String> OF_NO_ROW = Set.of(Type.SKIPPED_DUPLICATE.name(), Type.QUEUED.name());

    private static final String ROWS =
            "SELECT interaction_id, 1, target, 0, part, state, source, http_status, attempts,"
                    + " latency_ms, content_hash, reason, conversation_id, NULL, NULL, " + AuditedRow.COLUMNS
                    + " FROM delivery WHERE target = ? AND interaction_id" + SOME;
    private static final String CLAIMS =
            "SELECT interaction_id, 0, " + RecordedEvent.COLUMNS + " FROM audit_event WHERE interaction_id" + SOME
                    + " AND event = 'CLAIMED' AND NOT (chain = ? AND seq <= ?)";
    private static final String READINGS = "SELECT id, " + String.join(", ", ReplayedIntake.COLUMNS)
            + " FROM intake WHERE closed_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM audit_closed"
            + " WHERE audit_closed.id = intake.id AND kind = 'reading') AND ";
    private static final String INSERT =
            "INSERT INTO audit_closed (id, target, kind, part, hash) VALUES (?, ?, ?, ?, ?)";

    private Rested rested = Rested.NONE;

    @Override
    public Rested keep(Session session, List<@Nullable Object[]> events, Rested before) throws SQLException {
        rested = before;
        Set<String> interactions = new LinkedHashSet<>();
        Set<String> readings = new LinkedHashSet<>();
        boolean untold = false;
        for (@Nullable Object[] event : events) {
            String type = String.valueOf(event[3]);
            String detail = String.valueOf(event[14]);
            Matcher reading = ID.matcher(detail);
            if (!type.startsWith("INTAKE_") && event[4] != null && !OF_NO_ROW.contains(type)) {
                interactions.add(event[4].toString());
            } else if (event[4] == null && event[5] instanceof Number part && part.intValue() == 0) {
                interactions.add(String.valueOf(event[6]));
            } else if (type.startsWith("INTAKE_") && reading.find()) {
                readings.add(reading.group(1));
            } else if (type.equals(Type.INTAKE_OPENED.name())) {
                untold = true; // written before there was an id in the events
            }
            if (type.equals(Type.WITHDRAWN.name()) && event[4] != null) {
                withdrawn(session, event[4].toString());
            }
        }
        @Nullable Object[] last = events.get(events.size() - 1);
        deliveries(session, new ArrayList<>(interactions), String.valueOf(last[0]), (Number) last[1]);
        readings(session, new ArrayList<>(readings), untold);
        return rested;
    }

    private void withdrawn(Session session, String id) throws SQLException {
        if (!session.any("SELECT 1 FROM audit_closed WHERE id = ? AND kind = 'withdrawn'", id)) {
            add(session, id, "", WITHDRAWN, 0, hash(WITHDRAWN, id));
        }
    }

    private void deliveries(Session session, List<String> ids, String chain, @Nullable Number seq) throws SQLException {
        List<String> targets = session.list(
                LedgerView.EACH_TARGET + "SELECT target FROM targets WHERE target IS NOT NULL",
                row -> row.getString(1));
        for (int from = 0; from < ids.size(); from += MOST) {
            List<@Nullable Object> some = filled(ids, from);
            session.list(
                    "SELECT hash FROM audit_closed WHERE kind = 'delivery' AND id" + SOME,
                    row -> {
                        rested = rested.minus(row.getString(1));
                        return null;
                    },
                    some.toArray());
            session.update("DELETE FROM audit_closed WHERE kind = 'delivery' AND id" + SOME, some.toArray());
            Map<String, Long> claims = new HashMap<>(); // by part, target and id; without a target they may be of any
            List<@Nullable Object> values = new ArrayList<>(some);
            Collections.addAll(values, chain, seq);
            session.list(
                    CLAIMS,
                    row -> {
                        RecordedEvent claim = RecordedEvent.read(row.getString(1), row);
                        String target = Objects.requireNonNullElse(claim.value(RecordedEvent.TARGET), "");
                        return claims.merge(claim.part() + " " + target + " " + row.getString(1), 1L, Long::sum);
                    },
                    values.toArray());
            for (String target : targets) {
                List<@Nullable Object> ofTarget = new ArrayList<>(List.of(target));
                ofTarget.addAll(some);
                session.list(
                        ROWS,
                        row -> {
                            String id = row.getString(1);
                            AuditedRow kept = AuditedRow.read(id, row);
                            long behind = Stream.of(target, "")
                                    .mapToLong(of -> claims.getOrDefault(kept.part() + " " + of + " " + id, 0L))
                                    .sum();
                            add(session, id, target, DELIVERY, kept.part(), kept.hash(id, behind));
                            return null;
                        },
                        ofTarget.toArray());
            }
        }
    }

    private void readings(Session session, List<String> ids, boolean untold) throws SQLException {
        for (int from = 0; from < ids.size(); from += MOST) {
            session.list(
                    READINGS + "id" + SOME,
                    row -> reading(session, row),
                    filled(ids, from).toArray());
        }
        if (untold) {
            session.list(READINGS + "1 = 1", row -> reading(session, row));
        }
    }

    private boolean reading(Session session, ResultSet row) throws SQLException {
        String id = row.getString(1);
        add(session, id, "", READING, 0, hash(id, row, 2));
        return true;
    }

    private void add(Session session, String id, String target, String kind, int part, String hash)
            throws SQLException {
        session.queue(null, INSERT, id, target, kind, part, hash);
        rested = rested.plus(hash);
    }

    /** @param from the first of the columns of {@link ReplayedIntake} */
    static String hash(String id, ResultSet row, int from) throws SQLException {
        List<@Nullable Object> values = new ArrayList<>(Arrays.asList(READING, id));
        for (int i = 0; i < ReplayedIntake.COLUMNS.size(); i++) {
            values.add(AuditedRow.plain(row.getObject(from + i)));
        }
        return AuditChain.hash("", values);
    }

    static String hash(@Nullable Object... values) {
        return AuditChain.hash("", Arrays.asList(values));
    }

    /** Some ids from a place on, padded, so that the statement is always the same. */
    private static List<@Nullable Object> filled(List<String> ids, int from) {
        List<@Nullable Object> some = new ArrayList<>(ids.subList(from, Math.min(ids.size(), from + MOST)));
        while (some.size() < MOST) {
            some.add(some.get(0));
        }
        return some;
    }
}
