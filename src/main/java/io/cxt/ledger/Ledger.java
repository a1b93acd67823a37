package io.cxt.ledger;

import io.cxt.ledger.AuditEvent.Type;
import java.io.IOException;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** The ledger of a running CXT: opens the database, holds the writer, and is closed last. */
public final class Ledger implements AutoCloseable {
    private final Database database;
    private final FileLock folderLock;
    private final AuditChain chain;
    private final GroupCommit commits;
    private final Reader reader;
    private final Deliveries deliveries;
    private final Intakes intakes;
    private final ReentrantLock writing = new ReentrantLock();
    private ScheduledExecutorService leases;

    private Ledger(Database database, FileLock folderLock, AuditChain chain, boolean resendInDoubt, Clock clock) {
        this.database = database;
        this.folderLock = folderLock;
        this.chain = chain;
        commits = new GroupCommit(database, chain, writing);
        reader = new Reader(database);
        String owner = ProcessHandle.current().pid() + "@" + System.nanoTime() + "-" + UUID.randomUUID();
        deliveries = new Deliveries(
                commits,
                reader,
                chain,
                new DeliveryTable(owner, clock),
                new Standings(owner, database.sqlite(), resendInDoubt, clock));
        intakes = new Intakes(commits, reader, chain, clock);
        if (!database.sqlite()) {
            leases = Executors.newSingleThreadScheduledExecutor(task -> {
                Thread thread = new Thread(task, "cxt-leases");
                thread.setDaemon(true);
                return thread;
            });
            leases.scheduleWithFixedDelay(deliveries::renewLeases, 20, 20, TimeUnit.SECONDS);
        }
    }

    /**
     * Opens the ledger for this process alone (SQLite), or for this instance (PostgreSQL).
     *
     * @param config fingerprint of routes and configuration, noted in each audit event
     * @throws LedgerException when it cannot be opened, or another process works with the same folder
     */
    public static Ledger open(LedgerSettings settings, String config, boolean resendInDoubt, Clock clock) {
        try {
            Files.createDirectories(settings.folder());
            FileLock lock = Database.lockFolder(settings.folder());
            if (lock == null) {
                throw new LedgerException(
                        "Another cxt is at work in %s. Stop it first, or give this one a data.dir of its own"
                                .formatted(settings.folder()),
                        null);
            }
            Database database = new Database(settings);
            boolean opened = false;
            try {
                database.migrate();
                AuditChain chain = new AuditChain(instanceId(settings.folder()), config, clock);
                Ledger ledger = new Ledger(database, lock, chain, resendInDoubt, clock);
                opened = true;
                return ledger;
            } finally {
                if (!opened) {
                    lock.channel().close();
                }
            }
        } catch (IOException e) {
            throw new LedgerException("Cannot use data.dir %s: %s".formatted(settings.folder(), e), e);
        }
    }

    /** The name of this instance's chain: made at the first start, kept in its folder. */
    private static String instanceId(Path folder) throws IOException {
        Path file = folder.resolve("instance-id");
        if (!Files.exists(file)) {
            Database.restrict(file);
            Files.writeString(file, UUID.randomUUID().toString());
        }
        return Files.readString(file).strip();
    }

    public Deliveries deliveries() {
        return deliveries;
    }

    public Intakes intakes() {
        return intakes;
    }

    /** Questions to the ledger while it is in use. */
    public LedgerView view() {
        return new LedgerView(reader);
    }

    /** Connections for an audit feed in the ledger's own database. */
    public FeedSource feedSource() {
        return database.sqlite() ? FeedSource.lent(commits) : FeedSource.of(database::openForWriting);
    }

    /** Why nothing can be written at the moment; null when it can. */
    public String trouble() {
        SQLException trouble = commits.trouble();
        return trouble == null ? null : Database.reason(trouble);
    }

    /** Notes that this process began or ended its work. */
    public void note(Type startedOrStopped, String detail) {
        commits.call(session -> {
            chain.append(session, AuditEvent.of(startedOrStopped).because(null, detail));
            return null;
        });
    }

    /** Notes a call to the token endpoint. */
    public void signedIn(boolean success, int httpStatus, Duration latency) {
        commits.call(session -> {
            chain.append(
                    session,
                    AuditEvent.of(success ? Type.SIGNED_IN : Type.SIGN_IN_FAILED)
                            .answered(httpStatus == 0 ? null : (Integer) httpStatus, latency.toMillis(), null));
            return null;
        });
    }

    @Override
    public void close() {
        if (leases != null) {
            leases.shutdownNow();
        }
        commits.close();
        reader.close();
        try {
            folderLock.channel().close();
        } catch (IOException e) {
            throw new LedgerException("Cannot let go of data.dir", e);
        }
    }
}
