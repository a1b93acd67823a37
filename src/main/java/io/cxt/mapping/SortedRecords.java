package io.cxt.mapping;

import io.cxt.files.ChangedFileException;
import io.cxt.files.FolderUnavailableException;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Records in temporary files, with a key each. The files have no name once they are open. A fault of theirs says nothing
 * of the source, and names their folder.
 */
final class SortedRecords implements Closeable {
    private static final String FILE = "records";
    private static final int HEAD = 16;

    private final Path folder;
    private final @Nullable FileChannel[] channels;
    private final @Nullable OutputStream[] out;

    /** Where a record stands in its file. */
    record Place(long position, int length, long line) {}

    SortedRecords(Path folder, int files) {
        this.folder = folder;
        this.channels = new FileChannel[files];
        this.out = new OutputStream[files];
    }

    void add(int file, String key, ForeignChat record) throws IOException {
        byte[] name = key.getBytes(StandardCharsets.UTF_8);
        byte[] raw = Objects.requireNonNull(record.raw(), "a record that could be read");
        byte[] head = ByteBuffer.allocate(HEAD)
                .putInt(name.length)
                .putInt(raw.length)
                .putLong(record.line())
                .array();
        try {
            OutputStream to = out[file];
            if (to == null) {
                FileChannel channel = open();
                channels[file] = channel;
                to = new BufferedOutputStream(Channels.newOutputStream(channel));
                out[file] = to;
            }
            to.write(head);
            to.write(name);
            to.write(raw);
        } catch (IOException e) {
            throw ours(e);
        }
    }

    /** All were added. */
    void complete() throws IOException {
        try {
            for (OutputStream each : out) {
                if (each != null) {
                    each.flush();
                }
            }
        } catch (IOException e) {
            throw ours(e);
        }
    }

    /** Gives out the keys of a file, and where each record stands, in their order, for as long as they are taken. */
    void each(int file, BiPredicate<String, Place> taken) throws IOException {
        FileChannel channel = channels[file];
        if (channel == null) {
            return;
        }
        long end = size(channel);
        long at = 0;
        boolean goesOn = true;
        while (goesOn && at < end) {
            ByteBuffer head = ByteBuffer.wrap(read(channel, at, HEAD));
            int name = head.getInt();
            int raw = head.getInt();
            String key = new String(read(channel, at + HEAD, name), StandardCharsets.UTF_8);
            goesOn = taken.test(key, new Place(at + HEAD + name, raw, head.getLong()));
            at += (long) HEAD + name + raw;
        }
    }

    byte[] read(int file, Place place) throws IOException {
        FileChannel channel = Objects.requireNonNull(channels[file], "a file that has records");
        return read(channel, place.position(), place.length());
    }

    private byte[] read(FileChannel channel, long position, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        try {
            while (bytes.hasRemaining() && channel.read(bytes, position + bytes.position()) >= 0) {
                continue;
            }
        } catch (IOException e) {
            throw ours(e);
        }
        return bytes.array();
    }

    private long size(FileChannel channel) throws IOException {
        try {
            return channel.size();
        } catch (IOException e) {
            throw ours(e);
        }
    }

    private FileChannel open() throws IOException {
        Path own = Files.createTempDirectory(folder, "cxt-");
        try {
            return FileChannel.open(
                    own.resolve(FILE),
                    Set.of(
                            StandardOpenOption.CREATE_NEW,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.DELETE_ON_CLOSE));
        } finally {
            try {
                Files.delete(own);
            } catch (IOException e) {
                own.toFile().deleteOnExit(); // where a file keeps its name until it is closed
            }
        }
    }

    private IOException ours(IOException fault) {
        if (fault instanceof ClosedChannelException) { // the thread was interrupted, as at a stop
            return new ChangedFileException("its reading was ended");
        }
        IOException known = FolderUnavailableException.of(folder, fault);
        if (known instanceof FolderUnavailableException || known instanceof FileSystemException) {
            return known;
        }
        IOException named = new FileSystemException(folder.toString(), null, fault.getMessage());
        named.initCause(fault);
        return named;
    }

    @Override
    public void close() throws IOException {
        for (FileChannel channel : channels) {
            if (channel != null) {
                channel.close();
            }
        }
    }
}
