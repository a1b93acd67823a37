package io.cxt.embed;

import static io.cxt.fixture.Chats.chat;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.cxt.fixture.Await;
import io.cxt.fixture.Postgres;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The ledger in the pool of a host that has tables of its own, as most hosts have it: HikariCP. */
@Tag("hosts")
class HostDatabaseIT {
    private static final int CONNECTIONS = 8;
    private static final String LOCKS = "SELECT count(*)::text FROM pg_locks WHERE locktype = 'advisory' AND database ="
            + " (SELECT oid FROM pg_database WHERE datname = current_database())";

    @TempDir
    Path data;

    static Stream<Arguments> pools() {
        return Stream.of(
                pool("as_it_comes", pool -> {}),
                pool("without_auto_commit", pool -> pool.setAutoCommit(false)),
                pool("with_a_schema", pool -> {
                    pool.setSchema("app");
                    pool.setReadOnly(true);
                }),
                pool("with_habits", pool -> {
                    pool.setAutoCommit(false);
                    pool.setConnectionInitSql("SET search_path = app, public; SET synchronous_commit = off;"
                            + " SET default_transaction_read_only = on; SET lock_timeout = '3s'");
                    pool.setTransactionIsolation("TRANSACTION_SERIALIZABLE");
                }));
    }

    private static Arguments pool(String name, Consumer<HikariConfig> settings) {
        return Arguments.of(name, settings);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pools")
    @Tag("fault-89")
    void a_host_finds_its_connections_as_they_were(String name, Consumer<HikariConfig> settings) throws Exception {
        Postgres server = Postgres.shared();
        server.execute("CREATE DATABASE host_" + name);
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(server.url().replaceAll("/[^/]*$", "/host_" + name));
        config.setUsername(server.user());
        config.setPassword(server.password());
        config.setMaximumPoolSize(CONNECTIONS);
        try (Connection maker = java.sql.DriverManager.getConnection(config.getJdbcUrl(), server.user(), "")) {
            maker.createStatement()
                    .execute(
                            "CREATE SCHEMA app; CREATE TABLE app.parcel (id INT); CREATE TABLE public.parcel (id INT)");
        }
        settings.accept(config);
        try (HikariDataSource pool = new HikariDataSource(config);
                StandIn cxone = StandIn.start(StandInSettings.defaults())) {
            String before = state(pool);
            CamelContext camel = host(cxone, pool);
            camel.start();
            for (int i = 0; i < 10; i++) {
                assertThat(inject(camel, "chat-" + i)).isEqualTo("injected");

                assertThat(state(pool)).isEqualTo(before);
            }
            cut(pool); // what was lent is gone; nothing of it may be lost to the pool
            Await.until(() -> "injected".equals(inject(camel, "after")), Duration.ofSeconds(60));
            camel.stop();

            Await.until(() -> pool.getHikariPoolMXBean().getActiveConnections() == 0, Duration.ofSeconds(60));
            assertThat(states(pool)).hasSize(CONNECTIONS).containsOnly(before);
            assertThat(ask(pool, LOCKS)).containsExactly("0");
            assertThat(ask(pool, "SELECT count(*)::text FROM cxt.delivery WHERE state = 'SENT'"))
                    .containsExactly("11");
            assertThat(ask(pool, "SELECT schemaname::text FROM pg_tables WHERE schemaname !~ '^(pg_|info)'"))
                    .contains("cxt")
                    .filteredOn(schema -> !schema.equals("cxt"))
                    .containsExactlyInAnyOrder("app", "public");
        }
    }

    private CamelContext host(StandIn cxone, DataSource pool) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("cxt.data.dir", data.toString());
        properties.setProperty("cxt.cxone.base-url", cxone.baseUri().toString());
        properties.setProperty("cxt.cxone.client-id", "client-1");
        properties.setProperty("cxt.cxone.client-secret", "secret-of-the-client");
        CamelContext camel = new DefaultCamelContext();
        camel.getRegistry().bind("parcels", pool);
        camel.getPropertiesComponent().setInitialProperties(properties);
        camel.addRoutes(new CxtRoutes());
        return camel;
    }

    private static Object inject(CamelContext camel, String id) {
        Exchange answer = camel.createFluentProducerTemplate()
                .to("direct:cxt-inject-transcript")
                .withBody(chat(id))
                .send();
        return answer.isFailed() ? null : answer.getMessage().getBody(Map.class).get("outcome");
    }

    /** Cuts each connection but this one. */
    private static void cut(DataSource pool) throws SQLException {
        ask(
                pool,
                "SELECT count(pg_terminate_backend(pid))::text FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                        + " AND datname = current_database()");
    }

    /** What a host relies on: of which tables it speaks, and how. */
    private static String state(DataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            return state(connection);
        }
    }

    /** The same of all connections that the pool gives out at once. */
    private static List<String> states(DataSource pool) throws SQLException {
        List<Connection> all = new ArrayList<>();
        try {
            List<String> states = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                all.add(pool.getConnection());
                states.add(state(all.get(i)));
            }
            return states;
        } finally {
            for (Connection each : all) {
                each.close();
            }
        }
    }

    private static String state(Connection connection) throws SQLException {
        return connection.getAutoCommit() + " " + connection.isReadOnly() + " "
                + ask(
                        connection,
                        "SELECT 'parcel'::regclass::oid::text || ' ' || string_agg(name || '=' || setting, ' ' ORDER BY"
                                + " name) FROM pg_settings WHERE name = 'synchronous_commit' OR"
                                + " category LIKE 'Client Connection Defaults%' AND name NOT LIKE 'transaction_%'");
    }

    private static List<String> ask(DataSource pool, String sql) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            return ask(connection, sql);
        }
    }

    private static List<String> ask(Connection connection, String sql) throws SQLException {
        List<String> answers = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                answers.add(rows.getString(1));
            }
        }
        if (!connection.getAutoCommit()) {
            connection.commit();
        }
        return answers;
    }
}
