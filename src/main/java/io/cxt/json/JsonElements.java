package io.cxt.json;

import io.cxt.transcript.Finding;
import io.cxt.transcript.Reason;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a source of JSON into chats without knowing what they look like. Memory is one chat, and what stands around
 * them.
 */
public final class JsonElements implements Closeable {

    private final InputStream in;
    private final int maxRecordBytes;
    private final WrappedFramer framer;
    private final StrictUtf8 utf8 = new StrictUtf8();
    private boolean ended;

    /**
     * One chat.
     *
     * @param line the line it begins on, from 1
     * @param raw its bytes as received; null when they are too many to hold, or are the unread rest of a source
     * @param text the same, decoded; null when there is a finding
     * @param finding why it cannot be read, or null
     * @param offset bytes of the source consumed up to its end
     * @param key the name before it, as it stands in the JSON; null when it has none
     */
    public record Element(
            long line,
            byte @Nullable [] raw,
            @Nullable String text,
            @Nullable Finding finding,
            long offset,
            @Nullable String key) {

        /** @throws IllegalStateException when there is a finding */
        @Override
        public String text() {
            if (text == null) {
                throw new IllegalStateException("the chat could not be read");
            }
            return text;
        }

        /** Leaves the bytes out: toString ends up in exception messages and logs. */
        @Override
        public String toString() {
            return "Element[line=%s]".formatted(line);
        }
    }

    /**
     * @param places where the chats stand
     * @param maxRecordBytes most bytes of one chat
     */
    public JsonElements(InputStream source, ChatPlaces places, int maxRecordBytes) {
        this.in = new Utf8Text(source);
        this.maxRecordBytes = maxRecordBytes;
        this.framer = new WrappedFramer(in, places, maxRecordBytes);
    }

    /** The next chat, or null at the end of the source. */
    public @Nullable Element next() throws IOException {
        if (ended) {
            return null;
        }
        if (!framer.next()) {
            ended = true;
            Finding fault = framer.fault();
            return fault == null ? null : new Element(fault.line(), null, null, fault, framer.offset(), null);
        }
        long line = framer.startLine();
        if (framer.tooLong()) {
            return refused(line, Reason.JSON_RECORD_SIZE, "is longer than %s bytes".formatted(maxRecordBytes));
        }
        int fault = utf8.decode(framer.buffer(), framer.length());
        if (fault >= 0) {
            end();
            String message = "is not UTF-8 at byte %s of the unpacked source, counted from 0; the rest was not read"
                    .formatted(framer.start() + fault);
            return refused(line, Reason.UTF8_INVALID, message);
        }
        byte[] raw = Arrays.copyOf(framer.buffer(), framer.length());
        return new Element(line, raw, new String(utf8.chars(), 0, utf8.length()), null, framer.offset(), framer.key());
    }

    /** Reads no further: where a chat ends that is no JSON cannot be relied on. */
    public void end() {
        ended = true;
    }

    /** What stands around the chats once the end is reached; empty when nothing does. */
    public byte[] envelope() {
        return framer.envelope();
    }

    /** True when more stands around the array than one chat may have. */
    public boolean envelopeTooLong() {
        return framer.envelopeTooLong();
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    /** In UTF-8, whatever the source is in. Looks at the source when it is first read. */
    private static final class Utf8Text extends InputStream {
        private final InputStream source;
        private @Nullable InputStream in;

        Utf8Text(InputStream source) {
            this.source = source;
        }

        private InputStream opened() throws IOException {
            InputStream opened = in;
            if (opened == null) {
                opened = Utf16Stream.asUtf8(source);
                in = opened;
            }
            return opened;
        }

        @Override
        public int read() throws IOException {
            return opened().read();
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            return opened().read(to, offset, length);
        }

        @Override
        public void close() throws IOException {
            source.close();
        }
    }

    private Element refused(long line, Reason rule, String message) {
        return new Element(line, null, null, new Finding(rule, line, "", message), framer.offset(), null);
    }
}
