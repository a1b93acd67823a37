package io.cxt.archive;

import io.cxt.files.DurableFiles;
import io.cxt.files.HaltAt;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UTFDataFormatException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * What a member of a segment is about to be, with a checksum behind it.
 *
 * @param segment relative to the archive's folder
 * @param at where the member begins
 */
record RedoFile(String segment, long at, ByteBuffer member) {
    /** Forces it to the disk; its name is for the caller to force. */
    void write(Path file) throws IOException {
        try (FileChannel channel = DurableFiles.create(file)) {
            CheckedOutputStream checked = new CheckedOutputStream(Channels.newOutputStream(channel), new CRC32());
            DataOutputStream data = new DataOutputStream(checked);
            data.writeUTF(segment);
            data.writeLong(at);
            data.writeInt(member.limit());
            data.write(member.array(), 0, member.limit());
            HaltAt.reached("erase-noting");
            data.writeLong(checked.getChecksum().getValue());
            channel.force(true);
        }
    }

    /** Null when it is not whole. */
    static @Nullable RedoFile read(Path file) throws IOException {
        CheckedInputStream checked = new CheckedInputStream(Files.newInputStream(file), new CRC32());
        try (DataInputStream data = new DataInputStream(checked)) {
            String segment = data.readUTF();
            long at = data.readLong();
            byte[] member = data.readNBytes(data.readInt());
            long sum = checked.getChecksum().getValue();
            return data.readLong() == sum ? new RedoFile(segment, at, ByteBuffer.wrap(member)) : null;
        } catch (EOFException | UTFDataFormatException | IllegalArgumentException e) {
            return null;
        }
    }
}
