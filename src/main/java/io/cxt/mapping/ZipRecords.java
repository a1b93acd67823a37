package io.cxt.mapping;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cxt.files.RereadableSource;
import io.cxt.json.ChatPlaces;
import io.cxt.json.StrictJsonReader;
import io.cxt.transcript.Finding;
import io.cxt.transcript.ReadingOptions;
import io.cxt.transcript.Reason;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;

/**
 * What stands in the JSON files of a zip: each element of their arrays, each object. Their folder is the key. What the other
 * JSON files hold, by name without ending, is what stands around.
 */
final class ZipRecords implements ForeignChats {
    private final ZipInputStream zip;
    private final Unpacked unpacked;
    private final FileNames names;
    private final ChatPlaces places;
    private final ReadingOptions options;
    private final ObjectNode around = JsonNodeFactory.instance.objectNode();
    private @Nullable ForeignChats file;
    private String folder = "";
    private long aroundBytes;
    private boolean ended;
    private boolean found;
    private boolean nothing;

    private ZipRecords(InputStream in, FileNames names, ChatPlaces places, ReadingOptions options) {
        this.zip = new ZipInputStream(in);
        this.unpacked = new Unpacked(zip, options.maxSourceBytes());
        this.names = names;
        this.places = places;
        this.options = options;
    }

    /**
     * Opens a zip; what is none is read as the JSON of a chat that was kept.
     *
     * @param names of the files with chats, without folders
     */
    static ForeignChats open(RereadableSource content, FileNames names, ChatPlaces places, ReadingOptions options)
            throws IOException {
        BufferedInputStream in = new BufferedInputStream(content.open());
        in.mark(2);
        byte[] first = in.readNBytes(2);
        in.reset();
        return first.length == 2 && first[0] == 'P' && first[1] == 'K'
                ? new ZipRecords(in, names, places, options)
                : new JsonChats(in, places, "", options);
    }

    @Override
    public @Nullable ForeignChat next() throws IOException {
        while (!ended) {
            try {
                ForeignChat record = file == null ? null : file.next();
                if (record != null) {
                    ended = record.ends();
                    return new ForeignChat(
                            record.line(),
                            record.raw(),
                            record.finding() == null ? record.node() : null,
                            folder,
                            record.finding(),
                            ended,
                            record.offset());
                }
                nextFile();
                if (aroundBytes > options.maxRecordBytes()) {
                    return ends(
                            Reason.JSON_RECORD_SIZE,
                            "the JSON files beside the folders of the zip are longer than %s bytes together"
                                    .formatted(options.maxRecordBytes()));
                }
                if (nothing) {
                    return ends(
                            Reason.MAP_FAILED,
                            "no file in a folder of the zip is one that zip.files in the mapping file names");
                }
            } catch (TooLong e) {
                return ends(Reason.SOURCE_SIZE, "the zip unpacks to more than pickup.max-source-bytes");
            } catch (ZipException | EOFException e) {
                return ends(Reason.GZIP_DAMAGED, "the zip is damaged, encrypted, or ends early");
            } catch (IllegalArgumentException e) { // a name in a charset of its own
                return ends(Reason.GZIP_DAMAGED, "the zip has a name that is no text");
            }
        }
        return null;
    }

    private void nextFile() throws IOException {
        file = null;
        ZipEntry entry = zip.getNextEntry();
        if (entry == null) {
            ended = true;
            nothing = !found;
            return;
        }
        int slash = entry.getName().lastIndexOf('/');
        String name = entry.getName().substring(slash + 1);
        if (entry.isDirectory() || name.isEmpty()) {
            return;
        }
        if (slash >= 0 && names.match(name)) {
            found = true;
            folder = entry.getName().substring(0, slash);
            file = new JsonChats(unpacked, places, name, options);
        } else if (slash < 0 && name.endsWith(".json")) {
            byte[] bytes = unpacked.readNBytes(options.maxRecordBytes());
            StrictJsonReader.Read read = StrictJsonReader.read(new String(bytes, StandardCharsets.UTF_8), 1);
            if (read.finding() == null) {
                aroundBytes += bytes.length;
                around.set(name.substring(0, name.length() - ".json".length()), read.node());
            }
        }
    }

    private ForeignChat ends(Reason rule, String words) {
        ended = true;
        return ForeignChat.refused(new Finding(rule, 1, "", words), null, true, 0);
    }

    @Override
    public Around around() {
        return new Around(around, null);
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }

    private static final class TooLong extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /** The files of a zip one after the other, with a bound for all of them. Closing it leaves the zip open. */
    private static final class Unpacked extends FilterInputStream {
        private long left;

        Unpacked(InputStream in, long most) {
            super(in);
            this.left = most;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] to, int from, int length) throws IOException {
            int count = in.read(to, from, length);
            left -= Math.max(0, count);
            if (left < 0) {
                throw new TooLong();
            }
            return count;
        }

        @Override
        public void close() {
            // the zip goes on
        }
    }
}
