package io.cxt.db;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** Files and folders that only their owner can read, where the file system has such permissions. */
public final class PrivateFiles {
    /** Among threads of this process: a lock on a file only keeps out other processes. */
    private static final ReentrantLock TURN = new ReentrantLock();

    private PrivateFiles() {}

    /**
     * Creates the file with content, and the folders above it, unless it has some. Threads and processes that start together do
     * so one after another.
     */
    public static void createFilled(Path file, Supplier<byte[]> content) throws IOException {
        TURN.lock();
        try {
            Files.createDirectories(file.toAbsolutePath().resolveSibling(""));
            if (Files.notExists(file)) {
                create(file);
            }
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                channel.lock(); // until it is closed
                if (channel.size() == 0) {
                    channel.write(ByteBuffer.wrap(content.get()));
                    channel.force(true);
                }
            }
        } finally {
            TURN.unlock();
        }
    }

    /** Creates the file unless it is there, and leaves it to its owner alone. */
    public static void create(Path file) throws IOException {
        try {
            Files.createFile(file, allowing(file, "rw-------")); // at no moment readable to others
        } catch (FileAlreadyExistsException e) {
            // by an earlier run, or by another one that starts now
        }
        if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        }
    }

    /** True when others than its owner can read the file, as far as the file system tells. */
    public static boolean othersCanRead(Path file) throws IOException {
        if (!Files.getFileStore(file).supportsFileAttributeView("posix")) {
            return false;
        }
        Set<PosixFilePermission> allowed = Files.getPosixFilePermissions(file);
        return allowed.contains(PosixFilePermission.OTHERS_READ) || allowed.contains(PosixFilePermission.GROUP_READ);
    }

    /** Creates the folder, and those above it. */
    public static void createFolder(Path folder) throws IOException {
        Files.createDirectories(folder, allowing(folder, "rwx------"));
    }

    private static FileAttribute<?>[] allowing(Path path, String permissions) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }
}
