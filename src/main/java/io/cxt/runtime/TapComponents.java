package io.cxt.runtime;

import io.cxt.archive.Archive;
import io.cxt.audit.FeedRows;
import io.cxt.audit.FeedSource;
import io.cxt.cxone.CxoneTarget;
import io.cxt.ledger.Deliveries;
import io.cxt.steps.RowStatement;
import io.cxt.steps.Taps;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import org.apache.camel.Processor;

/** The beans of archive-part and record-audit, and the threads that run both. */
final class TapComponents {
    private final FeedSource feed;
    private final Taps taps;
    private final ExecutorService threads;

    TapComponents(
            Archive archive,
            FeedSource feed,
            Deliveries deliveries,
            CxoneTarget target,
            int inFlight,
            Clock clock,
            Closeables parts) {
        this.feed = feed;
        taps = new Taps(archive, deliveries, new FeedRows(feed), target, clock);
        threads = RouteThreadPools.taps(inFlight);
        parts.add(threads::shutdownNow);
    }

    Map<String, Object> beans() {
        return Map.ofEntries(
                Map.entry("cxtTaps", taps),
                Map.entry("cxt-taps", threads),
                Map.entry("cxtTapOpens", (Processor) Taps::open),
                Map.entry("cxtTapTrouble", (Processor) Taps::trouble),
                Map.entry("cxtRowStatement", new RowStatement()),
                Map.entry("cxtAuditFeed", feed));
    }
}
