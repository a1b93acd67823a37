package io.cxt.intake;

import io.cxt.db.LedgerException;
import io.cxt.files.FolderUnavailableException;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Describes faults for logs and records, without the messages of others. */
public final class FailureCauses {
    private static final Pattern REFLECTION =
            Pattern.compile("(jdk\\.internal\\.reflect|java\\.lang\\.(reflect|invoke))\\..*");

    /** What systems say of a disk: the ends of messages that hold nothing else but a path. */
    private static final List<String> OF_DISKS = List.of(
            "No space left on device",
            "Disk quota exceeded",
            "Read-only file system",
            "Input/output error",
            "Stale file handle",
            "File too large",
            "Permission denied",
            "Too many open files");

    private FailureCauses() {}

    /** What the system says of a disk, without the rest of the message; null when it says nothing that is known. */
    public static @Nullable String ofDisk(Throwable fault) {
        String message = fault instanceof IOException ? fault.getMessage() : null;
        return message == null
                ? null
                : OF_DISKS.stream().filter(message::endsWith).findFirst().orElse(null);
    }

    /** The fault that Camel wrapped into an exception of its own. */
    static Throwable unwrapped(Throwable thrown) {
        Throwable fault = thrown;
        while (fault.getCause() != null && fault.getClass().getName().startsWith("org.apache.camel.")) {
            fault = fault.getCause();
        }
        return fault;
    }

    /** Class and place of a fault. Its message may hold what a customer typed and is left out, unless it is ours. */
    public static String inWords(@Nullable Throwable thrown) {
        if (thrown == null) {
            return "unknown";
        }
        Throwable fault = unwrapped(thrown);
        if (fault instanceof SiteStepException
                || fault instanceof FolderUnavailableException
                || fault instanceof RefusedSourceException
                || fault instanceof NotReceivedException
                || fault instanceof LedgerException) {
            return String.valueOf(fault.getMessage());
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
