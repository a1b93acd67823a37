package io.cxt.pace;

/** Tells from the last calls whether CXone is well: at least half of them failed, and there were enough. */
final class Breaker {
    private static final int LAST = 20;

    private final boolean[] failed = new boolean[LAST];
    private int next;
    private int calls;
    private int failures;

    /** @return true when CXone is not well */
    synchronized boolean note(boolean failure) {
        failures += (failure ? 1 : 0) - (failed[next] ? 1 : 0);
        failed[next] = failure;
        next = (next + 1) % LAST;
        calls = Math.min(LAST, calls + 1);
        return calls == LAST && failures >= LAST / 2;
    }
}
