package io.cxt.cxone.digital;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.cxone.CxoneTarget.LookedUp;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** Reads what CXone says of a message: when it is created, and when it is looked up. */
final class MessageAnswer {
    private static final String ID = "idOnExternalPlatform";
    private static final ObjectMapper JSON = new ObjectMapper();

    private MessageAnswer() {}

    /** The contact that the message landed in; null when the body does not say that CXone has the message. */
    static @Nullable String contact(byte[] body) {
        try {
            JsonNode answer = JSON.readTree(body);
            JsonNode contact = answer.path("consumerContact").path("id");
            boolean refused = answer.path("errors").size() > 0;
            boolean stored = !answer.path("message").path("id").asText().isBlank();
            String id = contact.isTextual() || contact.isIntegralNumber() ? contact.asText() : "";
            return refused || !stored || id.isBlank() ? null : id;
        } catch (IOException e) {
            return null;
        }
    }

    /** What an error is known by at CXone; null when the body is none. */
    static @Nullable String uid(byte[] body) {
        try {
            JsonNode uid = JSON.readTree(body).path("uid");
            return uid.isTextual() ? uid.asText() : null;
        } catch (IOException e) {
            return null;
        }
    }

    /** The id that a body gives its message. */
    static String idOf(byte[] body) {
        try {
            return JSON.readTree(body).path(ID).asText();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What an answer to a search shows of a message; null when it is no answer to a search. */
    static @Nullable LookedUp lookedUp(String id, byte[] body) {
        try {
            JsonNode data = JSON.readTree(body).path("data");
            if (!data.isArray()) {
                return null;
            }
            int times = 0;
            String contact = null;
            for (JsonNode message : data) {
                if (id.equals(message.path(ID).asText())) {
                    times++;
                    contact = message.path("contactNumber").asText(contact);
                }
            }
            return new LookedUp(times, contact);
        } catch (IOException e) {
            return null;
        }
    }
}
