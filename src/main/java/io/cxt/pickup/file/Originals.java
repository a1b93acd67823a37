package io.cxt.pickup.file;

import io.cxt.files.DurableFiles;
import io.cxt.intake.FailureCauses;
import io.cxt.text.SafeName;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What becomes of a file in {@code .done}, where a policy of redaction is set. */
public final class Originals {
    /** Files stay as they came. */
    public static final Originals KEPT = new Originals(true, null);
    /** Files are deleted. */
    public static final Originals DELETED = new Originals(false, null);

    /** Beside {@code .done}: where a file that does not stay as it came waits until it is replaced or deleted. */
    public static final String WAITING = ".redacting";

    /** Added to the name of a file by that of what is left of it. */
    public static final String ENDING = ".redacted.ndjson";

    private static final Logger LOG = LoggerFactory.getLogger(Originals.class);
    private static final int BUFFER = 64 * 1024;

    private final boolean kept;
    private final @Nullable Redacted redacted;

    /** Writes what is left of a file. */
    public interface Redacted {
        void write(Path original, OutputStream into) throws IOException;
    }

    private Originals(boolean kept, @Nullable Redacted redacted) {
        this.kept = kept;
        this.redacted = redacted;
    }

    /** A file gives way to what is left of it, which has its name and {@link #ENDING}. */
    public static Originals replacedBy(Redacted redacted) {
        return new Originals(false, redacted);
    }

    /** What there is in the end of a file in {@code .done}; null for nothing. */
    @Nullable
    Path stays(Path done) {
        return kept ? done : redacted == null ? null : done.resolveSibling(done.getFileName() + ENDING);
    }

    /** Where a file goes first that would have this name in {@code .done}. */
    Path first(Path done) {
        return kept ? done : folder(done).resolve(done.getFileName());
    }

    private static Path folder(Path done) {
        return DurableFiles.folderOf(done).resolveSibling(WAITING);
    }

    /** Makes the folder that a file goes to first. */
    void prepare(Path done) throws IOException {
        if (!kept) {
            DurableFiles.createRealFolder(folder(done));
        }
    }

    /**
     * Replaces or deletes a file that waits. One for which that fails is named in the log and goes on waiting, for the next
     * start.
     */
    void settle(Path waiting, Path done) {
        try {
            Path left = stays(done);
            if (kept) {
                Files.move(waiting, done); // it waits from before originals were kept
            } else if (redacted != null && left != null) {
                DurableFiles.replace(left, empty -> {
                    OutputStream into = new BufferedOutputStream(Channels.newOutputStream(empty), BUFFER);
                    redacted.write(waiting, into);
                    into.flush();
                });
            }
            Files.deleteIfExists(waiting);
        } catch (IOException | UncheckedIOException e) {
            LOG.error(
                    "original not removed source={} reason=\"{}\" next=\"all of it is decided; the next start tries again, or delete it"
                            + " from {}\"",
                    SafeName.value(done.getFileName().toString()),
                    FailureCauses.inWords(e instanceof UncheckedIOException unchecked ? unchecked.getCause() : e),
                    WAITING);
        }
    }
}
