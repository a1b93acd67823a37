package io.cxt.db;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;

/** SQLite's library, which is in its jar and can be loaded from a file alone. */
public final class SqliteLibrary {
    private static final String PATH = "org.sqlite.lib.path";
    private static final String NAME = "org.sqlite.lib.name";

    private SqliteLibrary() {}

    /**
     * Loads it from the folder for temporary files, as SQLite does. Where that cannot be written, or is mounted so that no
     * program runs from it, from a file under {@code data.dir} that is gone when this returns.
     */
    static synchronized void load(Path folder) throws SQLException {
        try {
            SQLiteJDBCLoader.initialize();
        } catch (Exception unusable) {
            loadFrom(folder);
        }
    }

    private static void loadFrom(Path folder) throws SQLException {
        try {
            Path own = Files.createTempDirectory(folder, ".sqlite-");
            try {
                if (unpack(own.resolve("library"))) {
                    use(own.resolve("library"));
                    SQLiteJDBCLoader.initialize();
                }
            } finally {
                delete(own);
            }
        } catch (Exception e) {
            throw new SQLException(
                    "SQLite's library cannot be loaded, neither from the folder for temporary files (%s) nor from %s. One of"
                                    .formatted(System.getProperty("java.io.tmpdir"), folder)
                            + " them must be writable and not mounted noexec; JAVA_OPTS=-Djava.io.tmpdir=FOLDER names another",
                    e);
        } finally {
            System.clearProperty(PATH);
            System.clearProperty(NAME);
        }
    }

    private static void delete(Path own) {
        try {
            Files.deleteIfExists(own.resolve("library"));
            Files.delete(own);
        } catch (IOException e) {
            // Windows keeps what is loaded
        }
    }

    /** Writes it into a file; false where there is none for this machine. */
    public static boolean unpack(Path to) throws IOException {
        String name = LibraryLoaderUtil.getNativeLibResourcePath() + "/" + LibraryLoaderUtil.getNativeLibName();
        try (InputStream in = LibraryLoaderUtil.class.getResourceAsStream(name)) {
            if (in != null) {
                Files.copy(in, to);
            }
            return in != null;
        }
    }

    /** Has SQLite load it from there. */
    public static void use(Path library) {
        System.setProperty(PATH, library.resolveSibling("").toString());
        System.setProperty(NAME, library.getFileName().toString());
    }
}
