package io.cxt.transcript;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Times as people write them: RFC 3339 with any zone, the beginning of one in UTC, for example a day, or {@code 2h}. */
public final class Moment {
    /** How to write one, for a message. */
    public static final String FORMS =
            "2026-11-22, 2026-11-22T10 or 2026-11-22T10:30:00+01:00; without a zone it is UTC";

    private static final String FIRST = "0000-01-01T00:00:00Z";
    /** Lengths of a year, a month, a day, an hour, a minute. */
    private static final Set<Integer> BEGINNINGS = Set.of(4, 7, 10, 13, 16);

    private static final Pattern LENGTH = Pattern.compile("(\\d{1,4})([smhd])");

    private Moment() {}

    /** A time without {@code 2h}; empty when it is none. */
    public static Optional<Instant> of(String text) {
        String rest = BEGINNINGS.contains(text.length()) ? FIRST.substring(text.length()) : "Z";
        return Rfc3339.parse(text).or(() -> Rfc3339.parse(text + rest));
    }

    /** A time, or how long ago; empty when it is neither. */
    public static Optional<Instant> past(String text, Instant now) {
        Duration length = length(text);
        return length == null ? of(text) : Optional.of(now.minus(length));
    }

    /** A time, or in how long; empty when it is neither. */
    public static Optional<Instant> future(String text, Instant now) {
        Duration length = length(text);
        return length == null ? of(text) : Optional.of(now.plus(length).truncatedTo(ChronoUnit.SECONDS));
    }

    private static @Nullable Duration length(String text) {
        Matcher length = LENGTH.matcher(text);
        return length.matches()
                ? Duration.parse((length.group(2).equals("d") ? "P" : "PT")
                        + length.group(1)
                        + length.group(2).toUpperCase(Locale.ROOT))
                : null;
    }
}
