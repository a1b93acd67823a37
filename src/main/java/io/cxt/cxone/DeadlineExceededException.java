package io.cxt.cxone;

import java.io.IOException;

/** A call took longer than {@code cxone.call-deadline-ms} from its first byte to the last of the answer. */
public class DeadlineExceededException extends IOException {
    private static final long serialVersionUID = 1L;

    public DeadlineExceededException(long deadlineMs) {
        super("no complete answer within %s ms".formatted(deadlineMs));
    }
}
