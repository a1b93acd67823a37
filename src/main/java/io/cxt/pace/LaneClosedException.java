package io.cxt.pace;

/** No call may go out now, and nobody is to wait for it: the program ends, or a person must act first. */
public class LaneClosedException extends Exception {
    private static final long serialVersionUID = 1L;

    public LaneClosedException(String why) {
        super(why);
    }
}
