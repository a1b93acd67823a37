package io.cxt.simulator.digital;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One call below {@code /dfo/3.0} in the journal. It is there before the caller has its answer.
 *
 * @param number the call's place in the order of arrival, from 1
 * @param arrived when its head had been read
 * @param arrivedNanos the same in the time of the limits
 * @param call its name, as in {@link DigitalCounts#calls}
 * @param target method, path and query as sent
 * @param thread the thread that the body names; null for none
 * @param messageId the message that the body names; null for none
 * @param token the bearer token; null when there was none
 * @param status of the answer; 0 for no answer
 * @param accepted true if it did what it asked for
 * @param fault the text form of the fault it met; null for none
 * @param sha256 of the body, in lower-case hex; null when the body was not read
 * @param headers by lower-case name; empty unless the settings keep headers and bodies
 * @param body null unless the settings keep headers and bodies
 */
public record DigitalCall(
        long number,
        Instant arrived,
        long arrivedNanos,
        String call,
        String target,
        @Nullable String thread,
        @Nullable String messageId,
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
        return "DigitalCall[number=%s, target=%s, thread=%s, messageId=%s, status=%s, accepted=%s, fault=%s]"
                .formatted(number, target, thread, messageId, status, accepted, fault);
    }
}
