package io.cxt.cli;

import io.cxt.runtime.Engine;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes the engine once, at the end of the work or on a signal, whichever comes first. It waits ten seconds at most: what is
 * not decided by then is still in its source. A second signal ends the process at once.
 */
final class Shutdown {
    private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration A_MOMENT = Duration.ofMillis(500);

    private final Engine engine;
    private volatile Runnable first = () -> {};
    private final CountDownLatch begun = new CountDownLatch(1);
    private final AtomicInteger signals = new AtomicInteger();
    private boolean closed;

    Shutdown(Engine engine) {
        this.engine = engine;
        Runtime.getRuntime().addShutdownHook(new Thread(this::end, "cxt-shutdown"));
        onSignal("TERM");
        onSignal("INT");
    }

    /** What is closed before the engine: it reads what the engine closes. */
    void closesFirst(Runnable closing) {
        first = closing;
    }

    /**
     * Handles the signal in place of Java, whose handler waits for the hooks on every signal but the first. The compiler
     * warns about the classes that this needs, so they are found by name; without them Java's handler stays.
     */
    private void onSignal(String name) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object ours = Proxy.newProxyInstance(
                    handler.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            signalled();
                        }
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), ours);
        } catch (ReflectiveOperationException e) {
            LOG.debug("The signal {} is left to Java", name);
        }
    }

    private void signalled() {
        if (signals.incrementAndGet() > 1) {
            LOG.warn("stopped at once by a second signal; the next run continues where this one ended");
            Runtime.getRuntime().halt(Exit.INTERRUPTED);
        }
        end();
    }

    private void end() {
        begun.countDown();
        if (close()) {
            Runtime.getRuntime().halt(Exit.INTERRUPTED);
        }
    }

    boolean begun() {
        return begun.getCount() == 0;
    }

    void await(Duration limit) throws InterruptedException {
        begun.await(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    int await() throws InterruptedException {
        begun.await();
        Thread.currentThread().join(); // the hook ends the process
        return Exit.INTERRUPTED;
    }

    synchronized void over() {
        closed = true;
    }

    private void closeAll() {
        try {
            first.run();
        } finally {
            engine.close();
        }
    }

    /** Closes the engine; true for the first caller only. */
    synchronized boolean close() {
        if (closed) {
            return false;
        }
        closed = true;
        Thread closing = new Thread(this::closeAll, "cxt-stopping");
        closing.setDaemon(true);
        closing.start();
        String left = "nothing";
        try {
            closing.join(A_MOMENT.toMillis());
            for (int i = 1; closing.isAlive() && i * A_MOMENT.toMillis() < PATIENCE.toMillis(); i++) {
                left = engine.cutOff() ? left : engine.waitsFor(); // calls that are cut off end, but were still open
                if (i == 1) {
                    LOG.info(
                            "stopping waits-for=\"{}\" next=\"it takes {} s at most; a second signal ends at once\"",
                            left,
                            PATIENCE.toSeconds());
                }
                closing.join(A_MOMENT.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (closing.isAlive() || engine.cutOff()) {
            LOG.warn(
                    "stopped in the middle of=\"{}\" next=\"nothing is lost: the next run reads these sources again, and"
                            + " a call that was cut off counts as in doubt\"",
                    left);
        } else if (begun()) {
            LOG.info("stopped cleanly; the next run continues where this one ended");
        }
        return true;
    }
}
