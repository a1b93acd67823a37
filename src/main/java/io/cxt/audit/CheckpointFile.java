package io.cxt.audit;

import io.cxt.db.LedgerSettings;
import io.cxt.db.PrivateFiles;
import io.cxt.files.DurableFiles;
import io.cxt.files.HaltAt;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The checkpoints of one chain, and its closing records, one per line, oldest first. */
final class CheckpointFile {
    private static final int LONGEST_LINE = 512;

    /** Among threads of this process: a lock on a file only keeps out other processes. */
    private static final ReentrantLock TURN = new ReentrantLock();

    private final Path path;

    CheckpointFile(Path folder, String chain) {
        path = folder.resolve(chain + LedgerSettings.CHECKPOINTS_ENDING);
    }

    Path path() {
        return path;
    }

    /** {@link #append(List, boolean)} of one. */
    void append(SignedLine checkpoint, boolean force) throws IOException {
        append(List.of(checkpoint), force);
    }

    /**
     * Appends checkpoints. Removes what an interrupted write left after the last complete line.
     *
     * @param force true to return when it is on the disk
     */
    void append(List<? extends SignedLine> checkpoints, boolean force) throws IOException {
        if (Files.notExists(path)) {
            Files.createDirectories(path.getParent());
            PrivateFiles.create(path);
        }
        TURN.lock();
        try (FileChannel channel = locked()) {
            long end = endOfCompleteLines(channel);
            channel.truncate(end);
            StringBuilder text = new StringBuilder();
            checkpoints.forEach(each -> text.append(each.line()).append('\n'));
            ByteBuffer lines = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.US_ASCII));
            while (lines.hasRemaining()) {
                end += channel.write(lines, end);
            }
            if (force) {
                channel.force(true);
            }
        } finally {
            TURN.unlock();
        }
    }

    /** Open, for this process alone until it is closed, and still the file of that name. */
    private FileChannel locked() throws IOException {
        while (true) {
            Object before = identity();
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
            channel.lock();
            if (Objects.equals(before, identity())) {
                return channel;
            }
            channel.close();
        }
    }

    /** What tells this file from one in its place; null where the file system does not tell. */
    @Nullable
    Object identity() throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    /** Puts a file without some lines in its place. Nothing is lost that is added meanwhile. */
    void remove(Predicate<SignedLine> goes) throws IOException {
        TURN.lock();
        try (FileChannel held = locked()) {
            if (held.size() > 0) {
                replace(goes);
            }
        } finally {
            TURN.unlock();
        }
    }

    private void replace(Predicate<SignedLine> goes) throws IOException {
        Path beside = path.resolveSibling("." + path.getFileName() + ".part");
        Files.deleteIfExists(beside); // of one that was killed
        try (Lines lines = read();
                FileChannel channel = DurableFiles.create(beside)) {
            Writer out = Channels.newWriter(channel, StandardCharsets.ISO_8859_1);
            for (String line = lines.next(); line != null; line = lines.next()) {
                SignedLine signed = SignedLine.parse(line);
                if (signed == null || !goes.test(signed)) {
                    out.write(line + "\n");
                }
            }
            out.flush();
            channel.force(true);
        }
        HaltAt.reached("checkpoints-written");
        DurableFiles.rename(beside, path);
        HaltAt.reached("checkpoints-renamed");
    }

    /** The last checkpoint, whatever closing records are behind it; null when none can be read. */
    @Nullable
    Checkpoint last() throws IOException {
        return last(true) instanceof Checkpoint checkpoint ? checkpoint : null;
    }

    /** The last line; null when none can be read. */
    @Nullable
    SignedLine lastLine() throws IOException {
        return last(false);
    }

    private @Nullable SignedLine last(boolean checkpoint) throws IOException {
        if (Files.notExists(path)) {
            return null;
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long end = endOfCompleteLines(channel);
            for (int bytes = 2 * LONGEST_LINE; ; bytes *= 4) {
                String[] lines = tail(channel, end, bytes).split("\n");
                int last = lines.length - 1;
                while (checkpoint && last > 0 && lines[last].startsWith(Closing.FORM)) {
                    last--;
                }
                if (last > 0 || bytes >= end) {
                    return SignedLine.parse(lines[last]);
                }
            }
        }
    }

    /** The closing record of the latest event; null when there is none. Reads the whole file. */
    @Nullable
    Closing closing() throws IOException {
        Closing latest = null;
        try (Lines lines = read()) {
            for (String line = lines.next(); line != null; line = lines.next()) {
                if (SignedLine.parse(line.startsWith(Closing.FORM) ? line : "") instanceof Closing closing
                        && (latest == null || closing.seq() >= latest.seq())) {
                    latest = closing;
                }
            }
        }
        return latest;
    }

    private static long endOfCompleteLines(FileChannel channel) throws IOException {
        long size = channel.size();
        String tail = tail(channel, size, 2 * LONGEST_LINE);
        return size - tail.length() + tail.lastIndexOf('\n') + 1;
    }

    private static String tail(FileChannel channel, long end, int most) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(end, most));
        long from = end - bytes.capacity();
        while (bytes.hasRemaining() && channel.read(bytes, from + bytes.position()) > 0) {
            // until it is full
        }
        return new String(bytes.array(), StandardCharsets.ISO_8859_1);
    }

    /** Reads the lines that are complete at this moment. */
    Lines read() throws IOException {
        return read(0);
    }

    /** Reads the lines from such a place on, as {@link Lines#position} tells it. */
    Lines read(long from) throws IOException {
        return new Lines(from);
    }

    /** The lines up to the end that the file had at first. */
    final class Lines implements Closeable {
        private final long end = Files.size(path);
        private final BufferedReader in;
        private long consumed;
        private long position;

        private Lines(long from) throws IOException {
            consumed = from;
            position = from;
            InputStream bytes = Files.newInputStream(path);
            bytes.skipNBytes(from);
            in = new BufferedReader(new InputStreamReader(bytes, StandardCharsets.ISO_8859_1));
        }

        /** How many bytes the lines take that were read. */
        long position() {
            return position;
        }

        /** The next line, or null at the end. */
        @Nullable
        String next() throws IOException {
            if (consumed >= end) {
                return null;
            }
            String line = in.readLine();
            consumed += line == null ? 0 : line.length() + 1L;
            if (line == null || consumed > end) {
                return null;
            }
            position = consumed;
            return line;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
