package io.cxt.audit;

import io.cxt.audit.AuditChain.Head;
import io.cxt.audit.Checkpoint.Others;
import io.cxt.db.LedgerException;
import io.cxt.db.LedgerReader;
import io.cxt.db.LedgerSettings;
import io.cxt.db.PrivateFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs at intervals how far one chain has come, so that a cut tail is detected.
 *
 * <p>Signs only what is on the disk, on a thread of its own: the ledger's writer does not wait. A line that is lost in a
 * power failure signs less, never something wrong, so only the first and the last line are forced to the disk.
 */
public final class Checkpoints implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);

    /**
     * How much may be unsigned, by number or by time.
     *
     * @param look how often it is checked
     */
    public record Pace(long events, Duration every, Duration look) {
        public static final Pace DEFAULT = new Pace(10_000, Duration.ofMinutes(1), Duration.ofSeconds(1));
    }

    private final AuditChain chain;
    private final CheckpointFile file;
    private final LedgerSettings settings;
    private final SigningKey key;
    private final LedgerReader reader;
    private final Clock clock;
    private Others others = Others.NONE;
    private @Nullable ScheduledExecutorService thread;
    private long signed = -1;
    private long signedAt;
    private boolean failing;

    /** Reads the key, or creates it. */
    public static Checkpoints of(AuditChain chain, LedgerSettings settings, LedgerReader reader, Clock clock)
            throws IOException {
        if (Files.notExists(settings.checkpointFolder())) {
            PrivateFiles.createFolder(settings.checkpointFolder());
        }
        SigningKey key = SigningKey.readOrMake(settings.checkpointKeyFile());
        keepPublicHalf(KnownKeys.publicHalf(settings.checkpointFolder(), key.id()), key);
        CheckpointFile file = new CheckpointFile(settings.checkpointFolder(), chain.name());
        return new Checkpoints(chain, file, settings, key, reader, clock);
    }

    /** Beside what it signs, so that this can be checked when the key is lost or has changed. */
    private static void keepPublicHalf(Path kept, SigningKey key) throws IOException {
        if (Files.notExists(kept) || Files.size(kept) == 0) {
            PrivateFiles.create(kept);
            Files.writeString(kept, key.publicHalf(), StandardCharsets.US_ASCII);
        }
    }

    String keyId() {
        return key.id();
    }

    private Checkpoints(
            AuditChain chain,
            CheckpointFile file,
            LedgerSettings settings,
            SigningKey key,
            LedgerReader reader,
            Clock clock) {
        this.settings = settings;
        this.reader = reader;
        this.chain = chain;
        this.file = file;
        this.key = key;
        this.clock = clock;
    }

    /** Signs where the chain stands, then now and then until it is closed. */
    public void start(Pace pace) throws IOException {
        Checkpoint last = file.last();
        if (last != null
                && !last.key().equals(key.id())
                && !KnownKeys.of(settings).has(last.key())) {
            LOG.error(
                    "the audit was signed with the key {} and is from now on with {}: both are needed from now on, whichever"
                            + " signs. Keep {}. To check lines of {}, {}",
                    last.key(),
                    key.id(),
                    KnownKeys.publicHalf(settings.checkpointFolder(), key.id()),
                    last.key(),
                    KnownKeys.give(settings.checkpointFolder(), last.key()));
        }
        sign(true);
        ScheduledExecutorService signer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread made = new Thread(task, "cxt-checkpoints");
            made.setDaemon(true);
            return made;
        });
        thread = signer;
        long look = pace.look().toMillis();
        signer.scheduleWithFixedDelay(() -> look(pace), look, look, TimeUnit.MILLISECONDS);
    }

    private synchronized void look(Pace pace) {
        long unsigned = chain.head().seq() - signed;
        boolean late = System.nanoTime() - signedAt >= pace.every().toNanos();
        if (unsigned >= pace.events() || unsigned > 0 && late) {
            signIfPossible(false);
        }
    }

    /** Signs where the chain stands, unless that was signed last. */
    public synchronized void sign(boolean force) throws IOException {
        Head head = chain.head();
        if (head.seq() > signed) {
            others = others();
            String at = AuditChain.time(Instant.now(clock));
            file.append(Checkpoint.of(chain.name(), head, at, others, key), force);
            signed = head.seq();
            signedAt = System.nanoTime();
        }
    }

    /** The other chains; when the ledger does not answer, those known last, for they never become fewer. */
    private Others others() {
        try {
            return reader.ask(AuditChain::others);
        } catch (LedgerException e) {
            LOG.debug("The ledger does not tell how many chains it has", e);
            return others;
        }
    }

    /** As {@link #sign}; what cannot be signed now is warned of, and is signed with what comes after it. */
    synchronized void signIfPossible(boolean force) {
        try {
            sign(force);
            failing = false;
        } catch (IOException | RuntimeException e) {
            if (!failing) {
                LOG.warn(
                        "the audit is not signed at the moment file={} reason=\"{}\". Look at the disk; tried until it"
                                + " passes",
                        file.path(),
                        e.toString());
            }
            failing = true;
        }
    }

    /** The last checkpoint before this start; null when there is none. */
    public @Nullable Checkpoint last() throws IOException {
        return file.last();
    }

    @Override
    public void close() {
        if (thread != null) {
            thread.shutdown(); // an interrupt would break off a line that is being written
            synchronized (this) {
                signIfPossible(true);
            }
        }
    }
}
