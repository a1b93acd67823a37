package io.cxt.ledger;

/** What a job is made of: a letter or a file. */
public interface JobItem {
    /** Tells it from the others. */
    String id();

    /** True when work on it has begun and has not ended. */
    boolean taken();
}
