package io.cxt.intake;

/** A source could not be read to its end. It stays where it is and is read again; what was sent is not sent again. */
public class SourceStaysException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Another ledger has taken the folder over. */
    public static final String OTHER_LEDGER = "another cxt with a ledger of its own reads the folder";

    public SourceStaysException(String why) {
        super(why);
    }
}
