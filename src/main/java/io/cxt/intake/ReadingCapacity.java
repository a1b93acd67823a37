package io.cxt.intake;

import java.util.List;
import java.util.concurrent.Semaphore;

/** Limits how many large sources are read at a time, and their memory, so that a small source always finds a reader. */
public final class ReadingCapacity {
    /** Memory of a source beside its transcripts in flight: no more, unless one transcript is larger. */
    private static final long MOST_AHEAD = 1024 * 1024;

    /** Unpacked bytes that may keep a reader busy for long. */
    private static final long LARGE = 16 * 1024 * 1024;

    /** The most that Deflate unpacks from one byte. */
    private static final long MOST_PACKING = 1032;

    private final ByteBudget memory = ByteBudget.ofHeap();
    private final Semaphore largeOnes;
    private final long mostBytes;

    /**
     * @param readers how many sources are read at a time: all but one may be large, fewer where memory is small
     * @param mostBytes of one source, unpacked
     */
    ReadingCapacity(int readers, long mostBytes) {
        this.mostBytes = mostBytes;
        largeOnes = new Semaphore((int) Math.max(1, Math.min(readers, memory.fit(MOST_AHEAD)) - 1));
    }

    /** Most bytes of one source, unpacked. */
    public long mostBytes() {
        return mostBytes;
    }

    /** A packed source counts as the most that it can hold. */
    private static boolean large(boolean packed, long bytes) {
        return bytes > (packed ? LARGE / MOST_PACKING : LARGE);
    }

    /** False for a large source while as many are read as allowed. */
    public boolean takes(boolean packed, long bytes) {
        return !large(packed, bytes) || largeOnes.availablePermits() > 0;
    }

    /**
     * Takes a place for a large source; a small one, or one that is in memory already, needs none.
     *
     * @param held receives what gives the place back
     * @return false while all places are taken: the pickup meets the source again soon
     */
    boolean takesPlace(Source source, List<Runnable> held) {
        if (!source.shared() || source.besideOthers() || !large(source.packed(), source.bytes())) {
            return true;
        }
        boolean taken = largeOnes.tryAcquire();
        if (taken) {
            held.add(largeOnes::release);
        }
        return taken;
    }

    /** The memory that a source may take while it is read. */
    ByteBudget.Share memory(Source source) {
        return memory.share(source.packed() ? MOST_AHEAD : Math.min(source.bytes(), MOST_AHEAD));
    }

    /**
     * Waits while open sources fill their share of the memory: many files may hold large transcripts.
     *
     * @param held receives what gives the memory back
     * @return false when the thread was interrupted
     */
    static boolean awaitMemory(ByteBudget.Share share, List<Runnable> held) {
        try {
            share.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        held.add(share::giveBack);
        return true;
    }
}
