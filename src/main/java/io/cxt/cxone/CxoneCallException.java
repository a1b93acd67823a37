package io.cxt.cxone;

import java.io.IOException;

/** A call that a command made got no answer, or not the one it needs. The message says which, and quotes nothing of CXone's. */
public final class CxoneCallException extends IOException {
    private static final long serialVersionUID = 1L;

    public CxoneCallException(String message) {
        super(message);
    }
}
