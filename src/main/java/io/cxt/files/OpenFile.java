package io.cxt.files;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file that was opened once, without following a link. However often it is read, and whatever gets its name
 * meanwhile, it gives the bytes that it had then, or a {@link ChangedFileException} when somebody writes to it.
 * Long because how a file looks and the bytes that it had then are one subject.
 */
public final class OpenFile implements RereadableSource, Closeable {
    static final String ENDED = "its reading was ended";

    private final Path file;
    private final String name;
    private final FileChannel channel;
    /** A thread that is interrupted while it reads closes what it reads from. */
    private final FileChannel spare;

    private final Look look;

    /**
     * What tells a file from any other that may get its name, and from itself when somebody has written to it.
     *
     * @param device what it lies on, and with {@code key} which file it is; both empty where the system does not say
     * @param modified when it was written to; a sender can set it
     * @param changed when it, its name or its rights were changed; nobody can set it. Null where the system does not say
     * @param links how many names it has, 1 where the system does not say
     */
    public record Look(
            Object device,
            Object key,
            long size,
            FileTime modified,
            @Nullable FileTime changed,
            boolean regular,
            int links) {
        public static final String GONE = "it is gone";
        public static final String REPLACED = "another file has its name";
        public static final String NO_FILE = "a link or a folder has its name";

        /** Looks at a file, following no link. */
        public static Look at(Path file) throws IOException {
            if (file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
                Map<String, Object> unix = Files.readAttributes(
                        file,
                        "unix:dev,ino,size,lastModifiedTime,ctime,isRegularFile,nlink",
                        LinkOption.NOFOLLOW_LINKS);
                return new Look(
                        of(unix, "dev", Object.class),
                        of(unix, "ino", Object.class),
                        of(unix, "size", Long.class),
                        of(unix, "lastModifiedTime", FileTime.class),
                        of(unix, "ctime", FileTime.class),
                        of(unix, "isRegularFile", Boolean.class),
                        of(unix, "nlink", Integer.class));
            }
            BasicFileAttributes basic =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            Object key = Objects.requireNonNullElse(basic.fileKey(), "");
            return new Look("", key, basic.size(), basic.lastModifiedTime(), null, basic.isRegularFile(), 1);
        }

        private static <T> T of(Map<String, Object> attributes, String name, Class<T> type) {
            return type.cast(Objects.requireNonNull(attributes.get(name), name));
        }

        /** The same, null when nothing has the name. */
        public static @Nullable Look orNull(Path file) {
            try {
                return at(file);
            } catch (IOException e) {
                return null;
            }
        }

        /**
         * True for what may be somebody's further name (hard link) of a file that only CXT may read: it is our own user's,
         * has other names, and others may write to its folder.
         */
        public boolean planted(Path file) {
            return links > 1
                    && FilePermissions.othersMayWrite(DurableFiles.folderOf(file.toAbsolutePath()))
                    && FilePermissions.own(file);
        }

        /** True for the same file, written to or not. */
        public boolean isFile(Look other) {
            return device.equals(other.device) && key.equals(other.key);
        }

        /** True for the same file with the same content, under this name or another. On another disk size must do. */
        public boolean isSameUnderAnotherName(Look other) {
            return size == other.size
                    && (!device.equals(other.device) || key.equals(other.key) && modified.equals(other.modified));
        }

        /** What has its name instead, in words. */
        public String replacedBy() {
            return regular ? REPLACED : NO_FILE;
        }

        /** What is not as it was, in words; null when all of it is. */
        public @Nullable String differenceTo(@Nullable Look now) {
            return now == null
                    ? GONE
                    : !isFile(now)
                            ? now.replacedBy()
                            : size != now.size
                                    ? "it has %s bytes, it had %s".formatted(now.size, size)
                                    : equals(now) ? null : "it was written to or changed";
        }
    }

    private OpenFile(Path file, String name, FileChannel channel, FileChannel spare, Look look) {
        this.file = file;
        this.name = name;
        this.channel = channel;
        this.spare = spare;
        this.look = look;
    }

    /**
     * Opens a file that was looked at before.
     *
     * @param name what it is called, which says how it is packed
     * @throws ChangedFileException when it is not what was seen any more
     */
    public static OpenFile open(Path file, Look seen, String name) throws IOException {
        checkSame(seen, file);
        if (seen.planted(file)) {
            throw new ChangedFileException("it is a hard link to a file of the user of cxt");
        }
        FileChannel channel = FileOpener.channel(file, FileOpener.MOST);
        FileChannel spare = null;
        try {
            spare = FileOpener.channel(file, FileOpener.MOST);
            checkSame(seen, file); // so it was this one that was opened
            return new OpenFile(file, name, channel, spare, seen);
        } catch (IOException e) {
            channel.close();
            if (spare != null) {
                spare.close();
            }
            throw e;
        }
    }

    private static void checkSame(Look seen, Path file) throws ChangedFileException {
        String difference = seen.differenceTo(Look.orNull(file));
        if (difference != null || !seen.regular) {
            throw new ChangedFileException(difference == null ? "it is no regular file" : difference);
        }
    }

    public String name() {
        return name;
    }

    /** Its bytes from the beginning, unpacked when its name ends in {@code .gz}. Several streams may be open. */
    @Override
    public Path path() {
        return file;
    }

    @Override
    public InputStream open() {
        return Gunzip.open(new Bytes(), name);
    }

    @Override
    public long atLeast() {
        return Gunzip.isPacked(name) ? 0 : look.size();
    }

    /**
     * Writes its bytes, packed as they are, to another file, also when a thread was interrupted while it read. The thread
     * that calls must not be.
     *
     * @param to open for writing, and empty
     * @throws ChangedFileException when somebody has written to it since, so that they are no longer there
     */
    public void copyTo(FileChannel to) throws IOException {
        long at = 0;
        while (at < look.size) {
            long count = spare.transferTo(at, look.size - at, to);
            if (count <= 0) {
                throw new ChangedFileException("it is shorter than it was");
            }
            at += count;
        }
        checkUnwritten();
    }

    private void checkUnwritten() throws IOException {
        Look now = null;
        try {
            now = Look.at(file);
        } catch (NoSuchFileException e) {
            // it goes on without its name, as it is
        }
        boolean named = now != null && look.isFile(now);
        if (named ? !look.equals(now) : spare.size() != look.size) {
            throw new ChangedFileException("it was written to");
        }
    }

    /** Ends all its streams. */
    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            spare.close();
        }
    }

    /** As many bytes as there were, each lot given out only when nobody has written to the file. */
    private final class Bytes extends InputStream {
        private long at;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            int wanted = (int) Math.min(length, look.size - at);
            if (wanted == 0) {
                return length == 0 ? 0 : -1;
            }
            if (Thread.currentThread().isInterrupted()) { // by which the channel would be closed, and all be lost
                throw new ChangedFileException(ENDED);
            }
            try {
                int count = channel.read(ByteBuffer.wrap(to, offset, wanted), at);
                checkUnwritten();
                if (count < 0) {
                    throw new ChangedFileException("it is shorter than it was");
                }
                at += count;
                return count;
            } catch (ClosedChannelException e) { // the thread was interrupted, as at a stop
                throw new ChangedFileException(ENDED);
            }
        }
    }
}
