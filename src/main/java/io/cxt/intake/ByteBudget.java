package io.cxt.intake;

import org.jspecify.annotations.Nullable;

/** Limits the bytes that are in memory at a time, and the items. */
public final class ByteBudget {
    /** Memory that each item takes beside its bytes. */
    private static final long EACH = 8 * 1024;

    private final long most;
    private final int mostItems;
    private long used;
    private int items;
    private long takenAgain;

    ByteBudget(long most, int mostItems) {
        this.most = most;
        this.mostItems = mostItems;
    }

    /** A twelfth of the heap: a transcript is in memory as bytes, as text and as written for CXone. */
    public static ByteBudget ofHeap() {
        return ofHeap(Integer.MAX_VALUE, 1);
    }

    /**
     * As {@link #ofHeap()}, and so many items: those that wait for long only cost the garbage collector work.
     *
     * @param weight how many times the memory that a transcript usually takes
     */
    public static ByteBudget ofHeap(int mostItems, int weight) {
        return new ByteBudget(Runtime.getRuntime().maxMemory() / 12 / weight, mostItems);
    }

    /** How many items of this size fit at a time. */
    long fit(long bytes) {
        return most / (bytes + EACH);
    }

    /** A share of it that one item has at times. */
    static final class Share {
        static final Share NONE = new Share(null, 0);
        private final @Nullable ByteBudget budget;
        private final long bytes;
        private boolean taken;
        private boolean again;

        private Share(@Nullable ByteBudget budget, long bytes) {
            this.budget = budget;
            this.bytes = bytes;
        }

        synchronized void take() throws InterruptedException {
            if (budget != null && !taken) {
                budget.take(bytes);
                taken = true;
            }
        }

        /**
         * Takes it once more after it was given back. Those that hold theirs may wait for this one, so it waits for none of
         * them: only for others like itself, once they hold half of the budget.
         */
        synchronized void takeAgain() throws InterruptedException {
            if (budget != null && !taken) {
                budget.takeAgain(bytes);
                taken = true;
                again = true;
            }
        }

        synchronized void giveBack() {
            if (budget != null && taken) {
                taken = false;
                budget.giveBack(bytes, again);
                again = false;
            }
        }
    }

    /** A share for an item of this size, which is not taken yet. */
    Share share(long bytes) {
        return new Share(this, bytes);
    }

    /** Waits until there is room. An item that exceeds the whole budget waits until it is alone. */
    public synchronized void take(long bytes) throws InterruptedException {
        while (!hasRoom(bytes)) {
            wait();
        }
        used += bytes + EACH;
        items++;
    }

    private boolean hasRoom(long bytes) {
        return (used == 0 || used + bytes + EACH <= most) && items < mostItems;
    }

    private synchronized void takeAgain(long bytes) throws InterruptedException {
        while (!hasRoom(bytes) && takenAgain > 0 && takenAgain + bytes + EACH > most / 2) {
            wait();
        }
        used += bytes + EACH;
        items++;
        takenAgain += bytes + EACH;
    }

    /** Waits until some of it is free; false after the given time. The next item may be larger than what is free. */
    public synchronized boolean awaitRoom(long millis) throws InterruptedException {
        if (used >= most) {
            wait(millis);
        }
        return used < most;
    }

    private synchronized void giveBack(long bytes, boolean again) {
        takenAgain -= again ? bytes + EACH : 0;
        giveBack(bytes);
    }

    public synchronized void giveBack(long bytes) {
        used -= bytes + EACH;
        items--;
        notifyAll();
    }
}
