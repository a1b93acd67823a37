package io.cxt.transcript;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A finished chat, as received. A record can hold a bad one, so that all its faults are reported together.
 *
 * @param interactionId the sender's id of the whole conversation; what everything here is found by
 */
@Chronological
public record Transcript(
        @NotBlank(message = "ID-INTERACTION: is missing") @Size(max = MAX_ID, message = ID_TOO_LONG) @Unpadded
        String interactionId,

        @NotBlank(message = "ID-AGENT: is missing") @Size(max = MAX_ID, message = ID_TOO_LONG) @Unpadded
        String agentId,

        @NotBlank(message = "ID-CUSTOMER: is missing") @Size(max = MAX_ID, message = ID_TOO_LONG) @Unpadded
        String customerId,

        @NotEmpty(message = "MSG-NONE: has no messages")
        List<@NotNull(message = "MSG-NULL: is null") @Valid ChatMessage> messages) {

    /** Longest id, in UTF-16 units. Ours: the ledger's unique index must hold it on every database. */
    public static final int MAX_ID = 512;

    private static final String ID_TOO_LONG = "ID-LENGTH: is longer than 512 characters";

    public Transcript { // not List.copyOf: a null element is the sender's fault and must reach the validator
        messages = messages == null ? List.of() : Collections.unmodifiableList(new ArrayList<>(messages));
    }

    /** Leaves everything out but the count: toString ends up in exception messages and logs. */
    @Override
    public String toString() {
        return "Transcript[messages=%s]".formatted(messages.size());
    }
}
