package io.cxt.cxone.digital;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.cxone.Elsewhere;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * Where a message was sent, and whether what CXone shows under its id is that message. A search finds ids in all channels
 * of the tenant, and a trial with the same chats in another one gives its messages the same ids.
 *
 * <p>What CXone shows counts unless it names another channel or thread, or says that the message was deleted. The published
 * type of a message has no channel, so that one without it is taken for ours.
 */
record Whereabouts(String channel, String thread, String id) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ID = "idOnExternalPlatform";
    private static final String CHANNEL = "/channel/id";
    private static final String THREAD = "threadIdOnExternalPlatform";

    /** @param body that the message was sent with */
    static Whereabouts of(String channel, byte[] body) {
        try {
            return of(channel, JSON.readTree(body));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Whereabouts of(String channel, JsonNode sent) {
        return new Whereabouts(
                channel,
                sent.at("/thread/idOnExternalPlatform").asText(),
                sent.path(ID).asText());
    }

    /** Why a message with this id is not the one that was sent; null when it is. */
    @Nullable
    Elsewhere elsewhere(JsonNode shown) {
        JsonNode in = shown.at(CHANNEL);
        if (isOther(in, channel)) {
            return new Elsewhere(Elsewhere.Kind.CHANNEL, in.asText());
        }
        if (isOther(shown.path(THREAD), thread)) {
            return new Elsewhere(Elsewhere.Kind.THREAD, shown.path(THREAD).asText());
        }
        return shown.path("isDeletedOnExternalPlatform").asBoolean() ? new Elsewhere(Elsewhere.Kind.DELETED, "") : null;
    }

    /** True when CXone says in which channel a message is. */
    static boolean namesChannel(JsonNode shown) {
        return !shown.at(CHANNEL).asText().isEmpty();
    }

    /** True for a message that is another one; one that was deleted is not. */
    static boolean isElse(@Nullable Elsewhere elsewhere) {
        return elsewhere != null && elsewhere.kind() != Elsewhere.Kind.DELETED;
    }

    boolean isContradictedBy(JsonNode message) {
        return isOther(message.path(ID), id)
                || isOther(message.at(CHANNEL), channel)
                || isOther(message.path(THREAD), thread);
    }

    boolean isContradictedByContact(JsonNode contact) {
        return isOther(contact.path("channelId"), channel) || isOther(contact.path(THREAD), thread);
    }

    private static boolean isOther(JsonNode named, String expected) {
        return named.isTextual() && !named.asText().isEmpty() && !named.asText().equals(expected);
    }
}
