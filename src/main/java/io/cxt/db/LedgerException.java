package io.cxt.db;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The ledger cannot be read or written. Nothing is posted without it; the source stays where it is. */
public class LedgerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LedgerException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** True when the database refuses a value, now and later. */
    public boolean ofData() {
        return getCause() instanceof SQLException fault && Outage.ofData(fault);
    }

    /** What a person can do where the ledger does not open, as a sentence without its point; empty when the message says it. */
    public String next() {
        return getCause() instanceof SQLException fault ? Outage.next(fault) : "";
    }

    /** The database's code for it; null when there is none. */
    public @Nullable String state() {
        return getCause() instanceof SQLException fault ? fault.getSQLState() + "/" + fault.getErrorCode() : null;
    }

    /** For a question that the database did not answer. */
    public static LedgerException asking(SQLException fault) {
        return new LedgerException("Cannot ask the ledger: " + Database.reason(fault), fault);
    }
}
