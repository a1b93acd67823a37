package io.cxt.ledger;

/** Another instance has the part, so this one neither calls nor decides. Its source stays and is read again later. */
public class BusyException extends Exception {
    private static final long serialVersionUID = 1L;

    public BusyException(String message) {
        super(message);
    }
}
