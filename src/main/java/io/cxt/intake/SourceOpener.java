package io.cxt.intake;

import io.cxt.archive.Report;
import io.cxt.db.LedgerException;
import io.cxt.ledger.Intakes;
import io.cxt.text.SafeName;
import io.cxt.transcript.Reason;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens a source if there is capacity for it and no other instance reads it. */
record SourceOpener(
        Intakes intakes,
        HeldSources held,
        Path reports,
        Backlog backlog,
        ReadingCapacity capacity,
        Map<String, Selection> selections,
        Clock clock) {
    private static final Logger LOG = LoggerFactory.getLogger(SourceOpener.class);

    /** Why a source stays whose folder another ledger has taken over. */
    static final String OTHER_LEDGER = "another cxt with a ledger of its own reads the folder";

    /** How long a source is left alone while another instance, or another source, has its turn. */
    private static final Duration TURN_OF_OTHERS = Duration.ofSeconds(2);

    private static final Duration LEDGER_AWAY = Duration.ofSeconds(5);

    /** May wait for memory. */
    Opening open(Source source) {
        List<Runnable> taken = new ArrayList<>();
        List<Runnable> locked = new ArrayList<>();
        Runnable end = () -> taken.forEach(Runnable::run);
        Runnable unlock = () -> locked.forEach(Runnable::run);
        boolean opened = false;
        try {
            ByteBudget.Share memory = capacity.memory(source);
            Optional<String> obstacle = obstacle(source, memory, taken, locked);
            if (obstacle.isPresent()) {
                return new Opening.Stays(obstacle.get());
            }
            SourceReading reading = reading(source, memory);
            taken.add(0, () -> end(reading));
            opened = true;
            return new Opening.Opened(reading, end, unlock);
        } catch (LedgerException e) {
            source.holdBack(LEDGER_AWAY);
            return new Opening.Stays(String.valueOf(e.getMessage()));
        } finally {
            if (!opened) {
                end.run();
                unlock.run();
            }
        }
    }

    /** Acquires what a reading needs. @return why the source stays; empty when it can be read */
    private Optional<String> obstacle(
            Source source, ByteBudget.Share memory, List<Runnable> taken, List<Runnable> locked) {
        String hold = held.why(source.pickup());
        if (hold != null) {
            source.holdBack(TURN_OF_OTHERS);
            return Optional.of("pickup %s is %s".formatted(source.pickup(), hold));
        }
        Optional<String> others = capacity.takesPlace(source, taken)
                ? lock(source, locked)
                : Optional.of("other large sources are read first");
        if (others.isPresent()) {
            source.holdBack(TURN_OF_OTHERS);
            return others;
        }
        return ReadingCapacity.awaitMemory(memory, taken) ? Optional.empty() : Optional.of(Intake.STOPPING);
    }

    /** Locks a source that other instances may find too. @return why it stays; empty when it may be read */
    private Optional<String> lock(Source source, List<Runnable> locked) {
        if (!source.shared()) {
            return Optional.empty();
        }
        if (!intakes.take(source.pickup(), source.name())) {
            backlog.elsewhere(source);
            return Optional.of("another instance reads it");
        }
        locked.add(() -> intakes.release(source.pickup(), source.name()));
        if (source.othersHaveIt()) {
            return Optional.of(OTHER_LEDGER);
        }
        return !source.there() || intakes.closedSince(source.pickup(), source.name(), source.seenAt())
                ? Optional.of("another instance was done with it first")
                : Optional.empty();
    }

    private SourceReading reading(Source source, ByteBudget.Share memory) {
        Selection ofPickup = selections.getOrDefault(source.pickup(), Selection.ALL);
        Selection which = Objects.requireNonNullElse(source.selection(), ofPickup);
        String selection = which.inWords();
        String id = intakes.open(
                source.pickup(),
                source.name(),
                SafeName.keptFormerly(source.name()),
                source.bytes(),
                selection == null ? source.detail() : detail(source, selection),
                source.beginning());
        SourceReading reading = new SourceReading(
                id, source, new Report(reports, source.name()), clock.millis(), perhapsSent(source, id), memory);
        reading.select(which);
        source.opened(reading);
        backlog.opened(reading);
        LOG.info(
                "reading source={} pickup={} bytes={}", SafeName.value(source.name()), source.pickup(), source.bytes());
        return reading;
    }

    /** Why it may have been sent where this ledger does not see it; null when nothing says so. */
    private @Nullable Reason perhapsSent(Source source, String id) {
        if (source.name().startsWith(IdPrefixes.REPLAY_IN_DOUBT)) {
            return Reason.EARLIER_CALL;
        }
        if (!source.cameBefore()) {
            return null;
        }
        return source.triesAreCounted() ? Reason.OTHER_LEDGER : intakes.goesOn(id) ? null : Reason.REDELIVERED;
    }

    private static String detail(Source source, String selection) {
        String detail = source.detail();
        return detail == null ? selection : detail + " " + selection;
    }

    private void end(SourceReading reading) {
        reading.transcripts().abandon();
        backlog.closed(reading); // for a reading that was never closed
        reading.report().discard();
    }
}
