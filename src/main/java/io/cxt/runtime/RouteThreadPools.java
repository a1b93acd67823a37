package io.cxt.runtime;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.ThreadPoolProfile;
import org.apache.camel.util.concurrent.ThreadPoolRejectedPolicy;

/**
 * The thread pools that routes name. Most threads wait, for CXone or for the disk; those that wait for the disk
 * together share its cost.
 */
final class RouteThreadPools {
    private RouteThreadPools() {}

    /** Registers them. Each has some threads more than calls: while some wait for the disk, others call. */
    static void bindTo(CamelContext camel, int inFlight) {
        add(camel, "cxt-files", 2 * inFlight + 2, 1000, ThreadPoolRejectedPolicy.CallerRuns);
        add(camel, "cxt-fetched", inFlight, 2, ThreadPoolRejectedPolicy.CallerRuns);
        // The bytes in flight bound what waits there. No caller may ever run it itself: inside Camel's reactive
        // executor
        // the two would wait for each other.
        add(
                camel,
                "cxt-transcripts",
                inFlight + Math.max(2, inFlight / 2),
                Integer.MAX_VALUE,
                ThreadPoolRejectedPolicy.Abort);
    }

    /**
     * The threads of the taps. Not Camel's: Camel shuts down the threads of a route when an edited one replaces it, and
     * their waiting tasks would never run. Nothing is refused before the last route has stopped.
     */
    static ExecutorService taps(int inFlight) {
        int threads = Math.max(4, inFlight / 2);
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(threads, threads, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "cxt-taps-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
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
