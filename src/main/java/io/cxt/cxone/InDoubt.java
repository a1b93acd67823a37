package io.cxt.cxone;

/** What happens to a call that may have arrived but got no answer, as {@code cxone.in-doubt} names it. */
public enum InDoubt {
    /** It is made again, marked. */
    RESEND,
    /** A person decides. */
    PARK,
    /** CXone is asked whether it has it; if not, the call is made again, marked. */
    LOOKUP
}
