package io.cxt.cli;

import io.cxt.cxone.CxoneCallException;
import io.cxt.cxone.SignInException;
import io.cxt.db.LedgerException;
import io.cxt.db.UnusableLedgerException;
import io.cxt.files.FolderUnavailableException;
import io.cxt.pickup.IgnoredFiles;
import io.cxt.settings.InvalidSettingsException;
import io.cxt.text.SafeName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a command says of an exception that ended it, without messages that are not ours. */
final class FailureMessage {
    private static final int MOST_PLACES = 5;

    private static final Map<Class<?>, String> REASONS = Map.of(
            NoSuchFileException.class, "it does not exist",
            NotDirectoryException.class, "it is not a folder",
            FileAlreadyExistsException.class, "it already exists",
            FileSystemLoopException.class, "its links lead in a circle");

    private FailureMessage() {}

    /**
     * Prints it on stderr.
     *
     * @param json true when stdout is to hold one JSON value, whatever happens
     * @return the exit code
     */
    static int explain(Exception fault, boolean json) {
        String words = words(fault);
        System.err.println(words);
        if (json) {
            Output.error(words);
        }
        return fault instanceof CommandRefused refused
                ? refused.exit()
                : fault instanceof InvalidSettingsException || fault instanceof UnusableLedgerException
                        ? Exit.CONFIGURATION
                        : Exit.UNREACHABLE;
    }

    private static String words(Exception fault) {
        if (fault instanceof CommandRefused
                || fault instanceof InvalidSettingsException
                || fault instanceof LedgerException
                || fault instanceof SignInException
                || fault instanceof CxoneCallException) {
            return String.valueOf(fault.getMessage());
        }
        return fault instanceof IOException || fault instanceof UncheckedIOException
                ? inWords(fault)
                : "Unforeseen: " + places(fault) + ". Report this line with the output of cxt --version";
    }

    /** Names the file and the reason, but no message of another library. */
    static String inWords(Exception fault) {
        String ours = fault instanceof UncheckedIOException ? fault.getMessage() + ": " : "";
        Throwable cause =
                fault instanceof UncheckedIOException ? Objects.requireNonNullElse(fault.getCause(), fault) : fault;
        if (cause instanceof FolderUnavailableException blocked) {
            return "%s%s. Next: %s".formatted(ours, blocked.getMessage(), blocked.next());
        }
        if (cause instanceof AccessDeniedException denied) {
            return "%s%s %s".formatted(ours, SafeName.log(denied.getFile()), IgnoredFiles.unread(denied));
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

    /** Kinds and places alone: an exception's message may quote a customer. That of a class that cannot be loaded is its name. */
    static String places(Throwable fault) {
        String here = fault.getClass().getName()
                + (fault instanceof LinkageError ? " " + SafeName.log(String.valueOf(fault.getMessage())) : "")
                + Stream.of(fault.getStackTrace())
                        .limit(MOST_PLACES)
                        .map(place -> " at " + place)
                        .collect(Collectors.joining());
        return fault.getCause() == null ? here : here + ", because of " + places(fault.getCause());
    }
}
