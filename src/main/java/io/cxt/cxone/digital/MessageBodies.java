package io.cxt.cxone.digital;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.cxt.transcript.ChatMessage;
import io.cxt.transcript.Part;
import io.cxt.transcript.Party;
import io.cxt.transcript.Transcript;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes a chat as the bodies of the calls that create its messages. Used once. */
final class MessageBodies {
    private static final JsonFactory JSON = new JsonFactory();
    /** CXone asks for a fraction and an offset, and keeps milliseconds. */
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    /** Room for {@code (123/456)} and a blank before a piece of a text. */
    private static final int LONGEST_NUMBER = 20;

    private final Transcript transcript;
    private final DigitalSettings settings;
    private final ExternalIds ids;
    private final List<byte[]> bodies = new ArrayList<>();
    private byte[] firstAlone = {};
    private long lastMillis = Long.MIN_VALUE;
    private int moved;
    private int cut;
    private int otherTypes;

    MessageBodies(Transcript transcript, DigitalSettings settings) {
        this.transcript = transcript;
        this.settings = settings;
        this.ids = new ExternalIds(transcript.interactionId());
    }

    /** The id of the chat in CXone. */
    String thread() {
        return ids.thread();
    }

    /** The bodies, in order. */
    List<byte[]> write() {
        List<ChatMessage> messages = transcript.messages();
        for (int i = 0; i < messages.size(); i++) {
            ChatMessage message = messages.get(i);
            String id = ids.message(Objects.requireNonNullElse(message.id(), ""), i);
            otherTypes += isText(message.type()) ? 0 : 1;
            List<String> pieces = cut(message.text(), settings.longestText());
            cut += pieces.size() > 1 ? 1 : 0;
            for (int k = 0; k < pieces.size(); k++) {
                boolean whole = pieces.size() == 1;
                String text = whole ? pieces.get(k) : "(%s/%s) %s".formatted(k + 1, pieces.size(), pieces.get(k));
                add(message, whole ? id : id + ":" + (k + 1), text);
            }
        }
        return bodies;
    }

    /** The same for each reading of this chat, whatever the configuration says of its contact. After {@link #write}. */
    String hash() {
        byte[][] all = bodies.toArray(byte[][]::new);
        all[0] = firstAlone;
        return Part.hashOf(all);
    }

    /** What was changed, in fixed words for the audit. Complete after {@link #write}. */
    List<String> notes() {
        List<String> notes = new ArrayList<>();
        note(notes, "times-moved", moved);
        note(notes, "texts-cut", cut);
        note(notes, "sent-as-text", otherTypes);
        return notes;
    }

    private static void note(List<String> notes, String word, int count) {
        if (count > 0) {
            notes.add(word + "=" + count);
        }
    }

    private static boolean isText(@Nullable String type) {
        return type == null || type.isEmpty() || type.equalsIgnoreCase("text");
    }

    /** The text in pieces of at most so many UTF-16 units, their numbers included, never within a character. */
    static List<String> cut(String text, int longest) {
        if (text.length() <= longest) {
            return List.of(text);
        }
        List<String> pieces = new ArrayList<>();
        int each = longest - LONGEST_NUMBER;
        int from = 0;
        while (text.length() - from > each) {
            int to = from + each;
            if (Character.isHighSurrogate(text.charAt(to - 1)) && Character.isLowSurrogate(text.charAt(to))) {
                to--;
            }
            pieces.add(text.substring(from, to));
            from = to;
        }
        pieces.add(text.substring(from));
        return pieces;
    }

    private void add(ChatMessage message, String id, String text) {
        String time = time(message);
        if (bodies.isEmpty()) {
            firstAlone = body(message, id, time, text, false);
        }
        bodies.add(body(message, id, time, text, bodies.isEmpty()));
    }

    /** @param first true for the one that says what the contact is to have */
    private byte[] body(ChatMessage message, String id, String time, String text, boolean first) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512 + text.length());
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            boolean inbound = byCustomer(message.from());
            json.writeStartObject();
            json.writeStringField("idOnExternalPlatform", id);
            json.writeStringField("direction", inbound ? "inbound" : "outbound");
            json.writeStringField("createdAtWithMilliseconds", time);
            json.writeObjectFieldStart("thread");
            json.writeStringField("idOnExternalPlatform", ids.thread());
            json.writeEndObject();
            json.writeObjectFieldStart("messageContent");
            json.writeStringField("type", "TEXT");
            json.writeObjectFieldStart("payload");
            json.writeStringField("text", text);
            json.writeEndObject();
            json.writeEndObject();
            json.writeObjectFieldStart("authorEndUserIdentity");
            json.writeStringField("idOnExternalPlatform", message.from().id());
            json.writeEndObject();
            if (!inbound) {
                recipient(json);
            }
            if (first) {
                contact(json);
                tags(json);
            }
            attributes(json, message);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private boolean byCustomer(Party author) {
        return author.type().equalsIgnoreCase("customer") || author.id().equals(transcript.customerId());
    }

    /** The message's time in whole milliseconds; at least one after the message before it. */
    private String time(ChatMessage message) {
        Instant instant = Objects.requireNonNull(message.timestamp().instant(), "a valid message has a time");
        long millis = instant.toEpochMilli();
        if (millis <= lastMillis) {
            millis = lastMillis + 1;
            moved++;
        }
        lastMillis = millis;
        return time(Instant.ofEpochMilli(millis));
    }

    /** A time as CXone takes it: UTC, three digits. */
    static String time(Instant instant) {
        return TIME.format(instant);
    }

    private void recipient(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("recipients");
        json.writeStartObject();
        json.writeStringField("idOnExternalPlatform", transcript.customerId());
        json.writeStringField("name", transcript.customerId());
        json.writeBooleanField("isPrimary", true);
        json.writeBooleanField("isPrivate", false);
        json.writeEndObject();
        json.writeEndArray();
    }

    /** What CXone has no place for goes into custom fields of the contact, with the first message. */
    private void contact(JsonGenerator json) throws IOException {
        DigitalSettings.Fields fields = settings.fields();
        List<ChatMessage> messages = transcript.messages();
        List<String[]> values = new ArrayList<>();
        value(values, fields.start(), messages.get(0).timestamp().text());
        value(
                values,
                fields.end(),
                messages.get(messages.size() - 1).timestamp().text());
        value(values, fields.interaction(), transcript.interactionId());
        value(values, fields.label(), fields.labelText());
        if (values.isEmpty()) {
            return;
        }
        json.writeObjectFieldStart("contact");
        json.writeArrayFieldStart("customFields");
        for (String[] each : values) {
            pair(json, "ident", each[0], each[1]);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void tags(JsonGenerator json) throws IOException {
        if (!settings.tagIds().isEmpty()) {
            json.writeArrayFieldStart("tagIds");
            for (int id : settings.tagIds()) {
                json.writeNumber(id);
            }
            json.writeEndArray();
        }
    }

    private static void value(List<String[]> values, @Nullable String ident, String value) {
        if (ident != null && !value.isEmpty()) {
            values.add(new String[] {ident, value});
        }
    }

    /** Who spoke, and as what: no field of a message takes an agent. */
    private void attributes(JsonGenerator json, ChatMessage message) throws IOException {
        json.writeArrayFieldStart("externalAttributes");
        pair(json, "key", "agentId", transcript.agentId());
        pair(json, "key", "authorType", message.from().type());
        if (!isText(message.type())) {
            pair(json, "key", "type", Objects.requireNonNull(message.type()));
        }
        json.writeEndArray();
    }

    private static void pair(JsonGenerator json, String field, String name, String value) throws IOException {
        json.writeStartObject();
        json.writeStringField(field, name);
        json.writeStringField("value", value);
        json.writeEndObject();
    }
}
