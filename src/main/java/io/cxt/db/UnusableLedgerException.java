package io.cxt.db;

/** What only a person can put right, such as a key or another database: a start that is tried again meets the same. */
public class UnusableLedgerException extends LedgerException {
    private static final long serialVersionUID = 1L;

    /** @param message with what to do */
    public UnusableLedgerException(String message) {
        super(message, null);
    }
}
