package io.cxt.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/** The ledger's database: how to connect, which schema it has, and who may write to it. */
public final class Database {
    private static final int SQLITE_CANNOT_OPEN = 14;

    private final LedgerSettings settings;
    private volatile Object inUse;

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

    /** A connection whose locks are gone within a minute when this machine is. */
    Connection openForHolding() throws SQLException {
        Connection connection = open(false);
        if (settings.host() == null) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 10;"
                        + " SET tcp_keepalives_count = 3");
            }
        }
        return connection;
    }

    private Connection open(boolean readOnly) throws SQLException {
        if (settings.host() != null) {
            return Borrowed.from(settings.host());
        }
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
            properties.setProperty("jdbc.get_generated_keys", "false"); // else each INSERT is followed by a SELECT
            properties.setProperty("transaction_mode", readOnly ? "DEFERRED" : "IMMEDIATE");
        } else {
            properties.setProperty("connectTimeout", "10");
            properties.setProperty("loginTimeout", "20");
            properties.setProperty("socketTimeout", "60");
            properties.setProperty("tcpKeepAlive", "true");
            properties.setProperty("ApplicationName", "cxt");
        }
        if (sqlite() && !Files.exists(file())) { // SQLite would make an empty one in its place
            throw gone();
        }
        Connection connection = JdbcUrl.connect(settings.url(), properties);
        if (sqlite() && !readOnly) {
            inUse = identity();
        }
        try (Statement statement = connection.createStatement()) {
            if (!sqlite()) {
                statement.execute(readOnly ? READING : WRITING);
            } else if (readOnly) {
                statement.execute("PRAGMA query_only = ON");
            }
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** A lock that somebody else holds is waited for, but not for ever. */
    private static final String READING = "SET lock_timeout = '10s'";

    /** The same, and a commit is on the disk when it returns, whatever the server's default is. */
    private static final String WRITING = READING
            + "; SELECT set_config('synchronous_commit', 'on', false)"
            + " WHERE current_setting('synchronous_commit') = 'off'";

    /**
     * Throws when SQLite's file is no longer the one that was opened for writing: SQLite would go on in a file that
     * nobody finds any more.
     */
    void requireInPlace() throws SQLException {
        if (inUse != null && !inUse.equals(identity())) {
            throw gone();
        }
    }

    private SQLException gone() {
        String words =
                "the ledger %s is gone, or another file stands in its place. Put it back; nothing is sent without it";
        return new SQLException(words.formatted(file()), null, SQLITE_CANNOT_OPEN);
    }

    /** What tells a file from another one of the same name; null when there is none. */
    private Object identity() {
        try {
            return Files.readAttributes(file(), BasicFileAttributes.class).fileKey();
        } catch (IOException e) {
            return null;
        }
    }

    /**
     * True when there is a ledger to look into. Makes none.
     *
     * @throws LedgerException when there is none, and this instance has written to one
     */
    public boolean exists() {
        boolean there = !sqlite() || file().toFile().length() > 0; // SQLite takes an empty file for a new ledger
        if (!there && used()) {
            throw lost();
        }
        return there;
    }

    /** True when this instance has been at work before. */
    private boolean used() {
        return Files.exists(settings.folder().resolve(Owner.INSTANCE_ID));
    }

    private LedgerException lost() {
        return new LedgerException(
                ("%s has been in use, but its ledger is not at %s. Put the ledger back. To begin with an empty one, which"
                                + " no longer knows what was sent, remove %s")
                        .formatted(
                                settings.folder(),
                                JdbcUrl.shown(settings.url()),
                                settings.folder().resolve(Owner.INSTANCE_ID)),
                null);
    }

    /** True when there are tables of a ledger. Makes none. */
    boolean holdsTables() throws SQLException {
        if (sqlite() && file().toFile().length() == 0) {
            return false;
        }
        try (Connection connection = openForReading()) {
            return Schema.exists(connection, sqlite());
        }
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

    /** Makes a folder that only its owner can enter, and those above it. */
    static void createFolder(Path folder) throws IOException {
        boolean posix = folder.getFileSystem().supportedFileAttributeViews().contains("posix");
        Files.createDirectories(
                folder,
                posix
                        ? new FileAttribute<?>[] {
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
                        }
                        : new FileAttribute<?>[0]);
    }

    /** Where SQLite keeps the ledger. */
    private Path file() {
        String path = settings.url().substring("jdbc:sqlite:".length()).replaceAll("\\?.*", "");
        return Path.of(path.startsWith("file:") ? path.substring("file:".length()) : path);
    }

    /**
     * Makes the tables, or brings them up to date.
     *
     * @return the ledger's id, the same for each instance that uses it
     * @throws LedgerException when it cannot, and when there are none where this instance has been at work before
     */
    public String migrate() {
        createForOwnerAlone();
        try (Connection connection = openForWriting()) {
            if (used() && !Schema.exists(connection, sqlite())) {
                throw lost();
            }
            if (settings.host() != null) {
                try (Statement statement = connection.createStatement()) {
                    Schema.make(statement, "CREATE SCHEMA IF NOT EXISTS cxt");
                }
            }
            Schema.update(connection, sqlite());
            return Schema.ledgerId(connection);
        } catch (SQLException e) {
            throw new LedgerException("Cannot open the ledger: %s. %s".formatted(reason(e), next(e)), e);
        }
    }

    private static String next(SQLException e) {
        return Outage.noConnectionLeft(e)
                ? "An instance of cxt takes up to 8 connections: have max_connections, the limit of its user, or the"
                        + " host's pool raised"
                : "Check ledger.url";
    }

    /** SQLite gives its log the permissions of the database, which it would make readable to all. */
    private void createForOwnerAlone() {
        if (!sqlite() || exists()) {
            return;
        }
        try {
            restrict(file());
        } catch (IOException e) {
            throw new LedgerException("Cannot make the ledger %s. Check ledger.url".formatted(file()), e);
        }
    }

    /** What went wrong, in the database's words. They name files and codes, never content. */
    static String reason(SQLException e) {
        return String.valueOf(e.getMessage());
    }
}
