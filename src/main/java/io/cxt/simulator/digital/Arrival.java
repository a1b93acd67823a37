package io.cxt.simulator.digital;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;

/**
 * A message of the published type that has arrived.
 *
 * @param nanos when, in the time of the limits
 * @param millis when, since the epoch
 */
record Arrival(
        StoredChannel channel, JsonNode message, byte[] sha256, long nanos, long millis, DigitalSwitches switches) {

    String id() {
        return message.path("idOnExternalPlatform").asText();
    }

    String threadId() {
        return message.path("thread").path("idOnExternalPlatform").asText();
    }

    JsonNode author() {
        return message.path("authorEndUserIdentity");
    }

    JsonNode contact() {
        return message.path("contact");
    }

    String direction() {
        return message.path("direction").asText();
    }

    long createdMillis() {
        return millisOf(message.path("createdAtWithMilliseconds"));
    }

    /** Cut to milliseconds; the time of arrival for none. */
    long millisOf(JsonNode time) {
        return PhpTime.withFraction(time.asText())
                .or(() -> PhpTime.withoutFraction(time.asText()))
                .map(Instant::toEpochMilli)
                .orElse(millis);
    }
}
