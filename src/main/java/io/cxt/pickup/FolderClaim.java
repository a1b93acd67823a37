package io.cxt.pickup;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one ledger the only one that reads a folder: two that do not know of each other would send everything twice.
 *
 * <p>A marker in the folder names the ledger and is rewritten every few seconds while its owner lives. No clocks are
 * compared: an owner whose marker does not change for {@link #SILENCE}, as seen from here, is dead.
 */
public final class FolderClaim implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FolderClaim.class);
    /** The marker's name; hidden, so that nobody takes it for a transcript. */
    public static final String NAME = ".cxt-owner";

    static final Duration SILENCE = Duration.ofSeconds(30);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final FolderMarker marker;
    private final FolderOwner us;
    private final Reachability contact;
    private final SuspectFiles suspects;
    private final BooleanSupplier unfinished;
    private final Duration silence;
    private final ClaimLog log;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "cxt-claim");
        thread.setDaemon(true);
        return thread;
    });
    private volatile boolean held;
    private volatile @Nullable String refusal;
    private volatile long provenAt;
    private @Nullable String seen; // of another owner
    private long silentNanos;
    private long lookedAt;
    private long counts = System.nanoTime();
    private long beats;
    private volatile boolean begun;

    /**
     * Claims nothing yet.
     *
     * @param doubts files that another ledger may have sent
     * @param unfinished true while sources of the folder are undecided: the next ledger has to know
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
        this.suspects = new SuspectFiles(marker, doubts);
        this.unfinished = unfinished;
        this.silence = silence;
        this.log = new ClaimLog(marker, contact.pickup(), silence);
    }

    /** Looks now, and again until it is closed. Calls after the first do nothing. */
    public void begin() {
        if (begun) {
            return;
        }
        synchronized (this) {
            if (!begun) {
                suspects.load();
                begun = true;
                look();
                long every = Math.min(LOOK_EVERY.toMillis(), marker.beat().toMillis());
                timer.scheduleWithFixedDelay(this::lookIfDue, every, every, TimeUnit.MILLISECONDS);
            }
        }
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

    /** True when the folder may be read. The first call begins the claim. */
    public boolean held() {
        begin();
        return held;
    }

    /** The same, checked again when the last proof is old: this process may have been frozen while another took over. */
    public boolean stillHeld() {
        begin();
        if (System.nanoTime() - provenAt > silence.toNanos() / 3) {
            look();
        }
        return held;
    }

    /** Why the folder may not be read, and what to do; null when it may, or when that is not known yet. */
    public @Nullable String refusal() {
        return refusal;
    }

    /** Files that another ledger may have read: they were there when that ledger was found dead. */
    public SuspectFiles suspects() {
        return suspects;
    }

    /** Looks more often while another has the folder. */
    private void lookIfDue() {
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
                marker.renew(now, us.text(++beats, suspects.eventsLastKnown()));
                provenAt = System.nanoTime();
                if (!held && provenAt - counts >= 0) {
                    take();
                }
            } else {
                met(now);
            }
            lookedAt = System.nanoTime();
            log.proven();
        } catch (IOException | RuntimeException e) {
            unproven(e);
        }
        notifyAll();
    }

    private void make() throws IOException {
        if (marker.create(us.text(++beats, suspects.eventsLastKnown()))) {
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

    /** The marker is another's, or incomplete. */
    private void met(String now) throws IOException {
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
        if (changes && FolderOwner.isComplete(now)) {
            held = false;
            contact.lost(refusal = log.refusal(now));
        } else if (FolderOwner.isComplete(now)) {
            log.waiting(now);
        }
    }

    private void takeOver(String dead) throws IOException {
        // else it is half of our own marker
        boolean another = !held && (!us.isLedgerOf(dead) || FolderOwner.isAheadOf(dead, suspects.events()));
        if (another) { // before the first of them can be read
            suspects.addAllInFolder();
        }
        marker.remove(dead);
        make();
        seen = null;
        log.takenOver(dead, another);
    }

    /** The owner cannot be determined: the folder is read, unless another is known to have it. */
    private void unproven(Exception fault) {
        if (seen == null && refusal == null) {
            held = true;
            provenAt = System.nanoTime();
        }
        if (!(fault instanceof ClosedByInterruptException)) { // by a stop
            log.notClaimed(fault);
        }
    }

    /** Leaves the folder to others at once. While sources are undecided the marker stays, to say so. */
    @Override
    public void close() {
        if (!begun) {
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
