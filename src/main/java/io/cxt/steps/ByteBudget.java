package io.cxt.steps;

/** Bounds the bytes of all transcripts in flight, so that memory does not grow with their size. */
final class ByteBudget {
    /** What a transcript takes beside its bytes, however small it is. */
    private static final long EACH = 8 * 1024;

    private final long most;
    private long used;

    ByteBudget(long most) {
        this.most = most;
    }

    /** Waits until there is room. A transcript larger than the whole budget goes when it is alone. */
    synchronized void take(long bytes) throws InterruptedException {
        while (used > 0 && used + bytes + EACH > most) {
            wait();
        }
        used += bytes + EACH;
    }

    synchronized void giveBack(long bytes) {
        used -= bytes + EACH;
        notifyAll();
    }
}
