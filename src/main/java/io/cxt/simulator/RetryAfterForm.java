package io.cxt.simulator;

/** How a 429 of the rate limit says how long to stay away; RFC 9110 section 10.2.3 has both forms. */
public enum RetryAfterForm {
    /** Whole seconds, at least 1. */
    SECONDS,
    /** An HTTP date, the next full second at which a call is let in. */
    DATE,
    /** No header at all. */
    NONE
}
