package io.cxt.db;

import java.io.File;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.sqlite.NativeLibraryNotFoundException;

/**
 * The ledger's database: how to connect, which schema it has, and who may write to it.
 *
 * <p>Long because whatever may be wrong with it is found here, before anything is written.
 */
public final class Database {
    private static final int SQLITE_CANNOT_OPEN = 14;
    private static final int SQLITE_NO_DATABASE = 26;
    /** What SQLite's SQLITE_OPEN_READONLY is. */
    private static final String READ_ONLY = "1";

    private final LedgerSettings settings;
    private volatile Object inUse;

    public Database(LedgerSettings settings) {
        this.settings = settings;
    }

    public boolean sqlite() {
        return settings.sqlite();
    }

    /** A connection that writes: commits are on the disk when they return. */
    public Connection openForWriting() throws SQLException {
        return open(false);
    }

    /** A connection that only reads, also while another process writes. */
    public Connection openForReading() throws SQLException {
        return open(true);
    }

    /**
     * A connection whose locks are gone within a minute when this machine is, and after the lease when this process
     * asks nothing on it.
     */
    public Connection openForHolding(Duration lease) throws SQLException {
        Connection connection = open(false);
        try (Statement statement = connection.createStatement();
                PreparedStatement limit =
                        connection.prepareStatement("SELECT set_config('idle_session_timeout', ?, false)")) {
            limit.setString(1, Long.toString(lease.toMillis()));
            limit.execute();
            if (settings.host() == null) {
                statement.execute("SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 10;"
                        + " SET tcp_keepalives_count = 3");
            }
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /**
     * Takes as many connections as an instance works with, and gives them back.
     *
     * @throws LedgerException when they cannot be had, when each transaction may be on another one, which loses locks and
     *     settings, or when PostgreSQL is too old to end those of a frozen process
     */
    public void requireSessions() {
        if (sqlite()) {
            return;
        }
        List<Connection> open = new ArrayList<>();
        try {
            while (open.size() < NEEDED) {
                open.add(openForWriting());
            }
            if (open.get(0).getMetaData().getDatabaseMajorVersion() < OLDEST) {
                throw new LedgerException("The ledger needs PostgreSQL %s or newer".formatted(OLDEST), null);
            }
            if (shared(open.get(0), open.get(1))) {
                throw new LedgerException(
                        "Something between cxt and PostgreSQL gives each transaction another connection (a pooler in"
                                + " transaction mode), which loses locks. Use session mode, for example pool_mode = session"
                                + " of pgbouncer, or let ledger.url lead to PostgreSQL itself",
                        null);
            }
        } catch (SQLException e) {
            throw new LedgerException(
                    "Cannot open the ledger: %s. It gave %s of the %s connections that an instance works with. %s"
                            .formatted(reason(e), open.size(), NEEDED, open.isEmpty() ? next(e) : MORE),
                    e);
        } finally {
            open.forEach(Database::giveBack);
        }
    }

    /** True when two connections lead to one session in turns. */
    private static boolean shared(Connection mine, Connection other) throws SQLException {
        int before = session(mine);
        other.setAutoCommit(false); // keeps its session busy
        int others = session(other);
        boolean shared = others == before || session(mine) != before;
        other.setAutoCommit(true);
        for (int i = 0; i < 3; i++) { // a pooler that takes them in turn
            shared |= session(mine) != before;
        }
        return shared;
    }

    private static int session(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            return row.getInt(1);
        }
    }

    private static void giveBack(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            // it is given up all the same
        }
    }

    private Connection open(boolean readOnly) throws SQLException {
        if (settings.host() != null) {
            return HostConnection.from(settings.host());
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
            properties.setProperty("ApplicationName", "cxt");
        }
        if (sqlite() && !Files.exists(file())) { // SQLite would make an empty one in its place
            throw gone();
        }
        Connection connection = sqlite() && readOnly && !writable() ? openFixed() : connect(settings.url(), properties);
        if (sqlite() && !readOnly) {
            inUse = identity();
        }
        try (Statement statement = connection.createStatement()) {
            if (!sqlite()) {
                int usual = connection.getNetworkTimeout();
                connection.setNetworkTimeout(Runnable::run, FIRST_ANSWER_MS);
                statement.execute(readOnly ? READING : WRITING);
                connection.setNetworkTimeout(Runnable::run, usual);
            } else if (readOnly) {
                statement.execute("PRAGMA query_only = ON");
            }
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e.getCause() instanceof SocketTimeoutException ? usedUp(e) : e;
        }
    }

    /** SQLite makes files beside a database that it only reads, unless it may not. */
    private boolean writable() {
        return Files.isWritable(file())
                && Files.isWritable(file().toAbsolutePath().getParent());
    }

    /** A database that is read where nothing can be written: a copy, or that of another user. */
    private Connection openFixed() throws SQLException {
        String path = file().toString();
        boolean log = new File(path + "-wal").length() > 0;
        if (log && !new File(path + "-shm").exists()) {
            throw new SQLException(
                    ("%1$s-wal belongs to it, and nothing can be written beside it. Copy both to a folder"
                                    + " that can be written, and look there")
                            .formatted(path));
        }
        Properties properties = new Properties();
        properties.setProperty("open_mode", READ_ONLY);
        return connect(
                log
                        ? settings.url()
                        : "jdbc:sqlite:file:%s?immutable=1"
                                .formatted(path.replace("%", "%25").replace("#", "%23")),
                properties);
    }

    private Connection connect(String url, Properties properties) throws SQLException {
        if (sqlite()) {
            SqliteLibrary.load(settings.folder());
        }
        long begun = System.nanoTime();
        try {
            return JdbcUrl.connect(url, properties);
        } catch (SQLException e) {
            boolean waited = System.nanoTime() - begun > FIRST_ANSWER_MS * 1_000_000L;
            throw waited && e.getCause() == null ? usedUp(e) : e; // else somebody else says why
        }
    }

    private static SQLException usedUp(SQLException e) {
        return new SQLTransientConnectionException(
                "a new connection got no answer; those of the database, or of a pooler before it, may be used up",
                e.getSQLState(),
                e);
    }

    /** A pooler lets everybody in, and keeps them waiting while all of its connections are taken. */
    private static final int FIRST_ANSWER_MS = 10_000;

    /** Writer, reader, files in hand, pace and audit feed have one each; the feed takes up to three more. */
    private static final int NEEDED = 5;

    /** Of PostgreSQL: it can end an idle connection. */
    private static final int OLDEST = 14;

    /**
     * When the database ends a transaction in which nothing happens, as of a frozen process whose locks others wait for.
     * Less than they wait.
     */
    static final String STANDING_STILL = "5s";

    /** A lock that somebody else holds is waited for, but not for ever. */
    private static final String READING = "SET lock_timeout = '10s'";

    /** The same, and a commit is on the disk when it returns, whatever the server's default is. */
    private static final String WRITING = READING
            + "; SET idle_in_transaction_session_timeout = '" + STANDING_STILL + "'"
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

    /**
     * Throws unless there is a ledger that this version can read. Makes none.
     *
     * @throws LedgerException saying what is there instead, and what to do
     */
    public void requireReadable() {
        String shown = JdbcUrl.shown(settings.url());
        try {
            if (!exists() || !holdsTables()) {
                throw used()
                        ? lost()
                        : new LedgerException(
                                "There is no ledger at %s: nothing has run here yet, or another data.dir or ledger.url is meant"
                                        .formatted(shown),
                                null);
            }
            try (Connection connection = openForReading()) {
                Schema.requireNewest(connection);
            }
        } catch (SQLException e) {
            String next = e.getErrorCode() == SQLITE_NO_DATABASE
                    ? ". Another file has its name, or it was damaged: put the ledger back from a copy"
                    : "";
            throw new LedgerException("Cannot read the ledger %s: %s%s".formatted(shown, reason(e), next), e);
        }
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
    public boolean holdsTables() throws SQLException {
        if (sqlite() && file().toFile().length() == 0) {
            return false;
        }
        try (Connection connection = openForReading()) {
            return Schema.exists(connection, sqlite());
        }
    }

    /** Makes a file, unless it is there, and keeps it to its owner. */
    public static void restrict(Path file) throws IOException {
        if (Files.notExists(file)) {
            Files.createFile(file);
        }
        if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        }
    }

    /** Makes a folder that only its owner can enter, and those above it. */
    public static void createFolder(Path folder) throws IOException {
        boolean posix = folder.getFileSystem().supportedFileAttributeViews().contains("posix");
        Files.createDirectories(
                folder,
                posix
                        ? new FileAttribute<?>[] {
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
                        }
                        : new FileAttribute<?>[0]);
    }

    private Path file() {
        return settings.file();
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

    private static final String MORE =
            "An instance of cxt takes up to 8 connections: have max_connections, the limit of its user, the size of a"
                    + " pooler's pool, or the host's pool raised";

    private static String next(SQLException e) {
        if (Outage.noConnectionLeft(e)) {
            return MORE;
        }
        if (e.getCause() instanceof NativeLibraryNotFoundException) {
            return "Nothing was sent";
        }
        switch (e.getErrorCode() & 0xff) { // of SQLite; PostgreSQL's driver gives none
            case 10, 13:
                return "Look at the disk under data.dir: it may be full";
            case 3, 8, 23:
                return "See that the user who runs cxt may write to the ledger and into its folder";
            default:
        }
        return reason(e).contains("extra_float_digits")
                ? "That is pgbouncer: set ignore_startup_parameters = extra_float_digits there"
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
    public static String reason(SQLException e) {
        return String.valueOf(e.getMessage());
    }
}
