package io.cxt.cli;

import io.cxt.archive.BlockedException;
import io.cxt.archive.SafeName;
import io.cxt.ledger.LedgerException;
import io.cxt.settings.InvalidSettingsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a command says of an exception that ended it, without what others may have put into its message. */
final class Failure {
    private static final int MOST_PLACES = 5;

    private static final Map<Class<?>, String> REASONS = Map.of(
            AccessDeniedException.class, "the user who runs cxt has no right to it",
            NoSuchFileException.class, "it is not there",
            NotDirectoryException.class, "it is no folder",
            FileAlreadyExistsException.class, "it is there already",
            FileSystemLoopException.class, "its links lead in a circle");

    private Failure() {}

    /** Says it on stderr, and returns the exit code. */
    static int explain(Exception fault) {
        if (fault instanceof InvalidSettingsException) {
            System.err.println(fault.getMessage());
            return Exit.CONFIGURATION;
        }
        if (fault instanceof LedgerException) {
            System.err.println(fault.getMessage());
            return Exit.UNREACHABLE;
        }
        if (fault instanceof IOException || fault instanceof UncheckedIOException) {
            System.err.println(inWords(fault));
            return Exit.UNREACHABLE;
        }
        System.err.println("Unforeseen: " + places(fault) + ". Report this line with the output of cxt --version");
        return Exit.UNREACHABLE;
    }

    /** Files are named by the system, and by us; what another library says may be anything. */
    static String inWords(Exception fault) {
        String ours = fault instanceof UncheckedIOException ? fault.getMessage() + ": " : "";
        Throwable cause = fault instanceof UncheckedIOException ? fault.getCause() : fault;
        if (cause instanceof BlockedException blocked) {
            return "%s%s. Next: %s".formatted(ours, blocked.getMessage(), blocked.next());
        }
        if (cause instanceof FileSystemException file) {
            String reason = file.getReason() == null ? REASONS.getOrDefault(file.getClass(), "") : file.getReason();
            return "%s%s%s"
                    .formatted(
                            ours, SafeName.log(file.getFile()), reason.isEmpty() ? " cannot be used" : ": " + reason);
        }
        return cause.getStackTrace().length > 0 && cause.getStackTrace()[0].isNativeMethod()
                ? ours + cause.getMessage() + ". Look at the disk"
                : ours + places(cause);
    }

    /** Kinds and places alone: what an exception says may be anything, also a customer's words. */
    static String places(Throwable fault) {
        String here = fault.getClass().getName()
                + Stream.of(fault.getStackTrace())
                        .limit(MOST_PLACES)
                        .map(place -> " at " + place)
                        .collect(Collectors.joining());
        return fault.getCause() == null ? here : here + ", because of " + places(fault.getCause());
    }
}
