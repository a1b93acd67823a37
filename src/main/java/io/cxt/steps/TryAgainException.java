package io.cxt.steps;

/** A call failed, and another attempt may succeed. Thrown in one place; the redelivery policy waits and repeats. */
public class TryAgainException extends Exception {
    private static final long serialVersionUID = 1L;

    public TryAgainException(String reason) {
        super(reason);
    }
}
