package io.cxt.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cxt.audit.FeedSource;
import io.cxt.fixture.Postgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A PostgreSQL that is up and no place for a ledger: what a person reads at the start and of {@code check}. */
@Timeout(60)
class UnfitDatabaseIT {
    private static final String USER = "unfit";
    private final Postgres server = Postgres.shared();

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"LATIN1", "EUC_JP"})
    @Tag("fault-133")
    void one_that_does_not_hold_every_text_is_refused_with_what_to_do(String encoding) throws Exception {
        String url = database("texts_" + encoding.toLowerCase(Locale.ROOT), encoding);
        String words = "has the encoding " + encoding;
        PGSimpleDataSource host = new PGSimpleDataSource();
        host.setUrl(url);
        host.setUser(server.user());
        host.setPassword(server.password());
        LedgerSettings ledger = new LedgerSettings(url, server.user(), server.password(), folder);

        for (LedgerSettings each : new LedgerSettings[] {ledger, ledger.on(host)}) {
            assertThatThrownBy(() -> new Database(each).migrate())
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining(words)
                    .hasMessageContaining("ENCODING 'UTF8' TEMPLATE template0");
        }
        try (FeedSource feed = FeedSource.of(url, server.user(), server.password())) {
            assertThat(feed.fault("SELECT 1")).contains(words, "TEMPLATE template0");
            assertThatThrownBy(feed::createTable)
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining(words)
                    .hasMessageContaining("audit.feed-url");
        }
    }

    @Test
    @Tag("fault-133")
    void one_that_keeps_bytes_as_they_are_holds_every_text() throws Exception {
        LedgerSettings bytes =
                new LedgerSettings(database("bytes", "SQL_ASCII"), server.user(), server.password(), folder);
        new Database(bytes).migrate();
        try (Session session = new Session(new Database(bytes).openForWriting())) {
            session.update("INSERT INTO doubt VALUES ('file', '漢字.json')");

            assertThat(session.any("SELECT 1 FROM doubt WHERE source = ?", "漢字.json"))
                    .isTrue();
        }
    }

    @Test
    void a_user_without_rights_is_told_which_ones() throws Exception {
        String url = database("rights", "UTF8");
        role();
        execute(url, "REVOKE CREATE ON SCHEMA public FROM PUBLIC"); // as since PostgreSQL 15

        assertThat(refusal(url))
                .contains("permission denied for schema public. ", "GRANT USAGE, CREATE ON SCHEMA public")
                .doesNotContain("Position", "ledger.url");
        execute(url, "GRANT USAGE, CREATE ON SCHEMA public TO " + USER);
        assertThat(new Database(settings(url)).migrate()).isNotEmpty();
    }

    @Test
    void in_the_pool_of_a_host_the_schema_may_be_made_by_another() throws Exception {
        String url = database("pool_rights", "UTF8");
        role();
        PGSimpleDataSource host = new PGSimpleDataSource();
        host.setUrl(url);
        host.setUser(USER);
        host.setPassword(USER);
        Database database = new Database(settings(url).on(host));

        assertThatThrownBy(database::migrate)
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("permission denied for database")
                .hasMessageContaining("CREATE SCHEMA cxt AUTHORIZATION the user");
        execute(url, "CREATE SCHEMA cxt AUTHORIZATION " + USER);
        assertThat(database.migrate()).isNotEmpty();
    }

    @Test
    void the_table_of_the_feed_may_be_made_by_another() throws Exception {
        String url = database("feed_rights", "UTF8");
        role();
        execute(url, "REVOKE CREATE ON SCHEMA public FROM PUBLIC");
        try (FeedSource owner = FeedSource.of(url, server.user(), server.password());
                FeedSource feed = FeedSource.of(url, USER, USER)) {
            assertThatThrownBy(feed::createTable).hasMessageContaining("permission denied for schema public");
            owner.createTable();
            execute(url, "GRANT SELECT, INSERT, UPDATE ON audit_record TO " + USER);

            feed.createTable();

            assertThat(feed.hasTable()).isTrue();
        }
    }

    @Test
    void a_search_path_to_nowhere_is_named() throws Exception {
        String url = database("nowhere", "UTF8");
        role();
        execute(url, "ALTER ROLE " + USER + " IN DATABASE nowhere SET search_path = nowhere");

        assertThat(refusal(url)).contains("no schema has been selected", "SET search_path = public");
    }

    @Test
    void one_that_is_not_there_or_only_to_be_read_is_named() throws Exception {
        String url = database("readonly", "UTF8");
        role();
        execute(url, "ALTER DATABASE readonly SET default_transaction_read_only = on");

        assertThat(refusal(url)).contains("read-only transaction", "targetServerType=primary");
        assertThat(refusal(url.replace("/readonly", "/not_there"))).contains("does not exist", "CREATE DATABASE");
    }

    /** Words of the servers, with the codes that they send. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            FATAL: transaction blocks not allowed in statement pooling mode | 08P01 | pool_mode = session
            FATAL: the database system is in recovery mode                  | 57P03 | A CXT that runs goes on by itself
            FATAL: permission denied for database "cxt"                     | 42501 | GRANT CONNECT ON DATABASE
            The server does not support SSL.                                | 08006 | Switch TLS on at the server
            ERROR: canceling statement due to statement timeout             | 57014 | statement_timeout = 0
            FATAL: terminating connection due to idle-session timeout       | 57P05 | idle_session_timeout = 0
            FATAL: password authentication failed for user "cxt"            | 28P01 | ledger.password-file
            FATAL: sorry, too many clients already                          | 53300 | max_connections
            """)
    void other_faults_have_their_next_step(String words, String state, String next) {
        LedgerException fault = LedgerException.asking(new SQLException(words, state));

        assertThat(fault.next()).contains(next).doesNotEndWith(".");
    }

    private String refusal(String url) {
        LedgerException thrown =
                catchThrowableOfType(LedgerException.class, () -> new Database(settings(url)).migrate());
        return String.valueOf(thrown.getMessage());
    }

    private LedgerSettings settings(String url) {
        return new LedgerSettings(url, USER, USER, folder);
    }

    private void role() {
        server.execute(
                "DO $$ BEGIN CREATE ROLE %1$s LOGIN PASSWORD '%1$s'; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
                        .formatted(USER));
    }

    private String database(String name, String encoding) {
        server.execute("CREATE DATABASE %s ENCODING '%s' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"
                .formatted(name, encoding));
        return server.url().replaceFirst("/postgres$", "/" + name);
    }

    private void execute(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, server.user(), server.password());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
