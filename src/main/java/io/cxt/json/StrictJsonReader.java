package io.cxt.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.cxt.transcript.Finding;
import io.cxt.transcript.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** Reads JSON in any shape, as strictly as transcripts are read: nothing twice, nothing behind it, not too deep. */
public final class StrictJsonReader {

    /** Deepest nesting taken. */
    static final int MAX_DEPTH = 64;

    /** Most names and values taken, brackets included: a short one takes much more memory than its bytes. */
    static final int MAX_TOKENS = 2_000_000;

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxStringLength(Integer.MAX_VALUE)
                            .maxNameLength(1_024)
                            .maxTokenCount(MAX_TOKENS)
                            .build())
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private StrictJsonReader() {}

    /**
     * What came of a text.
     *
     * @param node what it holds, or null when there is a finding
     * @param broken true when it is no JSON, so that its end cannot be relied on
     */
    public record Read(@Nullable JsonNode node, @Nullable Finding finding, boolean broken) {

        /** @throws IllegalStateException when there is a finding */
        @Override
        public JsonNode node() {
            if (node == null) {
                throw new IllegalStateException("the text could not be read");
            }
            return node;
        }
    }

    /** @param line the line of the source on which the text begins */
    public static Read read(String text, long line) {
        return read(text, line, 0);
    }

    /**
     * Says of what is no JSON in which column that shows.
     *
     * @param line the line of the source on which the text begins
     * @param column the column in which it begins, from 1; 0 when that tells nothing
     */
    public static Read read(String text, long line, int column) {
        try (JsonParser json = JSON.createParser(text)) {
            Read read = read(json, line, column);
            int wrong = read.finding == null ? Escapes.firstWrong(text) : -1;
            if (wrong < 0) {
                return read;
            }
            return noJson(Escapes.place(text, wrong), line, column);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // nothing is read from outside here
        }
    }

    /** Reads the name before a value, given as it stands between its quotes. */
    static Read name(byte[] name, StrictUtf8 utf8, long line) {
        if (name.length > WrappedFramer.LONGEST_NAME) {
            String words = "has a name before it of more than %s bytes".formatted(WrappedFramer.LONGEST_NAME);
            return refused(Reason.JSON_TYPE, line, words, false);
        }
        if (utf8.decode(name, name.length) >= 0) {
            return refused(Reason.UTF8_INVALID, line, "has a name before it that is not UTF-8", false);
        }
        Read read = read('"' + new String(utf8.chars(), 0, utf8.length()) + '"', line);
        return read.finding == null
                ? read
                : refused(Reason.JSON_SYNTAX, line, "has a name before it that is not valid JSON", false);
    }

    private static Read read(JsonParser json, long line, int column) throws IOException {
        try {
            JsonNode node = JSON.readTree(json);
            if (node == null || node.isMissingNode()) {
                return refused(Reason.JSON_SYNTAX, line, "is not valid JSON", true);
            }
            return json.nextToken() == null
                    ? new Read(node, null, false)
                    : refused(Reason.JSON_TRAILING, line, "goes on after its end", true);
        } catch (StreamConstraintsException e) {
            if (json.currentTokenCount() > MAX_TOKENS) {
                String words = "has more than %s names, values and brackets".formatted(MAX_TOKENS);
                return refused(Reason.JSON_RECORD_SIZE, line, words, false);
            }
            return json.getParsingContext().getNestingDepth() > MAX_DEPTH
                    ? refused(Reason.JSON_DEPTH, line, "is nested deeper than %s levels".formatted(MAX_DEPTH), false)
                    : refused(Reason.JSON_TYPE, line, "has a name or a number that is too long", false);
        } catch (JsonParseException e) { // its own message quotes the text
            return noJson(e.getLocation(), line, column);
        } catch (MismatchedInputException e) {
            return refused(Reason.JSON_DUPLICATE_KEY, place(e.getLocation(), line), "has a field twice", false);
        }
    }

    private static Read noJson(@Nullable JsonLocation at, long line, int column) {
        long in = place(at, line);
        String words = "is not valid JSON";
        if (at != null && column > 0) {
            words += " at line %s, column %s".formatted(in, at.getColumnNr() + (at.getLineNr() == 1 ? column - 1 : 0));
        }
        return refused(Reason.JSON_SYNTAX, in, words, true);
    }

    private static long place(@Nullable JsonLocation at, long line) {
        return at == null ? line : line + Math.max(1, at.getLineNr()) - 1;
    }

    private static Read refused(Reason rule, long line, String message, boolean broken) {
        return new Read(null, new Finding(rule, line, "", message), broken);
    }
}
