package io.cxt.retention;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The files of a folder that came there before a time, as far as CXT has put them there. A file keeps the time of its content
 * when it is moved; so the time of its move counts where the file system knows it. Links are left alone, and so is what is
 * being written, whose name begins with a dot.
 */
final class OldFiles {
    private static final Pattern DAY = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");

    private OldFiles() {}

    /** Does something with a file. */
    interface WithFile {
        void act(Path file, long bytes) throws IOException;
    }

    /**
     * Removes them, and folders of days below that have been empty for as long.
     *
     * @param ours false for a file that somebody else has put there
     * @param first what is done with a file before
     */
    static void remove(Path folder, Predicate<Path> ours, Instant before, WithFile first) throws IOException {
        visit(
                folder,
                ours,
                before,
                (file, bytes) -> {
                    first.act(file, bytes);
                    Files.deleteIfExists(file);
                },
                true);
    }

    /** One file at a time, in any order; nothing where there is no folder. */
    static void each(Path folder, Predicate<Path> ours, Instant before, WithFile action) throws IOException {
        visit(folder, ours, before, action, false);
    }

    private static void visit(Path folder, Predicate<Path> ours, Instant before, WithFile action, boolean emptyFolders)
            throws IOException {
        if (Files.notExists(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path at, BasicFileAttributes attributes) {
                return at.equals(folder) || !hidden(at) ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                try {
                    if (attributes.isRegularFile()
                            && !hidden(file)
                            && ours.test(file)
                            && came(file, attributes).isBefore(before)) {
                        action.act(file, attributes.size());
                    }
                } catch (NoSuchFileException e) {
                    // gone meanwhile
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path at, @Nullable IOException fault) throws IOException {
                if (emptyFolders
                        && DAY.matcher(at.getFileName().toString()).matches()
                        && Files.getLastModifiedTime(at).toInstant().isBefore(before)) {
                    try {
                        Files.delete(at);
                    } catch (DirectoryNotEmptyException e) {
                        // it is in use
                    }
                }
                return super.postVisitDirectory(at, fault);
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException fault) throws IOException {
                if (fault instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE; // gone meanwhile
                }
                throw fault;
            }
        });
    }

    private static boolean hidden(Path path) {
        return path.getFileName().toString().startsWith(".");
    }

    private static Instant came(Path file, BasicFileAttributes attributes) throws IOException {
        Instant written = attributes.lastModifiedTime().toInstant();
        if (!file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            Instant made = attributes.creationTime().toInstant();
            return made.isAfter(written) ? made : written;
        }
        FileTime moved = (FileTime) Files.getAttribute(file, "unix:ctime", LinkOption.NOFOLLOW_LINKS);
        return moved.toInstant().isAfter(written) ? moved.toInstant() : written;
    }
}
