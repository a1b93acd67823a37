package io.cxt.settings;

/**
 * What becomes of an {@link Error} that a step of ours has caught, so as to say which source it ended: it goes on to the
 * thread's handler, as if nobody had caught it. The program ends, then; a host decides for itself.
 */
public final class Errors {
    private Errors() {}

    /**
     * Passes it on, unless it is none. A stack that was too deep for one chat is whole again and no Error of Java's: the
     * source is broken off, and a start would meet it again.
     */
    public static void passOn(Throwable fault) {
        if (fault instanceof Error && !(fault instanceof StackOverflowError)) {
            Thread current = Thread.currentThread();
            current.getUncaughtExceptionHandler().uncaughtException(current, fault);
        }
    }
}
