package io.cxt.audit;

import io.cxt.audit.AuditChain.Head;
import io.cxt.audit.Closing.Rested;
import io.cxt.db.Database;
import io.cxt.db.LedgerException;
import io.cxt.db.LedgerSettings;
import io.cxt.db.Session;
import io.cxt.files.HaltAt;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Removes the first events of chains, some in a transaction: with these events go the hashes of the rows that rest on them, and the
 * signed record, which is in the file of checkpoints before. A kill at any point leaves a ledger and a file that fit.
 */
public final class ChainClosing implements AutoCloseable {
    /** Events in a transaction. Others wait for it, so it must be short. */
    public static final int PORTION = 1_000;

    /** The longest pause between two transactions, in which others have their turn. */
    private static final long LONGEST_PAUSE_NANOS = 100_000_000;

    private final LedgerSettings settings;
    private final SigningKey key;
    private final Session session;
    private final Rests rests;
    private final int portion;
    private final Clock clock;

    /** Keeps what events say about rows before they go. */
    public interface Rests {
        /**
         * Writes hashes of rows, in the transaction in which the events go.
         *
         * @param events their columns, in the order of {@link AuditChain}; all of one chain, in order
         * @param before number and sum of the hashes up to now
         * @return the same with those that were written
         */
        Rested keep(Session session, List<@Nullable Object[]> events, Rested before) throws SQLException;
    }

    /**
     * @param portion events in a transaction
     * @throws LedgerException when there is no key to sign with, or the ledger cannot be written to
     */
    public ChainClosing(LedgerSettings settings, Rests rests, int portion, Clock clock) {
        this.settings = settings;
        this.rests = rests;
        this.portion = portion;
        this.clock = clock;
        try {
            key = SigningKey.readOrMake(settings.checkpointKeyFile());
            session = new Session(new Database(settings).openForWriting());
        } catch (SQLException e) {
            throw new LedgerException("Cannot write to the ledger: " + Database.reason(e), e);
        } catch (IOException e) {
            throw new LedgerException("Cannot use audit.checkpoint-key-file: " + e, e);
        }
    }

    /**
     * Removes the events of a chain up to this one, which must not be the chain's last one.
     *
     * @throws LedgerException when an event is not as it was written; those before it may be gone by then
     */
    public void close(String chain, long last) {
        try {
            for (long begun = System.nanoTime(); portion(chain, last); begun = System.nanoTime()) {
                LockSupport.parkNanos(Math.min(LONGEST_PAUSE_NANOS, System.nanoTime() - begun));
            }
        } catch (SQLException e) {
            throw new LedgerException("Cannot write to the ledger: " + Database.reason(e), e);
        } catch (IOException e) {
            throw new LedgerException("Cannot write to audit.checkpoint-folder: " + e, e);
        }
    }

    /** @return false when nothing was left to remove */
    private boolean portion(String chain, long last) throws SQLException, IOException {
        session.begin();
        if (!settings.sqlite()) { // whose commands may be on several machines
            session.any("SELECT pg_advisory_xact_lock(6518900, 2)");
        }
        List<Closing> all = Closing.all(session);
        Head base = all.stream()
                .filter(closing -> closing.chain().equals(chain))
                .map(Closing::end)
                .findFirst()
                .orElse(Head.NONE);
        List<@Nullable Object[]> events = session.list(
                "SELECT " + AuditChain.COLUMNS
                        + " FROM audit_event WHERE chain = ? AND seq > ? AND seq <= ? ORDER BY seq",
                AuditCheck::columns,
                chain,
                base.seq(),
                Math.min(last, base.seq() + portion));
        if (events.isEmpty()) {
            session.commit();
            return false;
        }
        Head end = base;
        for (@Nullable Object[] event : events) {
            Head here = AuditCheck.head(event);
            String fault = AuditCheck.fault(event, end, here);
            if (fault != null) {
                throw new LedgerException(fault, null);
            }
            end = here;
        }
        Closing newest = all.stream().max(Comparator.comparing(Closing::at)).orElse(null);
        Rested rested = rests.keep(session, events, newest == null ? Rested.NONE : newest.rested());
        String until = String.valueOf(events.get(events.size() - 1)[2]);
        Closing record = Closing.of(chain, end, until, at(newest), rested, key);
        session.update(
                "INSERT INTO audit_closing (chain, seq, hash, line) VALUES (?, ?, ?, ?) ON CONFLICT (chain)"
                        + " DO UPDATE SET seq = excluded.seq, hash = excluded.hash, line = excluded.line",
                chain,
                end.seq(),
                end.hash(),
                record.line());
        session.update("DELETE FROM audit_event WHERE chain = ? AND seq <= ?", chain, end.seq());
        HaltAt.reached("closing");
        new CheckpointFile(settings.checkpointFolder(), chain).append(record, true);
        HaltAt.reached("closing-signed");
        session.commit();
        HaltAt.reached("closing-done");
        return true;
    }

    /** Now, and behind the record that was signed last, though the clock may have been set back. */
    private String at(@Nullable Closing newest) {
        String now = AuditChain.time(clock.instant());
        return newest == null || newest.at().compareTo(now) < 0
                ? now
                : AuditChain.time(Instant.parse(newest.at()).plus(1, ChronoUnit.MICROS));
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (SQLException e) {
            throw new LedgerException("Cannot close the ledger", e);
        }
    }
}
