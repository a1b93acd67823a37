package io.cxt.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.cxt.transcript.Entry.Hint;
import io.cxt.transcript.Reason;
import io.cxt.transcript.Transcript;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.CharBuffer;
import org.jspecify.annotations.Nullable;

/** Reads one transcript from one JSON text that holds nothing else. */
final class TranscriptParser {

    /** Deepest nesting taken. A transcript needs 4: itself, its messages, a message, a party. */
    static final int MAX_DEPTH = 32;

    /** Longest name of a field taken. The factory keeps the names of some thousand fields for all records to come. */
    static final int MAX_NAME = 1_024;

    // Other lengths are bounded by the record's; names are not interned, since they are the sender's. Fields given
    // twice are found by the grammar: the parser's own detection fills a set for every object, and stops at the first.
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(MAX_NAME)
                    .build())
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
            .build();

    private final boolean dropUnknownFields;
    private final RecordFindings found;
    private boolean broken;
    private boolean foreign;
    private Hint hint = Hint.NONE;

    TranscriptParser(boolean dropUnknownFields, RecordFindings found) {
        this.dropUnknownFields = dropUnknownFields;
        this.found = found;
    }

    /**
     * Reads a transcript; what is wrong with it goes to the findings, which have been told where it begins.
     *
     * @return null when there was a finding
     */
    @Nullable
    Transcript parse(char[] text, int length) {
        broken = false;
        foreign = false;
        hint = Hint.NONE;
        try (JsonParser json = JSON.createParser(text, 0, length)) {
            Transcript transcript = read(json, CharBuffer.wrap(text, 0, length));
            if (found.findings().isEmpty()) {
                refuseWrongEscapes(CharBuffer.wrap(text, 0, length));
            }
            return found.findings().isEmpty() ? transcript : null;
        } catch (IOException e) {
            throw new UncheckedIOException(e); // nothing is read from outside here
        }
    }

    /** True when the last text was not JSON, so that where it ends cannot be relied on. */
    boolean broken() {
        return broken;
    }

    /** True when the last text was an object with fields, none of which is one of a transcript, or near to one. */
    boolean foreign() {
        return foreign && !broken;
    }

    /** Whose the last text is, where it is one object to its end and no other may follow it. */
    Hint hint() {
        return hint;
    }

    private static Hint fit(Hint ids) {
        return new Hint(fit(ids.interactionId()), fit(ids.customerId()));
    }

    private static @Nullable String fit(@Nullable String id) {
        return id == null || Escapes.unfit(id) != null ? null : id;
    }

    private @Nullable Transcript read(JsonParser json, CharSequence text) throws IOException {
        try {
            TranscriptGrammar grammar = new TranscriptGrammar(json, dropUnknownFields, found);
            Transcript transcript = grammar.transcript();
            foreign = grammar.foreign();
            long end = refuseTrailing(json);
            hint = end >= 0 && text.toString().indexOf('{', (int) end) >= 0 ? Hint.NONE : fit(grammar.hint());
            return transcript;
        } catch (StreamConstraintsException e) { // two constraints are set, depth and length of names
            if (json.getParsingContext().getNestingDepth() > MAX_DEPTH) {
                String what = "is nested deeper than %s levels".formatted(MAX_DEPTH);
                found.add(Reason.JSON_DEPTH, json.currentTokenLocation(), what);
            } else {
                String what = "a field has a name of more than %s characters".formatted(MAX_NAME);
                found.add(Reason.JSON_UNKNOWN_FIELD, json.currentLocation(), what);
            }
        } catch (JsonParseException e) { // its own message quotes the text
            broken = true;
            found.add(Reason.JSON_SYNTAX, e.getLocation(), "is not valid JSON");
        }
        return null;
    }

    private void refuseWrongEscapes(CharSequence text) {
        int wrong = Escapes.firstWrong(text);
        if (wrong >= 0) {
            broken = true;
            found.add(Reason.JSON_SYNTAX, Escapes.place(text, wrong), "is not valid JSON");
        }
    }

    /** Where something follows; -1 for nothing. */
    private long refuseTrailing(JsonParser json) throws IOException {
        JsonLocation trailing;
        try {
            if (json.nextToken() == null) {
                return -1;
            }
            trailing = json.currentTokenLocation();
        } catch (JsonParseException e) { // whatever it is, it should not be there
            trailing = e.getLocation();
        }
        broken = true;
        found.add(Reason.JSON_TRAILING, trailing, "goes on after its end");
        return trailing.getCharOffset();
    }
}
