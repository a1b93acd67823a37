package io.cxt.settings;

/**
 * Passes on an {@link Error} that a step caught to name the source: the thread's handler gets it as if it had not been caught.
 * The program then ends; a host decides for itself.
 */
public final class Errors {
    private Errors() {}

    /**
     * Passes it on if it is an {@link Error}. A stack overflow is excluded: the stack is usable again, and after a restart the
     * same chat would cause it again.
     */
    public static void passOn(Throwable fault) {
        if (fault instanceof Error && !(fault instanceof StackOverflowError)) {
            Thread current = Thread.currentThread();
            current.getUncaughtExceptionHandler().uncaughtException(current, fault);
        }
    }
}
