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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileFilter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells which files of the inbox may be read now: real files (no link, pipe or folder is followed) that nobody has
 * written to for {@code pickup.file.settle-ms}, and that are not waiting after a reading that went wrong.
 *
 * <p>A pause in writing looks the same as an end. Senders should write under another name and rename.
 *
 * <p>Long because a look at a folder and what is remembered of it between looks are one thing.
 */
public final class SettledFiles implements GenericFileFilter<File> {
    private static final Logger LOG = LoggerFactory.getLogger(SettledFiles.class);
    /** How long a file is left alone that could not be moved. */
    private static final Duration MOVE_AGAIN = Duration.ofSeconds(2);
    /** How far off the clock of a file server may be: a file whose time is older than that has been left alone. */
    private static final Duration CLOCKS_AGREE_TO = Duration.ofMinutes(1);

    private static final Duration FORGET_EVERY = Duration.ofMinutes(1);
    private static final int MOST_YOUNG = 100_000;

    private final Path folder;
    private final Duration settle;
    private final StabilityCheck<Path> stillness;
    private final Map<Path, Long> waitingUntil = new ConcurrentHashMap<>();
    private final UnmovedFiles leftBehind = new UnmovedFiles();
    private final IgnoredFiles passedOver;
    private final BooleanSupplier mayRead; // false while another ledger has the folder
    private long forgotten = System.nanoTime();

    public SettledFiles(Path folder, Duration settle, IgnoredFiles passedOver, BooleanSupplier mayRead) {
        this.mayRead = mayRead;
        this.folder = folder;
        this.settle = settle;
        this.passedOver = passedOver;
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
            return file.isDirectory() || !passedOver.takes(name)
                    ? passOver(path)
                    : mayRead.getAsBoolean() && accept(path);
        } catch (InvalidPathException e) { // where Java is set to ASCII, that is any other name
            if (passedOver.takes(name)) {
                renameUnreadable();
            }
            return false;
        }
    }

    /** Forgets what another instance, or a person, has taken out of the folder. */
    void forgetGone() {
        long now = System.nanoTime();
        waitingUntil.values().removeIf(until -> now - until >= 0);
        stillness.forgetIf(file -> Look.orNull(file) == null);
        leftBehind.forgetGone();
        passedOver.forgetIf(name -> Look.orNull(folder.resolve(name)) == null);
        passedOver.sayMoreOf(() -> passedOver.in(folder, (name, kind) -> {}));
    }

    /** How many files it remembers something of. */
    int remembered() {
        return waitingUntil.size() + stillness.size() + leftBehind.size();
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
                return passOver(file);
            }
            if (leftBehind.keeps(file, look)) {
                holdBack(file, MOVE_AGAIN);
                return false;
            }
            if (!settled(file, look)) {
                return false;
            }
            if (file.getFileName().toString().indexOf('\\') >= 0) { // Camel would take it for a slash
                rename(file);
                return false;
            }
            return true;
        } catch (IOException e) {
            if (file.toString().indexOf(NO_CHARACTER) >= 0) {
                renameUnreadable();
            }
            return false; // gone again, or not there under this name
        }
    }

    /** What Java puts for bytes of a name that are no characters here. */
    private static final char NO_CHARACTER = '\uFFFD';

    /** Gives each file whose name is not made of characters a name that is. */
    private void renameUnreadable() {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Look look = Look.at(file);
                boolean found = file.toFile().exists(); // by its characters
                if (!found
                        && look.regular()
                        && passedOver.takes(file.getFileName().toString())
                        && settled(file, look)) {
                    rename(file);
                }
            }
        } catch (IOException e) {
            LOG.debug("The folder changed meanwhile; it is looked at again", e);
        }
    }

    private static final Pattern ENDING = Pattern.compile("(\\.[A-Za-z0-9]{1,10}){0,2}$");

    /** Gives a file a name that can be carried. It is met under it the next time. */
    private static void rename(Path file) {
        String path = file.toUri().getRawPath(); // which has bytes that are no characters as %FF
        String name = path.substring(path.lastIndexOf('/') + 1);
        Matcher ending = ENDING.matcher(name);
        String safe = ending.find() ? SafeName.file(name.substring(0, ending.start())) + ending.group() : name;
        try {
            Files.move(file, file.resolveSibling(safe));
            LOG.warn(
                    "renamed name={} to={} reason=\"the name cannot be carried\"",
                    SafeName.value(file.getFileName().toString()),
                    safe);
        } catch (IOException e) {
            LOG.debug("the name is taken until the file that has it is done with", e);
        }
    }

    /** Says what is passed over when it has come to rest: a sender may be about to rename it. */
    private boolean passOver(Path file) {
        String name = file.getFileName().toString();
        Look look = passedOver.hasSaid(name) ? null : Look.orNull(file);
        IgnoredFiles.Kind kind = look == null ? null : IgnoredFiles.kind(file);
        if (kind != null && passedOver.why(name, kind).isPresent() && settled(file, look)) {
            passedOver.say(name, kind);
        }
        return false;
    }

    private boolean settled(Path file, Look look) {
        long age = System.currentTimeMillis() - look.modified().toMillis();
        boolean old = settle.isZero() || age > settle.plus(CLOCKS_AGREE_TO).toMillis();
        // Young, or dated in the future: watch it stand still.
        if (!old && !stillness.standsStill(file, look)) {
            return false;
        }
        stillness.forget(file);
        return true;
    }

    /** How many things in the folder are passed over now; says those that were not said yet. */
    public long passedOver() {
        long count = passedOver.in(folder, passedOver::say);
        passedOver.sayMoreOf(() -> count);
        return count;
    }

    public UnmovedFiles leftBehind() {
        return leftBehind;
    }

    /** Holds a file back after a reading that went wrong. */
    void holdBack(Path file, Duration wait) {
        waitingUntil.put(file, System.nanoTime() + wait.toNanos());
    }

    /**
     * True when no file that is, or will be, ours to read is left in the folder.
     *
     * @param except true for the names, as the ledger keeps them, of files that do not count
     */
    public boolean drained(Predicate<String> except) {
        boolean[] found = new boolean[1];
        each(
                file -> { // looking no further keeps the question cheap in a full folder
                    found[0] = !except.test(SafeName.kept(file.getFileName().toString()));
                    return !found[0];
                });
        return !found[0];
    }

    /**
     * All files that wait in the folder.
     *
     * @param packing how many bytes a packed file's byte counts for
     */
    public WaitingCounts waiting(int packing) {
        long[] found = new long[2];
        each(file -> {
            long size = file.toFile().length(); // 0 for a file that went meanwhile
            found[0]++;
            found[1] += Gunzip.isPacked(file.toString()) ? size * packing : size;
            return true;
        });
        return new WaitingCounts(found[0], found[1]);
    }

    /** Shows one file of ours after the other, and holds none of them, as long as the answer is true. */
    private void each(Predicate<Path> more) {
        boolean exposed = FilePermissions.othersMayWrite(folder);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (passedOver.takes(file.getFileName().toString())
                        && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                        && (!exposed || IgnoredFiles.kind(file) == IgnoredFiles.Kind.FILE)
                        && !leftBehind.has(file)
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
