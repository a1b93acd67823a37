package io.cxt.ledger;

import io.cxt.db.LedgerException;
import io.cxt.text.SafeName;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the ledger's database answers. Logs when it no longer does, once, and when it does again. */
final class LedgerContact {
    private static final Logger LOG = LoggerFactory.getLogger(LedgerContact.class);

    private @Nullable Long lostAt;

    synchronized void lost(LedgerException fault) {
        if (lostAt == null) {
            lostAt = System.nanoTime();
            LOG.error(
                    "unavailable part=ledger reason=\"{}\" next=\"nothing is lost; all sources wait until it answers. {}\"",
                    SafeName.log(String.valueOf(fault.getMessage())),
                    fault.next());
        }
    }

    synchronized void made() {
        if (lostAt != null) {
            LOG.info(
                    "available again part=ledger after={}s",
                    Duration.ofNanos(System.nanoTime() - lostAt).toSeconds());
            lostAt = null;
        }
    }
}
