package io.cxt.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonEOFException;
import io.cxt.files.Gunzip;
import io.cxt.files.PeekableStream;
import io.cxt.json.TranscriptReader.Form;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a source really is, as its first bytes show: packed, in UTF-16, of another shape than its name says, or no JSON at
 * all. The same bytes are always recognised as the same. What the first 64 KiB do not show is read as it is named.
 */
final class RecognisedContent {
    /** How transcripts really stand in a source. */
    enum Shape {
        DOCUMENT,
        LINES,
        /** Objects one behind the other, on one line or several. */
        CONCATENATED,
        /** In the array {@code transcripts} of an object. */
        WRAPPED
    }

    static final String WRAPPER = "transcripts";

    private static final JsonFactory JSON = new JsonFactory();
    private static final int FIRST_BYTES = 4 * 1024;
    private static final int MOST_BYTES = 64 * 1024;
    /** What shows what follows the first record. */
    private static final int BEHIND = 256;

    private final List<String> readAs = new ArrayList<>();
    private PeekableStream in;
    private byte[] seen;
    private Shape shape;
    private @Nullable String other;

    private RecognisedContent(InputStream source, Form named) throws IOException {
        in = new PeekableStream(source);
        seen = in.peek(FIRST_BYTES);
        if (Gunzip.isGzip(seen)) {
            through(Gunzip.unpacked(in), "gzip");
        }
        String encoding = OtherFormat.utf16(seen);
        if (encoding != null) {
            through(Utf16Stream.of(in, seen, encoding), "utf-16");
        }
        shape = named == Form.LINES ? Shape.LINES : Shape.DOCUMENT;
        int begin = next(OtherFormat.startsWithUtf8Mark(seen) ? 3 : 0);
        other = OtherFormat.of(seen, begin);
        if (other == null && begin < seen.length && (seen[begin] == '{' || seen[begin] == '[')) {
            recogniseShape(named, begin);
        }
    }

    /** @throws IOException never where the source fails: that is thrown when reading gets there */
    static RecognisedContent of(InputStream source, Form named) throws IOException {
        return new RecognisedContent(source, named);
    }

    /** The source from its beginning, unpacked, in UTF-8. */
    InputStream in() {
        return in;
    }

    Shape shape() {
        return shape;
    }

    /** What it looks like, and what to do, when it is not JSON at all; else null. */
    @Nullable
    String other() {
        return other;
    }

    /** All of it, when it is no longer than what shows what it is; else null. */
    byte @Nullable [] whole() {
        return seen.length < FIRST_BYTES ? seen : null;
    }

    /** For the audit, what it was read as against its name; null when it was as named. */
    @Nullable
    String note() {
        return readAs.isEmpty() ? null : "read-as:" + String.join(",", readAs);
    }

    private void through(InputStream stream, String word) {
        in = new PeekableStream(stream);
        seen = in.peek(FIRST_BYTES);
        readAs.add(word);
    }

    private void recogniseShape(Form named, int begin) {
        Value first = value(begin);
        int next = first.end < 0 ? seen.length : next(first.end);
        if (seen.length == FIRST_BYTES && next > FIRST_BYTES - BEHIND) {
            seen = in.peek(MOST_BYTES);
            first = value(begin);
            next = first.end < 0 ? seen.length : next(first.end);
        }
        boolean alone = next == seen.length;
        if (seen[begin] == '[') {
            boolean array = first.end < 0 || alone;
            if (named == Form.LINES && array && isJson(begin, first.end) && holdsObject(begin)) {
                becomes(Shape.DOCUMENT, "array");
            }
        } else if (alone && isWrapped(begin, first.end)) {
            becomes(Shape.WRAPPED, "transcripts");
        } else if (isConcatenated(named, first, next) && isJson(begin, first.end)) {
            boolean lines = named == Form.DOCUMENT && !first.lineBreak && seen[next] == '{' && breaks(first.end, next);
            becomes(lines ? Shape.LINES : Shape.CONCATENATED, lines ? "lines" : "concatenated");
        }
    }

    private void becomes(Shape other, String word) {
        shape = other;
        readAs.add(word);
    }

    private boolean isConcatenated(Form named, Value first, int next) {
        if (first.end < 0) { // of a broken first line, too
            return named == Form.LINES && first.lineBreak && seen.length == MOST_BYTES;
        }
        if (next == seen.length) {
            return named == Form.LINES && first.lineBreak;
        }
        int behind = seen[next] == ',' ? next(next + 1) : next;
        boolean further = behind < seen.length && seen[behind] == '{';
        return further && (named == Form.DOCUMENT || first.lineBreak || behind > next || !breaks(first.end, next));
    }

    /**
     * A value as its brackets show.
     *
     * @param end behind its last byte; -1 when that was not seen
     * @param lineBreak whether it has a line break inside
     */
    private record Value(int end, boolean lineBreak) {}

    private Value value(int begin) {
        int depth = 0;
        boolean inString = false;
        boolean lineBreak = false;
        for (int i = begin; i < seen.length; i++) {
            byte b = seen[i];
            if (inString && b == '\\') {
                i++;
            } else if (b == '"') {
                inString = !inString;
            } else if (b == '\n') {
                lineBreak = true;
            } else if (!inString && (b == '{' || b == '[')) {
                depth++;
            } else if (!inString && (b == '}' || b == ']') && --depth == 0) {
                return new Value(i + 1, lineBreak);
            }
        }
        return new Value(-1, lineBreak);
    }

    /** True when the value, or what was seen of it, is JSON and not empty. */
    private boolean isJson(int begin, int end) {
        try (JsonParser json = JSON.createParser(seen, begin, (end < 0 ? seen.length : end) - begin)) {
            json.nextToken();
            if (json.nextToken().isStructEnd()) {
                return false;
            }
            while (json.nextToken() != null) {
                // to its end
            }
            return true;
        } catch (JsonEOFException e) {
            return end < 0;
        } catch (IOException e) {
            return false;
        }
    }

    private boolean holdsObject(int begin) {
        int inside = next(begin + 1);
        return inside < seen.length && seen[inside] == '{';
    }

    /** True when it has the array of transcripts, and nothing of a transcript before it. */
    private boolean isWrapped(int begin, int end) {
        String name = WRAPPER;
        if (!new String(seen, begin, Math.min(seen.length, FIRST_BYTES) - begin, StandardCharsets.ISO_8859_1)
                .contains('"' + name + '"')) {
            return false;
        }
        try (JsonParser json = JSON.createParser(seen, begin, (end < 0 ? seen.length : end) - begin)) {
            json.nextToken();
            for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
                JsonToken value = json.nextToken();
                if (field.equals(name)) {
                    return value == JsonToken.START_ARRAY && json.nextToken() != JsonToken.VALUE_STRING;
                }
                if (TranscriptGrammar.isField(field)) {
                    return false;
                }
                json.skipChildren();
            }
            return false;
        } catch (IOException e) {
            return false;
        }
    }

    private boolean breaks(int from, int to) {
        for (int i = from; i < to; i++) {
            if (seen[i] == '\n') {
                return true;
            }
        }
        return false;
    }

    private int next(int from) {
        int at = from;
        while (at < seen.length && Framer.isBlank(seen[at])) {
            at++;
        }
        return at;
    }
}
