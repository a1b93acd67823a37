package io.cxt.audit;

import io.cxt.audit.AuditEvent.Type;
import io.cxt.db.Database;
import io.cxt.db.LedgerException;
import io.cxt.db.LedgerReader;
import io.cxt.db.LedgerSettings;
import io.cxt.db.Owner;
import io.cxt.db.PrivateFiles;
import io.cxt.db.Session;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Records what operators do with the command, or in the console, on a chain of its own, beside a CXT that may be running.
 *
 * <p>Long because all ways to record are here: at once, some together, and those that may wait for a common commit.
 */
public final class OperatorLog implements AutoCloseable {

    /** Among threads of this process: a lock on a file only keeps out other processes. */
    private static final ReentrantLock TURN = new ReentrantLock();

    /** How many events wait for one commit at most, and how long, once {@link #announces} was called. */
    private static final int MOST_WAITING = 500;

    private static final long LONGEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final List<Telling> waiting = new ArrayList<>();
    private boolean together;
    private long waitingSince;
    private final LedgerSettings settings;
    private final String actor;
    private final Session session;
    private final LedgerReader reader;
    private final AuditChain chain = new AuditChain(Owner.OPERATOR_CHAIN, "-", Clock.systemUTC());
    private @Nullable Checkpoints checkpoints;

    /** For a command: the one who does it is the user of this process. */
    public OperatorLog(LedgerSettings settings) {
        this(settings, System.getProperty("user.name"));
    }

    /** @param actor who does it */
    public OperatorLog(LedgerSettings settings, String actor) {
        this.settings = settings;
        this.actor = actor;
        Database database = new Database(settings);
        try {
            PrivateFiles.createFolder(settings.folder());
            database.migrate();
            reader = new LedgerReader(database);
            session = new Session(database.openForWriting());
        } catch (SQLException e) {
            throw new LedgerException("Cannot write to the ledger: " + Database.reason(e), e);
        } catch (IOException e) {
            throw new LedgerException("Cannot use data.dir %s: %s".formatted(settings.folder(), e), e);
        }
    }

    /**
     * What is recognised of a dead letter that is in the inbox again.
     *
     * @param source its name in the inbox
     * @param hash of its content, so that no other file is taken for it by its name alone
     * @param idPrefix what goes before its ids
     * @param instance whose letter it is; null when that has none on record
     */
    public record Again(
            String source,
            String hash,
            String idPrefix,
            @Nullable String instance) {}

    /**
     * Records that a dead letter is about to be put into the inbox again.
     *
     * @param parked true when it is one of a call in doubt: a person has decided that it goes out, marked, whatever
     *     {@code cxone.in-doubt} says
     * @param again null when it is to be taken for a new file
     */
    public void replayed(@Nullable String interactionId, String letter, boolean parked, @Nullable Again again) {
        changed(writing -> {
            if (again != null) {
                if (writing.any(
                        "SELECT 1 FROM letter WHERE instance = ? AND name = ? AND state = 'OPEN'"
                                + " AND job_state IN ('WAITING', 'TAKEN')",
                        again.instance(),
                        letter)) {
                    throw new LedgerException("The letter is in a job that has not ended. See: cxt jobs list", null);
                }
                writing.update(
                        "INSERT INTO replay (source, hash, id_prefix, letter) SELECT ?, ?, ?, (SELECT id FROM letter"
                                + " WHERE instance = ? AND name = ? AND state = 'OPEN')",
                        again.source(),
                        again.hash(),
                        again.idPrefix(),
                        again.instance(),
                        letter);
                writing.update(
                        "UPDATE letter SET state = 'REPLAYED', replays = replays + 1"
                                + " WHERE instance = ? AND name = ? AND state = 'OPEN'",
                        again.instance(),
                        letter);
            }
            if (parked) { // it may be sent again; the doubt stays with it
                writing.update(
                        "UPDATE delivery SET state = 'FAILED', doubted = 1, reason = 'REPLAYED', intake_id = NULL"
                                + " WHERE interaction_id = ? AND state = 'IN_DOUBT'",
                        interactionId);
            }
            return AuditEvent.of(Type.REPLAYED).about(interactionId, null, letter);
        });
    }

    /** Records a call to the token endpoint that a command made. */
    public void signedIn(boolean success, int httpStatus, Duration latency) {
        mayWait(AuditEvent.of(success ? Type.SIGNED_IN : Type.SIGN_IN_FAILED)
                .answered(httpStatus == 0 ? null : (Integer) httpStatus, latency.toMillis(), null));
    }

    /** Records that a command is about to make a call that changes something in CXone, or to sign in. */
    public void leaves(String call) {
        note(false, session -> AuditEvent.of(Type.CALLING).because(null, call));
    }

    /** Records that a command is about to make a call that changes nothing, unless it {@link #announces} such calls. */
    public void asks(String call) {
        if (!together) {
            leaves(call);
        }
    }

    /**
     * Records that a command is about to make calls that change nothing. From now on the events of such calls, and what they
     * found out, wait up to a second for a common commit; a kill loses them, and this word remains.
     */
    public void announces(String calls) {
        together = false;
        leaves(calls);
        together = true;
    }

    /** Records a call to CXone that a command made, and that sends no transcript. */
    public void called(String call, int httpStatus, Duration latency) {
        mayWait(AuditEvent.of(Type.CALLED)
                .answered(httpStatus == 0 ? null : (Integer) httpStatus, latency.toMillis(), null)
                .because(null, call));
    }

    /**
     * Records what a command did to, or found out about, an interaction in CXone.
     *
     * @param detail without text of the chat
     */
    public void told(Type type, String interactionId, String detail) {
        mayWait(AuditEvent.of(type).about(interactionId, null, null).because(null, detail));
    }

    /** Records a change, in one transaction with it. On disk when it returns. */
    public void changed(Telling change) {
        note(false, change);
    }

    /** Records some changes, all in one transaction. On disk when it returns. */
    public void changed(List<Telling> changes) {
        TURN.lock();
        try {
            changes.forEach(change -> waiting.add(told(change)));
            write();
        } finally {
            TURN.unlock();
        }
    }

    private Telling told(Telling change) {
        return session -> {
            AuditEvent event = change.write(session);
            return event == null ? null : event.by(actor);
        };
    }

    /** The id of the key that signs the checkpoints; null before the first record. */
    public @Nullable String keyId() {
        return checkpoints == null ? null : checkpoints.keyId();
    }

    /** A change and what it was; null when nothing was left to change. */
    public interface Telling {
        @Nullable
        AuditEvent write(Session session) throws SQLException;
    }

    private void mayWait(AuditEvent event) {
        note(true, session -> event);
    }

    /** Writes an event with those that wait, in order; or lets it wait, too. */
    private void note(boolean mayWait, Telling change) {
        TURN.lock();
        try {
            if (waiting.isEmpty()) {
                waitingSince = System.nanoTime();
            }
            waiting.add(told(change));
            boolean late = waiting.size() >= MOST_WAITING || System.nanoTime() - waitingSince >= LONGEST_WAIT_NANOS;
            if (!together || !mayWait || late) {
                write();
            }
        } finally {
            TURN.unlock();
        }
    }

    /** One command at a time, from the head of the chain to the checkpoint, so that both are in one order. */
    private void write() {
        List<Telling> changes = List.copyOf(waiting);
        waiting.clear(); // what fails is not tried again
        try {
            Checkpoints signing = checkpoints;
            if (signing == null) {
                signing = Checkpoints.of(chain, settings, reader, Clock.systemUTC());
                checkpoints = signing;
            }
            Path file = settings.checkpointFolder().resolve(Owner.OPERATOR_CHAIN + ".lock");
            PrivateFiles.create(file);
            try (FileChannel turn = FileChannel.open(file, StandardOpenOption.WRITE)) {
                turn.lock(); // until it is closed
                write(changes);
                signing.signIfPossible(true); // it is done by now, and is no failure
            }
        } catch (SQLException e) {
            throw new LedgerException("Cannot write to the ledger: " + Database.reason(e), e);
        } catch (IOException e) {
            throw new LedgerException("Cannot write to audit.checkpoint-folder: " + e, e);
        }
    }

    private void write(List<Telling> changes) throws SQLException {
        chain.rolledBack(); // another command may have written meanwhile
        session.begin();
        try {
            if (!settings.sqlite()) { // whose commands may be on several machines
                session.any("SELECT pg_advisory_xact_lock(6518900, 1)");
            }
            chain.begin(session);
            for (Telling change : changes) {
                AuditEvent event = change.write(session);
                if (event != null) {
                    chain.append(session, event);
                }
            }
            session.commit();
        } catch (SQLException
                | RuntimeException e) { // an order that was refused would keep all others, and the run, out of SQLite
            try {
                session.rollBack();
            } catch (SQLException gone) {
                e.addSuppressed(gone); // the first one says why
            }
            throw e;
        }
        chain.committed();
    }

    @Override
    public void close() {
        TURN.lock();
        try (reader;
                session) {
            if (!waiting.isEmpty()) {
                write();
            }
        } catch (SQLException e) {
            throw new LedgerException("Cannot close the ledger", e);
        } finally {
            TURN.unlock();
        }
    }
}
