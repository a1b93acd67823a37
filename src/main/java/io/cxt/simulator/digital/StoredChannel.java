package io.cxt.simulator.digital;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cxt.simulator.Json;
import java.util.HashMap;
import java.util.Map;

/** A channel and what is indexed in it by external id. Guarded by its {@link MessageStore}. */
final class StoredChannel {

    final ObjectNode fields;
    final Map<String, StoredThread> threads = new HashMap<>();
    final Map<String, StoredAuthor> authors = new HashMap<>();

    /** The first message of each id; later ones follow it. */
    final Map<String, StoredMessage> messages = new HashMap<>();

    /** A custom channel for an archive: not for live chat, with several threads for each end user. */
    StoredChannel(String id) {
        fields = Json.MAPPER.createObjectNode();
        fields.put("id", id);
        fields.put("idOnExternalPlatform", id.replaceFirst("^custom_", ""));
        fields.put("realExternalPlatformId", "custom");
        fields.put("name", "Archive import");
        fields.put("channelIntegrationId", "2807c78e-0000-4000-8000-000000000000");
        fields.put("hasTreeStructure", false);
        fields.put("contentFormat", "plain");
        fields.put("isPrivate", true);
        fields.put("isLiveChat", false);
        fields.put("hasOutboundFlow", false);
        fields.put("hasMultipleThreadsPerEndUser", true);
        fields.put("defaultSkillId", 123);
    }

    String id() {
        return fields.path("id").asText();
    }

    boolean deleted() {
        return fields.path("isDeleted").asBoolean();
    }
}
