package io.cxt.ledger;

/** The ledger cannot be read or written. Nothing is posted without it; the source stays where it is. */
public class LedgerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LedgerException(String message, Throwable cause) {
        super(message, cause);
    }
}
