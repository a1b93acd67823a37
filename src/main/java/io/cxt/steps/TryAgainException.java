package io.cxt.steps;

/** A call failed in a way that another try can mend. Thrown in one place; the redelivery policy waits and repeats. */
public class TryAgainException extends Exception {
    private static final long serialVersionUID = 1L;

    public TryAgainException(String reason) {
        super(reason);
    }
}
