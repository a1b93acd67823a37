package io.cxt.transcript;

import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A message's time, as it was written and as an instant, so that it is parsed once.
 *
 * @param text the text as received; this is what CXone gets
 * @param instant the point in time, or null when the text is not RFC 3339 with a zone
 */
public record MessageTime(
        String text,

        @NotNull(message = "TS-FORMAT: is not an RFC 3339 time with a zone and at most 9 fraction digits") @Nullable
        Instant instant) {

    /** Reads the text with {@link Rfc3339}; a text that cannot be read leaves the instant null. */
    public static MessageTime of(String text) {
        return new MessageTime(text, Rfc3339.parse(text).orElse(null));
    }
}
