package io.cxt.steps;

import com.jcraft.jsch.ChannelSftp.LsEntry;
import io.cxt.archive.SafeName;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileFilter;
import org.apache.camel.component.file.remote.SftpRemoteFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells which files of the remote folder may be fetched now: real files with a name that is safe here, that looked the
 * same for {@code pickup.sftp.settle-ms}, and that are not held back.
 */
public final class RemoteFiles implements GenericFileFilter<SftpRemoteFile<?>> {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteFiles.class);

    private final Predicate<String> names;
    private final Stillness<String> stillness;
    private final Map<String, Long> heldUntil = new ConcurrentHashMap<>();
    private final Set<String> passedOver = ConcurrentHashMap.newKeySet();
    private long lookBegan;
    private int ours;
    private long oursBytes;
    private volatile boolean nothingLeft;
    private volatile long bytesWaiting;

    /** @param names true for the name of a file that holds transcripts */
    RemoteFiles(Duration settle, Predicate<String> names) {
        this.names = names;
        stillness = new Stillness<>(settle);
    }

    @Override
    public boolean accept(GenericFile<SftpRemoteFile<?>> file) {
        if (file.isDirectory() || !names.test(file.getFileNameOnly())) {
            return false;
        }
        String name = file.getFileNameOnly();
        boolean regular = file.getFile().getRemoteFile() instanceof LsEntry entry
                && entry.getAttrs().isReg();
        if (!regular || !isSafe(name)) {
            passOver(name);
            return false;
        }
        ours++;
        oursBytes += file.getFileLength();
        Long until = heldUntil.get(name);
        if (until != null && System.nanoTime() - until < 0) {
            return false;
        }
        heldUntil.remove(name);
        return stillness.standsStill(name, file.getFileLength(), file.getLastModified());
    }

    /** A server chooses its names; none may lead out of our folder. */
    private static boolean isSafe(String name) {
        return name.chars().noneMatch(c -> c < ' ' || c == '/' || c == '\\' || c == 0x7f);
    }

    private void passOver(String name) {
        if (passedOver.size() < 1000 && passedOver.add(name)) {
            LOG.warn(
                    "passed over name={} door=sftp reason=\"not a regular file, or a name with / \\\\ or control"
                            + " characters\"",
                    SafeName.log(name));
        }
    }

    /** The folder is looked through once more. */
    void lookBegins() {
        lookBegan = System.nanoTime();
        ours = 0;
        oursBytes = 0;
    }

    /** The folder was looked through to its end. */
    void lookEnded() {
        nothingLeft = ours == 0;
        bytesWaiting = oursBytes;
        stillness.forgetUnseenSince(lookBegan);
    }

    void holdBack(String name, Duration wait) {
        heldUntil.put(name, System.nanoTime() + wait.toNanos());
    }

    /** It was read: one that comes under the same name has to stand still again. */
    void forget(String name) {
        stillness.forget(name);
        nothingLeft = false; // until the next look
    }

    /** True when the last look found no file that is, or will be, ours to fetch. */
    boolean nothingLeft() {
        return nothingLeft;
    }

    long bytesWaiting() {
        return bytesWaiting;
    }
}
