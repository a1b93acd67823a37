package io.cxt.pickup.jms;

import io.cxt.intake.ByteBudget;
import io.cxt.intake.WaitingCounts;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** Messages that were taken off the queue and are not acknowledged yet: their number, their memory, their usual size. */
final class MessagesInFlight {
    /** A message may be on its way to us for a while, seen by nobody: Java loads classes for the first one. */
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(3);

    private static final long FIRST_GUESS = 1_024;

    private final ByteBudget budget;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong bytesTaken = new AtomicLong();
    private volatile long quietFrom = System.nanoTime();
    private volatile boolean lookedAt;

    MessagesInFlight(ByteBudget budget) {
        this.budget = budget;
    }

    /** Waits until there is memory for one more. */
    void begin(long bytes) throws InterruptedException {
        budget.take(bytes);
        inFlight.incrementAndGet();
        taken.incrementAndGet();
        bytesTaken.addAndGet(bytes);
        busy();
    }

    void end(long bytes) {
        budget.giveBack(bytes);
        busy();
        inFlight.decrementAndGet();
    }

    private void busy() {
        quietFrom = System.nanoTime() + QUIET_NANOS;
    }

    /** True when nothing has been in flight or in the queue for a moment. */
    boolean drained(BooleanSupplier queueIsEmpty) {
        if (!lookedAt || inFlight.get() > 0 || !queueIsEmpty.getAsBoolean()) {
            busy();
            lookedAt = true;
        }
        return System.nanoTime() - quietFrom > 0;
    }

    /** What waits; the bytes are an estimate from the messages before. @param inQueue those in flight included */
    WaitingCounts waiting(long inQueue) {
        long messages = Math.max(inFlight.get(), inQueue);
        return new WaitingCounts(
                messages, messages * (taken.get() == 0 ? FIRST_GUESS : bytesTaken.get() / taken.get()));
    }
}
