package io.cxt.cxone;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How long a server asks us to stay away.
 *
 * <p>Both forms of RFC 9110 section 10.2.3 are read: whole seconds, and an HTTP date in each of its three forms. A
 * wait above the cap is cut to it, so that one bad header cannot park the lane for a day.
 */
public final class RetryAfter {
    private static final List<DateTimeFormatter> DATE_FORMS = List.of(
            DateTimeFormatter.RFC_1123_DATE_TIME,
            rfc850(),
            DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ROOT)
                    .withZone(ZoneOffset.UTC));

    private final Duration cap;
    private final Clock clock;

    public RetryAfter(Duration cap, Clock clock) {
        this.cap = cap;
        this.clock = clock;
    }

    /**
     * Reads the header.
     *
     * @param header the raw value, or null when the answer had none
     * @param dateHeader the answer's own Date, or null; a date is measured against it, so that a wrong clock on
     *     either side does no harm
     * @return the wait, from zero to the cap; empty when there is no header or it cannot be read
     */
    public Optional<Duration> parse(String header, String dateHeader) {
        if (header == null) {
            return Optional.empty();
        }
        String value = header.strip();
        if (!value.isEmpty() && value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Optional.of(value.length() > 9 ? cap : bounded(Duration.ofSeconds(Long.parseLong(value))));
        }
        return date(value)
                .map(until -> bounded(Duration.between(date(dateHeader).orElseGet(clock::instant), until)));
    }

    private Duration bounded(Duration wait) {
        return wait.isNegative() ? Duration.ZERO : wait.compareTo(cap) > 0 ? cap : wait;
    }

    private static Optional<Instant> date(String text) {
        if (text != null) {
            for (DateTimeFormatter form : DATE_FORMS) {
                try {
                    return Optional.of(ZonedDateTime.parse(text.strip(), form).toInstant());
                } catch (DateTimeException e) {
                    // perhaps another form
                }
            }
        }
        return Optional.empty();
    }

    /** {@code Sunday, 06-Nov-94 08:49:37 GMT}: two digits of year, this century's nearest. */
    private static DateTimeFormatter rfc850() {
        return new DateTimeFormatterBuilder()
                .appendPattern("EEEE, dd-MMM-")
                .appendValueReduced(
                        ChronoField.YEAR,
                        2,
                        2,
                        LocalDateTime.of(1970, 1, 1, 0, 0).toLocalDate())
                .appendPattern(" HH:mm:ss 'GMT'")
                .toFormatter(Locale.ENGLISH)
                .withZone(ZoneOffset.UTC);
    }
}
