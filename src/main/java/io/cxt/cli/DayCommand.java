package io.cxt.cli;

import io.cxt.audit.AuditEntry;
import io.cxt.db.LedgerSettings;
import io.cxt.ledger.LedgerStatus.DeliveryTimes;
import io.cxt.ledger.LedgerView;
import io.cxt.ledger.UnreleasedSource;
import io.cxt.settings.Settings;
import io.cxt.story.Balance;
import io.cxt.story.DayBalance;
import io.cxt.text.SafeName;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Whether what was read on a day has an outcome, source by source. */
@Command(
        name = "day",
        description = {
            "Shows what became of each source that was released on a day, and whether the counts add up.",
            "It does when what was read is what was sent, refused, and so on, and unexplained is 0. Sources that were",
            "begun that day and are not finished, or were lost, come last. Also how long parts took from the pickup to",
            "CXone's answer. Exit code 6 when something is unexplained, not finished, or lost."
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {"  cxt day 2026-11-28", "  cxt day 2026-11-28 --zone Europe/Berlin -o json | jq .total"})
final class DayCommand implements Callable<Integer> {
    private static final List<String> OUTCOMES = List.of(
            "sent", "duplicate", "rejected", "failed", "conflict", "in-doubt", "excluded", "queued", "not-selected");

    @Parameters(arity = "0..1", paramLabel = "DAY", description = "A day: 2026-11-28. Default: today.")
    private @Nullable String asked;

    @Option(
            names = "--zone",
            paramLabel = "ZONE",
            description = "Where the day begins and ends: Europe/Berlin. Default: console.time-zone.")
    private @Nullable String zone;

    @Mixin
    private final Output.Option as = new Output.Option();

    @Override
    public Integer call() {
        Settings settings = Installation.find().settings();
        LedgerSettings ledger = LedgerSettings.from(settings);
        ZoneId here = zone(settings);
        settings.check();
        LocalDate day = day(here);
        Instant from = day.atStartOfDay(here).toInstant();
        Instant until = day.plusDays(1).atStartOfDay(here).toInstant();
        boolean json = as.output == Output.json;
        try (LedgerView view = DataDir.view(ledger, as.output)) {
            if (json) {
                System.out.print("{\"day\": \"%s\", \"from\": \"%s\", \"until\": \"%s\", \"sources\": "
                        .formatted(day, from, until));
            } else {
                OUTCOMES.forEach(outcome -> System.out.printf(Locale.ROOT, "%13s", outcome));
                System.out.printf(Locale.ROOT, "%13s%13s  source%n", "read", "unexplained");
            }
            DayBalance balance = DayBalance.of(
                    view,
                    from,
                    until,
                    Long.MAX_VALUE / 2,
                    json ? this::item : this::row,
                    json ? this::unreleased : this::unreleasedRow);
            DeliveryTimes times = view.status().deliveryTimes(from, until);
            if (json) {
                Output.endOfItems();
                System.out.printf(
                        Locale.ROOT,
                        ", \"total\": %s, \"timeToDeliver\": %s}%n",
                        Output.line(total(balance)),
                        Output.line(times));
            } else {
                print(balance.sum(), "total of %s sources".formatted(balance.sources()));
                System.out.printf(
                        Locale.ROOT,
                        "pickup to answer of %s parts: half within %.1f s, 95%% %.1f s, 99%% %.1f s, all %.1f s%n",
                        times.parts(),
                        times.medianMs() / 1000.0,
                        times.p95Ms() / 1000.0,
                        times.p99Ms() / 1000.0,
                        times.longestMs() / 1000.0);
            }
            String pruned = view.audit().prunedUpTo();
            if (pruned != null && from.isBefore(Instant.parse(pruned))) {
                System.err.println(
                        "Events up to " + pruned + " were pruned: sources that were released before are not counted");
            }
            if (balance.setBack()) {
                System.err.println(
                        "The order of the audit and its times contradict each other: a clock was set back, or was ahead"
                                + " for a while. Each source counts on the day that its own event names. Where that was: cxt audit verify");
            }
            if (balance.lost() > 0) {
                System.err.println(balance.lost()
                        + " lost before all of it was read: nobody has the rest now. Drop the file again if its sender has it;"
                        + " what was sent makes no call. The log (orphaned) names what was being sent");
            }
            if (balance.open() > 0) {
                System.err.println(balance.open() + " not finished: see cxt status");
            }
            return balance.comesOut() ? Exit.GOOD : Exit.PARTLY;
        }
    }

    private static Map<String, Object> total(DayBalance balance) {
        Map<String, Object> total = fields(balance.sum());
        total.put("lostSources", balance.lost());
        total.put("openSources", balance.open());
        total.put("clockSetBack", balance.setBack());
        return total;
    }

    private LocalDate day(ZoneId here) {
        try {
            return asked == null ? LocalDate.now(here) : LocalDate.parse(asked);
        } catch (DateTimeException e) {
            throw new CommandRefused(
                    Exit.USAGE, "%s is no day: write it as 2026-11-28".formatted(SafeName.log(String.valueOf(asked))));
        }
    }

    private ZoneId zone(Settings settings) {
        String name = zone == null ? settings.optional("console.time-zone").orElse("UTC") : zone;
        try {
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            throw new CommandRefused(
                    Exit.USAGE, "%s is no zone: write it as Europe/Berlin".formatted(SafeName.log(name)));
        }
    }

    private void item(AuditEntry closing) {
        Map<String, Object> source = new LinkedHashMap<>();
        source.put("source", closing.source());
        source.put("releasedAt", closing.at());
        source.putAll(fields(Balance.of(closing.detail())));
        Output.item(source);
    }

    private void unreleased(UnreleasedSource open) {
        Map<String, Object> source = new LinkedHashMap<>();
        source.put("source", open.source());
        source.put("begunAt", open.begunAt().toString());
        if (open.endedAt() != null) {
            source.put("endedAt", open.endedAt().toString());
        }
        source.put("notReleased", open.words());
        source.putAll(fields(Balance.of(open)));
        Output.item(source);
    }

    private void unreleasedRow(UnreleasedSource open) {
        print(Balance.of(open), "%s (%s)".formatted(SafeName.log(open.source()), SafeName.log(open.words())));
    }

    private static Map<String, Object> fields(@Nullable Balance balance) {
        Map<String, Object> fields = new LinkedHashMap<>();
        if (balance != null) {
            fields.put("read", balance.read());
            fields.putAll(balance.outcomes());
            fields.put("unexplained", balance.unexplained());
        }
        return fields;
    }

    private void row(AuditEntry closing) {
        Balance balance = Balance.of(closing.detail());
        print(balance == null ? Balance.NOTHING : balance, SafeName.log(String.valueOf(closing.source())));
    }

    private static void print(Balance balance, String name) {
        OUTCOMES.forEach(outcome ->
                System.out.printf(Locale.ROOT, "%13d", balance.outcomes().getOrDefault(outcome, 0L)));
        System.out.printf(Locale.ROOT, "%13d%13d  %s%n", balance.read(), balance.unexplained(), name);
    }
}
