package io.cxt.json;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.cxt.transcript.ChatMessage;
import io.cxt.transcript.MessageTime;
import io.cxt.transcript.Party;
import io.cxt.transcript.Reason;
import io.cxt.transcript.Rfc3339;
import io.cxt.transcript.Transcript;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a transcript looks like in JSON. Reads token by token and goes on after a fault, so that a person gets to see
 * all of them at once.
 *
 * <p>A null in the JSON is a null in the record: the rules say whether something may be missing.
 */
@SuppressWarnings("NullAway") // a record can hold a bad transcript until the rules have judged it
final class TranscriptGrammar {
    /** Most messages of one transcript; a record full of empty ones would otherwise unfold into gigabytes. */
    static final int MAX_MESSAGES = 50_000;

    private final JsonParser json;
    private final boolean dropUnknownFields;
    private final RecordFindings found;

    TranscriptGrammar(JsonParser json, boolean dropUnknownFields, RecordFindings found) {
        this.json = json;
        this.dropUnknownFields = dropUnknownFields;
        this.found = found;
    }

    /** The transcript at the next token. Whatever it returns is of use only when there was no finding. */
    @Nullable
    Transcript transcript() throws IOException {
        JsonToken first = json.nextToken();
        if (first == null) {
            throw new JsonParseException(json, "nothing there");
        }
        if (first != JsonToken.START_OBJECT) {
            wrongType(null, "an object");
            return null;
        }
        String interactionId = null;
        String agentId = null;
        String customerId = null;
        List<ChatMessage> messages = null;
        int seen = 0;
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            switch (name) {
                case "interactionId", "interaction_id" -> {
                    seen = once(name, seen, 1);
                    interactionId = string(name);
                }
                case "agentId", "agent_id" -> {
                    seen = once(name, seen, 2);
                    agentId = string(name);
                }
                case "customerId", "customer_id" -> {
                    seen = once(name, seen, 4);
                    customerId = string(name);
                }
                case "messages" -> {
                    seen = once(name, seen, 8);
                    messages = messages();
                }
                default -> unknown(name);
            }
        }
        return new Transcript(interactionId, agentId, customerId, messages);
    }

    private @Nullable List<ChatMessage> messages() throws IOException {
        JsonToken token = json.nextToken();
        if (token != JsonToken.START_ARRAY) {
            wrongTypeUnlessNull("messages", "an array");
            return null;
        }
        List<ChatMessage> messages = new ArrayList<>();
        for (token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
            found.inMessage(messages.size());
            if (messages.size() == MAX_MESSAGES) {
                found.add(
                        Reason.JSON_RECORD_SIZE,
                        json.currentTokenLocation(),
                        "has more than %s messages".formatted(MAX_MESSAGES));
                skipToEndOfArray();
                break;
            }
            messages.add(message(token));
        }
        found.inMessage(-1);
        return messages;
    }

    private @Nullable ChatMessage message(JsonToken token) throws IOException {
        if (token != JsonToken.START_OBJECT) {
            wrongTypeUnlessNull(null, "an object");
            return null;
        }
        String id = null;
        Party from = null;
        Party to = null;
        String text = null;
        MessageTime timestamp = null;
        String type = null;
        String format = null;
        int seen = 0;
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            switch (name) {
                case "id" -> {
                    seen = once(name, seen, 1);
                    id = string(name);
                }
                case "from" -> {
                    seen = once(name, seen, 2);
                    from = party(name);
                }
                case "to" -> {
                    seen = once(name, seen, 4);
                    to = party(name);
                }
                case "text" -> {
                    seen = once(name, seen, 8);
                    text = string(name);
                }
                case "timestamp" -> {
                    seen = once(name, seen, 16);
                    timestamp = timestamp(name);
                }
                case "type" -> {
                    seen = once(name, seen, 32);
                    type = string(name);
                }
                case "format" -> {
                    seen = once(name, seen, 64);
                    format = string(name);
                }
                default -> unknown(name);
            }
        }
        return new ChatMessage(id, from, to, text, timestamp, type, format);
    }

    private @Nullable Party party(String field) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            wrongTypeUnlessNull(field, "an object");
            return null;
        }
        found.inParty(field);
        String id = null;
        String type = null;
        int seen = 0;
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            switch (name) {
                case "id" -> {
                    seen = once(name, seen, 1);
                    id = string(name);
                }
                case "type" -> {
                    seen = once(name, seen, 2);
                    type = string(name);
                }
                default -> unknown(name);
            }
        }
        found.inParty(null);
        return new Party(id, type);
    }

    private @Nullable MessageTime timestamp(String field) throws IOException {
        String text = string(field);
        if (Rfc3339.isLeapSecond(text)) {
            found.leapSecond();
        }
        return text == null ? null : MessageTime.of(text);
    }

    private @Nullable String string(String field) throws IOException {
        String value = json.nextTextValue();
        if (value == null) {
            wrongTypeUnlessNull(field, "a string");
            return null;
        }
        Reason broken = unfit(value);
        if (broken != null) {
            String what = broken == Reason.TEXT_NUL ? "holds a NUL character" : "holds a lone surrogate";
            found.add(broken, json, field, what);
        }
        return value;
    }

    /** The rule broken by a text that the decoder let through because it came as a backslash escape; or null. */
    private static @Nullable Reason unfit(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == 0) {
                return Reason.TEXT_NUL;
            }
            if (Character.isSurrogate(c)) {
                i++;
                if (Character.isLowSurrogate(c) || i == value.length() || !Character.isLowSurrogate(value.charAt(i))) {
                    return Reason.TEXT_SURROGATE;
                }
            }
        }
        return null;
    }

    /** Marks a field of an object as seen, and reports it when it was. Each field of the object has a bit. */
    private int once(String name, int seen, int bit) {
        if ((seen & bit) != 0) {
            found.twice(json, name);
        }
        return seen | bit;
    }

    private void unknown(String name) throws IOException {
        if (dropUnknownFields) {
            found.dropped(name);
        } else {
            found.unknown(json, name);
        }
        json.nextToken();
        json.skipChildren();
    }

    private void wrongTypeUnlessNull(@Nullable String field, String wanted) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_NULL) {
            wrongType(field, wanted);
        }
    }

    private void wrongType(@Nullable String field, String wanted) throws IOException {
        found.wrongType(json, field, wanted);
        json.skipChildren();
        json.finishToken(); // a string is read lazily; whether it ends must be known now
    }

    private void skipToEndOfArray() throws IOException {
        do {
            json.skipChildren();
        } while (json.nextToken() != JsonToken.END_ARRAY);
    }
}
