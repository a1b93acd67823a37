package io.cxt.cli;

import io.cxt.archive.DeadLetters;
import io.cxt.db.LedgerSettings;
import io.cxt.ledger.ControlRow;
import io.cxt.ledger.DeliveryState;
import io.cxt.ledger.Instances;
import io.cxt.ledger.Job;
import io.cxt.ledger.LedgerStatus;
import io.cxt.ledger.LedgerView;
import io.cxt.ops.OpsSettings;
import io.cxt.pace.CallWindows;
import io.cxt.pickup.IgnoredFiles;
import io.cxt.settings.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Prints deliveries by state, dead letters, unfinished sources, what is held, and the instances. */
@Command(
        name = "status",
        description =
                "Shows deliveries by state and in the last hour, dead letters, unfinished sources, what is held, and the instances.",
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false,
        footerHeading = "%nExamples:%n",
        footer = {"  cxt status", "  cxt status -o json | jq .deliveries.FAILED"})
final class StatusCommand implements Callable<Integer> {
    /** For scripts; people read the same figures as {@code sent}, {@code notSent} and {@code sentPercent}. */
    private static final Set<String> OLDER_NAMES =
            Set.of("totalInjections", "successCount", "failureCount", "successRatePercent");

    /** So long a source that was lost is shown, unless it came again. */
    private static final Duration LOST_FOR = Duration.ofDays(30);

    @Mixin
    private final Output.Option as = new Output.Option();

    @Override
    public Integer call() {
        Installation installation = Installation.find();
        Settings settings = installation.settings();
        LedgerSettings ledger = LedgerSettings.from(settings);
        Path inbox = settings.path(
                "pickup.file.folder", ledger.folder().resolve("inbox").toString());
        boolean watched = settings.flag("pickup.file.enabled", true);
        Duration stall = OpsSettings.from(settings).stall();
        CallWindows windows = CallWindows.from(settings);
        settings.check();
        Map<String, Object> status = status(ledger, stall);
        CallWindows.State window = windows.at(Instant.now());
        if (!window.words().isEmpty()) {
            status.put("window", window.words());
        }
        IgnoredFiles others = new IgnoredFiles("file", installation::mappings);
        status.put("passedOver", watched ? others.in(inbox, (name, kind) -> {}) : 0);
        if (as.output == Output.json) {
            System.out.println(Output.json(status));
        } else {
            List<List<String>> rows = new ArrayList<>();
            status.forEach((name, value) -> {
                if (value instanceof Map<?, ?> counts) {
                    counts.forEach((state, count) -> rows.add(List.of(name + " " + state, count.toString())));
                } else if (!OLDER_NAMES.contains(name)) {
                    rows.add(List.of(name, String.valueOf(value)));
                }
            });
            System.out.print(Output.table(List.of("WHAT", "VALUE"), rows));
        }
        return Exit.GOOD;
    }

    private Map<String, Object> status(LedgerSettings settings, Duration stall) {
        DataDir.require(settings);
        try (LedgerView view = DataDir.view(settings, as.output)) {
            Map<String, Object> status = status(settings.folder(), view.status(), stall);
            Instant now = Instant.now();
            List<ControlRow> controls = view.findControls().inForce();
            List<Job> jobs = view.jobs().open();
            if (as.output == Output.json) {
                status.put("openJobs", jobs.stream().map(Job::id).toList());
                status.put(
                        "instances",
                        view.status().instances().stream()
                                .map(StatusCommand::fields)
                                .toList());
                status.put(
                        "controls", controls.stream().map(ControlChange::fields).toList());
            } else {
                controls.forEach(control -> status.put(control.what(), control.words()));
                jobs.forEach(job -> status.put("job " + job.id(), job.inWords()));
                view.status().instances().forEach(one -> status.put("instance " + one.name(), words(one, now)));
            }
            return status;
        }
    }

    private static Map<String, Object> fields(LedgerStatus.SeenInstance one) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", one.name());
        fields.put("host", one.host());
        fields.put("version", one.version());
        fields.put("startedAt", one.startedAt().toString());
        fields.put("seenAt", one.seenAt().toString());
        fields.put("lane", one.lane());
        fields.put("callsInFlight", one.inFlight());
        return fields;
    }

    private static String words(LedgerStatus.SeenInstance one, Instant now) {
        return "%s, cxt %s, %s, seen %s s ago"
                .formatted(
                        one.host(),
                        one.version(),
                        one.lane().equals(Instances.ENDED)
                                ? Instances.ENDED
                                : "lane %s, %s calls in flight".formatted(one.lane(), one.inFlight()),
                        Math.max(0, Duration.between(one.seenAt(), now).toSeconds()));
    }

    private static Map<String, Object> status(Path data, LedgerStatus now, Duration stall) {
        Map<DeliveryState, Long> counts = now.countsByState();
        long waiting = now.waiting();
        LedgerStatus.Unfinished open = now.unfinished();
        List<LedgerStatus.Undecided> undecided = now.undecided();
        long success = counts.getOrDefault(DeliveryState.SENT, 0L);
        long failure = counts.getOrDefault(DeliveryState.REJECTED, 0L)
                + counts.getOrDefault(DeliveryState.FAILED, 0L)
                + counts.getOrDefault(DeliveryState.CONFLICT, 0L)
                + counts.getOrDefault(DeliveryState.IN_DOUBT, 0L);
        long total = success + failure;

        Map<String, Object> status = new LinkedHashMap<>();
        status.put("dataDir", data.toString());
        status.put("deliveries", counts);
        status.put("deadLetters", new DeadLetters(data.resolve("dead-letters"), data).count());
        double percent = total == 0 ? 0.0 : Math.round(success * 10_000.0 / total) / 100.0;
        status.put("sent", success);
        status.put("notSent", failure - waiting);
        status.put("waiting", waiting);
        status.put("sentPercent", percent);
        status.put("totalInjections", total);
        status.put("successCount", success);
        status.put("failureCount", failure);
        status.put("successRatePercent", percent);
        status.put("averageLatencySeconds", Math.round(now.averageLatencySeconds() * 1000) / 1000.0);
        status.put("lastSentAt", now.lastSentAt().map(Instant::toString).orElse(null));
        status.put("lastHour", now.lastHour(Instant.now()));
        status.put("unfinishedSources", open.sources());
        status.put(
                "oldestUnfinishedSince",
                open.oldestOpenedAt().map(Instant::toString).orElse(null));
        status.put("stalled", open.stalled(now.lastEventAt(), Instant.now().minus(stall)));
        status.put("undecidedSources", undecided.size());
        status.put(
                "undecided",
                undecided.stream()
                        .limit(10)
                        .map(each -> "%s since %s: %s".formatted(each.source(), each.since(), each.why()))
                        .toList());
        List<String> lost = now.lostSince(Instant.now().minus(LOST_FOR));
        status.put("lostSources", lost.size());
        status.put("lost", lost.stream().limit(10).toList());
        return status;
    }
}
