package io.cxt.audit;

import io.cxt.audit.AuditEvent.Type;
import io.cxt.db.Session;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What became of transcripts, in the table {@code tally}: for each minute and outcome one row of this instance. Added up in
 * memory, so that a transaction makes one change for each outcome in it, whatever their number.
 */
final class MinuteTally {
    private static final String ADD = "INSERT INTO tally (minute, instance, outcome, n) SELECT ?, ?, ?, ? WHERE 1 = 1"
            + " ON CONFLICT (minute, instance, outcome) DO UPDATE SET n = tally.n + excluded.n";

    private static final Set<String> OUTCOMES = EnumSet.of(
                    Type.SENT,
                    Type.SKIPPED_DUPLICATE,
                    Type.REJECTED,
                    Type.FAILED,
                    Type.CONFLICT,
                    Type.IN_DOUBT,
                    Type.EXCLUDED)
            .stream()
            .map(Enum::name)
            .collect(Collectors.toSet());

    private final String instance;
    private final Map<String, Long> counts = new TreeMap<>();

    MinuteTally(String instance) {
        this.instance = instance;
    }

    /** Counts an event if it is an outcome. */
    void add(AuditEvent event) {
        if (OUTCOMES.contains(event.event()) && (!event.event().equals(Type.IN_DOUBT.name()) || ends(event))) {
            counts.merge(event.event(), 1L, Long::sum);
        }
    }

    /** False for a call without an answer after which another one is made. */
    private boolean ends(AuditEvent doubt) {
        RecordedEvent told = new RecordedEvent(instance, "", doubt);
        return !told.says("ended") && !(told.says("no") && told.says("answer"));
    }

    /** Queues what was counted. */
    void write(Session session, Instant now) {
        long minute = now.getEpochSecond() / 60;
        counts.forEach((outcome, n) -> session.queue(null, ADD, minute, instance, outcome, n));
        counts.clear();
    }

    /** Forgets what was counted: it is written, or it did not happen. */
    void clear() {
        counts.clear();
    }
}
