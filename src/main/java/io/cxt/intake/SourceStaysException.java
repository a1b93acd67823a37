package io.cxt.intake;

/** Tells Camel that a source stays where it is and is read again. What was sent is not sent again. */
public class SourceStaysException extends Exception {
    private static final long serialVersionUID = 1L;

    public SourceStaysException(String why) {
        super(why);
    }
}
