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
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Records what operators do with the command, on a chain of its own, beside a CXT that may be running. */
public final class OperatorLog implements AutoCloseable {

    /** Among threads of this process: a lock on a file only keeps out other processes. */
    private static final ReentrantLock TURN = new ReentrantLock();

    private final LedgerSettings settings;
    private final Session session;
    private final LedgerReader reader;
    private final AuditChain chain = new AuditChain(Owner.OPERATOR_CHAIN, "-", Clock.systemUTC());
    private @Nullable Checkpoints checkpoints;

    public OperatorLog(LedgerSettings settings) {
        this.settings = settings;
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

    /** SHA-256 of all bytes, in hex. */
    public static String hash(InputStream content) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (DigestInputStream bytes = new DigestInputStream(content, digest)) {
                bytes.transferTo(OutputStream.nullOutputStream());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Records a replay of a dead letter that is taken for a new file. */
    public void replayed(@Nullable String interactionId, String letter, boolean parked) {
        replayed(interactionId, letter, parked, null);
    }

    /**
     * Records that a dead letter is about to be put into the inbox again.
     *
     * @param parked true when it is one of a call in doubt: a person has decided that it goes out, marked, whatever
     *     {@code cxone.in-doubt} says
     * @param again null when it is to be taken for a new file
     */
    public void replayed(@Nullable String interactionId, String letter, boolean parked, @Nullable Again again) {
        note(AuditEvent.of(Type.REPLAYED).about(interactionId, null, letter), writing -> {
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
        });
    }

    /** Records a call to the token endpoint that a command made. */
    public void signedIn(boolean success, int httpStatus, Duration latency) {
        note(
                AuditEvent.of(success ? Type.SIGNED_IN : Type.SIGN_IN_FAILED)
                        .answered(httpStatus == 0 ? null : (Integer) httpStatus, latency.toMillis(), null),
                nothingElse -> {});
    }

    /** Records that a command is about to make a call that changes something in CXone. */
    public void leaves(String call) {
        note(AuditEvent.of(Type.CALLING).because(null, call), nothingElse -> {});
    }

    /** Records a call to CXone that a command made, and that sends no transcript. */
    public void called(String call, int httpStatus, Duration latency) {
        note(
                AuditEvent.of(Type.CALLED)
                        .answered(httpStatus == 0 ? null : (Integer) httpStatus, latency.toMillis(), null)
                        .because(null, call),
                nothingElse -> {});
    }

    /**
     * Records what a command did to, or found out about, an interaction in CXone.
     *
     * @param detail without text of the chat
     */
    public void told(Type type, String interactionId, String detail) {
        note(AuditEvent.of(type).about(interactionId, null, null).because(null, detail), nothingElse -> {});
    }

    /** Records a change that a command makes, in one transaction with it. */
    public void changed(AuditEvent event, Change change) {
        note(event, change);
    }

    /** Records a change that a command makes and that says itself what it was, in one transaction with it. */
    public void changed(Telling change) {
        note(change);
    }

    /** What is written together with an event. */
    public interface Change {
        void write(Session session) throws SQLException;
    }

    /** A change and what it was. */
    public interface Telling {
        AuditEvent write(Session session) throws SQLException;
    }

    private void note(AuditEvent event, Change change) {
        note(session -> {
            change.write(session);
            return event;
        });
    }

    /** One command at a time, from the head of the chain to the checkpoint, so that both are in one order. */
    private void note(Telling change) {
        TURN.lock();
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
                write(change);
                signing.sign(true);
            }
        } catch (SQLException e) {
            throw new LedgerException("Cannot write to the ledger: " + Database.reason(e), e);
        } catch (IOException e) {
            throw new LedgerException("Cannot write to audit.checkpoint-folder: " + e, e);
        } finally {
            TURN.unlock();
        }
    }

    private void write(Telling change) throws SQLException {
        chain.rolledBack(); // another command may have written meanwhile
        session.begin();
        if (!settings.sqlite()) { // whose commands may be on several machines
            session.any("SELECT pg_advisory_xact_lock(6518900, 1)");
        }
        chain.begin(session);
        chain.append(session, change.write(session).by(System.getProperty("user.name")));
        session.commit();
        chain.committed();
    }

    @Override
    public void close() {
        try {
            reader.close();
            session.close();
        } catch (SQLException e) {
            throw new LedgerException("Cannot close the ledger", e);
        }
    }
}
