package io.cxt.intake;

import io.cxt.files.FolderUnavailableException;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What failed, for logs and records. */
public final class FailureCauses {
    private static final Pattern REFLECTION =
            Pattern.compile("(jdk\\.internal\\.reflect|java\\.lang\\.(reflect|invoke))\\..*");

    private FailureCauses() {}

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
    public static String inWords(Throwable thrown) {
        Throwable fault = unwrapped(thrown);
        if (fault == null) {
            return "unknown";
        }
        if (fault instanceof SiteStepException || fault instanceof FolderUnavailableException) {
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
