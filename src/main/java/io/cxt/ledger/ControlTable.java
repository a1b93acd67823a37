package io.cxt.ledger;

import io.cxt.audit.AuditChain;
import io.cxt.audit.AuditEvent;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.OperatorLog;
import io.cxt.db.ChangeQueue;
import io.cxt.db.GroupCommit;
import io.cxt.db.LedgerReader;
import io.cxt.db.Staged;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The table {@code control}: what persons hold or set. Each change is on record with its name and its reason. */
public final class ControlTable {
    private static final String ALL = "SELECT " + ControlRow.COLUMNS + " FROM control ORDER BY what";
    private static final String SET = "INSERT INTO control (" + ControlRow.COLUMNS
            + ") SELECT ?, ?, ?, ?, ?, ? WHERE 1 = 1 ON CONFLICT (what) DO UPDATE SET rate = excluded.rate,"
            + " since = excluded.since, until = excluded.until, actor = excluded.actor, note = excluded.note";
    private static final String ENDED = "DELETE FROM control WHERE what = ? AND since = ? AND until = ?";

    private final GroupCommit commits;
    private final LedgerReader reader;
    private final AuditChain chain;

    ControlTable(GroupCommit commits, LedgerReader reader, AuditChain chain) {
        this.commits = commits;
        this.reader = reader;
        this.chain = chain;
    }

    /** All of them, those that have ended by themselves with them. */
    public List<ControlRow> all() {
        return all(reader);
    }

    static List<ControlRow> all(LedgerReader reader) {
        return reader.list(ALL, ControlRow::read);
    }

    /**
     * Records that one has ended by itself. One instance does so; does nothing when it was changed meanwhile. Does not wait
     * for the disk.
     */
    public void ended(ControlRow control) {
        Long until = control.until() == null ? null : (Long) control.until().toEpochMilli();
        AuditEvent event =
                AuditEvent.of(ending(control.what())).because(null, control.what() + " is over: " + control.words());
        commits.note((Staged<Void>) session -> {
            ChangeQueue.Change row = session.queue(
                    control.what(), ENDED, control.what(), control.since().toEpochMilli(), until);
            return then -> {
                if (row.rows() > 0) {
                    chain.append(then, event);
                }
                return null;
            };
        });
    }

    /** Sets it, in place of what was set of the same. */
    public static void set(OperatorLog log, ControlRow control) {
        Type type = control.rate() == null ? Type.HELD : Type.PACE_SET;
        log.changed(session -> {
            session.update(
                    SET,
                    control.what(),
                    control.rate(),
                    control.since().toEpochMilli(),
                    control.until() == null ? null : (Long) control.until().toEpochMilli(),
                    control.actor(),
                    control.note());
            return AuditEvent.of(type).because(null, control.what() + " " + control.words());
        });
    }

    /**
     * Ends it.
     *
     * @param note why
     */
    public static void end(OperatorLog log, String what, @Nullable String note) {
        log.changed(session -> {
            session.update("DELETE FROM control WHERE what = ?", what);
            return AuditEvent.of(ending(what)).because(null, note == null ? what : what + ": " + note);
        });
    }

    private static Type ending(String what) {
        return what.equals(ControlRow.PACE) ? Type.PACE_ENDED : Type.HOLD_ENDED;
    }
}
