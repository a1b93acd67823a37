package io.cxt.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A folder of ours is missing, full or not writable. Its message is ours and names the path that is in the way. */
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
    public static IOException of(Path folder, IOException fault) {
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
        String full = DiskFault.isFull(fault);
        if (full != null) {
            return new FolderUnavailableException(
                    "%s: %s".formatted(path, full),
                    "make room on the disk of that folder (df -h), for files as well (df -i)",
                    fault);
        }
        if (fault instanceof AccessDeniedException || !Files.isWritable(there)) {
            String user = FilePermissions.user();
            return new FolderUnavailableException(
                    "%s may not write in %s".formatted(user, path),
                    next(path, user, FilePermissions.owner(there), FilePermissions.ownerMayWrite(there)),
                    fault);
        }
        return fault;
    }

    /**
     * What to do so that a user may write in a folder.
     *
     * @param owner null when the system does not say
     * @param ownerMay true when the rights of the folder let its owner write
     */
    static String next(String path, String user, @Nullable String owner, boolean ownerMay) {
        String give = "run, as root: chown %s %s".formatted(user, path);
        if (user.equals(owner)) {
            return ownerMay
                    ? "see what else keeps it from that: its disk may be mounted to be read only (findmnt -T %s), or have"
                                    .formatted(path)
                            + " rights of its own (getfacl)"
                    : "run, as %s: chmod u+wx %s".formatted(user, path);
        }
        return owner == null
                ? give
                : "run cxt as %s, whose it is (sudo -u %1$s); or, where it is meant for %s, %s"
                        .formatted(owner, user, give);
    }
}
