package io.cxt.simulator;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The {@code Retry-After} headers given so far, and whether one of them is still running. */
final class GivenRetryAfter {

    /** The preferred form of RFC 9110 section 5.6.7, with two digits for the day. */
    private static final DateTimeFormatter HTTP_DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT);

    /** So that a caller whose clock has a resolution of milliseconds is not early. */
    private static final long TOLERANCE_NANOS = 1_000_000;

    private static final long LONGEST_SECONDS = Duration.ofDays(3650).toSeconds();

    /** From {@code since} to {@code until}, in the nanoseconds of the limits. */
    private record Window(long since, long until) {}

    private final LongSupplier nanoTime;
    private volatile @Nullable Window window;

    GivenRetryAfter(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** The header's value for a wait of so many nanoseconds; empty for no header. */
    static Optional<String> header(RetryAfterForm form, long waitNanos) {
        return switch (form) {
            case SECONDS ->
                Optional.of(Long.toString(Math.max(1, Math.floorDiv(waitNanos + 999_999_999L, 1_000_000_000L))));
            case DATE -> Optional.of(date(Instant.now().plusNanos(waitNanos + 999_999_999L)));
            case NONE -> Optional.empty();
        };
    }

    static String date(Instant instant) {
        return HTTP_DATE.format(instant.atZone(ZoneOffset.UTC));
    }

    /** Records the headers of an answer: the longest counts; unreadable ones are ignored. */
    void given(List<String> values) {
        for (String value : values) {
            long nanos = nanos(value.strip());
            if (nanos > 0) {
                extend(nanos);
            }
        }
    }

    private synchronized void extend(long nanos) {
        long now = nanoTime.getAsLong();
        Window before = window;
        long until = now + nanos;
        window = before != null && before.until() - now > 0
                ? new Window(before.since(), before.until() - until > 0 ? before.until() : until)
                : new Window(now, until);
    }

    /** True if a call that arrived at this nanosecond time came during a window, apart from the grace at its start. */
    boolean running(long arrived, int graceMillis) {
        Window now = window;
        return now != null
                && arrived - now.since() > graceMillis * 1_000_000L
                && now.until() - arrived > TOLERANCE_NANOS;
    }

    private static long nanos(String value) {
        if (value.matches("\\d{1,18}")) {
            return Math.min(Long.parseLong(value), LONGEST_SECONDS) * 1_000_000_000L;
        }
        try {
            Instant until = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            Duration wait = Duration.between(Instant.now(), until);
            return Math.min(wait.toSeconds(), LONGEST_SECONDS) * 1_000_000_000L + wait.toNanosPart();
        } catch (DateTimeParseException e) {
            return 0;
        }
    }
}
