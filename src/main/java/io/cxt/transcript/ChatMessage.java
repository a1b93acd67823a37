package io.cxt.transcript;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import org.jspecify.annotations.Nullable;

/**
 * One message of a chat. A record can hold a bad one, so that all its faults are reported together.
 *
 * @param id the message's id, or null: the target then makes one from its index
 * @param text what was written; may be empty, not missing
 * @param type for example {@code text}, or null for the target's default
 * @param format for example {@code plain}, or null for the target's default
 */
public record ChatMessage(
        @Unpadded @Nullable String id,
        @NotNull(message = "MSG-FROM: is missing") @Valid Party from,
        @NotNull(message = "MSG-TO: is missing") @Valid Party to,

        @NotNull(message = "MSG-TEXT: is missing; an empty text is fine")
        String text,

        @NotNull(message = "TS-MISSING: is missing") @Valid MessageTime timestamp,
        @Nullable String type,
        @Nullable String format) {

    /** Leaves text and people out: toString ends up in exception messages and logs. */
    @Override
    public String toString() {
        return "ChatMessage[text=(%s chars)]".formatted(text == null ? 0 : text.length());
    }
}
