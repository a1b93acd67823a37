package io.cxt.cxone;

import java.math.BigDecimal;
import java.math.RoundingMode;
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
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long a server asks us to stay away.
 *
 * <p>Both forms of RFC 9110 section 10.2.3 are read: seconds, and an HTTP date in each of its three forms; and what
 * servers write beside it: fractions, which are rounded up, {@code 4s}, ISO 8601 dates, and lists, of which the longest
 * wait counts. A wait above the cap is cut to it, so that one bad header cannot park the lane for a day. What cannot be
 * read is logged once, until one can be.
 */
public final class RetryAfter {
    private static final Logger LOG = LoggerFactory.getLogger(RetryAfter.class);
    private static final int LONGEST_READ = 1000;
    private static final int LONGEST_IN_LOG = 60;
    private static final BigDecimal LONGEST = BigDecimal.valueOf(Integer.MAX_VALUE);
    private static final Pattern SECONDS =
            Pattern.compile("(\\d+\\.?\\d*|\\.\\d+) ?(?:s|secs?|seconds?)?", Pattern.CASE_INSENSITIVE);
    /** A comma, but not the one behind the day of a date. */
    private static final Pattern COMMA =
            Pattern.compile("(?<!mon|tue|wed|thu|fri|sat|sun|day),", Pattern.CASE_INSENSITIVE);

    private static final List<DateTimeFormatter> DATE_FORMS = List.of(
            DateTimeFormatter.RFC_1123_DATE_TIME,
            DateTimeFormatter.ISO_OFFSET_DATE_TIME,
            rfc850(),
            DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ROOT)
                    .withZone(ZoneOffset.UTC));

    private final Duration cap;
    private final Clock clock;
    private final AtomicBoolean unreadable = new AtomicBoolean();

    public RetryAfter(Duration cap, Clock clock) {
        this.cap = cap;
        this.clock = clock;
    }

    /**
     * Reads the header.
     *
     * @param header the raw value, of several with a comma between; or null when the answer had none
     * @param dateHeader the answer's own Date, or null; a date is measured against it, so that a wrong clock on
     *     either side does no harm
     * @return the wait, from zero to the cap; empty when there is no header or it cannot be read
     */
    public Optional<Duration> parse(@Nullable String header, @Nullable String dateHeader) {
        if (header == null) {
            return Optional.empty();
        }
        Optional<Duration> longest = COMMA.splitAsStream(header.substring(0, Math.min(header.length(), LONGEST_READ)))
                .map(value -> wait(value.strip(), dateHeader))
                .flatMap(Optional::stream)
                .max(Comparator.naturalOrder());
        if (unreadable.getAndSet(longest.isEmpty()) || longest.isPresent()) {
            return longest;
        }
        LOG.warn(
                "retry-after unreadable value=\"{}\" next=\"nothing to do: the pause is our own, see"
                        + " cxone.retry.first-delay-ms; tell the owner of the API\"",
                header.substring(0, Math.min(header.length(), LONGEST_IN_LOG))
                        .replaceAll("\\p{L}", "x") // its form is enough, and its words may be anybody's
                        .replaceAll("[^ -~]|[\"\\\\]", "?"));
        return longest;
    }

    private Optional<Duration> wait(String value, @Nullable String dateHeader) {
        Matcher seconds = SECONDS.matcher(value);
        if (seconds.matches()) {
            BigDecimal whole = new BigDecimal(seconds.group(1)).setScale(0, RoundingMode.CEILING);
            return Optional.of(bounded(Duration.ofSeconds(whole.min(LONGEST).longValue())));
        }
        return date(value)
                .map(until -> bounded(Duration.between(date(dateHeader).orElseGet(clock::instant), until)));
    }

    private Duration bounded(Duration wait) {
        return wait.isNegative() ? Duration.ZERO : wait.compareTo(cap) > 0 ? cap : wait;
    }

    private static Optional<Instant> date(@Nullable String text) {
        if (text != null) {
            for (DateTimeFormatter form : DATE_FORMS) {
                try {
                    String zoned = text.strip().replaceFirst(" UTC$", " GMT");
                    return Optional.of(ZonedDateTime.parse(zoned, form).toInstant());
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
