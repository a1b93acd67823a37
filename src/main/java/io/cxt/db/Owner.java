package io.cxt.db;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.SYNC;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who holds a claim: one run of one instance. A folder has one process at a time, so nobody holds the claims of an
 * earlier run of the same instance.
 *
 * @param instance name of the instance, from its folder, with a slash behind it
 * @param name of this run of it
 */
public record Owner(String instance, String name) {
    static final String INSTANCE_ID = "instance-id";
    private static final String LOCK = "instance.lock";

    /** A new run of the instance. */
    public static Owner of(String instanceId) {
        String instance = instanceId + "/";
        return new Owner(instance, instance + ProcessHandle.current().pid() + "-" + UUID.randomUUID());
    }

    /** True when a claim belongs to this run, or to an earlier one of this instance. */
    public boolean isOurs(@Nullable String owner) {
        return owner != null && owner.startsWith(instance);
    }

    /** The name of this instance's chain: created at the first start, kept in its folder. */
    public static String makeInstanceId(Path folder) throws IOException {
        Path file = folder.resolve(INSTANCE_ID);
        if (!Files.exists(file)) {
            Path complete =
                    folder.resolve(INSTANCE_ID + ".new"); // so that a start that is cut off leaves no half-written file
            PrivateFiles.create(complete);
            Files.writeString(complete, UUID.randomUUID().toString(), WRITE, TRUNCATE_EXISTING, SYNC);
            Files.move(complete, file, ATOMIC_MOVE);
        }
        return read(file);
    }

    /** The chain of the operators' commands, beside those of the instances. */
    public static final String OPERATOR_CHAIN = "operator";

    /**
     * The name of the chain of the instance that has this folder; null when none ever had.
     *
     * @throws LedgerException when the file holds no name
     */
    public static @Nullable String instanceId(Path folder) throws IOException {
        Path file = folder.resolve(INSTANCE_ID);
        if (!Files.exists(file)) {
            return null;
        }
        return read(file);
    }

    private static String read(Path file) throws IOException {
        String id = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
        if (!id.matches("[\\w-]{1,64}") || id.equals(OPERATOR_CHAIN)) {
            throw new UnusableLedgerException(
                    ("%s is empty or holds no name of an instance. Put it back from a copy. The name is that of the file in"
                                    + " audit.checkpoint-folder that is not operator.checkpoints, without its ending."
                                    + " Only if nothing was ever sent from this data.dir, remove %s")
                            .formatted(file, file));
        }
        return id;
    }

    /** True while a process has locked this folder. */
    public static boolean isLocked(Path folder) throws IOException {
        Path file = folder.resolve(LOCK);
        if (Files.notExists(file)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(file);
                FileLock free = channel.tryLock(0, Long.MAX_VALUE, true)) {
            return free == null;
        } catch (OverlappingFileLockException e) {
            return true;
        }
    }

    /**
     * Makes this process the only one that works with this folder, until the lock is closed or the process ends.
     *
     * @return null when another process holds it
     */
    public static @Nullable FileLock lockFolder(Path folder) throws IOException {
        Path file = folder.resolve(LOCK);
        PrivateFiles.create(file);
        FileChannel channel = FileChannel.open(file, WRITE);
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // this process holds it: as if another one did
        }
        if (lock == null) {
            channel.close();
        }
        return lock;
    }
}
