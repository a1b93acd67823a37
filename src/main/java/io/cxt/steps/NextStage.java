package io.cxt.steps;

/** What follows for a part whose outcome is decided. */
public enum NextStage {
    /** CXone has it, and the archive is to be written; the audit feed comes after it. */
    ARCHIVE,
    /** CXone has it, and only the audit feed is to be written. */
    RECORD,
    /** CXone does not have it. */
    SET_ASIDE,
    /** All is done. */
    NONE
}
