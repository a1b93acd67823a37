package io.cxt.steps;

import io.cxt.archive.SafeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that are decided and could not be moved out of the inbox. They are not read again, which would go on for
 * ever, but moved as soon as that can be done. One that changes is another file, and is read.
 */
final class LeftBehind {
    private static final Logger LOG = LoggerFactory.getLogger(LeftBehind.class);

    /** Moves a file to where it belongs. */
    interface Move {
        void run() throws IOException;
    }

    private record Left(Object identity, Move move) {}

    private final Map<Path, Left> left = new ConcurrentHashMap<>();

    /** What tells a file from any other that may get its name; null when it is not there. */
    static Object identity(Path file) {
        try {
            return identity(Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
        } catch (IOException e) {
            return null;
        }
    }

    private static Object identity(BasicFileAttributes look) {
        return List.of(Objects.requireNonNullElse(look.fileKey(), ""), look.size(), look.lastModifiedTime());
    }

    /** A file that was to be moved: when it is still there, it was not. */
    void moved(Path file, Object identity, Move again) {
        if (identity != null && identity.equals(identity(file))) {
            left.put(file, new Left(identity, again));
            LOG.error(
                    "cannot be moved name={} next=\"let cxt write to the inbox and its .done. The file is decided and is not"
                            + " read again; it is moved by itself as soon as that can be done\"",
                    SafeName.log(file.getFileName().toString()));
        }
    }

    boolean has(Path file) {
        return left.containsKey(file);
    }

    /** True for a file that is not to be read; tries to move it. */
    boolean keeps(Path file, BasicFileAttributes look) {
        Left known = left.get(file);
        if (known == null) {
            return false;
        }
        boolean same = known.identity.equals(identity(look));
        if (same) {
            try {
                known.move.run();
                LOG.info(
                        "moved at last name={}", SafeName.log(file.getFileName().toString()));
            } catch (IOException e) {
                return true;
            }
        }
        left.remove(file);
        return same;
    }
}
