package io.cxt.db;

import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the clock of this machine agrees with that of the database, as the leases of several instances need it. */
public final class ClockCheck {
    private static final Logger LOG = LoggerFactory.getLogger(ClockCheck.class);

    private final Clock clock;
    private final Duration lease;
    private volatile @Nullable String trouble;

    public ClockCheck(Clock clock, Duration lease) {
        this.clock = clock;
        this.lease = lease;
    }

    /** How far it is off and what to do; null while that is less than a third of the lease. */
    public @Nullable String trouble() {
        return trouble;
    }

    /**
     * Compares, and logs when a difference begins and when it ends.
     *
     * @param asked when the database was asked, by {@link System#nanoTime}
     * @param theirs what it answered, in milliseconds since 1970
     */
    public void answered(long asked, long theirs) {
        long halfWay = (System.nanoTime() - asked) / 2_000_000;
        long ahead = clock.millis() - halfWay - theirs;
        if (Math.abs(ahead) - halfWay <= lease.toMillis() / 3) {
            if (trouble != null) {
                LOG.info("clock right again");
            }
            trouble = null;
            return;
        }
        boolean news = trouble == null;
        trouble = ("The clock of this machine is %s s %s that of the database, more than a third of"
                        + " ledger.lease-seconds: another instance could make a call again that is on its way. Set both"
                        + " by the same time server")
                .formatted(Math.abs(ahead) / 1000, ahead > 0 ? "ahead of" : "behind");
        if (news) {
            LOG.warn("clock off reason=\"{}\" next=\"set the clock; such a repeat is marked\"", trouble);
        }
    }
}
