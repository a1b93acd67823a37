package io.cxt.pickup;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says in the log whose a folder is, and what to do. */
final class ClaimLog {
    private static final Logger LOG = LoggerFactory.getLogger(FolderClaim.class);

    private final FolderMarker marker;
    private final String pickup;
    private final Duration silence;
    private boolean notClaimed;

    ClaimLog(FolderMarker marker, String pickup, Duration silence) {
        this.marker = marker;
        this.pickup = pickup;
        this.silence = silence;
    }

    /** Why the folder is not ours. @param other the marker of its owner */
    String refusal(String other) {
        return ("%s is read by another cxt (%s), as %s in it says. Two ledgers on one folder send everything twice."
                        + " Let both use one PostgreSQL (ledger.url), or give each a folder of its own, or stop the"
                        + " other; %s s after it was killed this one takes the folder over")
                .formatted(marker.place(), FolderOwner.inWords(other), FolderClaim.NAME, silence.toSeconds());
    }

    void waiting(String other) {
        LOG.info(
                "waiting pickup={} reason=\"{} in {} names another cxt ({})\" next=\"nothing; within {} s it is known"
                        + " whether that one runs. If it is gone, this one continues\"",
                pickup,
                FolderClaim.NAME,
                marker.place(),
                FolderOwner.inWords(other),
                silence.toSeconds());
    }

    /** @param suspect true when the dead owner may have sent what is in the folder */
    void takenOver(String dead, boolean suspect) {
        LOG.warn(
                "taken over pickup={} folder=\"{}\" from=\"{}\" reason=\"its marker has not changed for {} s\" next=\"{}\"",
                pickup,
                marker.place(),
                FolderOwner.inWords(dead),
                silence.toSeconds(),
                suspect
                        ? "what is there now may have been sent in part: its calls are marked may-repeat. Keep the ledger over"
                                + " restarts, or use PostgreSQL"
                        : "nothing; it has the same ledger");
    }

    void proven() {
        notClaimed = false;
    }

    /** Once, until the owner is proven. */
    void notClaimed(Exception fault) {
        if (notClaimed) {
            return;
        }
        notClaimed = true;
        LOG.warn(
                "not claimed pickup={} folder=\"{}\" reason=\"{} cannot be written or read there: {}\" next=\"let cxt write"
                        + " there. Until then nothing shows when a second cxt with another ledger reads the folder and"
                        + " sends everything twice\"",
                pickup,
                marker.place(),
                FolderClaim.NAME,
                fault.getClass().getSimpleName());
    }
}
