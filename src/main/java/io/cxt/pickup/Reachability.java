package io.cxt.pickup;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the other end of a pickup can be reached. Logs each change, not each attempt. */
public final class Reachability {
    private static final Logger LOG = LoggerFactory.getLogger(Reachability.class);

    private record Lost(String why, long sinceNanos) {}

    private final String pickup;
    private @Nullable Lost lost;

    public Reachability(String pickup) {
        this.pickup = pickup;
    }

    /** The name of the pickup. */
    public String pickup() {
        return pickup;
    }

    /** @param why a text that says what to do */
    public synchronized void lost(String why) {
        if (lost == null || !lost.why.equals(why)) {
            LOG.error("unavailable pickup={} reason=\"{}\"", pickup, why);
            lost = new Lost(why, lost == null ? System.nanoTime() : lost.sinceNanos);
        }
    }

    public synchronized void made() {
        if (lost != null) {
            LOG.info(
                    "available again pickup={} after={}s", pickup, troubledFor().toSeconds());
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
