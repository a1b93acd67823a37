package io.cxt.mapping;

import io.cxt.text.Nearest;
import io.cxt.transcript.Reason;
import io.cxt.transcript.Rfc3339;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How a mapping writes times, and how they become RFC 3339. A zone is never guessed. For all threads.
 *
 * <p>Long because the units of numbers, and what is said about a wrong one, are here as well.
 */
final class Times {
    private static final String RFC3339 = "rfc3339";
    private static final String PATTERN = "pattern ";
    private static final Pattern NUMBER = Pattern.compile("-?([0-9]{1,19})(\\.[0-9]{1,30})?");
    private static final Pattern SERIAL = Pattern.compile("[0-9]{1,7}([.,][0-9]{1,30})?");
    private static final LocalDateTime SERIAL_ZERO = LocalDateTime.of(1899, 12, 30, 0, 0);
    private static final BigDecimal MILLIS_A_DAY = BigDecimal.valueOf(86_400_000);
    private static final Pattern WORDS =
            Pattern.compile("(?:([0-9]{1,6})h)? ?(?:([0-9]{1,6})m)? ?(?:([0-9]{1,6}(?:\\.[0-9]{1,9})?)s)?");
    private static final Pattern CLOCK = Pattern.compile("([0-9]{1,3}):([0-5][0-9]):([0-5][0-9](?:\\.[0-9]{1,9})?)");
    private static final Instant FIRST = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999999Z");

    private final List<Form> forms;

    private Times(List<Form> forms) {
        this.forms = forms;
    }

    /**
     * One way to write times.
     *
     * @param wanted in words
     * @param unit null when times are no numbers of one unit
     */
    private record Form(
            String wanted, Reading reading, @Nullable Unit unit) {
        static final Form RECEIVED = new Form("", cell -> cell, null); // the rules judge it

        Form(String wanted, Reading reading) {
            this(wanted, reading, null);
        }

        @Nullable
        String read(String cell) {
            try {
                return reading.of(cell);
            } catch (NoTimeException e) {
                throw e;
            } catch (DateTimeException | ArithmeticException e) { // its own message quotes the cell
                return null;
            }
        }
    }

    /** Makes a time of a cell; null, or an exception, when the cell is not in its form. */
    private interface Reading {
        @Nullable
        String of(String cell);
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

        /** The one that a number of this size counts, or null when the cell is no number or tells nothing. */
        static @Nullable Unit of(String cell) {
            Matcher number = NUMBER.matcher(cell);
            if (!number.matches()) {
                return null;
            }
            String digits = number.group(1);
            long count = digits.length() == 19 ? Long.MAX_VALUE : Long.parseLong(digits);
            Unit found = null;
            for (Unit unit : values()) {
                found = count / unit.perSecond >= FROM ? unit : found;
            }
            return found;
        }

        /** A number of this unit as a time. Digits below a nanosecond are cut off. */
        @Nullable
        String time(String cell) {
            if (!NUMBER.matcher(cell).matches()) {
                return null;
            }
            if (cell.length() <= 18 && cell.indexOf('.') < 0) {
                long count = Long.parseLong(cell);
                long rest = Math.floorMod(count, perSecond) * (1_000_000_000L / perSecond);
                return text(Instant.ofEpochSecond(Math.floorDiv(count, perSecond), rest));
            }
            BigDecimal seconds = new BigDecimal(cell).divide(BigDecimal.valueOf(perSecond)); // a power of ten: exact
            BigDecimal whole = seconds.setScale(0, RoundingMode.FLOOR);
            long nanos = seconds.subtract(whole).movePointRight(9).longValue();
            return text(Instant.ofEpochSecond(whole.longValueExact(), nanos));
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

    /** The keys that a mapping can have. */
    static Set<String> keys() {
        return Set.of("timestamp", "timestamp.zone", "timestamp.locale", "timestamp.twice");
    }

    /** Reads and checks what the file says; problems stay in the file. Without timestamp it is rfc3339. */
    static Times read(MappingFile file) {
        ZoneId zone = zone(file);
        String twice = file.optional("timestamp.twice").orElse(TimePattern.REFUSE);
        if (!Set.of(TimePattern.REFUSE, "earlier", TimePattern.LATER).contains(twice)) {
            file.problem("timestamp.twice is %s; allowed: refuse, earlier, later".formatted(twice));
        }
        Locale locale = locale(file);
        String said = file.optional("timestamp").orElse(RFC3339);
        List<String> forms = Arrays.stream(said.split("\\|")).map(String::strip).toList();
        List<Form> read = new ArrayList<>();
        for (String form : forms) {
            read.add(form(form, zone, twice, locale, forms.size() == 1, file));
        }
        if (zone != null && forms.stream().noneMatch(Times::takesZone)) {
            file.problem(
                    forms.size() == 1 && forms.get(0).startsWith(PATTERN)
                            ? "timestamp.zone is set, but the pattern in timestamp reads a zone itself; remove one"
                            : "timestamp.zone is only for a timestamp that is a pattern without a zone, iso or excel;"
                                    + " remove it");
        }
        return new Times(read);
    }

    private static boolean takesZone(String form) {
        boolean pattern = form.startsWith(PATTERN);
        return pattern ? !TimePattern.mustSayZone(form.substring(PATTERN.length())) : form.matches("iso|excel");
    }

    private static @Nullable ZoneId zone(MappingFile file) {
        String zone = file.optional("timestamp.zone").orElse("");
        try {
            return zone.isEmpty() ? null : ZoneId.of(zone);
        } catch (DateTimeException e) {
            String nearest = Nearest.to(zone, ZoneId.getAvailableZoneIds());
            file.problem("timestamp.zone is %s, which is no zone. The nearest is %s".formatted(zone, nearest));
            return ZoneId.of("UTC");
        }
    }

    private static Locale locale(MappingFile file) {
        String tag = file.optional("timestamp.locale").orElse("en");
        Locale locale = Locale.forLanguageTag(tag.replace('_', '-'));
        if (!Set.of(Locale.getISOLanguages()).contains(locale.getLanguage())) {
            file.problem("timestamp.locale is %s; allowed: a language, for example de, en-US or pt-BR".formatted(tag));
        }
        return locale;
    }

    private static Form form(
            String form, @Nullable ZoneId zone, String twice, Locale locale, boolean only, MappingFile file) {
        if (form.startsWith(PATTERN)) {
            return ofPattern(form.substring(PATTERN.length()).strip(), zone, twice, locale, file);
        }
        return switch (form) {
            case RFC3339 ->
                only
                        ? Form.RECEIVED
                        : new Form(
                                "an RFC 3339 time with a zone",
                                cell -> Rfc3339.parse(cell).map(time -> cell).orElse(null));
            case "iso" -> {
                TimePattern iso = new TimePattern(TimePattern.iso(), zone, twice);
                yield new Form("a time as ISO 8601 has it", cell -> text(iso.read(cell)));
            }
            case "epoch-seconds" -> epoch(Unit.SECONDS);
            case "epoch-millis" -> epoch(Unit.MILLIS);
            case "epoch-micros" -> epoch(Unit.MICROS);
            case "epoch-auto" -> new Form("a number since 1970", Times::ofAnyUnit);
            case "excel" -> excel(zone, twice, file);
            default -> {
                file.problem(
                        "timestamp is %s; allowed: rfc3339, iso, epoch-seconds, epoch-millis, epoch-micros, epoch-auto,"
                                        .formatted(form)
                                + " excel, or the word pattern with a pattern behind it, for example pattern"
                                + " dd.MM.yyyy HH:mm:ss");
                yield Form.RECEIVED;
            }
        };
    }

    private static Form epoch(Unit unit) {
        return new Form("a number of %s since 1970".formatted(unit.word), unit::time, unit);
    }

    private static @Nullable String ofAnyUnit(String cell) {
        Unit unit = Unit.of(cell);
        if (unit == null && NUMBER.matcher(cell).matches()) {
            throw new NoTimeException(
                    Reason.TS_RANGE,
                    "is a number too small for a time: the seconds since 1970 have ten digits, milliseconds thirteen");
        }
        return unit == null ? null : unit.time(cell);
    }

    /** Days since 1899-12-30; a spreadsheet writes them with so many digits that the millisecond is right. */
    private static Form excel(@Nullable ZoneId zone, String twice, MappingFile file) {
        if (zone == null) {
            file.problem("timestamp.zone is not set: the zone of the times, for example Europe/Berlin or UTC. It is not"
                    + " guessed");
        }
        return new Form("a spreadsheet's number of days since 1899-12-30", cell -> {
            if (!SERIAL.matcher(cell).matches()) {
                return null;
            }
            long millis = new BigDecimal(cell.replace(',', '.'))
                    .multiply(MILLIS_A_DAY)
                    .setScale(0, RoundingMode.HALF_UP)
                    .longValueExact();
            return text(TimePattern.at(SERIAL_ZERO.plus(Duration.ofMillis(millis)), zone, twice));
        });
    }

    private static Form ofPattern(
            String pattern, @Nullable ZoneId zone, String twice, Locale locale, MappingFile file) {
        try {
            TimePattern times = new TimePattern(TimePattern.formatter(pattern, locale), zone, twice);
            if (zone == null && !TimePattern.canSayZone(pattern)) {
                file.problem("timestamp.zone is not set: the zone of the times, for example Europe/Berlin or UTC. It is"
                        + " not guessed");
            }
            return new Form("a time that exists, written as " + pattern, cell -> text(times.read(cell)));
        } catch (IllegalArgumentException e) {
            file.problem("timestamp has the pattern %s, which is none: %s".formatted(pattern, e.getMessage()));
        } catch (DateTimeException e) {
            file.problem("timestamp has the pattern %s, which does not make a date and a time: use yyyy-MM-dd HH:mm:ss,"
                            .formatted(pattern)
                    + " and hh only with a");
        }
        return Form.RECEIVED;
    }

    private static @Nullable String text(Instant instant) {
        return instant.isBefore(FIRST) || instant.isAfter(LAST) ? null : instant.toString();
    }

    /** In words why a number is of another unit than the mapping says; null when that does not show. */
    @Nullable
    String otherUnit(String cell) {
        Unit unit = forms.get(0).unit();
        Unit other = unit == null || forms.size() > 1 ? null : Unit.of(cell);
        return other == null || unit == null || other == unit
                ? null
                : "%s digits are %s, and the mapping file reads %s".formatted(other.digits, other.word, unit.word);
    }

    /** The cell's time as RFC 3339: by the first form that it is in. */
    String rfc3339(String cell) throws NoTimeException {
        String plain = TimePattern.oneBlank(cell);
        for (Form form : forms) {
            String text = form.read(plain);
            if (text != null) {
                return text;
            }
        }
        String other = otherUnit(plain);
        throw other == null
                ? new NoTimeException(
                        Reason.MAP_TIME,
                        "is not "
                                + forms.stream().map(Form::wanted).distinct().collect(Collectors.joining(", and not ")))
                : new NoTimeException(Reason.TS_RANGE, "is behind the year 9999; " + other);
    }

    /**
     * The time that is so long after another.
     *
     * @param start a time as the mapping writes it
     * @param offset for example {@code 1m 13s}, {@code ( 1h 2m 3s )} or {@code 00:01:13}
     */
    String rfc3339After(String start, String offset) throws NoTimeException {
        Instant from = Rfc3339.parse(rfc3339(start))
                .orElseThrow(() -> new NoTimeException(Reason.MAP_TIME, "counts from a start that is no time"));
        String bare = TimePattern.oneBlank(offset).toLowerCase(Locale.ROOT);
        bare = bare.startsWith("(") && bare.endsWith(")")
                ? bare.substring(1, bare.length() - 1).strip()
                : bare;
        Matcher parts = CLOCK.matcher(bare);
        if (!parts.matches() && (bare.isEmpty() || !(parts = WORDS.matcher(bare)).matches())) {
            throw new NoTimeException(Reason.MAP_TIME, "is not a time after the start, such as 1m 13s or 00:01:13");
        }
        Duration after = Duration.ofHours(number(parts.group(1)).longValue())
                .plusMinutes(number(parts.group(2)).longValue())
                .plusNanos(number(parts.group(3)).movePointRight(9).longValue());
        String text = text(from.plus(after));
        if (text == null) {
            throw new NoTimeException(Reason.TS_RANGE, "is behind the year 9999");
        }
        return text;
    }

    private static BigDecimal number(@Nullable String digits) {
        return digits == null ? BigDecimal.ZERO : new BigDecimal(digits);
    }
}
