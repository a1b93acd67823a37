package io.cxt.cli;

import io.cxt.text.SafeName;
import io.cxt.transcript.Rfc3339;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Times as an option takes them. */
final class TimeOption {
    private static final String FIRST_MOMENT = "0000-01-01T00:00:00Z";
    /** Lengths of a year, a month, a day, an hour, a minute. */
    private static final Set<Integer> BEGINNINGS = Set.of(4, 7, 10, 13, 16);

    private static final Pattern LENGTH = Pattern.compile("(\\d{1,4})([smhd])");

    private TimeOption() {}

    /** @param text RFC 3339 with any zone, or the beginning of one in UTC; null for none */
    static Optional<Instant> moment(String option, @Nullable String text) {
        return moment(option, text, "");
    }

    private static Optional<Instant> moment(String option, @Nullable String text, String orElse) {
        if (text == null) {
            return Optional.empty();
        }
        String rest = BEGINNINGS.contains(text.length()) ? FIRST_MOMENT.substring(text.length()) : "Z";
        Optional<Instant> moment = Rfc3339.parse(text).or(() -> Rfc3339.parse(text + rest));
        if (moment.isEmpty()) {
            throw new CommandRefused(
                    Exit.USAGE,
                    "%s is %s, which is not a time: write %s2026-11-22, 2026-11-22T10 or 2026-11-22T10:30:00+01:00; without a zone it is UTC"
                            .formatted(option, SafeName.log(text), orElse));
        }
        return moment;
    }

    /** @param text as in {@link #moment}, or how long ago: {@code 2h}; null for none */
    static @Nullable Instant past(String option, @Nullable String text, Instant now) {
        Duration length = length(text);
        return length == null ? moment(option, text, "30m, 2h, 7d, ").orElse(null) : now.minus(length);
    }

    /** @param text as in {@link #moment}, or in how long: {@code 2h}; null for none */
    static @Nullable Instant future(String option, @Nullable String text, Instant now) {
        Duration length = length(text);
        Instant at = length == null
                ? moment(option, text, "30m, 2h, 7d, ").orElse(null)
                : now.plus(length).truncatedTo(ChronoUnit.SECONDS);
        if (at != null && !at.isAfter(now)) {
            throw new CommandRefused(Exit.USAGE, "%s is %s, which is over: it is %s now".formatted(option, at, now));
        }
        return at;
    }

    private static @Nullable Duration length(@Nullable String text) {
        Matcher length = LENGTH.matcher(text == null ? "" : text);
        return length.matches()
                ? Duration.parse((length.group(2).equals("d") ? "P" : "PT")
                        + length.group(1)
                        + length.group(2).toUpperCase(Locale.ROOT))
                : null;
    }
}
