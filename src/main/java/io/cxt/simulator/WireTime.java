package io.cxt.simulator;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;

/**
 * Reads RFC 3339 times strictly and quickly. Written apart from the reader in {@code transcript} on purpose: one
 * checks the other.
 */
final class WireTime {

    private static final int FRACTION_AT = 19;
    private static final int MOST_FRACTION_DIGITS = 9;

    private WireTime() {}

    /** The instant, or null when this is not a time with a zone. The leap second 60 is the second that follows. */
    static Instant parse(String text) {
        try {
            return instant(text);
        } catch (DateTimeException | IndexOutOfBoundsException e) {
            return null;
        }
    }

    private static Instant instant(String text) {
        expect(text.charAt(4) == '-' && text.charAt(7) == '-' && text.charAt(13) == ':' && text.charAt(16) == ':');
        expect("Tt ".indexOf(text.charAt(10)) >= 0);
        LocalDate day = LocalDate.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10));
        int hour = atMost(23, number(text, 11, 13));
        int minute = atMost(59, number(text, 14, 16));
        int second = atMost(60, number(text, 17, 19));
        int at = FRACTION_AT;
        int nanos = 0;
        if (text.charAt(at) == '.') {
            int start = ++at;
            while (isDigit(text.charAt(at))) {
                at++;
            }
            int digits = at - start;
            expect(digits > 0 && digits <= MOST_FRACTION_DIGITS);
            nanos = number(text, start, at);
            for (int missing = digits; missing < MOST_FRACTION_DIGITS; missing++) {
                nanos *= 10;
            }
        }
        long seconds = day.toEpochDay() * 86_400L + hour * 3600L + minute * 60L + second - offset(text, at);
        return Instant.ofEpochSecond(seconds, nanos);
    }

    private static int offset(String text, int at) {
        char sign = text.charAt(at);
        if (sign == 'Z' || sign == 'z') {
            expect(text.length() == at + 1);
            return 0;
        }
        expect((sign == '+' || sign == '-') && text.length() == at + 6 && text.charAt(at + 3) == ':');
        int seconds = atMost(23, number(text, at + 1, at + 3)) * 3600 + atMost(59, number(text, at + 4, at + 6)) * 60;
        return sign == '+' ? seconds : -seconds;
    }

    private static int number(String text, int from, int to) {
        int value = 0;
        for (int at = from; at < to; at++) {
            expect(isDigit(text.charAt(at)));
            value = value * 10 + text.charAt(at) - '0';
        }
        return value;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static int atMost(int most, int value) {
        expect(value <= most);
        return value;
    }

    private static void expect(boolean holds) {
        if (!holds) {
            throw new DateTimeException("not RFC 3339");
        }
    }
}
