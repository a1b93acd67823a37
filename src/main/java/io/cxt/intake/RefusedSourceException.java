package io.cxt.intake;

/** What was handed over cannot be taken as it is: the same would be refused again. Nothing of it has been read. */
public final class RefusedSourceException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** @param message says what to do, and holds nothing of a chat */
    public RefusedSourceException(String message) {
        super(message);
    }
}
