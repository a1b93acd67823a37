package io.cxt.cxone;

/** No token could be had. The message says why, without the secret, and what to do next. */
public class SignInException extends Exception {
    private static final long serialVersionUID = 1L;
    private final boolean refused;

    public SignInException(boolean refused, String message) {
        super(message);
        this.refused = refused;
    }

    /** True when CXone said no, so that a person must act; false when another try may pass. */
    public boolean refused() {
        return refused;
    }
}
