package io.cxt.audit;

import io.cxt.audit.AuditEvent.Type;
import io.cxt.db.Database;
import io.cxt.db.LedgerException;
import io.cxt.db.LedgerReader;
import io.cxt.db.LedgerSettings;
import io.cxt.db.Owner;
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

/** What people do at the command, on a chain of its own, beside a CXT that may be running. */
public final class OperatorLog implements AutoCloseable {

    /** Several in this process: a lock on a file keeps out other processes alone. */
    private static final ReentrantLock TURN = new ReentrantLock();

    private final LedgerSettings settings;
    private final Session session;
    private final LedgerReader reader;
    private final AuditChain chain = new AuditChain(Owner.OPERATOR_CHAIN, "-", Clock.systemUTC());
    private Checkpoints checkpoints;

    public OperatorLog(LedgerSettings settings) {
        this.settings = settings;
        Database database = new Database(settings);
        try {
            Database.createFolder(settings.folder());
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
     * A dead letter whose ids have another prefix than those of the inbox.
     *
     * @param source its name in the inbox
     * @param hash of its content, so that nobody else gets that prefix by the name alone
     */
    public record Again(String source, String hash, String idPrefix) {}

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

    /** The same for one whose ids get what the inbox puts before them. */
    public void replayed(String interactionId, String letter, boolean parked) {
        replayed(interactionId, letter, parked, null);
    }

    /**
     * A dead letter is about to be put into the inbox again.
     *
     * @param parked true when it is one of a call in doubt: a person has decided that it goes out, marked, whatever
     *     {@code cxone.in-doubt} says
     * @param again null when its ids are to have what the inbox puts before them
     */
    public void replayed(String interactionId, String letter, boolean parked, Again again) {
        note(AuditEvent.of(Type.REPLAYED).about(interactionId, null, letter), writing -> {
            if (again != null) {
                writing.update(
                        "INSERT INTO replay (source, hash, id_prefix) VALUES (?, ?, ?)",
                        again.source(),
                        again.hash(),
                        again.idPrefix());
            }
            if (parked) { // it may be sent again; the doubt stays with it
                writing.update(
                        "UPDATE delivery SET state = 'FAILED', doubted = 1, reason = 'REPLAYED', intake_id = NULL"
                                + " WHERE interaction_id = ? AND state = 'IN_DOUBT'",
                        interactionId);
            }
        });
    }

    /** A call to the token endpoint was made by hand. */
    public void signedIn(boolean success, int httpStatus, Duration latency) {
        note(
                AuditEvent.of(success ? Type.SIGNED_IN : Type.SIGN_IN_FAILED)
                        .answered(httpStatus == 0 ? null : (Integer) httpStatus, latency.toMillis(), null),
                nothingElse -> {});
    }

    /** What is written together with an event. */
    private interface Change {
        void write(Session session) throws SQLException;
    }

    /** One command after the other, from the head of the chain to the checkpoint, so that both are in one order. */
    private void note(AuditEvent event, Change change) {
        TURN.lock();
        try {
            if (checkpoints == null) {
                checkpoints = Checkpoints.of(chain, settings, reader, Clock.systemUTC());
            }
            Path file = settings.checkpointFolder().resolve(Owner.OPERATOR_CHAIN + ".lock");
            Database.restrict(file);
            try (FileChannel turn = FileChannel.open(file, StandardOpenOption.WRITE)) {
                turn.lock(); // until it is closed
                write(event, change);
                checkpoints.sign(true);
            }
        } catch (SQLException e) {
            throw new LedgerException("Cannot write to the ledger: " + Database.reason(e), e);
        } catch (IOException e) {
            throw new LedgerException("Cannot write to audit.checkpoint-folder: " + e, e);
        } finally {
            TURN.unlock();
        }
    }

    private void write(AuditEvent event, Change change) throws SQLException {
        chain.rolledBack(); // another command may have written meanwhile
        session.begin();
        if (!settings.sqlite()) { // whose commands may be on several machines
            session.one("SELECT pg_advisory_xact_lock(6518900, 1)", row -> null);
        }
        chain.begin(session);
        change.write(session);
        chain.append(session, event.by(System.getProperty("user.name")));
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
