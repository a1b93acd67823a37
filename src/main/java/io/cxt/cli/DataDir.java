package io.cxt.cli;

import io.cxt.db.LedgerException;
import io.cxt.db.LedgerSettings;
import io.cxt.files.FilePermissions;
import io.cxt.ledger.LedgerView;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** The {@code data.dir} that a command looks at. It must be there: nothing found is not the same as nowhere looked. */
final class DataDir {
    private DataDir() {}

    /**
     * Looks into the ledger, and says where it looked.
     *
     * @throws CommandRefused when there is no such folder, or none that can be read
     * @throws LedgerException when there is no ledger that can be read
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

    /** Throws unless the folder is there, can be read, and has been in use: its files are asked for, not the ledger. */
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
                    "There is no folder %s. It is data.dir, %s. Check its spelling; a path that begins without / is below the folder that cxt is started in"
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
                                                ? "the way to it is barred to " + FilePermissions.user()
                                                : FilePermissions.toRead(path))
                        : "%s %s may not be read by %s: it is %s's. Run cxt as that user: sudo -u %4$s"
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
