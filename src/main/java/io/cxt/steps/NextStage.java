package io.cxt.steps;

/**
 * What follows for a part whose outcome is decided. A route asks {@link Calls#archives} and the like; edited copies of an
 * earlier one ask {@code ${variable.next.archive}}, which costs more and says the same.
 */
public enum NextStage {
    /** CXone has it, and the archive is to be written; the audit feed comes after it. */
    ARCHIVE,
    /** CXone has it, and only the audit feed is to be written. */
    RECORD,
    /** CXone does not have it. */
    SET_ASIDE,
    /** All is done. */
    NONE;

    public boolean isArchive() {
        return this == ARCHIVE;
    }

    public boolean isRecord() {
        return this == RECORD;
    }

    public boolean isSetAside() {
        return this == SET_ASIDE;
    }
}
