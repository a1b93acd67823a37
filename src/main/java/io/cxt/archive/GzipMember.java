package io.cxt.archive;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * A gzip member (RFC 1952) that tells its own length in an extra field, so that a file of many of them is walked
 * through without unpacking. To every other program such a file is one gzip file.
 */
final class GzipMember {
    private static final int HEADER = 20;
    private static final int TRAILER = 8;
    private static final int MAGIC = 0x04088b1f; // gzip, deflate, with an extra field
    private static final short EXTRA_BYTES = 8;
    private static final int EXTRA_ID = 0x00045843; // C, X, four bytes: the length of the whole member

    private GzipMember() {}

    /** Packs some lines; each gets its line break. */
    static ByteBuffer of(List<byte[]> lines) {
        return of(lines, Deflater.DEFAULT_COMPRESSION);
    }

    private static ByteBuffer of(List<byte[]> lines, int level) {
        Deflater deflater = new Deflater(level, true);
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

    /**
     * Packs other lines so that they take a given number of bytes: blocks without content fill what is left over.
     *
     * @return null when that cannot be done: the lines need more, or a few bytes less
     */
    static @Nullable ByteBuffer of(List<byte[]> lines, int level, int length) {
        ByteBuffer packed = of(lines, level);
        byte[] filling = filling(length - packed.limit());
        if (filling == null) {
            return null;
        }
        ByteBuffer member = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        member.put(packed.array(), 0, HEADER).put(filling);
        member.put(packed.array(), HEADER, packed.limit() - HEADER);
        return member.putInt(16, length).flip();
    }

    /** Deflate blocks without content (RFC 1951) that end with a whole byte; null for 1 to 4 and 8 bytes: there are none. */
    private static byte @Nullable [] filling(int bytes) {
        int odd = bytes % 5 == 3 ? 13 : bytes % 5 == 0 ? 0 : bytes % 5 + 5; // 0, 6, 7, 13 or 9
        if (bytes < odd) {
            return null;
        }
        ByteBuffer filling = ByteBuffer.allocate(bytes);
        switch (odd) {
            case 6 -> filling.put(SIX);
            case 7 -> filling.put(SEVEN);
            case 9 -> filling.put(NINE);
            case 13 -> filling.put(SIX).put(SEVEN);
            default -> {}
        }
        while (filling.hasRemaining()) {
            filling.put(FIVE);
        }
        return filling.array();
    }

    /** A stored block of no bytes; the others have one, two or three blocks of fixed codes before it, ten bits each. */
    private static final byte[] FIVE = {0, 0, 0, -1, -1};

    private static final byte[] SIX = {2, 0, 0, 0, -1, -1};
    private static final byte[] SEVEN = {2, 8, 0, 0, 0, -1, -1};
    private static final byte[] NINE = {2, 8, 0x20, 0, 0, 0, 0, -1, -1};

    /**
     * The lines of the member that begins there.
     *
     * @throws IOException when there is none, or it is damaged
     */
    static List<byte[]> lines(FileChannel file, long at) throws IOException {
        int length = length(file, at);
        if (length == 0) {
            throw new IOException("there is no gzip member of ours at " + at);
        }
        byte[] member = read(file, at, length).array();
        byte[] text;
        try (GZIPInputStream unpacked = new GZIPInputStream(new ByteArrayInputStream(member))) {
            text = unpacked.readAllBytes();
        }
        List<byte[]> lines = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < text.length; i++) {
            if (text[i] == '\n') {
                lines.add(Arrays.copyOfRange(text, from, i));
                from = i + 1;
            }
        }
        return lines;
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
    static int length(FileChannel file, long at) throws IOException {
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
