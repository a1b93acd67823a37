package io.cxt.files;

import io.cxt.text.SafeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What gives access to a file to the user that CXT runs as, and to nobody else. */
public final class FilePermissions {
    private FilePermissions() {}

    /** Who CXT runs as: a name, or the number of one that has none. */
    public static String user() {
        String name = System.getProperty("user.name");
        if (!name.equals("?")) {
            return name;
        }
        try {
            return Files.getOwner(Path.of("/proc/self")).getName();
        } catch (IOException | UnsupportedOperationException e) {
            return name;
        }
    }

    /** True for a file of the user that CXT runs as; false where the system does not say. */
    public static boolean own(Path file) {
        try {
            return Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS)
                    .equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (NoSuchFileException e) {
            return Files.exists(file, LinkOption.NOFOLLOW_LINKS); // a system without /proc: the safe side
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return false;
        }
    }

    /** True when others than our own user may put something into a folder. */
    public static boolean othersMayWrite(Path folder) {
        try {
            Set<PosixFilePermission> rights = Files.getPosixFilePermissions(folder);
            return rights.contains(PosixFilePermission.GROUP_WRITE)
                    || rights.contains(PosixFilePermission.OTHERS_WRITE)
                    || !own(folder.toRealPath());
        } catch (IOException | UnsupportedOperationException e) {
            return true;
        }
    }

    /** A path as a shell takes it. */
    static String quoted(Path path) {
        return SafeName.shell(path.toString());
    }

    /** True when a folder's rights let its owner put something into it; true where the system does not say. */
    static boolean ownerMayWrite(Path folder) {
        try {
            return Files.getPosixFilePermissions(folder)
                    .containsAll(Set.of(PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE));
        } catch (IOException | UnsupportedOperationException e) {
            return true;
        }
    }

    /** Whose a file is, fit for a log; null when the system does not say. */
    public static @Nullable String owner(Path file) {
        try {
            return SafeName.log(Files.getOwner(file, LinkOption.NOFOLLOW_LINKS).getName());
        } catch (IOException | UnsupportedOperationException e) {
            return null;
        }
    }

    /** Whose a file is that may not be read, and what to run; null when the system does not say. */
    public static @Nullable String toRead(Path file) {
        try {
            PosixFileAttributes look = Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return "it is %s's, %s. %s"
                    .formatted(
                            SafeName.log(look.owner().getName()),
                            PosixFilePermissions.toString(look.permissions()),
                            toRead(
                                    quoted(file),
                                    user(),
                                    SafeName.log(look.owner().getName()),
                                    look.permissions().contains(PosixFilePermission.OWNER_READ),
                                    look.isDirectory() ? "rx" : "r"));
        } catch (IOException | UnsupportedOperationException e) {
            return null;
        }
    }

    /**
     * What to run so that a user may read a file.
     *
     * @param path as a shell takes it
     * @param ownerReads true when its rights let its owner read it
     * @param right {@code r}, or {@code rx} for a folder
     */
    static String toRead(String path, String user, String owner, boolean ownerReads, String right) {
        String readable = "chmod u+%s %s".formatted(right, path);
        if (owner.equals(user)) {
            return "Run, as %s: %s".formatted(user, readable);
        }
        String give = "chown %s %s%s".formatted(user, path, ownerReads ? "" : " && " + readable);
        String share = "setfacl -m u:%s:%s %s".formatted(user, right, path);
        return owner.equals("root")
                ? "Run, as root: %s; or: %s".formatted(give, share)
                : "Run, as root: %s; or, as %s: %s".formatted(give, owner, share);
    }
}
