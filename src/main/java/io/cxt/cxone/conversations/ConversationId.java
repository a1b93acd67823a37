package io.cxt.cxone.conversations;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonEOFException;
import io.cxt.cxone.CallLimits;
import io.cxt.transcript.Blanks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The conversation id in a yes. The whole answer is read: what follows the id can take it back. */
final class ConversationId {
    private static final JsonFactory JSON = new JsonFactory();
    private static final List<String> WORDS = List.of("true", "false", "null");

    private ConversationId() {}

    /** The id, of whatever length, or null when there is none that can be used, or the rest of the body speaks against it. */
    static @Nullable String read(byte[] body) {
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

    private static boolean saysNone(JsonToken value, String text) {
        return value == JsonToken.VALUE_NULL
                || value == JsonToken.VALUE_FALSE
                || value == JsonToken.VALUE_STRING && text.isEmpty();
    }

    /** True when nothing is wrong with an answer but that the rest of it was not read. */
    private static boolean cutHere(byte[] body, JsonProcessingException fault) {
        return body.length >= CallLimits.MAX_ANSWER && (fault instanceof JsonEOFException || atTheEnd(body, fault));
    }

    /** Of a word that is cut in the middle, Jackson from 2.22 on tells the beginning, and before that the end. */
    private static boolean atTheEnd(byte[] body, JsonProcessingException fault) {
        long at = fault.getLocation() == null ? -1 : fault.getLocation().getByteOffset();
        if (at < 0 || at >= body.length - 1) {
            return at >= 0;
        }
        String rest = new String(body, (int) at, body.length - (int) at, StandardCharsets.ISO_8859_1);
        return WORDS.stream().anyMatch(word -> word.startsWith(rest));
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
