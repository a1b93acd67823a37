package io.cxt.db;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** The file of a ledger on SQLite, and the connections to it. */
final class SqliteFile {
    private static final int CANNOT_OPEN = 14;
    /** SQLite's SQLITE_OPEN_READONLY. */
    private static final String READ_ONLY = "1";

    private final Path path;
    private final String url;
    private final Path folder;
    private volatile @Nullable Object openedForWriting;

    /** @param folder {@code data.dir} */
    SqliteFile(Path path, String url, Path folder) {
        this.path = path;
        this.url = url;
        this.folder = folder;
    }

    /** True when there is something in it; SQLite takes an empty file for a new ledger. */
    boolean hasContent() {
        return path.toFile().length() > 0;
    }

    /** Creates it for its owner alone: SQLite would make it, and its log, readable to all. */
    void create() {
        try {
            PrivateFiles.create(path);
        } catch (IOException e) {
            throw new LedgerException("Cannot make the ledger %s. Check ledger.url".formatted(path), e);
        }
    }

    Connection open(boolean readOnly, Properties properties) throws SQLException {
        properties.setProperty("busy_timeout", "30000");
        properties.setProperty("journal_mode", "WAL");
        properties.setProperty("synchronous", "FULL");
        properties.setProperty("jdbc.get_generated_keys", "false"); // else each INSERT is followed by a SELECT
        properties.setProperty("transaction_mode", readOnly ? "DEFERRED" : "IMMEDIATE");
        Object there = identity();
        Object opened = openedForWriting;
        if (there == null || opened != null && !opened.equals(there)) { // SQLite would create an empty one
            throw gone();
        }
        SqliteLibrary.load(folder);
        Connection connection = readOnly && !writable() ? openUnwritable() : JdbcUrl.connect(url, properties);
        if (!readOnly) {
            openedForWriting = there;
            return connection;
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA query_only = ON");
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** SQLite creates files beside a database that it only reads, unless it may not. */
    private boolean writable() {
        return Files.isWritable(path) && Files.isWritable(path.toAbsolutePath().getParent());
    }

    /** A database where nothing can be written: a copy, or that of another user. */
    private Connection openUnwritable() throws SQLException {
        boolean log = new File(path + "-wal").length() > 0;
        if (log && !new File(path + "-shm").exists()) {
            throw new SQLException(
                    ("%1$s-wal belongs to it, and nothing can be written beside it. Copy both to a folder"
                                    + " that can be written, and look there")
                            .formatted(path));
        }
        Properties properties = new Properties();
        properties.setProperty("open_mode", READ_ONLY);
        return JdbcUrl.connect(
                log
                        ? url
                        : "jdbc:sqlite:file:%s?immutable=1"
                                .formatted(path.toString().replace("%", "%25").replace("#", "%23")),
                properties);
    }

    /**
     * Throws when the file is no longer the one that was first opened for writing: SQLite would go on in a file that nobody
     * finds any more.
     */
    void requireInPlace() throws SQLException {
        Object opened = openedForWriting;
        if (opened != null && !opened.equals(identity())) {
            throw gone();
        }
    }

    private SQLException gone() {
        String words =
                "the ledger %1$s is gone, or another file stands in its place. Nothing is sent without it. Stop cxt, put it back"
                        + " with its %2$s-wal, or a copy without one, and start cxt again";
        return new SQLException(words.formatted(path, path.getFileName()), null, CANNOT_OPEN);
    }

    /** Tells a file from another one of the same name; null when there is none. */
    private @Nullable Object identity() {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        } catch (IOException e) {
            return null;
        }
    }
}
