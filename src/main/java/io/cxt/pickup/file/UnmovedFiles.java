package io.cxt.pickup.file;

import io.cxt.files.OpenFile.Look;
import io.cxt.text.SafeName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that are decided and could not be moved out of the inbox. They are not read again. The move is retried on every
 * poll. One that changes is another file and is read.
 */
public final class UnmovedFiles {
    private static final Logger LOG = LoggerFactory.getLogger(UnmovedFiles.class);

    /** Moves a file to where it belongs. */
    interface Move {
        /** @return null when it was moved; else why it is another file */
        @Nullable
        String run() throws IOException;
    }

    private record Left(Look look, Move move) {}

    private final Map<Path, Left> left = new ConcurrentHashMap<>();

    /** A file that could not be moved. */
    void add(Path file, Look look, Move again) {
        left.put(file, new Left(look, again));
        LOG.error(
                "cannot be moved name={} next=\"let cxt write to the inbox and its .done. The file is decided and is not"
                        + " read again; cxt moves it as soon as it can\"",
                SafeName.value(file.getFileName().toString()));
    }

    boolean has(Path file) {
        return left.containsKey(file);
    }

    public boolean isEmpty() {
        forgetGone();
        return left.isEmpty();
    }

    int size() {
        return left.size();
    }

    /** Forgets files that somebody else moved. */
    void forgetGone() {
        left.keySet().removeIf(file -> Look.orNull(file) == null);
    }

    /** Tries to move a file. @return true when it is not to be read */
    boolean keeps(Path file, Look look) {
        Left known = left.get(file);
        if (known == null) {
            return false;
        }
        boolean moved = false;
        if (known.look.equals(look)) {
            try {
                moved = known.move.run() == null;
            } catch (IOException e) {
                return true;
            }
        }
        if (moved) {
            LOG.info("moved at last name={}", SafeName.value(file.getFileName().toString()));
        }
        left.remove(file);
        return moved;
    }
}
