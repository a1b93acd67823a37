package io.cxt.db;

/** Another instance is at work on the same part. Its source stays where it is and is read again later. */
public class BusyException extends Exception {
    private static final long serialVersionUID = 1L;

    public BusyException(String message) {
        super(message);
    }
}
