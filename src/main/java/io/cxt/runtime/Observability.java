package io.cxt.runtime;

import io.cxt.audit.CheckpointCopies;
import io.cxt.intake.Backlog;
import io.cxt.intake.HeldSources;
import io.cxt.intake.WaitingCounts;
import io.cxt.ledger.ControlRow;
import io.cxt.ledger.DeliveryState;
import io.cxt.ledger.Job;
import io.cxt.ledger.LedgerStatus.AllJobs;
import io.cxt.ops.Gauges;
import io.cxt.ops.HealthCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * What is visible of a running CXT from outside: its figures and whether it is ready.
 *
 * <p>Long because every figure is named here.
 *
 * @param stall how long there may be work with nothing sent before the alarm is raised
 */
public record Observability(CxtComponents components, Duration stall) {
    /** Both figures of one scrape come from one look at the folder. */
    private static final Duration BACKLOG_LASTS = Duration.ofSeconds(1);

    private static final Duration LETTERS_LAST = Duration.ofSeconds(30);
    private static final Duration JOBS_LAST = Duration.ofSeconds(5);
    /** What can be held. */
    private static final List<String> HELD = Stream.concat(
                    Stream.of(ControlRow.LANE), HeldSources.PICKUPS.stream().map(ControlRow::source))
            .toList();

    /** Adds the conditions as health checks: CXT is ready only while all of them hold. */
    public void addHealth(CamelContext camel) {
        Readiness.addTo(camel, conditions());
    }

    private List<HealthCondition> conditions() {
        List<HealthCondition> all = new ArrayList<>(List.of(
                new HealthCondition("cxt-ledger", () -> Optional.ofNullable(
                                components.ledger().trouble())
                        .map(trouble -> "The ledger cannot be written: " + trouble + ". Nothing is sent until it can")),
                new HealthCondition(
                        "cxt-clock",
                        () -> Optional.ofNullable(components.ledger().clockTrouble())),
                new HealthCondition("cxt-lane", () -> components.lane().stopReason()),
                new HealthCondition("cxt-live", Optional::empty, components.live()::inWords),
                new HealthCondition("cxt-progress", this::stalled)));
        all.addAll(components.pickups().conditions());
        return all;
    }

    private Optional<String> stalled() {
        if (components.lane().held().isPresent()) {
            return Optional.empty(); // as a person wants it
        }
        Backlog backlog = components.backlog();
        boolean work = backlog.openReadings() > 0;
        Duration quiet = backlog.sinceLastSent();
        if (backlog.longestElsewhere().compareTo(stall) > 0 && quiet.compareTo(stall) > 0 && nobodyWrites()) {
            return Optional.of(
                    "%s sources have been in the hands of another instance for %s minutes and nothing was sent. Look at that instance, or end it"
                            .formatted(
                                    backlog.countElsewhere(),
                                    backlog.longestElsewhere().toMinutes()));
        }
        return work && backlog.oldest().compareTo(stall) > 0 && quiet.compareTo(stall) > 0
                ? Optional.of("There is work and nothing was sent for %s minutes. See the log for the reason"
                        .formatted(quiet.toMinutes()))
                : Optional.empty();
    }

    /** True when no instance has written to the audit for that long. */
    private boolean nobodyWrites() {
        return components
                .ledger()
                .view()
                .status()
                .lastEventAt()
                .filter(last -> !last.isBefore(Instant.now().minus(stall)))
                .isEmpty();
    }

    /** Registers the figures. */
    public void addTo(Gauges gauges) {
        gauges.byTag(
                "cxt.deliveries",
                "Deliveries in the ledger by state",
                "state",
                Arrays.stream(DeliveryState.values()).map(DeliveryState::name).toList(),
                () -> components.ledger().view().status().countsByState(),
                (counts, state) -> counts.getOrDefault(DeliveryState.valueOf(state), 0L));
        gauges.byTag(
                "cxt.sources.undecided",
                "Sources that cannot be decided, by how they came: they wait, or lie in .failed; see cxt status",
                "pickup",
                List.of("file", "sftp"),
                () -> components.ledger().view().status().undecided(),
                (undecided, pickup) -> undecided.stream()
                        .filter(each -> each.pickup().equals(pickup))
                        .count());
        addBacklogTo(gauges);
        Supplier<AllJobs> jobs = Gauges.lasting(
                JOBS_LAST, () -> components.ledger().view().status().jobs());
        gauges.byTag(
                "cxt.jobs",
                "Jobs that have not ended, by state",
                "state",
                Arrays.stream(Job.State.values())
                        .filter(state -> !state.ended())
                        .map(Enum::name)
                        .toList(),
                jobs,
                (all, state) -> all.open().getOrDefault(state, 0L));
        gauges.byTag(
                "cxt.job.left",
                "Letters, and files, that jobs have to do",
                "kind",
                List.of(Job.REDRIVE, Job.BACKFILL),
                jobs,
                (all, kind) -> all.left().getOrDefault(kind, 0L));
        gauges.byTag(
                "cxt.job.results",
                "What became of letters, and of transcripts in files, of all jobs",
                "result",
                Job.RESULTS,
                jobs,
                (all, result) -> all.results().getOrDefault(result, 0L));
        gauges.count(
                "cxt.sources.given.up",
                "Sources given up since the start: they lie in .failed, or are dead letters",
                components::abandoned);
        gauges.gauge(
                "cxt.dead.letters",
                "Dead letters that wait for a person",
                Gauges.lasting(LETTERS_LAST, components::deadLetters)::get);
        gauges.running(
                "cxt.build.info",
                "What runs here",
                "version",
                CxtComponents.version(),
                "target",
                components.target().name());
        gauges.gauge(
                "cxt.last.sent.timestamp.seconds",
                "When this process last sent a transcript, in seconds since 1970; 0 when it has not",
                () -> components.backlog().lastSentAt() == null
                        ? 0
                        : components.backlog().lastSentAt().toEpochMilli() / 1000.0);
        gauges.gauge(
                "cxt.lane.calls.per.second",
                "Calls that all instances together may make in a second now; 10000 is no limit, NaN before the first",
                () -> components.lane().callsPerSecond());
        gauges.gauge(
                "cxt.lane.paused.seconds",
                "How long calls are still paused, after HTTP 429 or while CXone is not well",
                () -> components.lane().pausedFor().toMillis() / 1000.0);
        gauges.gauge(
                "cxt.lane.stopped",
                "1 while a person must act before calls go on",
                () -> components.lane().stopReason().isPresent() ? 1 : 0);
        gauges.gauge(
                "cxt.window.open",
                "0 outside cxone.window",
                () -> components.live().windowOpen() ? 1 : 0);
        for (String what : HELD) {
            gauges.gauge(
                    "cxt.held",
                    "1 while a person holds it: the lane, or a pickup",
                    "what",
                    what,
                    () -> components.live().holds(what) ? 1 : 0);
        }
        CheckpointCopies copies = components.checkpointCopies();
        for (String place : copies.places()) {
            gauges.gauge(
                    "cxt.checkpoint.copy.behind.seconds",
                    "How long a place of audit.checkpoint-copies has lacked a checkpoint; 0 when it has all",
                    "place",
                    place,
                    () -> copies.behindSeconds(place));
        }
        gauges.gauge(
                "cxt.stalled",
                "1 when there is work and nothing was sent for ops.stall-minutes",
                () -> stalled().isPresent() ? 1 : 0);
    }

    private void addBacklogTo(Gauges gauges) {
        Backlog backlog = components.backlog();
        Supplier<WaitingCounts> waiting = Gauges.lasting(BACKLOG_LASTS, components::waiting);
        gauges.gauge(
                "cxt.backlog.sources",
                "Files and messages that wait, those that are being read with them",
                waiting,
                WaitingCounts::sources);
        gauges.gauge(
                "cxt.backlog.bytes",
                "Bytes of them that are not read yet; of a queue an estimate",
                waiting,
                WaitingCounts::bytes);
        gauges.gauge(
                "cxt.backlog.oldest.seconds",
                "How long the oldest source has been read",
                () -> Math.max(
                        backlog.oldest().toSeconds(), backlog.longestElsewhere().toSeconds()));
    }

    /** A condition as a Camel health check: CXT is ready only while all of them hold. It stays live without them. */
    private static final class Readiness extends AbstractHealthCheck {
        private final HealthCondition condition;

        private Readiness(HealthCondition condition) {
            super("cxt", condition.name());
            this.condition = condition;
        }

        static void addTo(CamelContext camel, List<HealthCondition> conditions) {
            HealthCheckRegistry registry =
                    Objects.requireNonNull(HealthCheckRegistry.get(camel), "camel-health is on the class path");
            conditions.forEach(condition -> registry.register(new Readiness(condition)));
        }

        @Override
        public boolean isLiveness() {
            return false;
        }

        @Override
        protected void doCall(HealthCheckResultBuilder result, Map<String, Object> options) {
            Optional<String> fault = condition.fault().get();
            if (fault.isPresent()) {
                result.message(fault.get()).down();
            } else {
                condition.remark().get().ifPresent(result::message);
                result.up();
            }
        }
    }
}
