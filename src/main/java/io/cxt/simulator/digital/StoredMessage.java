package io.cxt.simulator.digital;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cxt.simulator.Json;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A message that was accepted. About 250 bytes beside its text. Guarded by its {@link MessageStore}. */
final class StoredMessage {

    private static final List<String> EXTRAS = List.of(
            "attachments",
            "recipients",
            "tagIds",
            "title",
            "url",
            "deletedOnExternalPlatform",
            "reactionStatistics",
            "replyToMessage");

    /** In the order of acceptance, from 1. */
    final int number;

    final String externalId;
    final StoredContact contact;
    final StoredAuthor author;
    final boolean inbound;
    final long createdMillis;
    final long storedNanos;
    final byte[] sha256;

    /** The {@code messageContent} as JSON; null when it was removed. */
    byte @Nullable [] content;

    /** The optional fields that reading gives back, as JSON; null when there are none. */
    final byte @Nullable [] extras;

    /** How often its id was accepted; 0 in all but the first message with the id. */
    int count;

    /** The next message with the same id. */
    @Nullable
    StoredMessage next;

    /** Why the content was removed; null while it is there. */
    @Nullable
    String removedFor;

    long removedMillis;

    StoredMessage(int number, Arrival arrival, StoredContact contact, StoredAuthor author, long createdMillis) {
        this.number = number;
        this.externalId = arrival.id();
        this.contact = contact;
        this.author = author;
        this.inbound = arrival.direction().equals("inbound");
        this.createdMillis = createdMillis;
        this.storedNanos = arrival.nanos();
        this.sha256 = arrival.sha256();
        this.content = bytes(arrival.message().path("messageContent"));
        this.extras = extras(contact.thread, arrival.message());
    }

    StoredThread thread() {
        return contact.thread;
    }

    /** Most messages of a thread have the same, and then share it. */
    private static byte @Nullable [] extras(StoredThread thread, JsonNode message) {
        ObjectNode kept = Json.MAPPER.createObjectNode();
        EXTRAS.stream().filter(message::has).forEach(name -> kept.set(name, message.get(name)));
        byte[] extras = kept.isEmpty() ? null : bytes(kept);
        if (!Arrays.equals(thread.extras, extras)) {
            thread.extras = extras;
        }
        return thread.extras;
    }

    private static byte[] bytes(JsonNode json) {
        try {
            return Json.MAPPER.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
