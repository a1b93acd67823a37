package io.cxt.db;

import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The ledger's database: its connections and its schema, each checked before anything is written.
 *
 * <p>Long because each way to open, look for and copy a ledger is here, with what to do when it fails.
 */
public final class Database {
    /** The clock of PostgreSQL, which several instances share, in milliseconds since 1970. */
    public static final String POSTGRESQL_NOW = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

    private static final int SQLITE_NO_DATABASE = 26;

    private final LedgerSettings settings;
    private final @Nullable SqliteFile file;

    public Database(LedgerSettings settings) {
        this.settings = settings;
        Path path = settings.file();
        file = path == null ? null : new SqliteFile(path, settings.url(), settings.folder());
    }

    public boolean sqlite() {
        return settings.sqlite();
    }

    /** A connection that writes: commits are on the disk when they return. */
    public Connection openForWriting() throws SQLException {
        return open(false, true);
    }

    /** A connection that only reads, also while another process writes. */
    public Connection openForReading() throws SQLException {
        return open(true, false);
    }

    /** A connection to PostgreSQL that writes little at a time. */
    public Connection openForSingleStatements() throws SQLException {
        return open(false, false);
    }

    /**
     * A connection whose locks are released within a minute after this machine fails, and after the lease when this
     * process asks nothing on it.
     */
    public Connection openForHolding(Duration lease) throws SQLException {
        Connection connection = openForSingleStatements();
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
     * Checks that PostgreSQL gives an instance the connections that it works with. Does nothing on SQLite.
     *
     * @throws LedgerException when it does not, with what to do
     */
    public void requireSessions() {
        if (!sqlite()) {
            SessionCheck.check(this);
        }
    }

    /**
     * The next one after a connection that writes was lost: a pooler may have changed its mode meanwhile. A host's pool is not
     * asked for a second connection, which it may have to wait for.
     */
    Connection openForWritingAgain() throws SQLException {
        Connection connection = openForWriting();
        if (sqlite() || settings.host() != null) {
            return connection;
        }
        try {
            SessionCheck.again(this, connection);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /**
     * @param named false to have each statement parsed when it runs: one that is prepared under a name may be another
     *     statement where a pooler gives each transaction another session
     */
    private Connection open(boolean readOnly, boolean named) throws SQLException {
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
        if (file != null) {
            return file.open(readOnly, properties);
        }
        properties.setProperty("ApplicationName", "cxt");
        if (!named) {
            properties.setProperty("prepareThreshold", "0");
        }
        Connection connection = connect(properties);
        try (Statement statement = connection.createStatement()) {
            int usual = connection.getNetworkTimeout();
            connection.setNetworkTimeout(Runnable::run, FIRST_ANSWER_MS);
            statement.execute(readOnly ? READING : WRITING);
            connection.setNetworkTimeout(Runnable::run, usual);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e.getCause() instanceof SocketTimeoutException ? usedUp(e) : e;
        }
    }

    private Connection connect(Properties properties) throws SQLException {
        long begun = System.nanoTime();
        try {
            return JdbcUrl.connect(settings.url(), properties);
        } catch (SQLException e) {
            boolean waited = System.nanoTime() - begun > FIRST_ANSWER_MS * 1_000_000L;
            throw waited && e.getCause() == null ? usedUp(e) : e; // else the cause tells why
        }
    }

    private static SQLException usedUp(SQLException e) {
        return new SQLTransientConnectionException(
                "a new connection got no answer; those of the database, or of a pooler before it, may be used up",
                e.getSQLState(),
                e);
    }

    /** A pooler accepts every client, and keeps it waiting while all of its connections are in use. */
    private static final int FIRST_ANSWER_MS = 10_000;

    /**
     * After this time the database ends a transaction in which nothing happens, such as that of a frozen process.
     * Shorter than others wait for its locks.
     */
    static final String STANDING_STILL = "5s";

    /** How long a lock that another session holds is waited for. */
    private static final String READING = "SET lock_timeout = '10s'";

    /** Also: a commit is on the disk when it returns, whatever the server's default is. */
    private static final String WRITING = READING
            + "; SET idle_in_transaction_session_timeout = '" + STANDING_STILL + "'"
            + "; SELECT set_config('synchronous_commit', 'on', false)"
            + " WHERE current_setting('synchronous_commit') = 'off'";

    /**
     * Copies a ledger on SQLite as it is at one moment, also while another process writes to it.
     *
     * @param empty a file without content, which is not forced to the disk
     */
    public void copyTo(Path empty) throws SQLException {
        try (Connection connection = openForWriting();
                PreparedStatement copy = connection.prepareStatement("VACUUM INTO ?")) {
            copy.setString(1, empty.toAbsolutePath().toString());
            copy.execute();
        }
    }

    /** Throws when SQLite's file is no longer the one that was opened for writing. */
    void requireInPlace() throws SQLException {
        if (file != null) {
            file.requireInPlace();
        }
    }

    /**
     * True when there is a ledger to look into. Creates none.
     *
     * @throws LedgerException when there is none, and this instance has written to one
     */
    boolean exists() {
        boolean there = file == null || file.hasContent();
        if (!there && used()) {
            throw lost();
        }
        return there;
    }

    /**
     * Throws unless there is a ledger that this version can read. Creates none.
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

    /** True when this instance has run before. */
    private boolean used() {
        return Files.exists(settings.folder().resolve(Owner.INSTANCE_ID));
    }

    private static final String AT_THE_NEXT_START =
            "the next start holds the lane, marks what may have been sent, and moves the former checkpoints aside"
                    + " (docs/operations.md, A new ledger)";

    private LedgerException lost() {
        return inUse(
                "%s has been in use, but its ledger is not at %s. Put the ledger back, or set ledger.url as it was. To"
                        + " begin with an empty one, which does not know what was sent, remove %s and leave all else: ");
    }

    /** What to do where a ledger holds nothing of an instance that has signed events. */
    public LedgerException ofAnother() {
        return inUse(
                "%s has been in use with another ledger than the one at %s, which holds no event of it. Set ledger.url as it"
                        + " was, or put the ledger back. To go on with this one, remove %s and leave all else: ");
    }

    private LedgerException inUse(String words) {
        return new LedgerException(
                (words + AT_THE_NEXT_START)
                        .formatted(
                                settings.folder(),
                                JdbcUrl.shown(settings.url()),
                                settings.folder().resolve(Owner.INSTANCE_ID)),
                null);
    }

    /** True when there are tables of a ledger. Creates none. */
    public boolean holdsTables() throws SQLException {
        if (file != null && !file.hasContent()) {
            return false;
        }
        try (Connection connection = openForReading()) {
            return Schema.exists(connection, sqlite());
        }
    }

    /**
     * Creates the tables, or brings them up to date.
     *
     * @return the ledger's id, the same for each instance that uses it
     * @throws LedgerException when it cannot, and when there are none although this instance has run before
     */
    public String migrate() {
        if (file != null && !exists()) {
            file.create();
        }
        try (Connection connection = openForWriting()) {
            String fault = sqlite() ? null : TextEncoding.fault(connection);
            if (fault != null) {
                throw new UnusableLedgerException("Cannot open the ledger: " + fault);
            }
            if (used() && !Schema.exists(connection, sqlite())) {
                throw lost();
            }
            if (settings.host() != null) {
                Schema.makeForHost(connection);
            }
            Schema.update(connection, sqlite());
            return Schema.ledgerId(connection);
        } catch (SQLException e) {
            throw new LedgerException("Cannot open the ledger: %s. %s".formatted(reason(e), Outage.next(e)), e);
        }
    }

    /** What went wrong, in the database's words on one line. They name files and codes, never content. */
    public static String reason(SQLException e) {
        return Outage.ofSession(e)
                ? OwnSession.LENT
                : String.valueOf(e.getMessage())
                        .replaceAll("\\s*\\R\\s*Position: \\d+", "")
                        .replaceAll("\\s*\\R\\s*", "; ");
    }
}
