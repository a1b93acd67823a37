package io.cxt.archive;

import io.cxt.files.DurableFiles;
import io.cxt.files.HaltAt;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** A file of packed lines that grows by one gzip member at a time, each on the disk before the next. */
final class Segment implements Closeable {
    static final String ENDING = ".ndjson.gz";

    private final String name;
    private final Path path;
    private final FileChannel file;
    private long size;

    private Segment(Path folder, String name, FileChannel file, long size) {
        this.name = name;
        this.path = folder.resolve(name);
        this.file = file;
        this.size = size;
    }

    /** @param name relative to the archive's folder */
    static Segment create(Path folder, String name) throws IOException {
        Path file = folder.resolve(name);
        boolean newDay = !DurableFiles.folderOf(file).toFile().exists();
        DurableFiles.createFolder(DurableFiles.folderOf(file));
        Segment segment = new Segment(folder, name, DurableFiles.create(file), 0);
        DurableFiles.force(DurableFiles.folderOf(file));
        if (newDay) {
            DurableFiles.force(folder);
        }
        return segment;
    }

    /** Continues a file, without what a process that was killed left half written. */
    static Segment reopen(Path folder, String name) throws IOException {
        FileChannel file = FileChannel.open(folder.resolve(name), StandardOpenOption.READ, StandardOpenOption.WRITE);
        boolean opened = false;
        try {
            long intact = GzipMember.intact(file);
            file.truncate(intact);
            opened = true;
            return new Segment(folder, name, file, intact);
        } finally {
            if (!opened) {
                file.close();
            }
        }
    }

    String name() {
        return name;
    }

    /** False when somebody moved or deleted it: what is added would be lost. */
    boolean there() {
        return path.toFile().exists();
    }

    long size() {
        return size;
    }

    /**
     * Adds some lines, all of them or, after an exception, perhaps a part that {@link #reopen} cuts off.
     *
     * @return where they begin
     */
    long append(List<byte[]> lines) throws IOException {
        ByteBuffer member = GzipMember.of(lines);
        long at = size;
        long end = at + member.remaining();
        for (long next = at; member.hasRemaining(); ) {
            next += file.write(member, next);
        }
        HaltAt.reached("written");
        file.force(false);
        size = end;
        return at;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /**
     * A gzip member (RFC 1952) that tells its own length in an extra field, so that a file of many of them is walked
     * through without unpacking. To every other program such a file is one gzip file.
     */
    private static final class GzipMember {
        private static final int HEADER = 20;
        private static final int TRAILER = 8;
        private static final int MAGIC = 0x04088b1f; // gzip, deflate, with an extra field
        private static final short EXTRA_BYTES = 8;
        private static final int EXTRA_ID = 0x00045843; // C, X, four bytes: the length of the whole member

        private GzipMember() {}

        /** Packs some lines; each gets its line break. */
        static ByteBuffer of(List<byte[]> lines) {
            Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
            try {
                CRC32 crc = new CRC32();
                ByteBuffer out = ByteBuffer.allocate(most(lines)).order(ByteOrder.LITTLE_ENDIAN);
                out.position(HEADER);
                for (byte[] line : lines) {
                    pack(line, deflater, crc, out);
                    pack(LINE_BREAK, deflater, crc, out);
                }
                deflater.finish();
                deflater.deflate(out);
                out.putInt((int) crc.getValue()).putInt((int) deflater.getBytesRead());
                out.putInt(0, MAGIC).put(9, (byte) 255).putShort(10, EXTRA_BYTES);
                out.putInt(12, EXTRA_ID).putInt(16, out.position());
                return out.flip();
            } finally {
                deflater.end();
            }
        }

        private static final byte[] LINE_BREAK = {'\n'};

        private static void pack(byte[] bytes, Deflater deflater, CRC32 crc, ByteBuffer out) {
            crc.update(bytes);
            deflater.setInput(bytes);
            deflater.deflate(out);
        }

        /** What cannot be made smaller grows by five bytes for each 16 KB at most. */
        private static int most(List<byte[]> lines) {
            long bytes = 0;
            for (byte[] line : lines) {
                bytes += line.length + 1;
            }
            return Math.toIntExact(HEADER + TRAILER + 64 + bytes + bytes / 1024);
        }

        /** How many bytes of a file are intact members; what comes behind was being written when a process ended. */
        static long intact(FileChannel file) throws IOException {
            long intact = 0;
            long last = 0;
            for (int length = length(file, intact); length > 0; length = length(file, intact)) {
                last = intact;
                intact += length;
            }
            return intact > 0 && !unpacks(file, last, (int) (intact - last)) ? last : intact;
        }

        /** The length of the member that begins there; 0 when there is none that the file holds to its end. */
        private static int length(FileChannel file, long at) throws IOException {
            ByteBuffer header = read(file, at, HEADER);
            if (header.remaining() < HEADER || header.getInt(0) != MAGIC || header.getInt(12) != EXTRA_ID) {
                return 0;
            }
            int length = header.getInt(16);
            return length >= HEADER + TRAILER && at + length <= file.size() ? length : 0;
        }

        /** Only the last member can be other than it says: each was on the disk before the next was begun. */
        private static boolean unpacks(FileChannel file, long at, int length) throws IOException {
            ByteBuffer member = read(file, at, length);
            Inflater inflater = new Inflater(true);
            try {
                CRC32 crc = new CRC32();
                inflater.setInput(member.array(), HEADER, length - HEADER - TRAILER);
                byte[] unpacked = new byte[8192];
                for (int read = inflater.inflate(unpacked); read > 0; read = inflater.inflate(unpacked)) {
                    crc.update(unpacked, 0, read);
                }
                return inflater.finished() && (int) crc.getValue() == member.getInt(length - TRAILER);
            } catch (DataFormatException e) {
                return false;
            } finally {
                inflater.end();
            }
        }

        private static ByteBuffer read(FileChannel file, long at, int length) throws IOException {
            ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
            while (bytes.hasRemaining() && file.read(bytes, at + bytes.position()) >= 0) {
                continue;
            }
            return bytes.flip();
        }
    }
}
