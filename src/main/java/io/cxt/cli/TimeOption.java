package io.cxt.cli;

import io.cxt.text.SafeName;
import io.cxt.transcript.Moment;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Times as an option takes them. */
final class TimeOption {
    private TimeOption() {}

    /** @param text RFC 3339 with any zone, or the beginning of one in UTC; null for none */
    static Optional<Instant> moment(String option, @Nullable String text) {
        return text == null
                ? Optional.empty()
                : Optional.of(Moment.of(text).orElseThrow(() -> noTime(option, text, "")));
    }

    /** @param text as in {@link #moment}, or how long ago: {@code 2h}; null for none */
    static @Nullable Instant past(String option, @Nullable String text, Instant now) {
        return text == null ? null : Moment.past(text, now).orElseThrow(() -> noTime(option, text, "30m, 2h, 7d, "));
    }

    /** @param text as in {@link #moment}, or in how long: {@code 2h}; null for none */
    static @Nullable Instant future(String option, @Nullable String text, Instant now) {
        return text == null ? null : Moment.future(text, now).orElseThrow(() -> noTime(option, text, "30m, 2h, 7d, "));
    }

    private static CommandRefused noTime(String option, String text, String orElse) {
        return new CommandRefused(
                Exit.USAGE,
                "%s is %s, which is not a time: write %s%s"
                        .formatted(option, SafeName.log(text), orElse, Moment.FORMS));
    }
}
