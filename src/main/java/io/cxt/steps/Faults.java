package io.cxt.steps;

import io.cxt.archive.BlockedException;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What failed, for logs and records. */
final class Faults {
    private static final Pattern REFLECTION =
            Pattern.compile("(jdk\\.internal\\.reflect|java\\.lang\\.(reflect|invoke))\\..*");

    private Faults() {}

    /** What Camel wraps into an exception of its own, as for a call in an expression. */
    static Throwable unwrapped(Throwable thrown) {
        Throwable fault = thrown;
        while (fault != null
                && fault.getCause() != null
                && fault.getClass().getName().startsWith("org.apache.camel.")) {
            fault = fault.getCause();
        }
        return fault;
    }

    /** The kind and place of a fault. Its message may hold what a customer typed and is left out, unless it is ours. */
    static String inWords(Throwable thrown) {
        Throwable fault = unwrapped(thrown);
        if (fault == null) {
            return "unknown";
        }
        if (fault instanceof SiteStepException || fault instanceof BlockedException) {
            return fault.getMessage();
        }
        return fault.getClass().getName()
                + Stream.of(fault.getStackTrace())
                        .filter(frame ->
                                !REFLECTION.matcher(frame.getClassName()).matches())
                        .findFirst()
                        .map(frame -> " at " + frame)
                        .orElse("");
    }
}
