package io.cxt.pickup.file;

import io.cxt.files.DurableFiles;
import io.cxt.files.HaltAt;
import io.cxt.files.OpenFile.Look;
import io.cxt.files.TimestampedName;
import io.cxt.intake.FailureCauses;
import io.cxt.intake.SourceReading;
import io.cxt.intake.Variables;
import io.cxt.text.SafeName;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileEndpoint;
import org.apache.camel.component.file.GenericFileOperations;
import org.apache.camel.component.file.strategy.GenericFileProcessStrategySupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves a finished file out of the inbox, if what has its name is still what was read. Anything else stays and is read
 * again.
 *
 * <p>Long because each way in which a name can pass to another file meanwhile has its answer here.
 */
public final class FileMoves extends GenericFileProcessStrategySupport<File> {
    private static final Logger LOG = LoggerFactory.getLogger(FileMoves.class);

    static final String DONE = ".done";

    /** How long a file that its sender is changing is left alone. */
    private static final Duration AFTER_A_CHANGE = Duration.ofSeconds(1);

    private static final Duration AFTER_NO_CLOSE = Duration.ofMinutes(1);

    /** Called when an undecided source continues under another name. */
    public interface Renaming {
        void renamed(SourceReading reading, String to);
    }

    private final SettledFiles files;
    private final Renaming renaming;
    private final Originals originals;
    private final Clock clock;

    /** @param originals what becomes of a file in {@code .done} */
    public FileMoves(SettledFiles files, Renaming renaming, Originals originals, Clock clock) {
        this.originals = originals;
        this.files = files;
        this.renaming = renaming;
        this.clock = clock;
    }

    /** The route ended: moves the file to where {@link FilePickup#close} said. */
    @Override
    public void commit(
            GenericFileOperations<File> operations,
            GenericFileEndpoint<File> endpoint,
            Exchange exchange,
            GenericFile<File> polled) {
        SourceReading reading = exchange.getVariable(Variables.READING, SourceReading.class);
        String to = exchange.getVariable(Variables.MOVE_TO, String.class);
        if (reading == null || to == null || !(reading.source() instanceof FilePickup.Dropped dropped)) {
            files.holdBack(polled.getFile().toPath(), AFTER_NO_CLOSE);
            LOG.error(
                    "not closed source={} pickup=file next=\"let the route reach the step close-reading; the file stays and is"
                            + " read again in {} s\"",
                    SafeName.value(polled.getFileName()),
                    AFTER_NO_CLOSE.toSeconds());
            return;
        }
        Path file = dropped.file;
        Look read = dropped.look;
        String change = dropped.change();
        Originals how = how(reading);
        if (change == null && read != null) {
            try {
                change = move(file, read, Path.of(to), how);
            } catch (IOException e) {
                String folder =
                        Path.of(to).getName(Path.of(to).getNameCount() - 2).toString();
                files.unmoved().add(file, read, () -> move(file, read, freeName(file, folder), how));
                return;
            }
        }
        if (change != null) {
            files.holdBack(file, AFTER_A_CHANGE);
            warnChanged(reading, change);
        } else if (how != originals && done(Path.of(to))) {
            LOG.warn(
                    "original kept source={} reason=\"it holds what is kept nowhere else: chats that were not selected, or that"
                            + " could not be read\" next=\"see its report; correct it, drop it again, and delete it from .done\"",
                    SafeName.value(reading.name()));
        }
    }

    /** Nothing is deleted that is nowhere else. */
    private Originals how(SourceReading reading) {
        return reading.sourceNeeded() ? Originals.KEPT : originals;
    }

    /**
     * The file stays. If it lost its name, its content is written into the inbox again: nobody else may have it.
     */
    @Override
    public void rollback(
            GenericFileOperations<File> operations,
            GenericFileEndpoint<File> endpoint,
            Exchange exchange,
            GenericFile<File> polled) {
        SourceReading reading = exchange.getVariable(Variables.READING, SourceReading.class);
        if (reading == null || !(reading.source() instanceof FilePickup.Dropped dropped)) {
            return;
        }
        String change = dropped.change();
        if (change != null && reading.takenOver() && isDone(dropped)) {
            LOG.info("done by another instance source={} pickup={}", SafeName.value(reading.name()), reading.pickup());
        } else if (change != null && dropped.lostItsName()) {
            undisturbed(() -> keep(reading, dropped, change));
        } else if (change != null) {
            warnChanged(reading, change);
        }
    }

    /** A stop interrupts the threads that read; this work needs one that is not interrupted. */
    private static void undisturbed(Runnable work) {
        Thread thread = new Thread(work, "cxt-keep");
        thread.start();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** True when the very file is in {@code .done}. */
    private static boolean isDone(FilePickup.Dropped dropped) {
        Look there = Look.orNull(dropped.file.resolveSibling(DONE).resolve(dropped.file.getFileName()));
        return there != null && dropped.look != null && dropped.look.isSameUnderAnotherName(there);
    }

    private void keep(SourceReading reading, FilePickup.Dropped dropped, String change) {
        try {
            String name = SafeName.kept(writeAgain(dropped).getFileName().toString());
            if (!name.equals(reading.name())) {
                renaming.renamed(reading, name);
            }
            LOG.warn(
                    "kept source={} pickup={} as={} reason=\"{}, and not all of its transcripts are decided\" next=\"nothing; it is read"
                            + " again, what was sent makes no call. To withdraw it stop cxt and delete it\"",
                    SafeName.value(reading.name()),
                    reading.pickup(),
                    SafeName.value(name),
                    change);
        } catch (IOException e) {
            LOG.error(
                    "not kept source={} pickup={} {} reason=\"{}, and it cannot be put into the inbox again: {}\" next=\"drop it again:"
                            + " not all of its transcripts were sent; what was sent makes no call\"",
                    SafeName.value(reading.name()),
                    reading.pickup(),
                    reading.countsInWords(),
                    change,
                    FailureCauses.inWords(e));
        }
    }

    /** Writes what was opened into the inbox, under its own name or one that is free. */
    private Path writeAgain(FilePickup.Dropped dropped) throws IOException {
        Path copy = DurableFiles.unfinished(dropped.file.resolveSibling(""), dropped::copyTo);
        try {
            return giveBack(copy, dropped.file);
        } finally {
            Files.deleteIfExists(copy);
        }
    }

    /** Logs that a source changed while it was read. */
    public static void warnChanged(SourceReading reading, String change) {
        if (change.equals(Look.GONE)) {
            LOG.warn(
                    "gone source={} pickup={} reason=\"somebody removed it while it was read\" next=\"nothing; what was read of"
                            + " it is on record\"",
                    SafeName.value(reading.name()),
                    reading.pickup());
        } else if (change.equals(Look.NO_FILE)) {
            LOG.warn(
                    "changed source={} pickup={} reason=\"{}\" next=\"what was read of it is on record; what has its name now"
                            + " is not read: put the file itself there, under a new name\"",
                    SafeName.value(reading.name()),
                    reading.pickup(),
                    change);
        } else {
            LOG.warn(
                    "changed source={} pickup={} reason=\"{}\" next=\"it stays and is read again, what was sent makes no call;"
                            + " senders should use a new name each time\"",
                    SafeName.value(reading.name()),
                    reading.pickup(),
                    change);
        }
    }

    /**
     * Moves a file, and moves it back when it is not what was read: its name may pass to another file between any look
     * and any move.
     *
     * @param to a name that is free
     * @param how what becomes of it in {@code .done}
     * @return null when what was read was moved; else why nothing was
     * @throws IOException when a file cannot be moved
     */
    @Nullable
    String move(Path file, Look read, Path to, Originals how) throws IOException {
        Path first = done(to) ? how.first(to) : to;
        try {
            DurableFiles.moveInto(file, first);
        } catch (NoSuchFileException e) {
            return Look.GONE;
        }
        Look moved = Look.at(first);
        if (moved.regular() && read.isSameUnderAnotherName(moved)) {
            HaltAt.reached("original-moved");
            if (!first.equals(to)) {
                how.settle(first, to);
            }
            return null;
        }
        giveBack(first, file);
        return moved.replacedBy();
    }

    /** Replaces or deletes what a process that ended in the middle of it left. Call before a file is read. */
    public void settleLeft(Path inbox) throws IOException {
        Path waiting = inbox.resolve(Originals.WAITING);
        if (!Files.isDirectory(waiting, LinkOption.NOFOLLOW_LINKS)) {
            return; // a sender could lead us to files of others
        }
        Path done = inbox.resolve(DONE);
        DurableFiles.createRealFolder(done);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(waiting)) {
            for (Path file : files) {
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    originals.settle(file, done.resolve(file.getFileName()));
                }
            }
        }
    }

    /**
     * What there is in the end of a file that is moved there; null for nothing. What is in {@code .failed} stays: it is not
     * decided, and nobody else may have it.
     */
    @Nullable
    Path stays(Path to, SourceReading reading) {
        return done(to) ? how(reading).stays(to) : to;
    }

    private static boolean done(Path to) {
        return DONE.equals(DurableFiles.folderOf(to).getFileName().toString());
    }

    /** Moves a file back to its name in the inbox, or to a free one; never replaces another file. */
    private Path giveBack(Path from, Path file) throws IOException {
        String name = file.getFileName().toString();
        return DurableFiles.renameToFree(
                from, i -> i == 0 ? file : file.resolveSibling(TimestampedName.into(name, clock.instant(), i - 1)));
    }

    /** A free name in the folder beside the file: the file's own, or one with the time in it. */
    Path freeName(Path file, String folder) throws IOException {
        Path target = file.resolveSibling(folder);
        DurableFiles.createRealFolder(target);
        String name = file.getFileName().toString();
        Path free = target.resolve(name);
        if (done(free)) {
            originals.prepare(free);
        }
        // Not Files.exists, which throws and catches where nothing is, with a long trace to fill in.
        for (int i = 0;
                taken(free) || done(free) && (taken(originals.stays(free)) || taken(originals.first(free)));
                i++) {
            free = target.resolve(TimestampedName.into(name, clock.instant(), i));
        }
        return free;
    }

    private static boolean taken(@Nullable Path name) {
        return name != null && name.toFile().exists();
    }
}
