package io.cxt.cxone.digital;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.cxone.CxoneTarget.LookedUp;
import io.cxt.cxone.Elsewhere;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** Reads what CXone says of a message: when it is created, and when it is looked up. */
final class MessageAnswer {
    private static final String ID = "idOnExternalPlatform";
    private static final ObjectMapper JSON = new ObjectMapper();

    private MessageAnswer() {}

    /**
     * The contact that a message landed in.
     *
     * @param sent where the message was to go
     * @return null when the answer does not say that CXone has the message, or speaks of another one
     */
    static @Nullable String contact(Whereabouts sent, byte[] body) {
        try {
            JsonNode answer = JSON.readTree(body);
            JsonNode contact = answer.path("consumerContact");
            boolean refused = answer.path("errors").size() > 0;
            JsonNode message = answer.path("message");
            boolean stored = !message.path("id").asText().isBlank();
            boolean another = sent.isContradictedBy(message) || sent.isContradictedByContact(contact);
            return refused || !stored || another ? null : id(contact.path("id"));
        } catch (IOException e) {
            return null;
        }
    }

    /** The id of a contact; null for what is none. */
    private static @Nullable String id(JsonNode contact) {
        String id = contact.isTextual() || contact.isIntegralNumber() ? contact.asText() : "";
        return id.isBlank() ? null : id;
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

    static boolean isSearch(byte[] body) {
        try {
            return JSON.readTree(body).path("data").isArray();
        } catch (IOException e) {
            return false;
        }
    }

    /** What an answer to a search shows of a message; null when it is no answer to a search. */
    static @Nullable LookedUp lookedUp(Whereabouts wanted, byte[] body) {
        try {
            JsonNode data = JSON.readTree(body).path("data");
            if (!data.isArray()) {
                return null;
            }
            int times = 0;
            String contact = null;
            Elsewhere elsewhere = null;
            for (JsonNode message : data) {
                if (!wanted.id().equals(message.path(ID).asText())) {
                    continue;
                }
                Elsewhere other = wanted.elsewhere(message);
                if (other != null) {
                    elsewhere = elsewhere == null || elsewhere.leavesRoom() ? other : elsewhere;
                } else {
                    times++;
                    String number = id(message.path("contactNumber"));
                    contact = number == null ? contact : number;
                }
            }
            return new LookedUp(times, contact, times == 0 ? elsewhere : null);
        } catch (IOException e) {
            return null;
        }
    }
}
