package io.cxt.cxone;

/**
 * What a look at CXone found out about the configuration.
 *
 * @param what was looked at, for example {@code channel archive_1}
 * @param text what to do; what was found where all is well
 */
public record Remark(Level level, String what, String text) {
    /** How much it matters. */
    public enum Level {
        GOOD,
        /** A run works, and may do what nobody wants. */
        UNSAFE,
        /** A run does not work. */
        BAD
    }
}
