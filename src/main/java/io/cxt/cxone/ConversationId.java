package io.cxt.cxone;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonEOFException;
import io.cxt.transcript.Blanks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

/** The conversation id in a yes. The whole answer is read: what follows the id can take it back. */
final class ConversationId {
    private static final JsonFactory JSON = new JsonFactory();
    /** What every ledger and feed can keep. */
    private static final int MOST = 255;

    private static final int LONGEST_WORD = "false".length();

    private ConversationId() {}

    /** The id, of whatever length, or null when there is none that can be used, or the rest of the body speaks against it. */
    static String read(byte[] body) {
        String id = null;
        try (JsonParser json = JSON.createParser(body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                JsonToken value = json.nextToken();
                if (field.equals("conversationId")) {
                    String given = value == JsonToken.VALUE_STRING ? json.getText() : "";
                    if (!usable(given) || id != null && !id.equals(given)) {
                        return null;
                    }
                    id = given;
                } else if (field.equals("error") && !saysNone(value, json.getText())) {
                    return null;
                }
                json.skipChildren();
            }
            return json.nextToken() == null ? id : null;
        } catch (JsonProcessingException e) {
            return cutHere(body, e) ? id : null;
        } catch (IOException e) {
            return null;
        }
    }

    /** As much of it as can be kept; the same when that is all. */
    static String kept(String id) {
        return id.length() <= MOST
                ? id
                : id.substring(0, Character.isHighSurrogate(id.charAt(MOST - 1)) ? MOST - 1 : MOST);
    }

    private static boolean saysNone(JsonToken value, String text) {
        return value == JsonToken.VALUE_NULL
                || value == JsonToken.VALUE_FALSE
                || value == JsonToken.VALUE_STRING && text.isEmpty();
    }

    /** True when nothing is wrong with an answer but that the rest of it was not read. */
    private static boolean cutHere(byte[] body, JsonProcessingException fault) {
        if (body.length < CallLimits.MAX_ANSWER) {
            return false;
        }
        if (fault instanceof JsonEOFException) {
            return true;
        }
        long at = fault.getLocation() == null ? -1 : fault.getLocation().getByteOffset();
        return at >= body.length - 1 || at >= body.length - LONGEST_WORD && beginsWord(body, (int) at);
    }

    /** Some versions of Jackson tell where a half word begins, others where it ends. */
    private static boolean beginsWord(byte[] body, int at) {
        String rest = new String(body, at, body.length - at, StandardCharsets.ISO_8859_1);
        return Stream.of("true", "false", "null").anyMatch(word -> word.startsWith(rest));
    }

    /** Something to see, no word for no value, of one line and of no half characters. */
    private static boolean usable(String id) {
        String seen = Blanks.strip(id);
        return id.codePoints().noneMatch(ConversationId::unprintable) && !seen.isEmpty() && !Blanks.isNothing(seen);
    }

    private static boolean unprintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                true;
            default -> false;
        };
    }
}
