package io.cxt.ledger;

import io.cxt.audit.AuditEvent;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.OperatorLog;
import io.cxt.db.LedgerReader;
import io.cxt.db.Session;
import io.cxt.transcript.Reason;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Interactions that are erased on a person's order. Their rows stay, with ids and hashes, so that no chain has a gap; that
 * of part 1 is marked, and from then on the interaction is refused.
 */
public final class Erasures {
    /** A word of the event: the target that had no row of part 1 and got one. */
    static final String ROW = "row";

    private static final String ONLY_ERASED =
            DeliveryTable.THIS_ROW + " AND state = 'REJECTED' AND reason = 'ERASED' AND attempts = 0";

    /** Claimed, or sent and not yet copied to archive and feed. */
    private static final String ON_ITS_WAY = "SELECT 1 FROM delivery WHERE target = ? AND interaction_id = ?"
            + " AND (state = 'SENDING' OR state = 'SENT' AND fed_at IS NULL)";

    private static final String BUSY = "It is on its way: it is being sent, or copied to archive and audit feed."
            + " Try again once its source is finished, and start cxt run if none runs";

    /** Letters of an interaction; of a transcript without an id by its position. */
    static final String OF_IT = "(interaction_id = ? OR interaction_id IS NULL AND source = ? AND source_index = ?)";

    private Erasures() {}

    /** The values of {@link #OF_IT}. */
    static Object[] ofIt(String id) {
        Matcher position = Pattern.compile("(?s)(.*)#(\\d{1,18})").matcher(id);
        boolean fits = position.matches();
        return new Object[] {id, fits ? position.group(1) : "", fits ? Long.parseLong(position.group(2)) : -1L};
    }

    /** The dead letters of an interaction, those with them that are none any more: a kill can have left their files. */
    static List<RecordedLetter> letters(LedgerReader reader, String interactionId) {
        return reader.list(
                "SELECT " + RecordedLetter.COLUMNS + " FROM letter WHERE " + OF_IT + " ORDER BY id",
                RecordedLetter::read,
                ofIt(interactionId));
    }

    /**
     * Why it cannot be erased now, in words; null when it can.
     *
     * @param targets all that have a row of it
     */
    private static @Nullable String hindrance(Session session, String interactionId, Set<String> targets)
            throws SQLException {
        for (String target : targets) {
            if (session.any(ON_ITS_WAY, target, interactionId)) {
                return BUSY;
            }
        }
        return session.any(
                        "SELECT 1 FROM letter WHERE " + OF_IT + " AND state = 'OPEN'"
                                + " AND job_state IN ('WAITING', 'TAKEN')",
                        ofIt(interactionId))
                ? "Its dead letter is in a job that has not ended. First: cxt jobs cancel. See: cxt jobs list"
                : null;
    }

    /** As {@link #erase} would throw it; changes nothing. */
    static @Nullable String hindrance(LedgerReader reader, String interactionId, Set<String> targets) {
        return reader.ask(session -> Optional.ofNullable(hindrance(session, interactionId, targets)))
                .orElse(null);
    }

    /**
     * Records that it is erased, and refuses it from now on; files are removed after that.
     *
     * @param targets those that have a row of it, and the one that is configured
     * @param instance whose dead letters are removed; null for none
     * @param nameless ids of the letters without an interaction id that go, too
     * @param note why, as the person says
     * @throws OrderRefused when it is on its way
     */
    public static void erase(
            OperatorLog log,
            String interactionId,
            Set<String> targets,
            @Nullable String instance,
            List<String> nameless,
            String note) {
        log.changed(session -> {
            StringBuilder detail = new StringBuilder();
            for (String target : targets) {
                mark(session, target, interactionId, detail);
            }
            // behind the mark: from there on no part is claimed, and a claim that was faster is seen
            String hindrance = hindrance(session, interactionId, targets);
            if (hindrance != null) {
                throw new OrderRefused(hindrance);
            }
            session.update(
                    "UPDATE letter SET state = 'GONE' WHERE interaction_id = ? AND instance = ? AND state = 'OPEN'",
                    interactionId,
                    instance);
            for (String letter : nameless) {
                session.update("UPDATE letter SET state = 'GONE' WHERE id = ? AND state = 'OPEN'", letter);
            }
            return AuditEvent.of(Type.ERASED).about(interactionId, null, null).because(null, detail + note);
        });
    }

    private static void mark(Session session, String target, String interactionId, StringBuilder detail)
            throws SQLException {
        int marked = session.update(
                "UPDATE delivery SET erased = 1" + DeliveryTable.THIS_ROW + " AND state <> 'SENDING'",
                target,
                interactionId,
                1);
        if (marked > 0) {
            return;
        }
        int made = session.update(
                "INSERT INTO delivery (target, interaction_id, part, parts, state, calling, doubted, attempts, reason,"
                        + " source, source_index, source_line, messages, bytes, received_at, finished_at, erased)"
                        + " SELECT ?, ?, 1, 1, 'REJECTED', 0, 0, 0, ?, '-', 0, 0, 0, 0, ?, ?, 1 WHERE 1 = 1"
                        + " ON CONFLICT (target, interaction_id, part) DO NOTHING",
                target,
                interactionId,
                Reason.ERASED.id(),
                Clock.systemUTC().millis(),
                Clock.systemUTC().millis());
        if (made == 0) {
            throw new OrderRefused(BUSY);
        }
        detail.append(ROW).append('=').append(target).append(' ');
    }

    /** Notes that archive and audit feed have nothing of it any more. Where it was stays known: a backup can bring it back. */
    public static void copiesGone(OperatorLog log, String interactionId, Set<String> targets) {
        log.changed(session -> {
            for (String target : targets) {
                session.update(
                        "UPDATE delivery SET archived_at = NULL,"
                                + " fed_at = CASE WHEN fed_at IS NULL THEN NULL ELSE 0 END WHERE target = ?"
                                + " AND interaction_id = ?",
                        target,
                        interactionId);
            }
            return null;
        });
    }

    /**
     * Accepts it again. One that was sent stays sent: the same content is a duplicate.
     *
     * @return false when it is not erased
     */
    public static boolean allow(OperatorLog log, String interactionId, Set<String> targets, String note) {
        boolean[] ended = {false};
        log.changed(session -> {
            for (String target : targets) {
                ended[0] |= session.update("DELETE FROM delivery" + ONLY_ERASED, target, interactionId, 1)
                                + session.update(
                                        "UPDATE delivery SET erased = 0" + DeliveryTable.THIS_ROW + " AND erased = 1",
                                        target,
                                        interactionId,
                                        1)
                        > 0;
            }
            return ended[0]
                    ? AuditEvent.of(Type.ERASURE_ENDED)
                            .about(interactionId, null, null)
                            .because(null, note)
                    : null;
        });
        return ended[0];
    }
}
