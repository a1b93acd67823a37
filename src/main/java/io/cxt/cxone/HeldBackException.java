package io.cxt.cxone;

import java.io.IOException;

/** Calls were paused while the connection of this one was made: nothing of it has left. */
public final class HeldBackException extends IOException {
    private static final long serialVersionUID = 1L;

    HeldBackException() {
        super("calls were paused before this one left");
    }
}
