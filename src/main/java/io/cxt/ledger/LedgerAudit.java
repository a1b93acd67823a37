package io.cxt.ledger;

import io.cxt.audit.AuditBundle;
import io.cxt.audit.AuditCheck;
import io.cxt.audit.AuditEntry;
import io.cxt.audit.AuditPages;
import io.cxt.audit.AuditQuery;
import io.cxt.audit.CheckpointCheck;
import io.cxt.audit.CheckpointPruning;
import io.cxt.audit.Closing;
import io.cxt.audit.FeedSource;
import io.cxt.db.Database;
import io.cxt.db.LedgerException;
import io.cxt.db.LedgerReader;
import io.cxt.db.LedgerSettings;
import io.cxt.db.Session;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads the audit: its events, what was pruned of them, and whether it is intact. */
public final class LedgerAudit {
    private final LedgerReader reader;
    private final LedgerSettings settings;

    LedgerAudit(LedgerReader reader, LedgerSettings settings) {
        this.reader = reader;
        this.settings = settings;
    }

    /** Passes on the audit events that match, in the order in which they were written. */
    public void events(AuditQuery query, Consumer<AuditEntry> consumer) {
        query.each(reader, consumer);
    }

    /**
     * The result of a check of the audit.
     *
     * @param faults the first broken place, and rows that the audit contradicts, in words; empty when all is intact
     * @param notes how far each chain is signed, or why that is not known; where another key begins to sign; where a clock was set back
     */
    public record Verification(long events, long chains, List<String> faults, List<String> notes) {
        /** The first fault; null when there is none. */
        public @Nullable String fault() {
            return faults.isEmpty() ? null : faults.get(0);
        }
    }

    /** Verifies a ledger that no other instance writes to. */
    public Verification verify() {
        return verify(Set.of(), null);
    }

    /** Verifies a ledger that other instances write to, too. */
    public Verification verify(Set<String> chains) {
        return verify(chains, null);
    }

    /**
     * Computes every chain again from its first event and compares it with its checkpoints, and the deliveries with the
     * chains.
     *
     * @param chains of other instances on the same PostgreSQL, whose checkpoints are elsewhere
     * @param copy a folder or file with copies of the checkpoints, in place of the originals; null for those
     */
    public Verification verify(Set<String> chains, @Nullable Path copy) {
        try (CheckpointCheck checkpoints = new CheckpointCheck(settings, chains, copy)) {
            AuditCheck.Verdict verdict = reader.ask(
                    session -> session.atOnce(moment -> AuditCheck.verify(moment, checkpoints, RecordCheck::check)));
            List<String> notes = new ArrayList<>(checkpoints.notes());
            notes.addAll(verdict.notes());
            return new Verification(verdict.events(), verdict.chains(), verdict.faults(), notes);
        } catch (IOException e) {
            throw new LedgerException(
                    "Cannot read the checkpoints in %s: %s. Look at their permissions"
                            .formatted(settings.checkpointFolder(), e),
                    e);
        }
    }

    /**
     * Writes a bundle of audit events as they are at one moment.
     *
     * @param runs what would run now
     */
    public AuditBundle.Written export(AuditBundle bundle, Map<String, ?> runs, OutputStream out) throws IOException {
        try (Session session = new Session(new Database(settings).openForReading())) {
            return session.atOnce(moment -> bundle.write(moment, runs, out));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (SQLException e) {
            throw new LedgerException("Cannot read the ledger: " + Database.reason(e), e);
        }
    }

    /**
     * Compares the audit feed with the deliveries.
     *
     * @param elsewhere the feed's database; null when it is the ledger's
     * @param findings receives each difference, in words
     * @return what was not compared and why, in words; null when all was
     */
    public @Nullable String verifyFeed(@Nullable FeedSource elsewhere, Consumer<String> findings) {
        Database database = new Database(settings);
        try (Session moment = new Session(database.openForReading());
                Session ledger = new Session(database.openForReading());
                Session feed =
                        elsewhere == null ? new Session(database.openForReading()) : new Session(elsewhere.open());
                Session feedMoment =
                        elsewhere == null ? new Session(database.openForReading()) : new Session(elsewhere.open())) {
            FeedCheck check = new FeedCheck(ledger, feed, findings);
            String unfit = check.unfit();
            if (unfit == null) {
                check.there(moment);
                check.sent(feedMoment);
            }
            return unfit;
        } catch (SQLException e) {
            return Database.reason(e);
        }
    }

    /** The audit, a page at a time. */
    public AuditPages pages() {
        return new AuditPages(reader);
    }

    /** The hash of an event; null when there is none. */
    public @Nullable String eventHash(String chain, long seq) {
        return reader.one(
                        "SELECT hash FROM audit_event WHERE chain = ? AND seq = ?", row -> row.getString(1), chain, seq)
                .orElse(null);
    }

    /** When the last event was written that was pruned, as the audit writes times; null when none of the interaction was. */
    public @Nullable String prunedUpTo(String interactionId) {
        return reader.any("SELECT 1 FROM audit_closed WHERE id = ?", interactionId) ? prunedUpTo() : null;
    }

    /** When the last event of any chain was written that was pruned, as the audit writes times; null when none was. */
    public @Nullable String prunedUpTo() {
        return reader.ask(Closing::all).stream()
                .map(Closing::until)
                .max(String::compareTo)
                .orElse(null);
    }

    /** The closing records, that of each chain. */
    public List<Closing> closings() {
        return reader.ask(Closing::all);
    }

    /** The checkpoints of its chains, as far as they are signed here. */
    public CheckpointPruning checkpoints(List<String> copies, String instance) {
        return new CheckpointPruning(settings, copies, instance);
    }
}
