package io.cxt.simulator;

import java.io.InterruptedIOException;

/** Waits inside a call; {@link StandIn#close} ends every wait. */
final class Pause {

    private Pause() {}

    /** @param millis 0 or less returns at once; {@code Long.MAX_VALUE} waits until the stand-in closes */
    static void millis(long millis) throws InterruptedIOException {
        if (millis <= 0) {
            return;
        }
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the stand-in was closed");
        }
    }
}
