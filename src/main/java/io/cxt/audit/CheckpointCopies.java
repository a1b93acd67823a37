package io.cxt.audit;

import io.cxt.db.LedgerSettings;
import io.cxt.text.SafeName;
import io.cxt.text.SafeText;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies each checkpoint to places outside, from the files in which they are: nothing that signs or sends waits for a place, and each
 * place has a thread of its own. What a place could not take is copied when it can again.
 */
public final class CheckpointCopies implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointCopies.class);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    private static final Duration AT_THE_END = Duration.ofSeconds(3);
    /** Lines that are in memory at once. */
    private static final int MOST = 500;

    private final LedgerSettings settings;
    private final @Nullable String authorization;
    private final List<Copy> copies = new ArrayList<>();

    /**
     * Copies nothing yet.
     *
     * @param places as {@link LedgerSettings#checkpointCopies} reads them
     * @param authorization what addresses get as that header; null for none
     */
    public CheckpointCopies(LedgerSettings settings, List<String> places, @Nullable String authorization) {
        this.settings = settings;
        this.authorization = authorization;
        places.forEach(place -> copies.add(new Copy(place)));
    }

    /** Begins, for the instance that has locked {@code data.dir}. */
    public void start(String instance) {
        copies.forEach(copy -> copy.start(instance));
    }

    /** The places, as a person may see them. */
    public List<String> places() {
        return copies.stream().map(copy -> copy.name).toList();
    }

    /** How long a place has lacked something, in seconds; 0 when it has everything. */
    public double behindSeconds(String place) {
        return copies.stream()
                .filter(copy -> copy.name.equals(place))
                .mapToDouble(Copy::behindSeconds)
                .max()
                .orElse(0);
    }

    /** Copies what was signed last, where that can be done at once. */
    @Override
    public void close() {
        copies.forEach(Copy::end);
        long deadline = System.nanoTime() + AT_THE_END.toNanos();
        copies.forEach(copy -> copy.await(deadline));
    }

    /** How many bytes of an original a place has, and of which file: lines of it may be pruned, and then it is another one. */
    private record There(@Nullable Object file, long bytes) {}

    /** One place. */
    private final class Copy {
        private final String place;
        private final String name;
        private final Map<String, There> there = new HashMap<>();

        private @Nullable ScheduledExecutorService thread;
        private boolean keyThere;
        private Duration pause = LOOK;
        private @Nullable CopyPlace to;
        private long nextLook = System.nanoTime();
        private volatile boolean behind;
        private volatile long completeAt = System.nanoTime();

        Copy(String place) {
            this.place = place;
            name = SafeText.brief(place);
        }

        void start(String instance) {
            to = CopyPlace.of(place, instance, settings.checkpointFolder(), authorization);
            thread = Executors.newSingleThreadScheduledExecutor(task -> {
                Thread made = new Thread(task, "cxt-checkpoint-copies");
                made.setDaemon(true);
                return made;
            });
            thread.scheduleWithFixedDelay(this::lookIfDue, 0, LOOK.toMillis(), TimeUnit.MILLISECONDS);
        }

        double behindSeconds() {
            return behind ? (System.nanoTime() - completeAt) / 1e9 : 0;
        }

        void end() {
            if (thread != null && !behind) {
                thread.execute(this::lookIfDue);
                thread.shutdown();
            }
        }

        void await(long deadline) {
            if (thread == null) {
                return;
            }
            try {
                if (!behind) {
                    thread.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            thread.shutdownNow();
        }

        private void lookIfDue() {
            CopyPlace begun = to;
            if (begun == null || System.nanoTime() - nextLook < 0) {
                return;
            }
            try {
                look(begun);
                if (behind) {
                    LOG.info("checkpoint copy complete place={} after={}s", value(), Math.round(behindSeconds()));
                }
                behind = false;
                completeAt = System.nanoTime();
                pause = LOOK;
            } catch (IOException | RuntimeException e) {
                if (!behind) {
                    LOG.warn(
                            "checkpoint copy behind place={} reason=\"{}\" next=\"look at that place; nothing waits for it, and it is"
                                    + " tried again until it has everything\"",
                            value(),
                            SafeText.brief(e.getMessage() == null ? e.toString() : e.getMessage()));
                }
                behind = true;
                there.clear(); // it may have changed meanwhile
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
                nextLook = System.nanoTime() + pause.toNanos();
            }
        }

        private String value() {
            return SafeName.value(place);
        }

        private void look(CopyPlace to) throws IOException {
            if (!keyThere) {
                to.add(SigningKey.read(settings.checkpointKeyFile()));
                keyThere = true;
            }
            try (DirectoryStream<Path> files =
                    Files.newDirectoryStream(settings.checkpointFolder(), "*" + LedgerSettings.CHECKPOINTS_ENDING)) {
                for (Path file : files) {
                    copy(to, file.getFileName().toString().replace(LedgerSettings.CHECKPOINTS_ENDING, ""));
                }
            }
        }

        private void copy(CopyPlace to, String chain) throws IOException {
            CheckpointFile own = new CheckpointFile(settings.checkpointFolder(), chain);
            Object file = own.identity();
            long size = Files.size(own.path());
            There known = there.get(chain);
            long from = known != null && known.bytes <= size && Objects.equals(known.file, file)
                    ? known.bytes
                    : firstMissing(own, to.last(chain));
            if (from < size) {
                try (CheckpointFile.Lines lines = own.read(from)) {
                    if (!Objects.equals(own.identity(), file)) {
                        return; // it was replaced: the next look begins anew
                    }
                    List<SignedLine> next = next(lines);
                    while (!next.isEmpty()) {
                        to.add(chain, next);
                        next = next(lines);
                    }
                    from = lines.position();
                }
            }
            there.put(chain, new There(file, from));
        }

        private static List<SignedLine> next(CheckpointFile.Lines lines) throws IOException {
            List<SignedLine> next = new ArrayList<>();
            for (String line = ""; next.size() < MOST && line != null; ) {
                line = lines.next();
                SignedLine signed = line == null ? null : SignedLine.parse(line);
                if (signed != null) {
                    next.add(signed);
                }
            }
            return next;
        }

        /**
         * Where in the original that begins which the place lacks. When the original does not have the last one of the copy, because it
         * was cut or put back: at the first that was signed later.
         */
        private long firstMissing(CheckpointFile own, @Nullable SignedLine last) throws IOException {
            if (last == null) {
                return 0;
            }
            try (CheckpointFile.Lines lines = own.read(0)) {
                long later = -1;
                for (long at = 0; ; at = lines.position()) {
                    String line = lines.next();
                    if (line == null) {
                        LOG.error(
                                "checkpoint copy ahead place={} chain={} event={} next=\"the ledger may be older than what was signed:"
                                        + " run cxt audit verify --checkpoints on that copy, and hold the lane until it is clear\"",
                                value(),
                                last.chain(),
                                last.seq());
                        return later < 0 ? at : later;
                    }
                    if (line.equals(last.line())) {
                        return lines.position();
                    }
                    SignedLine signed = SignedLine.parse(line);
                    if (later < 0 && signed != null && signed.at().compareTo(last.at()) > 0) {
                        later = at;
                    }
                }
            }
        }
    }
}
