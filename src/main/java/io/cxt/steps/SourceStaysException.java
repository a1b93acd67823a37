package io.cxt.steps;

/** A source could not be read to its end. It stays where it is and is read again; what was sent is not sent again. */
public class SourceStaysException extends Exception {
    private static final long serialVersionUID = 1L;

    public SourceStaysException(String why) {
        super(why);
    }
}
