package io.cxt.json;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.cxt.transcript.ChatMessage;
import io.cxt.transcript.Entry.Hint;
import io.cxt.transcript.MessageTime;
import io.cxt.transcript.Party;
import io.cxt.transcript.Reason;
import io.cxt.transcript.Rfc3339;
import io.cxt.transcript.Transcript;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

    /** The place of each field among those of its object. */
    private static final Map<String, Integer> TRANSCRIPT = Map.of(
            "interactionId", 0,
            "interaction_id", 0,
            "agentId", 1,
            "agent_id", 1,
            "customerId", 2,
            "customer_id", 2,
            "messages", 3);

    private static final Map<String, Integer> MESSAGE =
            Map.of("id", 0, "from", 1, "to", 2, "text", 3, "timestamp", 4, "type", 5, "format", 6);
    private static final Map<String, Integer> PARTY = Map.of("id", 0, "type", 1);

    /** Most unknown fields of one object that may be misspelt ones. */
    private static final int MOST_OTHERS = 20;

    private final JsonParser json;
    private final boolean dropUnknownFields;
    private final RecordFindings found;
    private @Nullable List<ChatMessage> messages;
    private boolean foreign;
    private Hint ids = Hint.NONE;

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
        Object[] values = fields(TRANSCRIPT);
        ids = new Hint((String) values[0], (String) values[2]);
        return new Transcript((String) values[0], (String) values[1], (String) values[2], messages);
    }

    /** True for the name of a field that a transcript has. */
    static boolean isField(String name) {
        return TRANSCRIPT.containsKey(name);
    }

    /** True when the transcript read was an object with fields, and none of them is one of a transcript, or near to one. */
    boolean foreign() {
        return foreign;
    }

    /** Whose it is, once it was read to its end; of a field given twice nothing. */
    Hint hint() {
        return ids;
    }

    /** The values of an object's fields, each at the place of its name; null where there is none. */
    private Object[] fields(Map<String, Integer> places) throws IOException {
        Object[] values = new Object[places.size()];
        List<String> others = List.of();
        int seen = 0;
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            Integer place = places.get(name);
            if (place == null) {
                if (others.isEmpty()) {
                    others = new ArrayList<>();
                }
                if (others.size() < MOST_OTHERS) {
                    others.add(name);
                }
                unknown(name, places, seen);
                continue;
            }
            boolean again = (seen & 1 << place) != 0;
            if (again) {
                found.twice(json, name);
            }
            seen |= 1 << place;
            Object value =
                    switch (name) {
                        case "messages" -> messages = messages();
                        case "from", "to" -> party(name);
                        case "timestamp" -> timestamp(name);
                        default -> string(name);
                    };
            values[place] = again ? null : value; // which one is meant?
        }
        if (!others.isEmpty()) {
            foreign = places == TRANSCRIPT && seen == 0 && !MisspeltField.anyOf(others, places.keySet());
            if (dropUnknownFields && !foreign) {
                refuseMisspelt(others, unseen(places, seen), places == PARTY);
            }
        }
        return values;
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
        Object[] values = fields(MESSAGE);
        return new ChatMessage(
                (String) values[0],
                (Party) values[1],
                (Party) values[2],
                (String) values[3],
                (MessageTime) values[4],
                (String) values[5],
                (String) values[6]);
    }

    private @Nullable Party party(String field) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            wrongTypeUnlessNull(field, "an object");
            return null;
        }
        found.inParty(field);
        Object[] values = fields(PARTY);
        found.inParty(null);
        return new Party((String) values[0], (String) values[1]);
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
        Reason broken = Escapes.unfit(value);
        if (broken != null) {
            String what = broken == Reason.TEXT_NUL ? "holds a NUL character" : "holds a lone surrogate";
            found.add(broken, json, field, what);
        }
        return value;
    }

    private static Set<String> unseen(Map<String, Integer> places, int seen) {
        Set<String> unseen = new HashSet<>(places.keySet());
        unseen.removeIf(name -> (seen & 1 << places.get(name)) != 0);
        return unseen;
    }

    /** What was to be left out may be what is missing. */
    private void refuseMisspelt(List<String> others, Set<String> missing, boolean party) {
        for (String name : others) {
            String meant = MisspeltField.meant(name, missing);
            Reason rule = meant == null ? null : MisspeltField.whenMissing(meant, party);
            if (rule != null) {
                found.misspelt(rule, json, name, meant);
            }
        }
    }

    private void unknown(String name, Map<String, Integer> places, int seen) throws IOException {
        if (dropUnknownFields) {
            found.dropped(name);
        } else if (!found.full()) {
            found.unknown(json, name, unseen(places, seen));
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
