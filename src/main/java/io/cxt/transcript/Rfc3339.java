package io.cxt.transcript;

import java.time.Instant;
import java.time.LocalDate;
import java.time.Month;
import java.time.Year;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a time as RFC 3339 section 5.6 writes it, with its zone: {@code 2024-06-15T09:00:00.123+02:00}.
 *
 * <p>The grammar is spelt out here because {@code OffsetDateTime.parse} takes {@code +01} and the year {@code +11963},
 * and refuses leap seconds. Two things are narrower than the RFC: at most 9 fraction digits, which is what an
 * {@link Instant} holds, and no space in place of the {@code T}.
 */
public final class Rfc3339 {

    private static final int SECONDS_A_DAY = 86_400;
    private static final int LAST_NANO = 999_999_999;
    private static final int MAX_FRACTION_DIGITS = 9;
    /** The place after {@code 2024-06-15T09:00:00}: a fraction or the zone begins here. */
    private static final int AFTER_SECONDS = 19;

    private Rfc3339() {}

    /**
     * The point in time, to the nanosecond. A leap second becomes the last nanosecond before it, so that it still
     * comes after every earlier time and before every later one.
     *
     * @param text as received, or null
     * @return empty when it is null, has no zone, or is not a time that exists
     */
    public static Optional<Instant> parse(@Nullable String text) {
        if (text == null || text.length() <= AFTER_SECONDS || !hasShape(text)) {
            return Optional.empty();
        }
        int year = digits(text, 0, 4);
        int month = digits(text, 5, 7);
        int day = digits(text, 8, 10);
        int hour = digits(text, 11, 13);
        int minute = digits(text, 14, 16);
        int second = digits(text, 17, 19);
        if (!isDate(year, month, day) || !isTime(hour, minute) || second < 0 || second > 60) {
            return Optional.empty();
        }
        int zone = afterFraction(text);
        if (zone < 0 || !isZone(text, zone)) {
            return Optional.empty();
        }
        long local = LocalDate.of(year, month, day).toEpochDay() * SECONDS_A_DAY + hour * 3600L + minute * 60L;
        long minuteInUtc = local - offsetSeconds(text, zone);
        if (second == 60) {
            boolean lastMinuteOfDay = Math.floorMod(minuteInUtc, SECONDS_A_DAY) == SECONDS_A_DAY - 60;
            return lastMinuteOfDay ? Optional.of(Instant.ofEpochSecond(minuteInUtc + 59, LAST_NANO)) : Optional.empty();
        }
        return Optional.of(Instant.ofEpochSecond(minuteInUtc + second, nanos(text, zone)));
    }

    /** True for a time that {@link #parse} reads and that lies in a leap second, {@code 23:59:60} in UTC. */
    public static boolean isLeapSecond(@Nullable String text) {
        return text != null
                && text.length() > AFTER_SECONDS
                && text.charAt(17) == '6'
                && parse(text).isPresent();
    }

    private static boolean hasShape(String text) {
        char t = text.charAt(10);
        return text.charAt(4) == '-'
                && text.charAt(7) == '-'
                && (t == 'T' || t == 't')
                && text.charAt(13) == ':'
                && text.charAt(16) == ':';
    }

    private static boolean isDate(int year, int month, int day) {
        return year >= 0
                && month >= 1
                && month <= 12
                && day >= 1
                && day <= Month.of(month).length(Year.isLeap(year));
    }

    private static boolean isTime(int hour, int minute) {
        return hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59;
    }

    /** Where the zone begins, or -1 when there is a point without one to nine digits after it. */
    private static int afterFraction(String text) {
        if (text.charAt(AFTER_SECONDS) != '.') {
            return AFTER_SECONDS;
        }
        int end = AFTER_SECONDS + 1;
        while (end < text.length() && isDigit(text.charAt(end))) {
            end++;
        }
        int count = end - AFTER_SECONDS - 1;
        return count >= 1 && count <= MAX_FRACTION_DIGITS ? end : -1;
    }

    private static int nanos(String text, int zone) {
        int nanos = 0;
        for (int i = 1; i <= MAX_FRACTION_DIGITS; i++) {
            int at = AFTER_SECONDS + i;
            nanos = nanos * 10 + (at < zone ? text.charAt(at) - '0' : 0);
        }
        return nanos;
    }

    /** True for {@code Z}, or a sign with two digits, colon, two digits; and nothing after it. */
    private static boolean isZone(String text, int at) {
        if (at == text.length() - 1) {
            return isUtc(text.charAt(at));
        }
        return at == text.length() - 6
                && (text.charAt(at) == '+' || text.charAt(at) == '-')
                && text.charAt(at + 3) == ':'
                && isTime(digits(text, at + 1, at + 3), digits(text, at + 4, at + 6));
    }

    private static int offsetSeconds(String text, int zone) {
        if (isUtc(text.charAt(zone))) {
            return 0;
        }
        int seconds = digits(text, zone + 1, zone + 3) * 3600 + digits(text, zone + 4, zone + 6) * 60;
        return text.charAt(zone) == '-' ? -seconds : seconds;
    }

    private static boolean isUtc(char zone) {
        return zone == 'Z' || zone == 'z';
    }

    /** The number written in ASCII digits, or -1 when one of the characters is none. */
    private static int digits(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (!isDigit(c)) {
                return -1;
            }
            number = number * 10 + c - '0';
        }
        return number;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
