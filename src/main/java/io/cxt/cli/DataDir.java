package io.cxt.cli;

import io.cxt.db.LedgerException;
import io.cxt.db.LedgerSettings;
import io.cxt.files.FilePermissions;
import io.cxt.ledger.LedgerView;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** The {@code data.dir} that a command reads. It must exist: "nothing found" must not mean "looked nowhere". */
final class DataDir {
    private DataDir() {}

    /**
     * Opens the ledger for reading, and says which one.
     *
     * @throws CommandRefused when the folder is missing or unreadable
     * @throws LedgerException when no ledger can be read
     */
    static LedgerView view(LedgerSettings ledger, Output output) {
        say(ledger, output);
        Path file = ledger.file();
        if (file != null && (file.toAbsolutePath().startsWith(ledger.folder()) || Files.notExists(file))) {
            require(ledger);
        }
        if (file != null && Files.exists(file) && !Files.isReadable(file)) {
            throw barred("The ledger", file);
        }
        return LedgerView.of(ledger);
    }

    /** Throws unless the folder exists, can be read and has been in use: for commands that read its files, not the ledger. */
    static void requireUsed(LedgerSettings ledger, Output output) {
        say(ledger, output);
        require(ledger);
        if (ledger.file() != null && ledger.file().toFile().length() == 0) {
            LedgerView.of(ledger).close(); // says why not
        }
    }

    private static void say(LedgerSettings ledger, Output output) {
        if (output == Output.table) {
            System.err.println(ledger.shown());
        }
    }

    static void require(LedgerSettings ledger) {
        Path folder = ledger.folder();
        if (Files.notExists(folder) || Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new CommandRefused(
                    Exit.USAGE,
                    "There is no folder %s. It is data.dir, %s. Check its spelling; a relative path starts at the folder in which cxt is started"
                            .formatted(folder, origin(System.getenv())));
        }
        if (!Files.isReadable(folder) || !Files.isExecutable(folder)) {
            throw barred("data.dir", folder);
        }
    }

    private static CommandRefused barred(String what, Path path) {
        String owner = FilePermissions.owner(path);
        return new CommandRefused(
                Exit.UNREACHABLE,
                owner == null || owner.equals(FilePermissions.user())
                        ? "%s %s may not be read: %s"
                                .formatted(
                                        what,
                                        path,
                                        owner == null
                                                ? "a folder above it is closed to " + FilePermissions.user()
                                                : FilePermissions.toRead(path))
                        : "%s %s may not be read by %s: it belongs to %s. Run cxt as that user: sudo -u %4$s"
                                .formatted(what, path, FilePermissions.user(), owner));
    }

    /** Where its value comes from. */
    private static String origin(Map<String, String> environment) {
        return System.getProperty("data.dir") != null
                ? "from the system property data.dir"
                : Stream.of("CXT_DATA_DIR", "DATA_DIR")
                        .filter(environment::containsKey)
                        .findFirst()
                        .map(name -> "from " + name + " in the environment")
                        .orElse("from config/application.properties");
    }
}
