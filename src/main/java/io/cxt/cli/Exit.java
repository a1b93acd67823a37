package io.cxt.cli;

/** Exit codes. Scripts rely on them. */
public final class Exit {
    static final int GOOD = 0;
    /** Findings in the data: rejected, failed or invalid transcripts. */
    static final int FINDINGS = 1;
    /** Wrong usage, or no input matched. */
    static final int USAGE = 2;
    /** Configuration or routes; or an Error of Java. {@code -XX:+ExitOnOutOfMemoryError} uses the same code. */
    public static final int CONFIGURATION = 3;
    /** Something is unreachable, or refused the sign-in. */
    static final int UNREACHABLE = 4;
    /** The audit chain is broken. */
    static final int CHAIN_BROKEN = 5;
    /** Partly done: some sources stay for the next run. */
    static final int PARTLY = 6;
    /** Interrupted, and stopped cleanly. */
    static final int INTERRUPTED = 130;

    private Exit() {}
}
