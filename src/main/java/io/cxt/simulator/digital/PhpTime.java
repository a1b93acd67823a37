package io.cxt.simulator.digital;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as the vendor's own library reads and writes them. */
final class PhpTime {

    private static final Pattern GRAMMAR =
            Pattern.compile("(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d)(?:\\.(\\d+))?(Z|[+-]\\d\\d(?::?\\d\\d)?)");

    /** Only before these is a fraction of more than six digits cut. */
    private static final Pattern LETS_CUT = Pattern.compile("Z|[+-][01]\\d:00");

    private static final int MOST_DIGITS = 6;
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter MILLIS = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSSxxx", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private PhpTime() {}

    /** A time "with milliseconds": it needs a fraction and an offset. Empty when the library refuses it. */
    static Optional<Instant> withFraction(String text) {
        Matcher time = GRAMMAR.matcher(text);
        if (!time.matches() || time.group(2) == null) {
            return Optional.empty();
        }
        String digits = time.group(2);
        if (digits.length() > MOST_DIGITS) {
            if (!LETS_CUT.matcher(time.group(3)).matches()) {
                return Optional.empty();
            }
            digits = digits.substring(0, MOST_DIGITS);
        }
        return instant(time, "." + digits);
    }

    /** A time without milliseconds: it must not have a fraction. Empty when the library refuses it. */
    static Optional<Instant> withoutFraction(String text) {
        Matcher time = GRAMMAR.matcher(text);
        return time.matches() && time.group(2) == null ? instant(time, "") : Optional.empty();
    }

    private static Optional<Instant> instant(Matcher time, String fraction) {
        try {
            LocalDateTime local = LocalDateTime.parse(time.group(1) + fraction);
            return local.getYear() == 0 ? Optional.empty() : Optional.of(local.toInstant(ZoneOffset.of(time.group(3))));
        } catch (DateTimeException e) {
            return Optional.empty(); // no such day, hour, minute, second or offset
        }
    }

    /** Cut to seconds. */
    static String seconds(long epochMillis) {
        return SECONDS.format(Instant.ofEpochMilli(epochMillis));
    }

    static String millis(long epochMillis) {
        return MILLIS.format(Instant.ofEpochMilli(epochMillis));
    }
}
