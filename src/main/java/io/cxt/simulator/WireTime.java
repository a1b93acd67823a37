package io.cxt.simulator;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads RFC 3339 times: the grammar of its section 5.6 as an expression, the values by the JDK. The reader in
 * {@code transcript} is written out by hand, so each of the two checks the other.
 */
final class WireTime {
    private static final Pattern GRAMMAR = Pattern.compile(
            "(\\d{4}-\\d\\d-\\d\\d)[Tt](\\d\\d:\\d\\d:)(\\d\\d)(\\.\\d{1,9})?(?:[Zz]|([+-])(\\d\\d:\\d\\d))");

    private static final int LAST_SECOND_OF_DAY = 86_399;

    private WireTime() {}

    /**
     * The point in time. A leap second counts as the second that follows it.
     *
     * @return empty when the text is not a time with a zone
     */
    static Optional<Instant> parse(String text) {
        Matcher time = GRAMMAR.matcher(text);
        if (!time.matches()) {
            return Optional.empty();
        }
        boolean leap = time.group(3).equals("60");
        String fraction = time.group(4) == null ? "" : time.group(4);
        try {
            LocalDateTime local =
                    LocalDateTime.parse(time.group(1) + "T" + time.group(2) + (leap ? "59" : time.group(3)) + fraction);
            int offset =
                    time.group(6) == null ? 0 : LocalTime.parse(time.group(6)).toSecondOfDay();
            LocalDateTime utc = local.minusSeconds("-".equals(time.group(5)) ? -offset : offset);
            return leap && utc.get(ChronoField.SECOND_OF_DAY) != LAST_SECOND_OF_DAY
                    ? Optional.empty()
                    : Optional.of(utc.plusSeconds(leap ? 1 : 0).toInstant(ZoneOffset.UTC));
        } catch (DateTimeException e) {
            return Optional.empty(); // no such day, hour, minute or second
        }
    }
}
