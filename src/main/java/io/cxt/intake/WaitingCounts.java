package io.cxt.intake;

/**
 * The sources that wait, open ones included.
 *
 * @param sources files and messages
 * @param bytes as stored; an estimate for a queue
 */
public record WaitingCounts(long sources, long bytes) {
    public static final WaitingCounts NOTHING = new WaitingCounts(0, 0);

    public WaitingCounts and(WaitingCounts more) {
        return new WaitingCounts(sources + more.sources, bytes + more.bytes);
    }

    /** The rest once so many bytes are read. */
    public WaitingCounts without(long read) {
        return new WaitingCounts(sources, Math.max(0, bytes - read));
    }
}
