package io.cxt.ledger;

import io.cxt.audit.AuditChain;
import io.cxt.audit.AuditEvent;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.Checkpoint;
import io.cxt.audit.Checkpoints;
import io.cxt.audit.FeedSource;
import io.cxt.db.ClockCheck;
import io.cxt.db.Database;
import io.cxt.db.GroupCommit;
import io.cxt.db.LedgerException;
import io.cxt.db.LedgerReader;
import io.cxt.db.LedgerSettings;
import io.cxt.db.Owner;
import io.cxt.settings.Errors;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ledger of a running CXT: opens the database, holds the writer, and is closed last.
 *
 * <p>Long because it creates every part of the ledger that others use.
 */
public final class Ledger implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);
    private static final Duration LEASE = Duration.ofSeconds(60);
    private static final Duration PATIENCE_AT_THE_END = Duration.ofSeconds(10);

    private final LedgerSettings settings;
    private final String id;
    private final Database database;
    private final FileLock folderLock;
    private final Clock clock;
    private final AuditChain chain;
    private final GroupCommit commits;
    private final LedgerReader reader;
    private final SourceLocks locks;
    private final LedgerContact contact = new LedgerContact();
    private final ClockCheck clockCheck;
    private final Deliveries deliveries;
    private final FinishedDeliveries finished;
    private final Intakes intakes;
    private final Letters letters;
    private final ControlTable controls;
    private final Instances instances;
    private final Jobs jobs;
    private final JobFiles jobFiles;
    private final Doubts doubts;
    private final Checkpoints checkpoints;
    private final CustomerKey customers;
    private final ReentrantLock writing = new ReentrantLock();
    private @Nullable ScheduledExecutorService leases;

    private Ledger(
            LedgerSettings settings,
            String id,
            FileLock folderLock,
            AuditChain chain,
            CustomerKey customers,
            boolean resendInDoubt,
            Duration lease,
            Clock clock)
            throws IOException {
        this.settings = settings;
        this.id = id;
        database = new Database(settings);
        this.folderLock = folderLock;
        this.clock = clock;
        this.chain = chain;
        this.customers = customers;
        reader = new LedgerReader(database);
        checkpoints = Checkpoints.of(chain, settings, reader, clock);
        commits = new GroupCommit(database, chain, writing);
        locks = new SourceLocks(database, lease);
        clockCheck = new ClockCheck(clock, lease);
        Owner owner = Owner.of(chain.name());
        DeliveryTable table = new DeliveryTable(owner, database.sqlite(), lease, clock);
        DeliveryAssessor assessor = new DeliveryAssessor(owner, database.sqlite(), resendInDoubt, clock);
        letters = new Letters(commits, reader, chain.name(), clock);
        doubts = new Doubts(commits, reader, chain.name());
        deliveries = new Deliveries(commits, reader, chain, table, assessor, letters::onlyLetterDoubts, doubts);
        finished = new FinishedDeliveries(commits, reader, chain, table, assessor);
        intakes = new Intakes(commits, reader, chain, locks, clock);
        controls = new ControlTable(commits, reader, chain, clock);
        instances = new Instances(commits, chain.name(), clock);
        jobs = new Jobs(commits, reader, chain, clock);
        jobFiles = new JobFiles(commits, reader, chain);
        if (!database.sqlite()) {
            ScheduledExecutorService signs = Executors.newSingleThreadScheduledExecutor(task -> {
                Thread thread = new Thread(task, "cxt-leases");
                thread.setDaemon(true);
                return thread;
            });
            leases = signs;
            long every = lease.toMillis() / 3;
            signs.scheduleWithFixedDelay(this::giveSign, 0, every, TimeUnit.MILLISECONDS);
        }
    }

    /** Opens it with the lease that comes with it. */
    public static Ledger open(LedgerSettings settings, String config, boolean resendInDoubt, Clock clock) {
        return open(settings, config, resendInDoubt, LEASE, clock);
    }

    /**
     * Opens the ledger for this process alone (SQLite), or for this instance (PostgreSQL).
     *
     * @param config fingerprint of routes and configuration, noted in each audit event
     * @param lease how long other instances respect a claim after this one's last sign of life
     * @throws LedgerException when it cannot be opened, or another process works with the same folder
     */
    public static Ledger open(
            LedgerSettings settings, String config, boolean resendInDoubt, Duration lease, Clock clock) {
        try {
            Files.createDirectories(settings.folder());
            FileLock lock = Owner.lockFolder(settings.folder());
            if (lock == null) {
                throw new LedgerException(
                        "Another cxt is at work in %s. Stop it first, or give this one a data.dir of its own"
                                .formatted(settings.folder()),
                        null);
            }
            Ledger ledger = null;
            boolean opened = false;
            try {
                Database database = new Database(settings);
                String id = database.migrate();
                database.requireSessions();
                CustomerKey customers = CustomerKey.open(settings, database);
                AuditChain chain = new AuditChain(Owner.makeInstanceId(settings.folder()), config, clock);
                ledger = new Ledger(settings, id, lock, chain, customers, resendInDoubt, lease, clock);
                ledger.beginToSign();
                opened = true;
                return ledger;
            } finally {
                if (ledger != null && !opened) {
                    ledger.close();
                } else if (!opened) {
                    lock.channel().close();
                }
            }
        } catch (IOException e) {
            throw new LedgerException("Cannot use data.dir %s: %s".formatted(settings.folder(), e), e);
        }
    }

    /** Starts the checkpoints of the chain; logs when the last of them is not in the ledger. */
    private void beginToSign() throws IOException {
        commits.call(none -> null); // so that the end of the chain is known
        Checkpoint last = checkpoints.last();
        if (last != null && last.seq() > 0) {
            if (chain.head().seq() == 0) {
                throw database.ofAnother();
            }
            if (!reader.any(AuditChain.HOLDS, last.chain(), last.seq(), last.hash())) {
                behind(last);
            }
        }
        checkpoints.start(Checkpoints.Pace.DEFAULT);
        doubts.look();
    }

    private void behind(Checkpoint signed) {
        LOG.error(
                "the ledger does not hold audit event {}, which was signed at {}: its tail was cut, or it was"
                        + " put back from a copy. What lies in inbox and SFTP folder is sent marked. Run cxt audit verify",
                signed.seq(),
                signed.at());
        doubts.noteBehind(clock.instant(), signed.seq());
    }

    /**
     * Looks, at the first start of this instance on this ledger, whether another ledger was in use here before. Its chats are
     * marked from then on.
     *
     * @param archive the folder of the archive
     */
    public void lookForFormer(Path archive) {
        if (chain.head().seq() == 0) {
            try {
                Checkpoint cut = new FormerLedger(settings, chain.name(), reader, doubts, clock).look(archive);
                if (cut != null) {
                    behind(cut);
                }
                doubts.look();
            } catch (IOException e) {
                throw new LedgerException("Cannot look for traces of another ledger: " + e, e);
            }
        }
    }

    /** The name of this instance: no other ever writes under it. */
    public String instance() {
        return chain.name();
    }

    /** Tells this ledger from any other; the same for each instance that uses it. */
    public String id() {
        return id;
    }

    /** True when several instances may use it at once. */
    public boolean shared() {
        return !database.sqlite();
    }

    public Deliveries deliveries() {
        return deliveries;
    }

    public FinishedDeliveries finished() {
        return finished;
    }

    /** Sources that may have been sent where this ledger does not see it. */
    public Doubts doubts() {
        return doubts;
    }

    public Intakes intakes() {
        return intakes;
    }

    /** What persons hold or set. */
    public ControlTable controls() {
        return controls;
    }

    /** The signs of life of this instance. */
    public Instances instances() {
        return instances;
    }

    /** What persons have ordered. */
    public Jobs jobs() {
        return jobs;
    }

    /** The files of such jobs. */
    public JobFiles jobFiles() {
        return jobFiles;
    }

    /** What it knows customers by. */
    public CustomerKey customers() {
        return customers;
    }

    /** Dead letters. */
    public Letters letters() {
        return letters;
    }

    /** Questions to the ledger while it is in use. */
    public LedgerView view() {
        return new LedgerView(reader, settings);
    }

    /** Connections for an audit feed in the ledger's own database. */
    public FeedSource feedSource() {
        return database.sqlite() ? FeedSource.borrowing(commits) : FeedSource.of(database::openForWriting);
    }

    /** Connections for what several instances share beside the ledger; empty when there can be one instance only. */
    public Optional<DataSource> connections() {
        return database.sqlite()
                ? Optional.empty()
                : Optional.of(FeedSource.keepingNone(database::openForSingleStatements));
    }

    /**
     * Remembers pauses over a restart, where one process has the ledger for itself.
     *
     * @param longest no pause is longer
     */
    public Pauses pauses(String target, Duration longest) {
        return new Pauses(commits, reader, target, longest, clock);
    }

    /** Why nothing can be written at the moment; null when it can. */
    public @Nullable String trouble() {
        return commits.trouble();
    }

    /** Why the clock of this machine is wrong for several instances, and what to do; null when it is right. */
    public @Nullable String clockTrouble() {
        return clockCheck.trouble();
    }

    /** Tells the other instances that this one lives, and checks the clock. */
    private void giveSign() {
        try {
            deliveries.renewLeases();
            long asked = System.nanoTime();
            clockCheck.answered(asked, locks.giveSign());
            contact.made();
        } catch (LedgerException e) {
            contact.lost(e);
        } catch (RuntimeException e) { // of a host's pool, for example: a fault must not end the signs
            contact.lost(new LedgerException("Cannot ask the ledger: " + e, e));
        } catch (Error e) {
            Errors.passOn(e);
            throw e;
        }
    }

    /** CXT is about to end: outcomes of calls are still written, but an outage of the database is not waited for. */
    public void hurry() {
        commits.hurry(PATIENCE_AT_THE_END);
    }

    /** Records that this process started or stopped. */
    public void note(Type startedOrStopped, @Nullable String detail) {
        commits.call(chain.appending(AuditEvent.of(startedOrStopped).because(null, detail)));
    }

    /** Records a call to CXone that is neither a sign-in nor about a transcript. */
    public void called(String call, int httpStatus, Duration latency) {
        commits.callLasting(chain.appending(AuditEvent.of(Type.CALLED)
                .answered(httpStatus == 0 ? null : (Integer) httpStatus, latency.toMillis(), null)
                .because(null, call)));
    }

    /** Records that a sign-in, or a call that asks where to sign in, is about to leave. */
    public void leaves(String call) {
        commits.callLasting(chain.appending(AuditEvent.of(Type.CALLING).because(null, call)));
    }

    /** Records a call to the token endpoint. */
    public void signedIn(boolean success, int httpStatus, Duration latency) {
        commits.callLasting(chain.appending(AuditEvent.of(success ? Type.SIGNED_IN : Type.SIGN_IN_FAILED)
                .answered(httpStatus == 0 ? null : (Integer) httpStatus, latency.toMillis(), null)));
    }

    /** From now on the others see no sign of life, as if this process had died. */
    void stopRenewing() {
        if (leases != null) {
            leases.shutdownNow();
        }
    }

    @Override
    public void close() {
        FileChannel lock = folderLock.channel();
        try (lock;
                locks;
                reader;
                checkpoints;
                commits) { // closed from the last to the first, each whatever became of the others
            stopRenewing();
        } catch (IOException e) {
            throw new LedgerException("Cannot release data.dir", e);
        }
    }
}
