package io.cxt.ledger;

import io.cxt.audit.AuditChain;
import io.cxt.audit.AuditEvent;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.RecordedEvent;
import io.cxt.db.ChangeQueue;
import io.cxt.db.GroupCommit;
import io.cxt.db.LedgerException;
import io.cxt.db.Session;
import io.cxt.db.Staged;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the outcomes of calls, whatever has become of the part's row in the meantime. */
final class OutcomeRecorder {
    private static final Logger LOG = LoggerFactory.getLogger(OutcomeRecorder.class);

    private final GroupCommit commits;
    private final AuditChain chain;
    private final DeliveryTable table;

    OutcomeRecorder(GroupCommit commits, AuditChain chain, DeliveryTable table) {
        this.commits = commits;
        this.chain = chain;
        this.table = table;
    }

    /** The change of a row that belongs to an outcome. */
    interface Change {
        /** Queues it; it changes no row that is not as it is known here. */
        ChangeQueue.Change queue(Session session, AuditEvent outcome);
    }

    /**
     * Writes an outcome with its change. Where the row is not as it is known here, either the chain has this very
     * outcome, in a commit that was not acknowledged; or another instance took the part over, and the outcome is
     * recorded all the same.
     *
     * @return false when another instance took it over
     */
    boolean record(Delivery delivery, AuditEvent outcome, Change change) {
        long known = chain.head().seq();
        try {
            return commits.callLasting(staged(delivery, outcome, change, known));
        } catch (LedgerException e) {
            if (!e.ofData()) {
                throw e;
            }
            LOG.warn(
                    "outcome shortened source={} event={} reason=\"the database refuses a value: {}\" next=\"look the"
                            + " interaction up with cxt find; CXone's own words of it are lost\"",
                    outcome.source(),
                    outcome.event(),
                    e.state());
            return commits.callLasting(staged(delivery, outcome.shortened(), change, known));
        }
    }

    private Staged<Boolean> staged(Delivery delivery, AuditEvent outcome, Change change, long known) {
        return session -> {
            ChangeQueue.Change row = change.queue(session, outcome);
            return then -> recorded(then, row.rows() > 0, delivery, outcome, known);
        };
    }

    private boolean recorded(Session session, boolean changed, Delivery delivery, AuditEvent outcome, long known)
            throws SQLException {
        if (changed) {
            chain.append(session, outcome);
            return true;
        }
        if (chain.has(session, outcome, known)) {
            return true;
        }
        if (delivery.firstCallHere()) {
            return false; // no call was made here, so there is nothing to record
        }
        if (outcome.event().equals(Type.SENT.name())) {
            table.sentAfterAll(session, delivery, outcome);
        }
        chain.append(
                session,
                outcome.because(outcome.reason(), RecordedEvent.with(outcome.detail(), Deliveries.TAKEN_OVER)));
        return false;
    }
}
