package io.cxt.pickup.sftp;

import com.jcraft.jsch.ChannelSftp.LsEntry;
import io.cxt.intake.UndecidedSources;
import io.cxt.intake.WaitingCounts;
import io.cxt.pickup.IgnoredFiles;
import io.cxt.pickup.StabilityCheck;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileFilter;
import org.apache.camel.component.file.remote.SftpRemoteFile;

/**
 * Tells which files of the remote folder may be fetched now: real files with a safe name that have looked the same for
 * {@code pickup.sftp.settle-ms} and are not held back.
 */
public final class RemoteFiles implements GenericFileFilter<SftpRemoteFile<?>> {
    private static final int MOST_LOOKS = 5;

    /** In bytes; Camel adds an ending while it fetches, and disks take 255. */
    private static final int LONGEST_NAME = 240;

    private final StabilityCheck<String> stillness;
    private final Map<String, Long> heldUntil = new ConcurrentHashMap<>();
    private final UnmovedRemoteFiles unmoved = new UnmovedRemoteFiles();
    private final Set<String> listedButGone = ConcurrentHashMap.newKeySet();
    private final IgnoredFiles passedOver;
    private final KeptFiles kept;
    private final Set<String> notTaken = new HashSet<>();
    private long lookBegan;
    private int ours;
    private long oursBytes;
    private final Predicate<String> hopeless;
    private final Fitting fitting;
    private int oursHopeless;
    private int oursLeft;
    private volatile int looksWithoutFetch;
    private volatile boolean nothingLeft;
    private volatile boolean onlyHopelessLeft;
    private volatile WaitingCounts waiting = WaitingCounts.NOTHING;
    private volatile int passedOverCount;

    /**
     * Remembers all names that the server lists; they are in memory at each look anyway.
     *
     * @param hopeless true for the name of a file that another reading would not help now
     * @param fitting asked last, about a file that would be fetched
     */
    RemoteFiles(Duration settle, IgnoredFiles passedOver, KeptFiles kept, Predicate<String> hopeless, Fitting fitting) {
        this.kept = kept;
        this.passedOver = passedOver;
        this.fitting = fitting;
        this.hopeless = hopeless;
        stillness = new StabilityCheck<>(settle, Integer.MAX_VALUE);
    }

    /** Tells by its size whether a file may be fetched now. */
    interface Fitting {
        boolean mayCome(String name, long bytes);
    }

    @Override
    public boolean accept(GenericFile<SftpRemoteFile<?>> file) {
        String name = file.getFileNameOnly();
        IgnoredFiles.Kind kind = kind(file);
        boolean stands = stillness.standsStill(name, look(file));
        if (kind != IgnoredFiles.Kind.FILE || !passedOver.takes(name)) {
            if (passedOver.why(name, kind).isPresent()) {
                notTaken.add(name);
                if (stands) { // else a sender may be about to rename it
                    passedOver.log(name, kind);
                }
            }
            return false;
        }
        if (kept.holds(name, look(file))) {
            return false;
        }
        if (unmoved.keeps(name, look(file))) {
            ours++;
            oursLeft++;
            oursHopeless += unmoved.isHopeless(name) ? 1 : 0;
            return false;
        }
        ours++;
        oursHopeless += hopeless.test(name) || looksWithoutFetch >= MOST_LOOKS ? 1 : 0;
        oursBytes += file.getFileLength();
        Long until = heldUntil.get(name);
        return kept.mayCome(name, look(file))
                && stands
                && (until == null || System.nanoTime() - until >= 0)
                && fitting.mayCome(name, file.getFileLength());
    }

    /** What tells a file on a server from another that gets its name: its size and time. */
    static Object look(GenericFile<? extends SftpRemoteFile<?>> file) {
        return look(file.getFileLength(), file.getLastModified());
    }

    static Object look(long length, long modified) {
        return List.of(length, modified);
    }

    private static IgnoredFiles.Kind kind(GenericFile<SftpRemoteFile<?>> file) {
        if (file.isDirectory()) {
            return IgnoredFiles.Kind.FOLDER;
        }
        if (!isSafe(file.getFileNameOnly())) {
            return IgnoredFiles.Kind.UNSAFE;
        }
        if (!(file.getFile().getRemoteFile() instanceof LsEntry entry)) {
            return IgnoredFiles.Kind.OTHER;
        }
        return entry.getAttrs().isReg()
                ? IgnoredFiles.Kind.FILE
                : entry.getAttrs().isLink() ? IgnoredFiles.Kind.LINK : IgnoredFiles.Kind.OTHER;
    }

    /**
     * A server chooses its names. None may lead out of our folder or match others (* and ? are patterns to SFTP), and each
     * must be known, which it is not where its bytes are no characters.
     */
    private static boolean isSafe(String name) {
        return name.getBytes(StandardCharsets.UTF_8).length <= LONGEST_NAME
                && name.chars().noneMatch(c -> c < ' ' || "/\\*?\uFFFD".indexOf(c) >= 0 || c == 0x7f);
    }

    /** A look at the folder begins. */
    void lookBegins() {
        lookBegan = System.nanoTime();
        ours = 0;
        oursHopeless = 0;
        oursLeft = 0;
        oursBytes = 0;
        notTaken.clear();
        kept.lookBegins();
    }

    /** A look at the folder ended. */
    void lookEnded() {
        nothingLeft = ours == 0;
        onlyHopelessLeft = ours == oursHopeless;
        waiting = new WaitingCounts(ours - oursLeft, oursBytes);
        passedOverCount = notTaken.size();
        long now = System.nanoTime();
        stillness.forgetUnseenSince(lookBegan);
        unmoved.forgetGone(stillness, lookBegan);
        listedButGone.removeIf(stillness::isUnseen);
        kept.lookEnded(stillness::isUnseen);
        heldUntil.values().removeIf(until -> now - until >= 0);
        passedOver.forgetIf(name -> !notTaken.contains(name));
        passedOver.logMoreOf(notTaken::size);
    }

    /** True for a file that is finished and stays, as it looks now. */
    boolean isFinished(String name, Object look) {
        return kept.holds(name, look) || unmoved.holds(name, look);
    }

    /** True when the last look showed something else under a name, or nothing. */
    boolean hasChanged(String name, Object look) {
        return stillness.differs(name, look);
    }

    long passedOver() {
        return passedOverCount;
    }

    /** How many files it remembers. */
    int remembered() {
        return stillness.size() + heldUntil.size() + unmoved.size() + listedButGone.size();
    }

    UnmovedRemoteFiles unmoved() {
        return unmoved;
    }

    /** Retries to move the files that could not be moved. */
    void moveUnmoved() {
        if (unmoved.moveAll()) {
            nothingLeft = false; // until the next look
        }
    }

    /** The server lists a file and does not have it. @return true when that happens again */
    boolean isGoneAgain(String name) {
        return !listedButGone.add(name);
    }

    /** A file was fetched completely. */
    void fetched() {
        looksWithoutFetch = 0;
    }

    /** Fetching failed in this look for a reason that concerns all files. */
    void fetchingFails() {
        looksWithoutFetch = Math.min(looksWithoutFetch + 1, 10);
    }

    /** How long the other files are left alone after fetching failed for a reason that concerns all. */
    Duration nothingFetched() {
        return UndecidedSources.wait(Math.max(1, looksWithoutFetch));
    }

    void holdBack(String name, Duration wait) {
        heldUntil.put(name, System.nanoTime() + wait.toNanos());
    }

    /** It was read: another file under the same name has to be stable again. */
    void forget(String name) {
        stillness.forget(name);
        nothingLeft = false; // until the next look
        onlyHopelessLeft = false;
    }

    /** True when the last look found no file to fetch now or later. */
    boolean nothingLeft() {
        return nothingLeft;
    }

    /** True when the last look found only files that another reading would not help now. */
    boolean onlyHopelessLeft() {
        return onlyHopelessLeft;
    }

    /** What waited at the last look. */
    WaitingCounts waiting() {
        return waiting;
    }
}
