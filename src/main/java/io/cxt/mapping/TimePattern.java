package io.cxt.mapping;

import io.cxt.mapping.Times.NoTimeException;
import io.cxt.transcript.Blanks;
import io.cxt.transcript.Reason;
import java.text.DateFormatSymbols;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Times written as a pattern. Case does not matter, and every kind of blank, or several, are one blank.
 *
 * @param zone the zone of times that name none, or null when the pattern reads one
 * @param twice what a time means in the hour that the clock runs twice: refuse, earlier or later
 */
record TimePattern(DateTimeFormatter formatter, @Nullable ZoneId zone, String twice) {
    static final String REFUSE = "refuse";
    static final String LATER = "later";

    private static final LocalDateTime SAMPLE = LocalDateTime.of(2024, 6, 15, 21, 4, 5);

    /**
     * Abbreviations that mean one offset everywhere, or by RFC 5322, in hours. Others mean several, like IST and BST. Each
     * map has an offset once.
     */
    private static final List<Map<Long, String>> ZONES = zones("UTC 0 GMT 0 WET 0 Z 0 CET 1 MEZ 1 WEST 1 CEST 2 MESZ 2"
            + " EET 2 EEST 3 MSK 3 JST 9 KST 9 AEST 10 AEDT 11 NZST 12 NZDT 13 EST -5 EDT -4 CST -6 CDT -5 MST -7 MDT -6"
            + " PST -8 PDT -7 AKST -9 AKDT -8 HST -10");

    private static List<Map<Long, String>> zones(String words) {
        List<Map<Long, String>> zones = Stream.generate(() -> (Map<Long, String>) new HashMap<Long, String>())
                .limit(4)
                .toList();
        String[] parts = words.split(" ");
        for (int i = 0; i < parts.length; i += 2) {
            long offset = Long.parseLong(parts[i + 1]) * 3600;
            zones.stream()
                    .filter(zone -> !zone.containsKey(offset))
                    .findFirst()
                    .orElseThrow()
                    .put(offset, parts[i]);
        }
        return zones;
    }

    /**
     * The formatter of a pattern.
     *
     * @throws IllegalArgumentException when it is no pattern
     * @throws DateTimeException when it does not make a date and a time
     */
    static DateTimeFormatter formatter(String pattern, Locale locale) {
        DateTimeFormatterBuilder builder = new DateTimeFormatterBuilder().parseCaseInsensitive();
        StringBuilder plain = new StringBuilder();
        boolean quoted = false;
        String rest = oneBlank(pattern);
        for (int i = 0; i < rest.length(); i++) {
            char c = rest.charAt(i);
            quoted ^= c == '\'';
            if (quoted || "apzv".indexOf(c) < 0) {
                plain.append(c);
            } else if (c != 'p') { // a p fills up with blanks, which are one here
                builder.appendPattern(plain.toString());
                plain.setLength(0);
                int end = i;
                while (end + 1 < rest.length() && rest.charAt(end + 1) == c) {
                    end++;
                }
                if (c == 'v' || end - i > 2) {
                    throw new IllegalArgumentException("names of zones are read by z, as in CEST, and by VV, as in"
                            + " Europe/Berlin; halves of the day by a");
                }
                choice(
                        builder,
                        c == 'a' ? ChronoField.AMPM_OF_DAY : ChronoField.OFFSET_SECONDS,
                        c == 'a' ? halves(locale) : ZONES);
                i = end;
            }
        }
        DateTimeFormatter formatter = builder.appendPattern(plain.toString())
                .parseDefaulting(ChronoField.ERA, 1) // else yyyy is no year by itself
                .toFormatter(locale)
                .withResolverStyle(ResolverStyle.STRICT);
        LocalDateTime.from(formatter.parse(oneBlank(formatter.format(SAMPLE.atZone(ZoneId.of("UTC"))))));
        return formatter;
    }

    /** A date and a time as ISO 8601 has them, with T or a blank between them and any way to write an offset, or none. */
    static DateTimeFormatter iso() {
        return new DateTimeFormatterBuilder()
                .parseCaseInsensitive()
                .append(DateTimeFormatter.ISO_LOCAL_DATE)
                .appendPattern("['T'][ ]")
                .append(DateTimeFormatter.ISO_LOCAL_TIME)
                .appendPattern("[ ][XXX][XX][X]")
                .toFormatter(Locale.ROOT)
                .withResolverStyle(ResolverStyle.STRICT);
    }

    /** True when a pattern can read a zone itself. */
    static boolean canSayZone(String pattern) {
        return pattern.replaceAll("'[^']*'", "").matches(".*[VzOXxZ].*");
    }

    /** True when a pattern does not read times without a zone. */
    static boolean mustSayZone(String pattern) {
        return canSayZone(pattern.replaceAll("\\[[^\\]]*\\]", ""));
    }

    private static void choice(DateTimeFormatterBuilder builder, ChronoField field, List<Map<Long, String>> texts) {
        texts.forEach(text -> builder.optionalStart().appendText(field, text).optionalEnd());
    }

    /** The two halves of the day in the words of the locale, and in those that are used everywhere. */
    private static List<Map<Long, String>> halves(Locale locale) {
        String[] own = DateFormatSymbols.getInstance(locale).getAmPmStrings();
        return List.of(
                Map.of(0L, oneBlank(own[0]), 1L, oneBlank(own[1])),
                Map.of(0L, "a. m.", 1L, "p. m."),
                Map.of(0L, "a.m.", 1L, "p.m."),
                Map.of(0L, "am", 1L, "pm"),
                Map.of(0L, "a", 1L, "p"));
    }

    /** The text with one plain blank for all others, none around it, and without marks of the direction of writing. */
    static String oneBlank(String text) {
        boolean plain = true;
        char before = ' ';
        for (int i = 0; i < text.length() && plain; i++) {
            char c = text.charAt(i);
            plain = c > ' ' && c < 0x7F || c == ' ' && before != ' ';
            before = c;
        }
        if (plain && before != ' ') {
            return text;
        }
        return text.codePoints()
                .filter(point -> Character.getType(point) != Character.FORMAT)
                .mapToObj(point -> Blanks.isBlank(point) ? " " : Character.toString(point))
                .collect(Collectors.joining())
                .strip()
                .replaceAll(" {2,}", " ");
    }

    /**
     * The moment that a text means.
     *
     * @throws DateTimeException when it is not as the pattern says; its message quotes the text
     * @throws NoTimeException when no moment, or more than one, has this local time
     */
    Instant read(String text) {
        TemporalAccessor parsed = formatter.parse(text);
        if (parsed.isSupported(ChronoField.OFFSET_SECONDS)) {
            return OffsetDateTime.from(parsed).toInstant();
        }
        ZoneId own = parsed.query(TemporalQueries.zone());
        return at(LocalDateTime.from(parsed), own == null ? zone : own, twice);
    }

    /** The moment of a local time; a zone is never guessed. */
    static Instant at(LocalDateTime local, @Nullable ZoneId zone, String twice) {
        if (zone == null) {
            throw new NoTimeException(
                    Reason.MAP_TIME, "has no zone, and the mapping file does not say one in timestamp.zone");
        }
        List<ZoneOffset> offsets = zone.getRules().getValidOffsets(local);
        if (offsets.isEmpty()) {
            throw new NoTimeException(
                    Reason.MAP_TIME,
                    "lies in the hour that the clock in %s steps over".formatted(zone)
                            + ", so nobody can have written then (if the times are of another zone, correct timestamp.zone in"
                            + " the mapping file; else correct the time)");
        }
        if (offsets.size() > 1 && twice.equals(REFUSE)) {
            throw new NoTimeException(
                    Reason.MAP_TIME,
                    "lies in the hour that the clock in %s runs twice, so it could mean two times".formatted(zone)
                            + " (if you know which, set timestamp.twice in the mapping file)");
        }
        return local.toInstant(offsets.get(twice.equals(LATER) ? offsets.size() - 1 : 0));
    }
}
