package io.cxt.steps;

/**
 * What waits in the sources, with what is being read of it at the moment.
 *
 * @param sources files and messages
 * @param bytes as they are there; of a queue an estimate
 */
public record Waiting(long sources, long bytes) {
    static final Waiting NOTHING = new Waiting(0, 0);

    Waiting and(Waiting more) {
        return new Waiting(sources + more.sources, bytes + more.bytes);
    }

    /** The rest of it when so many bytes are read already. */
    Waiting without(long read) {
        return new Waiting(sources, Math.max(0, bytes - read));
    }
}
