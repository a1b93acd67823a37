package io.cxt.mapping;

import io.cxt.transcript.Reason;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How a mapping writes times, and how they become RFC 3339. A zone is never guessed. */
final class Times {
    private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,19}");
    private static final Instant FIRST = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999999Z");
    private static final LocalDateTime SAMPLE = LocalDateTime.of(2024, 6, 15, 21, 4, 5);

    private final String wanted;
    private final Function<String, @Nullable String> reading;
    private final @Nullable Unit unit; // null when times are no numbers

    private Times(String wanted, Function<String, @Nullable String> reading) {
        this(wanted, reading, null);
    }

    private Times(String wanted, Function<String, @Nullable String> reading, @Nullable Unit unit) {
        this.wanted = wanted;
        this.reading = reading;
        this.unit = unit;
    }

    /** What a number since 1970 counts: the times of the last decades have so many digits in each. */
    private enum Unit {
        SECONDS("ten", "seconds", 1L),
        MILLIS("thirteen", "milliseconds", 1_000L),
        MICROS("sixteen", "microseconds", 1_000_000L),
        NANOS("nineteen", "nanoseconds", 1_000_000_000L);

        /** In the year 1973; a number that is smaller in seconds tells nothing. */
        private static final long FROM = 100_000_000L;

        private final String digits;
        private final String word;
        private final long perSecond;

        Unit(String digits, String word, long perSecond) {
            this.digits = digits;
            this.word = word;
            this.perSecond = perSecond;
        }

        /** The one that a number of this size counts, or null. */
        static @Nullable Unit of(long count) {
            Unit found = null;
            for (Unit unit : values()) {
                found = count / unit.perSecond >= FROM ? unit : found;
            }
            return found;
        }
    }

    /** A cell that is no time; the message says why, without the cell's value. */
    static final class NoTimeException extends DateTimeException {
        private static final long serialVersionUID = 1L;

        private final Reason rule;
        private final String words;

        NoTimeException(Reason rule, String words) {
            super(words);
            this.rule = rule;
            this.words = words;
        }

        /** Why, without the cell's value. */
        String words() {
            return words;
        }

        Reason rule() {
            return rule;
        }
    }

    static Times read(MappingFile file) {
        String form = file.optional("timestamp").orElse("rfc3339");
        String zone = file.optional("timestamp.zone").orElse("");
        if (!zone.isEmpty() && !form.startsWith("pattern ")) {
            file.problem("timestamp.zone is only for a timestamp that is a pattern; remove it");
        }
        if (form.startsWith("pattern ")) {
            return ofPattern(form.substring("pattern ".length()).strip(), zone, file);
        }
        return switch (form) {
            case "rfc3339" -> new Times("", cell -> cell); // the rules judge it
            case "epoch-seconds" -> epoch(Unit.SECONDS);
            case "epoch-millis" -> epoch(Unit.MILLIS);
            case "epoch-micros" -> epoch(Unit.MICROS);
            default -> {
                file.problem("timestamp is %s; allowed: rfc3339, epoch-seconds, epoch-millis, epoch-micros, or the word"
                                .formatted(form)
                        + " pattern with a pattern behind it, for example pattern dd.MM.yyyy HH:mm:ss");
                yield new Times("", cell -> cell);
            }
        };
    }

    private static Times epoch(Unit unit) {
        String wanted = "a whole number of %s since 1970".formatted(unit.word);
        Function<String, String> reading = cell -> {
            if (!WHOLE.matcher(cell).matches()) {
                return null;
            }
            long count = Long.parseLong(cell);
            long rest = Math.floorMod(count, unit.perSecond) * (1_000_000_000L / unit.perSecond);
            return text(Instant.ofEpochSecond(Math.floorDiv(count, unit.perSecond), rest));
        };
        return new Times(wanted, reading, unit);
    }

    /** In words why a number is of another unit than the mapping says; null when that does not show. */
    @Nullable
    String otherUnit(String cell) {
        Unit other = unit == null || !WHOLE.matcher(cell).matches() ? null : Unit.of(count(cell));
        return other == null || unit == null || other == unit
                ? null
                : "%s digits are %s, and the mapping file reads %s".formatted(other.digits, other.word, unit.word);
    }

    private static long count(String cell) {
        try {
            return Math.abs(Long.parseLong(cell));
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    private static Times ofPattern(String pattern, String zone, MappingFile file) {
        boolean saysZone = pattern.replaceAll("'[^']*'", "").matches(".*[VzOXxZ].*");
        try {
            DateTimeFormatter formatter = new DateTimeFormatterBuilder()
                    .appendPattern(pattern)
                    .parseDefaulting(ChronoField.ERA, 1) // else yyyy is no year by itself
                    .toFormatter(Locale.ROOT)
                    .withResolverStyle(ResolverStyle.STRICT);
            LocalDateTime.from(formatter.parse(formatter.format(SAMPLE.atOffset(ZoneOffset.UTC))));
            if (saysZone == !zone.isEmpty()) {
                file.problem(
                        saysZone
                                ? "timestamp.zone is set, but the pattern in timestamp reads a zone itself; remove one"
                                : "timestamp.zone is not set: the zone of the times, for example Europe/Berlin or UTC."
                                        + " It is not guessed");
                return new Times("", cell -> cell);
            }
            String wanted = "a time that exists, written as " + pattern;
            return saysZone
                    ? new Times(wanted, cell -> text(zoned(formatter.parse(cell))))
                    : new Times(wanted, local(formatter, ZoneId.of(zone)));
        } catch (IllegalArgumentException e) {
            file.problem("timestamp has the pattern %s, which is none: %s".formatted(pattern, e.getMessage()));
        } catch (DateTimeException e) {
            file.problem(
                    "timestamp has the pattern %s with the zone %s; together they do not make a date and a time: %s"
                            .formatted(
                                    pattern,
                                    zone.isEmpty() ? "in it" : zone,
                                    "use yyyy-MM-dd HH:mm:ss, and hh only with a"));
        }
        return new Times("", cell -> cell);
    }

    private static Instant zoned(TemporalAccessor parsed) {
        return parsed.isSupported(ChronoField.OFFSET_SECONDS)
                ? OffsetDateTime.from(parsed).toInstant()
                : ZonedDateTime.from(parsed).toInstant();
    }

    private static Function<String, String> local(DateTimeFormatter formatter, ZoneId zone) {
        return cell -> {
            LocalDateTime local = LocalDateTime.from(formatter.parse(cell));
            List<ZoneOffset> offsets = zone.getRules().getValidOffsets(local);
            if (offsets.size() == 1) {
                return text(local.toInstant(offsets.get(0)));
            }
            throw new NoTimeException(
                    Reason.MAP_TIME,
                    offsets.isEmpty()
                            ? "lies in the hour that the clock in %s steps over".formatted(zone)
                            : "lies in the hour that the clock in %s runs twice, so it could mean two times"
                                    .formatted(zone));
        };
    }

    private static @Nullable String text(Instant instant) {
        return instant.isBefore(FIRST) || instant.isAfter(LAST) ? null : instant.toString();
    }

    /** The cell's time as RFC 3339. */
    String rfc3339(String cell) throws NoTimeException {
        String text = null;
        try {
            text = reading.apply(cell);
        } catch (NoTimeException e) {
            throw e;
        } catch (DateTimeException | NumberFormatException e) { // its own message quotes the cell
            text = null;
        }
        if (text == null) {
            String other = otherUnit(cell);
            throw other == null
                    ? new NoTimeException(Reason.MAP_TIME, "is not " + wanted)
                    : new NoTimeException(Reason.TS_RANGE, "is behind the year 9999; " + other);
        }
        return text;
    }

    String rfc3339After(String start, String offset) throws NoTimeException {
        throw new NoTimeException(Reason.MAP_TIME, "todo");
    }
}
