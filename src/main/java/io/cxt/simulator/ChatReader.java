package io.cxt.simulator;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads one chat as a stream and checks it against the contract: every field present and of its type, none twice, none unknown
 * ({@code properties} may have any other scalars), at most 500 messages, timestamps in order.
 */
final class ChatReader {

    static final int MOST_MESSAGES = 500;

    private static final List<String> CHAT = List.of("channel", "from", "to", "properties", "messages");
    private static final List<String> PARTY = List.of("id", "type");
    private static final List<String> MESSAGE = List.of("id", "from", "to", "text", "timestamp", "type", "format");

    /** No guessing of the encoding: the contract is UTF-8. */
    private static final JsonFactory FACTORY =
            JsonFactory.builder().disable(JsonFactory.Feature.CHARSET_DETECTION).build();

    private final JsonParser json;
    private String interactionId = "";
    private int part;
    private int parts;
    private int messages;
    private Instant latest = Instant.MIN;
    private @Nullable String lastText;

    private interface FieldReader {
        void read(String name) throws IOException, ContractViolation;
    }

    private ChatReader(JsonParser json) {
        this.json = json;
    }

    static Chat read(byte[] body) throws ContractViolation {
        try (JsonParser json = FACTORY.createParser(body)) {
            return new ChatReader(json).chat();
        } catch (JacksonException e) {
            int at = (int)
                    Math.max(0, e.getLocation() == null ? 0 : e.getLocation().getByteOffset());
            int from = Math.min(Math.max(0, at - 40), body.length);
            String near = new String(body, from, Math.min(80, body.length - from), StandardCharsets.UTF_8);
            throw new ContractViolation("the body is not JSON, near byte %s: \"%s\"".formatted(at, near));
        } catch (IOException e) {
            throw new ContractViolation("the body cannot be read");
        }
    }

    private Chat chat() throws IOException, ContractViolation {
        json.nextToken();
        object(CHAT, name -> {
            switch (name) {
                case "channel" -> filled();
                case "properties" -> properties();
                case "messages" -> messages();
                default -> party();
            }
        });
        if (json.nextToken() != null) {
            throw broken("something follows the end of the chat");
        }
        return new Chat(interactionId, part == 0 ? 1 : part);
    }

    private void party() throws IOException, ContractViolation {
        object(PARTY, name -> filled());
    }

    private void properties() throws IOException, ContractViolation {
        expect(JsonToken.START_OBJECT, "an object");
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            json.nextToken();
            switch (name) {
                case "interactionId" -> interactionId = filled();
                case "part" -> part = counted();
                case "parts" -> parts = counted();
                default -> {
                    if (!json.currentToken().isScalarValue()) {
                        throw broken("is not a text, a number, true, false or null");
                    }
                }
            }
        }
        if (interactionId.isEmpty()) {
            throw broken("interactionId is missing");
        }
        if ((part == 0) != (parts == 0) || part > parts) {
            throw broken("part %s of %s makes no sense".formatted(part, parts));
        }
    }

    private void messages() throws IOException, ContractViolation {
        expect(JsonToken.START_ARRAY, "an array");
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (++messages > MOST_MESSAGES) {
                throw broken("there are more than %s messages".formatted(MOST_MESSAGES));
            }
            object(MESSAGE, name -> {
                switch (name) {
                    case "from", "to" -> party();
                    case "text" -> lastText = text();
                    case "timestamp" -> timestamp();
                    default -> filled();
                }
            });
        }
        if (messages == 0) {
            throw broken("there are no messages");
        }
    }

    private void timestamp() throws IOException, ContractViolation {
        Optional<Instant> time = WireTime.parse(text());
        if (time.isEmpty()) {
            throw broken("is not an RFC 3339 time with a zone");
        }
        Instant instant = time.get();
        if (instant.isBefore(latest)) {
            throw broken("goes back in time");
        }
        latest = instant;
    }

    private void object(List<String> fields, FieldReader reader) throws IOException, ContractViolation {
        expect(JsonToken.START_OBJECT, "an object");
        int seen = 0;
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            int bit = 1 << fields.indexOf(name);
            if (bit < 0) { // indexOf is -1, and Java shifts by -1 as by 31
                throw broken("is not a field of the contract");
            }
            if ((seen & bit) != 0) {
                throw broken("comes twice");
            }
            seen |= bit;
            json.nextToken();
            reader.read(name);
        }
        int missing = ~seen & ((1 << fields.size()) - 1);
        if (missing != 0) {
            throw broken(fields.get(Integer.numberOfTrailingZeros(missing)) + " is missing");
        }
    }

    private String text() throws IOException, ContractViolation {
        expect(JsonToken.VALUE_STRING, "a text");
        return json.getText();
    }

    private String filled() throws IOException, ContractViolation {
        String text = text();
        if (text.isBlank()) {
            throw broken("is empty");
        }
        return text;
    }

    private int counted() throws IOException, ContractViolation {
        expect(JsonToken.VALUE_NUMBER_INT, "a whole number");
        int count = json.getIntValue();
        if (count < 1) {
            throw broken("is below 1");
        }
        return count;
    }

    private void expect(JsonToken token, String what) throws IOException, ContractViolation {
        if (json.currentToken() != token) {
            throw broken("is not " + what);
        }
    }

    /** Names the field as a JSON Pointer and quotes its value and the last chat text read. */
    private ContractViolation broken(String what) throws IOException {
        String where = json.getParsingContext().pathAsPointer().toString();
        String value = json.currentToken() == null ? "" : json.getText();
        String said = lastText == null ? "" : ", near the text \"%s\"".formatted(lastText);
        return new ContractViolation(
                "%s: %s: \"%s\"%s".formatted(where.isEmpty() ? "the body" : where, what, value, said));
    }

    /**
     * What the stand-in needs to know about a chat.
     *
     * @param part from 1; also 1 when the body names none
     */
    record Chat(String interactionId, int part) {}

    /** A body that violates the contract. The message quotes the customer, so that tests notice when CXT leaks it. */
    static final class ContractViolation extends Exception {

        private static final long serialVersionUID = 1L;

        ContractViolation(String message) {
            super(message, null, false, false);
        }
    }
}
