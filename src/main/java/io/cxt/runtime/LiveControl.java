package io.cxt.runtime;

import io.cxt.db.LedgerException;
import io.cxt.intake.FailureCauses;
import io.cxt.intake.HeldSources;
import io.cxt.ledger.ControlRow;
import io.cxt.ledger.ControlTable;
import io.cxt.ledger.Ledger;
import io.cxt.pace.CallWindows;
import io.cxt.pace.Lane;
import io.cxt.pickup.FolderOwner;
import io.cxt.settings.Errors;
import io.cxt.steps.CallGate;
import io.cxt.text.SafeName;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does in this instance what persons hold or set in the ledger, and keeps to {@code cxone.window}, both by the clock of the
 * database. Looks once a second, whatever is sent meanwhile, and gives the instance's sign of life. While the ledger cannot
 * be asked, what was known holds, and ends when it said so.
 */
final class LiveControl implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LiveControl.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final Duration SIGN_EVERY = Duration.ofSeconds(10);

    private final Ledger ledger;
    private final Lane lane;
    private final CallGate gate;
    private final HeldSources sources;
    private final double configuredRate;
    private final CallWindows windows;
    private final Clock clock;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "cxt-live");
        thread.setDaemon(true);
        return thread;
    });
    private List<ControlRow> known = List.of();
    /** Of the clock of this machine, before the one that all instances share. */
    private Duration ahead = Duration.ZERO;

    private Map<String, ControlRow> inForce = Map.of();
    private double rate;
    private CallWindows.@Nullable State window;
    private String saidLane = "";
    private Instant saidAt = Instant.EPOCH;

    /** @param configuredRate {@code cxone.requests-per-second} */
    LiveControl(
            Ledger ledger,
            Lane lane,
            CallGate gate,
            HeldSources sources,
            double configuredRate,
            CallWindows windows,
            Clock clock) {
        this.ledger = ledger;
        this.lane = lane;
        this.gate = gate;
        this.sources = sources;
        this.configuredRate = configuredRate;
        this.rate = configuredRate;
        this.windows = windows;
        this.clock = clock;
    }

    /** Looks now, so that nothing leaves that is held, and from now on. */
    void begin() {
        ledger.instances().begin();
        look();
        long every = LOOK_EVERY.toMillis();
        timer.scheduleWithFixedDelay(this::lookAgain, every, every, TimeUnit.MILLISECONDS);
    }

    /** A fault must not end the looks. */
    private void lookAgain() {
        try {
            look();
        } catch (RuntimeException e) {
            LOG.error(
                    "live control failed reason=\"{}\" next=\"what was known holds; report this line with the output of cxt --version\"",
                    FailureCauses.inWords(e));
        } catch (Error e) {
            Errors.passOn(e);
            throw e;
        }
    }

    /** Looks once. */
    synchronized void look() {
        if (timer.isShutdown()) {
            return;
        }
        try {
            ControlTable.Found found = ledger.controls().find();
            ledger.doubts()
                    .look(); // another instance may have noted what a former or older ledger sent; before its hold ends
            known = found.all();
            ahead = Duration.between(found.now(), clock.instant());
        } catch (LedgerException e) {
            LOG.debug("The ledger cannot be asked: what was known holds", e);
        }
        Instant now = clock.instant().minus(ahead);
        Map<String, ControlRow> next = new TreeMap<>();
        for (ControlRow control : known) {
            if (control.inForce(now)) {
                next.put(control.what(), control);
            } else {
                ledger.controls().ended(control);
            }
        }
        known = new ArrayList<>(next.values());
        ControlLog.tell(inForce, next);
        inForce = next;
        CallWindows.State is = windows.at(now);
        ControlLog.tell(window, is);
        window = is;
        obey(next, is);
        giveSign(now);
        next.values().forEach(control -> lookAt(control.until(), now));
        lookAt(is.until(), now);
    }

    /** Looks at a moment that comes before the next look. */
    private void lookAt(@Nullable Instant moment, Instant now) {
        if (moment != null && moment.isBefore(now.plus(LOOK_EVERY)) && !timer.isShutdown()) {
            timer.schedule(this::lookAgain, Duration.between(now, moment).toMillis() + 1, TimeUnit.MILLISECONDS);
        }
    }

    private void obey(Map<String, ControlRow> next, CallWindows.State is) {
        ControlRow hold = next.get(ControlRow.LANE);
        if (hold != null) {
            lane.hold("The lane is " + inWords(hold));
        } else if (!is.open()) {
            lane.hold("No call leaves outside cxone.window, which " + is.words());
        } else {
            lane.release();
        }
        ControlRow pace = next.get(ControlRow.PACE);
        double ofWindow = is.callsPerSecond() == null ? configuredRate : is.callsPerSecond();
        double wanted = pace == null || pace.rate() == null ? ofWindow : pace.rate();
        if (wanted != rate) {
            lane.limit(wanted);
            rate = wanted;
        }
        Map<String, String> held = new TreeMap<>();
        next.values().forEach(control -> {
            String pickup = control.pickup();
            if (pickup != null) {
                held.put(pickup, inWords(control));
            }
        });
        sources.set(held);
    }

    private void giveSign(Instant now) {
        String words = laneInWords();
        if (!words.equals(saidLane) || !now.isBefore(saidAt.plus(SIGN_EVERY)) || now.isBefore(saidAt)) {
            saidLane = words;
            saidAt = now;
            ledger.instances().seen(FolderOwner.hostName(), CxtComponents.version(), words, gate.inFlight());
        }
    }

    /** Fit for a log line between quotes. */
    private static String inWords(ControlRow control) {
        return SafeName.log(control.words());
    }

    private String laneInWords() {
        CallWindows.State is = window;
        return lane.held()
                .map(why -> is == null || inForce.containsKey(ControlRow.LANE) ? "held" : is.words())
                .or(() -> lane.stopReason().map(why -> "stopped: " + why))
                .orElseGet(() -> lane.pausedFor().isZero() ? "open" : "paused");
    }

    /** What is held or set now, in words, for a person. */
    synchronized Optional<String> inWords() {
        List<String> all = new ArrayList<>();
        inForce.values().forEach(control -> all.add(control.what() + " " + control.words()));
        if (window != null && !window.words().isEmpty()) {
            all.add("cxone.window " + window.words());
        }
        return all.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", all));
    }

    /** False outside {@code cxone.window}. */
    synchronized boolean windowOpen() {
        return window == null || window.open();
    }

    /** True while this is held. */
    synchronized boolean holds(@Nullable String what) {
        return inForce.containsKey(what);
    }

    @Override
    public synchronized void close() {
        timer.shutdownNow();
        if (!saidLane.isEmpty()) {
            ledger.instances().ended(FolderOwner.hostName(), CxtComponents.version());
        }
    }
}
