package io.cxt.files;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What systems say of a disk: the ends of messages that hold nothing else but a path. */
public final class DiskFault {
    private static final List<String> FULL = List.of("No space left on device", "Disk quota exceeded");
    private static final List<String> OTHERS = List.of(
            "Read-only file system",
            "Input/output error",
            "Stale file handle",
            "File too large",
            "Permission denied",
            "Too many open files");

    private DiskFault() {}

    /** What the system says of a disk, without the rest of the message; null when it says nothing that is known. */
    public static @Nullable String inWords(Throwable fault) {
        String full = isFull(fault);
        return full != null ? full : among(OTHERS, fault);
    }

    /** The same for a disk without room. */
    static @Nullable String isFull(Throwable fault) {
        return among(FULL, fault);
    }

    private static @Nullable String among(List<String> words, Throwable fault) {
        String message = fault instanceof IOException ? fault.getMessage() : null;
        return message == null
                ? null
                : words.stream().filter(message::endsWith).findFirst().orElse(null);
    }
}
