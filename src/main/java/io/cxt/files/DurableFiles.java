package io.cxt.files;

import io.cxt.text.SafeName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/**
 * Files that are whole or not there, and that only their owner can read: written under another name, forced to the
 * disk, renamed in one step, and the folder forced as well.
 *
 * <p>Long because every way to write such a file is here.
 */
public final class DurableFiles {
    private static final boolean POSIX =
            Path.of("").getFileSystem().supportedFileAttributeViews().contains("posix");

    /** One thread at a time for each name, so that two do not both find it free. */
    private static final Object[] KEEPING =
            Stream.generate(Object::new).limit(64).toArray();

    private static final String UNFINISHED = ".tmp";

    private DurableFiles() {}

    /** Makes a folder that only its owner can enter, and those above it; one that is there already is left alone. */
    public static void createFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            try {
                Files.createDirectories(folder, permissions("rwx------"));
            } catch (IOException e) {
                throw FolderUnavailableException.of(folder, e);
            }
        }
    }

    /**
     * Makes a folder inside one that others may write to. Its owner is not looked at: on a network drive each file has
     * the one that the drive was mounted with.
     *
     * @throws FolderUnavailableException when its name is a link, which would lead our files elsewhere
     */
    public static void createRealFolder(Path folder) throws IOException {
        createFolder(folder);
        if (Files.isSymbolicLink(folder)) {
            throw FolderUnavailableException.link(folder);
        }
    }

    /** Makes a folder of ours accessible to our own user only. */
    public static void restrictFolder(Path folder) throws IOException {
        createFolder(folder);
        if (POSIX) {
            Set<PosixFilePermission> owner = PosixFilePermissions.fromString("rwx------");
            if (!Files.getPosixFilePermissions(folder).equals(owner)) {
                Files.setPosixFilePermissions(folder, owner);
            }
        }
    }

    /** A free name for a file on its way into the folder; beside it, so that renaming is one step. */
    public static Path temporary(Path folder) throws IOException {
        Path unfinished = folder.resolve(UNFINISHED);
        createRealFolder(unfinished);
        return unfinished.resolve(UUID.randomUUID().toString());
    }

    /** Deletes what a process that was killed left unfinished on its way into the folder. */
    public static void sweep(Path folder) throws IOException {
        Path unfinished = folder.resolve(UNFINISHED);
        if (!Files.isSymbolicLink(unfinished)) {
            empty(unfinished);
        }
    }

    /** The same for a folder and those in it. */
    public static void sweepAll(Path folder) throws IOException {
        sweep(folder);
        for (Path each : foldersIn(folder)) {
            sweep(each);
        }
    }

    private static List<Path> foldersIn(Path folder) throws IOException {
        List<Path> folders = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> all =
                    Files.newDirectoryStream(folder, each -> Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS))) {
                all.forEach(folders::add);
            }
        }
        return folders;
    }

    /** True when a file is unfinished on its way into a folder, or into one in it. */
    public static boolean anyUnfinished(Path folder) throws IOException {
        List<Path> folders = foldersIn(folder);
        folders.add(folder);
        for (Path each : folders) {
            Path unfinished = each.resolve(UNFINISHED);
            if (Files.isDirectory(unfinished, LinkOption.NOFOLLOW_LINKS)) {
                try (Stream<Path> left = Files.list(unfinished)) {
                    if (left.findAny().isPresent()) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /**
     * Moves a file out of a folder that others may write to into a real folder in it, whatever gets a name meanwhile.
     *
     * @param to in a folder beside the file
     * @throws FileAlreadyExistsException when something has the name there
     */
    public static void moveInto(Path file, Path to) throws IOException {
        if (there(to)) {
            throw Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                    ? new FileAlreadyExistsException(to.toString())
                    : new NoSuchFileException(file.toString());
        }
        Path folder = folderOf(to);
        try (DirectoryStream<Path> from = Files.newDirectoryStream(folderOf(folder))) {
            if (from instanceof SecureDirectoryStream<Path> secure) {
                try (SecureDirectoryStream<Path> into =
                        secure.newDirectoryStream(folder.getFileName(), LinkOption.NOFOLLOW_LINKS)) {
                    secure.move(file.getFileName(), into, to.getFileName());
                    return;
                } catch (AtomicMoveNotSupportedException e) {
                    createRealFolder(folder); // another disk is mounted there
                }
            }
        }
        Files.move(file, to);
    }

    /** Writes what a file is to hold. */
    public interface Filling {
        void writeTo(FileChannel empty) throws IOException;
    }

    /** A file on its way into the folder, on the disk and beside it, that only its owner can read. */
    public static Path unfinished(Path folder, Filling filling) throws IOException {
        Path temporary = temporary(folder);
        boolean written = false;
        try {
            try (FileChannel channel = create(temporary)) {
                filling.writeTo(channel);
                channel.force(true);
            }
            written = true;
            return temporary;
        } catch (IOException e) {
            throw FolderUnavailableException.of(folder, e);
        } finally {
            if (!written) {
                Files.deleteIfExists(temporary);
            }
        }
    }

    /**
     * Writes a file that is not there yet, for its owner alone: beside, forced to the disk, then renamed.
     *
     * @throws FileAlreadyExistsException when something has its name
     */
    public static void createNew(Path file, Filling filling) throws IOException {
        Path to = file.toAbsolutePath();
        if (there(to)) {
            throw new FileAlreadyExistsException(to.toString());
        }
        Path beside = to.resolveSibling("." + to.getFileName() + "." + UUID.randomUUID() + ".part");
        try {
            try (FileChannel channel = create(beside)) {
                filling.writeTo(channel);
                channel.force(true);
            }
            Files.move(beside, to); // without a word for it, it replaces nothing
            force(folderOf(to));
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (IOException e) {
            throw FolderUnavailableException.of(folderOf(to), e);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    /** Deletes the files in a folder that is there for a while only. */
    public static void empty(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> left = Files.newDirectoryStream(folder)) {
                for (Path file : left) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /** Writes the file, in place of one that may be there. */
    public static void replace(Path file, byte[] content) throws IOException {
        replace(file, channel -> {
            ByteBuffer rest = ByteBuffer.wrap(content);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
        });
    }

    /** Writes the file, in place of one that may be there. */
    public static void replace(Path file, Filling filling) throws IOException {
        Path temporary = unfinished(folderOf(file), filling);
        boolean renamed = false;
        try {
            HaltAt.reached("written");
            rename(temporary, file);
            renamed = true;
            HaltAt.reached("renamed");
        } finally {
            if (!renamed) {
                Files.deleteIfExists(temporary);
            }
        }
    }

    /**
     * Keeps the content under the name, and never writes over other content: where the name is taken by something
     * else, a digest is added to it.
     *
     * @param ending with its dot, for example {@code .json}
     * @return the file that holds the content now
     */
    public static Path keep(Path folder, String name, String ending, byte[] content) throws IOException {
        Path file = folder.resolve(name + ending);
        synchronized (KEEPING[Math.floorMod(file.hashCode(), KEEPING.length)]) {
            if (there(file) && holdsOther(file, content)) {
                file = folder.resolve(name + "~" + SafeName.digest(content) + ending);
            }
            if (!there(file)) {
                replace(file, content);
            }
        }
        return file;
    }

    /**
     * What {@link #keep} calls a file whose name is taken, without its ending.
     *
     * @param hash SHA-256 of its content, in hex
     */
    public static String otherName(String name, String hash) {
        return name + "~" + hash.substring(0, SafeName.DIGITS);
    }

    /** The folder of a file that has one. */
    public static Path folderOf(Path file) {
        return Objects.requireNonNull(file.getParent(), "a file in a folder");
    }

    /** Files.exists would throw and catch an exception for each file that is not there, with a long trace to fill in. */
    private static boolean there(Path file) {
        return file.toFile().exists();
    }

    private static boolean holdsOther(Path file, byte[] content) throws IOException {
        return Files.size(file) != content.length || !Arrays.equals(Files.readAllBytes(file), content);
    }

    /** An open, empty file that only its owner can read. */
    public static FileChannel create(Path file) throws IOException {
        try {
            return FileChannel.open(
                    file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), permissions("rw-------"));
        } catch (IOException e) {
            throw FolderUnavailableException.of(folderOf(file), e);
        }
    }

    /** Gives a file its final name, for good. */
    public static void rename(Path temporary, Path file) throws IOException {
        renameUnforced(temporary, file);
        force(folderOf(file));
    }

    /**
     * Gives a file the first of some names that is free, for good. It replaces nothing: another process may choose a name at
     * the same time.
     *
     * @param names of one folder, without end
     */
    public static Path renameToFree(Path from, IntFunction<Path> names) throws IOException {
        for (int i = 0; ; i++) {
            Path to = names.apply(i);
            if (!there(to) && takesName(from, to)) {
                force(folderOf(to));
                return to;
            }
        }
    }

    private static boolean takesName(Path from, Path to) throws IOException {
        try {
            Files.createLink(to, from);
        } catch (FileAlreadyExistsException e) {
            return false;
        } catch (IOException | UnsupportedOperationException e) { // no hard links here, or it is a folder
            try {
                Files.move(from, to);
                return true;
            } catch (FileAlreadyExistsException taken) {
                return false;
            } catch (IOException fault) {
                throw FolderUnavailableException.of(folderOf(to), fault);
            }
        }
        Files.delete(from);
        return true;
    }

    /** The same; after a crash it may have its old name again. */
    public static void renameUnforced(Path temporary, Path file) throws IOException {
        try {
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw FolderUnavailableException.of(folderOf(file), e);
        }
    }

    /** Brings the names in a folder to the disk. */
    public static void force(Path folder) throws IOException {
        if (POSIX) {
            try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
                names.force(true);
            }
        }
    }

    private static FileAttribute<?>[] permissions(String posix) {
        return POSIX
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(posix))}
                : new FileAttribute<?>[0];
    }
}
