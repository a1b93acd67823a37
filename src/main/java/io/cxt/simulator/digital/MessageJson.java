package io.cxt.simulator.digital;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cxt.simulator.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Contacts and messages as answers have them. */
final class MessageJson {

    /** Internal ids say nothing to a caller; they are never those of an earlier run. */
    private static final long RUN = UUID.randomUUID().getMostSignificantBits();

    private static final long VARIANT = 0x8000_0000_0000_0000L;
    private static final long FIRST_CONTACT_ID = 461_234_567_890L;

    private static final JsonNode CONTACT = parsed("""
            {"id": "", "contactId": "", "customerContactId": "", "interactionId": "", "consumerContactStorageId": "",
             "channelId": "", "direction": "", "status": "", "statusUpdatedAt": "", "createdAt": "", "threadId": "",
             "threadIdOnExternalPlatform": "", "routingQueueId": null, "routingQueuePriority": 0,
             "inboxAssigneeUser": null, "inboxPreAssigneeUser": null, "ownerAssigneeUser": null,
             "authorEndUserIdentity": null, "customFields": [], "recipients": [], "endUser": null}""");

    private static final JsonNode MESSAGE = parsed("""
            {"id": "", "idOnExternalPlatform": "", "isDeletedOnExternalPlatform": false,
             "isHiddenOnExternalPlatform": false, "isReplyAllowed": true, "url": null, "direction": "",
             "createdAt": "", "createdAtWithMilliseconds": "", "authorEndUserIdentity": null, "authorUser": null,
             "messageContent": {"type": "TEXT", "payload": {"text": "", "postback": "", "elements": []},
               "fallbackText": "", "postback": null, "text": "", "isAutoTranslated": false, "parameters": []},
             "hasAdditionalMessageContent": false, "attachments": [], "contactNumber": "", "recipients": [],
             "replyToMessage": null, "sentiment": "neutral", "tags": [], "threadId": "",
             "threadIdOnExternalPlatform": "", "title": "", "channel": {}, "replyChannel": null,
             "customerStatistics": {"seenAt": null}, "userStatistics": {"readAt": null, "seenAt": null}}""");

    private MessageJson() {}

    static String id(StoredMessage message) {
        return new UUID(RUN, VARIANT | message.number).toString();
    }

    /** The number of the message with this internal id; 0 for an id that was never given. */
    static long number(String id) {
        try {
            UUID parsed = UUID.fromString(id);
            return parsed.getMostSignificantBits() == RUN ? parsed.getLeastSignificantBits() ^ VARIANT : 0;
        } catch (IllegalArgumentException e) {
            return 0;
        }
    }

    static ObjectNode contact(StoredContact contact) {
        ObjectNode json = CONTACT.deepCopy();
        json.put("id", Long.toString(contact.number));
        json.put("contactId", Long.toString(FIRST_CONTACT_ID + contact.number));
        json.put("customerContactId", uuid("customer", contact));
        json.put("interactionId", uuid("interaction", contact));
        json.put("consumerContactStorageId", uuid("storage", contact));
        json.put("channelId", contact.thread.channel.id());
        json.put("direction", contact.direction);
        json.put("status", contact.status);
        json.put("statusUpdatedAt", PhpTime.seconds(contact.statusMillis));
        json.put("createdAt", PhpTime.seconds(contact.createdMillis));
        json.put("threadId", contact.thread.id());
        json.put("threadIdOnExternalPlatform", contact.thread.externalId);
        json.set("authorEndUserIdentity", contact.author.json());
        ArrayNode fields = json.putArray("customFields");
        contact.customFields.values().forEach(fields::add);
        json.put("detailUrl", "https://app-de-standin.example/consumer-contacts/" + contact.number);
        return json;
    }

    private static String uuid(String kind, StoredContact contact) {
        return UUID.nameUUIDFromBytes((kind + contact.number).getBytes(StandardCharsets.US_ASCII))
                .toString();
    }

    /** @param longText the length above which a text is cut, characters; 0 for never */
    static ObjectNode message(StoredMessage message, int longText) {
        JsonNode extras = parsed(message.extras);
        StoredThread thread = message.thread();
        ObjectNode json = MESSAGE.deepCopy();
        json.put("id", id(message));
        json.put("idOnExternalPlatform", message.externalId);
        json.put(
                "isDeletedOnExternalPlatform",
                extras.path("deletedOnExternalPlatform").asBoolean());
        json.put("direction", message.inbound ? "inbound" : "outbound");
        json.put("createdAt", PhpTime.seconds(message.createdMillis));
        json.put("createdAtWithMilliseconds", PhpTime.millis(message.createdMillis));
        json.set("authorEndUserIdentity", message.author.json());
        json.put("hasAdditionalMessageContent", content(message, longText, json.withObject("/messageContent")));
        if (message.removedFor != null) {
            json.putObject("contentRemoved")
                    .put("reason", message.removedFor)
                    .put("removedAt", PhpTime.seconds(message.removedMillis));
        }
        Stream.of("url", "title", "recipients", "replyToMessage", "reactionStatistics")
                .filter(extras::has)
                .forEach(name -> json.set(name, extras.get(name)));
        attachments(extras.path("attachments"), json.putArray("attachments"));
        ArrayNode tags = json.putArray("tags");
        extras.path("tagIds").forEach(id -> tags.addObject().put("title", "").set("id", id));
        json.put("contactNumber", Long.toString(message.contact.number));
        json.put("threadId", thread.id());
        json.put("threadIdOnExternalPlatform", thread.externalId);
        json.putObject("channel").put("id", thread.channel.id());
        return json;
    }

    /** Fills the content in; true when its text was cut. */
    private static boolean content(StoredMessage message, int longText, ObjectNode to) {
        JsonNode stored = parsed(message.content);
        ObjectNode payload = to.withObject("/payload");
        stored.path("payload").properties().forEach(field -> payload.set(field.getKey(), field.getValue()));
        Stream.of("type", "fallbackText", "postback")
                .filter(stored::has)
                .forEach(name -> to.set(name, stored.get(name)));
        String text = payload.path("text").asText();
        boolean cut = longText > 0 && text.length() > longText;
        if (cut) {
            text = text.substring(0, Character.isHighSurrogate(text.charAt(longText - 1)) ? longText - 1 : longText);
            payload.put("text", text);
            to.put("fallbackText", "");
        }
        to.put("text", text);
        return cut;
    }

    private static void attachments(JsonNode given, ArrayNode to) {
        for (JsonNode each : given) {
            ObjectNode shown = to.addObject();
            shown.put("id", "a" + to.size());
            shown.set("friendlyName", each.get("friendlyName"));
            shown.set("url", each.get("url"));
            shown.set("securedPermanentUrl", each.get("url"));
            shown.put("mimeType", "application/octet-stream");
            shown.putNull("previewUrl");
            shown.put("isInline", each.path("isInline").asBoolean());
            shown.put("canBeStored", true);
            shown.putNull("fileName");
        }
    }

    private static JsonNode parsed(String json) {
        return parsed(json.getBytes(StandardCharsets.UTF_8));
    }

    private static JsonNode parsed(byte @Nullable [] json) {
        try {
            return json == null ? Json.MAPPER.createObjectNode() : Json.MAPPER.readTree(json);
        } catch (IOException e) {
            throw new IllegalStateException("was written here", e);
        }
    }
}
