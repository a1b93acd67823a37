package io.cxt.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A folder of ours is missing or not writable. Its message is ours and names the path that is in the way. */
public final class FolderUnavailableException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String next;

    private FolderUnavailableException(String message, String next, @Nullable IOException cause) {
        super(message, cause);
        this.next = next;
    }

    /** What a person can do, without a full stop. */
    public String next() {
        return next;
    }

    static FolderUnavailableException link(Path folder) {
        return new FolderUnavailableException(
                FilePermissions.quoted(folder) + " is a link: files are moved into a folder of that name alone",
                "remove it",
                null);
    }

    /**
     * What keeps a folder from being made or written.
     *
     * @return the fault itself when nothing is seen of it
     */
    static IOException of(Path folder, IOException fault) {
        if (fault instanceof FolderUnavailableException) {
            return fault;
        }
        Path there = folder.toAbsolutePath();
        while (there.getParent() != null && !Files.exists(there, LinkOption.NOFOLLOW_LINKS)) {
            there = there.getParent();
        }
        String path = FilePermissions.quoted(there);
        if (!Files.isDirectory(there)) {
            return new FolderUnavailableException(
                    path + " is in the way: CXT needs a folder of that name", "move it away", fault);
        }
        if (fault instanceof AccessDeniedException || !Files.isWritable(there)) {
            String owner = FilePermissions.owner(there);
            String give = "run, as root: chown %s %s".formatted(FilePermissions.user(), path);
            return new FolderUnavailableException(
                    "%s may not write in %s".formatted(FilePermissions.user(), path),
                    owner == null || owner.equals(FilePermissions.user())
                            ? give
                            : "run cxt as %s, whose it is (sudo -u %1$s); or, where it is meant for %s, %s"
                                    .formatted(owner, FilePermissions.user(), give),
                    fault);
        }
        return fault;
    }
}
