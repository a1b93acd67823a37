package io.cxt.pace;

import io.cxt.settings.Settings;
import io.cxt.text.Nearest;
import io.cxt.text.SafeText;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * When calls may leave, from {@code cxone.window}: daily times, each by the clock of a place. Where a clock is changed, a time
 * that does not exist is left out, and one that comes twice counts once: no window is open outside its times.
 */
public final class CallWindows {
    private static final Pattern WINDOW =
            Pattern.compile("(\\d\\d:\\d\\d)-(\\d\\d:\\d\\d) +([\\w+/-]+)(?: +at +(\\d{1,5}(?:\\.\\d{1,3})?))?");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);
    private static final String EXAMPLE = "22:00-06:00 Europe/Berlin, or with a rate: 22:00-06:00 Europe/Berlin at 20";
    private static final double LEAST = 0.2;

    private final List<Window> windows;

    /** @param rate calls a second in it; null for the usual one */
    private record Window(
            LocalTime from,
            LocalTime to,
            ZoneId zone,
            @Nullable Double rate) {
        /** As it is on the day on which it opens. */
        Span on(LocalDate day) {
            Instant start = instant(day.atTime(from), false);
            LocalDateTime closes = (to.isAfter(from) ? day : day.plusDays(1)).atTime(to);
            Instant end = instant(closes, true);
            return new Span(start, end.isAfter(start) ? end : instant(closes, false), this);
        }

        /** @param first true for the first of two moments with this time on the clock */
        private Instant instant(LocalDateTime local, boolean first) {
            ZoneOffsetTransition change = zone.getRules().getTransition(local);
            if (change == null) {
                return local.atZone(zone).toInstant();
            }
            ZoneOffset offset = first ? change.getOffsetBefore() : change.getOffsetAfter();
            return change.isGap() ? change.getInstant() : local.toInstant(offset);
        }
    }

    /** Open from one moment to another. */
    private record Span(Instant start, Instant end, Window window) {
        boolean holds(Instant now) {
            return !now.isBefore(start) && now.isBefore(end);
        }
    }

    /**
     * Whether calls may leave.
     *
     * @param until when that changes; null where there are no windows
     * @param callsPerSecond the least that a window sets that is open; null for the usual rate
     * @param words for a person: {@code opens 22:00 Europe/Berlin}; empty where there are no windows
     */
    public record State(
            boolean open, @Nullable Instant until, @Nullable Double callsPerSecond, String words) {}

    private CallWindows(List<Window> windows) {
        this.windows = List.copyOf(windows);
    }

    /** Reads and checks {@code cxone.window}; problems stay in the settings. */
    public static CallWindows from(Settings settings) {
        List<Window> windows = new ArrayList<>();
        String text = settings.optional("cxone.window").orElse("");
        if (!text.isBlank() && text.matches("[;,\\s]*")) {
            settings.problem("cxone.window is %s, which names no time; write %s, or leave it empty"
                    .formatted(SafeText.brief(text), EXAMPLE));
        }
        for (String each : text.split("[;,]")) {
            if (!each.isBlank()) {
                Window window = read(each.strip(), settings);
                if (window != null) {
                    windows.add(window);
                }
            }
        }
        return new CallWindows(windows);
    }

    private static @Nullable Window read(String text, Settings settings) {
        Matcher window = WINDOW.matcher(text);
        if (window.matches() && window.group(1).equals(window.group(2))) {
            settings.problem("cxone.window has %s, which begins when it ends; for the whole day write 00:00-24:00 %s"
                    .formatted(SafeText.brief(text), window.group(3)));
            return null;
        }
        LocalTime from = window.matches() ? time(window.group(1)) : null;
        LocalTime to = from == null ? null : time(window.group(2));
        if (from == null || to == null) {
            settings.problem("cxone.window has %s; write each as %s; several with ; between"
                    .formatted(SafeText.brief(text), EXAMPLE));
            return null;
        }
        String zone = window.group(3);
        if (!ZoneId.getAvailableZoneIds().contains(zone)) {
            settings.problem("cxone.window names the time zone %s; the nearest is %s"
                    .formatted(SafeText.brief(zone), Nearest.to(zone, List.copyOf(ZoneId.getAvailableZoneIds()))));
            return null;
        }
        Double rate = window.group(4) == null ? null : Double.valueOf(window.group(4));
        if (rate != null && (rate < LEAST || rate > Rate.UNLIMITED)) {
            settings.problem("cxone.window has a rate of %s; allowed: 0.2 to 10000 calls a second".formatted(rate));
            return null;
        }
        return new Window(from, to, ZoneId.of(zone), rate);
    }

    /** Null for no time of a day; 24:00 is midnight. */
    private static @Nullable LocalTime time(String text) {
        if (text.equals("24:00")) {
            return LocalTime.MIDNIGHT;
        }
        int hour = Integer.parseInt(text.substring(0, 2));
        int minute = Integer.parseInt(text.substring(3));
        return hour < 24 && minute < 60 ? LocalTime.of(hour, minute) : null;
    }

    /** Whether calls may leave at a moment. */
    public State at(Instant now) {
        if (windows.isEmpty()) {
            return new State(true, null, null, "");
        }
        List<Span> spans = spans(now);
        Span last = null;
        Double rate = null;
        for (Span span : spans) {
            if (span.holds(now)) {
                Double its = span.window().rate();
                rate = rate == null || its != null && its < rate ? its : rate;
            }
            if (last == null ? span.holds(now) : span.holds(last.end())) {
                last = span; // the next begins before this one ends
            }
        }
        if (last != null) {
            Instant changes = spans.stream()
                    .flatMap(span -> Stream.of(span.start(), span.end()))
                    .filter(now::isBefore)
                    .min(Instant::compareTo)
                    .orElse(last.end());
            return new State(
                    true,
                    changes,
                    rate,
                    "open until " + words(last.end(), last.window().zone()));
        }
        Span next = spans.stream()
                .filter(span -> span.start().isAfter(now))
                .findFirst()
                .orElseThrow();
        return new State(
                false,
                next.start(),
                null,
                "opens " + words(next.start(), next.window().zone()));
    }

    /** All that may be open now or soon, in the order in which they open; without those that a change of the clock leaves out. */
    private List<Span> spans(Instant now) {
        List<Span> spans = new ArrayList<>();
        for (Window window : windows) {
            LocalDate today = now.atZone(window.zone()).toLocalDate();
            for (int day = -1; day <= 3; day++) {
                Span span = window.on(today.plusDays(day));
                if (span.end().isAfter(span.start())) {
                    spans.add(span);
                }
            }
        }
        spans.sort(Comparator.comparing(Span::start).thenComparing(Span::end));
        return spans;
    }

    private static String words(Instant at, ZoneId zone) {
        return TIME.format(at.atZone(zone)) + " " + zone;
    }
}
