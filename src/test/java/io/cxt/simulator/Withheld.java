package io.cxt.simulator;

import io.cxt.simulator.Fault.Point;
import java.util.Collections;
import java.util.concurrent.CountDownLatch;

/**
 * Calls that are accepted, and answered when the test says so: what a test does in the meantime has all the time it needs. They
 * are counted at once, and in the journal with their answer.
 */
public final class Withheld {
    private final CountDownLatch released = new CountDownLatch(1);

    /** For {@link StandIn#next}: so many calls are answered at once, and the answers of the next ones are withheld. */
    public Fault[] after(int answered, int withheld) {
        Fault[] faults = Collections.nCopies(answered + withheld, Fault.none()).toArray(Fault[]::new);
        for (int i = answered; i < faults.length; i++) {
            faults[i] = new Fault("withheld", Point.ACCEPTING, (normal, request) -> late(normal), 0, false, false);
        }
        return faults;
    }

    private Reply late(Reply normal) {
        try {
            released.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return normal;
    }

    /** The answers leave, and those of the calls that come later are not withheld. */
    public void release() {
        released.countDown();
    }
}
