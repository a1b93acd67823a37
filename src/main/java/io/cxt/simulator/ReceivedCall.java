package io.cxt.simulator;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One chat post in the journal. It is there before the caller has its answer.
 *
 * @param number the post's place in the order of arrival, from 1
 * @param arrived when its head had been read
 * @param arrivedNanos the same as {@link System#nanoTime}, for distances
 * @param interactionId null when the body was not read or has none
 * @param part from 1; also 1 when the body names none
 * @param idempotencyKey null when there was none
 * @param token the bearer token; null when there was none
 * @param status of the answer; 0 for no answer
 * @param accepted true if it was accepted
 * @param fault the text form of the fault it met; null for none
 * @param sha256 of the body, in lower-case hex; null when the body was not read
 * @param headers by lower-case name; empty unless {@link StandInSettings#withHeadersAndBodies}
 * @param body null unless {@link StandInSettings#withHeadersAndBodies}
 */
public record ReceivedCall(
        long number,
        Instant arrived,
        long arrivedNanos,
        @Nullable String interactionId,
        int part,
        @Nullable String idempotencyKey,
        @Nullable String token,
        int status,
        boolean accepted,
        @Nullable String fault,
        @Nullable String sha256,
        Map<String, List<String>> headers,
        byte @Nullable [] body) {

    /** Leaves body, headers and token out. */
    @Override
    public String toString() {
        return "ReceivedCall[number=%s, interactionId=%s, part=%s, status=%s, accepted=%s, fault=%s]"
                .formatted(number, interactionId, part, status, accepted, fault);
    }
}
