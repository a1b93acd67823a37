package io.cxt.cxone;

/** What CXT makes of a rejection that may mean: CXone has this part already. */
public enum Duplicates {
    /** It asks CXone for the part. */
    LOOK_UP,
    /** It takes it for a yes. */
    ACCEPT,
    /** It takes it for a rejection. */
    REFUSE
}
