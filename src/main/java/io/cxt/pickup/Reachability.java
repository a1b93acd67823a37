package io.cxt.pickup;

import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the other end of a door can be reached. Says it when that changes, and not at each attempt. */
public final class Reachability {
    private static final Logger LOG = LoggerFactory.getLogger(Reachability.class);

    private record Lost(String why, long sinceNanos) {}

    private final String door;
    private Lost lost;

    public Reachability(String door) {
        this.door = door;
    }

    /** Which door. */
    public String door() {
        return door;
    }

    /** @param why in words that say what to do */
    public synchronized void lost(String why) {
        if (lost == null || !lost.why.equals(why)) {
            LOG.error("door shut door={} reason=\"{}\"", door, why);
            lost = new Lost(why, lost == null ? System.nanoTime() : lost.sinceNanos);
        }
    }

    public synchronized void made() {
        if (lost != null) {
            LOG.info("door open again door={} after={}s", door, troubledFor().toSeconds());
            lost = null;
        }
    }

    /** Why it cannot be reached; empty when it can, or when nobody has tried. */
    public synchronized Optional<String> trouble() {
        return Optional.ofNullable(lost).map(Lost::why);
    }

    public synchronized Duration troubledFor() {
        return lost == null ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - lost.sinceNanos);
    }
}
