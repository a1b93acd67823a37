package io.cxt.ledger;

import io.cxt.audit.AuditChain;
import io.cxt.audit.Checkpoints;
import io.cxt.db.Database;
import io.cxt.db.GroupCommit;
import io.cxt.db.LedgerReader;
import io.cxt.db.LedgerSettings;
import io.cxt.db.Owner;
import io.cxt.db.Session;
import io.cxt.db.TransactionListener;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The ledger of one instance in the model of the protocol: the real parts on a real database, put together as
 * {@link Ledger} does, but without timers, so that nothing happens between two steps. It can begin anew as after a crash.
 */
public final class ModelLedger implements AutoCloseable {
    public static final Duration LEASE = Duration.ofSeconds(60);

    private final LedgerSettings settings;
    private final Database database;
    private final Clock clock;
    private volatile AuditChain chain;
    private final GroupCommit commits;
    private final LedgerReader reader;
    private final SourceLocks holds;
    private Deliveries deliveries;
    private Intakes intakes;
    private Checkpoints checkpoints;

    public ModelLedger(LedgerSettings settings, String instance, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        database = new Database(settings);
        chain = new AuditChain(instance, "config", clock);
        commits = new GroupCommit(database, new OfThisRun(), new ReentrantLock());
        reader = new LedgerReader(database);
        holds = new SourceLocks(database, LEASE);
    }

    /**
     * A new run of the instance: what the one before had in memory is gone.
     *
     * @param signing false to do without checkpoints, which cost more than all else
     */
    public void start(boolean resendInDoubt, boolean signing) throws IOException {
        settle(); // what the run before had handed over is in its chain
        chain = new AuditChain(chain.name(), "config", clock);
        Owner owner = Owner.of(chain.name());
        DeliveryTable table = new DeliveryTable(owner, database.sqlite(), LEASE, clock);
        DeliveryAssessor standings = new DeliveryAssessor(owner, database.sqlite(), resendInDoubt, clock);
        deliveries = new Deliveries(
                commits, reader, chain, table, standings, id -> false, new Doubts(commits, reader, chain.name()));
        intakes = new Intakes(commits, reader, chain, holds, clock);
        settle(); // so that it knows its end
        checkpoints = signing ? Checkpoints.of(chain, settings, reader, clock) : null;
        sign();
    }

    /** The chain of the run that goes on. */
    private final class OfThisRun implements TransactionListener {
        @Override
        public void begin(Session session) throws SQLException {
            chain.begin(session);
        }

        @Override
        public void ending(Session session) {
            chain.ending(session);
        }

        @Override
        public void committed() {
            chain.committed();
        }

        @Override
        public void rolledBack() {
            chain.rolledBack();
        }
    }

    /** The name of the instance and of its chain. */
    public String instance() {
        return chain.name();
    }

    public Deliveries deliveries() {
        return deliveries;
    }

    public Intakes intakes() {
        return intakes;
    }

    /** Waits until what was handed over is in the database. */
    public void settle() {
        commits.call(none -> null);
    }

    public void renewLeases() {
        deliveries.renewLeases();
        settle();
    }

    public void sign() throws IOException {
        if (checkpoints != null) {
            checkpoints.sign(false);
        }
    }

    /** What {@code cxt audit verify} finds; null when all chains are whole. */
    public String verify() {
        Path nowhere = settings.folder().resolve("none");
        LedgerSettings unsigned = new LedgerSettings(
                settings.url(),
                settings.username(),
                settings.password(),
                settings.folder(),
                nowhere,
                nowhere,
                List.of(),
                null,
                null);
        return new LedgerView(reader, checkpoints == null ? unsigned : settings)
                .audit()
                .verify(Set.of("instance-a", "instance-b", "instance-c"))
                .fault();
    }

    @Override
    public void close() {
        commits.close();
        reader.close();
        holds.close();
    }
}
