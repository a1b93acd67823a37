package io.cxt.pickup;

import io.cxt.db.LedgerException;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one ledger the only one that reads a folder: two that know nothing of each other would send everything twice.
 *
 * <p>A marker in the folder names the ledger, and is written anew every few seconds while that lives. No clock is
 * compared with another's: an owner whose marker does not change for {@link #SILENCE}, as seen from here, is gone.
 *
 * <p>Long because all that decides whose a folder is, and what is said of it, is in one place.
 */
public final class FolderClaim implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FolderClaim.class);
    /** The marker's name; hidden, so that nobody takes it for a transcript. */
    public static final String NAME = ".cxt-owner";

    static final Duration SILENCE = Duration.ofSeconds(30);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int MOST_NAMES = 100_000;

    private final FolderMarker marker;
    private final FolderOwner us;
    private final Reachability contact;
    private final FolderDoubts doubts;
    private final BooleanSupplier unfinished;
    private final Duration silence;
    private final Set<String> cameBefore = ConcurrentHashMap.newKeySet();
    private volatile boolean allCameBefore;
    private volatile boolean held;
    private volatile String refusal;
    private volatile long provenAt;
    private String seen;
    private long silentNanos;
    private long lookedAt;
    private long counts = System.nanoTime();
    private long beats;
    private long events; // as the ledger last said
    private boolean saidUnproven;
    private volatile ScheduledExecutorService timer;

    /**
     * Claims nothing yet.
     *
     * @param doubts files that another ledger may have sent
     * @param unfinished true while sources of the folder are half read: the next ledger is to know
     */
    FolderClaim(
            FolderMarker marker,
            FolderOwner us,
            Reachability contact,
            FolderDoubts doubts,
            BooleanSupplier unfinished,
            Duration silence) {
        this.marker = marker;
        this.us = us;
        this.contact = contact;
        this.doubts = doubts;
        this.unfinished = unfinished;
        this.silence = silence;
    }

    /** Looks now, and goes on looking until it is closed. Calls after the first do nothing. */
    public void begin() {
        if (timer == null) {
            beginOnce();
        }
    }

    private synchronized void beginOnce() {
        if (timer != null) {
            return;
        }
        cameBefore.addAll(doubts.known());
        if (doubts.behind()) {
            doubtWhatIsThere();
        }
        timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "cxt-claim");
            thread.setDaemon(true);
            return thread;
        });
        look();
        long every = Math.min(LOOK_EVERY.toMillis(), marker.beat().toMillis());
        timer.scheduleWithFixedDelay(this::tick, every, every, TimeUnit.MILLISECONDS);
    }

    /**
     * Waits until it is known whose the folder is.
     *
     * @return why it is not ours, and what to do; empty when it is
     */
    public synchronized Optional<String> awaitDecision() throws InterruptedException {
        while (!held && refusal == null) {
            wait();
        }
        return Optional.ofNullable(refusal);
    }

    /** True when the folder may be read. Who asks first begins. */
    public boolean held() {
        begin();
        return held;
    }

    /** The same, looked up when the last proof is old: this process may have stood still, and another gone on. */
    public boolean stillHeld() {
        begin();
        if (System.nanoTime() - provenAt > silence.toNanos() / 3) {
            look();
        }
        return held;
    }

    /** Why the folder may not be read, and what to do; null when it may, or that is not known yet. */
    public String refusal() {
        return refusal;
    }

    /** True for a file that another ledger may have read: it was there when that was found dead. */
    public boolean cameBefore(String name) {
        return allCameBefore || cameBefore.contains(name);
    }

    /** All of a file is decided; another one may get its name. */
    public void done(String name) {
        if (cameBefore.remove(name)) {
            try {
                doubts.remove(name);
            } catch (LedgerException e) {
                LOG.debug("It stays in doubt, which only marks", e);
            }
        }
    }

    /** From here on calls for what lies there now are marked, over restarts, until it is decided. */
    private void doubt(Set<String> names) {
        allCameBefore |= names.size() >= MOST_NAMES;
        Set<String> there = new HashSet<>(names);
        there.remove(NAME);
        doubts.add(there);
        cameBefore.addAll(there);
    }

    private void doubtWhatIsThere() {
        try {
            doubt(marker.names(MOST_NAMES));
        } catch (IOException e) {
            allCameBefore = true;
            LOG.debug("What lies there cannot be listed", e);
        }
    }

    /** Who waits for the folder looks more often than who has it. */
    private void tick() {
        if (!held || System.nanoTime() - provenAt >= marker.beat().toNanos()) {
            look();
        }
    }

    private synchronized void look() {
        if (timer.isShutdown()) {
            return; // it is left to others
        }
        try {
            String now = marker.read();
            if (now == null) {
                make();
            } else if (us.isOurs(now)) {
                String text = text();
                marker.renew(now, text);
                provenAt = System.nanoTime();
                if (!held && provenAt - counts >= 0) {
                    take();
                }
            } else {
                met(now);
            }
            lookedAt = System.nanoTime();
            saidUnproven = false;
        } catch (IOException | RuntimeException e) {
            unproven(e);
        }
        notifyAll();
    }

    private String text() {
        try {
            events = doubts.events();
        } catch (LedgerException e) {
            LOG.debug("The sign of life does not wait for the ledger", e);
        }
        return us.text(++beats, events);
    }

    private void make() throws IOException {
        if (marker.create(text())) {
            counts = System.nanoTime() + marker.settle().toNanos();
            if (marker.settle().isZero()) {
                provenAt = counts;
                take();
            } else {
                timer.schedule(this::look, marker.settle().toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }

    private void take() {
        seen = null;
        refusal = null;
        held = true;
        contact.made();
    }

    /** The marker is another's, or half of one. */
    private void met(String now) throws IOException {
        boolean whole = FolderOwner.isWhole(now);
        long at = System.nanoTime();
        if (now.equals(seen)) {
            silentNanos += Math.min(at - lookedAt, 2 * marker.beat().toNanos()); // not while nobody could look
            if (silentNanos > silence.toNanos()) {
                takeOver(now);
            }
            return;
        }
        boolean changes = seen != null || held;
        seen = now;
        silentNanos = 0;
        if (changes && whole) {
            held = false;
            refusal =
                    ("%s is read by another cxt (%s), as %s in it says. Two ledgers on one folder send everything twice."
                                    + " Let both use one PostgreSQL (ledger.url), or give each a folder of its own, or stop the"
                                    + " other; %s s after it was killed this one takes the folder over")
                            .formatted(marker.place(), FolderOwner.inWords(now), NAME, silence.toSeconds());
            contact.lost(refusal);
        } else if (whole) {
            LOG.info(
                    "waiting door={} reason=\"{} in {} names another cxt ({})\" next=\"nothing; within {} s it is known"
                            + " whether that one runs. If it is gone, this one goes on then\"",
                    contact.door(),
                    NAME,
                    marker.place(),
                    FolderOwner.inWords(now),
                    silence.toSeconds());
        }
    }

    private void takeOver(String dead) throws IOException {
        // else it is half of our own
        boolean another = !held && (!us.isLedgerOf(dead) || FolderOwner.isAheadOf(dead, doubts.events()));
        if (another) { // before the first of them can be read
            doubt(marker.names(MOST_NAMES));
        }
        marker.remove(dead);
        make();
        seen = null;
        LOG.warn(
                "taken over door={} folder=\"{}\" from=\"{}\" reason=\"its marker has not changed for {} s\" next=\"{}\"",
                contact.door(),
                marker.place(),
                FolderOwner.inWords(dead),
                silence.toSeconds(),
                another
                        ? "what lies there now may have been sent in part: its calls are marked may-repeat. Keep the ledger over"
                                + " restarts, or use PostgreSQL"
                        : "nothing; it has the same ledger");
    }

    /** Whose the folder is cannot be told: it is read on, unless another is known to have it. */
    private void unproven(Exception fault) {
        if (seen == null && refusal == null) {
            held = true;
            provenAt = System.nanoTime();
        }
        if (!saidUnproven) {
            saidUnproven = true;
            LOG.warn(
                    "not claimed door={} folder=\"{}\" reason=\"{} cannot be written or read there: {}\" next=\"let cxt write"
                            + " there. Until then nothing tells when a second cxt with another ledger reads the folder, and"
                            + " sends everything twice\"",
                    contact.door(),
                    marker.place(),
                    NAME,
                    fault.getClass().getSimpleName());
        }
    }

    /** Leaves the folder to others at once; what is left half read leaves the marker to tell of it. */
    @Override
    public void close() {
        if (timer == null) {
            return;
        }
        timer.shutdownNow();
        try {
            if (!timer.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                return; // a server that does not answer: its marker grows old
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        synchronized (this) {
            try {
                String now = held && !us.shared() ? marker.read() : null;
                if (now != null && us.isOurs(now) && !unfinished.getAsBoolean()) {
                    marker.remove(now);
                }
            } catch (IOException | RuntimeException e) {
                LOG.debug("The marker stays; others wait until it is old", e);
            }
            held = false;
        }
    }
}
