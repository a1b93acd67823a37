package io.cxt.ledger;

import io.cxt.audit.AuditChain;
import io.cxt.audit.AuditEvent;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.OperatorLog;
import io.cxt.db.ChangeQueue;
import io.cxt.db.Database;
import io.cxt.db.GroupCommit;
import io.cxt.db.LedgerReader;
import io.cxt.db.Session;
import io.cxt.db.Staged;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The table {@code control}: what persons hold or set. Each change is on record with its name and its reason. */
public final class ControlTable {
    private static final String ALL = "SELECT " + ControlRow.COLUMNS + ", NULL FROM control ORDER BY what";
    private static final String ALL_AND_NOW = "SELECT " + ControlRow.COLUMNS + ", now FROM (SELECT "
            + Database.POSTGRESQL_NOW + " AS now) AS clock LEFT JOIN control ON 1 = 1 ORDER BY what";
    private static final String SET = "INSERT INTO control (" + ControlRow.COLUMNS
            + ") SELECT ?, ?, ?, ?, ?, ? WHERE 1 = 1 ON CONFLICT (what) DO UPDATE SET rate = excluded.rate,"
            + " since = excluded.since, until = excluded.until, actor = excluded.actor, note = excluded.note";
    private static final String SEEN = "DELETE FROM control WHERE what = ? AND since = ? AND actor = ? AND note = ?";
    private static final String ENDED = "DELETE FROM control WHERE what = ? AND since = ? AND until = ?";

    private final GroupCommit commits;
    private final LedgerReader reader;
    private final AuditChain chain;

    private final Clock clock;

    ControlTable(GroupCommit commits, LedgerReader reader, AuditChain chain, Clock clock) {
        this.commits = commits;
        this.reader = reader;
        this.chain = chain;
        this.clock = clock;
    }

    /**
     * What was found at one moment.
     *
     * @param all those that have ended by themselves with them
     * @param now by the clock that decides what has ended: of PostgreSQL for all instances and commands, with SQLite of this
     *     machine
     */
    public record Found(List<ControlRow> all, Instant now) {
        public List<ControlRow> inForce() {
            return all.stream().filter(control -> control.inForce(now)).toList();
        }
    }

    public Found find() {
        return find(reader, clock);
    }

    static Found find(LedgerReader reader, Clock clock) {
        Instant here = clock.instant();
        List<Row> rows = reader.list(
                reader.sqlite() ? ALL : ALL_AND_NOW,
                row -> new Row(
                        row.getString(1) == null ? null : ControlRow.read(row),
                        row.getObject(7) == null ? here : Instant.ofEpochMilli(row.getLong(7))));
        return new Found(
                rows.stream().map(Row::control).filter(Objects::nonNull).toList(),
                rows.isEmpty() ? here : rows.get(0).now());
    }

    private record Row(@Nullable ControlRow control, Instant now) {}

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
        log.changed(session -> set(session, control));
    }

    static AuditEvent set(Session session, ControlRow control) throws SQLException {
        session.update(
                SET,
                control.what(),
                control.rate(),
                control.since().toEpochMilli(),
                control.until() == null ? null : (Long) control.until().toEpochMilli(),
                control.actor(),
                control.note());
        return AuditEvent.of(control.rate() == null ? Type.HELD : Type.PACE_SET)
                .because(null, control.what() + " " + control.words());
    }

    /**
     * Ends it.
     *
     * @param seen as the person knows it: one that was set meanwhile in its place stays
     * @param note why
     * @return false when it has ended, or was changed, meanwhile
     */
    public static boolean end(OperatorLog log, ControlRow seen, @Nullable String note) {
        AtomicBoolean ended = new AtomicBoolean();
        log.changed(session -> {
            String what = seen.what();
            ended.set(session.update(SEEN, what, seen.since().toEpochMilli(), seen.actor(), seen.note()) > 0);
            return ended.get()
                    ? AuditEvent.of(ending(what)).because(null, note == null ? what : what + ": " + note)
                    : null;
        });
        return ended.get();
    }

    private static Type ending(String what) {
        return what.equals(ControlRow.PACE) ? Type.PACE_ENDED : Type.HOLD_ENDED;
    }
}
