package io.cxt.simulator.digital;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.cxt.simulator.Json;
import java.util.Map;

/**
 * The published types of the bodies. They are written as JSON: {@code [x]} is a list of x, {@code a|b} one of these words, {@code @x}
 * the type x; {@code !} marks a required field, {@code payload?type} one whose type depends on another field, {@code *} that more
 * fields are part of the contract. Other fields are counted and tolerated.
 */
final class Shape {

    private static final int LONGEST_FIELD_VALUE = 1024;
    private static final JsonNode TYPES = parsed("""
            {"message": {
              "idOnExternalPlatform!": "id", "direction!": "inbound|outbound", "createdAtWithMilliseconds!": "time",
              "thread!": {"idOnExternalPlatform!": "id", "threadName": "text"},
              "messageContent!": {
                "type!": "TEXT|PLUGIN|QUICK_REPLIES|LIST_PICKER|RICH_LINK|ADAPTIVE_CARD",
                "fallbackText": "text", "postback": "text",
                "payload?type": {
                  "TEXT": {"text": "text"},
                  "PLUGIN": {"postback": "text", "elements": ["@element"]},
                  "QUICK_REPLIES": {"text!": "@title", "actions!": ["@action"]},
                  "LIST_PICKER": {"title!": "@title", "text!": "@title", "actions!": ["@action"]},
                  "RICH_LINK": {"media!": "@media", "title!": "@title", "url!": "text"},
                  "ADAPTIVE_CARD": {"type!": "text", "version!": "text", "*": ""}}},
              "authorEndUserIdentity!": {
                "idOnExternalPlatform!": "id", "firstName": "text", "lastName": "text", "nickname": "text",
                "image": "text", "customFields": "@customFields"},
              "deletedOnExternalPlatform": "flag", "url": "text", "title": "text", "tagIds": ["whole"],
              "reactionStatistics": {
                "likes": "whole", "shares": "whole", "isLikedByChannel": "flag", "isSharedByChannel": "flag"},
              "replyToMessage": {"idOnExternalPlatform": "text"}, "isReplyToSpecificMessage": "flag",
              "browserFingerprint": {"*": ""},
              "contact": {
                "customFields": "@customFields", "status": "escalated|pending|resolved",
                "direction": "inbound|outbound", "statusUpdatedAt": "moment", "skillId": "number",
                "elevation": {
                  "contact": {"contactId!": "text", "contactNumber": "text"}, "agentContact": {"id!": "text"},
                  "interaction!": {"id!": "text"}, "fromProvider": "acd|dfo|em"}},
              "attachments": [{"friendlyName!": "text", "url!": "text", "isInline": "flag"}],
              "recipients": ["@recipient"], "authorRecipients": ["@recipient"],
              "externalAttributes": [{"key!": "text", "value!": "text"}]},
             "status": {
               "status!": "closed|escalated|new|open|pending|resolved|trashed", "updatedByUserId": "whole"},
             "customFields": [{"ident!": "id", "value!": "value", "updatedAt": "moment"}],
             "thread": {"canAddMoreMessages": "flag"},
             "removal": {"reason": "GDPR|TTL|other"},
             "recipient": {
               "idOnExternalPlatform!": "id", "name": "text", "isPrimary": "flag", "isPrivate": "flag"},
             "title": {"content!": "text"},
             "media": {"fileName!": "text", "mimeType!": "text", "url!": "text"},
             "action": {
               "text!": "text", "type!": "REPLY_BUTTON", "postback": "text", "icon": "@media", "description": "text"},
             "element": {
               "id": "text", "text": "text", "type": "TEXT|BUTTON|MENU|TITLE", "elements": ["@element"]}}
            """);

    private Shape() {}

    private static JsonNode parsed(String json) {
        try {
            return Json.MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** @param type message, status, customFields, thread or removal */
    static Violations check(String type, JsonNode body) {
        Violations found = new Violations();
        check(TYPES.path(type), "", body, found);
        return found;
    }

    private static void check(JsonNode shape, String at, JsonNode value, Violations found) {
        if (shape.isObject()) {
            object(shape, at, value, found);
        } else if (shape.isTextual() && shape.textValue().startsWith("@")) {
            check(TYPES.path(shape.textValue().substring(1)), at, value, found);
        } else if (shape.isTextual()) {
            if (!is(shape.textValue(), value)) {
                found.add(at, "This value is not valid; expected: " + shape.textValue(), value);
            }
        } else if (value.isArray()) {
            for (int i = 0; i < value.size(); i++) {
                check(shape.get(0), at + "[" + i + "]", value.get(i), found);
            }
        } else {
            found.add(at, "This value should be of type array.", value);
        }
    }

    private static void object(JsonNode shape, String at, JsonNode value, Violations found) {
        if (!value.isObject()) {
            found.add(at, "This value should be of type object.", value);
            return;
        }
        int known = 0;
        for (Map.Entry<String, JsonNode> each : shape.properties()) {
            String[] key = each.getKey().split("[!?]", 2);
            String field = at.isEmpty() ? key[0] : at + "." + key[0];
            if (value.has(key[0])) {
                known++;
                boolean depends = each.getKey().contains("?");
                JsonNode wanted =
                        depends ? each.getValue().path(value.path(key[1]).asText()) : each.getValue();
                if (!wanted.isMissingNode()) {
                    check(wanted, field, value.get(key[0]), found);
                }
            } else if (key.length > 1) {
                found.add(field, "This field is missing.", value.path(key[0]));
            }
        }
        found.unknown += shape.has("*") ? 0 : value.size() - known;
    }

    private static boolean is(String word, JsonNode value) {
        String text = value.isTextual() ? value.textValue() : null;
        return switch (word) {
            case "text" -> text != null;
            case "id" -> text != null && !text.isBlank(); // ids stand in paths
            case "value" -> value.isNull() || text != null && text.length() <= LONGEST_FIELD_VALUE;
            case "flag" -> value.isBoolean();
            case "whole" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "time" -> text != null && PhpTime.withFraction(text).isPresent();
            // the name promises no fraction, the example bodies have one
            case "moment" ->
                text != null
                        && (PhpTime.withFraction(text).isPresent()
                                || PhpTime.withoutFraction(text).isPresent());
            default -> text != null && !text.contains("|") && ("|" + word + "|").contains("|" + text + "|");
        };
    }
}
