package io.cxt.intake;

import io.cxt.db.LedgerException;
import io.cxt.files.DiskFault;
import io.cxt.files.FolderUnavailableException;
import io.cxt.text.SafeName;
import java.nio.file.FileSystemException;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Describes faults for logs and records, without the messages of others. */
public final class FailureCauses {
    private static final Pattern REFLECTION =
            Pattern.compile("(jdk\\.internal\\.reflect|java\\.lang\\.(reflect|invoke))\\..*");

    private FailureCauses() {}

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
        String disk = DiskFault.inWords(fault);
        String file = fault instanceof FileSystemException named && named.getFile() != null
                ? SafeName.log(named.getFile()) + ": "
                : "";
        return (disk == null ? "" : file + disk + ", ")
                + fault.getClass().getName()
                + Stream.of(fault.getStackTrace())
                        .filter(frame ->
                                !REFLECTION.matcher(frame.getClassName()).matches())
                        .findFirst()
                        .map(frame -> " at " + frame)
                        .orElse("");
    }
}
