package io.cxt.intake;

import java.io.IOException;

/** What was handed over did not come completely. Its sender still has it and hands it over again. */
public final class NotReceivedException extends IOException {
    private static final long serialVersionUID = 1L;

    /** @param message holds nothing of a chat */
    public NotReceivedException(String message) {
        super(message);
    }
}
