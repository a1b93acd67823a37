package io.cxt.pickup.file;

import io.cxt.files.OpenFile.Look;
import io.cxt.text.SafeName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that are decided and could not be moved out of the inbox. They are not read again, which would go on for
 * ever, but moved as soon as that can be done. One that changes is another file, and is read.
 */
public final class UnmovedFiles {
    private static final Logger LOG = LoggerFactory.getLogger(UnmovedFiles.class);

    /** Moves a file to where it belongs. */
    interface Move {
        /** @return null when it was moved; else why it is not the file that was to be moved */
        String run() throws IOException;
    }

    private record Left(Look look, Move move) {}

    private final Map<Path, Left> left = new ConcurrentHashMap<>();

    /** A file that could not be moved. */
    void add(Path file, Look look, Move again) {
        left.put(file, new Left(look, again));
        LOG.error(
                "cannot be moved name={} next=\"let cxt write to the inbox and its .done. The file is decided and is not"
                        + " read again; it is moved by itself as soon as that can be done\"",
                SafeName.value(file.getFileName().toString()));
    }

    boolean has(Path file) {
        return left.containsKey(file);
    }

    /** True when no such file is there any more. */
    public boolean nothing() {
        forgetGone();
        return left.isEmpty();
    }

    int size() {
        return left.size();
    }

    /** Forgets files that somebody else has moved. */
    void forgetGone() {
        left.keySet().removeIf(file -> Look.orNull(file) == null);
    }

    /** True for a file that is not to be read; tries to move it. */
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
