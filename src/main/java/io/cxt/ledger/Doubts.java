package io.cxt.ledger;

import io.cxt.audit.AuditEvent;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.OperatorLog;
import io.cxt.db.GroupCommit;
import io.cxt.db.LedgerReader;
import io.cxt.db.Session;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sources and chats that may have been sent, in part, by a ledger that is lost, or by this one before it was restored from a
 * copy. Calls for a source are marked until it is decided, across restarts; calls for a chat that ended before this ledger began,
 * and that it does not know, always.
 */
public final class Doubts {
    private static final List<String> FOLDERS = List.of("file", "sftp");
    /** In place of a pickup: before which time a chat must have ended, and a word for why, with a blank between them. */
    private static final String CHATS = "chats";

    private static final String ADD =
            "INSERT INTO doubt (door, source) VALUES (?, ?) ON CONFLICT (door, source) DO NOTHING";

    private final GroupCommit commits;
    private final LedgerReader reader;
    private final String chain;
    private volatile boolean behind;
    private volatile @Nullable Instant ended;

    Doubts(GroupCommit commits, LedgerReader reader, String chain) {
        this.commits = commits;
        this.reader = reader;
        this.chain = chain;
    }

    /** Stands for all that lies in a folder: no file has this name. */
    public static final String EVERYTHING = "/";

    /**
     * Another ledger may have sent what ended before now, and what lies in a folder at the next start. No call leaves until a
     * person says so.
     *
     * @param type what has happened
     * @param detail more of that for the audit
     * @param word tells this note from others
     * @param hold on the lane
     */
    public static void sentElsewhere(OperatorLog log, Type type, String detail, String word, ControlRow hold) {
        log.changed(List.of(
                session -> {
                    for (String pickup : FOLDERS) {
                        session.update(ADD, pickup, EVERYTHING);
                    }
                    addChats(session, hold.since(), word);
                    return AuditEvent.of(type).because(null, detail);
                },
                session -> ControlTable.set(session, hold)));
    }

    private static void addChats(Session session, Instant before, String word) throws SQLException {
        session.update(ADD, CHATS, before + " " + word);
    }

    /** True when a note of this word was made. */
    boolean noted(String word) {
        return at(CHATS).stream().anyMatch(note -> note.endsWith(" " + word));
    }

    /** Reads again which chats may have been sent. */
    public void look() {
        ended = at(CHATS).stream()
                .map(note -> Instant.parse(note.substring(0, note.indexOf(' '))))
                .max(Instant::compareTo)
                .orElse(null);
    }

    /**
     * True when another ledger may have sent a chat that this one does not know as sent. Asks no database.
     *
     * @param end when it ended, or null when not known; asked only where there was another ledger
     */
    boolean sentElsewhere(Supplier<@Nullable Instant> end) {
        Instant before = ended;
        if (before == null) {
            return false;
        }
        Instant last = end.get();
        return last == null || last.isBefore(before);
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

    /** More was signed than is in the ledger, as far as this event: what was sent since may be sent again. */
    void noteBehind(Instant now, long signed) {
        behind = true;
        String word = "behind " + chain + " " + signed;
        if (!noted(word)) {
            commits.call(session -> {
                addChats(session, now, word);
                return null;
            });
        }
    }
}
