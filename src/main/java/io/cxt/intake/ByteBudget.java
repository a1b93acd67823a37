package io.cxt.intake;

/** Bounds the bytes of what is in memory at a time, so that memory does not grow with its size. */
public final class ByteBudget {
    /** What each takes beside its bytes, however small it is. */
    private static final long EACH = 8 * 1024;

    private final long most;
    private long used;

    ByteBudget(long most) {
        this.most = most;
    }

    /** A twelfth of the heap: a transcript is there as bytes, as text and as written for CXone. */
    public static ByteBudget ofHeap() {
        return new ByteBudget(Runtime.getRuntime().maxMemory() / 12);
    }

    /** How many of so many bytes there is room for at a time. */
    long fit(long bytes) {
        return most / (bytes + EACH);
    }

    /** Waits until there is room. What is larger than the whole budget goes when it is alone. */
    public synchronized void take(long bytes) throws InterruptedException {
        while (used > 0 && used + bytes + EACH > most) {
            wait();
        }
        used += bytes + EACH;
    }

    /** Waits until it is not used up; false when that takes longer. What comes next may be larger than what is left. */
    public synchronized boolean awaitRoom(long millis) throws InterruptedException {
        if (used >= most) {
            wait(millis);
        }
        return used < most;
    }

    public synchronized void giveBack(long bytes) {
        used -= bytes + EACH;
        notifyAll();
    }
}
