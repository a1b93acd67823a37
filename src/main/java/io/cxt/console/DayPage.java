package io.cxt.console;

import io.cxt.ledger.LedgerView;
import io.cxt.story.Balance;
import io.cxt.story.DayBalance;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The balance of all sources that were released on a day. */
public final class DayPage {
    /** Of a chain that are looked at. */
    private static final int MOST_EVENTS = 500_000;

    /** No source of a day is released later than that: its balance is known then, and counted once. */
    private static final Duration OVER = Duration.ofHours(1);

    private static final int MOST_KNOWN = 100;

    private final LedgerView view;
    private final ZoneId zone;
    private final Clock clock;
    private final Map<LocalDate, Page> known = new LinkedHashMap<>();

    DayPage(LedgerView view, ZoneId zone, Clock clock) {
        this.view = view;
        this.zone = zone;
        this.clock = clock;
    }

    /**
     * All sources that were released on a day, in the zone of the pages, and those that were begun on it or found to be lost.
     *
     * @param sources how many
     * @param whole false when the day has more events than a page looks at: then its last ones count
     * @param terms each word of the balance with the address of its events
     * @param lost how many of them were lost before they were read to their end
     * @param open how many of them are not finished
     * @param from the begin of the day, in UTC
     * @param until its end
     */
    public record Day(
            String day,
            String from,
            String until,
            long sources,
            Balance balance,
            Map<String, String> terms,
            boolean whole,
            long lost,
            long open,
            String before,
            String after) {}

    Page get(String asked) {
        LocalDate day;
        try {
            day = LocalDate.parse(asked);
        } catch (DateTimeParseException e) {
            return Page.problem(400, "Not a day", "That is no day.", "Write it as 2026-11-22.");
        }
        return page(day);
    }

    private synchronized Page page(LocalDate day) {
        Page page = known.get(day);
        if (page == null) {
            Instant until = day.plusDays(1).atStartOfDay(zone).toInstant();
            page = count(day, day.atStartOfDay(zone).toInstant(), until);
            if (until.plus(OVER).isBefore(clock.instant()) && known.size() < MOST_KNOWN) {
                known.put(day, page);
            }
        }
        return page;
    }

    private Page count(LocalDate day, Instant from, Instant until) {
        DayBalance balance = DayBalance.of(view, from, until, MOST_EVENTS, event -> {}, source -> {});
        Map<String, String> terms = new LinkedHashMap<>();
        SourcesPage.EVENTS.forEach((term, event) -> terms.put(
                term, Links.to("/audit", "event", event.name(), "from", from.toString(), "until", until.toString())));
        return Page.of(
                "Balance of a day",
                "day",
                new Day(
                        day.toString(),
                        from.toString(),
                        until.toString(),
                        balance.sources(),
                        balance.sum(),
                        terms,
                        balance.whole(),
                        balance.lost(),
                        balance.open(),
                        day.minusDays(1).toString(),
                        day.plusDays(1).toString()),
                "cxt audit query --event INTAKE_CLOSED --from %s --until %s".formatted(from, until));
    }
}
