package io.cxt.ledger;

import java.sql.SQLException;

/** The ledger cannot be read or written. Nothing is posted without it; the source stays where it is. */
public class LedgerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LedgerException(String message, Throwable cause) {
        super(message, cause);
    }

    /** For a question that the database did not answer. */
    public static LedgerException asking(SQLException fault) {
        return new LedgerException("Cannot ask the ledger: " + Database.reason(fault), fault);
    }
}
