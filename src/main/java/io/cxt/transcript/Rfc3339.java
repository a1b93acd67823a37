package io.cxt.transcript;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a time as RFC 3339 section 5.6 writes it, with its zone: {@code 2024-06-15T09:00:00.123+02:00}.
 *
 * <p>The grammar is an expression here because {@code OffsetDateTime.parse} takes {@code +01} and the year {@code +11963},
 * and refuses leap seconds. Two things are narrower than the RFC: at most 9 fraction digits, which is what an
 * {@link Instant} holds, and no space in place of the {@code T}.
 */
public final class Rfc3339 {

    private static final Pattern FORM =
            Pattern.compile("(\\d{4})-(\\d\\d)-(\\d\\d)[Tt](\\d\\d):(\\d\\d):(\\d\\d)(?:\\.(\\d{1,9}))?"
                    + "(?:[Zz]|([+-])([01]\\d|2[0-3]):([0-5]\\d))");
    private static final int LAST_NANO = 999_999_999;
    private static final int LAST_SECOND_OF_DAY = 86_399;

    private Rfc3339() {}

    /**
     * The point in time, to the nanosecond. A leap second becomes the last nanosecond before it, so that it still
     * comes after every earlier time and before every later one.
     *
     * @param text as received, or null
     * @return empty when it is null, has no zone, or is not a time that exists
     */
    public static Optional<Instant> parse(@Nullable String text) {
        Matcher time = FORM.matcher(text == null ? "" : text);
        if (!time.matches()) {
            return Optional.empty();
        }
        boolean leap = time.group(6).equals("60");
        String fraction = time.group(7) == null ? "" : time.group(7);
        int offset = time.group(8) == null ? 0 : (number(time, 9) * 60 + number(time, 10)) * 60;
        try {
            LocalDateTime utc = LocalDateTime.of(
                            number(time, 1),
                            number(time, 2),
                            number(time, 3),
                            number(time, 4),
                            number(time, 5),
                            leap ? 59 : number(time, 6),
                            leap ? LAST_NANO : Integer.parseInt((fraction + "000000000").substring(0, 9)))
                    .minusSeconds("-".equals(time.group(8)) ? -offset : offset);
            return leap && utc.get(ChronoField.SECOND_OF_DAY) != LAST_SECOND_OF_DAY
                    ? Optional.empty()
                    : Optional.of(utc.toInstant(ZoneOffset.UTC));
        } catch (DateTimeException e) {
            return Optional.empty(); // no such day, hour, minute or second
        }
    }

    private static int number(Matcher time, int group) {
        return Integer.parseInt(time.group(group));
    }

    /** True for a time that {@link #parse} reads and that lies in a leap second, {@code 23:59:60} in UTC. */
    public static boolean isLeapSecond(@Nullable String text) {
        return text != null && text.startsWith("60", 17) && parse(text).isPresent();
    }
}
