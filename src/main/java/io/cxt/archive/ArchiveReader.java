package io.cxt.archive;

import io.cxt.transcript.Part;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Reads what an archive keeps, whichever layout it has. */
public record ArchiveReader(Path folder) {
    /** {@code 2026-11-22/101500.000-0a1b2c3d.ndjson.gz@8192:3}: the file, where its member begins, and the line in it. */
    static String place(String segment, long at, int line) {
        return segment + "@" + at + ":" + line;
    }

    /**
     * What was sent.
     *
     * @param place as {@link Archive#keep} returned it
     * @throws java.nio.file.NoSuchFileException when its file is not in this archive
     * @throws IOException when the file does not hold it any more
     */
    public byte[] read(String place) throws IOException {
        try {
            return bytes(place);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IOException("no place in an archive", e);
        }
    }

    /**
     * How many bytes a place has of this content; 0 when it is not there.
     *
     * @throws IOException when that cannot be told
     */
    public long holds(String place, String hash) throws IOException {
        int at = place.indexOf('@');
        try {
            if (at >= 0
                    && Files.size(file(place.substring(0, at)))
                            <= Long.parseLong(place, at + 1, place.indexOf(':', at), 10)) {
                return 0; // an older one, that ends before it
            }
            byte[] there = read(place);
            return Part.hashOf(there).equals(hash) ? there.length : 0;
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IOException("no place in an archive", e);
        }
    }

    private byte[] bytes(String place) throws IOException {
        try (Sweep once = new Sweep()) {
            return once.read(place);
        }
    }

    /** False for a place whose file is gone: pruned, moved, or in the archive of another instance; also for what is no place. */
    public boolean hasFileOf(String place) {
        int at = place.indexOf('@');
        try {
            return Files.exists(file(at < 0 ? place : place.substring(0, at)));
        } catch (IOException | InvalidPathException e) {
            return false;
        }
    }

    /** Reads one place after the other; lines of one member that come in order are unpacked once. */
    public Sweep sweep() {
        return new Sweep();
    }

    /** @see #sweep */
    public final class Sweep implements Closeable {
        private String member = "";
        private @Nullable InputStream lines;
        private int next;

        private Sweep() {}

        /** As {@link ArchiveReader#read}; throws an {@link IllegalArgumentException} too when it is no place. */
        public byte[] read(String place) throws IOException {
            int at = place.indexOf('@');
            if (at < 0) {
                return Files.readAllBytes(file(place));
            }
            int colon = place.indexOf(':', at);
            int line = Integer.parseInt(place, colon + 1, place.length(), 10);
            if (lines == null || line < next || !member.equals(place.substring(0, colon))) {
                close();
                FileChannel file = FileChannel.open(file(place.substring(0, at)));
                lines = Channels.newInputStream(file); // closed with what is put around it
                file.position(Long.parseLong(place, at + 1, colon, 10));
                lines = new BufferedInputStream(new GZIPInputStream(lines));
                member = place.substring(0, colon);
                next = 1;
            }
            byte[] read = line(lines, line - next + 1);
            next = line + 1;
            return read;
        }

        @Override
        public void close() throws IOException {
            if (lines != null) {
                lines.close();
                lines = null;
            }
        }
    }

    /** Never one elsewhere, or a device: anybody who can write to the ledger names it. */
    Path file(String name) throws IOException {
        Path file = folder.resolve(name).normalize();
        boolean inside = file.startsWith(folder.normalize());
        if (!inside || Files.exists(file) && !Files.isRegularFile(file)) {
            throw new IOException("no place in an archive");
        }
        return file;
    }

    /** The file of a part that was kept before places were on record, in an archive of files. */
    public static String file(String interactionId, int part, int parts) {
        return ArchiveFiles.name(interactionId, part, parts) + ArchiveFiles.ENDING;
    }

    private static byte[] line(InputStream lines, int wanted) throws IOException {
        int at = 1;
        ByteArrayOutputStream line = new ByteArrayOutputStream(4096);
        for (int next = lines.read(); next >= 0; next = lines.read()) {
            if (next == '\n' && at == wanted) {
                return line.toByteArray();
            } else if (next == '\n') {
                at++;
            } else if (at == wanted) {
                line.write(next);
            }
        }
        throw new EOFException("there is no such line");
    }
}
