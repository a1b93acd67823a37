package io.cxt.ledger;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.flywaydb.core.Flyway;

/** The ledger's database: how to connect, which schema it has, and who may write to it. */
public final class Database {
    /** The newest file in {@code db/migration}. A house test holds the two together. */
    static final String SCHEMA_VERSION = "1";

    private final LedgerSettings settings;

    public Database(LedgerSettings settings) {
        this.settings = settings;
    }

    boolean sqlite() {
        return settings.sqlite();
    }

    /** A connection that writes: commits are on the disk when they return. */
    Connection openForWriting() throws SQLException {
        return open(false);
    }

    /** A connection that only reads, also while another process writes. */
    Connection openForReading() throws SQLException {
        return open(true);
    }

    private Connection open(boolean readOnly) throws SQLException {
        Properties properties = new Properties();
        if (settings.username() != null) {
            properties.setProperty("user", settings.username());
        }
        if (settings.password() != null) {
            properties.setProperty("password", settings.password());
        }
        if (sqlite()) {
            properties.setProperty("busy_timeout", "30000");
            properties.setProperty("journal_mode", "WAL");
            properties.setProperty("synchronous", "FULL");
            properties.setProperty("transaction_mode", readOnly ? "DEFERRED" : "IMMEDIATE");
        } else {
            properties.setProperty("connectTimeout", "10");
            properties.setProperty("socketTimeout", "60");
        }
        Connection connection = DriverManager.getConnection(settings.url(), properties);
        if (readOnly && sqlite()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA query_only = ON");
            }
        }
        return connection;
    }

    /** True when there is a ledger to look into. Makes none. */
    public boolean exists() {
        if (sqlite()) {
            return Files.exists(file());
        }
        return true;
    }

    /** Makes a file, unless it is there, and keeps it to its owner. */
    static void restrict(Path file) throws IOException {
        if (Files.notExists(file)) {
            Files.createFile(file);
        }
        if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        }
    }

    /** Where SQLite keeps the ledger. */
    private Path file() {
        String path = settings.url().substring("jdbc:sqlite:".length()).replaceAll("\\?.*", "");
        return Path.of(path.startsWith("file:") ? path.substring("file:".length()) : path);
    }

    /**
     * Brings the schema up to date. The schema's version is read first: Flyway itself takes most of a second to say
     * that there is nothing to do.
     */
    public void migrate() {
        createForOwnerAlone();
        try (Connection connection = openForWriting()) {
            if (SCHEMA_VERSION.equals(schemaVersion(connection))) {
                return;
            }
        } catch (SQLException e) {
            throw new LedgerException("Cannot open the ledger: %s. Check ledger.url".formatted(reason(e)), e);
        }
        Flyway.configure()
                .dataSource(settings.url(), settings.username(), settings.password())
                .locations("classpath:db/migration")
                .load()
                .migrate();
    }

    /** SQLite gives its log the permissions of the database, which it would make readable to all. */
    private void createForOwnerAlone() {
        if (!sqlite()
                || exists()
                || !file().getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return;
        }
        try {
            Files.createFile(
                    file(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (IOException e) {
            throw new LedgerException("Cannot make the ledger %s. Check ledger.url".formatted(file()), e);
        }
    }

    private static String schemaVersion(Connection connection) {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT version FROM flyway_schema_history WHERE success"
                        + " ORDER BY installed_rank DESC LIMIT 1")) {
            return row.next() ? row.getString(1) : null;
        } catch (SQLException e) {
            return null; // a new database has no history yet
        }
    }

    /** What went wrong, in the database's words. They name files and codes, never content. */
    static String reason(SQLException e) {
        return String.valueOf(e.getMessage());
    }

    /**
     * Makes this process the only one that works with this folder, until the lock is closed or the process ends.
     *
     * @return null when another process holds it
     */
    public static FileLock lockFolder(Path folder) throws IOException {
        Path file = folder.resolve("instance.lock");
        restrict(file);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (java.nio.channels.OverlappingFileLockException e) {
            // this very process holds it: the same as another one
        }
        if (lock == null) {
            channel.close();
        }
        return lock;
    }
}
