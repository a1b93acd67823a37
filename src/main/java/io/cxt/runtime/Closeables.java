package io.cxt.runtime;

import io.cxt.intake.FailureCauses;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Parts to be closed: each once, the last one first; one that fails keeps no other open. */
final class Closeables implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Closeables.class);

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private boolean closed;

    /** @return the part */
    <T extends AutoCloseable> T add(T part) {
        open.push(part);
        return part;
    }

    /** True from the first {@link #close} on. */
    synchronized boolean closed() {
        return closed;
    }

    @Override
    public synchronized void close() {
        closed = true;
        while (!open.isEmpty()) {
            AutoCloseable part = open.pop();
            try {
                part.close();
            } catch (Exception e) {
                LOG.warn(
                        "not closed in order part={} reason=\"{}\" next=\"nothing is lost; the next start goes on where this one"
                                + " was\"",
                        part.getClass().getSimpleName().replaceFirst("\\$\\$Lambda.*", ""),
                        FailureCauses.inWords(e));
            }
        }
    }
}
