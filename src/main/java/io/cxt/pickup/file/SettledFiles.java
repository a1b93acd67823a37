package io.cxt.pickup.file;

import io.cxt.files.FilePermissions;
import io.cxt.files.Gunzip;
import io.cxt.files.OpenFile.Look;
import io.cxt.intake.WaitingCounts;
import io.cxt.pickup.IgnoredFiles;
import io.cxt.pickup.StabilityCheck;
import io.cxt.text.SafeName;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileFilter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells which files of the inbox may be read now: real files (no link, pipe or folder is followed) that have been
 * unchanged for {@code pickup.file.settle-ms} and do not wait after a failed reading.
 *
 * <p>A pause in writing looks the same as the end. Senders should write under another name and rename.
 */
public final class SettledFiles implements GenericFileFilter<File> {
    private static final Logger LOG = LoggerFactory.getLogger(SettledFiles.class);
    /** How long a file that could not be moved is left alone. */
    private static final Duration MOVE_AGAIN = Duration.ofSeconds(2);
    /** How far off the clock of a file server may be: a file that is older than that is stable. */
    private static final Duration CLOCKS_AGREE_TO = Duration.ofMinutes(1);

    private static final Duration FORGET_EVERY = Duration.ofMinutes(1);
    private static final int MOST_YOUNG = 100_000;

    private final Path folder;
    private final Duration settle;
    private final StabilityCheck<Path> stillness;
    private final Map<Path, Long> waitingUntil = new ConcurrentHashMap<>();
    private final UnmovedFiles unmoved = new UnmovedFiles();
    private final IgnoredFiles ignored;
    private final UnusableNames names;
    private final BooleanSupplier mayRead; // false while another ledger has the folder
    private long forgotten = System.nanoTime();

    public SettledFiles(Path folder, Duration settle, IgnoredFiles ignored, BooleanSupplier mayRead) {
        this.mayRead = mayRead;
        this.folder = folder;
        this.settle = settle;
        this.ignored = ignored;
        this.names = new UnusableNames(
                folder, (file, look) -> ignored.takes(file.getFileName().toString()) && settled(file, look));
        this.stillness = new StabilityCheck<>(settle, MOST_YOUNG);
    }

    @Override
    public boolean accept(GenericFile<File> file) {
        if (System.nanoTime() - forgotten > FORGET_EVERY.toNanos()) {
            forgotten = System.nanoTime();
            forgetGone();
        }
        String name = file.getFileName();
        try {
            Path path = file.getFile().toPath();
            return file.isDirectory() || !ignored.takes(name) ? ignore(path) : mayRead.getAsBoolean() && accept(path);
        } catch (InvalidPathException e) { // where Java is set to ASCII, that is any other name
            if (ignored.takes(name)) {
                names.renameAll();
            }
            return false;
        }
    }

    /** Forgets files that another instance, or a person, removed from the folder. */
    void forgetGone() {
        long now = System.nanoTime();
        waitingUntil.values().removeIf(until -> now - until >= 0);
        stillness.forgetIf(file -> Look.orNull(file) == null);
        unmoved.forgetGone();
        ignored.forgetIf(name -> Look.orNull(folder.resolve(name)) == null);
        ignored.logMoreOf(() -> ignored.in(folder, (name, kind) -> {}));
    }

    /** How many files it remembers. */
    int remembered() {
        return waitingUntil.size() + stillness.size() + unmoved.size();
    }

    boolean accept(Path file) {
        Long until = waitingUntil.get(file);
        if (until != null) {
            if (System.nanoTime() - until < 0) {
                return false;
            }
            waitingUntil.remove(file);
        }
        try {
            Look look = Look.at(file);
            if (!look.regular() || look.planted(file)) {
                return ignore(file);
            }
            if (unmoved.keeps(file, look)) {
                holdBack(file, MOVE_AGAIN);
                return false;
            }
            if (!settled(file, look)) {
                return false;
            }
            if (file.getFileName().toString().indexOf('\\') >= 0) { // Camel would take it for a slash
                UnusableNames.rename(file);
                return false;
            }
            return true;
        } catch (IOException e) {
            if (UnusableNames.garbled(file)) {
                names.renameAll();
            }
            return false; // gone again, or not there under this name
        }
    }

    /** Logs an ignored file once it is stable: a sender may be about to rename it. */
    private boolean ignore(Path file) {
        String name = file.getFileName().toString();
        Look look = ignored.hasLogged(name) ? null : Look.orNull(file);
        if (look != null) {
            IgnoredFiles.Kind kind = IgnoredFiles.kind(file);
            if (kind != null && ignored.why(name, kind).isPresent() && settled(file, look)) {
                ignored.log(name, kind);
            }
        }
        return false;
    }

    private boolean settled(Path file, Look look) {
        long age = System.currentTimeMillis() - look.modified().toMillis();
        boolean old = settle.isZero() || age > settle.plus(CLOCKS_AGREE_TO).toMillis();
        // Young, or dated in the future: wait until it is stable.
        if (!old && !stillness.standsStill(file, look)) {
            return false;
        }
        stillness.forget(file);
        return true;
    }

    /** How many things in the folder are ignored now; logs those that were not logged yet. */
    public long passedOver() {
        long count = ignored.in(folder, ignored::log);
        ignored.logMoreOf(() -> count);
        return count;
    }

    public UnmovedFiles unmoved() {
        return unmoved;
    }

    /** Holds a file back after a failed reading. */
    void holdBack(Path file, Duration wait) {
        waitingUntil.put(file, System.nanoTime() + wait.toNanos());
    }

    /**
     * True when the folder holds no file that is to be read now or later.
     *
     * @param except true for files that do not count, by their names as the ledger keeps them
     */
    public boolean drained(Predicate<String> except) {
        // Looks twice: a file that is renamed while the folder is listed may be in no list.
        return hasNone(except) && hasNone(except);
    }

    private boolean hasNone(Predicate<String> except) {
        boolean[] found = new boolean[1];
        each(
                file -> { // the first one is enough in a full folder
                    found[0] = !except.test(SafeName.kept(file.getFileName().toString()));
                    return !found[0];
                });
        return !found[0];
    }

    /**
     * All files that wait in the folder.
     *
     * @param packing unpacked bytes for each byte of a packed file
     */
    public WaitingCounts waiting(int packing) {
        long[] found = new long[2];
        each(file -> {
            long size = file.toFile().length(); // 0 for a file that is gone
            found[0]++;
            found[1] += Gunzip.isPacked(file.toString()) ? size * packing : size;
            return true;
        });
        return new WaitingCounts(found[0], found[1]);
    }

    /** Passes the files that are to be read, one at a time, until the answer is false. */
    private void each(Predicate<Path> more) {
        boolean exposed = FilePermissions.othersMayWrite(folder);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (ignored.takes(file.getFileName().toString())
                        && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                        && (!exposed || IgnoredFiles.kind(file) == IgnoredFiles.Kind.FILE)
                        && !unmoved.has(file)
                        && !more.test(file)) {
                    return;
                }
            }
        } catch (NoSuchFileException e) {
            LOG.debug("There is no inbox yet", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
