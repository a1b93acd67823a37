package io.cxt.steps;

import org.apache.camel.CamelContext;
import org.apache.camel.spi.ThreadPoolProfile;
import org.apache.camel.util.concurrent.ThreadPoolRejectedPolicy;

/**
 * The threads that routes name. Most of them wait, for CXone or for the disk; who waits for the disk together shares what
 * it costs.
 */
final class Pools {
    private Pools() {}

    /** Makes them known. A few more of each than there may be calls: while some wait for the disk, others call. */
    static void bindTo(CamelContext camel, int inFlight) {
        add(camel, "cxt-files", 2 * inFlight + 2, 1000, ThreadPoolRejectedPolicy.CallerRuns);
        // What waits there is bounded by the bytes in flight. No caller may ever run it itself: inside Camel's reactive
        // executor the two would wait for each other.
        add(
                camel,
                "cxt-transcripts",
                inFlight + Math.max(2, inFlight / 2),
                Integer.MAX_VALUE,
                ThreadPoolRejectedPolicy.Abort);
        add(camel, "cxt-taps", Math.max(4, inFlight / 2), Integer.MAX_VALUE, ThreadPoolRejectedPolicy.Abort);
    }

    private static void add(
            CamelContext camel, String name, int threads, int mostWaiting, ThreadPoolRejectedPolicy whenFull) {
        ThreadPoolProfile profile = new ThreadPoolProfile(name);
        profile.setPoolSize(threads);
        profile.setMaxPoolSize(threads);
        profile.setMaxQueueSize(mostWaiting); // -1 would mean no queue at all
        profile.setRejectedPolicy(whenFull);
        camel.getExecutorServiceManager().registerThreadPoolProfile(profile);
    }
}
