package io.cxt.audit;

import com.zaxxer.hikari.HikariDataSource;
import io.cxt.db.BorrowedConnection;
import io.cxt.db.Database;
import io.cxt.db.GroupCommit;
import io.cxt.db.JdbcUrl;
import io.cxt.db.LedgerException;
import io.cxt.db.LedgerSettings;
import io.cxt.db.Schema;
import io.cxt.db.TextEncoding;
import io.cxt.db.UnusableLedgerException;
import io.cxt.settings.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Connections for the audit feed. In the ledger's own SQLite database, which has one writer, the feed borrows the
 * ledger's connection; elsewhere it has connections of its own, in a pool.
 */
public final class FeedSource implements DataSource, AutoCloseable {
    /** One is enough for the shipped route; a site's own steps may write side by side. */
    private static final int MOST = 4;

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    /** Opens a connection to the feed's database. */
    public interface Opener {
        Connection open() throws SQLException;
    }

    private final Opener opener;
    private final @Nullable HikariDataSource pool;

    private FeedSource(Opener opener, @Nullable HikariDataSource pool) {
        this.opener = opener;
        this.pool = pool;
    }

    /** The feed in the ledger's own SQLite database. */
    public static FeedSource borrowing(GroupCommit commits) {
        return keepingNone(() -> BorrowedConnection.of(commits));
    }

    /** Connections that are closed for good when their user closes them. */
    public static FeedSource keepingNone(Opener opener) {
        return new FeedSource(opener, null);
    }

    /**
     * The feed on connections of its own: one that stays open, and up to three more while several are asked for, each for
     * ten minutes after it was last used. The first is opened when it is asked for.
     */
    public static FeedSource of(Opener opener) {
        HikariDataSource pool = new HikariDataSource();
        pool.setPoolName("cxt-feed");
        pool.setDataSource(keepingNone(opener));
        pool.setMaximumPoolSize(MOST);
        pool.setMinimumIdle(1);
        pool.setMaxLifetime(0); // none is replaced while it is good
        pool.setConnectionTimeout(LONGEST_WAIT.toMillis());
        pool.setInitializationFailTimeout(-1);
        return new FeedSource(opener, pool);
    }

    /** The feed in a database of its own, as {@code audit.feed-url} says; empty when it is in the ledger's. */
    public static Optional<FeedSource> from(Settings settings) {
        String username = settings.optional("audit.feed-username").orElse(null);
        String password = settings.secretFile("audit.feed-password-file").orElse(null);
        settings.optional("audit.feed-url").ifPresent(url -> {
            JdbcUrl.requireFile(settings, "audit.feed-url", url);
            JdbcUrl.requireProof(settings, "audit.feed-url", url);
        });
        return settings.optional("audit.feed-url").map(url -> of(url, username, password));
    }

    /** The feed in a database of its own, whose driver is on the class path. */
    public static FeedSource of(String url, @Nullable String username, @Nullable String password) {
        Properties properties = new Properties();
        if (username != null) {
            properties.setProperty("user", username);
        }
        if (password != null) {
            properties.setProperty("password", password);
        }
        return of(() -> JdbcUrl.connect(url, properties));
    }

    /** The feed in the ledger's own database, read-only. */
    public static FeedSource in(LedgerSettings ledger) {
        return keepingNone(new Database(ledger)::openForReading);
    }

    /** The answer of {@link #fault} when a run will create the table. */
    public static final String NO_TABLE = "there is no table audit_record yet; a run makes it, if its user may";

    /**
     * Asks the database whether it accepts a statement, without executing it.
     *
     * @param statement with question marks
     * @return why it does not, in words; null when it does
     */
    public @Nullable String fault(String statement) {
        try (Connection connection = opener.open()) {
            String encoding = TextEncoding.fault(connection);
            if (encoding != null) {
                return encoding;
            }
            try (PreparedStatement prepared = connection.prepareStatement(statement)) {
                int values = prepared.getParameterMetaData().getParameterCount(); // some databases read it only then
                if (connection.getMetaData().getDatabaseProductName().equals("MySQL")) { // and this one not even then
                    explain(connection, statement, values);
                }
                return null;
            } catch (SQLFeatureNotSupportedException e) {
                return null;
            } catch (SQLException e) {
                return !hasTable(connection)
                        ? NO_TABLE
                        : "it does not take the statement of routes/record-audit: %s. Make the table fit, or the statement"
                                .formatted(
                                        Database.reason(e).lines().findFirst().orElse(""));
            }
        } catch (SQLException e) {
            return "no connection: %s. Check its address".formatted(Database.reason(e));
        }
    }

    private static void explain(Connection connection, String statement, int values) throws SQLException {
        try (PreparedStatement explained = connection.prepareStatement("EXPLAIN " + statement)) {
            for (int i = 1; i <= values; i++) {
                explained.setNull(i, Types.VARCHAR);
            }
            explained.execute();
        }
    }

    /** True when the table is there. */
    public boolean hasTable() throws SQLException {
        try (Connection connection = opener.open()) {
            return hasTable(connection);
        }
    }

    private static boolean hasTable(Connection connection) {
        try (Statement statement = connection.createStatement();
                ResultSet none = statement.executeQuery("SELECT 1 FROM audit_record WHERE 1 = 0")) {
            return none.getMetaData() != null;
        } catch (SQLException e) {
            return false;
        }
    }

    /** Creates the table unless it exists; then its user needs no right to. */
    public void createTable() {
        try (InputStream sql = FeedSource.class.getResourceAsStream("audit_record.sql");
                Connection connection = opener.open()) {
            String fault = TextEncoding.fault(connection);
            if (fault != null) {
                throw new UnusableLedgerException(
                        "Cannot use the audit feed: %s. Then set audit.feed-url".formatted(fault));
            }
            if (!hasTable(connection)) {
                Schema.make(connection, new String(sql.readAllBytes(), StandardCharsets.UTF_8));
            }
        } catch (SQLException e) {
            throw new LedgerException(
                    "Cannot use the audit feed: %s. See that its database is up, that of audit.feed-url or else the ledger's, and"
                                    .formatted(Database.reason(e).replaceAll("\\.+$", ""))
                            + " check that address",
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Connection getConnection() throws SQLException {
        return pool == null ? opener.open() : pool.getConnection();
    }

    /** A connection that is closed for good when its user closes it. */
    public Connection open() throws SQLException {
        return opener.open();
    }

    @Override
    public void close() {
        if (pool != null) {
            pool.close();
        }
    }

    @Override
    public Connection getConnection(String username, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("the ledger's own user is used");
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(PrintWriter out) {
        // nothing is written there
    }

    @Override
    public void setLoginTimeout(int seconds) {
        // the database's own settings hold
    }

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("nothing to unwrap");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
