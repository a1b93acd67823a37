package io.cxt.simulator.digital;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cxt.simulator.Json;
import java.util.List;

/** An end user of a channel, with the latest names that a message gave. Guarded by its {@link MessageStore}. */
final class StoredAuthor {

    private static final List<String> NAMES = List.of("firstName", "lastName", "nickname", "image");

    private final ObjectNode fields = Json.MAPPER.createObjectNode();

    StoredAuthor(String externalId) {
        fields.put("id", "custom_x_" + externalId);
        fields.put("idOnExternalPlatform", externalId);
        NAMES.forEach(name -> fields.put(name, ""));
        fields.put("externalPlatformId", "custom");
    }

    void update(JsonNode given) {
        NAMES.stream().filter(given::has).forEach(name -> fields.set(name, given.get(name)));
        String full = fields.path("firstName").asText() + " "
                + fields.path("lastName").asText();
        fields.put("fullName", full.strip());
    }

    String externalId() {
        return fields.path("idOnExternalPlatform").asText();
    }

    ObjectNode json() {
        return fields.deepCopy();
    }
}
