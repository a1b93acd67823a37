package io.cxt.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.io.JsonEOFException;
import io.cxt.files.PeekableStream;
import io.cxt.transcript.Finding;
import io.cxt.transcript.Reason;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a source of JSON into chats without knowing what they look like: those of a document, or one a line. Which of these
 * it is, its first 64 KiB show. Memory is one chat, and what stands around them.
 */
public final class JsonElements implements Closeable {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int FIRST_BYTES = 64 * 1024;

    /** In place of where the first value ends. */
    private static final int BEHIND_WHAT_IS_SEEN = -1;

    private static final int NOWHERE = -2;

    private final InputStream source;
    private final ChatPlaces places;
    private final boolean namedLines;
    private final int maxRecordBytes;
    private final StrictUtf8 utf8 = new StrictUtf8();
    private @Nullable Framer framer; // null before the first chat
    private boolean ended;

    /**
     * One chat.
     *
     * @param line the line it begins on, from 1
     * @param column the column it begins in, from 1; 0 when there is a finding
     * @param raw its bytes as received; null when they are too many to hold, or are the unread rest of a source
     * @param text the same, decoded; null when there is a finding
     * @param finding why it cannot be read, or null
     * @param offset bytes of the source consumed up to its end
     * @param key the name before it; null when it has none
     */
    public record Element(
            long line,
            int column,
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
     * @param namedLines true when the name of the source says that it holds one chat a line
     * @param maxRecordBytes most bytes of one chat
     */
    public JsonElements(InputStream source, ChatPlaces places, boolean namedLines, int maxRecordBytes) {
        this.source = source;
        this.places = places;
        this.namedLines = namedLines;
        this.maxRecordBytes = maxRecordBytes;
    }

    /** The next chat, or null at the end of the source. */
    public @Nullable Element next() throws IOException {
        if (ended) {
            return null;
        }
        Framer from = framer;
        if (from == null) {
            PeekableStream in = new PeekableStream(Utf16Stream.asUtf8(source));
            from = areLines(in.peek(FIRST_BYTES))
                    ? new LineFramer(in, maxRecordBytes)
                    : new WrappedFramer(in, places, maxRecordBytes);
            framer = from;
        }
        return next(from);
    }

    private @Nullable Element next(Framer from) throws IOException {
        if (!from.next()) {
            ended = true;
            Finding fault = from.fault();
            return fault == null ? null : new Element(fault.line(), 0, null, null, fault, from.offset(), null);
        }
        long line = from.startLine();
        if (from.tooLong()) {
            String message = "is longer than %s bytes".formatted(maxRecordBytes);
            return refused(from, null, new Finding(Reason.JSON_RECORD_SIZE, line, "", message));
        }
        byte[] raw = Arrays.copyOf(from.buffer(), from.length());
        int fault = utf8.decode(raw, raw.length);
        if (fault >= 0) {
            ended = !lines();
            String message = "is not UTF-8 at byte %s of the unpacked source, counted from 0%s"
                    .formatted(from.start() + fault, ended ? "; the rest was not read" : "");
            return refused(from, ended ? null : raw, new Finding(Reason.UTF8_INVALID, line, "", message));
        }
        String text = new String(utf8.chars(), 0, utf8.length());
        byte[] name = from instanceof WrappedFramer document ? document.name() : null;
        StrictJsonReader.Read key = name == null ? null : StrictJsonReader.name(name, utf8, line);
        Finding amiss = key == null ? null : key.finding();
        return amiss != null
                ? refused(from, raw, amiss)
                : new Element(
                        line,
                        from.startColumn(),
                        raw,
                        text,
                        null,
                        from.offset(),
                        key == null ? null : key.node().asText());
    }

    private static Element refused(Framer from, byte @Nullable [] raw, Finding finding) {
        return new Element(finding.line(), 0, raw, null, finding, from.offset(), null);
    }

    /** True when each chat has a line, so that the next one is found whatever this one is. */
    public boolean lines() {
        return framer instanceof LineFramer;
    }

    /** True when no further chat is read. */
    public boolean ended() {
        return ended;
    }

    /** Reads no further: where a chat ends that is no JSON cannot be relied on. */
    public void end() {
        ended = true;
    }

    /** What stands around the chats once the end is reached; empty when nothing does. */
    public byte[] envelope() {
        return framer instanceof WrappedFramer document ? document.envelope() : new byte[0];
    }

    /** True when more stands around the array than one chat may have. */
    public boolean envelopeTooLong() {
        return framer instanceof WrappedFramer document && document.envelopeTooLong();
    }

    @Override
    public void close() throws IOException {
        source.close();
    }

    /**
     * True when the first chat stands on a line of its own, and a further one on the next. Where the name says that, it is
     * enough that nothing speaks against it: a first line that is broken does not.
     */
    private boolean areLines(byte[] seen) {
        int begin = next(seen, OtherFormat.startsWithUtf8Mark(seen) ? 3 : 0);
        boolean oneLine = !breaks(seen, begin, seen.length);
        if (begin == seen.length || oneLine && !namedLines || OtherFormat.of(seen, begin) != null) {
            return false;
        }
        int end = endOfFirst(seen, begin);
        if (end != NOWHERE && breaks(seen, begin, end < 0 ? seen.length : end)) {
            return false;
        }
        int next = end < 0 ? seen.length : next(seen, end);
        boolean further = next < seen.length && opens(seen[next]) && breaks(seen, end, next);
        if (!namedLines && !(further && opens(seen[begin]))) {
            return false;
        }
        return namedLines && further && seen[begin] == '[' || !holdsChats(seen);
    }

    /** True when what is seen is a document with the chats inside it. */
    private boolean holdsChats(byte[] seen) {
        try {
            WrappedFramer document = new WrappedFramer(new ByteArrayInputStream(seen), places, maxRecordBytes);
            document.next();
            return document.holdsChats();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // nothing is read from outside here
        }
    }

    private boolean opens(byte b) {
        return b == '{' || b == '[' && places.whole();
    }

    /** Where the first object or array ends; one of the two words when that is not seen, or when it is none. */
    private static int endOfFirst(byte[] seen, int begin) {
        try (JsonParser json = JSON.createParser(seen, begin, seen.length - begin)) {
            if (!json.nextToken().isStructStart()) {
                return NOWHERE;
            }
            json.skipChildren();
            return begin + (int) json.currentLocation().getByteOffset();
        } catch (JsonEOFException e) {
            return BEHIND_WHAT_IS_SEEN;
        } catch (IOException e) {
            return NOWHERE;
        }
    }

    private static int next(byte[] seen, int from) {
        int at = from;
        while (at < seen.length && Framer.isBlank(seen[at])) {
            at++;
        }
        return at;
    }

    private static boolean breaks(byte[] seen, int from, int to) {
        for (int i = from; i < to; i++) {
            if (seen[i] == '\n') {
                return true;
            }
        }
        return false;
    }
}
