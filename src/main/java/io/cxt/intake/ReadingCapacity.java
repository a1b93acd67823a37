package io.cxt.intake;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.apache.camel.Exchange;

/** What the sources that are being read have of readers and of memory, so that a small one always finds some. */
public final class ReadingCapacity {
    /** How long a source is left alone while others are read. */
    static final Duration TURN_OF_OTHERS = Duration.ofSeconds(2);

    /** What a source has in memory beside what is on its way: no more, unless one transcript is larger. */
    private static final long MOST_AHEAD = 1024 * 1024;

    /** Unpacked bytes that may keep a reader busy for long. */
    private static final long LARGE = 16 * 1024 * 1024;

    /** Deflate makes no more of a byte. */
    private static final long MOST_PACKING = 1032;

    private final ByteBudget memory = ByteBudget.ofHeap();
    private final Semaphore largeOnes;

    private final long mostBytes;

    /**
     * @param readers how many sources are read at a time: one less may be large, and fewer where memory is small
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

    /** What is packed counts as the most that it can hold. */
    private static boolean large(boolean packed, long bytes) {
        return bytes > (packed ? LARGE / MOST_PACKING : LARGE);
    }

    /** False while as many large sources are read as may be. */
    public boolean takes(boolean packed, long bytes) {
        return !large(packed, bytes) || largeOnes.availablePermits() > 0;
    }

    /** @throws SourceStaysException when it is large, and as many are read as may be: its door has it again soon */
    void leaveOneForSmall(Source source, Exchange exchange) throws SourceStaysException {
        if (source.shared() && large(source.packed(), source.bytes())) { // others are in memory already
            if (!largeOnes.tryAcquire()) {
                source.holdBack(TURN_OF_OTHERS);
                throw new SourceStaysException("other large sources are read first");
            }
            Intake.whenOver(exchange, largeOnes::release);
        }
    }

    /** Waits while the sources that are being read fill their share of the memory: many files may hold large ones. */
    void make(Source source, Exchange exchange) throws SourceStaysException {
        long bytes = source.packed() ? MOST_AHEAD : Math.min(source.bytes(), MOST_AHEAD);
        try {
            memory.take(bytes);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SourceStaysException(Intake.STOPPING);
        }
        Intake.whenOver(exchange, () -> memory.giveBack(bytes));
    }
}
