package io.cxt.pickup.sftp;

import com.jcraft.jsch.ChannelSftp.LsEntry;
import io.cxt.intake.UndecidedSources;
import io.cxt.intake.WaitingCounts;
import io.cxt.pickup.IgnoredFiles;
import io.cxt.pickup.StabilityCheck;
import io.cxt.text.SafeName;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells which files of the remote folder may be fetched now: real files with a name that is safe here, that looked the
 * same for {@code pickup.sftp.settle-ms}, and that are not held back.
 *
 * <p>Long because a look at a server and what is remembered of it between looks are one thing.
 */
public final class RemoteFiles implements GenericFileFilter<SftpRemoteFile<?>> {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteFiles.class);
    private final StabilityCheck<String> stillness;
    private final Map<String, Long> heldUntil = new ConcurrentHashMap<>();
    private final Map<String, Left> left = new ConcurrentHashMap<>();
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

    /** Moves a file to where it belongs; throws when it cannot be moved. */
    interface Move {
        void run() throws Exception;
    }

    /** A file that is done with and could not be moved, after so many tries; one that is not to be moved has no move. */
    private record Left(Object look, String done, Move move, int tries, long sinceNanos) {
        boolean isDue(long now) {
            return move != null
                    && now - sinceNanos >= UndecidedSources.wait(tries).toNanos();
        }
    }

    /** So many tries show that one more would not help now. */
    private static final int TRIES = 3;

    private static final int MOST_LOOKS = 5;

    /**
     * Remembers as much as the server shows; its names are all in memory at each look anyway.
     *
     * @param hopeless true for the name of one that another reading would not help now
     * @param fitting asked last, of one that would be fetched
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
                    passedOver.say(name, kind);
                }
            }
            return false;
        }
        if (kept.holds(name, look(file))) {
            return false;
        }
        Left known = left.get(name);
        if (known != null && known.look.equals(look(file))) {
            ours++;
            oursLeft++;
            oursHopeless += known.tries >= TRIES ? 1 : 0;
            return false;
        }
        left.remove(name);
        ours++;
        oursHopeless += hopeless.test(name) || looksWithoutFetch >= MOST_LOOKS ? 1 : 0;
        oursBytes += file.getFileLength();
        Long until = heldUntil.get(name);
        return kept.mayCome(name, look(file))
                && stands
                && (until == null || System.nanoTime() - until >= 0)
                && fitting.mayCome(name, file.getFileLength());
    }

    /** What can be seen of a file on a server, to tell it from another that gets its name. */
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

    /** In bytes; Camel adds an ending while it fetches, and disks take 255. */
    private static final int LONGEST_NAME = 240;

    /** A server chooses its names; none may lead out of our folder, or stand for others: * and ? are patterns to SFTP; and
     * each must be known, which it is not where its bytes were no characters. */
    private static boolean isSafe(String name) {
        return name.getBytes(StandardCharsets.UTF_8).length <= LONGEST_NAME
                && name.chars().noneMatch(c -> c < ' ' || "/\\*?\uFFFD".indexOf(c) >= 0 || c == 0x7f);
    }

    /** The folder is looked through once more. */
    void lookBegins() {
        lookBegan = System.nanoTime();
        ours = 0;
        oursHopeless = 0;
        oursLeft = 0;
        oursBytes = 0;
        notTaken.clear();
        kept.lookBegins();
    }

    /** The folder was looked through to its end. */
    void lookEnded() {
        nothingLeft = ours == 0;
        onlyHopelessLeft = ours == oursHopeless;
        waiting = new WaitingCounts(ours - oursLeft, oursBytes);
        passedOverCount = notTaken.size();
        long now = System.nanoTime();
        stillness.forgetUnseenSince(lookBegan);
        left.forEach((name, each) -> {
            if (each.sinceNanos - lookBegan < 0 && stillness.differs(name, each.look)) {
                left.remove(name, each); // somebody took it away
            }
        });
        listedButGone.removeIf(stillness::isUnseen);
        kept.lookEnded(stillness::isUnseen);
        heldUntil.values().removeIf(until -> now - until >= 0);
        passedOver.forgetIf(name -> !notTaken.contains(name));
        passedOver.sayMoreOf(notTaken::size);
    }

    /** True when the last look showed something else under a name, or nothing. */
    boolean hasChanged(String name, Object look) {
        return stillness.differs(name, look);
    }

    long passedOver() {
        return passedOverCount;
    }

    /** How many files it remembers something of. */
    int remembered() {
        return stillness.size() + heldUntil.size() + left.size() + listedButGone.size();
    }

    /**
     * A file is decided and cannot be moved: it is neither fetched nor read again, but moved as soon as that can be done.
     *
     * @param done what it is then, in a word
     */
    void leave(String name, Object look, String done, Move again) {
        left.put(name, new Left(look, done, again, 1, System.nanoTime()));
    }

    /** A file is done with and stays, undecided: no other reading helps as long as it looks like that. */
    void leaveForGood(String name, Object look) {
        left.put(name, new Left(look, null, null, TRIES, System.nanoTime()));
    }

    /** Tries to move what was left. */
    void moveWhatWasLeft() {
        long now = System.nanoTime();
        left.forEach((name, each) -> {
            if (!each.isDue(now)) {
                return;
            }
            try {
                each.move.run();
                left.remove(name, each);
                nothingLeft = false; // until the next look
                LOG.info("{} at last name={} door=sftp", each.done, SafeName.value(name));
            } catch (Exception e) {
                left.replace(name, each, new Left(each.look, each.done, each.move, each.tries + 1, now));
                LOG.debug("It still cannot be moved", e);
            }
        });
    }

    /** The server lists a file, and has none when it is asked for. @return true when that is so once more */
    boolean isGoneAgain(String name) {
        return !listedButGone.add(name);
    }

    /** A file came, whole. */
    void fetched() {
        looksWithoutFetch = 0;
    }

    /** Fetching failed in this look for a reason that concerns all. */
    void fetchingFails() {
        looksWithoutFetch = Math.min(looksWithoutFetch + 1, 10);
    }

    /** In this look fetching failed for all alike. @return how long what else there is to fetch is left alone */
    Duration nothingFetched() {
        return UndecidedSources.wait(Math.max(1, looksWithoutFetch));
    }

    void holdBack(String name, Duration wait) {
        heldUntil.put(name, System.nanoTime() + wait.toNanos());
    }

    /** It was read: one that comes under the same name has to stand still again. */
    void forget(String name) {
        stillness.forget(name);
        nothingLeft = false; // until the next look
        onlyHopelessLeft = false;
    }

    /** True when the last look found no file that is, or will be, ours to fetch. */
    boolean nothingLeft() {
        return nothingLeft;
    }

    /** True when the last look found no other file than such as another reading would not help now. */
    boolean onlyHopelessLeft() {
        return onlyHopelessLeft;
    }

    /** What the last look found. */
    WaitingCounts waiting() {
        return waiting;
    }
}
