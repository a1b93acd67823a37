package io.cxt.simulator.digital;

import com.fasterxml.jackson.databind.JsonNode;
import io.cxt.simulator.RateLimit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A contact: the messages of a thread until it was closed. Guarded by its {@link MessageStore}. */
final class StoredContact {

    final long number;
    final StoredThread thread;
    final String direction;
    final StoredAuthor author;
    final long createdMillis;
    final List<StoredMessage> messages = new ArrayList<>();
    final Map<String, JsonNode> customFields = new LinkedHashMap<>();
    String status = "new";
    long statusMillis;
    RateLimit limit;

    StoredContact(
            long number,
            StoredThread thread,
            String direction,
            StoredAuthor author,
            long createdMillis,
            RateLimit limit) {
        this.number = number;
        this.thread = thread;
        this.direction = direction;
        this.author = author;
        this.createdMillis = createdMillis;
        this.statusMillis = createdMillis;
        this.limit = limit;
    }

    void setCustomFields(JsonNode fields) {
        fields.forEach(field -> customFields.put(field.path("ident").asText(), field));
    }
}
