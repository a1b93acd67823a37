package io.cxt.simulator;

/** The form of {@code Retry-After} in a 429 of the rate limit; RFC 9110 section 10.2.3 has both. */
public enum RetryAfterForm {
    /** Whole seconds, at least 1. */
    SECONDS,
    /** An HTTP date: the next full second at which a call is accepted. */
    DATE,
    /** No header at all. */
    NONE
}
