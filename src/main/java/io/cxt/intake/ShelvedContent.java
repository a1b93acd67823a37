package io.cxt.intake;

import io.cxt.files.DurableFiles;
import io.cxt.files.FolderUnavailableException;
import io.cxt.json.TranscriptText;
import io.cxt.json.TranscriptWriter;
import io.cxt.redaction.RedactionNotes;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Origin;
import io.cxt.transcript.Part;
import io.cxt.transcript.ReadingOptions;
import io.cxt.transcript.Transcript;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The content of a transcript that waits, in a file: how many bytes were received, those bytes, and the transcript that is
 * sent as JSON. Not forced to the disk: after a crash its source is read again.
 *
 * @param redaction what was noted of it
 */
record ShelvedContent(Path file, String hash, List<String> redaction) {
    private static final Logger LOG = LoggerFactory.getLogger(ShelvedContent.class);

    static ShelvedContent write(Path file, Entry entry, Transcript sent) throws IOException {
        byte[] received = entry.raw() == null ? new byte[0] : entry.raw();
        byte[] text = TranscriptWriter.text(sent).getBytes(StandardCharsets.UTF_8);
        ByteBuffer length = ByteBuffer.allocate(Integer.BYTES).putInt(0, received.length);
        FileChannel opened = DurableFiles.create(file);
        boolean written = false;
        try (FileChannel channel = opened) {
            for (ByteBuffer piece : List.of(length, ByteBuffer.wrap(received), ByteBuffer.wrap(text))) {
                while (piece.hasRemaining()) {
                    channel.write(piece);
                }
            }
            written = true;
        } catch (IOException e) {
            throw FolderUnavailableException.of(DurableFiles.folderOf(file), e);
        } finally {
            if (!written) {
                Files.deleteIfExists(file); // before the disk has room for more than that again
            }
        }
        return new ShelvedContent(file, Part.hashOf(received, text), RedactionNotes.of(entry.notes()));
    }

    /** The content as an entry, and the file is gone. */
    Entry take(Origin origin, ReadingOptions options) throws IOException {
        ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(file));
        int length = all.remaining() < Integer.BYTES ? -1 : all.getInt();
        if (length < 0 || length > all.remaining()) {
            throw new IOException(file + " is not what was written");
        }
        byte[] received = new byte[length];
        all.get(received);
        byte[] text = new byte[all.remaining()];
        all.get(text);
        if (!hash.equals(Part.hashOf(received, text))) {
            throw new IOException(file + " is not what was written");
        }
        Transcript sent = new TranscriptText(options).read(new String(text, StandardCharsets.UTF_8), origin.line());
        if (sent == null) {
            throw new IOException(file + " is not what was written");
        }
        delete();
        return new Entry(origin.index(), origin.line(), received, sent, List.of(), redaction, 0);
    }

    void delete() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("waiting file left file={} next=\"nothing to do: the next start deletes it\"", file.getFileName());
        }
    }
}
