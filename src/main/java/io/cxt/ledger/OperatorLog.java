package io.cxt.ledger;

import io.cxt.ledger.AuditEvent.Type;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;

/** What people do at the command, on a chain of its own, beside a CXT that may be running. */
public final class OperatorLog implements AutoCloseable {
    private final Session session;
    private final AuditChain chain = new AuditChain("operator", "-", Clock.systemUTC());
    private final Checkpoints checkpoints;

    public OperatorLog(LedgerSettings settings) {
        Database database = new Database(settings);
        try {
            Files.createDirectories(settings.folder());
            database.migrate();
            checkpoints = Checkpoints.of(chain, settings, Clock.systemUTC());
            session = new Session(database.openForWriting());
        } catch (SQLException e) {
            throw new LedgerException("Cannot write to the ledger: " + Database.reason(e), e);
        } catch (IOException e) {
            throw new LedgerException("Cannot use data.dir %s: %s".formatted(settings.folder(), e), e);
        }
    }

    /**
     * A dead letter is about to be put into the inbox again.
     *
     * @param parked true when it is one of a call in doubt: a person has decided that it goes out, marked, whatever
     *     {@code cxone.in-doubt} says
     */
    public void replayed(String interactionId, String letter, boolean parked) {
        note(AuditEvent.of(Type.REPLAYED).about(interactionId, null, letter), writing -> {
            if (parked) {
                DeliveryTable.openAgain(writing, interactionId);
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

    private void note(AuditEvent event, Change change) {
        try {
            chain.rolledBack(); // another command may have written meanwhile
            session.begin();
            chain.begin(session);
            change.write(session);
            chain.append(session, event.by(System.getProperty("user.name")));
            session.commit();
            chain.committed();
            checkpoints.sign(true);
        } catch (SQLException e) {
            throw new LedgerException("Cannot write to the ledger: " + Database.reason(e), e);
        } catch (IOException e) {
            throw new LedgerException("Cannot write to audit.checkpoint-folder: " + e, e);
        }
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
