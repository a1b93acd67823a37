package io.cxt.ledger;

import io.cxt.audit.AuditEvent;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.RecordedEvent;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Replays the events of one reading of a source. Where several events set a column, because several instances may have
 * had the source, the row may be as any of them says.
 */
final class ReplayedIntake {
    /** Before the id of the reading, at the end of an event's detail. */
    static final String READING = "reading=";

    static final String AGAIN = "again";
    static final String GOES_ON_AS = "goes on as ";
    static final String REMOVED = "it was removed before all of it was sent";

    private static final int ID = 36;
    static final int FIRST = 16;
    static final List<String> COLUMNS = List.of(
            "door",
            "source",
            "bytes",
            "undecided",
            "opened_at",
            "closed_at",
            "entries",
            "undecided_at",
            "detail",
            "kept");

    /** Rows and events by the id; events from before they named it stay out. */
    static final String SQL = "SELECT id, 2, '' AS chain, 0 AS seq, NULL AS part, '' AS event, '' AS source,"
            + " NULL AS http_status, NULL AS attempt, NULL AS latency_ms, NULL AS payload_hash, NULL AS reason,"
            + " NULL AS conversation_id, NULL AS detail, NULL AS at, " + String.join(", ", COLUMNS) + " FROM intake"
            + " UNION ALL SELECT substr(detail, length(detail) - " + (ID - 1) + "), 0, " + RecordedEvent.COLUMNS
            + ", NULL".repeat(COLUMNS.size()) + " FROM audit_event WHERE event IN ('INTAKE_OPENED', 'INTAKE_CLOSED',"
            + " 'INTAKE_FAILED') AND detail LIKE '%" + READING + "_".repeat(ID) + "'"
            + " UNION ALL SELECT id, 1, '', 0, part, '', '', NULL, NULL, NULL, hash, NULL, NULL, NULL, NULL"
            + ", NULL".repeat(COLUMNS.size()) + " FROM audit_closed WHERE kind = 'reading' ORDER BY 1, 2, 3, 4";

    /** Of readings that were opened before there was an id in the events, the number. */
    static final String OLD = "SELECT count(*) FROM audit_event WHERE event = 'INTAKE_OPENED' AND detail NOT LIKE '"
            + AGAIN + " %' AND detail NOT LIKE '%" + READING + "_".repeat(ID) + "'";

    private final Map<String, Set<@Nullable Object>> columns = new LinkedHashMap<>();
    private final Set<@Nullable Object> undecided = new HashSet<>();
    private boolean closed;
    private boolean known;

    boolean known() {
        return known;
    }

    void event(RecordedEvent told) {
        known = true;
        AuditEvent event = told.event();
        String complete = String.valueOf(event.detail());
        int end = complete.length() - READING.length() - ID - 1; // a blank is before it, unless it is all there is
        String detail = complete.substring(0, Math.max(0, end));
        if (told.is(Type.INTAKE_OPENED)) {
            may("source", event.source());
            if (!detail.startsWith(AGAIN + " ")) {
                may("door", told.value("door"));
                may("bytes", Long.valueOf(String.valueOf(told.value("bytes"))));
                may("opened_at", told.millis());
                int said = ("door=" + told.value("door") + " bytes=" + told.value("bytes") + " ").length();
                may("detail", detail.length() > said ? detail.substring(said) : null);
                may("detail", null); // of before the row held it
            }
        } else if (told.is(Type.INTAKE_CLOSED)) {
            closed = true;
            may("closed_at", told.millis());
            may("entries", Long.valueOf(detail.substring(detail.lastIndexOf('=') + 1)));
            may("kept", told.value("kept"));
        } else if (REMOVED.equals(event.reason())) {
            closed = true;
            may("closed_at", told.millis());
            may("entries", null);
            may("kept", null);
        } else if (detail.startsWith(GOES_ON_AS)) {
            may("source", detail.substring(GOES_ON_AS.length()));
        } else {
            undecided.add(event.reason());
            may("undecided_at", told.millis());
        }
    }

    private void may(String column, @Nullable Object value) {
        columns.computeIfAbsent(column, none -> new HashSet<>()).add(value);
    }

    /** How the row differs, in words; null when it does not. */
    @Nullable
    String difference(ResultSet row) throws SQLException {
        if (!closed) {
            may("closed_at", null);
            may("entries", null);
            may("kept", null);
        }
        columns.put("undecided", new HashSet<>(undecided));
        if (closed || undecided.isEmpty()) {
            may("undecided", null);
            may("undecided_at", null);
        }
        return AuditedRow.reading(row, FIRST, COLUMNS).difference(List.of(new LinkedHashMap<>(columns)));
    }
}
