package io.cxt.ledger;

import io.cxt.audit.AuditEvent;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.OperatorLog;
import io.cxt.db.GroupCommit;
import io.cxt.db.LedgerReader;
import java.util.Collection;
import java.util.List;

/**
 * Sources that may have been sent, in part, by a ledger that is lost, or by this one before it was restored from a copy.
 * Their calls are marked until each is decided, across restarts.
 */
public final class Doubts {
    private static final List<String> FOLDERS = List.of("file", "sftp");
    private static final String ADD =
            "INSERT INTO doubt (door, source) VALUES (?, ?) ON CONFLICT (door, source) DO NOTHING";

    private final GroupCommit commits;
    private final LedgerReader reader;
    private final String chain;
    private volatile boolean behind;

    Doubts(GroupCommit commits, LedgerReader reader, String chain) {
        this.commits = commits;
        this.reader = reader;
        this.chain = chain;
    }

    /** Stands for all that lies in a folder: no file has this name. */
    public static final String EVERYTHING = "/";

    /** The ledger is that of a backup: at its next start all that lies in a folder may have been sent. */
    public static void restored(OperatorLog log, String backupAt) {
        log.changed(session -> {
            for (String pickup : FOLDERS) {
                session.update(ADD, pickup, EVERYTHING);
            }
            return AuditEvent.of(Type.RESTORED).because(null, "backup of " + backupAt);
        });
    }

    /** The names at a pickup. */
    public List<String> at(String pickup) {
        return reader.list("SELECT source FROM doubt WHERE door = ?", row -> row.getString(1), pickup);
    }

    /** Adds names; on the disk when it returns. */
    public void add(String pickup, Collection<String> names) {
        commits.call(session -> {
            for (String name : names) {
                session.update(ADD, pickup, name);
            }
            return null;
        });
    }

    /** All of a source is decided. */
    public void remove(String pickup, String name) {
        commits.call(session -> session.update("DELETE FROM doubt WHERE door = ? AND source = ?", pickup, name));
    }

    /** How many events this instance has written: a copy of the ledger from earlier has fewer. */
    public long events() {
        return reader.number("SELECT max(seq) FROM audit_event WHERE chain = ?", chain);
    }

    /** True when more was signed than is in the ledger: it was put back from a copy, or its tail was cut. */
    public boolean behind() {
        return behind;
    }

    void noteBehind() {
        behind = true;
    }
}
