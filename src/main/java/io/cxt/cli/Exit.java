package io.cxt.cli;

/** What the command's exit code says. Scripts rely on them. */
public final class Exit {
    static final int GOOD = 0;
    /** Findings in the data: rejected, failed, invalid. */
    static final int FINDINGS = 1;
    /** Wrong usage, or no input matched. */
    static final int USAGE = 2;
    /** Configuration or routes; or an Error of Java, as its own option for a lack of memory has it, too. */
    public static final int CONFIGURATION = 3;
    /** Something is unreachable, or refused the sign-in. */
    static final int UNREACHABLE = 4;
    /** The audit chain is broken. */
    static final int CHAIN_BROKEN = 5;
    /** Partly done: some sources stay for another time. */
    static final int PARTLY = 6;
    /** Interrupted, and stopped cleanly. */
    static final int INTERRUPTED = 130;

    private Exit() {}
}
