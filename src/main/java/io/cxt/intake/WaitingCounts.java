package io.cxt.intake;

/**
 * What waits in the sources, with what is being read of it at the moment.
 *
 * @param sources files and messages
 * @param bytes as they are there; of a queue an estimate
 */
public record WaitingCounts(long sources, long bytes) {
    public static final WaitingCounts NOTHING = new WaitingCounts(0, 0);

    public WaitingCounts and(WaitingCounts more) {
        return new WaitingCounts(sources + more.sources, bytes + more.bytes);
    }

    /** The rest of it when so many bytes are read already. */
    public WaitingCounts without(long read) {
        return new WaitingCounts(sources, Math.max(0, bytes - read));
    }
}
